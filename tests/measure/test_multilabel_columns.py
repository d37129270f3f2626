"""Several labels a row: what their columns may hold, and what is told of those that may not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from support.multilabel import BOUNDS, OTHER, SCORES, TWO, TWO_KEYS, Columns, drawn, everything
from support.sample_data import complaint, estimated, label_columns, label_keys, measured, rows_of

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
SCORED = {"task": "multilabel", "target": ["y0", "y1"], "score": ["p0", "p1"]}


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
