"""What a metric was found to be on some rows, and what was asked of it."""

import math
from dataclasses import dataclass, field

from model_checks.metrics.intervals import Interval, IntervalAt
from model_checks.metrics.statistics import OwnFunction, Statistic
from model_checks.text import labelled_rows

NO_WEIGHT = "no weight above 0"


@dataclass(frozen=True)
class Asked:
    """What a threshold asks of its metric, beside the bound.

    Attributes
    ----------
    average
        How the classes are put together, for the metrics that have averages.
    confidence
        Nominal coverage of the interval, between 0 and 1.
    beta
        How many times as much recall weighs as precision; for ``fbeta`` alone.
    function
        The metric itself, where it is one of somebody's own.
    any_confidence
        Whether the interval is looked at at other confidences as well, as for a p-value.
    """

    average: str | None = None
    confidence: float = 0.95
    beta: float = 1.0
    function: OwnFunction | None = None
    any_confidence: bool = False


@dataclass(frozen=True)
class Estimate:
    """A metric measured on some rows.

    Attributes
    ----------
    value, low, high
        Any may be NaN, and the limits infinite.
    n, unit
        How many rows it rests on, and which.
    interval_at
        The interval at any other confidence.
    """

    value: float
    low: float
    high: float
    confidence: float
    n: int
    unit: str
    method: str
    interval_at: IntervalAt = field(compare=False, repr=False)

    @property
    def has_nan(self) -> bool:
        """Return whether the value or a limit is no number."""
        return any(map(math.isnan, (self.value, self.low, self.high)))


@dataclass(frozen=True)
class Undefined:
    """Why a metric has no value on some rows: the model may be fine, there is nothing to tell."""

    reason: str
    n: int = 0
    unit: str = "rows"


@dataclass(frozen=True)
class Failed:
    """Why a metric could not be computed, where that is no property of the rows."""

    error: str
    n: int = 0
    unit: str = "rows"


AnyEstimate = Estimate | Undefined | Failed
"""What a metric comes to."""


def estimated(
    value: float, interval_at: IntervalAt, n: int, unit: str, confidence: float
) -> Estimate:
    """The estimate, in plain Python numbers.

    Parameters
    ----------
    interval_at
        A confidence to the interval, which must be nested; a partial of a function of a module,
        since results go from one process to another.
    """
    interval = interval_at(confidence)
    return Estimate(
        value=float(value),
        low=float(interval.low),
        high=float(interval.high),
        confidence=confidence,
        n=n,
        unit=unit,
        method=interval.method,
        interval_at=interval_at,
    )


def always(interval: Interval, _: float) -> Interval:
    """An interval that is the same at any confidence, as one without limits is."""
    return interval


def undefined(reason: str, found: Statistic) -> Undefined:
    """Return that a metric has no value on some rows, and why."""
    rows = found.count
    return Undefined(f"undefined, {reason} among {labelled_rows(rows)}", rows)
