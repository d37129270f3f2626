"""Intervals of means and of their roots, which allow for the skewness of the values."""

import math

from model_checks.metrics.intervals.base import (
    ROUNDING,
    Interval,
    around,
    require_confidence,
    require_positive,
)
from model_checks.metrics.intervals.quantiles import student_quantile


def hall_mean_interval(
    n_effective: float,
    mean: float,
    second: float,
    third: float,
    confidence: float,
    highest: float = math.inf,
) -> Interval:
    """Return Hall's skewness-corrected t interval of a mean of nonnegative values (Hall, 1992).

    For the MAE the values are |e| and the moments the means of |e|, e², |e|³; for the MSE they are
    e² and the means of e², e⁴, e⁶. Variance and skewness are corrected for the size of the sample.

    Parameters
    ----------
    n_effective
        Effective number of values. One value does not show how far values spread: a size of 1 or
        less (or so near 1 that Student's quantile overflows) gives 0 to ``highest``.
    mean, second, third
        Means of the values, their squares and their cubes, in the values' unit and its powers.
        Values that agree to 5 digits are taken for equal, and the interval is their mean alone.
    highest
        The largest value that is possible.

    Examples
    --------
    >>> interval = hall_mean_interval(3, 2.0, (1 + 4 + 9) / 3, (1 + 8 + 27) / 3, 0.95)  # 1, 2, 3
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0, 4.4841)
    """
    _require_moments(n_effective, mean, second, third)
    t = spread_quantile(n_effective, confidence)
    if math.isinf(t):
        return Interval(0.0, highest, "Hall")
    if mean == 0 or second / mean / mean - 1 <= ROUNDING:
        return Interval(float(mean), float(mean), "Hall")
    square, cube = second / mean / mean, third / mean / mean / mean
    # Where the variance is a small difference of sums, the digits of the skewness are lost in it.
    skewness = (cube - 3 * square + 2) / (square - 1) ** 1.5 if square - 1 >= 1e-8 else 0.0
    below, above = _hall_steps(n_effective, t, skewness)
    spread = mean * math.sqrt(square - 1)
    limits = mean - spread * below, mean + spread * above
    return around(mean, *limits, "Hall", within=(0.0, highest))


def hall_signed_interval(
    n_effective: float, mean: float, variance: float, third: float, confidence: float
) -> Interval:
    """Return Hall's interval (Hall, 1992) of a mean of values of either sign, such as a bias.

    Parameters
    ----------
    n_effective
        Effective number of values; one or less gives an interval without limits.
    mean, variance, third
        Mean of the values, and of the squares and cubes of their distances from it: central
        moments, since the mean may be large against the distances.

    Examples
    --------
    >>> interval = hall_signed_interval(3, 2.0, 2 / 3, 0.0, 0.95)  # 1, 2, 3
    >>> round(interval.low, 4), round(interval.high, 4)
    (-0.4841, 4.4841)
    """
    require_positive(n_effective=n_effective)
    if not (math.isfinite(mean) and 0 <= variance < math.inf and math.isfinite(third)):
        raise ValueError(f"no values have the moments {mean!r}, {variance!r}, {third!r}")
    t = spread_quantile(n_effective, confidence)
    if math.isinf(t):
        return Interval(-math.inf, math.inf, "Hall")
    spread = math.sqrt(variance)
    skewness = third / variance / spread if variance > 0 else 0.0
    below, above = _hall_steps(n_effective, t, skewness)
    limits = mean - spread * below, mean + spread * above
    return around(mean, *limits, "Hall", within=(-math.inf, math.inf))


def rmse_interval(
    n_effective: float, mean_e2: float, mean_e4: float, mean_e6: float, confidence: float
) -> Interval:
    """Return the interval of the root mean squared error: the roots of the limits of the MSE.

    Parameters
    ----------
    n_effective
        Effective number of rows; see `hall_mean_interval` for sizes up to 1.
    mean_e2, mean_e4, mean_e6
        Means of the errors' 2nd, 4th and 6th powers.
    """
    mse = hall_mean_interval(n_effective, mean_e2, mean_e4, mean_e6, confidence)
    return Interval(math.sqrt(mse.low), math.sqrt(mse.high), mse.method)


def spread_quantile(n_effective: float, confidence: float) -> float:
    """Return Student's quantile for a mean; infinite where too few values show no spread."""
    require_confidence(confidence)
    return student_quantile(n_effective - 1, confidence) if n_effective > 1 else math.inf


def _hall_steps(n: float, t: float, skewness: float) -> tuple[float, float]:
    """Return how far the limits lie below and above the mean, in standard deviations of values.

    Standard deviation and skewness are those of the values; here they are corrected for n.
    """
    step = math.sqrt(1 / (n - 1))
    if n <= 2:  # two values have no skewness
        skewness = 0.0
    else:
        limit = math.sqrt(n)  # no sample of n equally weighted values has more
        skewness *= math.sqrt(n * (n - 1)) / (n - 2)
        skewness = max(-limit, min(skewness, limit))
    per_root = skewness / math.sqrt(n)
    return step * _hall_inverse(t, per_root), -step * _hall_inverse(-t, per_root)


def _hall_inverse(x: float, skewness_per_root: float) -> float:
    """Return (cbrt(1 + 3a(x - b)) - 1) / a, a = g / 3√n, b = g / 6√n, in a form fit for g = 0."""
    shifted = x - skewness_per_root / 6
    root = math.cbrt(1 + skewness_per_root * shifted)
    return 3 * shifted / (root * root + root + 1)


def _require_moments(n: float, mean: float, second: float, third: float) -> None:
    """Refuse moments that no values have, as when |e| is mixed with e²."""
    require_positive(n_effective=n)
    if not (0 <= mean < math.inf and 0 <= second < math.inf and 0 <= third < math.inf):
        raise ValueError(f"moments must be 0 or more, found {mean!r}, {second!r}, {third!r}")
    if second < mean * mean * (1 - ROUNDING):
        raise ValueError(f"the mean square {second!r} is below the squared mean of {mean!r}")
