"""The table of metrics: how each is computed, with its interval, from the aggregates.

Adding a metric is adding a row to ``METRICS``. In a macro or weighted average a class that is never
predicted, or never true, counts as zero where its part is undefined, as in scikit-learn.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_checks import intervals
from model_checks.aggregates import (
    AggregateKind,
    Aggregates,
    ConfusionCounts,
    Floats,
    RankSums,
)

_TINY = 1e-300
"""A sum below it may have lost its digits."""

TASKS = ("binary", "multiclass", "regression")

_Cells = NDArray[np.bool_]
"""Some cells of a matrix of true by predicted label."""

_NO_WEIGHT = "no weight above 0"


@dataclass(frozen=True)
class Estimate:
    """A metric measured on some rows; where it is undefined, ``value`` is None and says why."""

    value: float | None
    low: float | None
    high: float | None
    confidence: float
    n: int
    unit: str
    method: str | None
    reason: str | None = None


@dataclass(frozen=True)
class Metric:
    """One row of the table.

    Attributes
    ----------
    averages
        The tasks that have it, each with the averages it may be asked for, the default first.
    aggregate
        The kind of aggregate that it is a function of.
    estimate
        ``(aggregates, average, confidence) -> Estimate``.
    greater_is_better
        True for scores, False for errors.
    highest
        The largest value it can take; the smallest is zero for all of them.
    """

    name: str
    averages: Mapping[str, tuple[str | None, ...]]
    aggregate: AggregateKind
    estimate: Callable[[Aggregates, str | None, float], Estimate]
    greater_is_better: bool = True
    highest: float = 1.0


# Classification: functions of the confusion counts. Label 1 of a binary model is the positive one.

_PREDICTED_POSITIVE = np.array([[False, True], [False, True]])
_TRUE_POSITIVE = np.array([[False, False], [False, True]])
_POSITIVE = np.array([[False, False], [True, True]])


def _accuracy(aggregates: Aggregates, _: str | None, confidence: float) -> Estimate:
    hits = np.eye(len(_confusion(aggregates).labels), dtype=bool)
    return _proportion(aggregates, hits, np.ones_like(hits), _Tried("rows", "no row"), confidence)


def _precision(aggregates: Aggregates, average: str | None, confidence: float) -> Estimate:
    if average != "binary":
        return _averaged(aggregates, average, _PRECISION, confidence)
    absent = f"no row predicted {_confusion(aggregates).labels[1]}"
    tried = _Tried("predicted positives", absent)
    return _proportion(aggregates, _TRUE_POSITIVE, _PREDICTED_POSITIVE, tried, confidence)


def _recall(aggregates: Aggregates, average: str | None, confidence: float) -> Estimate:
    if average != "binary":
        return _averaged(aggregates, average, _RECALL, confidence)
    tried = _Tried("positives", f"no row with label {_confusion(aggregates).labels[1]}")
    return _proportion(aggregates, _TRUE_POSITIVE, _POSITIVE, tried, confidence)


def _f1(aggregates: Aggregates, average: str | None, confidence: float) -> Estimate:
    if average != "binary":
        return _averaged(aggregates, average, _F1, confidence)
    counts = _confusion(aggregates)
    concerned = _POSITIVE | _PREDICTED_POSITIVE
    positive = counts.labels[1]
    absent = f"no row with label {positive}, none predicted {positive}"
    if reason := _weightless(counts, concerned, absent):
        return _undefined(reason, aggregates, confidence)
    tp, fp, fn = counts.weight[1, 1], counts.weight[0, 1], counts.weight[1, 0]
    interval = intervals.f1_interval(tp, fp, fn, _size(counts, concerned), confidence)
    n = int(counts.rows[concerned].sum())
    unit = "true or predicted positives"
    return _estimate(2 * tp / (2 * tp + fp + fn), interval, n, unit, confidence)


@dataclass(frozen=True)
class _Tried:
    """What a proportion is a share of, and why it is undefined where there is none of that."""

    unit: str
    absent: str


def _proportion(
    aggregates: Aggregates, hits: _Cells, tried: _Cells, told: _Tried, confidence: float
) -> Estimate:
    counts = _confusion(aggregates)
    if reason := _weightless(counts, tried, told.absent):
        return _undefined(reason, aggregates, confidence)
    value = counts.weight[hits].sum() / counts.weight[tried].sum()
    interval = intervals.wilson_interval(value, _size(counts, tried), confidence)
    return _estimate(value, interval, int(counts.rows[tried].sum()), told.unit, confidence)


def _weightless(counts: ConfusionCounts, cells: _Cells, absent: str) -> str | None:
    """Why a share of what is in these cells is undefined; None if it is not."""
    if counts.weight[cells].any():
        return None
    return _NO_WEIGHT if counts.rows[cells].any() else absent


def _size(counts: ConfusionCounts, cells: _Cells) -> float:
    return intervals.kish_size(counts.weight[cells].sum(), counts.weight2[cells].sum())


# Averages over classes. Precision, recall and F1 of a class are the share of the weight on its cell
# of the diagonal, over a mix of the shares that are truly of it and that are predicted so.

_PRECISION, _RECALL, _F1 = (0.0, 1.0), (1.0, 0.0), (0.5, 0.5)


def _averaged(
    aggregates: Aggregates, average: str | None, mix: tuple[float, float], confidence: float
) -> Estimate:
    """Macro, micro or weighted average; interval by the delta method on the multinomial counts."""
    if average == "micro":  # each row has one true and one predicted label: all are accuracy
        return _accuracy(aggregates, None, confidence)
    counts = _confusion(aggregates)
    if not counts.weight.any():
        return _undefined(_NO_WEIGHT, aggregates, confidence)
    share = counts.weight / counts.weight.sum()
    true, predicted = share.sum(axis=1), share.sum(axis=0)
    base = mix[0] * true + mix[1] * predicted
    occurs = base > 0
    inverse = np.where(occurs, 1 / np.where(occurs, base, 1.0), 0.0)
    by_class = np.diag(share) * inverse
    importance = true if average == "weighted" else np.full(len(share), 1 / len(share))
    # Derivatives of the value by each cell's share.
    by_base = -importance * by_class * inverse
    by_true = mix[0] * by_base + (by_class if average == "weighted" else 0.0)
    gradient = np.diag(importance * inverse) + by_true[:, None] + mix[1] * by_base[None, :]
    spread = (share * gradient**2).sum() - (share * gradient).sum() ** 2
    rows = intervals.kish_size(counts.weight.sum(), counts.weight2.sum())
    value, size = float(importance @ by_class), _size_of_mean(counts, mix, importance)
    interval = intervals.delta_logit_interval(value, max(spread, 0.0) / rows, size, confidence)
    return _estimate(value, interval, int(counts.rows.sum()), "rows", confidence)


def _size_of_mean(counts: ConfusionCounts, mix: tuple[float, float], importance: Floats) -> float:
    """Effective number of rows behind a mean over classes; a rare class keeps it small.

    That of independent proportions of the sizes n_k with weights m_k: 1 / sum(m_k² / n_k).
    """
    weight, weight2 = (_concerned(matrix, mix) for matrix in (counts.weight, counts.weight2))
    counted = (weight > 0) & (importance > 0)
    if not counted.any():
        return _size(counts, np.ones_like(counts.weight, dtype=bool))
    sizes = weight[counted] ** 2 / weight2[counted]
    shares = importance[counted] / importance[counted].sum()
    return float(1 / (shares**2 / sizes).sum())


def _concerned(matrix: Floats, mix: tuple[float, float]) -> Floats:
    """Shape (K,): what each class's part is a share of: true, predicted, or either (once)."""
    true, predicted = matrix.sum(axis=1), matrix.sum(axis=0)
    both = 0.0 if 0.0 in mix else np.diag(matrix)
    concerned: Floats = true * bool(mix[0]) + predicted * bool(mix[1]) - both
    return concerned


# ROC AUC: a function of the rank sums.


def _roc_auc(aggregates: Aggregates, average: str | None, confidence: float) -> Estimate:
    ranks = aggregates.ranks
    assert ranks is not None
    own = np.where(ranks.of_label, ranks.weight[:, None], 0.0).sum(axis=0)
    other = ranks.weight.sum() - own
    if reason := _one_class_only(ranks, own, other):
        return _undefined(reason, aggregates, confidence)
    auc = np.where(ranks.of_label, ranks.sums, 0.0).sum(axis=0) / (own * other)
    covariance = _delong_covariance(ranks, auc, own, other)
    mean = own / own.sum() if average == "weighted" else np.full(len(own), 1 / len(own))
    value = float(np.clip(mean @ auc, 0.0, 1.0))
    variance = max(float(mean @ covariance @ mean), 0.0)
    sizes = _class_sizes(ranks)
    if average == "binary":
        interval = intervals.auc_interval(value, variance, sizes[0, 0], sizes[1, 0], confidence)
    else:
        interval = intervals.delta_logit_interval(value, variance, float(sizes.min()), confidence)
    return _estimate(value, interval, int(ranks.rows.sum()), "rows", confidence)


def _one_class_only(ranks: RankSums, own: Floats, other: Floats) -> str | None:
    for label, weight, rest in zip(ranks.scored, own, other, strict=True):
        if not weight > 0:
            return f"only one class, no row with label {label}"
        if not rest > 0:
            return f"only one class, no row with another label than {label}"
    return None


def _class_sizes(ranks: RankSums) -> Floats:
    """Shape (2, K): Kish's effective size of the rows of label k and of the others."""
    sizes = []
    for cells in (ranks.of_label, ~ranks.of_label):
        weight = np.where(cells, ranks.weight[:, None], 0.0).sum(axis=0)
        weight2 = np.where(cells, ranks.weight2[:, None], 0.0).sum(axis=0)
        sizes.append(weight**2 / weight2)
    return np.array(sizes)


def _delong_covariance(ranks: RankSums, auc: Floats, own: Floats, other: Floats) -> Floats:
    """Shape (K, K): covariance of the AUCs (DeLong, DeLong and Clarke-Pearson, 1988).

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


# Regression: functions of the error moments.


def _mae(aggregates: Aggregates, _: str | None, confidence: float) -> Estimate:
    return _from_moments(aggregates, (1, 2, 3), confidence, root=False)


def _rmse(aggregates: Aggregates, _: str | None, confidence: float) -> Estimate:
    return _from_moments(aggregates, (2, 4, 6), confidence, root=True)


def _from_moments(
    aggregates: Aggregates, powers: tuple[int, int, int], confidence: float, *, root: bool
) -> Estimate:
    moments = aggregates.moments
    assert moments is not None
    if not moments.weight > 0:
        return _undefined(_NO_WEIGHT, aggregates, confidence)
    mean, second, third = (moments.mean(power) for power in powers)
    if math.isinf(mean):
        return _undefined("errors too large to be summed", aggregates, confidence)
    if mean > 0 and not _TINY < third < math.inf:  # over- or underflow: the spread is not known
        interval = intervals.Interval(0.0, math.inf, "none, errors out of range")
    else:
        size = intervals.kish_size(moments.weight, moments.weight2)
        second = max(second, mean * mean)  # below it only by the rounding of long sums
        mean_interval = intervals.rmse_interval if root else intervals.hall_mean_interval
        interval = mean_interval(size, mean, second, third, confidence)
    return _estimate(math.sqrt(mean) if root else mean, interval, moments.rows, "rows", confidence)


def _confusion(aggregates: Aggregates) -> ConfusionCounts:
    assert aggregates.confusion is not None
    return aggregates.confusion


def _estimate(
    value: float, interval: intervals.Interval, n: int, unit: str, confidence: float
) -> Estimate:
    """The estimate, in plain Python numbers."""
    low, high = float(interval.low), float(interval.high)
    return Estimate(float(value), low, high, confidence, n, unit, interval.method)


def _undefined(reason: str, aggregates: Aggregates, confidence: float) -> Estimate:
    rows = aggregates.rows
    text = f"undefined, {reason} among {rows:,} labelled rows"
    return Estimate(None, None, None, confidence, rows, "rows", None, text)


_CLASSES = {"binary": ("binary",), "multiclass": ("macro", "micro", "weighted")}
_ONE_VS_REST = {"binary": ("binary",), "multiclass": ("macro", "weighted")}
_WHOLE = {"binary": (None,), "multiclass": (None,)}
_NUMBERS = {"regression": (None,)}

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", _WHOLE, "confusion", _accuracy),
        Metric("precision", _CLASSES, "confusion", _precision),
        Metric("recall", _CLASSES, "confusion", _recall),
        Metric("f1", _CLASSES, "confusion", _f1),
        Metric("roc_auc", _ONE_VS_REST, "ranks", _roc_auc),
        Metric("mae", _NUMBERS, "moments", _mae, greater_is_better=False, highest=math.inf),
        Metric("rmse", _NUMBERS, "moments", _rmse, greater_is_better=False, highest=math.inf),
    )
}


def metrics_of(task: str) -> tuple[str, ...]:
    """Names of the metrics that a task has, in alphabetical order."""
    return tuple(sorted(name for name, metric in METRICS.items() if task in metric.averages))
