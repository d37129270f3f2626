"""DuckDB: reads Parquet and CSV files and runs the SQL in this process; the only one to know it."""

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from model_checks.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def identifier(name: str) -> str:
    """A column's name, quoted.

    >>> identifier('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text, quoted.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def scan(files: str, folder: Path) -> str:
    """SQL that reads a path or glob of Parquet or CSV files as one table.

    Parameters
    ----------
    files
        As in the settings; a relative one starts at ``folder``. The suffix tells the format.

    Raises
    ------
    DataError
        If no file is there, or one is empty.
    """
    paths = sorted(glob.glob(str(folder / files), recursive=True))
    if not paths and Path(folder / files).exists():  # a name that only looks like a pattern
        paths = [str(folder / files)]
    if not paths:
        raise DataError(f"data {files!r}: no such file in {folder}")
    for path in paths:
        if Path(path).is_dir():
            raise DataError(f"data {files!r}: {path} is a folder; name its files, as in '*.parquet'")
        if Path(path).stat().st_size == 0:
            raise DataError(f"data {files!r}: {path} is an empty file")
    listed = ", ".join(literal(glob.escape(path)) for path in paths)
    reader = "read_parquet" if files.lower().endswith(".parquet") else "read_csv"
    return f"{reader}([{listed}], union_by_name = true)"


class Engine:
    """A DuckDB connection of its own, in memory; times are in UTC and nothing is downloaded."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(config=_OFFLINE)
        self.run("set TimeZone = 'UTC'")

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a statement returns.

        Raises
        ------
        DataError
            With what DuckDB says, less the SQL.
        """
        try:
            return self._connection.execute(sql).fetchall()
        except duckdb.Error as error:
            raise DataError(_first_sentence(error)) from error

    def columns(self, relation: str) -> dict[str, str]:
        """The columns of a relation with their types, in order."""
        return {name: kind for name, kind, *_ in self.run(f"describe select * from {relation}")}

    def batches(self, sql: str, size: int) -> Iterator["pa.RecordBatch"]:
        """The rows that a query returns, in Arrow batches of at most ``size`` rows.

        Raises
        ------
        DataError
            As in ``run``.
        """
        try:
            reader = self._connection.sql(sql).to_arrow_reader(size)
            yield from reader
        except duckdb.Error as error:
            raise DataError(_first_sentence(error)) from error


def _first_sentence(error: duckdb.Error) -> str:
    """What DuckDB found, without the query it quotes and with line breaks folded."""
    text = str(error).split("\nLINE ")[0].strip()
    return " ".join(text.split())[:500]


def conjunction(conditions: Sequence[str]) -> str:
    """Conditions joined by AND; none at all is always true."""
    return " and ".join(conditions) or "true"
