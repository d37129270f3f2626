"""What a metric was found to be on some rows, and what was asked of it."""

from dataclasses import dataclass, field

from model_checks.metrics.intervals import Interval, IntervalAt
from model_checks.metrics.statistics import Aggregates, OwnFunction
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
    """A metric measured on some rows; where it is undefined, ``value`` is None and says why.

    Attributes
    ----------
    reason
        Why it is undefined.
    error
        Why it could not be computed, where that is no property of the rows.
    interval_at
        The interval at any other confidence; None where there is no value.
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
    interval_at: IntervalAt | None = field(default=None, compare=False, repr=False)


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


def undefined(reason: str, aggregates: Aggregates, confidence: float) -> Estimate:
    """An estimate without a value, and why there is none."""
    rows = aggregates.rows
    text = f"undefined, {reason} among {labelled_rows(rows)}"
    return Estimate(None, None, None, confidence, rows, "rows", None, text)
