"""How much the estimates of two models on the same rows vary together.

To first order an estimate is a mean over the rows of what each adds to it, its influence (Hampel,
1974), so the correlation of two estimates is that of both influences over the rows. It stays the
same on any scale that only rises, be it a logit, a root or a logarithm, and under what is the same
factor for all rows.
"""

import math
from collections.abc import Callable

import numpy as np

from model_checks.metrics.deviations import logs_of_ratios
from model_checks.metrics.estimate import Asked
from model_checks.metrics.ranking import covariance_of_areas
from model_checks.metrics.statistics import Aggregates, Deviations, Floats, JointSums, Pair

_LEAST_VARIANCE = 1e-10
"""As a share of the mean square: less is the rounding of sums, or no spread to speak of."""

Both = tuple[Aggregates, Aggregates]
"""What was measured of the current model, and of its baseline."""

Covariance = Callable[[Pair, Both, Asked], Floats | None]
"""Shape (2, 2), up to a factor; None where it is not known."""

Gradient = Callable[[Floats, Asked], Floats]
"""Shares or sums to the derivatives of a metric by each, up to a factor above 0."""


def correlation(covariance: Covariance, pair: Pair, both: Both, asked: Asked) -> float:
    """Correlation of the estimates of a metric of two models on the same rows.

    Parameters
    ----------
    pair
        What the predictions of the current model and of its baseline have in common.

    Returns
    -------
    float
        From -1 to 1; 0 where nothing is known of it, or where one of the two shows no variance, as
        where all rows are right.
    """
    with np.errstate(all="ignore"):  # what is undefined is told by the estimates
        found = covariance(pair, both, asked)
    return 0.0 if found is None else _correlation(found)


def _correlation(covariance: Floats) -> float:
    of_both = math.sqrt(max(covariance[0, 0], 0.0)) * math.sqrt(max(covariance[1, 1], 0.0))
    if not (of_both > 0 and np.isfinite(covariance).all()):
        return 0.0
    return max(-1.0, min(float(covariance[0, 1]) / of_both, 1.0))


def of_cells(gradient: Gradient, pair: Pair, _: Both, asked: Asked) -> Floats | None:
    """Return the covariance over the cells of true label by both predicted ones.

    Parameters
    ----------
    gradient
        Of the metric by the share of each cell of true by predicted label.
    """
    counts = pair.confusion
    assert counts is not None
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
    """Shape (2, 2): covariance of two values, shape (2, n), of which each counts for its share."""
    about = values - (values @ share)[:, None]
    covariance: Floats = (about * share) @ about.T
    spread = np.diag(covariance) > _LEAST_VARIANCE * (values * values @ share)
    return np.where(np.outer(spread, spread), covariance, 0.0)


def of_exact_matches(pair: Pair, both: Both, _: Asked) -> Floats | None:
    """Return the covariance of the shares of the rows in which every label is right."""
    sums = pair.labels
    assert sums is not None
    one, other = (of.labels.exact if of.labels else 0.0 for of in both)
    return _of_sums(JointSums(sums.weight, (one, other), (one, other), sums.exact))


def of_labels(gradient: Gradient, pair: Pair, _: Both, asked: Asked) -> Floats:
    """Return the covariance from the sums of the products of what became of each two labels.

    Parameters
    ----------
    gradient
        Of the metric by the sums of what became of each label.
    """
    sums = pair.labels
    assert sums is not None
    half = len(sums.labels) // 2
    gradients = np.zeros((2, *sums.sums.shape))
    for which, own in enumerate((slice(half), slice(half, None))):
        gradients[which, :, own] = gradient(sums.sums[:, own], asked)
    covariance: Floats = np.einsum("aij,ijkl,bkl->ab", gradients, sums.products, gradients)
    return covariance


def of_means(terms: Callable[[Pair], JointSums], pair: Pair, _: Both, __: Asked) -> Floats | None:
    """Return the covariance of two means over the rows, or of what varies as one does.

    Parameters
    ----------
    terms
        Sums of what each row adds to either mean.
    """
    return _of_sums(terms(pair))


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


def of_biases(pair: Pair, both: Both, _: Asked) -> Floats | None:
    """Return the covariance of the sizes of two biases.

    Those rise as the biases fall, where these are below 0.
    """
    one, other = map(_deviations, both)
    assert pair.deviations is not None
    if one.bias is None or other.bias is None:
        return None
    product = (
        pair.deviations.products[1, 1] * math.copysign(1, one.bias) * math.copysign(1, other.bias)
    )
    return np.array([[one.products[2, 0], product], [product, other.products[2, 0]]])


def of_ratios(pair: Pair, both: Both, _: Asked, *, biased: bool) -> Floats | None:
    """Return the covariance of the logarithms of two shares of the variance not explained."""
    one, other = map(_deviations, both)
    assert pair.deviations is not None
    return logs_of_ratios(one, other, pair.deviations.products, biased=biased)


def _deviations(aggregates: Aggregates) -> Deviations:
    assert aggregates.deviations is not None
    return aggregates.deviations


def of_areas(pair: Pair, both: Both, asked: Asked) -> Floats | None:
    """Return the covariance of two areas under ROC curves."""
    own = both[0].ranks
    assert pair.ranks is not None
    assert own is not None
    return covariance_of_areas(pair.ranks, len(own.scored), asked.average)
