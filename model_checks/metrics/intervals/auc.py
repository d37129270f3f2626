"""Intervals of the area under the ROC curve."""

import math

import numpy as np
from numpy.typing import NDArray

from model_checks.metrics.intervals.base import (
    Interval,
    around,
    is_zero,
    proportion,
    require_positive,
)
from model_checks.metrics.intervals.proportions import logit_limits
from model_checks.metrics.intervals.quantiles import normal_quantile

Floats = NDArray[np.float64]

FEW_MISPLACED = 4
"""The misplaced rows below which DeLong's variance is often too small."""


def auc_interval(
    auc: float, variance: float, positives: float, negatives: float, confidence: float
) -> Interval:
    """Return the interval of the area under the ROC curve.

    It has DeLong's variance on the logit scale. Near 1 that rests on the few rows of the smaller
    class that are misplaced, and where there happen to be none it is nearly 0: the lower limit is
    too high. So with fewer than `FEW_MISPLACED` rows misplaced, that is the smaller class times
    1 - AUC, the lower limit is the lower of DeLong's and of Newcombe's, which knows no variance;
    below one half the upper limit is the higher of both. Where DeLong's says nothing (an AUC of 0
    or 1, a variance of 0, as when all scores are tied) the interval is Newcombe's.

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
    auc = proportion("auc", auc)
    require_positive(positives=positives, negatives=negatives)
    smaller = min(positives, negatives)
    if auc in (0, 1) or is_zero(variance, smaller):
        return newcombe_auc_interval(auc, positives, negatives, confidence)
    low, high = logit_limits(auc, variance, confidence)
    if smaller * min(auc, 1 - auc) >= FEW_MISPLACED:
        return around(auc, low, high, "DeLong, logit")
    newcombe = newcombe_auc_interval(auc, positives, negatives, confidence)
    if auc >= 0.5:
        low = min(low, newcombe.low)
    else:
        high = max(high, newcombe.high)
    return around(auc, low, high, "DeLong, Newcombe")


def mean_auc_interval(
    importance: Floats, aucs: Floats, covariance: Floats, sizes: Floats, confidence: float
) -> Interval:
    """Return the interval of a mean of the areas of K classes, each against the rest.

    It comes from the delta method on the logit scale, with DeLong's covariance. Where in some class
    few rows are misplaced, or that says nothing, the limits lie no nearer than those of
    `auc_interval` of each class, put together by square and add (MOVER; Zou and Donner, 2008).

    Parameters
    ----------
    importance
        Shape (K,): weight of each class in the mean, 1 in all.
    aucs
        Shape (K,): area of each class.
    covariance
        Shape (K, K): DeLong's covariance of the areas.
    sizes
        Shape (2, K): effective number of the rows of each class, and of the others.
    """
    value = proportion("auc", float(importance @ aucs))
    variance = max(float(importance @ covariance @ importance), 0.0)
    says_nothing = value in (0, 1) or is_zero(variance, float(sizes.min()))
    limits = (value, value) if says_nothing else logit_limits(value, variance, confidence)
    misplaced = sizes.min(axis=0) * np.minimum(aucs, 1 - aucs)
    if not says_nothing and (misplaced >= FEW_MISPLACED).all():
        return around(value, *limits, "delta, logit")
    variances = np.maximum(np.diag(covariance), 0.0)
    each = [
        auc_interval(auc, variance, own, other, confidence)
        for auc, variance, own, other in zip(aucs, variances, *sizes, strict=True)
    ]
    errors = np.outer(np.sqrt(variances), np.sqrt(variances))
    correlation = np.divide(covariance, errors, out=np.eye(len(aucs)), where=errors > 0)
    below, above = (
        math.sqrt(max(float(distance @ correlation @ distance), 0.0))
        for distance in (
            importance * (aucs - [interval.low for interval in each]),
            importance * ([interval.high for interval in each] - aucs),
        )
    )
    low, high = min(limits[0], value - below), max(limits[1], value + above)
    return around(value, low, high, "DeLong, Newcombe")


def newcombe_auc_interval(
    auc: float, positives: float, negatives: float, confidence: float
) -> Interval:
    """Return Newcombe's score interval of an AUC (Newcombe, 2006, part 2, method 5).

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
    auc = proportion("auc", auc)
    require_positive(positives=positives, negatives=negatives)
    spread = normal_quantile(confidence) ** 2 / positives / negatives
    others = max((positives + negatives) / 2 - 1, 0.0)
    low = _newcombe_low(auc, spread, others)
    high = 1 - _newcombe_low(1 - auc, spread, others)  # the variance at A is that at 1 - A
    return around(auc, low, high, "Newcombe")


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
