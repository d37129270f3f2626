"""Every metric by the whole road (file, DuckDB, aggregates) against scikit-learn."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.metric_columns import (
    BINARY,
    MULTICLASS,
    Columns,
    adding_up,
    assert_equal,
    binary_columns,
    binary_reference,
    everything,
    keys_of,
    multiclass_columns,
    multiclass_reference,
    parts,
    regression_columns,
    regression_reference,
    skewed,
    whole,
    with_ties,
    with_weights,
)
from support.sample_data import came_to, estimated, measured, rows_of

from model_checks.metrics import metrics_of
from model_checks.metrics.statistics import ConfusionCounts, Floats

# Binary


CASES: dict[str, Columns] = {
    "random": binary_columns(500, 1),
    "ties": with_ties(binary_columns(500, 2)),
    "all scores tied": {**binary_columns(60, 3), "s": np.full(60, 0.25)},
    "weights": with_weights(binary_columns(500, 4), 5),
    "weights and ties": with_weights(with_ties(binary_columns(500, 6)), 7),
    "whole weights": {**binary_columns(300, 8), "w": np.arange(300) % 4},
    "one percent positives": binary_columns(3000, 9, share=0.01),
    "positives only": {**binary_columns(40, 10), "y": np.ones(40, dtype=int)},
    "negatives only": {**binary_columns(40, 11), "y": np.zeros(40, dtype=int)},
    "never predicted": {**binary_columns(40, 12), "p": np.zeros(40, dtype=int)},
    "scores in single precision": {
        **binary_columns(300, 13),
        "s": binary_columns(300, 13)["s"].astype(np.float32),
    },
    **{f"{n} rows": binary_columns(n, 20 + n, segments=2) for n in range(1, 6)},
    **{f"{n} rows with weights": with_weights(binary_columns(n, 30 + n), n) for n in range(1, 6)},
}


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true:UserWarning")
@pytest.mark.filterwarnings("ignore:A single label was found in:UserWarning")
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
@pytest.mark.parametrize("name", CASES)
def test_binary_metrics_are_those_of_scikit_learn(tmp_path: Path, name: str, suffix: str) -> None:
    columns = CASES[name]
    measurement = everything(tmp_path, "binary", columns, data=f"data.{suffix}")
    for segment, rows in parts(columns):
        for metric in BINARY:
            found = came_to(measurement, metric, segment=segment)
            assert_equal(found, binary_reference(metric, rows))


LABELS: dict[str, tuple[Any, Any, object]] = {
    "strings": ("no", "yes", "yes"),
    "booleans": (False, True, True),
    "booleans, called 1": (False, True, 1),
    "floats": (0.0, 1.0, 1),
    "half floats": (0.5, 1.5, 1.5),
    "minus one and one": (-1, 1, 1),
    "zero is positive": (1, 0, 0),
    "huge": (9_007_199_254_740_992, 9_007_199_254_740_993, 9_007_199_254_740_993),
    "SQL": ("1 or 1=1", "'; drop table given; --", "'; drop table given; --"),
    "quotes": ('a"b', "it's", "it's"),
    "spaces and signs": (" late", "späť ✈, \\n", " late"),
    "numerals": ("01", "1", 1),
}


@pytest.mark.parametrize("labels", LABELS)
def test_labels_may_be_of_any_type(tmp_path: Path, labels: str) -> None:
    negative, positive, named = LABELS[labels]
    plain = binary_columns(200, 40)
    columns = {
        **plain,
        "y": [positive if label else negative for label in plain["y"]],
        "p": [positive if label else negative for label in plain["p"]],
    }
    if named == negative:
        plain = {**plain, "y": 1 - plain["y"], "p": 1 - plain["p"]}
    measurement = everything(tmp_path, "binary", columns, positive_label=named)
    for segment, rows in parts(plain):
        for metric in BINARY:
            found = came_to(measurement, metric, segment=segment)
            assert_equal(found, binary_reference(metric, rows))


def test_labels_of_a_csv_file_may_be_words_with_quotes(tmp_path: Path) -> None:
    plain = binary_columns(200, 41)
    words = np.array(['on, "time"', "it's late"])
    columns = {**plain, "y": words[plain["y"]], "p": words[plain["p"]]}
    keys = {"data": "data.csv", "positive_label": "it's late"}
    measurement = everything(tmp_path, "binary", columns, **keys)
    for metric in BINARY:
        assert_equal(came_to(measurement, metric), binary_reference(metric, plain))


@pytest.mark.parametrize(
    ("true", "predicted"),
    [(np.int64, float), (float, np.int64), (bool, np.int64), (float, bool), (np.int8, np.uint32)],
)
def test_label_and_prediction_may_be_of_different_types(
    tmp_path: Path, true: type, predicted: type
) -> None:
    plain = binary_columns(200, 42)
    columns = {**plain, "y": plain["y"].astype(true), "p": plain["p"].astype(predicted)}
    measurement = everything(tmp_path, "binary", columns)
    assert_equal(came_to(measurement, "recall"), binary_reference("recall", plain))


# Multiclass


MULTICLASS_CASES: dict[str, Columns] = {
    "random": multiclass_columns(400, 1),
    "weights": with_weights(multiclass_columns(400, 2), 3),
    "ties": multiclass_columns(400, 4, decimals=1),
    "weights and ties": with_weights(multiclass_columns(400, 5, decimals=1), 6),
    "a rare class": multiclass_columns(900, 7, shares=(0.49, 0.49, 0.01, 0.01)),
    "five classes": with_weights(multiclass_columns(600, 8, shares=(0.2,) * 5), 9),
    "a class never predicted": {
        **multiclass_columns(300, 10),
        "p": np.where(multiclass_columns(300, 10)["p"] == "c", "a", "b"),
    },
    "a class never true": {
        **multiclass_columns(300, 11),
        "y": np.where(multiclass_columns(300, 11)["y"] == "c", "a", "b"),
    },
    "few rows": multiclass_columns(5, 12),
}


@pytest.mark.filterwarnings("ignore:y_pred values do not sum to one:UserWarning")
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true:UserWarning")
@pytest.mark.filterwarnings("ignore:A single label was found in:UserWarning")
@pytest.mark.filterwarnings("ignore:Only one class is present in y_true")
@pytest.mark.parametrize("name", MULTICLASS_CASES)
def test_multiclass_metrics_are_those_of_scikit_learn(tmp_path: Path, name: str) -> None:
    columns = MULTICLASS_CASES[name]
    labels = [column.removeprefix("s_") for column in columns if column[:2] == "s_"]
    if "ties" in name:
        columns = adding_up(columns)
    measurement = everything(tmp_path, "multiclass", columns)
    for segment, rows in parts(columns):
        for metric, average in MULTICLASS:
            found = came_to(measurement, metric, average, segment)
            assert_equal(found, multiclass_reference(metric, average, rows, labels))


def test_without_a_prediction_the_label_with_the_highest_score_is_predicted(tmp_path: Path) -> None:
    columns = multiclass_columns(300, 13)
    given = everything(tmp_path, "multiclass", columns)
    keys = {**keys_of("multiclass", columns)}
    del keys["prediction"]
    read_off = measured(tmp_path, columns, **keys)
    assert estimated(read_off, "f1") == estimated(given, "f1")


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true:UserWarning")
@pytest.mark.filterwarnings("ignore:A single label was found in:UserWarning")
@pytest.mark.filterwarnings("ignore:Only one class is present in y_true")
@pytest.mark.parametrize("weighted", [False, True])
def test_a_class_may_win_by_its_scores_that_is_true_of_no_row(
    tmp_path: Path, weighted: bool
) -> None:
    """One more is true in one segment alone, and one neither wins nor is true."""
    columns = multiclass_columns(300, 14, shares=(0.4, 0.3, 0.2, 0.1))
    scores = np.column_stack([columns[f"s_{label}"] for label in "abcd"])
    scores[:, 3] /= 1e3
    scores /= scores.sum(axis=1, keepdims=True)
    columns |= {f"s_{label}": scores[:, k] for k, label in enumerate("abcd")}
    columns["p"] = np.array([*"abcd"])[scores.argmax(axis=1)]
    there = (columns["y"] == "a") & (columns["g"] == "g1")
    columns["y"] = np.where(there, "a", "b")
    columns = with_weights(columns, 15) if weighted else columns
    assert {*columns["y"]} < {*columns["p"]} == {*"abc"}
    keys = keys_of("multiclass", columns)
    del keys["prediction"]
    measurement = measured(tmp_path, columns, **keys)
    for segment, rows in parts(columns):
        for metric, average in MULTICLASS:
            found = came_to(measurement, metric, average, segment)
            assert_equal(found, multiclass_reference(metric, average, rows, [*"abcd"]))


def test_of_tied_scores_the_one_that_is_written_first_wins(tmp_path: Path) -> None:
    columns = {"y": ["a", "b"], "s_a": [0.5, 0.4], "s_b": [0.5, 0.4], "s_c": [0.0, 0.2]}
    for order, expected in (("abc", ["a", "a"]), ("cba", ["b", "b"])):
        score = {label: f"s_{label}" for label in order}
        found = measured(tmp_path, columns, task="multiclass", score=score)
        assert [label for (label,) in rows_of(tmp_path, found, "y_pred")] == expected


def test_classes_of_whole_numbers_are_in_the_order_of_their_size(tmp_path: Path) -> None:
    true = [10, 9, 100, -1, 9]
    measurement = measured(tmp_path, {"y": true, "p": true}, task="multiclass")
    confusion = measurement.statistics[()].of(ConfusionCounts)
    assert confusion.labels == ("-1", "9", "10", "100")


# Regression


LARGE = regression_columns(300, 6)


def far_apart(name: str) -> Floats:
    """Around 0 in one segment and around a million in the other, each spread by 1."""
    moved: Floats = LARGE[name] / 5 + np.where(LARGE["g"] == "g1", 1e6, 0)
    return moved


REGRESSION_CASES: dict[str, Columns] = {
    "random": regression_columns(500, 1),
    "weights": with_weights(regression_columns(500, 2), 3),
    "whole numbers": whole(regression_columns(300, 4)),
    "single precision": {
        **regression_columns(300, 5),
        "p": regression_columns(300, 5)["p"].astype(np.float32),
    },
    **{f"{n} rows": regression_columns(n, 20 + n) for n in range(1, 6)},
    "constant error": {"y": np.arange(50.0), "p": np.arange(50.0) + 2.5},
    "two errors far apart": {"y": [0.0, 0.0], "p": [1e-6, 1e6]},
    "large targets": {**LARGE, "y": LARGE["y"] + 1e6, "p": LARGE["p"] + 1e6},
    "segments far apart": with_weights({**LARGE, "y": far_apart("y"), "p": far_apart("p")}, 7),
    "skewed": skewed(regression_columns(400, 8)),
    "skewed and weighted": with_weights(skewed(regression_columns(400, 9)), 10),
    "tied": {**regression_columns(400, 11), "p": np.round(regression_columns(400, 11)["y"])},
    "whole weights": {**whole(regression_columns(300, 12)), "w": np.arange(300) % 4},
    **{f"{n} rows with weights": with_weights(regression_columns(n, 40 + n), n) for n in (2, 3, 5)},
}


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
@pytest.mark.parametrize("name", REGRESSION_CASES)
def test_regression_metrics_are_those_of_scikit_learn(
    tmp_path: Path, name: str, suffix: str
) -> None:
    columns = REGRESSION_CASES[name]
    measurement = everything(tmp_path, "regression", columns, data=f"data.{suffix}")
    for segment, rows in parts(columns):
        for metric in metrics_of("regression"):
            found = came_to(measurement, metric, segment=segment)
            assert_equal(found, regression_reference(metric, rows))
