"""Addresses of files in object stores and on the web, and what of them may be shown."""

import re

STORES = ("s3", "gs", "https", "http")
"""The schemes that DuckDB's extension httpfs reads."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
# A scheme is short; were it not said, a long text without an address would be searched anew from
# each of its letters.
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30}://)([^\s'\"]+)")


def scheme_of(files: str) -> str | None:
    """What stands before ``://``, in lower case; None for a path.

    >>> scheme_of("s3://bucket/log.parquet"), scheme_of("log.parquet")
    ('s3', None)
    """
    match = _SCHEME.match(files)
    return match[1].lower() if match else None


def path_of(files: str) -> str:
    """A path or an address without its query, the end of which tells the format.

    >>> path_of("https://host/log.csv?sig=a/b"), path_of("s3://bucket/day=0?/log-?.csv")
    ('https://host/log.csv', 's3://bucket/day=0?/log-?.csv')
    """
    return _parted(files)[0]


def without_secrets(text: str) -> str:
    """A text less the logins and queries of the addresses in it: a signature opens the file to all.

    >>> without_secrets("no access to 'https://me:p/w@host/log.csv?X-Amz-Signature=abc'")
    "no access to 'https://host/log.csv?...'"
    """
    return _ADDRESS.sub(lambda match: _shown(match[1], match[2]), text)


def _shown(scheme: str, rest: str) -> str:
    path, query = _parted(scheme + rest)
    return scheme + path.removeprefix(scheme).rpartition("@")[2] + ("?..." if query else "")


def _parted(address: str) -> tuple[str, str]:
    """What names a file, and the query behind it; in a store a ``?`` may also be of a pattern."""
    scheme = scheme_of(address)
    if scheme in ("https", "http"):
        match = re.search(r"[?#]", address)
        start = match.start() if match else len(address)
    else:
        start = address.rfind("?")
        key, equals, _ = address[start:].partition("=")
        if scheme is None or start < 0 or not equals or "/" in key:
            start = len(address)
    return address[:start], address[start:]
