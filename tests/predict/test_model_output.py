"""What a called model does to its frame, and in which order and behind which mask it replies."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.paired_data import baseline_of, measured_beside
from support.sample_data import complaint, estimated, measured, python_model, python_module, rows_of

from model_checks.metrics.statistics import ConfusionCounts
from model_checks.predict.model_output import array_of, labels_of, numbers_of, order_of
from model_checks.predict.model_output import rows_of as places_of

ROWS: dict[str, Any] = {"y": [0, 1, 1, 0], "x": [0.1, 0.9, 0.2, 0.3], "z": [1.0, 2.0, 3.0, 4.0]}
PROBA = "np.column_stack([1 - frame.x, frame.x])"

# A frame of its own for each call

SPOILERS = {
    "a column": "frame['x'] = 0.0",
    "all of it": "frame *= 0",
    "cells": "frame.iloc[:, :] = 0.0",
    "a row more": "frame.loc[99] = 1.0",
    "another index": "frame.index = frame.index[::-1]",
    "other names": "frame.columns = [*'ab']",
    "a column less": "del frame['x']",
    "its memory": (
        "for name in frame:\n"
        "                array = frame[name].array._ndarray\n"
        "                array.setflags(write=True)\n"
        "                array[:] = 0"
    ),
}


def spoiling(folder: Path, spoiler: str) -> dict[str, str]:
    """A model that answers what it should, and then writes into its frame."""
    answers = {"predict": "(frame.x > 0.5).astype(int).tolist()", "predict_proba": PROBA}
    methods = "".join(
        f"    def {name}(self, frame):\n"
        f"        try:\n            return {answer}\n        finally:\n            pass\n"
        f"            {spoiler}\n"
        for name, answer in answers.items()
    )
    text = f"class Model:\n    feature_names_in_, classes_ = ['x', 'z'], [0, 1]\n{methods}"
    return python_module(folder, f"import numpy as np\n{text}model = Model()\n")


@pytest.mark.parametrize("spoiler", SPOILERS.values(), ids=SPOILERS.keys())
def test_a_model_may_write_into_its_frame(tmp_path: Path, spoiler: str) -> None:
    keys = {"thresholds": {"accuracy": 0.5, "roc_auc": 0.5}, "weight": "z"}
    baseline = {"model": spoiling(tmp_path, spoiler)}
    model = spoiling(tmp_path, spoiler)
    found = measured_beside(tmp_path, ROWS, baseline, model=model, **keys)
    assert found.facts.error is None, found.facts.error
    confusion = (
        found.statistics[()].of(ConfusionCounts),
        baseline_of(found).statistics[()].of(ConfusionCounts),
    )
    assert [one.rows.tolist() for one in confusion] == [[[2, 0], [1, 1]]] * 2
    assert rows_of(tmp_path, found, "y_true, y_pred, s0, w") == [
        (str(y), str(int(x > 0.5)), x, z) for y, x, z in zip(*ROWS.values(), strict=True)
    ]


def test_a_list_in_a_cell_is_not_that_of_another_call(tmp_path: Path) -> None:
    text = (
        "import numpy as np\n"
        "class Model:\n"
        "    feature_names_in_, classes_ = ['x'], [0, 1]\n"
        "    def predict(self, frame):\n"
        "        labels = [int(cell['a'] > 0.5) for cell in frame.x]\n"
        "        for cell in frame.x:\n"
        "            cell['a'] = 0.0\n"
        "        return labels\n"
        "    def predict_proba(self, frame):\n"
        "        scores = np.array([cell['a'] for cell in frame.x])\n"
        "        return np.column_stack([1 - scores, scores])\n"
        "model = Model()\n"
    )
    columns = {"y": ROWS["y"], "x": [{"a": x} for x in ROWS["x"]]}
    model, keys = python_module(tmp_path, text), {"thresholds": {"roc_auc": 0.5}}
    found = measured(tmp_path, columns, model=model, **keys)
    assert [score for (score,) in rows_of(tmp_path, found, "s0")] == ROWS["x"]


# Masks


MASK = np.array([True, False, True, False])
ROWS_OF_TWO = np.ma.masked_array(np.ones((4, 2)), mask=np.arange(8).reshape(4, 2) == 3)


@pytest.mark.parametrize(
    "reply",
    [
        np.ma.masked_array([0, 1, 1, 0], mask=MASK),
        np.ma.masked_array(["0", "1", "1", "0"], mask=MASK),
        np.ma.masked_array([0, 1, 1, 0], mask=MASK, dtype=object),
        [np.ma.masked, 1, np.ma.masked, 0],
        (np.ma.masked_array(0, mask=True), 1, np.ma.masked_array(1, mask=True), 0),
        [*np.ma.masked_array([0, 1, 1, 0], mask=MASK)],
        np.array([np.ma.masked, 1, np.ma.masked, 0], object),
        pd.Series(np.ma.masked_array([0.0, 1, 1, 0], mask=MASK)),
    ],
)
def test_what_is_behind_a_mask_is_missing(reply: Any) -> None:
    values = array_of(reply)
    assert labels_of(values) == [None, "1", None, "0"]
    if values.dtype.kind != "O" or not isinstance(values[1], str):
        assert np.isnan(numbers_of(values)).tolist() == MASK.tolist()


@pytest.mark.parametrize(
    "reply",
    [
        ROWS_OF_TWO,
        ROWS_OF_TWO.astype("float32"),
        ROWS_OF_TWO.astype(int),
        [*ROWS_OF_TWO],
        [list(row) for row in ROWS_OF_TWO],
        tuple(tuple(row) for row in ROWS_OF_TWO),
    ],
)
def test_what_is_behind_a_mask_of_a_table_is_missing(reply: Any) -> None:
    assert np.argwhere(np.isnan(numbers_of(array_of(reply)))).tolist() == [[1, 1]]


def test_where_nothing_is_masked_nothing_is_lost() -> None:
    values = array_of(np.ma.masked_array([0.5, 0.25], mask=[False, False], dtype="float32"))
    assert values.tolist() == [0.5, 0.25]
    assert values.dtype == np.float32


def test_a_masked_label_and_a_masked_score_are_told(tmp_path: Path) -> None:
    masked = f"list(np.ma.masked_array({PROBA}, mask=np.arange(8).reshape(4, 2) == 3))"
    model = python_model(tmp_path, "[np.ma.masked, 1, 1, 0]", masked, classes_=[0, 1])
    text = complaint(tmp_path, ROWS, model=model, thresholds={"roc_auc": 0.5})
    assert text == (
        "score of the model is NaN in 1; prediction of the model is missing in 1 of 4 labelled rows"
    )


LABELS: dict[str, Any] = {"y0": [0, 1, 1, 0], "y1": [1, 1, 0, 0], "x": [0.1, 0.9, 0.2, 0.3]}
SEVERAL: dict[str, Any] = {"task": "multilabel", "target": ["y0", "y1"]}
MASKED = "np.ma.masked_array(np.ones((4, 2)), mask=np.arange(8).reshape(4, 2) == 3)"


def test_one_of_several_labels_behind_a_mask_is_missing(tmp_path: Path) -> None:
    model = python_model(tmp_path, f"[*map(list, {MASKED})]")
    text = complaint(tmp_path, LABELS, model=model, **SEVERAL)
    assert text == "prediction of the model for 'y1' is missing in 1 of 4 labelled rows"
    model = python_model(tmp_path, "1 / 0", f"[{MASKED} / 2] * 2")
    text = complaint(tmp_path, LABELS, model=model, decision_threshold=0.5, **SEVERAL)
    assert text.startswith("score of the model for 'y0' is NaN in 1; ")


# Columns of a frame by their names


def scores(folder: Path, proba: str, classes: list[Any]) -> list[Any]:
    """The scores of the positive label, of a model that replies with columns in some order."""
    words = [classes[y] for y in ROWS["y"]]
    keys = {"thresholds": {"roc_auc": 0.0}, "positive_label": classes[1]}
    model = python_model(folder, f"{words!r}", proba, classes_=classes)
    found = measured(folder, {**ROWS, "y": words}, model=model, **keys)
    return [score for (score,) in rows_of(folder, found, "s0")]


@pytest.mark.parametrize(
    ("frame", "classes"),
    [
        ("{'yes': frame.x, 'no': 1 - frame.x}", ["no", "yes"]),
        ("{1.0: frame.x, 0.0: 1 - frame.x}", [0, 1]),
        ("{True: frame.x, False: 1 - frame.x}", [False, True]),
        ("{0: 1 - frame.x, 1: frame.x}", ["no", "yes"]),
    ],
)
def test_columns_of_scores_are_those_of_their_names(
    tmp_path: Path, frame: str, classes: list[Any]
) -> None:
    assert scores(tmp_path, f"pd.DataFrame({frame})", classes) == ROWS["x"]


OTHERS = (
    "type('Frame', (), {'columns': %r, 'shape': (4, 2), "
    "'__array__': lambda self, dtype=None, copy=None: %s})()"
)
"""As little of a frame as those have that are not pandas': columns, a shape and an array."""


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (["yes", "no"], "np.column_stack([frame.x, 1 - frame.x])"),
        (["column_0", "column_1"], PROBA),
    ],
)
def test_a_frame_need_not_be_one_of_pandas(tmp_path: Path, names: list[str], values: str) -> None:
    assert scores(tmp_path, OTHERS % (names, values), ["no", "yes"]) == ROWS["x"]


@pytest.mark.parametrize(
    ("names", "expected", "told"),
    [
        (["no", "maybe"], ["no", "yes"], "'no', 'maybe', expected 'no', 'yes'"),
        (["p_no", "p_yes"], ["no", "yes"], "'p_no', 'p_yes', expected 'no', 'yes'"),
        (["no", "no"], ["no", "yes"], "'no', 'no', expected 'no', 'yes'"),
        ([1, 2], ["no", "yes"], "'1', '2', expected 'no', 'yes'"),
        ([1, 0], ["no", "yes"], "'1', '0', expected 'no', 'yes'"),
        ([False, True], ["no", "yes"], "'0', '1', expected 'no', 'yes'"),
        ([("a", 1), ("b", 1)], ["no", "yes"], "'a tuple', 'a tuple', expected 'no', 'yes'"),
        ([0, 1], ["1", "0"], "'0', '1', which are names or count columns, where the order is"),
    ],
)
def test_columns_of_other_names_are_refused(
    names: list[Any], expected: list[str], told: str
) -> None:
    with pytest.raises(ValueError, match=f"^columns {re.escape(told)}"):
        order_of(names, expected, own=True)


def test_refused_columns_are_an_error_of_the_model(tmp_path: Path) -> None:
    proba = f"pd.DataFrame({PROBA}, columns=['0', '2'])"
    model = python_model(tmp_path, "[0, 1, 1, 0]", proba, classes_=[0, 1])
    text = complaint(tmp_path, ROWS, model=model, thresholds={"roc_auc": 0.0})
    assert text.split(": ", 1)[1] == (
        "predict_proba answered with columns '0', '2', expected '0', '1'"
    )


def test_columns_of_several_classes_come_in_any_order(tmp_path: Path) -> None:
    columns = {"y": list("abca"), "x": [0.1, 0.2, 0.3, 0.4]}
    proba = "pd.DataFrame({'c': frame.x, 'a': 1 - 2 * frame.x, 'b': frame.x})"
    model = python_model(tmp_path, "[*'abca']", proba, classes_=[*"abc"])
    keys = {"task": "multiclass", "thresholds": {"log_loss": 9.0}}
    found = measured(tmp_path, columns, model=model, **keys)
    expected = -np.log([0.8, 0.2, 0.3, 0.2]).mean()
    assert estimated(found, "log_loss").value == pytest.approx(expected)


@pytest.mark.parametrize("names", [["y1", "y0"], ["a", "b"], [0, 1]])
def test_columns_of_several_labels_are_those_of_their_targets(
    tmp_path: Path, names: list[Any]
) -> None:
    answers = [[1, 0], [1, 1], [0, 1], [0, 0]]
    rows = [row[::-1] for row in answers] if names == ["y1", "y0"] else answers
    labels = f"pd.DataFrame({rows!r}, columns={names!r})"
    model = python_model(tmp_path, labels, labels)
    for keys in ({}, {"decision_threshold": 0.5}):
        found = measured(tmp_path, LABELS, model=model, **SEVERAL, **keys)
        assert rows_of(tmp_path, found, "p0, p1") == list(map(tuple, answers))


def test_some_targets_and_some_other_names_are_refused(tmp_path: Path) -> None:
    model = python_model(tmp_path, "pd.DataFrame(np.ones((4, 2)), columns=['y0', 'z'])")
    text = complaint(tmp_path, LABELS, model=model, **SEVERAL)
    assert text.endswith("predict answered with columns 'y0', 'z', expected 'y0', 'y1'")


@pytest.mark.parametrize("told", ["", "model.classes_ = [np.array([0, 1])] * 2"])
def test_tables_of_labels_are_read_by_their_classes(tmp_path: Path, told: str) -> None:
    tables = "[pd.DataFrame({1: frame.x, 0: 1 - frame.x})] * 2"
    model = python_model(tmp_path, "1 / 0", tables)
    module = tmp_path / f"{model['python'].partition(':')[0]}.py"
    module.write_text(f"{module.read_text()}\n{told}\n")
    found = measured(tmp_path, LABELS, model=model, decision_threshold=0.5, **SEVERAL)
    assert rows_of(tmp_path, found, "p0, p1") == [(0, 0), (1, 1), (0, 0), (0, 0)]


# Rows by their index


@pytest.mark.parametrize(
    "sort",
    ["frame.sort_values('x')", "frame.sample(frac=1, random_state=1)"],
)
def test_rows_that_were_sorted_are_put_back(tmp_path: Path, sort: str) -> None:
    predict, proba = (
        f"({sort}.x > 0.5).astype(int)",
        f"pd.DataFrame({{0: 1 - {sort}.x, 1: {sort}.x}})",
    )
    model = python_model(tmp_path, predict, proba, classes_=[0, 1])
    found = measured(tmp_path, ROWS, model=model, thresholds={"roc_auc": 0.5})
    assert rows_of(tmp_path, found, "y_pred, s0") == [(str(int(x > 0.5)), x) for x in ROWS["x"]]


def test_numbers_of_a_regression_are_put_back(tmp_path: Path) -> None:
    model = python_model(tmp_path, "frame.sort_values('x').x * 2")
    columns = {"y": [1.0, 2.0, 3.0, 4.0], "x": ROWS["x"]}
    found = measured(tmp_path, columns, task="regression", model=model)
    assert [p for (p,) in rows_of(tmp_path, found, "y_pred")] == [2 * x for x in ROWS["x"]]


def test_labels_of_several_targets_are_put_back(tmp_path: Path) -> None:
    labels = "frame.assign(y1=(frame.x > 0.5) * 1, y0=0).sort_values('x')[['y1', 'y0']]"
    found = measured(tmp_path, LABELS, model=python_model(tmp_path, labels), **SEVERAL)
    assert rows_of(tmp_path, found, "p0, p1") == [(0, 0), (0, 1), (0, 0), (0, 0)]


@pytest.mark.parametrize("index", [[4, 5, 6, 7], [0, 0, 1, 2], list("abcd"), [0.5, 1, 2, 3]])
def test_another_index_says_nothing_of_the_rows(index: list[Any]) -> None:
    assert places_of(pd.Series([1, 2, 3, 4], index=index), 4) is None


def test_names_are_looked_up_however_many_there_are() -> None:
    names = [f"label {k}" for k in range(1000)]
    assert order_of(names[::-1], names, own=True) == list(range(1000))[::-1]
