"""``{ spark, table }`` and ``{ spark, files }``: rows that Spark reads."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from pydantic import ConfigDict

from model_checks.settings.data import Data
from model_checks.settings.field_types import Text, Whole
from model_checks.settings.places.tables import READ_BY_DUCKDB, one_of, parts_of_table
from model_checks.settings.tagged import refused_together
from model_checks.text.redaction import without_secrets

_EITHER = ("table", "files")


class SparkData(Data):
    """A table or files that are read by the Spark at an address, or by one on this machine."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [key]} for key in _EITHER]},
    )

    key = "spark"
    advice: ClassVar[Mapping[str, str]] = {
        **READ_BY_DUCKDB,
        "csv": "csv is read by DuckDB; for spark write files",
    }
    engine = "model_checks.data.spark:Spark.on"
    reader = "Spark"
    needs = "'pyspark[connect]>=4,<5' 'sqlglot>=30,<31'"
    reads_folders = True

    spark: Text
    table: Text | None = None
    files: Text | None = None
    whole: Whole = None

    _rows = refused_together(partial(one_of, _EITHER))

    @property
    def path(self) -> str | None:
        """Return the path, glob or address of files; None where rows are in a table."""
        return self.files

    @property
    def read_here(self) -> bool:
        """Return whether Spark runs on this machine."""
        return self.spark.startswith("local")

    @property
    def source(self) -> str:
        """Return the files or the table, without the secrets in an address."""
        return without_secrets(self.files or self.table or "")

    def same_table(self, other: Data) -> bool:
        """Return whether both places are one table, taking all catalogues as one."""
        if not isinstance(other, SparkData) or not (self.table and other.table):
            return False
        return parts_of_table(self.table) == parts_of_table(other.table)
