"""DuckDB: reads Parquet and CSV files and runs the SQL in this process; the only one to know it."""

import glob
import gzip
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from model_checks.engines.sql import literal
from model_checks.errors import DataError
from model_checks.settings import Limits

if TYPE_CHECKING:
    import pyarrow as pa

_DELIMITERS = ",;\t|"
# Types are found out from all lines; no line is skipped, be it taken for a preamble or a comment.
_CSV = "header = true, skip = 0, comment = '', quote = '\"', escape = '\"', sample_size = -1"


def _scan(files: str, folder: Path) -> str:
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
    paths = _paths(files, folder)
    if files.lower().endswith(".parquet"):
        return _scan_parquet(*paths)
    compression = "gzip" if files.lower().endswith(".gz") else "none"
    delimiter = literal(_delimiter(paths[0]))
    return (
        f"read_csv({_listed(paths)}, union_by_name = true, {_CSV}, "
        f"delim = {delimiter}, compression = '{compression}')"
    )


def _scan_parquet(*paths: Path) -> str:
    """SQL that reads some Parquet files as one table.

    A file's statistics don't tell whether a column has a NaN. Unless told that it may have one,
    DuckDB concludes from them that it has none, and ``isnan`` is false even where there is one.
    """
    return f"read_parquet({_listed(paths)}, union_by_name = true, can_have_nan = true)"


def _listed(paths: Sequence[Path]) -> str:
    return f"[{', '.join(literal(glob.escape(str(path))) for path in paths)}]"


def _paths(files: str, folder: Path) -> list[Path]:
    """The files that are there, each with something in it."""
    literally = folder / files  # a name may only look like a pattern
    try:
        found = [literally] if literally.exists() else []
        # Path.glob takes no absolute pattern.
        names = glob.glob(files, root_dir=folder, recursive=True)  # noqa: PTH207
        found = found or [folder / name for name in sorted(names)]
        sizes = {path: path.stat().st_size for path in found}
    except (OSError, ValueError) as error:  # ValueError: a null character
        raise DataError(f"can't be found ({error})") from error
    if not found:
        raise DataError(f"no such file in {folder}")
    for path, size in sizes.items():
        if path.is_dir():
            raise DataError(f"{path} is a folder; name its files, as in '*.parquet'")
        if not size:
            raise DataError(f"{path} is an empty file")
    return found


def _delimiter(path: Path) -> str:
    """What separates the names in the first line of a CSV file.

    DuckDB would guess it from all lines, and take a file in which one line has a comma too many for
    one with a single column.
    """
    opened = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opened(path, "rt", encoding="utf-8", errors="replace") as file:
            header = file.readline(1_000_000)
    except (OSError, EOFError) as error:
        raise DataError(f"{path} can't be read ({error})") from error
    return max(_DELIMITERS, key=header.count)


class DuckDB:
    """A DuckDB connection of its own, in memory; times are in UTC and nothing is downloaded.

    What does not fit into memory goes to a temporary folder, so use it as a context manager.
    """

    streams = True

    def __init__(self, limits: Limits) -> None:
        self._spill = tempfile.TemporaryDirectory(
            prefix="model-checks-", dir=limits.temp_directory, ignore_cleanup_errors=True
        )
        self._connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "python_enable_replacements": "false",  # else a table's name may find a variable
                "temp_directory": self._spill.name,
                **_set({"memory_limit": limits.memory_limit, "threads": limits.threads}),
            }
        )
        self._connection.execute("set TimeZone = 'UTC'")

    @property
    def scratch(self) -> Path:
        """A folder that is removed with the engine."""
        return Path(self._spill.name)

    def __enter__(self) -> "DuckDB":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back its memory and its temporary folder."""
        self._connection.close()
        self._spill.cleanup()

    def read(self, files: str, folder: Path) -> None:
        """Make a path or glob of files the relation ``given``: Parquet a view, CSV a table.

        Raises
        ------
        DataError
            If no file is there, or one is empty or can't be read.
        """
        source = _scan(files, folder)
        kind = "view" if source.startswith("read_parquet") else "table"
        self.run(f"create or replace temp {kind} given as select * from {source}")

    def read_parquet(self, file: Path) -> None:
        """Make one Parquet file the relation ``given``."""
        self.run(f"create or replace temp view given as select * from {_scan_parquet(file)}")

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
            raise _told(error) from error
        except RuntimeError as error:
            raise _interruption(error) from error

    def columns(self, relation: str) -> dict[str, str]:
        """The columns of a relation with their types, in order."""
        return {name: kind for name, kind, *_ in self.run(f"describe select * from {relation}")}

    def batches(self, sql: str, size: int) -> Iterator["pa.RecordBatch"]:
        """The rows that a query returns, in Arrow batches of at most ``size`` rows.

        Nothing else can be run before the last batch.

        Raises
        ------
        DataError
            As in ``run``.
        """
        try:
            yield from self._connection.sql(sql).arrow(size)
        except (duckdb.Error, OSError) as error:  # Arrow passes on what DuckDB raises as OSError
            raise _told(error) from error
        except RuntimeError as error:
            raise _interruption(error) from error


def _set(keys: Mapping[str, str | int | None]) -> dict[str, str]:
    return {key: str(value) for key, value in keys.items() if value is not None}


def _interruption(error: RuntimeError) -> BaseException:
    """Ctrl-C and SIGTERM reach a query as this error, and are to end the run as anywhere else."""
    return KeyboardInterrupt() if str(error) == "Query interrupted" else error


def _told(error: Exception) -> DataError:
    """What DuckDB found, without the query, its advice on settings, and the values of the row."""
    text = re.split(r"\n\s*(?:LINE \d+:|Possible |The search space)", str(error))[0]
    text = re.sub(r"\nOriginal Line:.*", "", text)
    if "when sniffing file" in text:
        path = re.search(r'"(.+)"', text)  # some versions leave it empty
        file = path[1] if path else "a file"
        text = f"{file} is not CSV: its lines differ in length, or a quote is left open"
    return DataError(f"DuckDB: {' '.join(text.split())[:400]}")
