"""Rows that come one batch after the other, kept in a DuckDB file."""

from pathlib import Path
from typing import TYPE_CHECKING, Self

from model_checks.data.duckdb.connection import RAISED, Connection, told
from model_checks.data.sql import literal
from model_checks.settings import Limits

if TYPE_CHECKING:
    import pyarrow as pa

TABLE = "kept"
_ROW_GROUP = 122_880
"""Rows that DuckDB writes at once; fewer it would write twice, first into its log."""
_MOST_BYTES = 2**25
"""Bytes of waiting rows that are written at once, however few the rows are."""
_MEMORY = "128MB"
"""The writer's own limit: more would only be filled with pages that are not read again."""


class Writer:
    """A context manager that writes batches into a DuckDB file, in place of what was there.

    The file is whole when the block has been left; after an error, nothing is left of it.
    """

    def __init__(self, file: Path, limits: Limits) -> None:
        self._file = file
        self._limits = limits.model_copy(update={"memory_limit": _MEMORY, "threads": 1})
        self._waiting: list[pa.Table] = []
        self._begun = False

    def __enter__(self) -> Self:
        self._remove()
        self._connection = Connection(self._limits)
        try:
            self._run(f"attach {literal(str(self._file))} as {TABLE}")
            self._run(f"use {TABLE}")
        except BaseException:
            self._connection.close()
            raise
        return self

    def __exit__(self, raised: object, *_: object) -> None:
        whole = False
        try:
            if raised is None:
                self._write()
                self._run("use memory")
                self._run(f"detach {TABLE}")  # writes what its log still has
                whole = True
        finally:
            self._connection.close()
            if not whole:
                self._remove()

    def append(self, rows: "pa.Table") -> None:
        """Add some rows, which have the columns and types of the first ones.

        Raises
        ------
        DataError
            If the rows can't be written.
        """
        self._waiting.append(rows)
        many = sum(one.num_rows for one in self._waiting) >= _ROW_GROUP
        if many or sum(one.nbytes for one in self._waiting) >= _MOST_BYTES:
            self._write()

    def _write(self) -> None:
        import pyarrow as pa

        if not self._waiting:
            return
        rows = pa.concat_tables(self._waiting)
        self._connection.duckdb.register("batch", rows)
        into = "insert into" if self._begun else "create table"
        self._run(f"{into} {TABLE} {'' if self._begun else 'as '}select * from batch")
        self._connection.duckdb.unregister("batch")
        self._begun, self._waiting = True, []

    def _remove(self) -> None:
        for name in (self._file.name, f"{self._file.name}.wal"):
            self._file.with_name(name).unlink(missing_ok=True)

    def _run(self, sql: str) -> None:
        try:
            self._connection.duckdb.execute(sql)
        except RAISED as error:
            raise told(error) from None
