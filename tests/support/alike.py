"""Whether another engine finds what DuckDB does, and predictions to try it on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pytest

from model_checks.measure.curves import curves_of
from model_checks.measure.model import Measurement
from model_checks.metrics import metrics_of
from model_checks.metrics.statistics import ConfusionCounts, RankSums
from model_checks.predict import batches
from support.sample_data import (
    agreed,
    measured,
    python_model,
    python_module,
    reopened,
    settings_of,
)

FEATURES = {
    "x": [1.5, 2.5, None, 4.0],
    "k": [1, 2, 3, 4],
    "c": ["a", None, "b", "a"],
    "b": [True, False, True, True],
    "d": pa.array([date(2013, 4, 1)] * 4, pa.date32()),
    "t": pa.array([np.datetime64("2013-04-01T12:30:00.500000")] * 4, pa.timestamp("us")),
    "y": [1.0, 2.0, 3.0, 5.0],
}


class Elsewhere(Protocol):
    """Where tables are that are not read by DuckDB."""

    def write(self, table: str, columns: Mapping[str, Any]) -> None:
        """Make a table anew with these columns."""

    def data(self) -> dict[str, str]:
        """Name the table ``predictions`` as settings do."""


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


def assert_measured_alike(
    folder: Path, elsewhere: Elsewhere, columns: Mapping[str, Any], **keys: Any
) -> Measurement:
    """All that DuckDB measures on some columns, and what is measured elsewhere."""
    elsewhere.write("predictions", columns)
    here = measured(folder, columns, **keys)
    there = measured(folder, data=elsewhere.data(), **keys)
    assert_alike(here, there)
    return there


def assert_curves_alike(folder: Path, elsewhere: Elsewhere, task: str) -> None:
    """All that charts of a task are drawn from, of the whole and of a segment."""
    columns, keys = logged(task, seed=7)
    keys |= {"task": task, "segments": [{"by": "g", "thresholds": agreed(metrics_of(task))}]}
    drawn = []
    for data, given in read_from(elsewhere, columns):
        settings = settings_of(folder, given, data=data, **keys)
        predictions = measured(folder, given, data=data, **keys).predictions
        assert predictions is not None
        with reopened(settings, predictions) as engine:
            drawn.append({one: curves_of(engine, predictions, one) for one in [(), (("g", None),)]})
    assert_alike(*drawn)


def read_from(elsewhere: Elsewhere, columns: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The data and the columns of settings that read a file, and of those that read elsewhere."""
    elsewhere.write("predictions", columns)
    return [("data.parquet", columns), (elsewhere.data(), None)]


def assert_called_alike(folder: Path, elsewhere: Elsewhere) -> None:
    """A model is called with the same frame."""
    names = [name for name in FEATURES if name != "y"]
    shown = "[print(frame.dtypes.to_dict(), frame.values.tolist()), frame.k][1]"
    model = python_model(folder, shown, feature_names_in_=names)
    told = []
    for data, given in read_from(elsewhere, FEATURES):
        with redirect_stdout(StringIO()) as printed:
            measured(folder, given, data=data, task="regression", model=model)
        told.append(printed.getvalue())
    assert told[0] == told[1]


def called_in_batches(
    folder: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[int], Measurement]:
    """The sizes of the batches that a model is called with, of 250 rows a hundred at a time."""
    monkeypatch.setattr(batches, "BATCH_ROWS", 100)
    elsewhere.write("predictions", {"y": [float(k) for k in range(250)], "x": list(range(250))})
    model = python_model(folder, "[print(len(frame)), frame.x][1]")
    with redirect_stdout(StringIO()) as printed:
        there = measured(folder, task="regression", data=elsewhere.data(), model=model)
    return [int(size) for size in printed.getvalue().split()], there


def assert_function_alike(folder: Path, elsewhere: Elsewhere) -> None:
    """A function of the user's own gets the same rows."""
    function = python_module(
        folder,
        "def metric(y_true, y_pred, y_score, weight): return (y_true == y_pred).mean()",
        name="metric",
    )
    columns, keys = logged("binary", seed=6)
    own = {"metric": function["python"], "min": 0}
    keys |= {"thresholds": {"own": own}, "segments": [{"by": "g", "thresholds": {"own": own}}]}
    assert_measured_alike(folder, elsewhere, columns, weight="w", **keys)


def assert_asked_for(folder: Path, elsewhere: Elsewhere, name: str) -> None:
    """A column of any name, and a value of it, are found."""
    columns = {name: ["x", name, name], "y": ["x", name, "x"], "p": ["x", name, name]}
    segments = [{"by": name, "values": [name, "x"], "thresholds": {"accuracy": 0.5}}]
    keys: dict[str, Any] = {"task": "multiclass", "segments": segments}
    there = assert_measured_alike(folder, elsewhere, columns, **keys)
    assert {((name, name),), ((name, "x"),)} <= there.statistics.keys()


def assert_cut_alike(folder: Path, elsewhere: Elsewhere) -> None:
    """Scores are judged in their own type."""
    for columns, keys, positives in scores_of_two_types():
        there = assert_measured_alike(folder, elsewhere, columns, **keys)
        assert predicted_positive(there) == positives


def timed(zone: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Predictions of half an hour each, in a column ``t`` with or without a zone, and the keys."""
    columns, keys = logged("binary", seed=3)
    hours = np.datetime64("2013-04-28T00:00:00.000000") + np.arange(500) * np.timedelta64(30, "m")
    columns["t"] = pa.array(hours, pa.timestamp("us", zone))
    return columns, keys | {"time_column": "t", "window": "2d"}


def rows_fetched(engine: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each query of a class of engines returns, from now on."""
    fetched: list[int] = []
    run_as_ever = engine.run

    def run(self: Any, sql: str) -> list[Any]:
        rows: list[Any] = run_as_ever(self, sql)
        fetched.append(len(rows))
        return rows

    monkeypatch.setattr(engine, "run", run)
    return fetched


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
