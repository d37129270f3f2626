"""``{ files }`` and ``{ csv }``: files that DuckDB reads, and the options of their format."""

import codecs
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator

from model_checks.settings.data import Data
from model_checks.settings.field_types import Known, Text, Whole
from model_checks.settings.tagged import refused_together
from model_checks.settings.urls import STORES, path_of, scheme_of

PARQUET = (".parquet", ".pq")
SUFFIXES = (*PARQUET, ".csv", ".csv.gz")
_ADDRESSES = ", ".join(f"{scheme}://" for scheme in STORES)
_OF_CSV = ("delimiter", "quote", "decimal", "encoding")
_DIRECTIVES = "aAbBdmyYHIpMSfzj%"
"""The directives of a time format that mean one thing in every country; ``%Z`` does not."""


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


def _path(files: str) -> str:
    if scheme_of(files) not in (None, *STORES):
        raise ValueError(
            f"must be a path, or start with one of {_ADDRESSES}; a database is named by url_env"
        )
    return files


def _path_of_known_format(files: str) -> str:
    if not path_of(_path(files)).lower().endswith(SUFFIXES):
        known = ", ".join(SUFFIXES)
        raise ValueError(f"must end in one of {known}; another CSV is named by csv = ...")
    return files


class DataFiles(Data):
    """Files that DuckDB reads; options that a CSV leaves open are detected where they are plain."""

    engine = "model_checks.data.duckdb:DuckDB.on"
    reader = "DuckDB"

    delimiter: Annotated[str, AfterValidator(_delimiter)] | None = None
    quote: Literal['"', "'"] | None = None
    decimal: Literal[".", ","] | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    time_format: Annotated[str, AfterValidator(_time_format)] | None = None
    time_unit: Literal["s", "ms", "us", "ns"] | None = None

    @property
    def path(self) -> str:
        """Return the path, glob or address of the files."""
        return str(getattr(self, self.key))

    @property
    def is_parquet(self) -> bool:
        """Return whether the files are Parquet; otherwise they are CSV."""
        return False


def _two_kinds_of_time(known: Known) -> Iterator[str]:
    if known["time_format"] and known["time_unit"]:
        yield "time_format is of texts and time_unit of whole numbers; keep one"


def _unfit_for_files(known: Known) -> Iterator[str]:
    if _is_parquet(known["files"]):
        for key in _OF_CSV:
            if known[key] is not None:
                yield f"{key} is of CSV, and these files are Parquet"
    yield from _two_kinds_of_time(known)


def _is_parquet(files: str) -> bool:
    return path_of(files).lower().endswith(PARQUET)


class FileData(DataFiles):
    """Files whose format is told by the end of their name."""

    key = "files"

    files: Annotated[Text, AfterValidator(_path_of_known_format)]
    whole: Whole = None

    _fit = refused_together(_unfit_for_files)

    @property
    def is_parquet(self) -> bool:
        """Return whether the files are Parquet, by their name."""
        return _is_parquet(self.files)


class CsvData(DataFiles):
    """Files that are CSV, whatever their name."""

    key = "csv"

    csv: Annotated[Text, AfterValidator(_path)]
    whole: Whole = None

    _fit = refused_together(_two_kinds_of_time)
