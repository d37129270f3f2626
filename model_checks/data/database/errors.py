"""Errors of a database or its driver, in words of our own.

A driver's error may hold the URL with its password, the user and the host, and the SQL. Of an error
while connecting nothing is quoted; of any other, what the database says of its tables and of the
SQL. Of what it says of values only the name of the error is shown.
"""

import re
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError, NoSuchTableError, SQLAlchemyError

from model_checks.errors import DataError
from model_checks.text import type_name

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
"""Words of a driver, looked for in this order, and our words for them."""

_ADVICE: Mapping[str, str] = {
    "42501": "grant it to the user of the URL",
    "57014": "raise the database's statement_timeout, or give it less to read",
    "53100": "free some of its disk",
    "53200": "free some of its memory",
}
"""Advice on what to do, by SQLSTATE."""


_READ = 10_000
"""Characters of a database's message that are looked at."""


def connection_complaint(error: Exception, variable: str) -> DataError:
    """Return the error that there is no connection, with the reason."""
    cause = getattr(error, "orig", None) or error
    for words, told in _CONNECTING.items():
        if re.search(words, str(cause), re.IGNORECASE):
            return DataError(f"{variable}: {told}")
    return DataError(f"{variable}: no connection could be made ({type(cause).__name__})")


_OF_SCHEMA = ("08", "0A", "21", "25", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58")
"""Classes of SQLSTATE in which Postgres speaks of tables, rights and itself, not of values."""

_OF_VALUES = re.compile(
    r"division by zero|invalid input syntax for type [a-z ]+|numeric field overflow|"
    r"invalid byte sequence for encoding|value too long for type [a-z ]+|"
    r"(?:smallint|integer|bigint|real|value|date|timestamp|date/time field value) out of range"
)
"""Messages of Postgres on values that show none."""

_OF_SQLITE = re.compile(
    r"near \"[^\"]*\": syntax error|no such [a-z ]+: .*|ambiguous column name: .*|"
    r"unrecognized token: .*|wrong number of arguments to function \w+\(\)|incomplete input|"
    r"misuse of aggregate.*|integer overflow|malformed JSON|interrupted|out of memory|"
    r"string or blob too big|disk I/O error|not authorized|"
    r"(?:file is not a|unable to open|attempt to write a readonly) database(?: file)?|"
    r"database (?:disk image is malformed|is locked|schema has changed|or disk is full)|"
    r"view \S+ is circularly defined|Could not decode to UTF-8 column '[^']*'"
)
"""Messages of SQLite that are of its file, of the SQL, or of columns."""


def query_complaint(error: Exception, database: str, variable: str) -> DataError:
    """Return the error that a query failed, or that what it returned could not be read."""
    if isinstance(error, NoSuchTableError):
        return DataError(f"{database}: no such table")
    if not isinstance(error, SQLAlchemyError):
        return DataError(f"{database}: a value can't be read ({type_name(error)})")
    if not isinstance(error, DBAPIError):
        return DataError(f"{database}: {type_name(error)} in SQLAlchemy")
    if error.connection_invalidated:
        return DataError(f"{variable}: the connection to the database was lost before all was read")
    state = _state(error.orig)
    advice = _ADVICE.get(state, "")
    said = _said(error.orig, database, error.statement or "")
    return DataError(f"{database}: {said}{'; ' if advice else ''}{advice}")


def _state(cause: BaseException | None) -> str:
    """Return the SQLSTATE; empty where the driver does not tell."""
    return str(getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None) or "")


def _said(cause: BaseException | None, database: str, sql: str) -> str:
    """Return the database's own sentence if it has no value of a row; else the error's name."""
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    state = _state(cause)
    text = primary or str(cause.args[-1] if cause and cause.args else cause)
    text = " ".join(re.split(r"\nLINE \d+:|\n\[SQL", text[:_READ])[0].split())
    if database == "sqlite":
        known = _OF_SQLITE.match(text)
    else:
        known = _OF_VALUES.match(text) if primary else None
    if not known and state[:2] in (_OF_SCHEMA if primary else ("42",)):
        return _as_in_sql(re.sub(r""":\s*["'].*$""", "", text), sql)
    named = f"{type_name(cause)}{f' (SQLSTATE {state})' if state else ''}"
    return known[0].strip() if known else named


def _as_in_sql(text: str, sql: str) -> str:
    """Return a sentence without what it quotes, unless that stands in the SQL itself."""
    return re.sub(
        r"\"([^\"]*)\"|'([^']*)'|`([^`]*)`",
        lambda quote: quote[0] if quote[0][1:-1] in sql else "...",
        text,
    )
