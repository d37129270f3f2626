"""Intervals of averages over classes, some of which may have few rows."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_checks.metrics.intervals.base import Interval, around
from model_checks.metrics.intervals.proportions import delta_logit_interval
from model_checks.metrics.intervals.quantiles import normal_quantile

Floats = NDArray[np.float64]

_PSEUDO = 1.0
"""The rows added to each class's right and to its wrong rows, to see how far it may vary."""

_FEW_WRONG = 4.0
"""The wrong rows up to which a whole row is added to their cost; beyond, ever less of a row."""


@dataclass(frozen=True)
class Parts:
    """The parts of an average: for each class a score s / (s + cost (1 - s)) of a proportion s.

    Attributes
    ----------
    importance
        Shape (K,): weight of each class in the average, 1 in all or, where some lack rows, less.
    shares
        Shape (K,): the proportion s of the rows that concern a class that are right.
    sizes
        Shape (K,): effective numbers of those rows, above 0.
    costs
        Shape (K,): what a wrong row costs: 1 for recall and precision, one half for F1.
    """

    importance: Floats
    shares: Floats
    sizes: Floats
    costs: Floats

    @classmethod
    def of(
        cls,
        importance: Floats,
        right: Floats,
        wrong: Floats,
        paid: Floats,
        highest: float,
        kish: Floats,
    ) -> "Parts":
        """Return the parts of the classes that have rows and a weight in the average.

        Parameters
        ----------
        right, wrong, paid
            Shape (K,): weight of the rows that are right and wrong, and what the wrong ones cost.
        highest
            The most that a row can cost.
        kish
            Shape (K,): effective rows to a unit of weight.
        """
        some = (right + wrong > 0) & (importance > 0)
        right, wrong, paid = right[some], wrong[some], paid[some]
        concerned, kish = right + wrong, kish[some]
        # Few wrong rows that are all cheap do not show that all are, so a dear one is added.
        more = _FEW_WRONG / np.maximum(wrong * kish, _FEW_WRONG)
        costs = (paid * kish + more * highest) / (wrong * kish + more)
        return cls(importance[some], right / concerned, concerned * kish, costs)


def averaged_interval(
    value: float, variance: float, parts: Parts, n_effective: float, confidence: float
) -> Interval:
    """Return the interval of an averaged score: the outer limits of two with a blind side each.

    The delta method does not see what a rare class may hide that was all right by chance.
    Stratified Wilson limits (Yan and Su, 2010) do: the mean of the classes' own limits, each at a
    quantile that is smaller as the mean is surer than its parts. But classes that are all right
    have no room above, and where there are many, those limits are too near. With 30 rows or more in
    every class the two hardly differ.

    Parameters
    ----------
    value, variance, n_effective, confidence
        As for `delta_logit_interval`.
    """
    delta = delta_logit_interval(value, variance, n_effective, confidence)
    if not len(parts.sizes):
        return delta
    low, high = _stratified_limits(variance, parts, confidence)
    method = f"{delta.method}, by class" if low < delta.low or high > delta.high else delta.method
    return around(value, min(low, delta.low), max(high, delta.high), method)


def _stratified_limits(variance: float, parts: Parts, confidence: float) -> tuple[float, float]:
    shares, sizes = parts.shares, parts.sizes
    more = sizes + 2 * _PSEUDO
    rounded = (shares * sizes + _PSEUDO) / more
    plain, careful = (
        parts.importance**2 * p * (1 - p) / n * _slope(p, parts.costs) ** 2
        for p, n in ((shares, sizes), (rounded, more))
    )
    whole = variance + np.maximum(careful - plain, 0.0).sum()
    z = normal_quantile(confidence) * min(math.sqrt(whole) / np.sqrt(careful).sum(), 1.0)
    extra = z * z / sizes
    middle = (shares + extra / 2) / (1 + extra)
    half = np.sqrt(extra * (shares * (1 - shares) + extra / 4)) / (1 + extra)
    low, high = (
        float(parts.importance @ _score(limit, parts.costs))
        for limit in (np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0))
    )
    return low, high


def _score(shares: Floats, costs: Floats) -> Floats:
    return shares / (shares + costs * (1 - shares))


def _slope(shares: Floats, costs: Floats) -> Floats:
    return costs / (shares + costs * (1 - shares)) ** 2
