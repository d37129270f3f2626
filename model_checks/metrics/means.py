"""Means over the rows with Hall's interval, such as MAE and the Brier score."""

import math
from dataclasses import dataclass
from functools import partial

from model_checks.metrics import intervals
from model_checks.metrics.estimate import (
    NO_WEIGHT,
    Estimate,
    Undefined,
    always,
    estimated,
    undefined,
)
from model_checks.metrics.intervals import IntervalAt

_TINY = 1e-300
"""A sum below it may have lost its digits."""

OUT_OF_RANGE = "none, errors out of range"
"""The method where powers of errors over- or underflow: their spread is not known."""

TOO_LARGE = "errors too large to be summed"


@dataclass(frozen=True)
class Sums:
    """Sums over the rows of a value that is never negative.

    Attributes
    ----------
    rows, weight, weight2
        Rows, sum of weights, sum of squared weights.
    powers
        The weighted sums of the value, its square and its cube.
    highest
        The largest value that there can be.
    """

    rows: int
    weight: float
    weight2: float
    powers: tuple[float, float, float]
    highest: float = math.inf

    @property
    def count(self) -> int:
        """Return the rows that were summed over."""
        return self.rows


def estimated_mean(sums: Sums, confidence: float, *, root: bool = False) -> Estimate | Undefined:
    """Return the weighted mean, or the root of it, with its interval."""
    if not sums.weight > 0:
        return undefined(NO_WEIGHT, sums)
    mean, second, third = (power / sums.weight for power in sums.powers)
    if math.isinf(mean):
        return undefined(TOO_LARGE, sums)
    interval: IntervalAt
    if mean > 0 and not in_range(third):
        interval = partial(always, intervals.Interval(0.0, sums.highest, OUT_OF_RANGE))
    else:
        size = intervals.kish_size(sums.weight, sums.weight2)
        second = max(second, mean * mean)  # below it only by the rounding of long sums
        moments = (size, mean, second, third)
        if root:
            interval = partial(intervals.rmse_interval, *moments)
        else:
            interval = partial(intervals.hall_mean_interval, *moments, highest=sums.highest)
    return estimated(math.sqrt(mean) if root else mean, interval, sums.rows, "rows", confidence)


def in_range(moment: float) -> bool:
    """Return whether a moment has its digits: no power has over- or underflowed."""
    return _TINY < moment < math.inf
