"""Intervals by the delta method, for functions of several means that vary together."""

import math

from model_checks.metrics.intervals.base import Interval, around, is_zero, require_positive
from model_checks.metrics.intervals.means import spread_quantile
from model_checks.metrics.intervals.proportions import wilson_interval
from model_checks.metrics.intervals.quantiles import normal_quantile, student_quantile

_FOLDED = math.sqrt(2 / math.pi)
"""The mean size of a normal variable of mean 0 and standard deviation 1."""


def agreement_interval(
    value: float,
    variance: float,
    accuracy: tuple[float, float],
    n_effective: float,
    confidence: float,
    *,
    softened: tuple[float, float] | None = None,
) -> Interval:
    """Return the interval of a correlation or of an agreement beyond chance, from -1 to 1.

    It is symmetric on Fisher's z scale, atanh (Fisher, 1921). A value of -1 or 1 has no atanh, and
    few rows that happen to agree no variance: both get Wilson's interval of the accuracy, mapped.

    Parameters
    ----------
    value
        The correlation or agreement that was found.
    variance
        Variance of that estimate (not of a row), from the delta method.
    accuracy
        The accuracy, and by how much it rises where the value rises by 1.
    n_effective
        Effective number of rows.
    softened
        Value and variance with more rows added, spread over all cells, where few rows decide and
        may all be in one cell by chance. The limits are then the outer ones of both.
    """
    if not -1 <= value <= 1:
        raise ValueError(f"value must be within -1 and 1, found {value!r}")
    require_positive(n_effective=n_effective)
    if softened is not None:
        plain, soft = (
            agreement_interval(*found, accuracy, n_effective, confidence)
            for found in ((value, variance), softened)
        )
        low, high = min(plain.low, soft.low), max(plain.high, soft.high)
        return around(value, low, high, f"{plain.method}, softened", within=(-1.0, 1.0))
    if abs(value) == 1 or is_zero(variance, n_effective):
        share, slope = accuracy
        wilson = wilson_interval(share, n_effective, confidence)
        low, high = (value + (limit - share) / slope for limit in (wilson.low, wilson.high))
        return around(value, low, high, "Wilson on accuracy", within=(-1.0, 1.0))
    shift = normal_quantile(confidence) * math.sqrt(variance) / (1 - value * value)
    low, high = (math.tanh(math.atanh(value) + sign * shift) for sign in (-1, 1))
    return around(value, low, high, "delta, Fisher's z", within=(-1.0, 1.0))


def explained_interval(
    unexplained: float, variance: float, n_effective: float, confidence: float
) -> Interval:
    """Return the interval of a share explained, 1 - a ratio of two means of squares, such as R².

    It is symmetric on the scale of the ratio's logarithm, which keeps it below 1. Student's
    quantile has two degrees of freedom less, which the means of both squares' values take.

    Parameters
    ----------
    unexplained
        The ratio, 0 or more.
    variance
        Variance of what a row adds to the ratio's logarithm, e² / mean(e²) - u² / mean(u²).
    n_effective
        Effective number of rows; two or less say nothing.
    """
    require_positive(n_effective=n_effective)
    if not (unexplained >= 0 and variance >= 0):
        raise ValueError(f"must be 0 or more, found {unexplained!r} and {variance!r}")
    t = student_quantile(n_effective - 2, confidence) if n_effective > 2 else math.inf
    if math.isinf(t):
        return Interval(-math.inf, 1.0, "delta, log")
    shift = min(t * math.sqrt(variance / (n_effective - 2)), 700.0)
    low, high = (1 - unexplained * math.exp(sign * shift) for sign in (1, -1))
    return around(1 - unexplained, low, high, "delta, log", within=(-math.inf, 1.0))


def calibration_interval(
    gaps: list[tuple[float, float]], n_effective: float, confidence: float
) -> Interval:
    """Return the interval of an expected calibration error, a sum of sizes of gaps in bins.

    With each gap's sign given the error is a mean over rows, with a variance from the delta method.
    But chance gives every bin a gap, also where there is none. The lower limit takes off what
    chance adds on average to a gap of 0, in each bin whose gap the rows don't tell from 0: else no
    interval of a well calibrated model would reach down to 0.

    Parameters
    ----------
    gaps
        For each bin the sums over its rows of w * gap and w * gap², over the weight of all rows.
    n_effective
        Effective number of rows of all bins; one or less gives 0 to 1.
    """
    require_positive(n_effective=n_effective)
    t = spread_quantile(n_effective, confidence)
    if math.isinf(t):
        return Interval(0.0, 1.0, "delta")
    value = sum(abs(gap) for gap, _ in gaps)
    spread = sum(square for _, square in gaps) - value * value
    half = t * math.sqrt(max(spread, 0.0) / (n_effective - 1))
    errors = [(abs(gap), math.sqrt(square / n_effective)) for gap, square in gaps]
    chance = _FOLDED * sum(error for gap, error in errors if gap < t * error)
    return around(value, value - half - chance, value + half, "delta")
