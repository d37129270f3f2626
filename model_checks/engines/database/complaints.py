"""What a database or its driver complains of, in words of our own.

A driver's error may hold the URL with its password, the user and the host, and the SQL: of one that
was raised while connecting nothing is quoted, of any other what the database says of its tables.
"""

import re
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError, NoSuchTableError

from model_checks.errors import DataError

_CONNECTING: Mapping[str, str] = {
    r"pg_hba\.conf": "the database's pg_hba.conf does not let this user in from this machine",
    r"too many|remaining connection slots": "the database has no connection left",
    r"certificate|\bssl\b": "no encrypted connection could be made to the database",
    r"time(d )?out": "the database did not answer in time; check the host and the port in its URL",
    r"resolve|getaddrinfo|translate host|not known|unknown host": (
        "the database's host is not known; check its URL"
    ),
    r"refused|can't connect|unreachable|no route|no such file": (
        "the database can't be reached; check that it runs, and the host and the port in its URL"
    ),
    r'database "[^"]*" does not exist|unknown database': (
        "there is no such database; check the name at the end of its URL"
    ),
    r"password|authenti|login|access denied|role .* does not exist": (
        "the database refused the login; check the user and the password in its URL"
    ),
    r"unable to open database file": "SQLite can't open the file that its URL leads to",
    r"not a database": "the file that its URL leads to is not SQLite's",
}
"""Words of a driver, looked for in this order, to what is told."""

_ADVICE: Mapping[str, str] = {
    "42501": "grant it to the user of the URL",
    "57014": "raise the database's statement_timeout, or give it less to read",
    "53100": "free some of its disk",
    "53200": "free some of its memory",
}
"""What to do, by SQLSTATE."""


_READ = 10_000
"""Characters of what a database says that are looked at."""


def connection_complaint(error: Exception, variable: str) -> DataError:
    """Why there is no connection."""
    cause = getattr(error, "orig", None) or error
    for words, told in _CONNECTING.items():
        if re.search(words, str(cause), re.IGNORECASE):
            return DataError(f"{variable}: {told}")
    return DataError(f"{variable}: no connection could be made ({type(cause).__name__})")


def query_complaint(error: Exception, database: str, variable: str) -> DataError:
    """Why a query failed."""
    if isinstance(error, NoSuchTableError):
        return DataError(f"{database}: no such table")
    if not isinstance(error, DBAPIError):
        return DataError(f"{database}: {type(error).__name__} in SQLAlchemy")
    if error.connection_invalidated:
        return DataError(f"{variable}: the connection to the database was lost before all was read")
    cause = error.orig
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    advice = _ADVICE.get(state or "", "")
    return DataError(f"{database}: {_said(cause)}{'; ' if advice else ''}{advice}")


def _said(cause: BaseException | None) -> str:
    """The database's own sentence, less values of rows and lines of the SQL."""
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    text = primary or str(cause.args[-1] if cause and cause.args else cause)
    text = re.split(r"\nLINE \d+:|\n\[SQL", text[:_READ])[0]
    text = re.sub(r""":\s*["'].*$""", "", " ".join(text.split()))
    return re.sub(r"//[^/?#\s]*@", "//", text)[:300]
