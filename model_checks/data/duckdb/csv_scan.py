"""SQL over the fields of CSV files, which are read anew for each query: no copy of them is kept."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from model_checks.data.csv.table import CsvTable
from model_checks.data.duckdb.connection import RAISED, told

FIELDS = "fields"
"""The relation of fields in SQL; its columns are ``v0``, ``v1``, ... in the order of the names."""

NO_TIME = "model_checks: no time"
"""The message that SQL raises by ``error`` where a field is no time."""


class CsvScan:
    """A table of CSV files over whose fields SQL can be run."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, table: CsvTable, decimal: str
    ) -> None:
        self._connection = connection
        self._table = table
        self._decimal = decimal

    def first(self, name: str, condition: str) -> tuple[str, str]:
        """Return the place where a condition on ``v0`` first holds and the field; empty if none."""
        found = self.run(
            f"select file, record, v0 from {FIELDS} where {condition} "
            "order by file, record limit 1",
            [name],
            numbered=True,
        )
        if not found:
            return "", ""
        [(file, record, text)] = found
        shown, line = self._table.line_of(file, record)
        return f"in {shown}, line {line:,},", text

    def run(
        self,
        sql: str,
        names: Sequence[str],
        *,
        types: Mapping[str, pa.DataType] | None = None,
        numbered: bool = False,
    ) -> list[Any]:
        """Return the rows of SQL over some columns of the files, which are read anew for it.

        Parameters
        ----------
        types
            Types of the columns that are no text.
        numbered
            Whether two columns, ``file`` and ``record``, tell where each row is from.

        Raises
        ------
        duckdb.Error
            If the SQL raises that a field is no time.
        DataError, OtherTypeError
            If the files can't be read, or their fields are not of these types.
        """
        raised: list[BaseException] = []
        schema = self._table.schema(names, types or {}, numbered=numbered)

        def batches() -> Iterator[pa.RecordBatch]:
            try:
                yield from self._table.batches(names, schema, self._decimal)
            except BaseException as error:  # DuckDB would not pass it on as it is
                raised.append(error)
                raise

        reader = pa.RecordBatchReader.from_batches(schema, batches())
        self._connection.register(FIELDS, reader)
        try:
            return self._connection.execute(sql).fetchall()
        except (*RAISED, OSError, pa.ArrowException) as error:
            if raised:
                raise raised[0] from None
            if isinstance(error, duckdb.Error) and NO_TIME in str(error):
                raise
            raise told(error) from None
        finally:
            self._connection.unregister(FIELDS)
