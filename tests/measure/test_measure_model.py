"""A model with all its checks: what is counted, and that a mistake is a result, never raised."""

import json
import math
import pkgutil
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pyarrow as pa
import pytest
from support.sample_data import (
    AS_OF,
    agreed,
    complaint,
    measured,
    measurement_of,
    python_model,
    results_of,
    settings_of,
    valued,
    write_data,
)

from model_checks.data.model_rows import ModelRows
from model_checks.errors import DataError
from model_checks.judging.verdict import Verdict
from model_checks.measure.model import moment_of
from model_checks.metrics import metrics_of
from model_checks.pipeline import judge
from model_checks.settings import load_settings
from model_checks.store.results_json import result_as_json, run_as_json

NAN, INF = float("nan"), float("inf")
ALL_BINARY = agreed(metrics_of("binary"))
COLUMNS = {
    "y": [0, 1, 1, 0, 1],
    "p": [0, 1, 0, 0, 1],
    "s": [0.1, 0.9, 0.4, 0.3, 0.8],
    "g": ["a", "a", "b", "b", None],
}
SEGMENTS = [{"by": "g", "thresholds": {"accuracy": 0.5}}]


def messages(folder: Path, columns: dict[str, Any] | None = None, **keys: Any) -> dict[str, str]:
    """The verdict on each check and why, by the check's id without the model's name."""
    return {
        result.check.id.removeprefix("m-"): f"{result.verdict}: "
        + result.message.removeprefix(f"{result.check.label}: ")
        for result in results_of(folder, columns, **keys)
    }


# When


def test_the_nearest_moment_counts(tmp_path: Path) -> None:
    now, given, own, default = (datetime(2013, month, 1, tzinfo=UTC) for month in range(1, 5))
    keys: dict[str, Any] = {"time_column": "t", "defaults": {"as_of": default}}
    both = settings_of(tmp_path, as_of=own, **keys)
    assert moment_of(both, "m", given, now) == given
    assert moment_of(both, "m", None, now) == own
    one = settings_of(tmp_path, **keys)
    assert moment_of(one, "m", None, now) == default
    assert moment_of(settings_of(tmp_path), "m", None, now) == now


def test_models_of_one_run_may_be_judged_at_their_own_moments(tmp_path: Path) -> None:
    write_data(tmp_path / "data.parquet", {"y": [0, 1], "p": [0, 1], "t": [date(2013, 1, 1)] * 2})
    model = (
        '[models.{}]\ntask = "binary"\ndata = "data.parquet"\ntarget = "y"\nprediction = "p"\n'
        'time_column = "t"\nas_of = {}\nmin_rows = 1\nthresholds = {{ accuracy = 0.5 }}\n'
    )
    path = tmp_path / "thresholds.toml"
    path.write_text(model.format("early", "2013-01-01") + model.format("late", "2013-01-02"))
    early, late = judge(load_settings(path)).results
    assert (early.verdict, late.verdict) == (Verdict.NO_DATA, Verdict.PASS)


# What is told of the rows


def test_facts_count_the_rows_of_the_window(tmp_path: Path) -> None:
    columns = {
        "y": [0, None, 1, NAN, 1],
        "p": [0, 0, 1, 1, 1],
        "t": [date(2013, 4, 30)] * 3 + [date(2013, 4, 29), date(2013, 3, 1)],
    }
    facts = measured(tmp_path, columns, time_column="t", window="2d").facts
    assert (facts.rows, facts.labelled, facts.dropped) == (4, 2, 2)
    assert (facts.window_start, facts.window_end) == (AS_OF - timedelta(days=2), AS_OF)
    assert (facts.task, facts.source, facts.sha256) == ("binary", "logged predictions", None)


def test_facts_are_told_of_a_model_that_failed_as_far_as_they_are_known(tmp_path: Path) -> None:
    model = python_model(tmp_path, "1 / 0")
    settings = settings_of(tmp_path, {"y": [0, 1], "x": [0, 1]}, model=model)
    facts = measurement_of(settings, tmp_path).facts
    assert (facts.rows, facts.labelled, facts.source) == (2, 2, model["python"])
    assert facts.error == (
        f"model {model['python']!r}: predict raised ZeroDivisionError: division by zero"
    )


def test_the_figures_of_a_segment_are_those_of_its_rows_alone(tmp_path: Path) -> None:
    told = messages(tmp_path, COLUMNS, segments=SEGMENTS)
    assert told == {
        "accuracy": "PASS: 0.800 (95 % interval 0.376 to 0.964, Wilson, 5 rows) "
        "is at least the agreed 0.500",
        "accuracy-g=a": "PASS: 1.000 (95 % interval 0.342 to 1.000, Wilson, 2 rows) "
        "is at least the agreed 0.500",
        "accuracy-g=b": "PASS: 0.500 (95 % interval 0.095 to 0.905, Wilson, 2 rows) "
        "is at least the agreed 0.500",
        "accuracy-g=~null": "PASS: 1.000 (95 % interval 0.207 to 1.000, Wilson, 1 row) "
        "is at least the agreed 0.500",
    }


def test_segments_are_found_with_their_rows(tmp_path: Path) -> None:
    segments = [*SEGMENTS, {"by": "y", "values": [1], "thresholds": {"recall": 0.5}}]
    settings = settings_of(tmp_path, COLUMNS, segments=segments)
    with ModelRows(settings, "m", AS_OF) as rows:
        [(by, counts)] = rows.find_segments(positives=True).items()
    assert by == ("g",)
    assert counts == {(("g", "a"),): (2, 1), (("g", "b"),): (2, 1), (("g", None),): (1, 1)}


def test_data_is_not_read_to_find_segments_that_are_listed(tmp_path: Path) -> None:
    listed = [{"by": "g", "values": ["a"], "thresholds": {"recall": 0.5}}]
    assert ModelRows(settings_of(tmp_path, segments=listed), "m", AS_OF).find_segments() == {}


def test_segments_of_data_that_cannot_be_read_are_an_error(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, segments=SEGMENTS)
    with pytest.raises(DataError, match=r"^data 'data.parquet': no such file in "):
        ModelRows(settings, "m", AS_OF).find_segments()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (["a", "b"], "a"),
        ([True, False], True),
        ([1, 2], 1),
        ([1.0, 2.0], 1),
        ([1.5, 2.5], 1.5),
        ([Decimal("1.50"), Decimal("2.00")], 1.5),
        ([date(2013, 1, 1), date(2013, 1, 2)], "2013-01-01"),
    ],
)
def test_a_listed_value_finds_its_rows(tmp_path: Path, column: list[Any], value: Any) -> None:
    segments = [{"by": "g", "values": [value], "thresholds": {"accuracy": 0.5}}]
    columns = {"y": [1, 0], "p": [1, 1], "g": column}
    _, found = results_of(tmp_path, columns, segments=segments)
    assert (valued(found.estimate).n, valued(found.estimate).value) == (1, 1.0)


def test_a_listed_value_without_rows_has_no_data(tmp_path: Path) -> None:
    segments = [{"by": "g", "values": ["z"], "thresholds": {"accuracy": 0.5}}]
    told = messages(tmp_path, COLUMNS, segments=segments)
    assert told["accuracy-g=z"] == (
        "NO_DATA: 0 labelled rows, at least 1 are needed; the values of g: 'a', 'b'"
    )


# NO_DATA: nothing to judge, or nothing to compute


def test_an_empty_window_has_no_data_for_every_check(tmp_path: Path) -> None:
    columns = {**COLUMNS, "t": [date(2013, 1, 1)] * 5}
    keys = {"time_column": "t", "window": "30d", "thresholds": ALL_BINARY, "score": "s"}
    told = messages(tmp_path, columns, prediction="p", segments=SEGMENTS, **keys)
    why = (
        "NO_DATA: no row in the window from 2013-04-01 00:00:00 to 2013-05-01 00:00:00; "
        "t runs from 2013-01-01 to 2013-01-01"
    )
    assert set(told) == {*ALL_BINARY, "accuracy-g=*"}
    assert set(told.values()) == {why}


def test_no_labelled_row_has_no_data(tmp_path: Path) -> None:
    columns = {"y": pa.array([None, None], "int64"), "p": [0, 1]}
    assert messages(tmp_path, columns) == {
        "accuracy": "NO_DATA: no labelled row among the 2 rows in the window"
    }


def test_a_model_is_not_loaded_for_nothing(tmp_path: Path) -> None:
    columns = {"y": pa.array([None], "int64"), "x": [0]}
    assert messages(tmp_path, columns, model="absent.skops") == {
        "accuracy": "NO_DATA: no labelled row among the 1 rows in the window"
    }


@pytest.mark.parametrize(
    ("columns", "metric", "why"),
    [
        ({"y": [0, 1], "p": [0, 0]}, "precision", "no row predicted 1"),
        ({"y": [0, 0], "p": [0, 1]}, "recall", "no row with label 1"),
        ({"y": [0, 0], "p": [0, 0]}, "f1", "no row with label 1, none predicted 1"),
        ({"y": [0, 0], "p": [0, 1]}, "roc_auc", "only one class, no row with label 1"),
        (
            {"y": [1, 1], "p": [0, 1]},
            "roc_auc",
            "only one class, no row with another label than 1",
        ),
        ({"y": [0, 1], "p": [0, 1], "w": [0.0, 0.0]}, "accuracy", "no weight above 0"),
        ({"y": [0, 1], "p": [0, 1], "w": [1, 0]}, "recall", "no weight above 0"),
        ({"y": [0, 1], "p": [0, 1], "w": [1, 0]}, "roc_auc", "only one class, no row with label 1"),
    ],
)
def test_an_undefined_metric_has_no_data(
    tmp_path: Path, columns: dict[str, Any], metric: str, why: str
) -> None:
    keys: dict[str, Any] = {"thresholds": {metric: 0.5}, "score": "s", "prediction": "p"}
    if "w" in columns:
        keys["weight"] = "w"
    [told] = messages(tmp_path, {**columns, "s": [0.4, 0.6]}, **keys).values()
    assert told == f"NO_DATA: undefined, {why} among 2 labelled rows"


def test_a_class_that_is_never_true_leaves_the_auc_of_all_classes_undefined(tmp_path: Path) -> None:
    columns = {"y": ["a", "b"], "s_a": [0.5, 0.2], "s_b": [0.2, 0.5], "s_c": [0.3, 0.3]}
    keys = {"task": "multiclass", "score": {x: f"s_{x}" for x in "abc"}}
    assert messages(tmp_path, columns, thresholds={"roc_auc": 0.5}, **keys) == {
        "roc_auc": "NO_DATA: undefined, only one class, no row with label c among 2 labelled rows"
    }


@pytest.mark.parametrize("metric", ["mae", "rmse"])
def test_regression_without_weight_has_no_data(tmp_path: Path, metric: str) -> None:
    columns = {"y": [0.0, 1.0], "p": [0.0, 1.0], "w": [0, 0]}
    keys = {"task": "regression", "thresholds": {metric: 1.0}, "weight": "w"}
    assert messages(tmp_path, columns, **keys) == {
        metric: "NO_DATA: undefined, no weight above 0 among 2 labelled rows"
    }


# Numbers that no JSON can hold


def test_a_limit_that_is_infinite_is_null_in_json(tmp_path: Path) -> None:
    columns = {"y": [0.0, 0.0], "p": [1e60, -2e60]}
    keys: dict[str, Any] = {"task": "regression", "thresholds": {"rmse": 1e61}}
    run = judge(settings_of(tmp_path, columns, **keys), as_of=AS_OF)
    [result] = run.results
    assert result.verdict is Verdict.PASS
    told = result_as_json(result)
    assert told["value"] == pytest.approx(math.sqrt(2.5) * 1e60)
    assert (told["low"], told["high"]) == (0, None)
    assert json.loads(run_as_json(run))["checks"] == [told]


@pytest.mark.parametrize("rule", ["estimate", "confident", "tolerant"])
def test_an_interval_without_end_proves_nothing(tmp_path: Path, rule: str) -> None:
    columns = {"y": [0.0], "p": [1.0]}
    keys = {"task": "regression", "thresholds": {"mae": {"max": 2.0, "rule": rule}}}
    [result] = results_of(tmp_path, columns, **keys)
    expected = Verdict.PASS if rule == "estimate" else Verdict.INCONCLUSIVE
    assert result.verdict is expected


# Mistakes end in one sentence for every check of the model


def test_a_mistake_is_the_result_of_every_check_of_its_model_and_of_no_other(
    tmp_path: Path,
) -> None:
    write_data(tmp_path / "good.parquet", COLUMNS)
    model = (
        '[models.{0}]\ntask = "binary"\ndata = "{0}.parquet"\ntarget = "y"\nprediction = "p"\n'
        'score = "s"\nmin_rows = 1\nthresholds = {{ accuracy = 0.5, roc_auc = 0.5 }}\n'
        '[[models.{0}.segments]]\nby = "g"\nthresholds = {{ recall = 0.1 }}\n'
    )
    path = tmp_path / "thresholds.toml"
    path.write_text(model.format("absent") + model.format("good"))
    results = judge(load_settings(path), as_of=AS_OF).results
    absent = {result.message for result in results if result.check.model == "absent"}
    why = f"data 'absent.parquet': no such file in {tmp_path}"
    assert absent == {f"absent-{check}: {why}" for check in ("accuracy", "roc_auc", "recall-g=*")}
    good = [result.verdict for result in results if result.check.model == "good"]
    assert good == [Verdict.PASS, Verdict.PASS, Verdict.PASS, Verdict.FAIL, Verdict.PASS]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"data": "gone.csv"}, "data 'gone.csv': no such file in FOLDER"),
        ({"data": "*.csv"}, "data '*.csv': no such file in FOLDER"),
        ({"data": "empty.csv"}, "data 'empty.csv': FOLDER/empty.csv is an empty file"),
        ({"data": "header.csv"}, "data 'header.csv': has no rows"),
        (
            {"data": "folder.parquet"},
            (
                "data 'folder.parquet': FOLDER/folder.parquet is a folder; "
                "name its files, as in '*.parquet'"
            ),
        ),
        ({"target": "z"}, "data 'data.parquet': target 'z' is no column; known: g, p, s, y"),
        ({"model": "m.skops"}, "model 'm.skops': no such file in FOLDER"),
        ({"model": "empty.csv"}, "model 'empty.csv': the file is empty"),
        (
            {"model": "joblib.skops"},
            (
                "model 'joblib.skops': is no skops file, or a part of one; "
                "a file of another format must be named so, as in { joblib = ... }"
            ),
        ),
        (
            {"model": {"python": "absent_module:model"}},
            (
                "model 'absent_module:model': can't be loaded, "
                "it raised ModuleNotFoundError: No module named 'absent_module'"
            ),
        ),
    ],
)
def test_mistakes_are_told_in_one_sentence(tmp_path: Path, keys: dict[str, Any], told: str) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "folder.parquet").mkdir()
    joblib.dump([1], tmp_path / "joblib.skops")
    write_data(tmp_path / "data.parquet", COLUMNS)
    write_data(tmp_path / "header.csv", {"y": [], "p": []})
    if keys.get("data") == "*.csv":
        (tmp_path / "empty.csv").unlink()
        (tmp_path / "header.csv").unlink()
    keys = {"segments": [{"by": "y", "thresholds": {"accuracy": 0.5}}], **keys}
    assert complaint(tmp_path, **keys) == told


ODD: dict[str, Any] = {
    "whole numbers": [0, 1, 1, 0],
    "floats": [0.0, 1.0, 1.0, 0.5],
    "NaN": [NAN] * 4,
    "infinity": [0.0, INF, -INF, 1.0],
    "nulls": pa.nulls(4),
    "words": ["a", "b", "a", None],
    "truth": [True, False, None, True],
    "decimals": [Decimal("1.5"), Decimal("0.5"), None, Decimal(1)],
    "wide decimals": pa.array([1, 0, 1, 0]).cast(pa.decimal256(60, 20)),
    "dates": [date(2013, 1, 1), date(9999, 12, 31), date(1, 1, 1), None],
    "far dates": pa.array([2**31 - 2, -(2**31) + 2, 0, 1], pa.int32()).cast(pa.date32()),
    "times": pa.array([0, 2**62, -(2**62), 1], pa.timestamp("us")),
    "zoned times": pa.array([0, 2**60, -(2**60), 1], pa.timestamp("us", "Asia/Tokyo")),
    "nanoseconds": pa.array([0, 2**62, 1, 1], pa.timestamp("ns")),
    "times of day": pa.array([0, 1, 2, 3], pa.time64("us")),
    "intervals": pa.array([0, 1, 2, 3], pa.duration("us")),
    "bytes": [b"\xff\xfe", b"", b"a", None],
    "lists": [[1], [], None, [1, 2]],
    "structures": [{"a": 1}, {"a": None}, None, {"a": 2}],
    "dictionary": pa.array(["a", "b", "a", "b"]).dictionary_encode(),
    "half floats": pa.array(np.array([0, 1, 1, 0], dtype=np.float16)),
    "unsigned": pa.array([0, 2**64 - 1, 1, 0], pa.uint64()),
    "extremes": [5e-324, 1.7e308, -1.7e308, 0.0],
}


# For the role that the column is given, the tasks of the models that are called, or logged.
CALLED = {"y": ["binary"], "g": ["multiclass"], "x": ["binary", "regression"]}
LOGGED = {
    "y": ["multiclass", "regression"],
    "p": ["binary", "regression"],
    "s": ["binary"],
    "w": ["regression"],
    "t": ["regression"],
}


@pytest.mark.parametrize("role", [*"ypswgtx"])
@pytest.mark.parametrize("kind", ODD)
def test_no_column_makes_measuring_raise(tmp_path: Path, kind: str, role: str) -> None:
    columns: dict[str, Any] = {"y": [0, 1, 1, 0], "p": [0, 1, 0, 0], "s": [0.1, 0.9, 0.5, 0.5]}
    columns |= {"w": [1.0, 2.0, 0.5, 1.0], "g": ["a", "b", "a", "b"], "x": [0, 1, 1, 0]}
    columns |= {"s1": [0.9, 0.1, 0.2, 0.5], "t": [date(2013, 4, 30)] * 4, role: ODD[kind]}
    write_data(tmp_path / "data.parquet", columns)
    proba = "np.full((len(frame), 2), 0.5)"
    model = python_model(tmp_path, "list(frame.x)", proba, classes_=["0", "1"])
    runs: list[tuple[str, dict[str, Any]]] = [
        (task, {"model": model}) for task in CALLED.get(role, [])
    ]
    for task in LOGGED.get(role, []):
        scores = {"binary": "s", "multiclass": {"0": "s", "1": "s1"}, "regression": None}
        score = {"score": scores[task]} if scores[task] else {}
        runs.append((task, {"prediction": "p", **score}))
    for task, source in runs:
        metrics = agreed(metrics_of(task))
        keys = {**source, "weight": "w", "time_column": "t", "thresholds": metrics}
        keys["segments"] = [{"by": "g", "thresholds": metrics}]
        for result in results_of(tmp_path, task=task, **keys):
            assert "\n" not in result.message
            json.dumps(result_as_json(result), allow_nan=False)


def test_a_segmentation_by_a_column_of_a_million_values_is_an_error_with_the_number(
    tmp_path: Path,
) -> None:
    rows = np.arange(1_000_000)
    columns = {"y": rows % 2, "p": rows % 2, "user": rows}
    segments = [{"by": "user", "thresholds": {"accuracy": 0.5}}]
    assert complaint(tmp_path, columns, segments=segments) == (
        "segments by user: 1,000,000 values, more than max_segments = 1,000; "
        "list the values to judge, or raise max_segments"
    )


def test_listed_values_of_such_a_column_are_judged_alone(tmp_path: Path) -> None:
    rows = np.arange(100_000)
    columns = {"y": rows % 2, "p": rows % 2, "user": rows}
    segments = [{"by": "user", "values": [7, 99_999], "thresholds": {"accuracy": 0.5}}]
    measurement = measured(tmp_path, columns, segments=segments)
    assert set(measurement.statistics) == {(), (("user", "7"),), (("user", "99999"),)}


@pytest.mark.parametrize("step", ["model.find_predictions", "predictors.find_statistics"])
def test_rows_that_come_while_they_are_read_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Before the whole is counted by its labels, and before segments are."""
    come_before(
        monkeypatch,
        f"model_checks.measure.{step}",
        tmp_path,
        {name: [*v, v[0]] for name, v in COMING.items()},
    )
    assert complaint(tmp_path, COMING, segments=SEGMENTS) == (
        "3 labelled rows became 4 while the rows were read; "
        "judge rows that stand still, as by a window that is over"
    )


def test_a_label_that_comes_while_the_rows_are_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_before(
        monkeypatch,
        "model_checks.measure.predictors.find_statistics",
        tmp_path,
        {**COMING, "y": [0, 1, 2]},
    )
    told = complaint(tmp_path, COMING, segments=SEGMENTS)
    assert told.startswith("'2' came while the rows were read; ")


COMING: dict[str, Any] = {"y": [0, 1, 1], "p": [0, 1, 0], "g": ["a", "b", "b"]}


def come_before(
    monkeypatch: pytest.MonkeyPatch, step: str, folder: Path, rows: Mapping[str, Any]
) -> None:
    """Have other rows lie there from a step of the measuring on."""
    take = pkgutil.resolve_name(step)

    def later(*given: Any) -> Any:
        write_data(folder / "data.parquet", rows)
        return take(*given)

    monkeypatch.setattr(step, later)
