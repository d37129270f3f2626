"""``data = ...``: where the rows of a model are, and how what is written there is to be read."""

import codecs
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from model_checks.settings.error_messages import refuse
from model_checks.settings.field_types import Known, Table, Text, Whole
from model_checks.settings.urls import STORES, path_of, scheme_of
from model_checks.text.redaction import without_secrets

PARQUET = (".parquet", ".pq")
SUFFIXES = (*PARQUET, ".csv", ".csv.gz")
_ADDRESSES = ", ".join(f"{scheme}://" for scheme in STORES)
_OF_CSV = ("delimiter", "quote", "decimal", "encoding")
_OF_TIMES = ("time_format", "time_unit")
_DIRECTIVES = "aAbBdmyYHIpMSfzj%"
"""Those of a format of times that mean one thing in every country; ``%Z`` does not."""


def _delimiter(value: str) -> str:
    if len(value) != 1 or not value.isascii() or value.isalnum() or value in "\"'\r\n.-+":
        raise ValueError("must be one character that is in no number or name, such as ';' or '\\t'")
    return value


def _encoding(value: str) -> str:
    try:
        "".encode(value)
        return codecs.lookup(value).name
    except (LookupError, UnicodeError, ValueError):
        raise ValueError("must be an encoding of text, such as 'utf-8' or 'cp1252'") from None


def _time_format(value: str) -> str:
    directives = re.findall(r"%(.?)", value.replace("%%", ""), re.DOTALL)
    if unknown := [one for one in directives if one not in [*_DIRECTIVES]]:
        known = ", ".join(f"%{one}" for one in _DIRECTIVES)
        raise ValueError(f"has %{unknown[0]}, which is none of {known}")
    days = [{"Y", "y"}, {"m", "b", "B", "j"}, {"d", "j"}]
    if not all(one.intersection(directives) for one in days):
        raise ValueError("must tell year, month and day, as in '%d.%m.%Y' or '%Y-%m-%d %H:%M:%S'")
    return value


class Data(Table):
    """``data = ...``; a bare string is a path or glob of files.

    Files are read by DuckDB, or by Spark where ``spark`` names a cluster; ``table`` or ``sql`` are
    of the database that the URL in the environment variable ``url_env`` leads to, ``table`` of
    Spark where there is none. What is not said of a CSV is found out, where it is plain.
    """

    url_env: str | None = Field(
        default=None,
        pattern="^[A-Za-z_][A-Za-z0-9_]*$",
        description="the name of an environment variable",
    )
    spark: Text | None = None
    files: Text | None = None
    csv: Text | None = None
    table: Text | None = None
    sql: Text | None = None
    delimiter: Annotated[str, AfterValidator(_delimiter)] | None = None
    quote: Literal['"', "'"] | None = None
    decimal: Literal[".", ","] | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    time_format: Annotated[str, AfterValidator(_time_format)] | None = None
    time_unit: Literal["s", "ms", "us", "ns"] | None = None
    whole: Whole = None

    @field_validator("files", "csv")
    @classmethod
    def _known_format(cls, files: str | None, info: ValidationInfo) -> str | None:
        if not files or info.data.get("spark"):
            return files
        if scheme_of(files) not in (None, *STORES):
            raise ValueError(
                f"must be a path, or start with one of {_ADDRESSES}; a database is named by url_env"
            )
        if info.field_name == "files" and not path_of(files).lower().endswith(SUFFIXES):
            known = ", ".join(SUFFIXES)
            raise ValueError(f"must end in one of {known}; another CSV is named by csv = ...")
        return files

    @field_validator("whole")
    @classmethod
    def _one_place(cls, _: None, info: ValidationInfo) -> None:
        if cls.model_fields.keys() - {"whole"} <= info.data.keys():
            refuse(_mixed_places(info.data))

    @property
    def path(self) -> str | None:
        """The path, glob or address of files; None where rows are in a table."""
        return self.files or self.csv

    @property
    def is_parquet(self) -> bool:
        """Whether the files are Parquet; otherwise they are CSV."""
        return path_of(self.files or "").lower().endswith(PARQUET)

    @property
    def source(self) -> str:
        """What is read, as messages name it, less what may be secret in an address."""
        return without_secrets(self.path or self.table or f"sql of {self.url_env}")


def _mixed_places(known: Known) -> Iterator[str]:
    named = [name for name in ("files", "csv", "table", "sql") if known[name]]
    if len(named) != 1:
        yield "must name one of files, csv, table, sql" + (", not several" if named else "")
        return
    if known["url_env"] and known["spark"]:
        yield "url_env and spark are both given; keep one"
    elif (known["files"] or known["csv"]) and known["url_env"]:
        yield f"{named[0]} are read by DuckDB or spark, not by a database; leave url_env out"
    elif known["csv"] and known["spark"]:
        yield "csv is read by DuckDB; for spark write files"
    elif known["table"] and not (known["url_env"] or known["spark"]):
        yield "table needs url_env, the variable that holds a database's URL, or spark"
    elif known["sql"] and not known["url_env"]:
        yield "sql needs url_env, the variable that holds a database's URL"
    else:
        yield from _of_another_place(known)


def _of_another_place(known: Known) -> Iterator[str]:
    """Keys that say how files are read, of rows that are read in another way."""
    files = known["files"] or known["csv"]
    parquet = path_of(known["files"] or "").lower().endswith(PARQUET)
    for key in (*_OF_CSV, *_OF_TIMES):
        if known[key] is None:
            continue
        if not files or known["spark"]:
            yield f"{key} is of files that DuckDB reads; have the table or the SQL say it"
        elif parquet and key in _OF_CSV:
            yield f"{key} is of CSV, and these files are Parquet"
    if known["time_format"] and known["time_unit"]:
        yield "time_format is of texts and time_unit of whole numbers; keep one"
