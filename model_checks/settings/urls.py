"""Addresses of files in object stores and on the web, and what of them may be shown."""

import re

STORES = ("s3", "gs", "https", "http")
"""The schemes that DuckDB's extension httpfs reads."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_QUERY = re.compile(r"(?<=://)([^\s?'\"]+)\?[^\s'\"]*=[^\s'\"]*")
_LOGIN = re.compile(r"(?<=://)[^\s/'\"]+@")


def scheme_of(files: str) -> str | None:
    """What stands before ``://``, in lower case; None for a path.

    >>> scheme_of("s3://bucket/log.parquet"), scheme_of("log.parquet")
    ('s3', None)
    """
    match = _SCHEME.match(files)
    return match[1].lower() if match else None


def path_of(files: str) -> str:
    """A path or an address without its query, the end of which tells the format.

    >>> path_of("https://host/log.csv?sig=a/b"), path_of("s3://bucket/log-?.csv")
    ('https://host/log.csv', 's3://bucket/log-?.csv')
    """
    return _QUERY.sub(r"\1", files)


def without_secrets(text: str) -> str:
    """A text less the logins and queries of the addresses in it: a signature opens the file to all.

    >>> without_secrets("no access to 'https://me:pw@host/log.csv?X-Amz-Signature=abc'")
    "no access to 'https://host/log.csv?...'"
    """
    return _QUERY.sub(r"\1?...", _LOGIN.sub("", text))
