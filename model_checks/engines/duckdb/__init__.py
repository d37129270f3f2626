"""DuckDB: reads Parquet and CSV files and runs the SQL in this process; the only one to know it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from model_checks.engines import GIVEN
from model_checks.engines.columns import Columns, doubled_names, may_be_doubled
from model_checks.engines.duckdb.connection import RAISED, Connection, told
from model_checks.engines.duckdb.stores import prepare_store
from model_checks.engines.duckdb.writing import TABLE, Writer
from model_checks.engines.files import (
    as_name,
    columns_in,
    first_line,
    header_of,
    is_parquet,
    paths_of,
    scan_csv,
    scan_parquet,
    schemas_of,
    top_level,
)
from model_checks.engines.sql import literal
from model_checks.redaction import without_secrets
from model_checks.settings import Limits
from model_checks.settings.urls import scheme_of

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DuckDB", "Writer"]


class DuckDB:
    """A DuckDB connection of its own, in memory; times are in UTC and nothing is downloaded.

    What does not fit into memory goes to a temporary folder, so use it as a context manager.
    """

    def __init__(self, limits: Limits) -> None:
        self._connection = Connection(limits)
        self._doubled: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back its memory and its temporary folder."""
        self._connection.close()

    @property
    def scratch(self) -> Path:
        """A folder that is removed with the engine."""
        return self._connection.folder

    def read(self, files: str, folder: Path) -> None:
        """Make a path, glob or address of files the relation ``given``.

        Parquet becomes a view, CSV a table.

        Raises
        ------
        DataError
            If no file is there, or one is empty or can't be read.
        """
        remote = scheme_of(files) is not None
        if remote:
            prepare_store(self._connection.duckdb, files)
        names = [files] if remote else [as_name(path) for path in paths_of(files, folder)]
        if is_parquet(files):
            kind, source = "view", scan_parquet(names)
        else:
            header = self._header(files) if remote else header_of(paths_of(files, folder)[0])
            kind, source = "table", scan_csv(names, header)
        self._run(f"create or replace temp {kind} given as select * from {source}", names)
        if may_be_doubled([*self.columns(GIVEN)], "_"):
            for file, columns in self._written(files, names, folder):
                self._doubled |= doubled_names(columns, f" in {without_secrets(file)}")

    def open(self, file: Path) -> None:
        """Make what a ``Writer`` has left the relation ``given``."""
        self.run(f"attach {literal(str(file))} as {TABLE} (read_only)")
        self.run(f"create or replace temp view given as select * from {TABLE}.{TABLE}")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a statement returns.

        Raises
        ------
        DataError
            With what DuckDB says, less the SQL and values of rows.
        """
        return self._run(sql)

    def _run(self, sql: str, names: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.duckdb.execute(sql).fetchall()
        except RAISED as error:
            raise told(error, names) from None  # it may hold a line of the data

    def columns(self, relation: str) -> Columns:
        """The columns of a relation with their types, in order."""
        described = self.run(f"describe select * from {relation}")
        doubled = self._doubled if relation == GIVEN else {}
        return Columns({name: kind for name, kind, *_ in described}, doubled)

    def batches(self, sql: str, size: int) -> Iterator["pa.RecordBatch"]:
        """The rows that a query returns, in Arrow batches of at most ``size`` rows.

        Nothing else can be run before the last batch.

        Raises
        ------
        DataError
            As in ``run``.
        """
        try:
            yield from self._connection.duckdb.sql(sql).arrow(size)
        except (*RAISED, OSError) as error:
            raise told(error) from None

    def _written(
        self, files: str, names: Sequence[str], folder: Path
    ) -> Iterator[tuple[str, list[str]]]:
        """The names of the columns as each file has them: of addresses of CSV, the first file."""
        if is_parquet(files):
            rows = self.run(schemas_of(names))
            for file, of_file in groupby(rows, key=lambda row: str(row[0])):
                yield file, top_level((name, inner) for _, name, inner in of_file)
        elif scheme_of(files) is not None:
            yield files, columns_in(self._header(files))
        else:
            for path in paths_of(files, folder):
                yield str(path), columns_in(header_of(path))

    def _header(self, address: str) -> str:
        [(line,)] = self.run(first_line(address)) or [("",)]
        return str(line)
