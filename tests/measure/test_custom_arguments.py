"""What a function of the user's own is called with."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.own_functions import FAR, SCORES, classes, estimate, function, log, prices
from support.sample_data import python_model, results_of, valued


@pytest.mark.parametrize(
    ("labels", "answer"),
    [
        ((0, 1), "y_true.dtype == np.int64 and y_pred.dtype == np.int64 and set(y_true) == {0, 1}"),
        ((False, True), "y_true.dtype == np.int64 and set(y_true) == set(y_pred) == {0, 1}"),
        (("0", "1"), "y_true.dtype == np.int64"),
        ((0.5, 1.0), "y_true.dtype == float and set(y_true) == {0.5, 1.0}"),
        (("no", "1"), "y_true.dtype.kind == 'U' and set(y_true) == set(y_pred) == {'no', '1'}"),
        (("01", "1"), "set(y_true) == {'01', '1'}"),
        (("nan", "1"), "set(y_true) == {'nan', '1'}"),
        (("9" * 30, "1"), "set(y_true) == {'9' * 30, '1'}"),
    ],
)
def test_labels_are_numbers_where_all_are_written_so_and_texts_elsewhere(
    tmp_path: Path, labels: tuple[Any, Any], answer: str
) -> None:
    found = estimate(tmp_path, function(tmp_path, f"float({answer})"), log(labels=labels))
    assert found.value == 1


def test_a_binary_model_whose_positives_alone_occur_still_has_numbers(tmp_path: Path) -> None:
    answer = function(tmp_path, "100 * y_true.mean() + 10 * y_pred.min() + y_pred.max()")
    columns = {"y": [1, 1], "s": [0.2, 0.8]}
    assert estimate(tmp_path, answer, columns, score="s").value == 101
    columns = {"y": [0, 0], "s": [0.2, 0.8]}
    keys = {"score": "s", "positive_label": 0}
    assert estimate(tmp_path, answer, columns, **keys).value == 1
    columns = {"y": ["yes", "yes"], "s": [0.2, 0.8]}
    texts = function(tmp_path, "float(set(y_pred) == {'not yes', 'yes'})")
    assert estimate(tmp_path, texts, columns, score="s", positive_label="yes").value == 1


def test_the_rows_stay_together(tmp_path: Path) -> None:
    columns = {"y": [0, 1, 0, 1], "p": [1, 1, 0, 0], "s": [0.9, 0.8, 0.1, 0.2], "w": [4, 3, 1, 2]}
    rows = "sorted(zip(y_true.tolist(), y_pred.tolist(), y_score.tolist(), weight.tolist()))"
    expected = sorted(zip(*columns.values(), strict=True))
    reference = function(tmp_path, f"float({rows} == {expected} or len(set({rows})) < 4)")
    keys = {"prediction": "p", "score": "s", "weight": "w"}
    assert estimate(tmp_path, reference, columns, **keys).value == 1


def test_what_a_model_does_not_have_is_none(tmp_path: Path) -> None:
    reference = function(tmp_path, "float(y_score is None and weight is None)")
    assert estimate(tmp_path, reference).value == 1
    assert estimate(tmp_path, reference, prices(), task="regression").value == 1
    reference = function(tmp_path, "float(y_score is not None and weight is not None)")
    assert estimate(tmp_path, reference, prediction="p", score="s", weight="w").value == 1


def test_numbers_of_a_regression_are_numbers(tmp_path: Path) -> None:
    reference = function(tmp_path, "float(y_true.dtype == y_pred.dtype == float)")
    assert estimate(tmp_path, reference, {"y": [1, 2], "p": [2, 1]}, task="regression").value == 1


def test_scores_of_several_classes_are_in_the_order_of_the_labels(tmp_path: Path) -> None:
    answer = "float((np.array(['bus', 'car', 'rail'])[y_score.argmax(axis=1)] == y_pred).all())"
    keys = {"task": "multiclass", "score": SCORES, "prediction": "p"}
    assert estimate(tmp_path, function(tmp_path, answer), classes(), **keys).value == 1


@pytest.mark.parametrize(
    ("proba", "answer"),
    [
        ("np.column_stack([1 - frame.x, frame.x])", "float(set(y_score) <= {0.25, 0.75})"),
        (None, "float(y_score is None)"),
    ],
)
def test_a_model_that_is_called_is_asked_for_its_scores_if_it_has_some(
    tmp_path: Path, proba: str | None, answer: str
) -> None:
    model = python_model(tmp_path, "(frame.x > 0.5).astype(int)", proba, classes_=[0, 1])
    columns = {"y": [0, 1, 1, 0], "x": [0.25, 0.75, 0.25, 0.25]}
    assert estimate(tmp_path, function(tmp_path, answer), columns, model=model).value == 1


def test_a_regression_that_is_called_has_no_scores(tmp_path: Path) -> None:
    model = python_model(tmp_path, "frame.x", "1 / 0", classes_=[0, 1])
    reference = function(tmp_path, "float(y_score is None)")
    columns = {"y": [0.0, 1.0], "x": [0.5, 0.5]}
    assert estimate(tmp_path, reference, columns, task="regression", model=model).value == 1


@pytest.mark.parametrize(
    ("takes", "answer"),
    [
        ("y_pred, y_true", "1.0 * (y_true == y_pred).mean()"),
        ("y_true, *, y_pred", "1.0 * (y_true == y_pred).mean()"),
        ("y_true, y_pred, beta=2", "1.0 * (y_true == y_pred).mean() * beta / 2"),
        ("**given", "1.0 * (given['y_true'] == given['y_pred']).mean() * (len(given) == 4)"),
        ("y_pred, **given", "1.0 * (given['y_true'] == y_pred).mean() * (len(given) == 3)"),
    ],
)
def test_it_is_given_the_arguments_that_it_names(tmp_path: Path, takes: str, answer: str) -> None:
    columns = log()
    found = estimate(tmp_path, function(tmp_path, answer, takes=takes), columns)
    assert found.value == np.mean(np.array(columns["y"]) == columns["p"])


def test_what_it_does_to_its_arguments_harms_no_other(tmp_path: Path) -> None:
    spoil = function(tmp_path, "y_true[:] = 1", "y_score.sort()", "weight *= 0", "return 1.0")
    honest = function(tmp_path, "float((y_true * y_score * weight).sum())")
    names = {"a": spoil, "b": honest, "c": spoil, "d": honest}
    thresholds = {name: {"metric": one, "max": FAR} for name, one in names.items()}
    keys = {"prediction": "p", "score": "s", "weight": "w", "thresholds": thresholds}
    values = [found.estimate for found in results_of(tmp_path, log(), **keys)]
    assert values[1] == values[3]
    columns = log()
    assert valued(values[1]).value == pytest.approx(
        (columns["y"] * columns["s"] * columns["w"]).sum()
    )
