"""The certainty that an interval lies on one side: p-values by inversion, and corrected.

A p-value is 1 less the largest confidence at which an interval still lies wholly on a side. What is
found is ``z``, the normal quantile of that confidence: it stays exact where p is tiny, and grows as
the root of the number of rows.
"""

import math
from collections.abc import Callable, Sequence
from itertools import accumulate

from model_checks.metrics.intervals import Interval, IntervalAt
from model_checks.metrics.intervals.quantiles import confidence_of
from model_checks.settings.rules import Correction

CRITICAL = 7.0
"""No z is looked for beyond it: a p of 2.6e-12, which no number of checks would take back."""

_WITHIN = 1e-4
"""The precision of a z, which makes the first three digits of p exact."""

Margin = Callable[[Interval], float]
"""A function that returns by how much an interval lies on a side; below 0 where it does not."""


def critical_z(
    margin: Margin, value: float, interval_at: IntervalAt, known: tuple[float, Interval]
) -> float:
    """Return the largest z at which the interval lies on the side; 0 if the value does not.

    It is found between two z's by the ITP method (Oliveira and Takahashi, 2020), which is as quick
    as interpolation where limits move smoothly, and hardly slower than bisection where they jump.
    The z returned is one at which the interval was seen on the side.

    Parameters
    ----------
    margin
        The margin, which falls as the interval grows.
    value
        The estimate.
    interval_at
        The estimate's interval at any confidence.
    known
        A z whose interval is known, and that interval.
    """
    start = margin(Interval(value, value, ""))
    if start < 0:
        return 0.0
    z, found = known[0], margin(known[1])
    if found < 0:
        return _last((0.0, start), (z, found), margin, interval_at)
    end = margin(interval_at(confidence_of(CRITICAL)))
    if z >= CRITICAL or end >= 0:
        return CRITICAL
    return _last((z, found), (CRITICAL, end), margin, interval_at)


def _last(
    inside: tuple[float, float],
    outside: tuple[float, float],
    margin: Margin,
    interval_at: IntervalAt,
) -> float:
    """Return the last z inside, between a z inside and a z outside, each with its margin."""
    (low, at_low), (high, at_high) = inside, outside
    width, room = high - low, 2 * (high - low)
    while high - low > _WITHIN:
        middle, room = (low + high) / 2, room / 2
        share = at_low / (at_low - at_high) if math.isfinite(at_low - at_high) else 0.5
        guess = low + share * (high - low)
        side = math.copysign(1.0, middle - guess)
        beyond = 0.03 / width * (high - low) ** 2  # so that both ends close in
        z = guess + side * beyond if beyond <= abs(middle - guess) else middle
        most = max(room - (high - low) / 2, 0.0)
        z = z if abs(z - middle) <= most else middle - side * most
        found = margin(interval_at(confidence_of(z)))
        if found >= 0:
            low, at_low = z, found
        else:
            high, at_high = z, found
    return low


def adjusted(p_values: Sequence[float], correction: Correction) -> list[float]:
    """Return the p-values, corrected for being several.

    Holm's (1979) keep the probability of any false finding at what each is held against, however
    they depend on each other; Benjamini and Hochberg's (1995) the expected share of false findings
    among all.

    >>> [round(p, 6) for p in adjusted([0.01, 0.04, 0.03], "holm")]
    [0.03, 0.06, 0.06]
    >>> [round(p, 6) for p in adjusted([0.01, 0.04, 0.03], "benjamini-hochberg")]
    [0.03, 0.04, 0.04]
    """
    factors = factors_of(p_values, correction)
    times = [factor * p for factor, p in zip(factors, p_values, strict=True)]
    return [min(p, 1.0) for p in stepwise(times, p_values, correction)]


def factors_of(p_values: Sequence[float], correction: Correction) -> list[float]:
    """Return the factor that each p-value is multiplied by, which follows from its rank."""
    n, factors = len(p_values), [1.0] * len(p_values)
    for rank, place in enumerate(_ascending(p_values)):
        if correction == "holm":
            factors[place] = n - rank
        elif correction == "benjamini-hochberg":
            factors[place] = n / (rank + 1)
    return factors


def stepwise(
    numbers: Sequence[float], p_values: Sequence[float], correction: Correction
) -> list[float]:
    """Return numbers that go with p-values, each changed by those of smaller or larger p-values.

    By Holm nothing is found before all with a smaller p-value are: the largest number up to each.
    By Benjamini and Hochberg it is found with any larger p-value: the smallest number from each.
    """
    order = _ascending(p_values)
    if correction == "holm":
        reached = accumulate((numbers[place] for place in order), max)
    elif correction == "benjamini-hochberg":
        order.reverse()
        reached = accumulate((numbers[place] for place in order), min)
    else:
        return list(numbers)
    found = dict(zip(order, reached, strict=True))
    return [found[place] for place in range(len(numbers))]


def _ascending(p_values: Sequence[float]) -> list[int]:
    return sorted(range(len(p_values)), key=p_values.__getitem__)


def sample_size_factor(z: float, needed: float) -> float:
    """Return how many times as many rows it takes until z is the needed z; infinite for z = 0.

    An interval's distance from its estimate falls as the root of the rows.
    """
    ratio = needed / z if z > 0 else math.inf
    return ratio * ratio  # which is infinite, where a power would be an error
