"""Estimates of metrics on some rows, and the options that a threshold asks for."""

import math
from dataclasses import dataclass, field

from model_checks.metrics.intervals import Interval, IntervalAt
from model_checks.metrics.statistics import CustomFunction, Statistic
from model_checks.text import labelled_rows

NO_WEIGHT = "no weight above 0"


@dataclass(frozen=True)
class Asked:
    """The options of a metric that a threshold asks for, beside the bound.

    Attributes
    ----------
    average
        How the classes are put together, for the metrics that have averages.
    confidence
        Nominal coverage of the interval, between 0 and 1.
    beta
        How many times as much recall weighs as precision; for ``fbeta`` alone.
    function
        Function of a custom metric; None for a metric of the table.
    any_confidence
        Whether the interval is needed at other confidences as well, as for a p-value.
    """

    average: str | None = None
    confidence: float = 0.95
    beta: float = 1.0
    function: CustomFunction | None = None
    any_confidence: bool = False


@dataclass(frozen=True)
class Estimate:
    """A metric measured on some rows.

    Attributes
    ----------
    value, low, high
        Value and limits of its interval; any may be NaN, and the limits infinite.
    n, unit
        How many rows the value rests on, and which kind of rows.
    interval_at
        Function from any other confidence to the interval there.
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
    """The reason that a metric has no value on some rows, which is no fault of the model."""

    reason: str
    n: int = 0
    unit: str = "rows"


@dataclass(frozen=True)
class Failed:
    """The error that kept a metric from being computed, where that is no property of the rows."""

    error: str
    n: int = 0
    unit: str = "rows"


AnyEstimate = Estimate | Undefined | Failed
"""Any outcome of computing a metric."""


def estimated(
    value: float, interval_at: IntervalAt, n: int, unit: str, confidence: float
) -> Estimate:
    """Return the estimate, in plain Python numbers.

    Parameters
    ----------
    interval_at
        Function from a confidence to the interval; intervals must be nested. A partial of a
        module's function, since results go from one process to another.
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
    """Return an interval that is the same at any confidence, as one without limits is."""
    return interval


def undefined(reason: str, found: Statistic) -> Undefined:
    """Return the outcome of a metric that has no value on some rows, with the reason."""
    rows = found.count
    return Undefined(f"undefined, {reason} among {labelled_rows(rows)}", rows)
