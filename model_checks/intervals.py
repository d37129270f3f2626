"""Confidence intervals in closed form: what a metric's sufficient statistics say about its value.

Every function takes plain numbers and returns an `Interval` around the value it was given, clipped
to the metric's range. Nothing here sees a row, so an interval costs microseconds however many rows
stand behind it. Sizes are Kish's effective sizes and so need not be whole; without weights they are
counts of rows. A number that no data can produce (NaN, a proportion above 1, a confidence of 95) is
a `ValueError`: it is a mistake of the caller, not a property of the data.

`confidence` is everywhere the nominal coverage, between 0 and 1. Intervals are two-sided and
central: at 0.95, the truth is meant to lie above in 1 case of 40, and below in 1 of 40.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

# Below this size of the smaller class DeLong's variance is too often too small (Newcombe, 2006).
SMALL_CLASS = 100

# Differences of sums are zero, and numbers outside their range by less are at its edge, when only
# rounding made them so.
ROUNDING = 1e-10


@dataclass(frozen=True)
class Interval:
    """Both limits of a confidence interval, and the name of the method that gave them."""

    low: float
    high: float
    method: str


def kish_size(sum_w: float, sum_w2: float) -> float:
    """Kish's effective size: equally weighted rows that say as much as the weighted (Kish, 1965).

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
    _require_positive(sum_w=sum_w, sum_w2=sum_w2)
    return float(sum_w * (sum_w / sum_w2))


def wilson_interval(p: float, n: float, confidence: float) -> Interval:
    """Wilson's score interval of a proportion (Wilson, 1927).

    Parameters
    ----------
    p
        The proportion observed, in [0, 1].
    n
        Effective number of rows it was observed on, above 0.

    Examples
    --------
    >>> interval = wilson_interval(8 / 10, 10, 0.95)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.4902, 0.9433)
    """
    p = _proportion("p", p)
    _require_positive(n=n)
    z = _normal_quantile(confidence)
    share = z * z / n
    middle = (p + share / 2) / (1 + share)
    half = math.sqrt(share * (p * (1 - p) + share / 4)) / (1 + share)
    return _around(p, middle - half, middle + half, "Wilson")


def f1_interval(tp: float, fp: float, fn: float, n_effective: float, confidence: float) -> Interval:
    """Interval of the F1 score of one class: Wilson's on Jaccard's index.

    Among the rows that are positive, called positive, or both, J = TP / (TP + FP + FN) is a plain
    proportion, and F1 = 2J / (1 + J) rises with it, so its limits are those of J, mapped.

    Parameters
    ----------
    tp, fp, fn
        True positives, false positives, false negatives, as sums of weights.
    n_effective
        Effective number of those rows (true negatives not among them).
    """
    if not min(tp, fp, fn) >= 0:
        raise ValueError(f"counts must be 0 or more, found tp={tp!r}, fp={fp!r}, fn={fn!r}")
    _require_positive(rows=tp + fp + fn)
    jaccard = wilson_interval(tp / (tp + fp + fn), n_effective, confidence)
    low, high = (2 * limit / (1 + limit) for limit in (jaccard.low, jaccard.high))
    return _around(2 * tp / (2 * tp + fp + fn), low, high, "Wilson on Jaccard")


def delta_logit_interval(
    value: float, variance: float, n_effective: float, confidence: float
) -> Interval:
    """Interval of an averaged score, symmetric on the logit scale (delta method).

    A value of 0 or 1 has no logit, and a variance of 0 comes from few rows that happen to agree (a
    macro recall of 2/3, two classes all right and one all wrong), not from certainty. Both get
    Wilson's interval on `n_effective`, and its name.

    Parameters
    ----------
    value
        The average, in [0, 1].
    variance
        Variance of that estimate (not of a row), from the delta method.
    n_effective
        Effective number of rows behind the value. For a plain mean over K classes with sizes n_k
        this is K² / sum(1 / n_k), which a rare class keeps small.
    """
    value = _proportion("value", value)
    _require_positive(n_effective=n_effective)
    if value in (0, 1) or _is_zero(variance, n_effective):
        return wilson_interval(value, n_effective, confidence)
    return _around(value, *_logit_limits(value, variance, confidence), "delta, logit")


def auc_interval(
    auc: float, variance: float, positives: float, negatives: float, confidence: float
) -> Interval:
    """Interval of the area under the ROC curve.

    DeLong's variance on the logit scale. Where that is not to be trusted alone (fewer than 100 rows
    in the smaller class) the longer of it and Newcombe's; where it says nothing (an AUC of 0 or 1,
    a variance of 0, as when all scores are tied) Newcombe's.

    Parameters
    ----------
    auc
        The area, in [0, 1].
    variance
        DeLong's variance of it (DeLong, DeLong and Clarke-Pearson, 1988); 0 where a class of one
        row leaves it undefined.
    positives, negatives
        Effective number of rows of each class.
    """
    auc = _proportion("auc", auc)
    _require_positive(positives=positives, negatives=negatives)
    smaller = min(positives, negatives)
    if auc in (0, 1) or _is_zero(variance, smaller):
        return newcombe_auc_interval(auc, positives, negatives, confidence)
    delong = _around(auc, *_logit_limits(auc, variance, confidence), "DeLong, logit")
    if smaller >= SMALL_CLASS:
        return delong
    newcombe = newcombe_auc_interval(auc, positives, negatives, confidence)
    return max(delong, newcombe, key=lambda interval: interval.high - interval.low)


def newcombe_auc_interval(
    auc: float, positives: float, negatives: float, confidence: float
) -> Interval:
    """Newcombe's score interval of an AUC (Newcombe, 2006, part 2, method 5).

    The limits are the areas A whose distance from the one observed is the normal quantile times
    the standard error at A, by Hanley and McNeil (1982) with both class sizes in their correction
    replaced by the mean of the two.

    Parameters
    ----------
    auc
        The area, in [0, 1].
    positives, negatives
        Effective number of rows of each class.
    """
    auc = _proportion("auc", auc)
    _require_positive(positives=positives, negatives=negatives)
    spread = _normal_quantile(confidence) ** 2 / positives / negatives
    others = max((positives + negatives) / 2 - 1, 0.0)
    low = _newcombe_low(auc, spread, others)
    high = 1 - _newcombe_low(1 - auc, spread, others)  # the variance at A is that at 1 - A
    return _around(auc, low, high, "Newcombe")


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
    _require_confidence(confidence)
    _require_moments(n_effective, mean, second, third)
    t = student_quantile(n_effective - 1, confidence) if n_effective > 1 else math.inf
    if math.isinf(t):
        return Interval(0.0, math.inf, "Hall")
    if mean == 0 or second / mean / mean - 1 <= ROUNDING:
        return _around(mean, mean, mean, "Hall", ceiling=math.inf)
    spread, skewness = _relative_spread_and_skewness(n_effective, mean, second, third)
    step = mean * spread / math.sqrt(n_effective)
    low = mean - step * _hall_inverse(t, skewness / math.sqrt(n_effective))
    high = mean - step * _hall_inverse(-t, skewness / math.sqrt(n_effective))
    return _around(mean, low, high, "Hall", ceiling=math.inf)


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


def bootstrap_interval(
    value: float, replicates: NDArray[np.float64], n: int, confidence: float
) -> Interval:
    """Expanded percentile interval of any function of the rows (Hesterberg, 2015).

    The percentiles lie further out than ``confidence`` says, as Student's quantile lies beyond the
    normal one, and by the n / (n - 1) by which resamples vary too little.

    Parameters
    ----------
    value
        On the rows themselves. The interval always holds it, though for some functions few
        resamples come near.
    replicates
        Shape (R,): on resamples of the rows.
    n
        Rows. One row does not show how far they spread: the interval is without limits.

    Examples
    --------
    >>> interval = bootstrap_interval(0.5, np.linspace(0, 1, 1001), 1000, 0.9)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.05, 0.95)
    """
    _require_confidence(confidence)
    if n < 2:
        return Interval(-math.inf, math.inf, "bootstrap")
    t = student_quantile(n - 1, confidence) * math.sqrt(n / (n - 1))
    tail = NormalDist().cdf(-t)
    low, high = np.quantile(replicates, [tail, 1 - tail]).tolist()
    return Interval(min(low, value), max(high, value), "bootstrap")


@lru_cache(maxsize=1024)  # MAE and RMSE of a segment, and both of two models, share one
def student_quantile(dof: float, confidence: float) -> float:
    """Student's quantile: the t that |T| exceeds with probability 1 - confidence.

    Written out because importing `scipy.special` for it takes longer than all intervals of a run.
    From 1000 degrees of freedom on it is the expansion about the normal quantile (Abramowitz and
    Stegun, 1964, 26.7.5); below, Newton's method for the logarithm of the tail as a function of
    u = log t. That function is concave, so after one step all others come from the same side.

    Parameters
    ----------
    dof
        Degrees of freedom, above 0, not necessarily whole. Near 0 the quantile may be infinite.
    """
    _require_positive(dof=dof)
    z = _normal_quantile(confidence)
    if dof >= 1000:
        return _student_expansion(dof, z)
    goal = math.log1p(-confidence)
    u = math.log(max(z, 1e-12))
    for _ in range(50):
        tails, slope = _student_tails(dof, math.exp(u))
        step = (math.log(tails) - goal) * tails / slope
        u += step
        if u > 300:  # the square of t would overflow
            return math.inf
        if abs(step) < 1e-13:
            break
    return math.exp(u)


def _student_tails(dof: float, t: float) -> tuple[float, float]:
    """P(|T| > t), and how fast it falls per unit of log t."""
    ratio = t * t / dof
    beta = math.lgamma(dof / 2) + math.lgamma(0.5) - math.lgamma((dof + 1) / 2)
    slope = 2 * math.exp(0.5 * math.log(ratio) - (dof + 1) / 2 * math.log1p(ratio) - beta)
    if t * t > 3:  # each fraction converges fast on its own side
        return slope * _beta_fraction(dof / 2, 0.5, 1 / (1 + ratio)) / dof, slope
    return 1 - slope * _beta_fraction(0.5, dof / 2, ratio / (1 + ratio)), slope


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Continued fraction of the incomplete beta function (DLMF 8.17.22), from its end."""
    value = 1.0
    for m in range(40, -1, -1):
        even = (m + 1) * (b - m - 1) * x / ((a + 2 * m + 1) * (a + 2 * m + 2))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        value = 1 + odd / (1 + even / value)
    return 1 / value


def _student_expansion(dof: float, z: float) -> float:
    s = z * z
    terms = (
        (s + 1) / 4,
        ((5 * s + 16) * s + 3) / 96,
        (((3 * s + 19) * s + 17) * s - 15) / 384,
        ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92160,
    )
    return z * (1 + sum(term / dof**power for power, term in enumerate(terms, start=1)))


def _normal_quantile(confidence: float) -> float:
    _require_confidence(confidence)
    return -NormalDist().inv_cdf((1 - confidence) / 2)  # this tail keeps its digits near 1


def _logit_limits(value: float, variance: float, confidence: float) -> tuple[float, float]:
    shift = _normal_quantile(confidence) * math.sqrt(variance) / (value * (1 - value))
    odds_ratio = math.exp(min(shift, 700.0))
    low = value / (value + (1 - value) * odds_ratio)
    high = value / (value + (1 - value) / odds_ratio)
    return low, high


def _newcombe_low(auc: float, spread: float, others: float) -> float:
    low, high = 0.0, auc
    for _ in range(45):
        area = (low + high) / 2
        correction = 1 + others * ((1 - area) / (2 - area) + area / (1 + area))
        if (auc - area) ** 2 > spread * area * (1 - area) * correction:
            low = area
        else:
            high = area
    return low


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


def _around(value: float, low: float, high: float, method: str, ceiling: float = 1.0) -> Interval:
    """Clip the limits to the range, and against rounding to the value itself."""
    low, high = max(0.0, min(low, value)), min(ceiling, max(high, value))
    return Interval(float(low), float(high), method)  # numpy's scalars stay out of results


def _is_zero(variance: float, n: float) -> bool:
    if not variance * n >= -ROUNDING:
        raise ValueError(f"variance must be 0 or more, found {variance!r}")
    return variance * n <= ROUNDING  # of one row, so the same however many there are


def _proportion(name: str, value: float) -> float:
    if not -ROUNDING <= value <= 1 + ROUNDING:
        raise ValueError(f"{name} must be within 0 and 1, found {value!r}")
    return max(0.0, min(float(value), 1.0))


def _require_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, found {confidence!r}")


def _require_positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not 0 < number < math.inf:
            raise ValueError(f"{name} must be above 0 and finite, found {number!r}")


def _require_moments(n: float, mean: float, second: float, third: float) -> None:
    """Refuse moments that no values have, as when |e| is mixed with e²."""
    _require_positive(n_effective=n)
    if not (0 <= mean < math.inf and 0 <= second < math.inf and 0 <= third < math.inf):
        raise ValueError(f"moments must be 0 or more, found {mean!r}, {second!r}, {third!r}")
    if second < mean * mean * (1 - ROUNDING):
        raise ValueError(f"the mean square {second!r} is below the squared mean of {mean!r}")
