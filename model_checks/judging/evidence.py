"""The findings for a check before anything is decided: its bound is held against them."""

from dataclasses import dataclass

from model_checks.metrics import AnyEstimate, Estimate, Failed, Undefined
from model_checks.plan.checks import Check, Segment
from model_checks.text import labelled_rows


@dataclass(frozen=True)
class Comparison:
    """A model beside its baseline.

    Attributes
    ----------
    source
        The baseline, as messages name it.
    paired
        Whether the baseline is another model on the same rows, rather than other rows.
    baseline
        The metric of the baseline.
    rows
        The labelled rows that the baseline's metric is of.
    degradation
        By how much the model is worse.
    of_own_rows
        The degradation if the baseline were known exactly: the doubt that more rows of the model
        could take away. None where that is all of it.
    """

    source: str
    paired: bool
    baseline: AnyEstimate
    rows: int
    degradation: AnyEstimate
    of_own_rows: Estimate | None = None


@dataclass(frozen=True)
class GapEnds:
    """The segments between which a gap lies.

    Attributes
    ----------
    largest, smallest
        Segment with the largest or smallest value, and that value.
    values
        How many segments were compared.
    left_out
        How many others had too few rows or no value.
    """

    largest: tuple[Segment, float]
    smallest: tuple[Segment, float]
    values: int
    left_out: int = 0


def too_few_rows(rows: int, needed: int, values: str | None = None) -> str:
    """Return words for the rows, and those needed; with the values in the data, where known.

    >>> too_few_rows(0, 30, "the values of vip: 'True', 'False'")
    "0 labelled rows, at least 30 are needed; the values of vip: 'True', 'False'"
    """
    told = f"{labelled_rows(rows)}, at least {needed:,} are needed"
    return f"{told}; {values}" if values else told


@dataclass(frozen=True)
class Evidence:
    """All that is known for one check.

    Attributes
    ----------
    estimate
        The metric's estimate; for a gap, the gap's.
    rows
        The labelled rows that the estimate is of.
    values
        Words on the values in the data, where the file lists a value that no row has.
    """

    check: Check
    estimate: AnyEstimate
    rows: int
    comparison: Comparison | None = None
    gap: GapEnds | None = None
    values: str | None = None

    @property
    def judged(self) -> AnyEstimate:
        """Return the estimate that the bound is held against."""
        return self.comparison.degradation if self.comparison else self.estimate

    @property
    def error(self) -> str | None:
        """Return why the check could not be made; None if it could."""
        one = self.judged
        if self.check.no_data_reason or self.too_few or not isinstance(one, Failed):
            return None
        return one.error

    @property
    def too_few(self) -> int:
        """Return how many rows are missing until there is something to judge."""
        return 0 if self.check.kind == "gap" else max(self.check.min_rows - self.rows, 0)

    @property
    def held(self) -> Estimate | str:
        """Return the estimate that the bound is held against, or why there is nothing to judge."""
        if self.check.no_data_reason:
            return self.check.no_data_reason
        if self.too_few:
            return too_few_rows(self.rows, self.check.min_rows, self.values)
        match self.judged:
            case Undefined(reason) | Failed(reason):
                return reason
            case estimate:
                return estimate

    @property
    def nothing(self) -> str | None:
        """Return why there is nothing to judge; None if there is something."""
        return held if isinstance(held := self.held, str) else None
