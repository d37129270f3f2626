"""The types of a database's columns, by DuckDB's names."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import CompileError

from model_checks.data.dialects import duckdb_type
from model_checks.data.sql import identifier

_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


_NUMBERED_BY_POSTGRES: Mapping[int, str] = {
    16: "boolean",
    20: "bigint",
    21: "smallint",
    23: "integer",
    25: "text",
    700: "real",
    701: "double precision",
    1043: "character varying",
    1082: "date",
    1114: "timestamp without time zone",
    1184: "timestamp with time zone",
    1700: "numeric",
}
"""The numbers that its commonest types have in every database, as its catalog fixes them."""


def of_numbers(described: Sequence[tuple[str, Any]]) -> dict[str, str] | None:
    """Return the types by the numbers in a result's description; None if one is not so common.

    Of a domain Postgres itself tells the number of what it is of.
    """
    if not all(number in _NUMBERED_BY_POSTGRES for _, number in described):
        return None
    kinds = {name: _NUMBERED_BY_POSTGRES[number] for name, number in described}
    return {name: duckdb_type(kind, "postgres") for name, kind in kinds.items()}


def postgres_query(names: Sequence[str], source: str) -> str:
    """Return SQL that tells each column's type, or a domain's base type, without reading a row."""
    base = "case when typtype = 'd' then typbasetype else oid end"
    of = f"(select format_type({base}, null) from pg_type where oid = pg_typeof(source."
    kinds = ", ".join(f"{of}{identifier(name)}))" for name in names)
    return f"select {kinds} from (select 1) as one left join ({source}) as source on false"


def of_postgres(names: Sequence[str], kinds: Sequence[str]) -> dict[str, str]:
    """Return the types of columns from the row that ``postgres_query`` returns."""
    return {name: duckdb_type(kind, "postgres") for name, kind in zip(names, kinds, strict=True)}


def sqlite_query(names: Sequence[str], source: str) -> str:
    """Return SQL that tells what each column's values are: SQLite's types promise nothing."""
    columns = ", ".join(
        f"group_concat(distinct nullif(typeof({column}), 'null')), "
        f"min(case when {column} is not null "
        f"then {column} glob '{_DAY}*' and datetime({column}) is not null end), "
        f"max(length({column})), min({column} in (0, 1))"
        for column in map(identifier, names)
    )
    return f"select {columns} from ({source})"


def of_sqlite(
    names: Sequence[str], explicit: Mapping[str, str], found: Sequence[Any]
) -> dict[str, str]:
    """Return the types of columns from those declared and the row of ``sqlite_query``."""
    types = {}
    for position, name in enumerate(names):
        kinds, times, longest, truths = found[4 * position : 4 * position + 4]
        of_declared = duckdb_type(explicit.get(name, ""), "sqlite")
        types[name] = _of_values(set((kinds or "").split(",")) - {""}, of_declared)
        if types[name] == "BIGINT" and of_declared == "BOOLEAN" and truths:
            types[name] = "BOOLEAN"
        if types[name] == "VARCHAR" and times:
            types[name] = "DATE" if longest == len("2013-05-01") else "TIMESTAMP"
    return types


def _of_values(kinds: set[str], explicit: str) -> str:
    if not kinds:
        return explicit or "VARCHAR"
    if kinds <= {"integer", "real"}:
        return "BIGINT" if kinds == {"integer"} else "DOUBLE"
    return "BLOB" if kinds == {"blob"} else "VARCHAR"


def of_table(
    connection: sa.Connection, table: str, names: Sequence[str], dialect: str
) -> dict[str, str]:
    """Return the types of a table's columns, as SQLAlchemy finds them."""
    schema, _, name = table.rpartition(".")
    columns = sa.inspect(connection).get_columns(name, schema=schema or None)
    kinds = {column["name"].lower(): _native(column["type"], connection) for column in columns}
    return {name: duckdb_type(kinds.get(name.lower(), "unknown"), dialect) for name in names}


def _native(kind: sa.types.TypeEngine[Any], connection: sa.Connection) -> str:
    try:
        return kind.compile(dialect=connection.dialect)
    except CompileError:  # a type that SQLAlchemy does not know
        return "unknown"


def of_description(
    connection: sa.Connection, described: Sequence[tuple[str, Any]], dialect: str
) -> dict[str, str]:
    """Return the types of a query's columns, as far as the driver tells them apart."""
    driver = connection.dialect.loaded_dbapi
    return {name: _of_code(code, driver, dialect) for name, code in described}


_OF_PYTHON: Mapping[type, str] = {
    bool: "BOOLEAN",
    int: "BIGINT",
    float: "DOUBLE",
    Decimal: "DECIMAL",
    datetime: "TIMESTAMP",
    date: "DATE",
}

_CATEGORIES = {"NUMBER": "DOUBLE", "DATETIME": "TIMESTAMP"}


def _of_code(code: Any, driver: Any, dialect: str) -> str:
    """Return the type of a code: a name, Python's type or a category of the DB-API (PEP 249)."""
    if isinstance(code, str):
        return duckdb_type(code, dialect)
    if isinstance(code, type):
        return _OF_PYTHON.get(code, "VARCHAR")
    for category, kind in _CATEGORIES.items():
        if code is not None and getattr(driver, category, None) == code:
            return kind
    return "VARCHAR"
