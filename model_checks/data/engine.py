"""The engines that hold rows and run SQL, as all that asks them sees them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from model_checks.data.columns import Columns

if TYPE_CHECKING:
    import pyarrow as pa

GIVEN = "given"
"""The relation of all rows that a model's data has."""


class Engine(Protocol):
    """An engine that runs SQL of DuckDB's dialect over the relation ``given``.

    Attributes
    ----------
    scratch
        A folder for whatever is too large for memory, where rows are read in this very process,
        which may then sort them and look at each. None elsewhere: only sums leave the engine.
    """

    @property
    def scratch(self) -> Path | None: ...  # noqa: D102 (see the class)

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises
        ------
        DataError
            With what the engine says, less the SQL and whatever is secret.
        """
        ...

    def columns(self, relation: str) -> Columns:
        """Return the columns of a relation, in order, with their types by DuckDB's names.

        Columns of ``given`` with equal names, perhaps but for their case, are told apart.
        """
        ...

    def batches(self, sql: str, size: int) -> Iterator["pa.RecordBatch"]:
        """Yield the rows of a query in Arrow batches of at most ``size`` rows.

        Nothing else can be run before the last batch.

        Raises
        ------
        DataError
            As in ``run``.
        """
        ...


class RowStore(Protocol):
    """A store of rows that come one batch after the other."""

    def append(self, rows: "pa.Table") -> None:
        """Add some rows; all have the columns and types of the first.

        Raises
        ------
        DataError
            If they can't be written.
        """
        ...
