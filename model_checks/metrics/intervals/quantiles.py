"""Quantiles of the normal and of Student's distribution."""

import math
from functools import lru_cache
from statistics import NormalDist

from model_checks.metrics.intervals.base import require_confidence, require_positive

_NORMAL = NormalDist()


def normal_quantile(confidence: float) -> float:
    """Return the z that a standard normal's size exceeds with probability 1 - confidence."""
    require_confidence(confidence)
    return -_NORMAL.inv_cdf((1 - confidence) / 2)  # this tail keeps its digits near 1


@lru_cache(maxsize=1024)  # MAE and RMSE of a segment, and both of two models, share one
def student_quantile(dof: float, confidence: float) -> float:
    """Return Student's quantile: the t that |T| exceeds with probability 1 - confidence.

    It is written out because importing `scipy.special` takes longer than all intervals of a run.
    From 1000 degrees of freedom on it is the expansion about the normal quantile (Abramowitz and
    Stegun, 1964, 26.7.5); below, Newton's method for the logarithm of the tail as a function of
    u = log t. That function is concave, so after one step all others come from the same side.

    Parameters
    ----------
    dof
        Degrees of freedom, above 0, not necessarily whole. Near 0 the quantile may be infinite.
    """
    require_positive(dof=dof)
    z = normal_quantile(confidence)
    if z < 1e-9:  # too little to matter, and the logarithm of the tail has no digits
        return z
    if dof >= 1000:
        return _student_expansion(dof, z)
    goal = math.log1p(-confidence)
    # The expansion is of no use with few degrees of freedom, or where z is large against them.
    u = math.log(_student_expansion(dof, z) if dof > max(z * z, 4) else max(z, 1e-12))
    for _ in range(50):
        tails, slope = _student_tails(dof, math.exp(u))
        step = (math.log(tails) - goal) * tails / slope
        u += step
        if u > 300:  # the square of t would overflow
            return math.inf
        if abs(step) < 1e-7:  # the next would be its square
            break
    return math.exp(u)


def _student_tails(dof: float, t: float) -> tuple[float, float]:
    """Return P(|T| > t), and how fast it falls per unit of log t."""
    ratio = t * t / dof
    beta = math.lgamma(dof / 2) + math.lgamma(0.5) - math.lgamma((dof + 1) / 2)
    slope = 2 * math.exp(0.5 * math.log(ratio) - (dof + 1) / 2 * math.log1p(ratio) - beta)
    if t * t > 3:  # each fraction converges fast on its own side
        return slope * _beta_fraction(dof / 2, 0.5, 1 / (1 + ratio)) / dof, slope
    return 1 - slope * _beta_fraction(0.5, dof / 2, ratio / (1 + ratio)), slope


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function (DLMF 8.17.22), end first."""
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


def p_value(z: float) -> float:
    """Return the probability that a standard normal variable's size exceeds z.

    >>> round(p_value(1.959964), 6)
    0.05
    """
    return math.erfc(z / math.sqrt(2))


def confidence_of(z: float) -> float:
    """Return the confidence whose normal quantile is z."""
    return math.erf(z / math.sqrt(2))
