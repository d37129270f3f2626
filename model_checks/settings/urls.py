"""Addresses of files in object stores and on the web."""

import re

from model_checks.text.redaction import parted

STORES = ("s3", "gs", "https", "http")
"""The schemes that DuckDB's extension httpfs reads."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


def scheme_of(files: str) -> str | None:
    """Return the scheme of an address, in lower case; None for a path.

    >>> scheme_of("s3://bucket/log.parquet"), scheme_of("log.parquet")
    ('s3', None)
    """
    match = _SCHEME.match(files)
    return match[1].lower() if match else None


def path_of(files: str) -> str:
    """Return a path, or an address without its query; its end tells the format.

    >>> path_of("https://host/log.csv?sig=a/b"), path_of("s3://bucket/day=0?/log-?.csv")
    ('https://host/log.csv', 's3://bucket/day=0?/log-?.csv')
    """
    return parted(files)[0] if scheme_of(files) else files
