"""Whether two engines have found the same, and predictions to try it on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from model_checks.measure.model import Measurement
from model_checks.metrics import metrics_of
from model_checks.metrics.statistics import ConfusionCounts, RankSums
from support.sample_data import agreed

FEATURES = {
    "x": [1.5, 2.5, None, 4.0],
    "k": [1, 2, 3, 4],
    "c": ["a", None, "b", "a"],
    "b": [True, False, True, True],
    "d": pa.array([date(2013, 4, 1)] * 4, pa.date32()),
    "t": pa.array([np.datetime64("2013-04-01T12:30:00.500000")] * 4, pa.timestamp("us")),
    "y": [1.0, 2.0, 3.0, 5.0],
}


def in_order(ranks: RankSums) -> RankSums:
    """By label: engines return groups in any order."""
    order = np.argsort(ranks.labels)
    arrays = ("rows", "weight", "weight2", "sums", "products")
    kept: dict[str, Any] = {name: getattr(ranks, name)[order] for name in arrays}
    return replace(ranks, labels=tuple(np.array(ranks.labels)[order].tolist()), **kept)


def assert_alike(one: Any, other: Any) -> None:
    """Two values equal to 1e-12, and in all that is no number to the letter."""
    if isinstance(one, RankSums):
        one, other = in_order(one), in_order(other)
    if is_dataclass(one):
        assert type(one) is type(other)
        for field in fields(one):
            # Times and texts are written as the engine has them.
            if field.compare and field.name != "relation":
                assert_alike(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, Mapping):
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert_alike(value, other[key])
    elif isinstance(one, np.ndarray | float):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-300)
    elif isinstance(one, tuple | list):
        for part, its in zip(one, other, strict=True):
            assert_alike(part, its)
    else:
        assert one == other


def some(draws: np.random.Generator, values: Sequence[Any], rows: int) -> list[Any]:
    return [values[k] for k in draws.integers(0, len(values), rows)]


def logged(task: str, seed: int, rows: int = 500) -> tuple[dict[str, Any], dict[str, Any]]:
    """Predictions at random with ties among the scores, and the keys that name their columns.

    Scores of several classes add up to 1.
    """
    draws = np.random.default_rng(seed)
    columns: dict[str, Any] = {
        "g": some(draws, ["a", "b", "it's", "Ä:p0 %s", None], rows),
        "n": some(draws, [1.0, 1.5, -2.0, 1e17, float("nan")], rows),
        "b": some(draws, [True, False, None], rows),
        "w": some(draws, [0.0, 0.25, 1.0, 3.7], rows),
    }
    if task == "regression":
        columns["y"] = draws.normal(5, 3, rows).tolist()
        columns["p"] = (np.array(columns["y"]) + draws.standard_t(4, rows)).tolist()
        return columns, {"prediction": "p"}
    labels = ["stay", "go"] if task == "binary" else ["x", "y", "z"]
    columns["y"] = some(draws, labels, rows)
    columns["p"] = some(draws, labels, rows)
    scores = draws.integers(0, 40, (len(labels), rows)) / 40
    if task == "multiclass":
        scores = draws.multinomial(40, [1 / 3] * 3, rows).T / 40
    columns |= {f"s_{label}": score.tolist() for label, score in zip(labels, scores, strict=True)}
    if task == "binary":
        return columns, {"prediction": "p", "score": "s_go", "positive_label": "go"}
    return columns, {"prediction": "p", "score": {label: f"s_{label}" for label in labels}}


def logged_labels(read: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Predictions of three labels a row, under the key ``read``, with all metrics agreed on."""
    draws = np.random.default_rng(4)
    columns: dict[str, Any] = {f"y{k}": some(draws, [0, 1], 300) for k in range(3)}
    columns |= {f"p{k}": some(draws, [0, 1], 300) for k in range(3)}
    columns["g"] = some(draws, ["a", None], 300)
    thresholds = agreed(metrics_of("multilabel"))
    keys = {
        "task": "multilabel",
        "target": ["y0", "y1", "y2"],
        read: ["p0", "p1", "p2"],
        "thresholds": thresholds,
        "segments": [{"by": "g", "thresholds": thresholds}],
    }
    return columns, keys


def scores_of_two_types() -> Iterator[tuple[dict[str, Any], dict[str, Any], float]]:
    """Tenths in single precision and as decimals, with the keys and how many reach a threshold."""
    tenths = [k / 10 for k in range(11)]
    columns: dict[str, Any] = {"y": [0, 1] * 5 + [1], "single": np.array(tenths, np.float32)}
    columns["exact"] = pa.array([Decimal(f"{one:.1f}") for one in tenths], pa.decimal128(3, 1))
    thresholds = {"accuracy": 0.0, "log_loss": 99.0, "expected_calibration_error": 1.0}
    for threshold, score in ((0.7, "single"), (0.1, "single"), (0.7, "exact")):
        keys = {"score": score, "decision_threshold": threshold, "thresholds": thresholds}
        yield columns, keys, 11 - 10 * threshold


def predicted_positive(measurement: Measurement) -> float:
    """How many rows of a binary model were predicted to be positive."""
    confusion = measurement.statistics[()].of(ConfusionCounts)
    return float(confusion.rows[:, 1].sum())
