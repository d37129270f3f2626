"""DuckDB: reads Parquet and CSV files and runs the SQL in this process; the only one to know it."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from model_checks.data.columns import Columns
from model_checks.data.duckdb.connection import RAISED, Connection, told
from model_checks.data.duckdb.object_store import prepare_store
from model_checks.data.duckdb.parquet import read_parquet
from model_checks.data.duckdb.writer import TABLE, Writer
from model_checks.data.engine import GIVEN
from model_checks.data.files import (
    TABLES,
    as_name,
    folder_values,
    listed,
    literal_base,
    paths_of,
    refuse_table_formats,
    table_refused,
)
from model_checks.data.sql import literal
from model_checks.errors import DataError, guarded
from model_checks.settings import Limits, Settings
from model_checks.settings.column_roles import NO_ROLES, Roles
from model_checks.settings.places.files import DataFiles
from model_checks.settings.urls import path_of, scheme_of
from model_checks.text import type_name
from model_checks.text.redaction import without_secrets

if TYPE_CHECKING:
    import pyarrow as pa

    from model_checks.data.csv.file import CsvFile

__all__ = ["DuckDB", "Writer"]


class DuckDB:
    """A DuckDB connection of its own, in memory; times are in UTC and nothing is downloaded.

    What does not fit into memory goes to a temporary folder, so use it as a context manager.
    """

    def __init__(self, limits: Limits) -> None:
        self._connection = Connection(limits)
        self._columns: Columns | None = None
        self._parquet_files: list[str] = []

    @classmethod
    def on(cls, data: DataFiles, settings: Settings, roles: Roles) -> Self:
        """Return an engine that has read files, as ``read`` does."""
        engine = cls(settings.engine)
        try:
            with guarded(_unread):
                engine.read(data, settings.folder, roles)
        except BaseException:
            engine.close()
            raise
        return engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back the engine's memory and its temporary folder."""
        self._connection.close()

    @property
    def scratch(self) -> Path:
        """Return a folder that is removed with the engine."""
        return self._connection.folder

    def read(self, data: DataFiles, folder: Path, roles: Roles = NO_ROLES) -> None:
        """Make files the relation ``given``; Parquet becomes a view, CSV a table.

        Parameters
        ----------
        folder
            Where a relative path starts.
        roles
            The roles of columns, which decide how fields are read; by default there are none.

        Raises
        ------
        DataError
            If no file is there, or one is empty or can't be read.
        """
        files = data.path
        if scheme_of(files) is not None:
            prepare_store(self._connection.duckdb, files)
        read = self._parquet if data.is_parquet else self._csv
        self._columns = read(data, folder, roles)

    def _parquet(self, data: DataFiles, folder: Path, roles: Roles) -> Columns:
        files = data.path
        if scheme_of(files) is not None:
            names, base = [files], literal_base(files)
            self._refuse_remote_tables(files)
        else:
            paths = paths_of(files, folder)
            refuse_table_formats(paths)
            names, base = [*map(as_name, paths)], str(folder / literal_base(files))
            self._parquet_files = names
        return read_parquet(self.run, names, base, data, roles)

    def _csv(self, data: DataFiles, folder: Path, roles: Roles) -> Columns:
        from model_checks.data.duckdb.csv import CsvReading  # and with it Arrow's own reader

        files = self._csv_files(data, folder)
        return CsvReading(self._connection.duckdb, files, data, roles).read()

    def _csv_files(self, data: DataFiles, folder: Path) -> "list[CsvFile]":
        """Return the files, fetched whole from an address, each with the values in its folders."""
        from model_checks.data.csv.file import CsvFile

        files = data.path
        base = literal_base(files)
        if scheme_of(files) is None:
            base = str(folder / base)
            return [
                CsvFile(path, str(path), folder_values(str(path), base))
                for path in paths_of(files, folder)
            ]
        found = [str(name) for (name,) in self.run(f"select file from glob({literal(files)})")]
        return [
            CsvFile(self._fetched(name, number), without_secrets(name), folder_values(name, base))
            for number, name in enumerate(found or [files])
        ]

    def _fetched(self, address: str, number: int) -> Path:
        """Fetch a file of a store, and return its copy, which is removed with the engine."""
        path = self.scratch / f"{number}-{PurePosixPath(path_of(address)).name[-100:]}"
        self.run(
            f"copy (select content from read_blob({literal(address)})) "
            f"to {literal(str(path))} (format blob)"
        )
        if not path.stat().st_size:
            raise DataError(f"{without_secrets(address)} is an empty file")
        return path

    def _refuse_remote_tables(self, files: str) -> None:
        """Refuse the files of a table whose log lies above them, where a store lists its files."""
        if scheme_of(files) not in ("s3", "gs"):  # no other address lists its files
            return
        folder = literal_base(files).replace(":/", "://", 1)
        for mark, name in TABLES.items():
            pattern = literal(f"{folder}/{mark}{'' if '*' in mark else '/*'}")
            if self.run(f"select file from glob({pattern}) limit 1"):
                raise DataError(table_refused(without_secrets(folder), name))

    def open(self, file: Path) -> None:
        """Make the rows that a ``Writer`` has left the relation ``given``."""
        self.run(f"attach {literal(str(file))} as {TABLE} (read_only)")
        self.run(f"create or replace temp view given as select * from {TABLE}.{TABLE}")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement.

        Raises
        ------
        DataError
            With what DuckDB says, less the SQL and values of rows.
        """
        try:
            return self._connection.duckdb.execute(sql).fetchall()
        except RAISED as error:
            raise self._placed(told(error)) from None  # the error may hold a value of the data

    def columns(self, relation: str) -> Columns:
        """Return the columns of a relation with their types, in order."""
        if relation == GIVEN and self._columns is not None:
            return self._columns
        described = self.run(f"describe select * from {relation}")
        return Columns({name: kind for name, kind, *_ in described})

    def batches(self, sql: str, size: int) -> Iterator["pa.RecordBatch"]:
        """Yield the rows of a query in Arrow batches of at most ``size`` rows.

        Nothing else can be run before the last batch.

        Raises
        ------
        DataError
            As in ``run``.
        """
        try:
            yield from self._connection.duckdb.sql(sql).arrow(size)
        except (*RAISED, OSError) as error:
            raise self._placed(told(error)) from None

    def _placed(self, error: BaseException) -> BaseException:
        """Return an error with the damaged file of several, where DuckDB does not name it."""
        files, text = self._parquet_files, str(error)
        known = len(files) < 2 or any(file in text for file in files) or "Out of Memory" in text
        if known or not isinstance(error, DataError):
            return error
        for file in files:
            try:
                every = f"select max(hash(rows)) from read_parquet({listed([file])}) as rows"
                self._connection.duckdb.execute(every)
            except RAISED:
                return DataError(f"{error} (in {file})")
        return error


def _unread(error: BaseException) -> DataError:
    """Return an error for whatever else a reader raises, whose own text may hold a row."""
    return DataError(f"reading it raised {type_name(error)}")
