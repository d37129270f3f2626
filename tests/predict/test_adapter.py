"""Calling deployed models: what they are given, what they may answer, and how mistakes are told."""

import hashlib
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from support.sample_data import (
    agreed,
    complaint,
    damaged_parquet,
    estimated,
    measured,
    python_model,
    python_module,
    rows_of,
)

from model_checks.metrics import metrics_of
from model_checks.predict import batches

ROWS = {"y": [0, 1, 1, 0], "x": [0, 1, 0, 1], "g": ["a", "a", "b", "b"]}
SEGMENTS = [{"by": "g", "thresholds": {"accuracy": 0.5}}]
NUMBERS = {"y": [1.0, 2.0, 3.0, 4.0], "x": [1.0, 2.0, 3.0, 5.0]}


def answer(folder: Path, predict: str, *, task: str = "binary", **attributes: Any) -> list[Any]:
    """The predictions that come of what a model answers."""
    rows = NUMBERS if task == "regression" else ROWS
    model = python_model(folder, predict, **attributes)
    measurement = measured(folder, rows, task=task, model=model)
    return [p for (p,) in rows_of(folder, measurement, "y_pred")]


def refusal(folder: Path, predict: str | None, *, task: str = "binary", **keys: Any) -> str:
    """How a model's answer is refused, without the name of the model."""
    attributes = keys.pop("attributes", {})
    reference = python_model(folder, predict, keys.pop("proba", None), **attributes)
    columns = keys.pop("columns", NUMBERS if task == "regression" else ROWS)
    if "g" in columns:
        keys["segments"] = SEGMENTS
    text = complaint(folder, columns, task=task, model=reference, **keys)
    return text.removeprefix(f"model {reference['python']!r}: ")


# Real models


def frame(n: int = 300) -> pd.DataFrame:
    draw = np.random.default_rng(1)
    return pd.DataFrame({"b": draw.normal(size=n), "a": draw.normal(size=n)})


def labels(rows: pd.DataFrame, kinds: int = 2) -> Any:
    draw = np.random.default_rng(2)
    noisy = rows["a"] - rows["b"] + draw.normal(size=len(rows))
    return pd.qcut(noisy, kinds, labels=False).to_numpy()


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


# What a model is given


def given(folder: Path, columns: dict[str, Any], features: Any = None, **keys: Any) -> str:
    """What a model sees of its frame: it writes it down, for no error tells values."""
    seen = folder / "seen.txt"
    text = (
        "class Model:\n"
        f"    feature_names_in_ = {list(columns)!r}\n"
        "    def predict(self, frame):\n"
        f"        with open({str(seen)!r}, 'w') as file:\n"
        "            file.write(f'{[list(frame.columns), frame.to_numpy().tolist()]}')\n"
        "        raise ValueError('seen')\n"
        "model = Model()\n"
    )
    if features:
        keys["features"] = features
    model = python_module(folder, text)
    assert complaint(folder, {"y": [0, 1], **columns}, model=model, **keys).endswith(": seen")
    return seen.read_text()


def test_features_come_in_the_order_of_the_model(tmp_path: Path) -> None:
    columns = {"b": [1, 2], "a": [3.5, 4.5]}
    assert given(tmp_path, columns) == "[['b', 'a'], [[1.0, 3.5], [2.0, 4.5]]]"
    assert given(tmp_path, columns, ["a", "b"]) == "[['a', 'b'], [[3.5, 1.0], [4.5, 2.0]]]"


def test_features_named_in_the_settings_come_before_the_models_own(tmp_path: Path) -> None:
    assert given(tmp_path, {"b": [1, 2], "a": [3, 4]}, ["a"]) == "[['a'], [[3], [4]]]"


def test_a_column_of_a_segmentation_may_be_a_feature(tmp_path: Path) -> None:
    columns = {"h": [1, 2], "g": [5, 6]}
    told = given(tmp_path, columns, features=["g", "h"], segments=SEGMENTS)
    assert told == "[['g', 'h'], [[5, 1], [6, 2]]]"


def test_features_may_have_any_name(tmp_path: Path) -> None:
    columns = {'a "b".c': [1, 2], "y_true": [3, 4], "select": [5, 6]}
    told = given(tmp_path, columns)
    assert told == f"[{list(columns)}, [[1, 3, 5], [2, 4, 6]]]"


def test_gaps_in_features_are_the_models_business(tmp_path: Path) -> None:
    columns = {"a": [1, None], "b": ["x", None]}
    assert given(tmp_path, columns) == "[['a', 'b'], [[1.0, 'x'], [nan, nan]]]"


def test_rows_that_are_not_judged_are_not_predicted(tmp_path: Path) -> None:
    columns = {"a": [1, 2, 3], "y": [None, 1, 0]}
    assert given(tmp_path, columns, features="a") == "[['a'], [[2], [3]]]"


def test_a_missing_feature_is_told(tmp_path: Path) -> None:
    model = python_model(tmp_path, feature_names_in_=[*"xabcdefg"])
    assert complaint(tmp_path, ROWS, model=model) == (
        "data 'data.parquet': lacks features of the model: 'a', 'b', 'c', 'd', 'e' and 1 more"
    )


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


def test_the_other_class_of_a_model_is_known_where_it_does_not_occur(tmp_path: Path) -> None:
    model = python_model(tmp_path, "['yes'] * 2", classes_=["no", "yes"])
    columns = {"y": ["yes", "yes"], "x": [0, 1]}
    measurement = measured(tmp_path, columns, model=model, positive_label="yes")
    assert measurement.predictions is not None
    assert measurement.predictions.labels == ("no", "yes")


PROBA = "np.column_stack([1 - frame.x / 4, frame.x / 4])"


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


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            {"attributes": {"classes_": [0, 1]}, "thresholds": {"roc_auc": 0.5}},
            "has no predict_proba, which metrics of scores and decision_threshold need",
        ),
        (
            {"attributes": {"classes_": [0, 1]}, "decision_threshold": 0.5},
            "has no predict_proba, which metrics of scores and decision_threshold need",
        ),
        (
            {"proba": PROBA, "thresholds": {"roc_auc": 0.5}},
            "has no classes_, which tell what its scores are of",
        ),
        (
            {"attributes": {"classes_": ["no", "yes"]}},
            "positive_label '1' is not among its classes 'no', 'yes'",
        ),
        (
            {"attributes": {"classes_": [*range(2, 9)]}},
            "positive_label '1' is not among its classes '2', '3', '4', '5', '6' and 2 more",
        ),
        ({"attributes": {"classes_": 7}}, "its classes_ are no list but a int"),
        (
            {"attributes": {"classes_": [[0, 1], [0, 1]]}},
            "its classes_ hold a list, which is no label",
        ),
        (
            {"attributes": {"classes_": [[0, 1], [0]]}},
            "its classes_ hold a list, which is no label",
        ),
        (
            {"attributes": {"classes_": [b"0", b"1"]}},
            "its classes_ hold a bytes, which is no label",
        ),
        (
            {"attributes": {"classes_": [1, None]}},
            "its classes_ hold a missing value, which is no label",
        ),
        (
            {"attributes": {"feature_names_in_": None}},
            "does not tell its features; add features = [...]",
        ),
        ({"attributes": {"feature_names_in_": 3}}, "its feature_names_in_ is no list but a int"),
        (
            {"attributes": {"classes_": [0, 1, 2]}},
            (
                "target 'y' and prediction of the model: 3 labels, '0', '1', '2'; "
                "a binary model has two"
            ),
        ),
        (
            {"attributes": {"classes_": [1, 2]}},
            "target 'y': '0' among its labels, which the model does not know; it knows '1', '2'",
        ),
    ],
)
def test_what_a_model_lacks_is_told(tmp_path: Path, keys: dict[str, Any], told: str) -> None:
    assert refusal(tmp_path, "frame.x", **keys) == told


def test_a_property_that_raises_is_told(tmp_path: Path) -> None:
    text = (
        "class Model:\n"
        "    feature_names_in_ = ['x']\n"
        "    @property\n"
        "    def classes_(self): raise RuntimeError('not fitted')\n"
        "    def predict(self, frame): return frame.x\n"
        "model = Model()\n"
    )
    model = python_module(tmp_path, text)
    assert complaint(tmp_path, ROWS, model=model) == (
        f"model '{model['python']}': its classes_ raised RuntimeError: not fitted"
    )


def test_a_model_that_fails_in_a_later_batch_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 1)
    assert refusal(tmp_path, "{0: [0]}[int(frame.x.iloc[0])]") == "predict raised KeyError: 1"


def test_a_model_may_spoil_its_frame(tmp_path: Path) -> None:
    model = python_model(tmp_path, "frame.insert(0, 'y', 7) or frame.pop('x')")
    measurement = measured(tmp_path, ROWS, model=model)
    assert estimated(measurement, "accuracy").value == 0.5


def test_a_column_that_goes_bad_in_the_middle_is_told(tmp_path: Path) -> None:
    model = python_model(tmp_path, "[0] * len(frame)")
    damaged_parquet(tmp_path / "data.parquet", "x")
    assert complaint(tmp_path, model=model).startswith("DuckDB: ")
