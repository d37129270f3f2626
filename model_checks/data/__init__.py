"""The places that hold a model's rows and run the SQL; one outside library per file.

The SQL is written once, in DuckDB's dialect and in constructs that travel. On files DuckDB runs it
as it is; a database and Spark are handed a translation, and no row leaves them but those that a
model, or a function of somebody's own, has to be called on.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from model_checks.data.engine import Engine, RowStore
from model_checks.errors import DataError
from model_checks.settings import Data, Settings
from model_checks.settings.column_roles import NO_ROLES, Roles

Opener = Callable[[Any, Settings, Roles], AbstractContextManager[Engine]]
"""A function that a data place names, which opens an engine with the rows as ``given``."""


@contextmanager
def open_engine(data: Data, settings: Settings, roles: Roles = NO_ROLES) -> Iterator[Engine]:
    """Open the engine for a model's data, with its rows as ``given``, and close it at the end.

    Parameters
    ----------
    roles
        What columns are for, which decides how the fields of files are read.

    Raises
    ------
    DataError
        If the data can't be reached or read, or a package that it needs is missing.
    """
    with _opened(data, settings, roles) as engine, _naming(data):
        yield engine


@contextmanager
def _naming(data: Data) -> Iterator[None]:
    """Add the data's name to an error of DuckDB, which may not name the file that is damaged."""
    try:
        yield
    except DataError as error:
        if not str(error).startswith("DuckDB: ") or data.source in str(error):
            raise
        raise DataError(f"{error} (while data {data.source!r} was read)") from error


@contextmanager
def _telling(data: Data) -> Iterator[None]:
    """Add the data's name to an error."""
    try:
        yield
    except DataError as error:
        if str(error).startswith("[engine] "):  # of limits that are set for all data
            raise
        raise DataError(f"data {data.source!r}: {error}") from error


def _opened(data: Data, settings: Settings, roles: Roles) -> AbstractContextManager[Engine]:
    with _telling(data):
        try:
            opener: Opener = resolve_name(data.engine)
            return opener(data, settings, roles)
        except ModuleNotFoundError as error:
            raise DataError(
                f"{data.reader} needs the package {error.name!r}: pip install {data.needs}"
            ) from error


def keep_in(file: Path, settings: Settings) -> AbstractContextManager[RowStore]:
    """Open a DuckDB file for a model's answers, and remove it where an error ends the writing.

    Raises
    ------
    DataError
        If it can't be written.
    """
    from model_checks.data.duckdb import Writer

    return Writer(file, settings.engine)


@contextmanager
def open_file(file: Path, settings: Settings) -> Iterator[Engine]:
    """Open DuckDB on a file that ``keep_in`` wrote, with its rows as ``given``.

    Raises
    ------
    DataError
        If the file can't be read any more.
    """
    from model_checks.data.duckdb import DuckDB

    with DuckDB(settings.engine) as engine:
        engine.open(file)
        yield engine
