"""What a metric was found to be on some rows, and what was asked of it."""

from dataclasses import dataclass

from model_checks.aggregates import Aggregates, OwnFunction
from model_checks.intervals import Interval

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
    """

    average: str | None = None
    confidence: float = 0.95
    beta: float = 1.0
    function: OwnFunction | None = None


@dataclass(frozen=True)
class Estimate:
    """A metric measured on some rows; where it is undefined, ``value`` is None and says why.

    Attributes
    ----------
    reason
        Why it is undefined.
    error
        Why it could not be computed, where that is no property of the rows.
    """

    value: float | None
    low: float | None
    high: float | None
    confidence: float
    n: int
    unit: str
    method: str | None
    reason: str | None = None
    error: str | None = None


def estimated(value: float, interval: Interval, n: int, unit: str, confidence: float) -> Estimate:
    """The estimate, in plain Python numbers."""
    low, high = float(interval.low), float(interval.high)
    return Estimate(float(value), low, high, confidence, n, unit, interval.method)


def undefined(reason: str, aggregates: Aggregates, confidence: float) -> Estimate:
    """An estimate without a value, and why there is none."""
    rows = aggregates.rows
    text = f"undefined, {reason} among {rows:,} labelled rows"
    return Estimate(None, None, None, confidence, rows, "rows", None, text)
