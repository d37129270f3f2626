"""Databases by SQLAlchemy's URLs: the SQL runs where the rows are, and only sums leave.

This package is the only one to know SQLAlchemy.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from model_checks.data.columns import Columns, doubled_names, may_be_doubled
from model_checks.data.database import types as column_types
from model_checks.data.database.connection import begin_reading, connect
from model_checks.data.database.errors import query_complaint
from model_checks.data.dialects import translated
from model_checks.data.engine import GIVEN
from model_checks.settings import Settings
from model_checks.settings.column_roles import Roles
from model_checks.settings.places.database import DatabaseData

if TYPE_CHECKING:
    import pyarrow as pa

_GIVEN = "model_checks_given"
"""The name of ``given`` in the database: no table of the user's has this name."""


_UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError, DecimalException)
"""Errors that a driver may raise when it turns a value that it was sent into one of Python's."""
_CASED = ("clickhouse", "postgres", "snowflake")
"""Dialects in which quoted names that differ by their case are of different columns."""


class Database:
    """A connection to a database that reads one table, or what one query returns.

    All is read in one read-only transaction, in UTC, where the database has such. Use it as a
    context manager.

    Parameters
    ----------
    data
        Names the environment variable that holds the URL, and what to read.

    Raises
    ------
    DataError
        If there is no URL, no driver for it, or no database that lets us in.
    """

    scratch = None

    def __init__(self, data: DatabaseData) -> None:
        self._variable, self._table = data.url_env, data.table
        self._connection, self._dialect = connect(self._variable)
        self._source = data.sql.strip().rstrip(";") if data.sql else self._all_of(data.table or "")
        try:
            with self._told():
                begin_reading(self._connection, self._dialect, _GIVEN, self._source)
        except BaseException:
            self.__exit__()
            raise

    @classmethod
    def on(cls, data: DatabaseData, _settings: Settings, _roles: Roles) -> "Database":
        """Return a connection to a database, which alone says what its columns are."""
        return cls(data)

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(SQLAlchemyError):  # a lost connection can't be closed
            self._connection.close()
        self._connection.engine.dispose()

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises
        ------
        DataError
            With what the database says, less the SQL, values of rows and whatever is secret.
        """
        query = translated(sql, self._dialect, _GIVEN)
        return self._fetched(query.text, query.values)

    def columns(self, relation: str) -> Columns:
        """Return the columns of a relation with their types, in order."""
        described = self._described(relation)
        doubled = self._doubled([name for name, _ in described]) if relation == GIVEN else {}
        single = [(name, code) for name, code in described if name not in doubled]
        return Columns(self._types(relation, single) if single else {}, doubled)

    def _doubled(self, names: Sequence[str]) -> dict[str, str]:
        """Return the names that several columns have, each with why it can't be used."""
        if self._dialect == "sqlite" and may_be_doubled(names, ":"):  # as in a:1, SQLite's second a
            with self._told(), self._connection.exec_driver_sql(self._source) as result:
                names = [column[0] for column in result.cursor.description]
        return doubled_names(names, cased=self._dialect in _CASED)

    def _types(self, relation: str, described: Sequence[tuple[str, Any]]) -> dict[str, str]:
        common = column_types.of_numbers(described) if self._dialect == "postgres" else None
        if common is not None:
            return common
        names = [name for name, _ in described]
        query = translated(f"select * from {relation}", self._dialect, _GIVEN)
        if self._dialect == "postgres":
            sql = column_types.postgres_query(names, query.text)
            return column_types.of_postgres(names, *self._fetched(sql, query.values))
        if self._dialect == "sqlite":
            explicit = dict(self._fetched(f"select name, type from pragma_table_info('{_GIVEN}')"))
            sql = column_types.sqlite_query(names, query.text)
            return column_types.of_sqlite(names, explicit, *self._fetched(sql, query.values))
        with self._told():
            if relation == GIVEN and self._table:
                return column_types.of_table(self._connection, self._table, names, self._dialect)
            return column_types.of_description(self._connection, described, self._dialect)

    def batches(self, sql: str, size: int) -> Iterator["pa.RecordBatch"]:
        """Yield the rows of a query, in Arrow batches of at most ``size`` rows.

        Nothing else can be run before the last batch.

        Raises
        ------
        DataError
            If the query fails, as in ``run``.
        """
        from model_checks.data.database.arrow import batch_of

        types = self.columns(f"({sql})")
        query = translated(sql, self._dialect, _GIVEN)
        clause = sa.text(self._over_source(query.text, query.values))
        streamed = {"stream_results": True, "max_row_buffer": size}
        with (
            self._told(),
            self._connection.execute(clause, query.values, execution_options=streamed) as result,
        ):
            for rows in result.partitions(size):
                yield batch_of(types, rows)

    def _all_of(self, table: str) -> str:
        quote = self._connection.dialect.identifier_preparer.quote
        name = ".".join(quote(part) for part in table.split("."))
        # For some drivers ``quote`` has doubled each "%", as is done again when the SQL is sent.
        name = name if name.count("%") == table.count("%") else name.replace("%%", "%")
        return f"select * from {name}"

    def _described(self, relation: str) -> list[tuple[str, Any]]:
        """Return the name of each column, and the driver's code of its type."""
        query = translated(f"select * from {relation} limit 0", self._dialect, _GIVEN)
        clause = sa.text(self._over_source(query.text, query.values))
        with self._told(), self._connection.execute(clause, query.values) as result:
            return [(column[0], column[1]) for column in result.cursor.description]

    def _fetched(self, text: str, values: Mapping[str, str] | None = None) -> list[tuple[Any, ...]]:
        values = values or {}
        clause = sa.text(self._over_source(text, values))
        with self._told():
            found = self._connection.execute(clause, values).fetchall()
        return [tuple(_plain(value) for value in row) for row in found]

    def _over_source(self, text: str, values: Mapping[str, str]) -> str:
        """Return a query in the database's dialect, over the rows of the user's table or query."""
        # SQLAlchemy would take every other colon for a parameter's as well.
        parameter = "|".join(values) or "(?!)"
        text = re.sub(rf":(?!(?:{parameter})\b)", r"\:", text)
        if self._dialect == "sqlite":
            return text
        # Without the hint Postgres copies all rows if a query mentions them twice.
        how = "as not materialized" if self._dialect == "postgres" else "as"
        source = self._source.replace(":", r"\:")
        rest = f", {text[5:]}" if text.startswith("WITH ") else f" {text}"
        return f"with {_GIVEN} {how} (\n{source}\n){rest}"

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise errors in words of our own: a driver's may hold the URL, the SQL and values."""
        try:
            yield
        except (SQLAlchemyError, *_UNREADABLE) as error:
            raise query_complaint(error, self._connection.dialect.name, self._variable) from None


def _plain(value: Any) -> Any:
    """Return a number as Python's own: databases sum whole numbers up to decimals."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value.is_finite() and value == int(value) else float(value)
