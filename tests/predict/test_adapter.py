"""Calling deployed models: what they may answer, what they may not, and how mistakes are told."""

import hashlib
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from support.called_models import PROBA, ROWS, answer, frame, labels, refusal
from support.sample_data import agreed, estimated, measured, python_model, rows_of

from model_checks.metrics import metrics_of

# Real models


@pytest.mark.parametrize("loader", ["skops", "joblib"])
@pytest.mark.parametrize("words", [None, ["no", "yes"], [False, True], [0.0, 1.0]])
def test_a_pipeline_judged_is_what_the_pipeline_answers(
    tmp_path: Path, loader: str, words: list[Any] | None
) -> None:
    rows = frame()
    true = labels(rows) if words is None else np.array(words)[labels(rows)]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, true)
    path = tmp_path / f"m.{loader}"
    {"skops": skops.io.dump, "joblib": joblib.dump}[loader](model, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    named: Any = path.name
    if loader == "joblib":
        named = {"joblib": path.name, "allow_pickle": True, "sha256": sha256}
    positive = "yes" if words == ["no", "yes"] else 1
    thresholds = agreed(metrics_of("binary"))
    columns = {"y": true, "other": true, **{name: rows[name].to_numpy() for name in ("a", "b")}}
    keys = {"thresholds": thresholds, "positive_label": positive}
    called = measured(tmp_path, columns, model=named, **keys)
    assert (called.facts.source, called.facts.sha256) == (path.name, sha256)
    score = model.predict_proba(rows)[:, 1]
    log = {"y": true, "p": model.predict(rows), "s": score}
    logged = measured(tmp_path, log, score="s", prediction="p", **keys)
    for metric in metrics_of("binary"):
        assert estimated(called, metric) == estimated(logged, metric)


def test_a_model_of_several_classes_is_judged_by_all_its_scores(tmp_path: Path) -> None:
    rows = frame()
    true = np.array(["low", "mid", "top"])[labels(rows, 3)]
    model = LogisticRegression().fit(rows, true)
    skops.io.dump(model, tmp_path / "m.skops")
    keys: dict[str, Any] = {"task": "multiclass"}
    keys["thresholds"] = agreed(metrics_of("multiclass"))
    columns = {"y": true, "a": rows["a"].to_numpy(), "b": rows["b"].to_numpy()}
    called = measured(tmp_path, columns, model="m.skops", **keys)
    scores = dict(zip(model.classes_, model.predict_proba(rows).T, strict=True))
    log = {"y": true, **{f"s_{label}": score for label, score in scores.items()}}
    logged = measured(tmp_path, log, score={label: f"s_{label}" for label in scores}, **keys)
    for metric in metrics_of("multiclass"):
        assert estimated(called, metric) == estimated(logged, metric)


def test_a_regression_is_judged_by_its_numbers(tmp_path: Path) -> None:
    rows = frame()
    true = rows["a"].to_numpy() * 2
    skops.io.dump(LinearRegression().fit(rows[["b"]], true), tmp_path / "m.skops")
    columns = {"y": true, "b": rows["b"].to_numpy()}
    called = measured(tmp_path, columns, task="regression", model="m.skops")
    expected = np.abs(LinearRegression().fit(rows[["b"]], true).predict(rows[["b"]]) - true)
    assert estimated(called, "mae").value == pytest.approx(expected.mean(), rel=1e-12)


# What a model may answer

X = ["0", "1", "0", "1"]


@pytest.mark.parametrize(
    "predict",
    [
        "frame.x",
        "frame.x.tolist()",
        "tuple(frame.x)",
        "frame.x.to_numpy().reshape(-1, 1)",
        "frame[['x']]",
        "frame.x.set_axis([7, 7, 3, 1])",
        "frame.x.astype(float)",
        "frame.x.astype('float32')",
        "frame.x.astype('float16')",
        "frame.x.astype('int8')",
        "frame.x.astype('uint64')",
        "frame.x.astype(bool)",
        "frame.x.astype(str)",
        "frame.x.astype(str).to_numpy(dtype='U5')",
        "frame.x.astype(object)",
        "frame.x.astype('category')",
        "frame.x.astype(str).astype('category')",
        "frame.x.astype('Int64')",
        "frame.x.astype('boolean')",
        "frame.x.astype('string')",
        "[0, True, '0', 1.0]",
        "[np.int64(0), np.float32(1), np.str_('0'), np.bool_(True)]",
    ],
)
def test_labels_may_come_in_any_type(tmp_path: Path, predict: str) -> None:
    assert answer(tmp_path, predict) == X


@pytest.mark.parametrize(
    "predict",
    [
        "frame.x",
        "frame.x.astype('float32')",
        "frame.x.astype(int)",
        "frame.x.astype(object)",
        "frame.x.astype('Float64')",
        "frame[['x']].to_numpy()",
        "[__import__('decimal').Decimal(int(x)) for x in frame.x]",
        "[1, np.float32(2), 3.0, np.int8(5)]",
        "frame.x.set_axis(list('abca'))",
    ],
)
def test_numbers_may_come_in_any_type(tmp_path: Path, predict: str) -> None:
    assert answer(tmp_path, predict, task="regression") == [1, 2, 3, 5]


def test_whole_numbers_may_be_huge(tmp_path: Path) -> None:
    found = answer(tmp_path, "[10 ** 30, 1, 2, 3]", task="regression")
    assert found == [1e30, 1, 2, 3]


def test_labels_may_be_huge_numbers(tmp_path: Path) -> None:
    columns = {"y": [2**60, 2**60 + 1], "x": [0, 1]}
    model = python_model(tmp_path, f"[{2**60}, {2**60 + 1}]")
    measurement = measured(tmp_path, columns, task="multiclass", model=model)
    assert estimated(measurement, "accuracy").value == 1


def test_a_model_need_not_tell_its_classes(tmp_path: Path) -> None:
    assert answer(tmp_path, "frame.x") == X


@pytest.mark.parametrize(
    ("threshold", "expected"), [(0.25, ["0", "1", "0", "1"]), (0.3, ["0"] * 4), (0.0, ["1"] * 4)]
)
def test_a_decision_threshold_takes_the_place_of_predict(
    tmp_path: Path, threshold: float, expected: list[str]
) -> None:
    model = python_model(tmp_path, "1 / 0", PROBA, classes_=[0, 1])
    measurement = measured(tmp_path, ROWS, model=model, decision_threshold=threshold)
    assert [label for (label,) in rows_of(tmp_path, measurement, "y_pred")] == expected


def test_the_score_is_that_of_the_positive_label(tmp_path: Path) -> None:
    keys = {"thresholds": {"roc_auc": 0.5}}
    for classes, expected in (([0, 1], 0.25), ([1, 0], 0.75)):
        columns = {"y": [0, 1, 1, 0], "x": [3, 1, 2, 2]}
        model = python_model(tmp_path, "frame.x > 1", PROBA, classes_=classes)
        measurement = measured(tmp_path, columns, model=model, **keys)
        assert estimated(measurement, "roc_auc").value == pytest.approx(
            {0.25: 0.125, 0.75: 0.875}[expected]
        )


def test_probabilities_are_not_asked_for_in_vain(tmp_path: Path) -> None:
    model = python_model(tmp_path, "frame.x", "1 / 0", classes_=[0, 1])
    assert measured(tmp_path, ROWS, model=model).facts.error is None


def test_probabilities_may_be_a_frame(tmp_path: Path) -> None:
    model = python_model(tmp_path, "frame.x", f"pd.DataFrame({PROBA})", classes_=[0, 1])
    measured(tmp_path, ROWS, model=model, thresholds={"roc_auc": 0.5})


# What it may not answer


@pytest.mark.parametrize(
    ("predict", "told"),
    [
        ("1 / 0", "predict raised ZeroDivisionError: division by zero"),
        ("__import__('sys').exit('bye')", "predict raised SystemExit: bye"),
        ("frame.nope", "predict raised AttributeError: 'DataFrame' object has no attribute 'nope'"),
        ("None", "predict answered with a NoneType, expected 4 values"),
        ("1", "predict answered with a int, expected 4 values"),
        ("'late'", "predict answered with a str, expected 4 values"),
        ("(x for x in frame.x)", "predict answered with a generator, expected 4 values"),
        ("{'x': frame.x}", "predict answered with a dict, expected 4 values"),
        ("frame.x[:3]", "predict answered with 3 values, expected 4 values"),
        ("[]", "predict answered with 0 values, expected 4 values"),
        ("np.zeros((4, 2))", "predict answered with 4 by 2 values, expected 4 values"),
        ("np.zeros((1, 4))", "predict answered with 1 by 4 values, expected 4 values"),
        ("[{}, 1, 2, 3]", "predict answered with a dict, which is no label"),
        ("[b'a', 'b', 'c', 'd']", "predict answered with a bytes, which is no label"),
        ("np.array([b'a'] * 4)", "predict answered with a bytes, which is no label"),
        ("[1j, 0, 0, 0]", "predict answered with a complex, which is no label"),
        (
            "pd.Series([pd.Timestamp(0), 1, 1, 1])",
            "predict answered with a Timestamp, which is no label",
        ),
        (
            "pd.Series([np.zeros(2), 1, 1, 1])",
            "predict answered with a ndarray, which is no label",
        ),
        (
            "np.array(['2013-05-01'] * 4, 'datetime64[ns]')",
            "predict answered with datetime64[ns], which is no label",
        ),
        ("[None, 1, 1, 1]", "prediction of the model is missing in 1 of 4 labelled rows"),
        (
            "np.ma.masked_array(frame.x, mask=[True, False, True, False])",
            "prediction of the model is missing in 2 of 4 labelled rows",
        ),
        ("[np.nan, 1, np.nan, 0]", "prediction of the model is missing in 2 of 4 labelled rows"),
        (
            "pd.Series([pd.NA, 1, None, pd.NaT])",
            "prediction of the model is missing in 3 of 4 labelled rows",
        ),
        (
            "frame.x.astype('Int64').where(frame.x > 0)",
            "prediction of the model is missing in 2 of 4 labelled rows",
        ),
        (
            "['a', 'b', 'c', 'd']",
            (
                "target 'y' and prediction of the model: 6 labels, '0', '1', 'a', 'b', 'c' "
                "and 1 more; a binary model has two (target 'y' has '0', '1'; "
                "prediction of the model has 'a', 'b', 'c', 'd')"
            ),
        ),
        (
            "[0, 1, np.inf, 0]",
            (
                "target 'y' and prediction of the model: 3 labels, '0', '1', 'inf'; "
                "a binary model has two (target 'y' has '0', '1'; "
                "prediction of the model has '0', '1', 'inf')"
            ),
        ),
        ("['\\ud800'] * 4", "the answers of the model can't be kept: "),
    ],
)
def test_what_is_no_label_is_told(tmp_path: Path, predict: str, told: str) -> None:
    text = refusal(tmp_path, predict)
    assert text.startswith(told) if told.endswith(": ") else text == told


@pytest.mark.parametrize(
    ("predict", "told"),
    [
        ("['late'] * 4", "predict answered with a str, which is no number"),
        ("['1.5'] * 4", "predict answered with a str, which is no number"),
        ("[True] * 4", "predict answered with a bool, which is no number"),
        ("[1, 'a', None, 2]", "predict answered with a str, which is no number"),
        ("[1j] * 4", "predict answered with a complex, which is no number"),
        ("None", "predict answered with a NoneType, expected 4 values"),
        (
            "np.array([1, 2, 3, 4], 'timedelta64[ns]')",
            "predict answered with timedelta64[ns], which is no number",
        ),
        (
            "np.ma.masked_invalid([1.0, np.inf, 2.0, np.nan])",
            "prediction of the model is NaN in 2 of 4 labelled rows",
        ),
        ("[1.0, np.nan, 2.0, np.nan]", "prediction of the model is NaN in 2 of 4 labelled rows"),
        ("[1.0, None, 2.0, None]", "prediction of the model is NaN in 2 of 4 labelled rows"),
        (
            "pd.Series([1.0, pd.NA, 2.0, 3.0], dtype='Float64')",
            "prediction of the model is NaN in 1 of 4 labelled rows",
        ),
        (
            "[1.0, np.inf, -np.inf, 2.0]",
            "prediction of the model is infinite in 2 of 4 labelled rows",
        ),
        ("[10 ** 400, 1, 2, 3]", "predict answered with int too large to convert to float"),
        (
            "['" + "x" * 200 + "'] * 4",
            "predict answered with a str, which is no number",
        ),
    ],
)
def test_what_is_no_number_is_told(tmp_path: Path, predict: str, told: str) -> None:
    assert refusal(tmp_path, predict, task="regression") == told


@pytest.mark.parametrize(
    ("proba", "told"),
    [
        ("1 / 0", "predict_proba raised ZeroDivisionError: division by zero"),
        ("None", "predict_proba answered with a NoneType, expected 4 by 2 values"),
        ("frame.x", "predict_proba answered with 4 values, expected 4 by 2 values"),
        ("np.zeros((4, 3))", "predict_proba answered with 4 by 3 values, expected 4 by 2 values"),
        ("np.zeros((3, 2))", "predict_proba answered with 3 by 2 values, expected 4 by 2 values"),
        (
            "[np.zeros((4, 2))] * 3",
            "predict_proba answered with 3 by 4 by 2 values, expected 4 by 2 values",
        ),
        ("np.full((4, 2), 'a')", "predict_proba answered with a str, which is no number"),
        ("np.full((4, 2), np.nan)", "score of the model is NaN in 4 of 4 labelled rows"),
        ("np.full((4, 2), None)", "score of the model is NaN in 4 of 4 labelled rows"),
        ("np.full((4, 2), np.inf)", "score of the model is infinite in 4 of 4 labelled rows"),
    ],
)
def test_what_are_no_probabilities_is_told(tmp_path: Path, proba: str, told: str) -> None:
    keys: dict[str, Any] = {"thresholds": {"roc_auc": 0.5}, "attributes": {"classes_": [0, 1]}}
    assert refusal(tmp_path, "frame.x", proba=proba, **keys) == told


@pytest.mark.parametrize("position", range(3))
def test_a_score_that_is_no_number_is_found_whichever_class_it_is_of(
    tmp_path: Path, position: int
) -> None:
    proba = f"np.where(np.arange(12).reshape(4, 3) % 6 == {position}, np.nan, 0.1)"
    columns = {"y": ["a", "b", "c", "a"], "x": ["a", "b", "c", "b"]}
    keys: dict[str, Any] = {"thresholds": {"roc_auc": 0.5}, "columns": columns}
    keys["attributes"] = {"classes_": ["a", "b", "c"]}
    assert refusal(tmp_path, "frame.x", task="multiclass", proba=proba, **keys) == (
        f"score of the model for {'abc'[position]!r} is NaN in 2 of 4 labelled rows"
    )


def test_a_model_may_spoil_its_frame(tmp_path: Path) -> None:
    model = python_model(tmp_path, "frame.insert(0, 'y', 7) or frame.pop('x')")
    measurement = measured(tmp_path, ROWS, model=model)
    assert estimated(measurement, "accuracy").value == 0.5
