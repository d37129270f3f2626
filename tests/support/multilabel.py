"""Labels of several kinds a row at random, and every metric measured on them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics as sklearn_metrics

from model_checks.measure.model import Measurement
from model_checks.metrics.statistics import Floats, LabelSums, Statistics
from support.sample_data import label_columns, label_keys, measured

Columns = dict[str, Any]
Labels = NDArray[np.bool_]

AVERAGES = ("macro", "micro", "weighted")
SCORES: dict[str, Callable[..., float]] = {
    "precision": sklearn_metrics.precision_score,
    "recall": sklearn_metrics.recall_score,
    "f1": sklearn_metrics.f1_score,
}
BOUNDS = dict.fromkeys(("accuracy", *SCORES), 0.5)


def drawn(
    n: int, seed: int, *, labels: int = 4, shift: float = 0.7, wrong: float = 0.2
) -> tuple[Labels, Labels]:
    """Labels that depend on each other, and predictions of which some are wrong."""
    draw = np.random.default_rng(seed)
    true = draw.normal(size=(n, 1)) + draw.normal(size=(n, labels)) > shift
    return true, true ^ (draw.random(true.shape) < wrong)


def columns_of(n: int, seed: int, *, weighted: bool = False, **keys: Any) -> Columns:
    draw = np.random.default_rng(seed + 1000)
    true, predicted = drawn(n, seed, **keys)
    columns = label_columns(true.astype(int), predicted.astype(int))
    columns["g"] = draw.choice(["a", "b", "c"], n)
    if weighted:
        columns["w"] = draw.choice([0.0, 0.5, 1.0, 3.7], n) * draw.random(n)
    return columns


def everything(folder: Path, columns: Columns, **keys: Any) -> Measurement:
    """Every metric, overall and by segment, for the columns there are."""
    keys = {**label_keys(columns), "thresholds": BOUNDS, **keys}
    if "g" in columns:
        keys["segments"] = [{"by": "g", "thresholds": BOUNDS}]
    if "w" in columns:
        keys["weight"] = "w"
    elsewhere = isinstance(keys.get("data"), dict)  # where they have been written before
    return measured(folder, None if elsewhere else columns, **keys)


def parts(columns: Columns) -> Iterator[tuple[Any, Labels, Labels, Floats]]:
    """True, predicted and weight, of the whole and of each segment."""
    true, predicted = (
        np.column_stack([columns[name] for name in columns if name[0] == letter]).astype(bool)
        for letter in "yp"
    )
    weights = np.asarray(columns.get("w", np.ones(len(true))))
    yield (), true, predicted, weights
    for value in np.unique(columns["g"]):
        rows = columns["g"] == value
        yield (("g", str(value)),), true[rows], predicted[rows], weights[rows]


TWO: Columns = {"y0": [0, 1, 1], "y1": [1, 1, 0], "p0": [0, 1, 0], "p1": [1, 0, 0]}
TWO_KEYS = label_keys(TWO)
OTHER = "a column of task 'multilabel' has one other label"


def aggregates_of(true: Labels, predicted: Labels, weight: Floats | None = None) -> Statistics:
    """The sums that the engine would return."""
    w = np.ones(len(true)) if weight is None else weight
    outcomes = np.stack([true & predicted, ~true & predicted, true & ~predicted], axis=1)
    flat = outcomes.reshape(len(true), -1).astype(float)
    products = ((flat * w[:, None]).T @ flat).reshape(outcomes.shape[1:] * 2)
    names = tuple(f"y{k}" for k in range(true.shape[1]))
    exact = float(w[(true == predicted).all(axis=1)].sum())
    return Statistics.holding(
        len(true),
        LabelSums(names, len(true), w.sum(), (w**2).sum(), exact, products),
    )
