"""Accuracy, precision, recall and their kin: functions of the confusion counts.

Label 1 of a binary model is the positive one. In a macro or weighted average a class that is never
predicted, or never true, counts as zero where its part is undefined, as in scikit-learn.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from model_checks.metrics import intervals
from model_checks.metrics.estimate import (
    NO_WEIGHT,
    Asked,
    Estimate,
    Undefined,
    estimated,
    undefined,
)
from model_checks.metrics.statistics import ConfusionCounts, Floats

_Cells = NDArray[np.bool_]
"""Some cells of a matrix of true by predicted label."""

_PREDICTED_POSITIVE = np.array([[False, True], [False, True]])
_TRUE_POSITIVE = np.array([[False, False], [False, True]])
_POSITIVE = np.array([[False, False], [True, True]])
_TRUE_NEGATIVE = ~(_PREDICTED_POSITIVE | _POSITIVE)


def accuracy(counts: ConfusionCounts, asked: Asked) -> Estimate | Undefined:
    """Return the share of the rows whose predicted label is the true one."""
    hits = np.eye(len(counts.labels), dtype=bool)
    return _proportion(counts, hits, np.ones_like(hits), _Tried("rows", "no row"), asked.confidence)


def precision(counts: ConfusionCounts, asked: Asked) -> Estimate | Undefined:
    """Return the share of the predicted positives that are positive."""
    if asked.average != "binary":
        return _averaged(counts, asked, _PRECISION)
    absent = f"no row predicted {counts.labels[1]}"
    tried = _Tried("predicted positives", absent)
    return _proportion(counts, _TRUE_POSITIVE, _PREDICTED_POSITIVE, tried, asked.confidence)


def recall(counts: ConfusionCounts, asked: Asked) -> Estimate | Undefined:
    """Return the share of the positives that are predicted positive."""
    if asked.average != "binary":
        return _averaged(counts, asked, _RECALL)
    tried = _Tried("positives", f"no row with label {counts.labels[1]}")
    return _proportion(counts, _TRUE_POSITIVE, _POSITIVE, tried, asked.confidence)


def f1(counts: ConfusionCounts, asked: Asked) -> Estimate | Undefined:
    """Return the harmonic mean of precision and recall."""
    if asked.average != "binary":
        return _averaged(counts, asked, _F1)
    concerned = _POSITIVE | _PREDICTED_POSITIVE
    positive = counts.labels[1]
    absent = f"no row with label {positive}, none predicted {positive}"
    if reason := _weightless(counts, concerned, absent):
        return undefined(reason, counts)
    tp, fp, fn = counts.weight[1, 1], counts.weight[0, 1], counts.weight[1, 0]
    interval = partial(intervals.f1_interval, tp, fp, fn, _size(counts, concerned))
    n = int(counts.rows[concerned].sum())
    unit = "true or predicted positives"
    return estimated(2 * tp / (2 * tp + fp + fn), interval, n, unit, asked.confidence)


def specificity(counts: ConfusionCounts, asked: Asked) -> Estimate | Undefined:
    """Return the share of the negatives that are predicted negative."""
    absent = f"no row with another label than {counts.labels[1]}"
    tried = _Tried("negatives", absent)
    return _proportion(counts, _TRUE_NEGATIVE, ~_POSITIVE, tried, asked.confidence)


def npv(counts: ConfusionCounts, asked: Asked) -> Estimate | Undefined:
    """Return the negative predictive value: the share of predicted negatives that are negative."""
    absent = f"no row predicted other than {counts.labels[1]}"
    tried = _Tried("predicted negatives", absent)
    return _proportion(counts, _TRUE_NEGATIVE, ~_PREDICTED_POSITIVE, tried, asked.confidence)


def balanced_accuracy(counts: ConfusionCounts, asked: Asked) -> Estimate | Undefined:
    """Return the mean recall of the classes that occur among the true labels."""
    true = counts.weight.sum(axis=1)
    occurs = true > 0
    importance = occurs / max(np.count_nonzero(occurs), 1)
    return _mean_of_classes(counts, _RECALL, importance, asked.confidence)


def fbeta(counts: ConfusionCounts, asked: Asked) -> Estimate | Undefined:
    """Return the harmonic mean of precision and recall, with recall weighed beta times as much."""
    mix = _fbeta_mix(asked.beta)
    if asked.average != "binary":
        return _averaged(counts, asked, mix)
    concerned = _POSITIVE | _PREDICTED_POSITIVE
    positive = counts.labels[1]
    absent = f"no row with label {positive}, none predicted {positive}"
    if reason := _weightless(counts, concerned, absent):
        return undefined(reason, counts)
    found = _mean_of_classes(counts, mix, np.array([0.0, 1.0]), asked.confidence)
    n = int(counts.rows[concerned].sum())
    return replace(found, n=n, unit="true or predicted positives")


@dataclass(frozen=True)
class _Tried:
    """The rows that a proportion is a share of, and why it is undefined where there are none."""

    unit: str
    absent: str


def _proportion(
    counts: ConfusionCounts, hits: _Cells, tried: _Cells, told: _Tried, confidence: float
) -> Estimate | Undefined:
    if reason := _weightless(counts, tried, told.absent):
        return undefined(reason, counts)
    value = counts.weight[hits].sum() / counts.weight[tried].sum()
    interval = partial(intervals.wilson_interval, value, _size(counts, tried))
    return estimated(value, interval, int(counts.rows[tried].sum()), told.unit, confidence)


def _weightless(counts: ConfusionCounts, cells: _Cells, absent: str) -> str | None:
    """Return why a share of the rows in these cells is undefined; None if it is defined."""
    if counts.weight[cells].any():
        return None
    return NO_WEIGHT if counts.rows[cells].any() else absent


def _size(counts: ConfusionCounts, cells: _Cells) -> float:
    return intervals.kish_size(counts.weight[cells].sum(), counts.weight2[cells].sum())


# Averages over classes. Precision, recall and F1 of a class are the share of the weight on its cell
# of the diagonal, over a mix of the shares that are truly of it and that are predicted so.

_PRECISION, _RECALL, _F1 = (0.0, 1.0), (1.0, 0.0), (0.5, 0.5)


def _averaged(
    counts: ConfusionCounts, asked: Asked, mix: tuple[float, float]
) -> Estimate | Undefined:
    """Return the macro, micro or weighted average."""
    if asked.average == "micro":  # each row has one true and one predicted label: all are accuracy
        return accuracy(counts, asked)
    if asked.average == "macro":
        importance = np.full(len(counts.labels), 1 / max(len(counts.labels), 1))
        return _mean_of_classes(counts, mix, importance, asked.confidence)
    return _mean_of_classes(counts, mix, None, asked.confidence)


def _mean_of_classes(
    counts: ConfusionCounts, mix: tuple[float, float], importance: Floats | None, confidence: float
) -> Estimate | Undefined:
    """Return a mean over the classes, its interval by the delta method on multinomial counts.

    Parameters
    ----------
    importance
        Shape (K,): weight of each class; None for its share of the true labels.
    """
    if not counts.weight.any():
        return undefined(NO_WEIGHT, counts)
    share = counts.weight / counts.weight.sum()
    by_class, gradient = _by_class(share, mix, importance)
    given = share.sum(axis=1) if importance is None else importance
    spread = (share * gradient**2).sum() - (share * gradient).sum() ** 2
    variance = max(float(spread), 0.0) / _size(counts, np.ones_like(counts.weight, dtype=bool))
    value, parts = float(given @ by_class), _parts(counts, mix, given)
    interval = partial(
        intervals.averaged_interval, value, variance, parts, _size_of_mean(counts, parts)
    )
    return estimated(value, interval, int(counts.rows.sum()), "rows", confidence)


def _by_class(
    share: Floats, mix: tuple[float, float], importance: Floats | None
) -> tuple[Floats, Floats]:
    """Return the value of each class, and the derivatives of their mean by each cell's share."""
    true, predicted = share.sum(axis=1), share.sum(axis=0)
    base = mix[0] * true + mix[1] * predicted
    occurs = base > 0
    inverse = np.where(occurs, 1 / np.where(occurs, base, 1.0), 0.0)
    by_class = np.diag(share) * inverse
    given = true if importance is None else importance
    by_base = -given * by_class * inverse
    by_true = mix[0] * by_base + (by_class if importance is None else 0.0)
    gradient = np.diag(given * inverse) + by_true[:, None] + mix[1] * by_base[None, :]
    return by_class, gradient


# Gradients: derivatives by the share of each cell, shape (K, K), up to a factor above 0.


def accuracy_gradient(share: Floats, _: Asked) -> Floats:
    """Return the derivatives of the accuracy by the share of each cell."""
    return np.eye(len(share))


def balanced_accuracy_gradient(share: Floats, _: Asked) -> Floats:
    """Return the derivatives of the mean recall of the classes that occur."""
    return _by_class(share, _RECALL, (share.sum(axis=1) > 0).astype(float))[1]


def fbeta_gradient(share: Floats, asked: Asked) -> Floats:
    """Return the derivatives of F-beta."""
    return _gradient(_fbeta_mix(asked.beta), 1, share, asked)


def _gradient(mix: tuple[float, float], label: int, share: Floats, asked: Asked) -> Floats:
    """Return the derivatives of an average over the classes; binary: of one label's value."""
    if asked.average == "micro":
        return accuracy_gradient(share, asked)
    if asked.average == "weighted":
        return _by_class(share, mix, None)[1]
    importance = np.ones(len(share)) if asked.average == "macro" else np.eye(2)[label]
    return _by_class(share, mix, importance)[1]


precision_gradient = partial(_gradient, _PRECISION, 1)
recall_gradient = partial(_gradient, _RECALL, 1)
f1_gradient = partial(_gradient, _F1, 1)
specificity_gradient = partial(_gradient, _RECALL, 0)
npv_gradient = partial(_gradient, _PRECISION, 0)


def _fbeta_mix(beta: float) -> tuple[float, float]:
    return beta * beta / (1 + beta * beta), 1 / (1 + beta * beta)


def _parts(
    counts: ConfusionCounts, mix: tuple[float, float], importance: Floats
) -> intervals.Parts:
    """Return the parts of an average that come from classes with rows and a weight in it."""
    weight, weight2 = (_concerned(matrix, mix) for matrix in (counts.weight, counts.weight2))
    right, true, predicted = (
        np.diag(counts.weight),
        counts.weight.sum(axis=1),
        counts.weight.sum(axis=0),
    )
    paid = mix[0] * (true - right) + mix[1] * (predicted - right)
    kish = np.divide(weight, weight2, out=np.zeros_like(weight), where=weight > 0)
    return intervals.Parts.of(importance, right, weight - right, paid, max(mix), kish)


def _size_of_mean(counts: ConfusionCounts, parts: intervals.Parts) -> float:
    """Return the effective number of rows behind a mean over classes; a rare class keeps it small.

    It is that of independent proportions of the sizes n_k with weights m_k: 1 / sum(m_k² / n_k).
    """
    if not len(parts.sizes):
        return _size(counts, np.ones_like(counts.weight, dtype=bool))
    shares = parts.importance / parts.importance.sum()
    return float(1 / (shares**2 / parts.sizes).sum())


def _concerned(matrix: Floats, mix: tuple[float, float]) -> Floats:
    """Return each class's true rows, predicted rows, or rows that are either, shape (K,)."""
    true, predicted = matrix.sum(axis=1), matrix.sum(axis=0)
    both = 0.0 if 0.0 in mix else np.diag(matrix)
    concerned: Floats = true * bool(mix[0]) + predicted * bool(mix[1]) - both
    return concerned
