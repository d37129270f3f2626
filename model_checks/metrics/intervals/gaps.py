"""The interval of the largest less the smallest of several independent estimates."""

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from model_checks.metrics.intervals.base import (
    Interval,
    IntervalAt,
    require_confidence,
    require_within,
)

_LARGEST = np.linspace(-10, 14, 769)
"""The points at which the largest of several standard normal variables may lie."""

_DENSITY = np.exp(-(_LARGEST**2) / 2) * (_LARGEST[1] - _LARGEST[0]) / math.sqrt(2 * math.pi)


def gap_interval(
    values: Sequence[float], intervals_at: Sequence[IntervalAt], confidence: float
) -> Interval:
    """Return the interval of the largest less the smallest of k independent estimates.

    Chance alone puts some estimates above others, the further the more there are. So the lower
    limit is the largest lower limit of any pair, at Tukey's quantile of the range of k estimates in
    place of that of one difference (Tukey, 1953; Kramer, 1956, where they are not equally sure).
    The upper limit is the largest of any pair at the plain confidence, which holds for the pair
    that truly lies furthest apart, whichever it is. The limits of a pair are MOVER's.

    Parameters
    ----------
    values
        The k estimates, two or more.
    intervals_at
        For each estimate the function that returns its interval at any confidence.

    Examples
    --------
    >>> from functools import partial
    >>> from model_checks.metrics.intervals import wilson_interval
    >>> values = [0.9, 0.8, 0.7]
    >>> found = gap_interval(values, [partial(wilson_interval, v, 200) for v in values], 0.95)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0968, 0.2751)
    """
    require_confidence(confidence)
    if len(values) < 2 or len(values) != len(intervals_at):
        counts = f"{len(values)} and {len(intervals_at)}"
        raise ValueError(f"a gap is of two or more values, each with its interval, found {counts}")
    estimates = np.array(values, dtype=np.float64)
    simultaneous = _simultaneous_confidence(len(values), confidence)
    below, above = _distances(values, intervals_at, simultaneous)
    apart = np.subtract.outer(estimates, estimates)
    low = float(np.max(apart - np.hypot.outer(below, above)))
    below, above = _distances(values, intervals_at, confidence)
    upper = apart + np.hypot.outer(above, below)
    np.fill_diagonal(upper, 0.0)
    return Interval(max(low, 0.0), float(np.max(upper)), "Tukey-Kramer, MOVER")


def range_quantile(k: int, tail: float) -> float:
    """Return the q that the range of k standard normal variables exceeds with probability tail.

    It is the quantile of Tukey's studentized range with known variance, by Newton's method for the
    logarithm of the tail: that function is concave, so from Bonferroni's bound, which lies above,
    all steps come from the same side.
    """
    bound = NormalDist().inv_cdf(tail / k / (k - 1))
    q, goal = -math.sqrt(2) * bound, math.log(tail)
    for _ in range(50):
        found, slope = _range_tail(k, q)
        step = (math.log(found) - goal) * found / slope
        q += step
        if abs(step) < 1e-12 * q:
            break
    return q


def _range_tail(k: int, q: float) -> tuple[float, float]:
    """Return P(range > q), and how fast it falls with q: integrals over where the largest is."""
    upto, under = _normal(_LARGEST), _normal(_LARGEST - q)
    others = np.exp((k - 1) * np.log(upto))
    near = np.log1p(-np.minimum(under / upto, 1 - 1e-16))  # log P(another is less than q below)
    tail = k * _DENSITY @ (others * -np.expm1((k - 1) * near))
    density = np.exp(-((_LARGEST - q) ** 2) / 2) / math.sqrt(2 * math.pi)
    slope = k * (k - 1) * _DENSITY @ (others / upto * np.exp((k - 2) * near) * density)
    return float(tail), float(slope)


def _normal(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([math.erfc(-one) for one in (x / math.sqrt(2)).tolist()]) / 2


@lru_cache(maxsize=1024)
def _simultaneous_confidence(k: int, confidence: float) -> float:
    """Return the confidence whose normal quantile is that of Tukey's range over the root of 2."""
    quantile = range_quantile(k, (1 - confidence) / 2)
    return min(math.erf(quantile / 2), math.nextafter(1, 0))


def _distances(
    values: Sequence[float], intervals_at: Sequence[IntervalAt], confidence: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far the limits of each value lie below and above it, shape (k,) both."""
    intervals = [interval_at(confidence) for interval_at in intervals_at]
    for value, interval in zip(values, intervals, strict=True):
        require_within("value", value, interval)
    below = [max(v - i.low, 0.0) for v, i in zip(values, intervals, strict=True)]
    above = [max(i.high - v, 0.0) for v, i in zip(values, intervals, strict=True)]
    return np.array(below), np.array(above)
