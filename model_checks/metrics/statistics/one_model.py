"""The statistics gathered of some rows: of several kinds, each a class of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from model_checks.errors import StatisticsError


class Statistic(Protocol):
    """Statistics of one kind, of some rows."""

    @property
    def count(self) -> int:
        """Return the number of rows that the statistics are of."""


Kind = TypeVar("Kind", bound=Statistic)


@dataclass(frozen=True)
class Statistics:
    """The statistics gathered of a group of rows: of one model, or of two models' answers at once.

    Attributes
    ----------
    gathered
        Statistics by their class; no more than some threshold needs.
    """

    rows: int
    gathered: Mapping[type[Any], Statistic] = field(default_factory=dict)

    @classmethod
    def holding(cls, rows: int, *some: Statistic) -> "Statistics":
        """Return some statistics of the same rows together."""
        return cls(rows, {type(one): one for one in some})

    def adding(self, one: Statistic) -> "Statistics":
        """Return these statistics with those of one more kind."""
        return replace(self, gathered={**self.gathered, type(one): one})

    def of(self, kind: type[Kind]) -> Kind:
        """Return the statistics of a kind.

        Raises
        ------
        StatisticsError
            If they were not gathered.
        """
        found = self.find(kind)
        if found is None:
            known = ", ".join(sorted(one.__name__ for one in self.gathered)) or "none"
            raise StatisticsError(
                f"{kind.__name__} of these {self.rows:,} rows were not gathered; there are: {known}"
            )
        return found

    def find(self, kind: type[Kind]) -> Kind | None:
        """Return the statistics of a kind; None if they were not gathered."""
        found = self.gathered.get(kind)
        return found if isinstance(found, kind) else None
