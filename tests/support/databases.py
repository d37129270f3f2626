"""Real databases that take columns as tables; ``conftest`` has them as fixtures."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
from psycopg import sql

from support.postgres_server import PostgresServer

VARIABLE = "PREDICTIONS_DB"
"""The environment variable that holds the URL."""
HERE = {"url_env": VARIABLE, "table": "predictions"}
"""The table ``predictions``, as settings name it."""

Columns = Mapping[str, Any]


def rows_of_columns(columns: Columns) -> tuple[pa.Schema, Iterator[tuple[Any, ...]]]:
    table = pa.table(dict(columns))
    return table.schema, zip(*(column.to_pylist() for column in table.columns), strict=True)


class _Database:
    """One that the environment variable leads to."""

    def data(self) -> dict[str, str]:
        """What is read there: the table ``predictions``."""
        return HERE


class Postgres(_Database):
    """A schema's worth of tables in the server of the session."""

    name = "postgresql"

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self.url = server.url()

    def write(self, table: str, columns: Columns) -> None:
        """Make a table anew with these columns."""
        schema, rows = rows_of_columns(columns)
        name = sql.Identifier(*table.split("."))
        listed = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(field.name), sql.SQL(_postgres_type(field.type)))
            for field in schema
        )
        self.server.execute(sql.SQL("drop table if exists {}").format(name))
        self.server.execute(sql.SQL("create table {} ({})").format(name, listed))
        self.server.copy(sql.SQL("copy {} from stdin").format(name), rows)

    def count(self, table: str) -> int:
        """The rows of a table."""
        [(rows,)] = self.server.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier(table))
        )
        return int(rows)


class SQLite(_Database):
    """A file of SQLite's."""

    name = "sqlite"

    def __init__(self, file: Path) -> None:
        self.file = file
        self.url = f"sqlite:///{file}"

    def write(self, table: str, columns: Columns) -> None:
        """Make a table anew with these columns."""
        schema, rows = rows_of_columns(columns)
        listed = ", ".join(f"{_quoted(field.name)} {_sqlite_type(field.type)}" for field in schema)
        places = ", ".join("?" * len(schema))
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute(f"drop table if exists {_quoted(table)}")
            connection.execute(f"create table {_quoted(table)} ({listed})")
            plain = (tuple(map(_sqlite_value, row)) for row in rows)
            connection.executemany(f"insert into {_quoted(table)} values ({places})", plain)
            connection.commit()

    def count(self, table: str) -> int:
        """The rows of a table."""
        with closing(sqlite3.connect(self.file)) as connection:
            [(rows,)] = connection.execute(f"select count(*) from {_quoted(table)}")
        return int(rows)


Somewhere = Postgres | SQLite


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _postgres_type(kind: pa.DataType) -> Any:
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    return {
        pa.bool_(): "boolean",
        pa.date32(): "date",
        pa.float32(): "real",
        pa.float64(): "double precision",
        pa.int64(): "bigint",
        pa.null(): "text",
        pa.string(): "text",
    }[kind]


def _sqlite_type(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "timestamp"
    if pa.types.is_decimal(kind):
        return "numeric"
    return {
        pa.bool_(): "boolean",
        pa.date32(): "date",
        pa.float32(): "real",
        pa.float64(): "real",
        pa.int64(): "integer",
        pa.null(): "text",
        pa.string(): "text",
    }[kind]


def _sqlite_value(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat(sep=" ") if hasattr(value, "hour") else value.isoformat()
    return float(value) if type(value).__name__ == "Decimal" else value
