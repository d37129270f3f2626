"""Models and functions that are called for several labels a row."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import sparse
from sklearn import metrics as sklearn_metrics
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from support.metric_columns import close_to
from support.multilabel import BOUNDS, OTHER, SCORES, Columns, columns_of, drawn, parts
from support.sample_data import (
    complaint,
    estimated,
    label_columns,
    label_keys,
    measured,
    python_model,
    python_module,
    results_of,
    rows_of,
    valued,
)

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
