"""The URL in an environment variable -> a connection that only reads."""

import math
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from model_checks.data.database.errors import connection_complaint
from model_checks.data.dialects import DIALECTS
from model_checks.errors import DataError
from model_checks.text import nearest

_SAMPLE = "postgresql+psycopg://user:password@host:5432/name"

_DIALECTS: Mapping[str, str] = {
    **{name: name for name in DIALECTS if name not in ("postgres", "spark", "tsql")},
    "clickhousedb": "clickhouse",
    "mariadb": "mysql",
    "mssql": "tsql",
    "postgresql": "postgres",
}
"""SQLAlchemy's name of a database to the name of its dialect."""

_PACKAGES: Mapping[str, str] = {
    "MySQLdb": "mysqlclient",
    "mysql": "mysql-connector-python",
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
}
"""Modules whose package has another name, with the package."""

_SECONDS_TO_CONNECT = 30

_SETTING_OUT: Mapping[str, tuple[str, ...]] = {
    "databricks": ("set time zone 'UTC'",),
    "mysql": ("set time_zone = '+00:00'", "set session transaction read only"),
    "postgres": ("set time zone 'UTC'",),
    "redshift": ("set timezone to 'UTC'",),
    "snowflake": ("alter session set timezone = 'UTC'",),
}
"""Statements that are sent to a database before it is read."""


_FUNCTIONS_OF_SQLITE: Mapping[str, Callable[[float], float]] = {
    "ceil": lambda number: float(np.ceil(number)),
    "floor": lambda number: float(np.floor(number)),
    "ln": math.log,
    "sqrt": math.sqrt,
}
"""Functions that some builds lack; SQLAlchemy's own ``floor`` can't bear a null or an infinity."""


def connect(variable: str) -> tuple[sa.Connection, str]:
    """Return a connection to the database of an environment variable's URL, and its dialect.

    Raises
    ------
    DataError
        If there is no URL, no driver for it, or no database that lets us in.
    """
    url = _url(variable)
    engine = _engine(url, variable)
    dialect = _DIALECTS.get(engine.dialect.name)
    if dialect is None:
        raise DataError(
            f"{variable}: no SQL is known for {engine.dialect.name!r}; known: {_known()}"
        )
    try:
        return engine.connect(), dialect
    except (SQLAlchemyError, OSError) as error:
        # Not chained: a driver's error may hold the password.
        raise connection_complaint(error, variable) from None


def begin_reading(connection: sa.Connection, dialect: str, given: str, source: str) -> None:
    """Start a transaction that writes nothing, and sees no rows but those that are there now.

    Parameters
    ----------
    given, source
        Name and SQL of a view that is made in SQLite, where only tables and views have types.
    """
    if dialect == "sqlite":
        driver: Any = connection.connection.driver_connection
        for name, function in _FUNCTIONS_OF_SQLITE.items():
            driver.create_function(name, 1, _of_nulls_too(function), deterministic=True)
        connection.exec_driver_sql(f"create temp view {given} as\n{source}\n")
        connection.exec_driver_sql("pragma query_only = on")
        connection.exec_driver_sql("begin")
    if dialect == "postgres":
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    for statement in _SETTING_OUT.get(dialect, ()):
        connection.exec_driver_sql(statement)


def _of_nulls_too(function: Callable[[float], float]) -> Callable[[float | None], float | None]:
    return lambda number: None if number is None else function(number)


def _url(variable: str) -> sa.URL:
    text = os.environ.get(variable, "").strip()
    if not text:
        raise DataError(f"the environment variable {variable}, a database's URL, is not set")
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise DataError(f"{variable} holds no database's URL, such as {_SAMPLE}") from None
    return _existing_file(url, variable) if url.get_backend_name() == "sqlite" else url


def _existing_file(url: sa.URL, variable: str) -> sa.URL:
    """Return the URL of a SQLite file that has to be there: SQLite would make an empty one."""
    name = url.database or ""
    if name.startswith("file:"):
        return url
    if not Path(name).is_file():
        raise DataError(f"{variable}: no file of SQLite's is where its URL leads to")
    path = quote(str(Path(name).resolve()))
    return url.set(database=f"file:{path}").update_query_dict({"mode": "rw", "uri": "true"})


def _engine(url: sa.URL, variable: str) -> sa.Engine:
    try:
        return sa.create_engine(
            url, poolclass=NullPool, hide_parameters=True, connect_args=_limits(url)
        )
    except NoSuchModuleError:
        backend = url.get_backend_name()
        named = repr(backend) if re.fullmatch(r"\w{1,30}", backend) else "of this kind"
        raise DataError(
            f"{variable}: SQLAlchemy knows no database {named} here; install the package "
            f"that adds it, or mend the URL's beginning: {nearest(backend, _DIALECTS)}"
        ) from None
    except ModuleNotFoundError as error:
        module = str(error.name).partition(".")[0]
        raise DataError(
            f"{variable}: the database's driver is missing: "
            f"pip install '{_PACKAGES.get(module, module)}'"
        ) from None
    except (ArgumentError, ImportError, TypeError, ValueError) as error:
        raise connection_complaint(error, variable) from None


def _limits(url: sa.URL) -> dict[str, Any]:
    """Return the arguments that bound the wait for Postgres, where the URL does not say."""
    waits = url.get_driver_name().startswith("psycopg") and "connect_timeout" not in url.query
    return {"connect_timeout": _SECONDS_TO_CONNECT} if waits else {}


def _known() -> str:
    return ", ".join(sorted(_DIALECTS))
