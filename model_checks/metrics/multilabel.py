"""Metrics of several labels a row: functions of the sums of each label's outcomes.

Values are those of scikit-learn with ``zero_division=0``: every label has its part in a macro
average, and one that occurs nowhere counts as zero. Where no label at all occurs that a metric is
about, that zero would say nothing of the model, and the metric is undefined.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from model_checks.metrics import intervals
from model_checks.metrics.estimate import (
    NO_WEIGHT,
    Asked,
    Estimate,
    Undefined,
    estimated,
    undefined,
)
from model_checks.metrics.statistics import Floats, LabelSums


def accuracy(found: LabelSums, asked: Asked) -> Estimate | Undefined:
    """Return the share of rows in which every label is right: subset accuracy, or exact match."""
    if not found.weight > 0:
        return undefined(NO_WEIGHT, found)
    value = min(found.exact / found.weight, 1.0)
    interval = partial(intervals.wilson_interval, value, _rows(found))
    return estimated(value, interval, found.rows, "rows", asked.confidence)


def precision(found: LabelSums, asked: Asked) -> Estimate | Undefined:
    """Return the share of the predicted labels that are true."""
    return _averaged(found, asked, _PRECISION, "no label predicted")


def recall(found: LabelSums, asked: Asked) -> Estimate | Undefined:
    """Return the share of the true labels that are predicted."""
    return _averaged(found, asked, _RECALL, "no label true")


def f1(found: LabelSums, asked: Asked) -> Estimate | Undefined:
    """Return the harmonic mean of precision and recall."""
    return fbeta(found, replace(asked, beta=1.0))


def fbeta(found: LabelSums, asked: Asked) -> Estimate | Undefined:
    """Return the harmonic mean of precision and recall, with recall weighed beta times as much."""
    mix = _fbeta_mix(asked.beta)
    return _averaged(found, asked, mix, "no label true or predicted")


_Mix = tuple[float, float, float]
"""A label's value is its true positives over this mix of its true positives, false positives and
false negatives."""


_PRECISION: _Mix = (1.0, 1.0, 0.0)
_RECALL: _Mix = (1.0, 0.0, 1.0)


def _fbeta_mix(beta: float) -> _Mix:
    missed = beta**2 / (1 + beta**2)
    return 1.0, 1 - missed, missed


def _gradient(mix: _Mix, sums: Floats, asked: Asked) -> Floats:
    """Return the derivatives of an average by the sums, up to a factor above 0.

    Parameters
    ----------
    sums
        Shape (3, L): true positives, false positives and false negatives of each label.
    """
    if asked.average == "micro":
        whole = _derivatives(sums.sum(axis=1, keepdims=True), mix, weighted=False)
        return np.repeat(whole, sums.shape[1], axis=1)
    return _derivatives(sums, mix, weighted=asked.average == "weighted")


precision_gradient = partial(_gradient, _PRECISION)
recall_gradient = partial(_gradient, _RECALL)
f1_gradient = partial(_gradient, _fbeta_mix(1.0))


def fbeta_gradient(sums: Floats, asked: Asked) -> Floats:
    """Return the derivatives of F-beta by the sums, shape (3, L)."""
    return _gradient(_fbeta_mix(asked.beta), sums, asked)


def _derivatives(sums: Floats, mix: _Mix, *, weighted: bool) -> Floats:
    """Return the derivatives of the mean over the labels, unchanged when all sums grow alike."""
    true = sums[0] + sums[2]
    base, given = np.array(mix) @ sums, true if weighted else np.ones_like(true)
    importance = given / given.sum()
    by_label = _share(sums[0], base)
    hits = np.array([[1.0], [0.0], [0.0]])
    gradient: Floats = (hits - np.outer(mix, by_label)) * _share(importance, base)
    if weighted:
        gradient[[0, 2]] += (by_label - float(importance @ by_label)) / true.sum()
    return gradient


def _averaged(found: LabelSums, asked: Asked, mix: _Mix, absent: str) -> Estimate | Undefined:
    """Return the macro, micro or weighted average; its interval is by the delta method on means.

    Parameters
    ----------
    absent
        Why there is no average, where no label has a value.
    """
    confidence = asked.confidence
    if not found.weight > 0:
        return undefined(NO_WEIGHT, found)
    sums, products = found.sums, found.products
    if asked.average == "micro":  # all labels are taken for one
        sums, products = sums.sum(axis=1, keepdims=True), products.sum(axis=(1, 3), keepdims=True)
    base, true = np.array(mix) @ sums, sums[0] + sums[2]
    importance = true if asked.average == "weighted" else np.ones_like(true)
    if not base.any() or not importance.any():
        reason = "no label true" if base.any() else absent
        return undefined(reason, found)
    importance = importance / importance.sum()
    by_label = _share(sums[0], base)
    value = float(importance @ by_label)
    # A row adds zero on average, so the variance of what it adds is the mean square of that.
    gradient = _derivatives(sums, mix, weighted=asked.average == "weighted")
    square = float(np.einsum("ij,ijkl,kl", gradient, products, gradient))
    rows = _rows(found)
    variance = max(found.weight * square, 0.0) / rows
    alike = _independent_weight(sums, products, np.sign(mix), importance) or found.weight
    size = rows * (alike / found.weight)
    wrong = np.sign(mix) @ sums - sums[0]
    kish = np.full_like(base, rows / found.weight)
    parts = intervals.Parts.of(importance, sums[0], wrong, base - sums[0], max(mix[1:]), kish)
    interval = partial(intervals.averaged_interval, min(value, 1.0), variance, parts, size)
    return estimated(min(value, 1.0), interval, found.rows, "rows", confidence)


def _independent_weight(
    sums: Floats, products: Floats, concerned: Floats, importance: Floats
) -> float:
    """Return the weight of independent rows behind an average of labels all right, or all wrong.

    Such rows don't tell how mistakes depend on each other, so they are taken to come for all labels
    of a row together: 1 / sum(c_j c_k n_jk), with n_jk the weight of the rows that concern labels j
    and k, and c_k the importance of label k over n_kk. Zero where no row concerns any.
    """
    both = np.einsum("i,ijkl,k->jl", concerned, products, concerned)
    part = _share(importance, concerned @ sums)
    counted = importance[part > 0].sum()
    return float(counted**2 / (part @ both @ part)) if counted else 0.0


def _share(part: Floats, whole: Floats) -> Floats:
    """Return a part as a share of the whole; 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def _rows(found: LabelSums) -> float:
    return intervals.kish_size(found.weight, found.weight2)
