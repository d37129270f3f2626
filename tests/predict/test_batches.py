"""Batches of rows: of which sizes a model is given them, and that they are as good as one."""

from pathlib import Path
from typing import Any

import pytest
import skops.io
from sklearn.linear_model import LinearRegression, LogisticRegression
from support.called_models import answer, frame, given, labels, refusal
from support.sample_data import (
    agreed,
    complaint,
    damaged_parquet,
    estimated,
    measured,
    python_model,
)

from model_checks.metrics import metrics_of
from model_checks.predict import batches


def test_rows_that_are_not_judged_are_not_predicted(tmp_path: Path) -> None:
    columns = {"a": [1, 2, 3], "y": [None, 1, 0]}
    assert given(tmp_path, columns, features="a") == "[['a'], [[2], [3]]]"


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("size", [1, 7, 300])
def test_several_batches_are_as_good_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, size: int
) -> None:
    rows = frame(301 if size == 300 else 20)
    true = labels(rows, 3 if task == "multiclass" else 2)
    if task == "regression":
        true = true + 1  # of a target of 0 there is no share
        skops.io.dump(LinearRegression().fit(rows, true), tmp_path / "m.skops")
    else:
        skops.io.dump(LogisticRegression().fit(rows, true), tmp_path / "m.skops")
    columns = {"y": true, "a": rows["a"].to_numpy(), "b": rows["b"].to_numpy()}
    keys: dict[str, Any] = {"task": task, "model": "m.skops"}
    keys["thresholds"] = agreed(metrics_of(task))
    whole = measured(tmp_path, columns, **keys)
    monkeypatch.setattr(batches, "BATCH_ROWS", size)
    parted = measured(tmp_path, columns, **keys)
    for metric in metrics_of(task):
        one, other = estimated(parted, metric), estimated(whole, metric)
        for name in ("value", "low", "high"):  # sums may be rounded otherwise
            assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-12)


def test_no_batch_is_larger_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 3)
    assert answer(tmp_path, "[int(len(frame) <= 3)] * len(frame)") == ["1"] * 4


def sizes(folder: Path, rows: int) -> list[int]:
    """How many rows a model is given at each call."""
    told = folder / "sizes"
    model = python_model(folder, f"frame.x + os.system(f'echo {{len(frame)}} >> {told}')")
    module = folder / f"{model['python'].partition(':')[0]}.py"
    module.write_text(f"import os\n{module.read_text()}")
    labels = [0, 1] * (rows // 2)
    measured(folder, {"y": labels, "x": labels}, model=model)
    return [int(size) for size in told.read_text().split()]


def test_batches_are_small_at_first(tmp_path: Path) -> None:
    assert sizes(tmp_path, 30_000) == [1_024, 4_096, 16_384, 8_496]


def test_batches_of_wide_rows_are_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_MOST_CELLS", 10)
    assert sizes(tmp_path, 22) == [10, 10, 2]


@pytest.mark.parametrize(
    ("task", "predict", "expected"),
    [
        ("binary", "frame.x if frame.x.sum() else frame.x.astype(str)", ["0", "1", "0", "1"]),
        ("binary", "frame.x if frame.x.sum() else [False] * len(frame)", ["0", "1", "0", "1"]),
        ("regression", "frame.x if frame.x.sum() > 2 else [2] * len(frame)", [2, 2, 3, 5]),
    ],
)
def test_answers_may_change_their_type_from_batch_to_batch(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    task: str,
    predict: str,
    expected: list[Any],
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 1)
    assert answer(tmp_path, predict, task=task) == expected


def test_a_model_that_fails_in_a_later_batch_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 1)
    assert refusal(tmp_path, "{0: [0]}[int(frame.x.iloc[0])]") == "predict raised KeyError: 1"


def test_a_column_that_goes_bad_in_the_middle_is_told(tmp_path: Path) -> None:
    model = python_model(tmp_path, "[0] * len(frame)")
    damaged_parquet(tmp_path / "data.parquet", "x")
    assert complaint(tmp_path, model=model).startswith("DuckDB: ")
