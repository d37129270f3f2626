"""How much the estimates of two models on the same rows vary together.

To first order an estimate is a mean over the rows of what each adds to it, its influence (Hampel,
1974), so the correlation of two estimates is that of both influences over the rows. It stays the
same on any scale that only rises, be it a logit, a root or a logarithm, and under what is the same
factor for all rows.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np

from model_checks.metrics import agreement, confusion, multilabel
from model_checks.metrics.deviations import logs_of_ratios
from model_checks.metrics.estimate import Asked
from model_checks.metrics.ranking import covariance_of_areas
from model_checks.metrics.statistics import Aggregates, Deviations, Floats, JointSums, Pair

UNKNOWN = frozenset({"average_precision", "max_error"})
"""Metrics whose estimates are taken for uncorrelated, as those of other rows are."""

_LEAST_VARIANCE = 1e-10
"""As a share of the mean square: less is the rounding of sums, or no spread to speak of."""


def correlation(
    metric: str, pair: Pair, current: Aggregates, baseline: Aggregates, asked: Asked
) -> float:
    """Correlation of the estimates of a metric of two models on the same rows.

    Parameters
    ----------
    metric
        Its name; of one of somebody's own nothing is known.
    pair
        What the predictions of the current model and of its baseline have in common.
    current, baseline
        What was measured of each.

    Returns
    -------
    float
        From -1 to 1; 0 where nothing is known of it, or where one of the two shows no variance, as
        where all rows are right.
    """
    if not is_known(metric):
        return 0.0
    with np.errstate(all="ignore"):  # what is undefined is told by the estimates
        covariance = _COVARIANCES[metric](metric, pair, (current, baseline), asked)
    return 0.0 if covariance is None else _correlation(covariance)


def is_known(metric: str) -> bool:
    """Whether anything is known of how two estimates of a metric on the same rows vary together."""
    return metric in _COVARIANCES


_Both = tuple[Aggregates, Aggregates]
_Covariance = Callable[[str, Pair, _Both, Asked], Floats | None]
"""Shape (2, 2), up to a factor; None where it is not known."""


def _correlation(covariance: Floats) -> float:
    of_both = math.sqrt(max(covariance[0, 0], 0.0)) * math.sqrt(max(covariance[1, 1], 0.0))
    if not (of_both > 0 and np.isfinite(covariance).all()):
        return 0.0
    return max(-1.0, min(float(covariance[0, 1]) / of_both, 1.0))


def _of_labels(metric: str, pair: Pair, both: _Both, asked: Asked) -> Floats | None:
    """Of a metric of predicted labels, one or several a row."""
    return (_of_several if pair.labels else _of_cells)(metric, pair, both, asked)


def _of_cells(metric: str, pair: Pair, _: _Both, asked: Asked) -> Floats | None:
    """Covariance over the cells of true label by both predicted ones."""
    counts = pair.confusion
    assert counts is not None
    if not counts.weight.any():
        return None
    share = counts.weight / counts.weight.sum()
    influence = []
    for predicted in (counts.first, counts.second):
        cells = np.zeros((counts.size, counts.size))
        np.add.at(cells, (counts.true, predicted), share)
        if metric in ("mcc", "cohen_kappa"):
            gradient = agreement.derivatives(metric, cells)
        else:
            gradient = confusion.derivatives(metric, cells, asked)
        influence.append(gradient[counts.true, predicted])
    return _about_means(np.array(influence), share)


def _about_means(values: Floats, share: Floats) -> Floats:
    """Shape (2, 2): covariance of two values, shape (2, n), of which each counts for its share."""
    about = values - (values @ share)[:, None]
    covariance: Floats = (about * share) @ about.T
    spread = np.diag(covariance) > _LEAST_VARIANCE * (values * values @ share)
    return np.where(np.outer(spread, spread), covariance, 0.0)


def _of_several(metric: str, pair: Pair, both: _Both, asked: Asked) -> Floats | None:
    """Of a multilabel model: from the sums of the products of what became of each two labels."""
    sums = pair.labels
    assert sums is not None
    if metric == "accuracy":
        one, other = (of.labels.exact if of.labels else 0.0 for of in both)
        return _of_sums(JointSums(sums.weight, (one, other), (one, other), sums.exact))
    half = len(sums.labels) // 2
    gradient = np.zeros((2, *sums.sums.shape))
    for which, own in enumerate((slice(half), slice(half, None))):
        gradient[which, :, own] = multilabel.derivatives(metric, sums.sums[:, own], asked)
    covariance: Floats = np.einsum("aij,ijkl,bkl->ab", gradient, sums.products, gradient)
    return covariance


def _of_means(metric: str, pair: Pair, _: _Both, __: Asked) -> Floats | None:
    """Of a metric that is a mean over the rows, or varies as one does."""
    kinds = (pair.moments, pair.relative, pair.median, pair.probabilities)
    [sums] = [kind.of_metric[metric] for kind in kinds if kind and metric in kind.of_metric]
    return _of_sums(sums)


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


def _of_bias(_: str, pair: Pair, both: _Both, __: Asked) -> Floats | None:
    """Of the sizes of two biases: those rise as the biases fall, where these are below 0."""
    one, other = map(_deviations, both)
    assert pair.deviations is not None
    if one.bias is None or other.bias is None:
        return None
    product = (
        pair.deviations.products[1, 1] * math.copysign(1, one.bias) * math.copysign(1, other.bias)
    )
    return np.array([[one.products[2, 0], product], [product, other.products[2, 0]]])


def _of_explained(metric: str, pair: Pair, both: _Both, _: Asked) -> Floats | None:
    one, other = map(_deviations, both)
    assert pair.deviations is not None
    return logs_of_ratios(one, other, pair.deviations.products, biased=metric == "r2")


def _deviations(aggregates: Aggregates) -> Deviations:
    assert aggregates.deviations is not None
    return aggregates.deviations


def _of_areas(_: str, pair: Pair, both: _Both, asked: Asked) -> Floats | None:
    own = both[0].ranks
    assert pair.ranks is not None
    assert own is not None
    return covariance_of_areas(pair.ranks, len(own.scored), asked.average)


_COVARIANCES: Mapping[str, _Covariance] = {
    "accuracy": _of_labels,
    "balanced_accuracy": _of_labels,
    "precision": _of_labels,
    "recall": _of_labels,
    "specificity": _of_labels,
    "npv": _of_labels,
    "f1": _of_labels,
    "fbeta": _of_labels,
    "mcc": _of_labels,
    "cohen_kappa": _of_labels,
    "roc_auc": _of_areas,
    "log_loss": _of_means,
    "brier": _of_means,
    "expected_calibration_error": _of_means,
    "mae": _of_means,
    "rmse": _of_means,
    "mape": _of_means,
    "median_absolute_error": _of_means,
    "mean_error": _of_bias,
    "r2": _of_explained,
    "explained_variance": _of_explained,
}
