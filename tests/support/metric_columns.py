"""Columns at random that every metric can be measured on, and what scikit-learn says of them."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics as sklearn_metrics

from model_checks.measure.model import Measurement
from model_checks.metrics import METRICS, AnyEstimate, Estimate, Undefined, metrics_of
from model_checks.metrics.statistics import Floats
from support.sample_data import BETA, agreed, label_columns, label_keys, measured

Columns = dict[str, Any]

ALL = [
    (metric.name, task, average)
    for metric in METRICS.values()
    for task, averages in metric.averages.items()
    for average in averages
]
"""Every metric with every task that has it, and every average."""
BINARY = [metric for metric, task, _ in ALL if task == "binary"]
MULTICLASS = [(metric, average) for metric, task, average in ALL if task == "multiclass"]


def each(task: str) -> list[tuple[str, str | None]]:
    """The metrics of a task with all their averages."""
    return [(metric, average) for metric, of_task, average in ALL if of_task == task]


def close_to(expected: Any) -> Any:
    """Equal to nine digits."""
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


def keys_of(task: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    """A model with every metric of a task, overall and by segment, for the columns there are."""
    bounds = agreed(metrics_of(task))
    keys: dict[str, Any] = {"task": task, "prediction": "p", "thresholds": bounds}
    if "g" in columns:
        keys["segments"] = [{"by": "g", "thresholds": bounds}]
    if "w" in columns:
        keys["weight"] = "w"
    if task == "binary":
        keys["score"] = "s"
    if task == "multilabel":
        keys |= label_keys(columns)
    if task == "multiclass":
        keys["score"] = {name.removeprefix("s_"): name for name in columns if name[:2] == "s_"}
    return keys


def everything(folder: Path, task: str, columns: Columns, **keys: Any) -> Measurement:
    return measured(folder, columns, **{**keys_of(task, columns), **keys})


def parts(columns: Columns) -> Iterator[tuple[Any, Columns]]:
    """The whole, and each segment, as columns of their own."""
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    yield (), arrays
    for value in np.unique(arrays["g"]) if "g" in arrays else ():
        rows = arrays["g"] == value
        yield (("g", str(value)),), {name: values[rows] for name, values in arrays.items()}


# Columns


def binary_columns(n: int, seed: int, *, share: float = 0.4, segments: int = 3) -> Columns:
    draw = np.random.default_rng(seed)
    true = (draw.random(n) < share).astype(int)
    score = 1 / (1 + np.exp(-draw.normal(1.5 * true - 0.7, 1)))
    names = np.array([f"g{k}" for k in range(segments)])
    return {
        "y": true,
        "p": (score >= 0.5).astype(int),
        "s": score,
        "g": names[draw.integers(segments, size=n)],
    }


def with_ties(columns: Columns) -> Columns:
    return {**columns, "s": np.round(columns["s"], 1)}


def with_weights(columns: Columns, seed: int) -> Columns:
    draw = np.random.default_rng(seed)
    n = len(columns["y"])
    return {**columns, "w": draw.choice([0.0, 0.5, 1.0, 3.7], size=n) * draw.random(n)}


def multiclass_columns(
    n: int, seed: int, *, shares: tuple[float, ...] = (0.5, 0.3, 0.2), decimals: int = 12
) -> Columns:
    draw = np.random.default_rng(seed)
    labels = np.array(["a", "b", "c", "d", "e"])[: len(shares)]
    true = draw.choice(len(shares), size=n, p=shares)
    scores = draw.random((n, len(shares)))
    scores[np.arange(n), true] += 0.4
    scores = np.round(scores / scores.sum(axis=1, keepdims=True), decimals)
    return {
        "y": labels[true],
        "p": labels[scores.argmax(axis=1)],
        **{f"s_{label}": scores[:, k] for k, label in enumerate(labels)},
        "g": np.array(["g0", "g1", "g2"])[draw.integers(3, size=n)],
    }


def adding_up(columns: Columns) -> Columns:
    """Scores that were rounded, so that they sum to one again, as scikit-learn wants them."""
    scores = [name for name in columns if name[:2] == "s_"]
    total = sum(columns[name] for name in scores)
    return {**columns, **{name: columns[name] / total for name in scores}}


def multilabel_columns(n: int, seed: int) -> Columns:
    draw = np.random.default_rng(seed)
    true = draw.normal(size=(n, 1)) + draw.normal(size=(n, 3)) > 0.7
    predicted = true ^ (draw.random((n, 3)) < 0.2)
    columns = label_columns(true.astype(int), predicted.astype(int))
    return {**columns, "g": draw.choice(["g0", "g1", "g2"], n)}


def regression_columns(n: int, seed: int) -> Columns:
    draw = np.random.default_rng(seed)
    true = draw.normal(10, 5, n)
    predicted = true + draw.laplace(0.3, 2, n)
    return {"y": true, "p": predicted, "g": np.array(["g0", "g1"])[draw.integers(2, size=n)]}


def whole(columns: Columns) -> Columns:
    return {**columns, "y": columns["y"].astype(int), "p": columns["p"].astype(int)}


def skewed(columns: Columns) -> Columns:
    return {**columns, "y": np.exp(columns["y"] / 3), "p": np.exp(columns["p"] / 3)}


def taken(columns: Columns, rows: NDArray[np.int_]) -> Columns:
    return {name: np.asarray(values)[rows] for name, values in columns.items()}


ALL_COLUMNS: dict[str, Columns] = {
    "binary": with_ties(binary_columns(300, 50)),
    "multiclass": adding_up(multiclass_columns(300, 51, decimals=1)),
    "multilabel": multilabel_columns(300, 53),
    "regression": regression_columns(300, 52),
}


# What scikit-learn says, None where the metric is undefined.


def calibration_error(true: Floats, confidence: Floats, sample_weight: Floats) -> float:
    """The bins of scikit-learn's calibration curve, which does not tell how many rows they hold."""
    bins = np.searchsorted(np.linspace(0, 1, 16)[1:-1], confidence)
    gaps = np.bincount(bins, sample_weight * (true - confidence), minlength=15)
    return float(np.abs(gaps).sum() / sample_weight.sum())


def largest_error(true: Floats, predicted: Floats, sample_weight: Floats) -> float:
    counted = sample_weight > 0
    return float(sklearn_metrics.max_error(true[counted], predicted[counted]))


def bias(true: Floats, predicted: Floats, sample_weight: Floats) -> float:
    return float(np.average(predicted - true, weights=sample_weight))


SKLEARN: dict[str, Callable[..., float]] = {
    "accuracy": sklearn_metrics.accuracy_score,
    "precision": sklearn_metrics.precision_score,
    "recall": sklearn_metrics.recall_score,
    "f1": sklearn_metrics.f1_score,
    "balanced_accuracy": sklearn_metrics.balanced_accuracy_score,
    "specificity": partial(sklearn_metrics.recall_score, pos_label=False),
    "npv": partial(sklearn_metrics.precision_score, pos_label=False),
    "fbeta": partial(sklearn_metrics.fbeta_score, beta=BETA),
    "mcc": sklearn_metrics.matthews_corrcoef,
    "cohen_kappa": sklearn_metrics.cohen_kappa_score,
    "roc_auc": sklearn_metrics.roc_auc_score,
    "average_precision": sklearn_metrics.average_precision_score,
    "log_loss": sklearn_metrics.log_loss,
    "brier": sklearn_metrics.brier_score_loss,
    "expected_calibration_error": calibration_error,
    "mae": sklearn_metrics.mean_absolute_error,
    "rmse": sklearn_metrics.root_mean_squared_error,
    "max_error": largest_error,
    "mape": sklearn_metrics.mean_absolute_percentage_error,
    "median_absolute_error": sklearn_metrics.median_absolute_error,
    "mean_error": bias,
    "r2": sklearn_metrics.r2_score,
    "explained_variance": sklearn_metrics.explained_variance_score,
}


def weights_of(columns: Columns) -> Floats:
    weights: Floats = np.asarray(columns.get("w", np.ones(len(columns["y"]))), dtype=float)
    return weights


SCORED = {"log_loss", "brier", "expected_calibration_error"}


def binary_reference(metric: str, columns: Columns, positive: object = 1) -> float | None:
    true, predicted = columns["y"] == positive, columns["p"] == positive
    weights = weights_of(columns)
    needed = {
        "precision": predicted,
        "recall": true,
        "specificity": ~true,
        "npv": ~predicted,
        "f1": true | predicted,
        "fbeta": true | predicted,
    }
    if not weights[needed.get(metric, np.ones_like(true))].any():
        return None
    if metric in ("roc_auc", "average_precision"):
        if not (weights[true].any() and weights[~true].any()):
            return None
        return SKLEARN[metric](true, columns["s"], sample_weight=weights)
    if metric in SCORED:
        how: dict[str, dict[str, Any]] = {
            "log_loss": {"labels": [False, True]},
            "brier": {"pos_label": True},
        }
        scores = np.asarray(columns["s"], dtype=float)
        return SKLEARN[metric](true, scores, sample_weight=weights, **how.get(metric, {}))
    if metric in AGREEMENT and not several_labels(true, predicted, weights):
        return None
    return SKLEARN[metric](true, predicted, sample_weight=weights)


AGREEMENT = {"mcc", "cohen_kappa"}


def several_labels(true: Any, predicted: Any, weights: Floats) -> bool:
    return all(len(np.unique(labels[weights > 0])) > 1 for labels in (true, predicted))


def multiclass_reference(
    metric: str, average: str | None, columns: Columns, labels: list[Any]
) -> float | None:
    true, predicted, weights = columns["y"], columns["p"], weights_of(columns)
    if metric in AGREEMENT and not several_labels(true, predicted, weights):
        return None
    how: dict[str, Any] = {} if average is None else {"average": average}
    if metric in SCORED or metric == "roc_auc":
        if metric == "roc_auc":
            there = [weights[true == label].any() for label in labels]
            if sum(there) < 2 or (average == "macro" and not all(there)):
                return None
        scores = np.column_stack([columns[f"s_{label}"] for label in labels])
        if metric == "expected_calibration_error":
            true, scores = true == np.array(labels)[scores.argmax(axis=1)], scores.max(axis=1)
        else:
            how["labels"] = labels
        if metric == "roc_auc":
            how["multi_class"] = "ovr"
        return SKLEARN[metric](true, scores, sample_weight=weights, **how)
    if average is not None:
        how["zero_division"] = 0.0
    return SKLEARN[metric](true, predicted, sample_weight=weights, **how)


def regression_reference(metric: str, columns: Columns) -> float | None:
    true, predicted = (np.asarray(columns[name], dtype=float) for name in "yp")
    weights = weights_of(columns)
    counted = weights > 0
    if not counted.any() or (metric == "mape" and not true[counted].all()):
        return None
    if metric in ("r2", "explained_variance") and not np.ptp(true[counted]):
        return None
    return SKLEARN[metric](true, predicted, sample_weight=weights)


def multilabel_reference(metric: str, average: str | None, columns: Columns) -> float:
    true, predicted = (
        np.column_stack([columns[name] for name in columns if name[0] == letter]) for letter in "yp"
    )
    how: dict[str, Any] = {"average": average, "zero_division": 0.0} if average else {}
    weights = np.asarray(columns.get("w", np.ones(len(true))), dtype=float)
    return SKLEARN[metric](true, predicted, sample_weight=weights, **how)


def reference(metric: str, task: str, average: str | None, columns: Columns) -> float | None:
    """What scikit-learn says of a metric of a model of any task."""
    if task == "binary":
        return binary_reference(metric, columns)
    if task == "multiclass":
        labels = [name.removeprefix("s_") for name in columns if name[:2] == "s_"]
        return multiclass_reference(metric, average, columns, labels)
    if task == "multilabel":
        return multilabel_reference(metric, average, columns)
    return regression_reference(metric, columns)


def assert_equal(found: AnyEstimate, expected: float | None) -> None:
    if expected is None:
        assert isinstance(found, Undefined)
    else:
        assert isinstance(found, Estimate)
        assert found.value == close_to(expected)
