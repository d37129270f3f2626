"""An interval, and the parts that all methods share: sizes, edges, and what they refuse."""

import math
from collections.abc import Callable
from dataclasses import dataclass

ROUNDING = 1e-10
"""The most that rounding is taken to make: a smaller difference of sums is zero, and a number
outside its range by less is at its edge."""


@dataclass(frozen=True)
class Interval:
    """A confidence interval: both limits, and the name of the method that gave them."""

    low: float
    high: float
    method: str


IntervalAt = Callable[[float], Interval]
"""A function that returns the interval of one value at any confidence."""


def kish_size(sum_w: float, sum_w2: float) -> float:
    """Return Kish's effective size: the equally weighted rows that say as much (Kish, 1965).

    Parameters
    ----------
    sum_w, sum_w2
        Sum of the weights and of their squares; both zero where there are no rows, which is size 0.

    Examples
    --------
    >>> kish_size(sum_w=1 + 1 + 2, sum_w2=1 + 1 + 4)
    2.6666666666666665
    """
    if sum_w == sum_w2 == 0:
        return 0.0
    require_positive(sum_w=sum_w, sum_w2=sum_w2)
    return float(sum_w * (sum_w / sum_w2))


def around(
    value: float,
    low: float,
    high: float,
    method: str,
    *,
    within: tuple[float, float] = (0.0, 1.0),
) -> Interval:
    """Return the interval, its limits clipped to the range and, against rounding, to the value."""
    low, high = max(within[0], min(low, value)), min(within[1], max(high, value))
    return Interval(float(low), float(high), method)  # numpy's scalars stay out of results


def is_zero(variance: float, n: float) -> bool:
    """Return whether an estimate of this variance on n rows varies by rounding alone."""
    if not variance * n >= -ROUNDING:
        raise ValueError(f"variance must be 0 or more, found {variance!r}")
    return variance * n <= ROUNDING  # of one row, so the same however many there are


def proportion(name: str, value: float) -> float:
    """Return the value, at the edge of 0 to 1 where only rounding put it outside."""
    if not -ROUNDING <= value <= 1 + ROUNDING:
        raise ValueError(f"{name} must be within 0 and 1, found {value!r}")
    return max(0.0, min(float(value), 1.0))


def require_within(name: str, value: float, interval: Interval) -> None:
    """Refuse an estimate that its own interval does not hold."""
    slack = ROUNDING * max(1.0, abs(value))
    if not (math.isfinite(value) and interval.low - slack <= value <= interval.high + slack):
        held = f"{interval.low!r} to {interval.high!r}"
        raise ValueError(f"{name} must be within its interval {held}, found {value!r}")


def require_confidence(confidence: float) -> None:
    """Refuse a coverage that no interval has."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, found {confidence!r}")


def require_positive(**numbers: float) -> None:
    """Refuse sizes and sums that no rows have."""
    for name, number in numbers.items():
        if not 0 < number < math.inf:
            raise ValueError(f"{name} must be above 0 and finite, found {number!r}")
