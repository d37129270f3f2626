"""Intervals of proportions, and of scores that are made of proportions."""

import math

from model_checks.metrics.intervals.base import (
    Interval,
    around,
    is_zero,
    proportion,
    require_positive,
)
from model_checks.metrics.intervals.quantiles import normal_quantile


def wilson_interval(p: float, n: float, confidence: float) -> Interval:
    """Return Wilson's score interval of a proportion (Wilson, 1927).

    Parameters
    ----------
    p
        The proportion observed, in [0, 1].
    n
        Effective number of rows that the proportion was observed on, above 0.

    Examples
    --------
    >>> interval = wilson_interval(8 / 10, 10, 0.95)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.4902, 0.9433)
    """
    p = proportion("p", p)
    require_positive(n=n)
    z = normal_quantile(confidence)
    share = z * z / n
    middle = (p + share / 2) / (1 + share)
    half = math.sqrt(share * (p * (1 - p) + share / 4)) / (1 + share)
    return around(p, middle - half, middle + half, "Wilson")


def f1_interval(tp: float, fp: float, fn: float, n_effective: float, confidence: float) -> Interval:
    """Return the interval of the F1 score of one class: Wilson's on Jaccard's index.

    Among the rows that are positive, called positive, or both, J = TP / (TP + FP + FN) is a plain
    proportion, and F1 = 2J / (1 + J) rises with it, so its limits are those of J, mapped.

    Parameters
    ----------
    tp, fp, fn
        True positives, false positives, false negatives, as sums of weights.
    n_effective
        Effective number of the rows that are no true negatives.
    """
    if not min(tp, fp, fn) >= 0:
        raise ValueError(f"counts must be 0 or more, found tp={tp!r}, fp={fp!r}, fn={fn!r}")
    require_positive(rows=tp + fp + fn)
    jaccard = wilson_interval(tp / (tp + fp + fn), n_effective, confidence)
    low, high = (2 * limit / (1 + limit) for limit in (jaccard.low, jaccard.high))
    return around(2 * tp / (2 * tp + fp + fn), low, high, "Wilson on Jaccard")


def delta_logit_interval(
    value: float, variance: float, n_effective: float, confidence: float
) -> Interval:
    """Return the interval of an averaged score, symmetric on the logit scale (delta method).

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
    value = proportion("value", value)
    require_positive(n_effective=n_effective)
    if value in (0, 1) or is_zero(variance, n_effective):
        return wilson_interval(value, n_effective, confidence)
    return around(value, *logit_limits(value, variance, confidence), "delta, logit")


def logit_limits(value: float, variance: float, confidence: float) -> tuple[float, float]:
    """Return limits symmetric about a value strictly between 0 and 1 on the logit scale."""
    shift = normal_quantile(confidence) * math.sqrt(variance) / (value * (1 - value))
    odds_ratio = math.exp(min(shift, 700.0))
    low = value / (value + (1 - value) * odds_ratio)
    high = value / (value + (1 - value) / odds_ratio)
    return low, high
