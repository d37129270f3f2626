"""Where a model's rows are and the SQL runs; one outside library per file.

The SQL is written once, in DuckDB's dialect and in constructs that travel. On files DuckDB runs it
as it is; a database and Spark are handed a translation, and no row leaves them but those that a
model, or a function of somebody's own, has to be called on.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from model_checks.data.columns import Columns
from model_checks.errors import DataError, guarded
from model_checks.settings import Data, Settings
from model_checks.settings.column_roles import NO_ROLES, Roles
from model_checks.text import type_name

if TYPE_CHECKING:
    import pyarrow as pa

    from model_checks.data.database import Database
    from model_checks.data.duckdb import DuckDB
    from model_checks.data.spark import Spark

_FOR_DATABASES = "'sqlalchemy>=2,<3' 'sqlglot>=30,<31'"
_FOR_SPARK = "'pyspark[connect]>=4,<5' 'sqlglot>=30,<31'"
"""What the extras ask for, by name: no index has to know this package."""

GIVEN = "given"
"""The relation of all rows that a model's data has."""


class Engine(Protocol):
    """Runs SQL of DuckDB's dialect over the relation ``given``.

    Attributes
    ----------
    scratch
        Where rows are read in this very process, so that it may sort them and look at each, a
        folder for what is too large for memory. None elsewhere: only sums leave the engine.
    """

    @property
    def scratch(self) -> Path | None: ...  # noqa: D102 (see the class)

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a query returns.

        Raises
        ------
        DataError
            With what the engine says, less the SQL and whatever is secret.
        """
        ...

    def columns(self, relation: str) -> Columns:
        """The columns of a relation, in order, with their types by DuckDB's names.

        Those of ``given`` whose name others have as well, perhaps in another case, are told apart.
        """
        ...

    def batches(self, sql: str, size: int) -> Iterator["pa.RecordBatch"]:
        """The rows that a query returns, in Arrow batches of at most ``size`` rows.

        Nothing else can be run before the last batch.

        Raises
        ------
        DataError
            As in ``run``.
        """
        ...


@contextmanager
def open_engine(data: Data, settings: Settings, roles: Roles = NO_ROLES) -> Iterator[Engine]:
    """The engine that a model's data asks for, with its rows as ``given``; closed at the end.

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
    """Say where DuckDB was reading: of a damaged file it may tell no more than what it met."""
    try:
        yield
    except DataError as error:
        if not str(error).startswith("DuckDB: ") or data.source in str(error):
            raise
        raise DataError(f"{error} (while data {data.source!r} was read)") from error


@contextmanager
def _telling(data: Data) -> Iterator[None]:
    """Say in an error which data it is about."""
    try:
        yield
    except DataError as error:
        raise DataError(f"data {data.source!r}: {error}") from error


def _opened(data: Data, settings: Settings, roles: Roles) -> "Database | DuckDB | Spark":
    if data.url_env:
        return _database(data)
    return _spark(data, settings, roles) if data.spark else _files(data, settings, roles)


def _spark(data: Data, settings: Settings, roles: Roles) -> "Spark":
    with _telling(data):
        try:
            from model_checks.data.spark import Spark

            return Spark(data, settings.folder, roles)
        except ModuleNotFoundError as error:
            raise DataError(
                f"Spark needs the package {error.name!r}: pip install {_FOR_SPARK}"
            ) from error


def _database(data: Data) -> "Database":
    try:
        from model_checks.data.database import Database
    except ModuleNotFoundError as error:
        raise DataError(
            f"data {data.source!r}: a database needs the package {error.name!r}: "
            f"pip install {_FOR_DATABASES}"
        ) from error
    with _telling(data):
        return Database(data)


def _files(data: Data, settings: Settings, roles: Roles) -> "DuckDB":
    from model_checks.data.duckdb import DuckDB

    engine = DuckDB(settings.engine)
    try:
        with _telling(data), guarded(_unread):
            engine.read(data, settings.folder, roles)
    except BaseException:
        engine.close()
        raise
    return engine


def _unread(error: BaseException) -> DataError:
    """Tell what a reader has raised that nobody foresaw; its text may hold a row."""
    return DataError(f"reading it raised {type_name(error)}")


class Kept(Protocol):
    """Where rows are kept that come one batch after the other."""

    def append(self, rows: "pa.Table") -> None:
        """Add some rows; all have the columns and types of the first.

        Raises
        ------
        DataError
            If they can't be written.
        """
        ...


def keep_in(file: Path, settings: Settings) -> AbstractContextManager[Kept]:
    """Keeps in a DuckDB file what a model answers; none is left where an error ended it.

    Raises
    ------
    DataError
        If it can't be written.
    """
    from model_checks.data.duckdb import Writer

    return Writer(file, settings.engine)


@contextmanager
def open_file(file: Path, settings: Settings) -> Iterator[Engine]:
    """DuckDB on what was kept in a file, which is its relation ``given``.

    Raises
    ------
    DataError
        If the file can't be read any more.
    """
    from model_checks.data.duckdb import DuckDB

    with DuckDB(settings.engine) as engine:
        engine.open(file)
        yield engine
