"""``data = ...``: where the rows of a model are."""

from collections.abc import Iterator

from pydantic import Field, ValidationInfo, field_validator

from model_checks.redaction import without_secrets
from model_checks.settings.mistakes import refuse
from model_checks.settings.urls import STORES, path_of, scheme_of
from model_checks.settings.values import Known, Table, Text, Whole

SUFFIXES = (".parquet", ".csv", ".csv.gz")
_ADDRESSES = ", ".join(f"{scheme}://" for scheme in STORES)


class Data(Table):
    """``data = ...``; a bare string is a path or glob of files.

    Files are read by DuckDB, or by Spark where ``spark`` names a cluster; ``table`` or ``sql`` are
    of the database that the URL in the environment variable ``url_env`` leads to, ``table`` of
    Spark where there is none.
    """

    url_env: str | None = Field(
        default=None,
        pattern="^[A-Za-z_][A-Za-z0-9_]*$",
        description="the name of an environment variable",
    )
    spark: Text | None = None
    files: Text | None = None
    table: Text | None = None
    sql: Text | None = None
    whole: Whole = None

    @field_validator("files")
    @classmethod
    def _known_format(cls, files: str | None, info: ValidationInfo) -> str | None:
        if not files or info.data.get("spark"):
            return files
        if scheme_of(files) not in (None, *STORES):
            raise ValueError(
                f"must be a path, or start with one of {_ADDRESSES}; a database is named by url_env"
            )
        if not path_of(files).lower().endswith(SUFFIXES):
            raise ValueError(f"must end in one of {', '.join(SUFFIXES)}")
        return files

    @field_validator("whole")
    @classmethod
    def _one_place(cls, _: None, info: ValidationInfo) -> None:
        if cls.model_fields.keys() - {"whole"} <= info.data.keys():
            refuse(_mixed_places(info.data))

    @property
    def source(self) -> str:
        """What is read, as messages name it, less what may be secret in an address."""
        return without_secrets(self.files or self.table or f"sql of {self.url_env}")


def _mixed_places(known: Known) -> Iterator[str]:
    named = [name for name in ("files", "table", "sql") if known[name]]
    if len(named) != 1:
        yield "must name one of files, table, sql" + (", not several" if named else "")
        return
    if known["url_env"] and known["spark"]:
        yield "url_env and spark are both given; keep one"
    elif known["files"] and known["url_env"]:
        yield "files are read by DuckDB or spark, not by a database; leave url_env out"
    elif known["table"] and not (known["url_env"] or known["spark"]):
        yield "table needs url_env, the variable that holds a database's URL, or spark"
    elif known["sql"] and not known["url_env"]:
        yield "sql needs url_env, the variable that holds a database's URL"
