"""What a path, glob or address names, and the SQL by which DuckDB reads it as one table."""

import csv
import glob
import gzip
import stat
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from model_checks.engines.sql import literal
from model_checks.errors import DataError
from model_checks.files import no_file
from model_checks.settings.urls import path_of

_DELIMITERS = ",;\t|"
# Types are found out from all lines; no line is skipped, be it taken for a preamble or a comment.
_CSV = "header = true, skip = 0, comment = '', quote = '\"', escape = '\"', sample_size = -1"


def is_parquet(files: str) -> bool:
    """Whether the suffix says Parquet; otherwise it says CSV."""
    return path_of(files).lower().endswith(".parquet")


def scan_parquet(names: Sequence[str]) -> str:
    """SQL that reads some Parquet files as one table.

    A file's statistics don't tell whether a column has a NaN. Unless told that it may have one,
    DuckDB concludes from them that it has none, and ``isnan`` is false even where there is one.
    """
    return f"read_parquet({_listed(names)}, union_by_name = true, can_have_nan = true)"


def scan_csv(names: Sequence[str], header: str) -> str:
    """SQL that reads some CSV files as one table.

    DuckDB would guess the delimiter from all lines, and take a file in which one line has a comma
    too many for one with a single column.

    Parameters
    ----------
    header
        The first line of the first file.
    """
    delimiter = literal(_delimiter(header))
    return (
        f"read_csv({_listed(names)}, union_by_name = true, {_CSV}, "
        f"delim = {delimiter}, compression = '{_compression(names[0])}')"
    )


def schemas_of(names: Sequence[str]) -> str:
    """SQL for what ``top_level`` asks for of each Parquet file, with the file before it."""
    return f"select file_name, name, num_children from parquet_schema({_listed(names)})"


def top_level(schema: Iterable[tuple[str, int | None]]) -> list[str]:
    """Return the names of a Parquet file's columns.

    Parameters
    ----------
    schema
        Name and number of parts of each node of the tree, the root first, each before its parts.

    >>> top_level([("root", 2), ("place", 2), ("x", None), ("y", None), ("a", None)])
    ['place', 'a']
    """
    names, left = [], [1]  # how many nodes are still to come on each level
    for name, parts in schema:
        if len(left) == 2:
            names.append(name)
        left[-1] -= 1
        left.append(parts or 0)
        while left and not left[-1]:
            left.pop()
    return names


def columns_in(header: str) -> list[str]:
    """Return the names in the first line of a CSV file, as DuckDB reads them."""
    line = header.removeprefix("\N{BYTE ORDER MARK}").rstrip("\r\n")
    return [name.strip() for row in csv.reader([line], delimiter=_delimiter(line)) for name in row]


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def first_line(name: str) -> str:
    """SQL for the first line of a CSV file that only DuckDB can open: no more of it is fetched."""
    return (
        f"select line from read_csv({_listed([name])}, columns = {{'line': 'VARCHAR'}}, "
        "auto_detect = false, header = false, delim = '\x01', quote = '', escape = '', "
        f"compression = '{_compression(name)}') limit 1"
    )


def header_of(path: Path) -> str:
    """The first line of a CSV file.

    Raises
    ------
    DataError
        If it can't be read.
    """
    opened = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opened(path, "rt", encoding="utf-8", errors="replace") as file:
            return file.readline(1_000_000)
    except gzip.BadGzipFile:  # which would tell its first letters
        raise DataError(f"{path} is no gzip file") from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} can't be read ({error})") from error


def paths_of(files: str, folder: Path) -> list[Path]:
    """The files on this machine that a path or glob names, each with something in it.

    Parameters
    ----------
    files
        As in the settings; a relative one starts at ``folder``.

    Raises
    ------
    DataError
        If no file is there, or one is empty.
    """
    literally = folder / files  # a name may only look like a pattern
    try:
        found = [literally] if literally.exists() else []
        # Path.glob takes no absolute pattern.
        names = glob.glob(files, root_dir=folder, recursive=True)  # noqa: PTH207
        found = found or [folder / name for name in sorted(names)]
        states = {path: path.stat() for path in found}
    except (OSError, ValueError) as error:  # ValueError: a null character
        raise DataError(f"can't be found ({error})") from error
    if not found:
        raise DataError(f"no such file in {folder}")
    for path, state in states.items():
        if what := no_file(state.st_mode):
            raise DataError(f"{path} is {what}")
        if stat.S_ISDIR(state.st_mode):
            raise DataError(f"{path} is a folder; name its files, as in '*.parquet'")
        if not state.st_size:
            raise DataError(f"{path} is an empty file")
    return found


def as_name(path: Path) -> str:
    """A file's name in SQL, where a pattern would be understood as one."""
    return glob.escape(str(path))


def _listed(names: Sequence[str]) -> str:
    return f"[{', '.join(map(literal, names))}]"


def _compression(name: str) -> str:
    return "gzip" if path_of(name).lower().endswith(".gz") else "none"
