"""Intervals of means and of their roots, with the skewness of the values told apart."""

import math

from model_checks.intervals.interval import (
    ROUNDING,
    Interval,
    around,
    require_confidence,
    require_positive,
)
from model_checks.intervals.quantiles import student_quantile


def hall_mean_interval(
    n_effective: float, mean: float, second: float, third: float, confidence: float
) -> Interval:
    """Hall's skewness-corrected t interval of a mean of nonnegative values (Hall, 1992).

    For the MAE the values are |e| and the moments the means of |e|, e², |e|³; for the MSE they are
    e² and the means of e², e⁴, e⁶. Variance and skewness are corrected for the size of the sample.

    Parameters
    ----------
    n_effective
        Effective number of values. One value does not show how far values spread: a size of 1 or
        less (or so near 1 that Student's quantile overflows) gives 0 to infinity.
    mean, second, third
        Means of the values, their squares and their cubes, in the values' unit and its powers.
        Values that agree to 5 digits are taken for equal, and the interval is their mean alone.

    Examples
    --------
    >>> interval = hall_mean_interval(3, 2.0, (1 + 4 + 9) / 3, (1 + 8 + 27) / 3, 0.95)  # 1, 2, 3
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0, 4.4841)
    """
    require_confidence(confidence)
    _require_moments(n_effective, mean, second, third)
    t = student_quantile(n_effective - 1, confidence) if n_effective > 1 else math.inf
    if math.isinf(t):
        return Interval(0.0, math.inf, "Hall")
    if mean == 0 or second / mean / mean - 1 <= ROUNDING:
        return around(mean, mean, mean, "Hall", ceiling=math.inf)
    spread, skewness = _relative_spread_and_skewness(n_effective, mean, second, third)
    step = mean * spread / math.sqrt(n_effective)
    low = mean - step * _hall_inverse(t, skewness / math.sqrt(n_effective))
    high = mean - step * _hall_inverse(-t, skewness / math.sqrt(n_effective))
    return around(mean, low, high, "Hall", ceiling=math.inf)


def rmse_interval(
    n_effective: float, mean_e2: float, mean_e4: float, mean_e6: float, confidence: float
) -> Interval:
    """Interval of the root mean squared error: the roots of the limits of the MSE.

    Parameters
    ----------
    n_effective
        Effective number of rows; see `hall_mean_interval` for sizes up to 1.
    mean_e2, mean_e4, mean_e6
        Means of the errors' 2nd, 4th and 6th powers.
    """
    mse = hall_mean_interval(n_effective, mean_e2, mean_e4, mean_e6, confidence)
    return Interval(math.sqrt(mse.low), math.sqrt(mse.high), mse.method)


def _relative_spread_and_skewness(
    n: float, mean: float, second: float, third: float
) -> tuple[float, float]:
    """Coefficient of variation, and skewness, both corrected for a sample of size n."""
    square, cube = second / mean / mean, third / mean / mean / mean
    variance = square - 1
    spread = math.sqrt(variance * n / (n - 1))
    if n <= 2 or variance < 1e-8:  # two values have none; below, its digits are lost in the sums
        return spread, 0.0
    skewness = (cube - 3 * square + 2) / variance**1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    limit = math.sqrt(n)  # no sample of n equally weighted values has more
    return spread, max(-limit, min(skewness, limit))


def _hall_inverse(x: float, skewness_per_root: float) -> float:
    """(cbrt(1 + 3a(x - b)) - 1) / a with a = g / 3√n, b = g / 6√n, in a form that bears g = 0."""
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
