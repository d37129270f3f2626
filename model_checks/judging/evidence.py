"""What was found out for a check before anything is decided: what its bound is held against."""

import math
from dataclasses import dataclass

from model_checks.metrics import Estimate
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
        Whether it is another model on the same rows, rather than other rows.
    baseline
        The metric of the baseline.
    rows
        The labelled rows that is of.
    degradation
        By how much the model is worse.
    of_own_rows
        The same if the baseline were known exactly: how much of the doubt more rows of the model's
        could take away. None where that is all of it.
    """

    source: str
    paired: bool
    baseline: Estimate
    rows: int
    degradation: Estimate
    of_own_rows: Estimate | None = None


@dataclass(frozen=True)
class Gap:
    """Between which segments a gap is.

    Attributes
    ----------
    largest, smallest
        Segment and value.
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
    """So many rows, and how many are needed; with the values that there are, where that is known.

    >>> too_few_rows(0, 30, "the values of vip: 'True', 'False'")
    "0 labelled rows, at least 30 are needed; the values of vip: 'True', 'False'"
    """
    told = f"{labelled_rows(rows)}, at least {needed:,} are needed"
    return f"{told}; {values}" if values else told


@dataclass(frozen=True)
class Finding:
    """All that is known for one check.

    Attributes
    ----------
    estimate
        Of the metric; of a gap, how large that is.
    rows
        The labelled rows it was measured on.
    values
        Which values there are, where the file lists one that no row has.
    """

    check: Check
    estimate: Estimate
    rows: int
    comparison: Comparison | None = None
    gap: Gap | None = None
    values: str | None = None

    @property
    def judged(self) -> Estimate:
        """What the bound is held against."""
        return self.comparison.degradation if self.comparison else self.estimate

    @property
    def error(self) -> str | None:
        """Why the check could not be made."""
        return None if self.check.vacant or self.too_few else self.judged.error

    @property
    def too_few(self) -> int:
        """How many rows are missing until there is something to judge."""
        return 0 if self.check.kind == "gap" else max(self.check.min_rows - self.rows, 0)

    @property
    def nothing(self) -> str | None:
        """Why there is nothing to judge; None if there is."""
        if self.check.vacant:
            return self.check.vacant
        if self.too_few:
            return too_few_rows(self.rows, self.check.min_rows, self.values)
        one = self.judged
        if one.value is None or one.low is None or one.high is None:
            return one.reason or "undefined"
        return None

    @property
    def measurable(self) -> bool:
        """Whether there is a value with an interval at every confidence."""
        one = self.judged
        numbers = (one.value, one.low, one.high)
        known = all(number is not None and not math.isnan(number) for number in numbers)
        return known and one.interval_at is not None
