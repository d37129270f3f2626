"""Covariances of the estimates of two models on the same rows.

To first order an estimate is a mean over the rows of what each adds to it, its influence (Hampel,
1974), so the correlation of two estimates is that of both influences over the rows. It stays the
same on any scale that only rises, be it a logit, a root or a logarithm, and under a factor that is
the same for all rows.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from model_checks.metrics.deviations import logs_of_ratios
from model_checks.metrics.estimate import Asked
from model_checks.metrics.ranking import covariance_of_areas
from model_checks.metrics.statistics import (
    Deviations,
    Floats,
    JointCounts,
    JointDeviations,
    JointSums,
    LabelSums,
    RankSums,
    Statistic,
)

_LEAST_VARIANCE = 1e-10
"""A variance below this share of the mean square is the rounding of sums, or no real spread."""

S = TypeVar("S", bound=Statistic)
Joint = TypeVar("Joint", bound=Statistic)

Gradient = Callable[[Floats, Asked], Floats]
"""A function from shares or sums to a metric's derivatives by each, up to a factor above 0."""


@dataclass(frozen=True)
class Covariance(Generic[S, Joint]):
    """The covariance of two models' estimates on the same rows.

    Attributes
    ----------
    joint
        Kind of the two models' joint statistics that the covariance is a function of.
    find
        Function of the joint statistics, and of those of the current model and of its baseline, to
        the covariance, shape (2, 2), up to a factor; None where it is not known.
    """

    joint: type[Joint]
    find: Callable[[Joint, tuple[S, S], Asked], Floats | None]

    def correlation(self, joint: Joint, both: tuple[S, S], asked: Asked) -> float:
        """Return the correlation of two models' estimates.

        Returns
        -------
        float
            Correlation from -1 to 1; 0 where it is not known, or where one of the two shows no
            variance, as where all rows are right.
        """
        with np.errstate(all="ignore"):  # what is undefined is told by the estimates
            found = self.find(joint, both, asked)
        return 0.0 if found is None else _correlation(found)


def _correlation(covariance: Floats) -> float:
    of_both = math.sqrt(max(covariance[0, 0], 0.0)) * math.sqrt(max(covariance[1, 1], 0.0))
    if not (of_both > 0 and np.isfinite(covariance).all()):
        return 0.0
    return max(-1.0, min(float(covariance[0, 1]) / of_both, 1.0))


def of_cells(gradient: Gradient, counts: JointCounts, _: object, asked: Asked) -> Floats | None:
    """Return the covariance over the cells of true label by both predicted ones.

    Parameters
    ----------
    gradient
        Derivatives of the metric by the share of each cell of true by predicted label.
    """
    if not counts.weight.any():
        return None
    share = counts.weight / counts.weight.sum()
    influence = []
    for predicted in (counts.first, counts.second):
        cells = np.zeros((counts.size, counts.size))
        np.add.at(cells, (counts.true, predicted), share)
        influence.append(gradient(cells, asked)[counts.true, predicted])
    return _about_means(np.array(influence), share)


def _about_means(values: Floats, share: Floats) -> Floats:
    """Return the covariance, shape (2, 2), of two values, shape (2, n), weighted by share."""
    about = values - (values @ share)[:, None]
    covariance: Floats = (about * share) @ about.T
    spread = np.diag(covariance) > _LEAST_VARIANCE * (values * values @ share)
    return np.where(np.outer(spread, spread), covariance, 0.0)


def of_exact_matches(sums: LabelSums, both: tuple[LabelSums, LabelSums], _: Asked) -> Floats | None:
    """Return the covariance of the shares of the rows in which every label is right."""
    exact = both[0].exact, both[1].exact
    return _of_sums(JointSums(sums.weight, exact, exact, sums.exact))


def of_labels(gradient: Gradient, sums: LabelSums, _: object, asked: Asked) -> Floats:
    """Return the covariance from the sums of the products of each two labels' outcomes.

    Parameters
    ----------
    gradient
        Derivatives of the metric by the sums of each label's outcomes.
    """
    half = len(sums.labels) // 2
    gradients = np.zeros((2, *sums.sums.shape))
    for which, own in enumerate((slice(half), slice(half, None))):
        gradients[which, :, own] = gradient(sums.sums[:, own], asked)
    covariance: Floats = np.einsum("aij,ijkl,bkl->ab", gradients, sums.products, gradients)
    return covariance


def of_means(
    terms: Callable[[Joint], JointSums], joint: Joint, _: object, __: Asked
) -> Floats | None:
    """Return the covariance of two means over the rows, or of estimates that vary as means do.

    Parameters
    ----------
    terms
        Function from the joint statistics to the sums of each row's terms of either mean.
    """
    return _of_sums(terms(joint))


def _of_sums(sums: JointSums) -> Floats | None:
    if not sums.weight > 0:
        return None
    means = np.array(sums.sums) / sums.weight
    square, other = np.array(sums.squares) / sums.weight
    product = sums.product / sums.weight
    squares = np.array([[square, product], [product, other]])
    covariance = squares - np.outer(means, means)
    spread = np.diag(covariance) > _LEAST_VARIANCE * np.diag(squares)
    return np.where(np.outer(spread, spread), covariance, 0.0)


def of_biases(
    joint: JointDeviations, both: tuple[Deviations, Deviations], _: Asked
) -> Floats | None:
    """Return the covariance of the sizes of two biases.

    Below 0 a bias's size rises as the bias falls.
    """
    one, other = both
    if one.bias is None or other.bias is None:
        return None
    product = joint.products[1, 1] * math.copysign(1, one.bias) * math.copysign(1, other.bias)
    return np.array([[one.products[2, 0], product], [product, other.products[2, 0]]])


def of_ratios(
    joint: JointDeviations, both: tuple[Deviations, Deviations], _: Asked, *, biased: bool
) -> Floats | None:
    """Return the covariance of the logarithms of two shares of the variance not explained."""
    return logs_of_ratios(*both, joint.products, biased=biased)


def of_areas(ranks: RankSums, both: tuple[RankSums, RankSums], asked: Asked) -> Floats | None:
    """Return the covariance of two areas under ROC curves."""
    return covariance_of_areas(ranks, len(both[0].scored), asked.average)
