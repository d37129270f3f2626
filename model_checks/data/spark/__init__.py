"""Rows on Spark: the SQL runs on a cluster, by Spark Connect or by a driver in this process.

This package is the only one to know pyspark. Sums and texts come out of it; rows only for a model
that has to be called, and these a few at a time.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_checks.data.columns import Columns, doubled_names
from model_checks.data.dialects import duckdb_type, translated
from model_checks.data.engine import GIVEN
from model_checks.data.spark.connection import is_local, open_session, watched
from model_checks.data.spark.errors import telling
from model_checks.settings import Settings
from model_checks.settings.column_roles import NO_ROLES, Roles
from model_checks.settings.places.spark import SparkData

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructField, StructType

_DELIMITERS = ",;\t|"
_CSV = {
    "header": "true",
    "inferSchema": "true",
    "mode": "FAILFAST",  # a line that is too short or too long is an error, not nulls
    "enforceSchema": "false",  # a file with its columns in another order is an error as well
    "multiLine": "true",  # a text may run over several lines
    "quote": '"',
    "escape": '"',
}


class Spark:
    """A session of its own on the Spark that ``data`` names, with its rows as ``given``.

    Use it as a context manager. The Spark behind it, if it is ours, stays for the next session.

    Parameters
    ----------
    data
        Names a Spark, and a table or files.
    folder
        The folder in which relative paths start if Spark runs on this machine.
    roles
        What columns are for: no text of a CSV is taken for a time but in the time column.

    Raises
    ------
    DataError
        If there is no such Spark, or it has no such rows.
    """

    scratch = None

    def __init__(self, data: SparkData, folder: Path, roles: Roles = NO_ROLES) -> None:
        self._time = roles.time
        with ExitStack() as opened:
            self._session = opened.enter_context(open_session(data.spark))
            with telling(), watched(self._session):
                self._give(data, folder)
            self._opened = opened.pop_all()

    @classmethod
    def on(cls, data: SparkData, settings: Settings, roles: Roles) -> "Spark":
        """Return a session on the Spark that is named."""
        return cls(data, settings.folder, roles)

    def __enter__(self) -> "Spark":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises
        ------
        DataError
            With what Spark says, less the SQL and whatever is secret.
        """
        with telling(), watched(self._session):
            return [tuple(row) for row in self._frame(sql).collect()]

    def columns(self, relation: str) -> Columns:
        """Return the columns of a relation, in order, with their types by DuckDB's names.

        Raises
        ------
        DataError
            If Spark fails, as in ``run``.
        """
        with telling(), watched(self._session):
            types = self._frame(f"select * from {relation}").dtypes
        doubled = doubled_names(name for name, _ in types)
        return Columns({name: duckdb_type(native, "spark") for name, native in types}, doubled)

    def batches(self, sql: str, size: int) -> Iterator["pa.RecordBatch"]:
        """Yield the rows of a query, in Arrow batches of at most ``size`` rows.

        Raises
        ------
        DataError
            If Spark fails, as in ``run``.
        """
        with telling():
            self._session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(size))
            frame = self._frame(sql)
            remote = not hasattr(frame, "_jdf")
            remaining = _from_server(frame) if remote else _from_driver(frame)
        while True:
            with telling(), watched(self._session):
                batch = next(remaining, None)
            if batch is None:
                return
            for start in range(0, batch.num_rows, size):
                yield batch.slice(start, size)

    def _frame(self, sql: str) -> "DataFrame":
        query = translated(sql, "spark")
        return self._session.sql(query.text, dict(query.values))

    def _give(self, data: SparkData, folder: Path) -> None:
        """Make the rows the relation ``given``, which no other session sees."""
        if data.files:
            local = is_local(data.spark)
            given = self._files(_local_path(data.files, folder) if local else data.files)
        else:
            given = self._session.table(data.table or "")
        given.createOrReplaceTempView(GIVEN)

    def _files(self, files: str) -> "DataFrame":
        if not files.lower().endswith((".csv", ".csv.gz")):
            # Without mergeSchema one file's columns are taken for those of all.
            return self._session.read.parquet(files, mergeSchema=True)
        lines = self._session.read.text(files).head(1)
        delimiter = max(_DELIMITERS, key=lines[0].value.count) if lines else ","
        # Times without a zone are no instants, as when they are read from Parquet.
        self._session.conf.set("spark.sql.timestampType", "TIMESTAMP_NTZ")
        try:
            reader = self._session.read.options(**_CSV, sep=delimiter)
            frame = reader.schema(self._texts(reader.csv(files).schema)).csv(files)
            frame.schema  # noqa: B018 (inferred now, under that setting)
        finally:
            self._session.conf.unset("spark.sql.timestampType")
        return frame

    def _texts(self, schema: "StructType") -> "StructType":
        """Return a schema in which all that Spark takes for times are texts but the time column."""
        from pyspark.sql.types import StringType, StructField, StructType

        return StructType(
            [
                StructField(field.name, StringType())
                if _is_time(field) and field.name != self._time
                else field
                for field in schema
            ]
        )


def _is_time(field: "StructField") -> bool:
    return field.dataType.typeName() in ("date", "timestamp", "timestamp_ntz")


def _local_path(files: str, folder: Path) -> str:
    r"""Return a path for Spark, whatever its default file system; only ``files`` is a pattern.

    >>> _local_path("log/*.parquet", Path("/jobs/a[1]"))
    'file:/jobs/a\\[1\\]/log/*.parquet'
    >>> _local_path("s3a://logs/2013", Path("/jobs"))
    's3a://logs/2013'
    """
    if re.match(r"[a-zA-Z][\w+.-]*:", files):
        return files
    start = re.sub(r"([][{}*?,^\\])", r"\\\1", str(folder.absolute()))
    return f"file:{files if files.startswith('/') else f'{start}/{files}'}"


# Rows in Arrow batches: pyspark's own method for that holds all of them at once.


def _from_driver(frame: "DataFrame") -> Iterator["pa.RecordBatch"]:
    """Yield batches by partition: while the rows of one are taken, the next is computed."""
    import pyarrow as pa
    from pyspark import RDD
    from pyspark.serializers import NoOpSerializer
    from pyspark.sql.pandas.types import to_arrow_schema

    schema = to_arrow_schema(frame.schema, timezone="UTC")
    messages = frame._jdf.toArrowBatchRdd().toJavaRDD()  # noqa: SLF001
    context = frame.sparkSession.sparkContext
    rdd = RDD[bytes](messages, context, NoOpSerializer())
    for message in rdd.toLocalIterator(prefetchPartitions=True):
        yield pa.ipc.read_record_batch(pa.py_buffer(message), schema)


def _from_server(frame: "DataFrame") -> Iterator["pa.RecordBatch"]:
    """Yield batches as the server sends them."""
    import pyarrow as pa

    client: Any = frame.sparkSession.client
    for sent in client.to_table_as_iterator(frame._plan.to_proto(client), {}):  # type: ignore[operator]  # noqa: SLF001
        if isinstance(sent, pa.Table):  # not the schema, which comes among them
            yield from sent.to_batches()
