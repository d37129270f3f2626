"""Several labels a row by the whole road: columns, models, values, intervals, charts."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import sparse, stats
from sklearn import metrics as sklearn_metrics
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from support.databases import VARIABLE, Somewhere
from support.project import Project
from support.sample_data import (
    came_to,
    complaint,
    estimated,
    label_columns,
    label_keys,
    measured,
    python_model,
    python_module,
    reason,
    reopened,
    results_of,
    rows_of,
    valued,
)

from model_checks.data.duckdb import DuckDB
from model_checks.measure import multilabel as label_queries
from model_checks.measure.curves import LabelOutcomes, curves_of
from model_checks.measure.model import Measurement
from model_checks.metrics import METRICS, Asked, Undefined, intervals
from model_checks.metrics.statistics import Floats, LabelSums, Statistics
from model_checks.report.charts import detail_chart
from model_checks.settings import load_settings

Columns = dict[str, Any]
Labels = NDArray[np.bool_]

AVERAGES = ("macro", "micro", "weighted")
SCORES: dict[str, Callable[..., float]] = {
    "precision": sklearn_metrics.precision_score,
    "recall": sklearn_metrics.recall_score,
    "f1": sklearn_metrics.f1_score,
}
BOUNDS = dict.fromkeys(("accuracy", *SCORES), 0.5)


def close_to(expected: Any) -> Any:
    """Equal to nine digits."""
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


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


# Values are those of scikit-learn


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


def never(columns: Columns, *names: str) -> Columns:
    return {**columns, **{name: np.zeros_like(columns[name]) for name in names}}


CASES: Mapping[str, Columns] = {
    "random": columns_of(500, 1),
    "weights": columns_of(500, 2, weighted=True),
    "rare labels": columns_of(900, 3, shift=3.5, wrong=0.01),
    "two labels": columns_of(300, 4, labels=2),
    "all right": columns_of(300, 5, wrong=0.0),
    "all wrong": columns_of(300, 6, wrong=1.0),
    "a label that is never true": never(columns_of(300, 7), "y1"),
    "a label that is never predicted": never(columns_of(300, 8, weighted=True), "p2"),
    "a label that is neither": never(columns_of(300, 9), "y0", "p0"),
    "no label but one": never(columns_of(300, 10), "y0", "y1", "y2", "p1", "p2", "p3"),
    "few rows": columns_of(7, 11, weighted=True),
    "thirty labels": columns_of(400, 12, labels=30),
}


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
@pytest.mark.parametrize("name", CASES)
def test_metrics_are_those_of_scikit_learn(tmp_path: Path, name: str, suffix: str) -> None:
    columns = CASES[name]
    measurement = everything(tmp_path, columns, data=f"data.{suffix}")
    for segment, true, predicted, weights in parts(columns):
        exact = sklearn_metrics.accuracy_score(true, predicted, sample_weight=weights)
        assert estimated(measurement, "accuracy", segment=segment).value == close_to(exact)
        concerned = {"precision": predicted, "recall": true, "f1": true | predicted}
        for metric, average in ((m, a) for m in SCORES for a in AVERAGES):
            found = came_to(measurement, metric, average, segment)
            if not weights[concerned[metric].any(axis=1)].any():
                assert isinstance(found, Undefined)
                continue
            expected = SCORES[metric](
                true, predicted, sample_weight=weights, average=average, zero_division=0
            )
            assert valued(found).value == close_to(expected), (segment, metric, average)


def test_macro_is_the_default(tmp_path: Path) -> None:
    columns = columns_of(200, 13)
    [found, *_] = results_of(tmp_path, columns, **label_keys(columns), thresholds={"f1": 0.5})
    _, true, predicted, _ = next(parts(columns))
    assert valued(found.estimate).value == close_to(SCORES["f1"](true, predicted, average="macro"))


def test_what_no_label_can_tell_is_undefined_and_says_why(tmp_path: Path) -> None:
    true, predicted = [[0, 0], [0, 0], [1, 0]], [[0, 0], [0, 0], [0, 0]]
    columns = {**label_columns(true, predicted), "g": ["a", "a", "b"]}
    measurement = everything(tmp_path, columns)
    told = {
        (metric, average): reason(measurement, metric, average, (("g", "a"),))
        for metric in SCORES
        for average in AVERAGES
    }
    reasons = {
        "precision": "no label predicted",
        "recall": "no label true",
        "f1": "no label true or predicted",
    }
    assert told == {
        (metric, average): f"undefined, {why} among 2 labelled rows"
        for metric, why in reasons.items()
        for average in AVERAGES
    }
    assert estimated(measurement, "accuracy", segment=(("g", "a"),)).value == 1
    assert estimated(measurement, "recall", segment=(("g", "b"),)).value == 0
    assert estimated(measurement, "recall").value == 0


def test_without_a_true_label_nothing_is_weighted_by_them(tmp_path: Path) -> None:
    columns = label_columns([[0, 0], [0, 0]], [[1, 0], [0, 0]])
    measurement = everything(tmp_path, columns)
    told = reason(measurement, "precision", "weighted")
    assert told == "undefined, no label true among 2 labelled rows"
    assert estimated(measurement, "precision", "macro").value == 0


# Columns


LABELS: Mapping[str, tuple[Any, Any, object]] = {
    "booleans": (False, True, 1),
    "booleans, called true": (False, True, True),
    "floats": (0.0, 1.0, 1),
    "half floats": (0.5, 1.5, 1.5),
    "minus one and one": (-1, 1, 1),
    "zero is positive": (1, 0, 0),
    "words": ("no", "yes", "yes"),
    "quotes": ('a"b', "it's", "it's"),
    "SQL": ("1 or 1=1", "'; drop table given; --", "'; drop table given; --"),
}


@pytest.mark.parametrize("labels", LABELS)
def test_labels_may_be_of_any_type(tmp_path: Path, labels: str) -> None:
    negative, positive, named = LABELS[labels]
    true, predicted = drawn(60, 14)
    written = label_columns(*(np.where(x, positive, negative) for x in (true, predicted)))
    plain = everything(tmp_path, label_columns(true.astype(int), predicted.astype(int)))
    found = everything(tmp_path, written, positive_label=named)
    for metric in SCORES:
        assert estimated(found, metric) == estimated(plain, metric)


def test_columns_of_a_model_may_be_of_different_types(tmp_path: Path) -> None:
    true, predicted = drawn(60, 15, labels=3)
    plain = label_columns(true.astype(int), predicted.astype(int))
    mixed = {
        **plain,
        "y1": plain["y1"].astype(float),
        "p0": plain["p0"] == 1,
        "p1": plain["p1"].astype(str),
        "p2": pa.array(plain["p2"]).cast(pa.decimal128(30, 2)),
    }
    assert estimated(everything(tmp_path, mixed), "f1") == estimated(
        everything(tmp_path, plain), "f1"
    )


@pytest.mark.parametrize("cut", [None, 0.3])
def test_scores_are_cut_at_the_threshold(tmp_path: Path, cut: float | None) -> None:
    true, _ = drawn(200, 16, labels=3)
    scores = np.round(np.random.default_rng(17).random(true.shape), 1)
    columns = label_columns(true.astype(int), scores)
    names = ["p0", "p1", "p2"]
    keys: Columns = {**label_keys(columns), "score": names}
    del keys["prediction"]
    if cut is not None:
        keys["decision_threshold"] = cut
    found = measured(tmp_path, columns, **keys, thresholds=BOUNDS)
    predicted = label_columns(true.astype(int), (scores >= (cut or 0.5)).astype(int))
    expected = everything(tmp_path, predicted)
    for metric in BOUNDS:
        assert estimated(found, metric) == estimated(expected, metric)


def test_a_row_in_which_any_label_is_missing_is_unlabelled(tmp_path: Path) -> None:
    columns = {
        "y0": [1, None, 1, 0, 1],
        "y1": [1.0, 0.0, float("nan"), None, 0.0],
        "p0": [1, 1, 1, 1, 1],
        "p1": [1, 0, 0, 0, 1],
    }
    measurement = measured(tmp_path, columns, **label_keys(columns))
    facts = measurement.facts
    assert (facts.task, facts.rows, facts.labelled, facts.dropped) == ("multilabel", 5, 2, 3)
    assert sorted(rows_of(tmp_path, measurement, "y0, y1, p0, p1, w")) == [
        (1, 0, 1, 1, 1.0),
        (1, 1, 1, 1, 1.0),
    ]


NAN, INF = float("nan"), float("inf")
TWO: Columns = {"y0": [0, 1, 1], "y1": [1, 1, 0], "p0": [0, 1, 0], "p1": [1, 0, 0]}
TWO_KEYS = label_keys(TWO)
SCORED = {"task": "multilabel", "target": ["y0", "y1"], "score": ["p0", "p1"]}
OTHER = "a column of task 'multilabel' has one other label"


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("p1", [1, None, 0], "prediction 'p1' is null in 1 of 3 labelled rows"),
        ("p0", [1.0, NAN, INF], "prediction 'p0' is NaN in 1; prediction 'p0' is infinite in 1"),
        ("y0", [1.0, INF, 0.0], "target 'y0' is infinite in 1 of 3 labelled rows"),
        ("y1", [0, 2, 1], f"target 'y1': '0', '2' beside positive_label '1'; {OTHER}"),
        ("p0", ["1", "x", "0"], f"prediction 'p0': '0', 'x' beside positive_label '1'; {OTHER}"),
        ("y0", ["no", "yes", "no"], f"target 'y0': 'no', 'yes' beside positive_label '1'; {OTHER}"),
        (
            "p1",
            ["no", "no", "1"],
            (
                "beside positive_label '1' there is '0' in target 'y0', 'no' in prediction 'p1'; "
                "all columns of task 'multilabel' have the same two labels"
            ),
        ),
    ],
)
def test_bad_labels_are_told(tmp_path: Path, column: str, values: list[Any], told: str) -> None:
    assert complaint(tmp_path, {**TWO, column: values}, **TWO_KEYS).startswith(told)


def test_of_many_labels_the_first_five_are_told_and_the_others_counted(tmp_path: Path) -> None:
    columns = {name: np.zeros(3000, int) for name in TWO} | {"y1": np.arange(3000)}
    assert complaint(tmp_path, columns, **TWO_KEYS) == (
        "target 'y1': '0', '10', '100', '1000', '1001' and 2,994 more beside positive_label '1'; "
        "a column of task 'multilabel' has one other label"
    )


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([0.1, None, 0.3], "score 'p1' is null in 1 of 3 labelled rows"),
        ([0.1, NAN, NAN], "score 'p1' is NaN in 2 of 3 labelled rows"),
        ([0.1, -INF, 0.3], "score 'p1' is infinite in 1 of 3 labelled rows"),
        (["a", "b", "c"], "score 'p1' is of type VARCHAR, which is no number"),
    ],
)
def test_bad_scores_are_counted(tmp_path: Path, values: list[Any], told: str) -> None:
    assert complaint(tmp_path, {**TWO, "p1": values}, **SCORED) == told


@pytest.mark.parametrize("missing", TWO)
def test_a_column_that_is_not_there_is_named(tmp_path: Path, missing: str) -> None:
    key = "target" if missing[0] == "y" else "prediction"
    columns = {name: values for name, values in TWO.items() if name != missing}
    assert f"{key} {missing!r} is no column" in complaint(tmp_path, columns, **TWO_KEYS)


# Models that are called


def table(n: int = 200) -> tuple[pd.DataFrame, NDArray[np.int_]]:
    draw = np.random.default_rng(18)
    frame = pd.DataFrame({"a": draw.normal(size=n), "b": draw.normal(size=n)})
    leaning = frame["a"].to_numpy()[:, None] + frame["b"].to_numpy()[:, None] * [1, 0, -1]
    return frame, (leaning + draw.normal(size=(n, 3)) > 0.5).astype(int)


Fit = Callable[..., dict[str, Any]]


@pytest.fixture
def fitted(tmp_path: Path) -> Fit:
    """Fit a model, save it beside the settings, and say how they name it."""

    def fit(model: Any, frame: pd.DataFrame, true: Any) -> dict[str, Any]:
        path = tmp_path / "model.joblib"
        joblib.dump(model.fit(frame, true), path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        return {"joblib": path.name, "allow_pickle": True, "sha256": sha256}

    return fit


MODELS: Mapping[str, Callable[[], Any]] = {
    "a model for each label": lambda: MultiOutputClassifier(LogisticRegression()),
    "a forest": lambda: RandomForestClassifier(10, random_state=1),
    "one table of scores": lambda: OneVsRestClassifier(LogisticRegression()),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_judged_is_what_the_model_answers(tmp_path: Path, fitted: Fit, name: str) -> None:
    frame, true = table()
    model = MODELS[name]()
    named = fitted(model, frame, true)
    columns = {**label_columns(true, true), **frame}
    keys: Columns = {**label_keys(columns), "model": named, "thresholds": BOUNDS}
    del keys["prediction"]
    found = measured(tmp_path, columns, **keys)
    answered = model.predict(frame)
    assert rows_of(tmp_path, found, "p0, p1, p2") == list(map(tuple, answered.tolist()))
    assert estimated(found, "f1").value == close_to(SCORES["f1"](true, answered, average="macro"))
    found = measured(tmp_path, columns, **keys, decision_threshold=0.35)
    proba = model.predict_proba(frame)
    scores = np.column_stack([one[:, 1] for one in proba]) if isinstance(proba, list) else proba
    assert rows_of(tmp_path, found, "s0, s1, s2") == list(map(tuple, scores.tolist()))
    assert rows_of(tmp_path, found, "p0, p1, p2") == list(
        map(tuple, (scores >= 0.35).astype(int).tolist())
    )


@pytest.mark.parametrize("constant", [0, 1])
def test_a_label_of_which_a_model_has_seen_one_class_scores_zero_or_one(
    tmp_path: Path, fitted: Fit, constant: int
) -> None:
    frame, true = table(60)
    seen = true.copy()
    seen[:, 1] = constant
    named = fitted(RandomForestClassifier(5, random_state=1), frame, seen)
    columns = {**label_columns(true, true), **frame}
    keys: Columns = {**label_keys(columns), "model": named, "decision_threshold": 0.5}
    del keys["prediction"]
    found = measured(tmp_path, columns, **keys)
    assert {row for (row,) in rows_of(tmp_path, found, "p1")} == {constant}


def test_a_model_that_answers_with_words_has_them_in_its_scores(
    tmp_path: Path, fitted: Fit
) -> None:
    frame, true = table()
    words = np.where(true == 1, "a", "b")  # the positive class is the first
    model = MultiOutputClassifier(LogisticRegression())
    named = fitted(model, frame, words)
    columns = {**label_columns(words, words), **frame}
    keys: Columns = {**label_keys(columns), "model": named, "positive_label": "a"}
    del keys["prediction"]
    by_label = estimated(measured(tmp_path, columns, **keys), "f1")
    by_score = estimated(measured(tmp_path, columns, **keys, decision_threshold=0.5), "f1")
    assert by_score == by_label
    text = complaint(tmp_path, columns, **{**keys, "positive_label": "c"}, decision_threshold=0.5)
    assert text.endswith("positive_label 'c' is not among its classes 'a', 'b' of 'y0'")


CALLED: Columns = {"y0": [0, 1, 1], "y1": [1, 1, 0], "x": [0, 1, 2]}


def called(folder: Path, predict: str | None, proba: str | None = None, **keys: Any) -> Columns:
    attributes = keys.pop("attributes", {})
    model = python_model(folder, predict, proba, **attributes)
    return {"task": "multilabel", "target": ["y0", "y1"], "model": model, **keys}


@pytest.mark.parametrize(
    "predict",
    [
        "[[0, 1], [1, 0], [1, 1]]",
        "np.array([[0, 1], [1, 0], [1, 1]])",
        "np.array([[False, True], [True, False], [True, True]])",
        "np.array([[0.0, 1], [1, 0], [1, 1]])",
        "np.array([['0', '1'], ['1', '0'], ['1', '1']], object)",
        "pd.DataFrame({'a': [0, 1, 1], 'b': [1, 0, 1]})",
        "pd.DataFrame({'a': [False, True, True], 'b': [1, 0, 1]})",
        "__import__('scipy.sparse').sparse.csr_matrix([[0, 1], [1, 0], [1, 1]])",
    ],
)
def test_predict_answers_a_row_of_labels_for_each_row(tmp_path: Path, predict: str) -> None:
    assert sparse.issparse(sparse.csr_matrix([[0]]))
    found = measured(tmp_path, CALLED, **called(tmp_path, predict))
    assert rows_of(tmp_path, found, "p0, p1") == [(0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("predict", "told"),
    [
        ("np.zeros(3)", "predict answered with 3 values, expected 3 by 2 values"),
        ("np.zeros((3, 3))", "predict answered with 3 by 3 values, expected 3 by 2 values"),
        ("np.zeros((2, 2))", "predict answered with 2 by 2 values, expected 3 by 2 values"),
        ("np.zeros((2, 3))", "predict answered with 2 by 3 values, expected 3 by 2 values"),
        ("[[0, 1], [0, 1], [0]]", "predict answered with 3 values, expected 3 by 2 values"),
        ("None", "predict answered with a NoneType, expected 3 by 2 values"),
        ("1 / 0", "predict raised ZeroDivisionError: division by zero"),
        (
            "[[0, {}], [0, 1], [0, 1]]",
            "predict answered with a dict, which is no label",
        ),
    ],
)
def test_a_bad_prediction_is_one_sentence(tmp_path: Path, predict: str, told: str) -> None:
    text = complaint(tmp_path, CALLED, **called(tmp_path, predict))
    assert text.split(": ", 1)[1] == told


@pytest.mark.parametrize(
    ("predict", "told"),
    [
        (
            "np.array([[0, 1], [None, 1], [None, np.nan]], object)",
            (
                "prediction of the model for 'y0' is missing in 2; "
                "prediction of the model for 'y1' is missing in 1 of 3 labelled rows"
            ),
        ),
        (
            "[[0, 1], [0, 1], [0, 5]]",
            f"prediction of the model for 'y1': '5' beside positive_label '1'; {OTHER}",
        ),
        (
            "[[0, 7], [0, 1], [0, 5]]",
            f"prediction of the model for 'y1': '5', '7' beside positive_label '1'; {OTHER}",
        ),
    ],
)
def test_a_label_that_a_model_may_not_predict_is_told(
    tmp_path: Path, predict: str, told: str
) -> None:
    text = complaint(tmp_path, CALLED, **called(tmp_path, predict))
    if "'5' beside" in told:  # one other label, but another than that of the targets
        told = (
            "beside positive_label '1' there is '0' in target 'y0', '5' in prediction of the "
            "model for 'y1'; all columns of task 'multilabel' have the same two labels"
        )
    assert text == told


CUT: Columns = {"decision_threshold": 0.5}
PAIRS = "[[0.9, 0.1], [0.4, 0.6], [0.5, 0.5]]"


@pytest.mark.parametrize(
    "proba",
    [
        "np.array([[0.1, 0.9], [0.6, 0.4], [0.5, 0.5]])",
        "[[0.1, 0.9], [0.6, 0.4], [0.5, 0.5]]",
        f"[np.array({PAIRS}), 1 - np.array({PAIRS})]",
        f"[pd.DataFrame({PAIRS}), 1 - pd.DataFrame({PAIRS})]",
    ],
)
def test_scores_are_one_table_or_one_for_each_label(tmp_path: Path, proba: str) -> None:
    found = measured(tmp_path, CALLED, **called(tmp_path, "1 / 0", proba, **CUT))
    assert rows_of(tmp_path, found, "s0, s1") == [(0.1, 0.9), (0.6, 0.4), (0.5, 0.5)]
    assert rows_of(tmp_path, found, "p0, p1") == [(0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("proba", "told"),
    [
        (None, "has no predict_proba, which metrics of scores and decision_threshold need"),
        ("np.zeros(3)", "predict_proba answered with 3 values, expected 3 by 2 values"),
        ("np.zeros((3, 4))", "predict_proba answered with 3 by 4 values, expected 3 by 2 values"),
        (
            "[np.zeros((3, 2))]",
            "predict_proba answered with a list of 1, expected 2 tables, one for each label",
        ),
        (
            "[np.zeros((3, 2)), np.zeros((3, 1))]",
            "predict_proba answered with 3 by 1 values, expected 3 by 2 values",
        ),
        (
            "[np.zeros((3, 2)), np.zeros((2, 2))]",
            "predict_proba answered with 2 by 2 values, expected 3 by 2 values",
        ),
        ("[[0.1, 'x']] * 3", "predict_proba answered with a str, which is no number"),
        ("[]", "predict_proba answered with 0 values, expected 3 by 2 values"),
        ("1 / 0", "predict_proba raised ZeroDivisionError: division by zero"),
    ],
)
def test_bad_scores_are_one_sentence(tmp_path: Path, proba: str | None, told: str) -> None:
    text = complaint(tmp_path, CALLED, **called(tmp_path, "1 / 0", proba, **CUT))
    assert text.split(": ", 1)[1] == told


@pytest.mark.parametrize(
    ("classes", "told"),
    [
        ("[np.array([0, 1])]", "its classes_ are a list of 1, expected 2, one for each label"),
        ("[np.array([0, b'x'], object)] * 2", "its classes_ hold a bytes, which is no label"),
    ],
)
def test_classes_that_are_none_are_one_sentence(tmp_path: Path, classes: str, told: str) -> None:
    keys = called(tmp_path, "1 / 0", "[np.zeros((3, 2))] * 2", **CUT)
    module = tmp_path / f"{keys['model']['python'].split(':')[0]}.py"
    module.write_text(f"{module.read_text()}\nmodel.classes_ = {classes}\n")
    assert complaint(tmp_path, CALLED, **keys).split(": ", 1)[1] == told


def test_scores_that_are_no_numbers_are_counted_for_each_label(tmp_path: Path) -> None:
    proba = "[[np.nan, 0.9], [np.nan, 0.4], [0.5, np.inf]]"
    assert complaint(tmp_path, CALLED, **called(tmp_path, "0", proba, **CUT)) == (
        "score of the model for 'y0' is NaN in 2; score of the model for 'y1' is infinite in 1 "
        "of 3 labelled rows"
    )


# Functions of the user's own


def test_a_function_is_called_with_a_table_of_labels(tmp_path: Path) -> None:
    columns = columns_of(200, 29)
    thresholds = {"hamming": {"metric": "sklearn.metrics:hamming_loss", "max": 0.9}}
    found = results_of(tmp_path, columns, **label_keys(columns), thresholds=thresholds)
    [estimate] = [result.estimate for result in found]
    _, true, predicted, _ = next(parts(columns))
    assert estimate is not None
    value, low, high = (getattr(estimate, name) for name in ("value", "low", "high"))
    assert value == close_to(sklearn_metrics.hamming_loss(true, predicted))
    assert low < value < high


OWN = """
import numpy as np
def own(y_true, y_pred, y_score, weight):
    assert y_true.shape == y_pred.shape == y_score.shape == (len(weight), 12)
    assert y_true.dtype == y_pred.dtype == int
    assert ((y_score >= 0.5) == y_pred).all()
    return weight @ (y_score * np.arange(12)).sum(axis=1)
"""


def test_a_function_gets_the_scores_in_the_order_of_the_targets(tmp_path: Path) -> None:
    true, _ = drawn(50, 30, labels=12)
    draw = np.random.default_rng(31)
    scores, weight = draw.random(true.shape), draw.random(50)
    columns = {**label_columns(true, scores), "w": weight}
    keys: Columns = {**label_keys(columns), "weight": "w"}
    keys["score"] = keys.pop("prediction")
    reference = python_module(tmp_path, OWN, "own")["python"]
    thresholds = {"own": {"metric": reference, "max": 1e9}}
    [result] = results_of(tmp_path, columns, **keys, thresholds=thresholds)
    assert valued(result.estimate).value == close_to(weight @ scores @ np.arange(12))


def test_a_function_gets_the_scores_of_a_model_that_is_called(tmp_path: Path, fitted: Fit) -> None:
    frame, true = table()
    model = MODELS["a model for each label"]()
    named = fitted(model, frame, true)
    columns = {**label_columns(true, true), **frame}
    keys: Columns = {**label_keys(columns), "model": named}
    del keys["prediction"]
    text = "def own(y_true, y_score):\n    return (y_true * y_score).mean()"
    reference = python_module(tmp_path, text, "own")["python"]
    thresholds = {"own": {"metric": reference, "max": 1e9}}
    [result] = results_of(tmp_path, columns, **keys, thresholds=thresholds)
    scores = np.column_stack([one[:, 1] for one in model.predict_proba(frame)])
    assert valued(result.estimate).value == close_to((true * scores).mean())


# Databases


HERE = {"url_env": VARIABLE, "table": "predictions"}


@pytest.mark.parametrize("weighted", [False, True])
def test_what_a_database_measures_is_what_duckdb_does(
    tmp_path: Path, database: Somewhere, weighted: bool
) -> None:
    columns = columns_of(300, 32, labels=17, weighted=weighted)
    columns |= {"y0": columns["y0"] == 1, "y1": columns["y1"].astype(float)}
    columns |= {"p2": columns["p2"].astype(str)}
    database.write("predictions", columns)
    here, there = everything(tmp_path, columns), everything(tmp_path, columns, data=HERE)
    assert here.statistics.keys() == there.statistics.keys()
    for segment in here.statistics:
        for metric in BOUNDS:
            one, other = (estimated(where, metric, segment=segment) for where in (here, there))
            for name in ("value", "low", "high", "n"):
                assert getattr(one, name) == close_to(getattr(other, name))


def test_a_third_label_in_a_database_is_named(tmp_path: Path, database: Somewhere) -> None:
    database.write("predictions", {**TWO, "y1": [0, 2, 1]})
    assert complaint(tmp_path, data=HERE, **TWO_KEYS) == (
        f"target 'y1': '0', '2' beside positive_label '1'; {OTHER}"
    )


# Queries


class Counted:
    """The statements that DuckDB is given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements: list[str] = []
        run = DuckDB.run

        def counted(engine: DuckDB, sql: str) -> list[tuple[Any, ...]]:
            self.statements.append(sql)
            return run(engine, sql)

        monkeypatch.setattr(DuckDB, "run", counted)

    @property
    def sums(self) -> list[str]:
        return [sql for sql in self.statements if "as outcomes" in sql]


def test_sums_are_asked_for_in_as_few_queries_as_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = columns_of(300, 19, labels=11, weighted=True)
    counted = Counted(monkeypatch)
    whole = everything(tmp_path, columns)
    assert len(counted.sums) == 2  # the whole, and one segmentation
    monkeypatch.setattr(label_queries, "ONE_QUERY", 5)
    monkeypatch.setattr(label_queries, "SIDE", 3)
    counted.statements.clear()
    parted = everything(tmp_path, columns)
    assert len(counted.sums) == 2 * 10  # 4 groups of labels, each with itself and the others
    assert whole.statistics.keys() == parted.statistics.keys()
    for segment, statistics in whole.statistics.items():
        one, other = statistics.of(LabelSums), parted.statistics[segment].of(LabelSums)
        assert one.products == close_to(other.products)
        assert (one.rows, one.labels) == (other.rows, other.labels)
        numbers = [(sums.weight, sums.weight2, sums.exact) for sums in (one, other)]
        assert numbers[0] == close_to(numbers[1])


@pytest.mark.parametrize(("labels", "queries", "most"), [(15, 1, 995), (16, 3, 905), (25, 6, 905)])
def test_no_query_returns_more_columns_than_a_database_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, labels: int, queries: int, most: int
) -> None:
    columns = columns_of(40, 20, labels=labels)
    counted = Counted(monkeypatch)
    everything(tmp_path, columns)
    assert len(counted.sums) == 2 * queries
    widths = [sql.split(" from ")[0].count(", ") + 1 for sql in counted.statements]
    assert max(widths) <= most


# Intervals


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


def value_of(metric: str, average: str, true: Labels, predicted: Labels, weights: Floats) -> float:
    return SCORES[metric](true, predicted, sample_weight=weights, average=average, zero_division=0)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("metric", SCORES)
def test_the_variance_is_that_of_what_each_row_adds(
    tmp_path: Path, metric: str, average: str, weighted: bool
) -> None:
    # A row's part in the value is the derivative by its weight, taken numerically.
    columns = columns_of(50, 21, weighted=weighted)
    _, true, predicted, weights = next(parts(columns))
    total, step = weights.sum(), 1e-4
    added = np.zeros(len(true))
    for row in range(len(true)):
        moved = [weights.copy(), weights.copy()]
        moved[0][row] += step
        moved[1][row] = max(moved[1][row] - step, 0.0)
        above, below = (value_of(metric, average, true, predicted, w) for w in moved)
        added[row] = total * (above - below) / (moved[0][row] - moved[1][row])
    size = total**2 / (weights**2).sum()
    variance = (weights @ added**2) / total / size
    found = estimated(everything(tmp_path, columns), metric, average)
    value = value_of(metric, average, true, predicted, weights)
    assert isinstance(found.interval_at, partial)
    assert found.interval_at.func is intervals.averaged_interval
    assert found.interval_at.args[:2] == pytest.approx((value, variance), rel=1e-4)


def test_subset_accuracy_has_wilsons_interval_on_kishs_size(tmp_path: Path) -> None:
    columns = columns_of(200, 22, weighted=True)
    found = estimated(everything(tmp_path, columns), "accuracy")
    size = columns["w"].sum() ** 2 / (columns["w"] ** 2).sum()
    expected = intervals.wilson_interval(found.value, size, 0.95)
    assert (found.low, found.high) == close_to((expected.low, expected.high))
    assert found.method == "Wilson"


@pytest.mark.parametrize("average", AVERAGES)
def test_labels_that_are_all_right_count_each_row_once(average: str) -> None:
    one = np.repeat([True, False], 50)[:, None]
    alike, apart = np.repeat(one, 4, axis=1), np.eye(4, dtype=bool)[np.arange(100) % 4]
    for labels, rows in ((alike, 50), (apart, 100)):
        found = valued(METRICS["recall"].estimate(aggregates_of(labels, labels), Asked(average)))
        expected = intervals.wilson_interval(1.0, rows, 0.95)
        assert (found.low, found.high, found.method) == (close_to(expected.low), 1, "Wilson")


def test_a_rare_label_that_agrees_with_itself_does_not_narrow_the_interval() -> None:
    true = np.zeros((102, 2), dtype=bool)
    true[:100, 0] = true[100:, 1] = True
    predicted = true.copy()
    predicted[:, 1] = False
    found = valued(METRICS["recall"].estimate(aggregates_of(true, predicted), Asked("macro")))
    expected = intervals.wilson_interval(0.5, 2**2 / (1 / 100 + 1 / 2), 0.95)
    assert found.value == 0.5
    assert found.low == pytest.approx(expected.low)
    assert expected.high <= found.high < expected.high + 0.05


def test_weights_narrow_no_interval_where_all_is_right() -> None:
    true, _ = drawn(200, 23)
    weight = np.random.default_rng(24).lognormal(0, 1, 200)
    plain, weighted = aggregates_of(true, true), aggregates_of(true, true, weight)
    for metric in SCORES:
        even = valued(METRICS[metric].estimate(plain, Asked("macro")))
        uneven = valued(METRICS[metric].estimate(weighted, Asked("macro")))
        assert uneven.low < even.low


# How often intervals hold the truth, where the labels of a row depend on each other strongly

REPEATS = 2000
INSIDE = (0.925, 0.985)


def entangled(
    draw: np.random.Generator, n: int, recalls: Floats, *, dependence: float, shift: float
) -> tuple[Labels, Labels]:
    """Rows that have many labels or none, and that are found as a whole or not."""

    def normal() -> Floats:
        common, own = draw.normal(size=(n, 1)), draw.normal(size=(n, len(recalls)))
        mixed: Floats = np.sqrt(dependence) * common + np.sqrt(1 - dependence) * own
        return mixed

    true, ease = normal() > shift, normal()
    return true, np.where(true, ease < stats.norm.ppf(recalls), ease > stats.norm.ppf(0.92))


def labels_apart(statistics: Statistics) -> Statistics:
    """The same sums, as if the labels of a row had nothing to do with each other."""
    sums = statistics.of(LabelSums)
    apart, size = np.zeros_like(sums.products), range(len(sums.labels))
    apart[:, size, :, size] = sums.products[:, size, :, size]
    return statistics.adding(replace(sums, products=apart))


def coverage(
    n: int, recalls: Floats, *, dependence: float, shift: float
) -> dict[tuple[str, str], tuple[float, float]]:
    """For every metric and average, of the intervals and of those of independent labels."""
    draw = np.random.default_rng(25)
    keys = {"dependence": dependence, "shift": shift}
    asked = [(metric, average) for metric in SCORES for average in AVERAGES]
    everyone = aggregates_of(*entangled(draw, 400_000, recalls, **keys))
    truth = {(m, a): valued(METRICS[m].estimate(everyone, Asked(a))).value for m, a in asked}
    held = {key: np.zeros(2) for key in asked}
    for _ in range(REPEATS):
        sample = aggregates_of(*entangled(draw, n, recalls, **keys))
        for kind, statistics in enumerate((sample, labels_apart(sample))):
            for metric, average in asked:
                found = valued(METRICS[metric].estimate(statistics, Asked(average)))
                held[metric, average][kind] += found.low <= truth[metric, average] <= found.high
    return {key: (own / REPEATS, naive / REPEATS) for key, (own, naive) in held.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "recalls", "dependence", "shift"),
    [
        (300, [0.9, 0.85, 0.8, 0.75, 0.7], 0.8, 0.5),
        (500, [0.9] * 10, 0.9, 1.0),
        (100, [0.98] * 5, 0.8, 0.5),  # all found in some samples: Wilson's
    ],
)
def test_intervals_cover_where_labels_depend_on_each_other(
    n: int, recalls: list[float], dependence: float, shift: float
) -> None:
    found = coverage(n, np.array(recalls), dependence=dependence, shift=shift)
    for key, (own, naive) in found.items():
        assert INSIDE[0] <= own <= INSIDE[1], (key, own)
        assert naive < 0.9, (key, naive)


@pytest.mark.slow
def test_intervals_cover_where_labels_are_independent() -> None:
    found = coverage(300, np.array([0.9, 0.8, 0.7]), dependence=0.0, shift=0.7)
    for key, (own, naive) in found.items():
        assert INSIDE[0] <= own <= INSIDE[1], (key, own)
        assert INSIDE[0] <= naive <= INSIDE[1], (key, naive)


@pytest.mark.slow
def test_few_rows_that_are_found_as_a_whole_are_hostile_to_recall() -> None:
    # about 50 rows of 300 have any label, and with it most of them
    found = coverage(300, np.array([0.9] * 10), dependence=0.9, shift=1.0)
    for average in AVERAGES:
        assert 0.91 <= found["recall", average][0] < INSIDE[0] + 0.01
        assert found["recall", average][1] < 0.65


# Charts


def test_the_chart_is_drawn_from_what_became_of_each_label(tmp_path: Path) -> None:
    columns = columns_of(200, 26)
    measurement = everything(tmp_path, columns)
    settings = load_settings(tmp_path / "thresholds.toml")
    assert measurement.predictions is not None
    with reopened(settings, measurement.predictions) as engine:
        for segment, true, predicted, _ in parts(columns):
            found = curves_of(engine, measurement.predictions, segment)[0]
            assert isinstance(found, LabelOutcomes)
            assert (found.labels, found.rows) == (("y0", "y1", "y2", "y3"), len(true))
            assert found.found.tolist() == (true & predicted).sum(axis=0).tolist()
            assert found.wrong.tolist() == (~true & predicted).sum(axis=0).tolist()
            assert found.missed.tolist() == (true & ~predicted).sum(axis=0).tolist()
            assert detail_chart("m", segment, (found,)).alt.startswith("m")


TAGS = """
[models.tags]
task = "multilabel"
data = "tags.parquet"
target = ["y0", "y1", "y2", "y3"]
prediction = ["p0", "p1", "p2", "p3"]

[models.tags.thresholds]
accuracy = 0.2
f1 = { min = 0.9, average = "micro" }

[[models.tags.segments]]
by = "g"
thresholds = { recall = 0.5 }
"""


def test_a_session_judges_several_labels_and_draws_what_fails(tmp_path: Path) -> None:
    columns = columns_of(400, 28)
    project = Project(tmp_path).write("thresholds.toml", TAGS).log("tags.parquet", columns)
    finished = project.run("--checks-charts=failed", "-m", "tags and multilabel")
    assert finished.exit_code == 1
    assert finished.verdicts == {
        "tags-accuracy": "PASS",
        "tags-f1": "FAIL",
        **{f"tags-recall-g={value}": "PASS" for value in "abc"},
    }
    assert finished.results["models"]["tags"]["task"] == "multilabel"
    [[picture]] = [row["extras"] for row in finished.report_rows() if row["extras"]]
    assert picture["name"] == "tags"
