"""Intervals from resamples, for functions of which no closed form is known."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from model_checks.metrics.intervals.base import Interval, require_confidence
from model_checks.metrics.intervals.quantiles import student_quantile


def bootstrap_interval(
    value: float, replicates: NDArray[np.float64], n: int, confidence: float
) -> Interval:
    """Return the expanded percentile interval of any function of the rows (Hesterberg, 2015).

    The percentiles lie further out than ``confidence`` says, as Student's quantile lies beyond the
    normal one, and by the n / (n - 1) by which resamples vary too little.

    Parameters
    ----------
    value
        The function of the rows themselves, which the interval always holds, though for some
        functions few resamples come near.
    replicates
        Shape (R,): the function of each resample of the rows.
    n
        Number of rows. One row does not show how far they spread: the interval has no limits.

    Examples
    --------
    >>> interval = bootstrap_interval(0.5, np.linspace(0, 1, 1001), 1000, 0.9)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.05, 0.95)
    """
    require_confidence(confidence)
    if n < 2:
        return Interval(-math.inf, math.inf, "bootstrap")
    t = student_quantile(n - 1, confidence) * math.sqrt(n / (n - 1))
    tail = NormalDist().cdf(-t)
    low, high = np.quantile(replicates, [tail, 1 - tail]).tolist()
    return Interval(min(low, value), max(high, value), "bootstrap")
