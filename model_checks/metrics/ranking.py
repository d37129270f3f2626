"""ROC AUC and average precision: functions of the rank sums."""

from dataclasses import replace
from functools import partial

import numpy as np

from model_checks.metrics import intervals
from model_checks.metrics.estimate import Asked, Estimate, Undefined, estimated, undefined
from model_checks.metrics.intervals import Interval, IntervalAt
from model_checks.metrics.statistics import Floats, RankSums


def roc_auc(ranks: RankSums, asked: Asked) -> Estimate | Undefined:
    """Return the area under the ROC curve; of several classes the mean of one against the rest."""
    average, confidence = asked.average, asked.confidence
    ranks = _counted(ranks, average)
    own, other = _weights(ranks)
    if reason := _one_class_only(ranks, own, other):
        return undefined(reason, ranks)
    auc = np.where(ranks.of_label, ranks.sums, 0.0).sum(axis=0) / (own * other)
    covariance = _delong_covariance(ranks, auc, own, other)
    mean = _importance(own, average)
    value = float(np.clip(mean @ auc, 0.0, 1.0))
    sizes = _class_sizes(ranks)
    interval: IntervalAt
    if average == "binary":
        variance = max(float(covariance[0, 0]), 0.0)
        interval = partial(intervals.auc_interval, value, variance, *sizes[:, 0].tolist())
    else:
        interval = partial(intervals.mean_auc_interval, mean, auc, covariance, sizes)
    return estimated(value, interval, int(ranks.rows.sum()), "rows", confidence)


def average_precision(ranks: RankSums, asked: Asked) -> Estimate | Undefined:
    """Return the mean precision at the positives' scores: the area under the steps of its curve.

    Its interval is by Boyd, Eng and Page (2013): binomial, on the logit scale, with the positives
    as its size.
    """
    own, other = _weights(ranks)
    if reason := _one_class_only(ranks, own, other):
        return undefined(reason, ranks)
    value = min(ranks.precision, 1.0)
    interval = partial(_boyd_interval, value, float(_class_sizes(ranks)[0, 0]))
    n = int(ranks.rows[ranks.of_label[:, 0]].sum())
    return estimated(value, interval, n, "positives", asked.confidence)


def _boyd_interval(value: float, positives: float, confidence: float) -> Interval:
    variance = value * (1 - value) / positives
    interval = intervals.delta_logit_interval(value, variance, positives, confidence)
    return interval if interval.method == "Wilson" else replace(interval, method="Boyd, logit")


def covariance_of_areas(ranks: RankSums, first: int, average: str | None) -> Floats | None:
    """Return the covariance of the areas of two models; None where either is not defined.

    Parameters
    ----------
    ranks
        Rank sums of the first model's scores, and after them of the second model's.
    first
        How many scores the first model has.

    Returns
    -------
    array of shape (2, 2)
        Covariance, up to a factor.
    """
    own, _ = _weights(ranks)
    if average == "weighted":
        first = int(np.count_nonzero(own[:first]))
    ranks = _counted(ranks, average)
    own, other = _weights(ranks)
    if _one_class_only(ranks, own, other):
        return None
    auc = np.where(ranks.of_label, ranks.sums, 0.0).sum(axis=0) / (own * other)
    means = np.zeros((2, len(own)))
    means[0, :first] = _importance(own[:first], average)
    means[1, first:] = _importance(own[first:], average)
    covariance: Floats = means @ _delong_covariance(ranks, auc, own, other) @ means.T
    return covariance


def _counted(ranks: RankSums, average: str | None) -> RankSums:
    """Return the scores whose areas count: if weighted, not those of a label true of no row."""
    own, _ = _weights(ranks)
    if average != "weighted" or not (own > 0).any():
        return ranks
    kept = np.flatnonzero(own > 0)
    return replace(
        ranks,
        scored=tuple(ranks.scored[k] for k in kept),
        sums=ranks.sums[:, kept],
        products=ranks.products[:, kept][:, :, kept],
    )


def _weights(ranks: RankSums) -> tuple[Floats, Floats]:
    """Return the weight of the rows of label k, and of the other rows, shape (K,) both."""
    own = np.where(ranks.of_label, ranks.weight[:, None], 0.0).sum(axis=0)
    return own, ranks.weight.sum() - own


def _importance(own: Floats, average: str | None) -> Floats:
    """Return the weight of each score's area in the average, shape (K,)."""
    return own / own.sum() if average == "weighted" else np.full(len(own), 1 / len(own))


def _one_class_only(ranks: RankSums, own: Floats, other: Floats) -> str | None:
    for label, weight, rest in zip(ranks.scored, own, other, strict=True):
        if not weight > 0:
            return f"only one class, no row with label {label}"
        if not rest > 0:
            return f"only one class, no row with another label than {label}"
    return None


def _class_sizes(ranks: RankSums) -> Floats:
    """Return Kish's effective size of the rows of label k and of the other rows, shape (2, K)."""
    sizes = []
    for cells in (ranks.of_label, ~ranks.of_label):
        weight = np.where(cells, ranks.weight[:, None], 0.0).sum(axis=0)
        weight2 = np.where(cells, ranks.weight2[:, None], 0.0).sum(axis=0)
        sizes.append(weight**2 / weight2)
    return np.array(sizes)


def _delong_covariance(ranks: RankSums, auc: Floats, own: Floats, other: Floats) -> Floats:
    """Return the covariance of the AUCs, shape (K, K) (DeLong, DeLong and Clarke-Pearson, 1988).

    A row adds to AUC k its structural component less the AUC, over the size of its class. Sums over
    rows are expanded into the sums and products that the engine returned; weights enter by Kish's
    effective sizes.
    """
    sizes = _class_sizes(ranks)
    unbiased = np.sqrt(sizes / np.maximum(sizes - 1, 1e-12))
    correction = np.where(ranks.of_label, unbiased[0], unbiased[1])
    # ψ = scale * (placement - centre); for a row that is not of label k the sign is turned.
    scale = np.where(ranks.of_label, 1.0, -1.0) * correction / (own * other)
    centre = np.where(ranks.of_label, auc * other, (1 - auc) * own)
    total = ranks.products - (
        ranks.sums[:, :, None] * centre[:, None, :] + centre[:, :, None] * ranks.sums[:, None, :]
    )
    total = total + ranks.weight[:, None, None] * centre[:, :, None] * centre[:, None, :]
    kish = ranks.weight2 / ranks.weight
    covariance: Floats = np.einsum("c,cj,ck,cjk->jk", kish, scale, scale, total)
    return covariance
