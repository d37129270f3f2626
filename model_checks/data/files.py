"""The files that a path or glob names, and the values that their folders give."""

import glob
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from model_checks.data.sql import literal
from model_checks.errors import DataError
from model_checks.settings.files import no_file
from model_checks.settings.urls import path_of

_PATTERN = re.compile(r"[*?\[]")
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""The value in the name of a folder whose rows have none."""

TABLES = {"_delta_log": "Delta", ".hoodie": "Hudi", "metadata/*.metadata.json*": "Iceberg"}
"""Marks in the folder of a table whose files also hold removed rows, each with its format."""


def paths_of(files: str, folder: Path) -> list[Path]:
    """Return the files on this machine that a path or glob names, each with something in it.

    Parameters
    ----------
    files
        Path or glob as in the settings; a relative one starts at ``folder``.

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
    """Return a file's name for SQL, with nothing in it that would be taken for a pattern."""
    return glob.escape(str(path))


def listed(names: Sequence[str]) -> str:
    """Return SQL of a list of names."""
    return f"[{', '.join(map(literal, names))}]"


def refuse_table_formats(paths: Iterable[Path]) -> None:
    """Refuse Parquet files of a table whose format keeps files of removed rows as well.

    Raises
    ------
    DataError
        If the log of such a table lies in a folder above.
    """
    seen: set[Path] = set()
    for path in paths:
        for folder in (*path.absolute().parents, *path.resolve().parents):
            if folder in seen:
                continue
            seen.add(folder)
            for mark, name in TABLES.items():
                if next(folder.glob(mark), None):
                    raise DataError(table_refused(str(folder), name))


def table_refused(folder: str, name: str) -> str:
    """Return why files of a table of another format are not read, and what to do."""
    return (
        f"{folder} is a table of {name}, whose Parquet files hold removed rows as well; read it by "
        "Spark, { spark, table }, or write the rows to judge to files of their own"
    )


def literal_base(files: str) -> str:
    """Return the deepest folder of a glob that has no pattern in its name or above it.

    >>> literal_base("logs/day=*/x.parquet"), literal_base("logs/day=1/x.parquet")
    ('logs', 'logs/day=1')
    """
    parts = PurePosixPath(path_of(files).replace("\\", "/")).parts[:-1]
    plain = next((k for k, part in enumerate(parts) if _PATTERN.search(part)), len(parts))
    return str(PurePosixPath(*parts[:plain])) if plain else ""


def folder_values(name: str, base: str) -> Mapping[str, str | None]:
    """Return the values that a file's folders ``key=value`` below a glob's literal base give.

    >>> folder_values("logs/day=2026-05-01/part=a%2Fb/x.parquet", "logs")
    {'day': '2026-05-01', 'part': 'a/b'}
    >>> folder_values("logs/y=1/x.parquet", "logs/y=1")
    {}
    """
    return {
        key: None if value in ("", NO_VALUE) else unquote(value)
        for key, value in _parted(_below(name, base))
    }


def _below(name: str, base: str) -> tuple[str, ...]:
    parts = PurePosixPath(name.replace("\\", "/")).parts[:-1]
    return parts[len(PurePosixPath(base).parts) if base else 0 :]


def _parted(parts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for part in parts:
        key, sign, value = part.partition("=")
        if key and sign:
            yield key, value
