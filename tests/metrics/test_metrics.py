"""Every metric by the whole road (file, DuckDB, aggregates) against scikit-learn and by hand."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support.metric_columns import (
    ALL,
    ALL_COLUMNS,
    Columns,
    adding_up,
    assert_equal,
    binary_columns,
    binary_reference,
    close_to,
    each,
    everything,
    keys_of,
    multiclass_columns,
    multiclass_reference,
    parts,
    regression_columns,
    regression_reference,
    skewed,
    taken,
    weights_of,
    whole,
    with_ties,
    with_weights,
)
from support.sample_data import came_to, estimated, label_columns, measured, reason, rows_of

from model_checks.metrics import METRICS, Asked, Estimate, Undefined, intervals, metrics_of
from model_checks.metrics.ranking import _delong_covariance
from model_checks.metrics.statistics import ConfusionCounts, ErrorMoments, Floats, RankSums

BINARY = [metric for metric, task, _ in ALL if task == "binary"]
MULTICLASS = [(metric, average) for metric, task, average in ALL if task == "multiclass"]


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


# By hand

HAND: Columns = {"y": [1, 1, 1, 0, 0, 0, 0, 0], "p": [1, 1, 0, 1, 0, 0, 0, 0]}
HAND["s"] = [0.9, 0.8, 0.3, 0.7, 0.3, 0.2, 0.1, 0.1]
HAND_3 = {"y": ["a", "a", "b", "b", "c"], "p": ["a", "b", "b", "b", "a"]}
HAND_3_SCORES = {
    "s_a": [0.6, 0.2, 0.2, 0.1, 0.5],
    "s_b": [0.3, 0.7, 0.5, 0.6, 0.3],
    "s_c": [0.1, 0.1, 0.3, 0.3, 0.2],
}
HAND_LABELS = label_columns(
    [[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]], [[1, 0, 0], [1, 1, 0], [0, 1, 0], [1, 0, 0]]
)
NUMBERS = {"y": [1.0, 2.0, 3.0, 4.0], "p": [1.0, 4.0, 2.0, 8.0]}

BY_HAND: dict[tuple[str, str, str | None], float] = {
    ("accuracy", "binary", None): 6 / 8,
    ("precision", "binary", "binary"): 2 / 3,
    ("recall", "binary", "binary"): 2 / 3,
    ("f1", "binary", "binary"): 2 / 3,
    # Of 15 pairs 0.9 and 0.8 win all 10; 0.3 loses to 0.7, ties with 0.3 and beats three.
    ("roc_auc", "binary", "binary"): 13.5 / 15,
    ("balanced_accuracy", "binary", None): (2 / 3 + 4 / 5) / 2,
    ("specificity", "binary", None): 4 / 5,
    ("npv", "binary", None): 4 / 5,
    ("fbeta", "binary", "binary"): 5 * 2 / (5 * 2 + 4 * 1 + 1),
    ("mcc", "binary", None): (2 * 4 - 1 * 1) / math.sqrt(3 * 3 * 5 * 5),
    # 6 of 8 agree; 3 and 3 positives, 5 and 5 negatives would by chance in (9 + 25) / 64.
    ("cohen_kappa", "binary", None): (48 - 34) / (64 - 34),
    ("log_loss", "binary", None): -math.log(0.9**3 * 0.8**2 * 0.7 * 0.3**2) / 8,
    # Precision 1 at 0.9 and 0.8; at 0.3, which is tied, 3 of 5.
    ("average_precision", "binary", None): (1 + 1 + 3 / 5) / 3,
    ("brier", "binary", None): (3 * 0.01 + 2 * 0.04 + 0.09 + 2 * 0.49) / 8,
    # Alone in their bins: 0.9, 0.8, 0.7, 0.2; a bin each for both 0.3 and both 0.1.
    ("expected_calibration_error", "binary", None): (0.1 + 0.2 + 0.7 + 0.2 + 0.4 + 0.2) / 8,
    ("accuracy", "multiclass", None): 3 / 5,
    ("balanced_accuracy", "multiclass", None): (1 / 2 + 1 + 0) / 3,
    # 2, 2, 1 true and 2, 3, 0 predicted: 15 of 25 against 10 by chance.
    ("mcc", "multiclass", None): (15 - 10) / math.sqrt((25 - 4 - 9) * (25 - 4 - 4 - 1)),
    ("cohen_kappa", "multiclass", None): (15 - 10) / (25 - 10),
    ("log_loss", "multiclass", None): -math.log(0.6 * 0.2 * 0.5 * 0.6 * 0.2) / 5,
    ("brier", "multiclass", None): (0.26 + 1.14 + 0.38 + 0.26 + 0.98) / 5,
    # 0.6 is right twice, 0.7 is wrong, 0.5 is right once of twice.
    ("expected_calibration_error", "multiclass", None): (0.8 + 0.7 + 0) / 5,
    # Of each class 5 TP / (5 TP + 4 FN + FP): a 5/10, b 10/11, c none.
    ("fbeta", "multiclass", "macro"): (5 / 10 + 10 / 11 + 0) / 3,
    ("fbeta", "multiclass", "micro"): 3 / 5,
    ("fbeta", "multiclass", "weighted"): (2 * 5 / 10 + 2 * 10 / 11 + 0) / 5,
    # a: 1 of 2 predicted, 1 of 2 true; b: 2 of 3, 2 of 2; c: never predicted, 0 of 1.
    ("precision", "multiclass", "macro"): (1 / 2 + 2 / 3 + 0) / 3,
    ("precision", "multiclass", "micro"): 3 / 5,
    ("precision", "multiclass", "weighted"): (2 * 1 / 2 + 2 * 2 / 3 + 0) / 5,
    ("recall", "multiclass", "macro"): (1 / 2 + 1 + 0) / 3,
    ("recall", "multiclass", "micro"): 3 / 5,
    ("recall", "multiclass", "weighted"): 3 / 5,
    ("f1", "multiclass", "macro"): (1 / 2 + 4 / 5 + 0) / 3,
    ("f1", "multiclass", "micro"): 3 / 5,
    ("f1", "multiclass", "weighted"): (2 * 1 / 2 + 2 * 4 / 5 + 0) / 5,
    # a: 0.6 beats 3, 0.2 beats one and ties with one; b: 0.5 beats 2, 0.6 beats 2; c: 0.2 beats 2.
    ("roc_auc", "multiclass", "macro"): (4.5 / 6 + 4 / 6 + 2 / 4) / 3,
    ("roc_auc", "multiclass", "weighted"): (2 * 4.5 / 6 + 2 * 4 / 6 + 2 / 4) / 5,
    ("accuracy", "multilabel", None): 1 / 4,
    # One: 2 true, 3 predicted, 2 found; two: 2 true, 2 predicted, 1 found; three: in no row.
    ("precision", "multilabel", "macro"): (2 / 3 + 1 / 2 + 0) / 3,
    ("precision", "multilabel", "micro"): 3 / 5,
    ("precision", "multilabel", "weighted"): (2 * 2 / 3 + 2 * 1 / 2 + 0) / 4,
    ("recall", "multilabel", "macro"): (1 + 1 / 2 + 0) / 3,
    ("recall", "multilabel", "micro"): 3 / 4,
    ("recall", "multilabel", "weighted"): 3 / 4,
    ("f1", "multilabel", "macro"): (4 / 5 + 1 / 2 + 0) / 3,
    ("f1", "multilabel", "micro"): 2 * 3 / (4 + 5),
    ("f1", "multilabel", "weighted"): (2 * 4 / 5 + 2 * 1 / 2 + 0) / 4,
    ("fbeta", "multilabel", "macro"): (10 / 11 + 1 / 2 + 0) / 3,
    ("fbeta", "multilabel", "micro"): 5 * 3 / (5 * 3 + 4 * 1 + 2),
    ("fbeta", "multilabel", "weighted"): (2 * 10 / 11 + 2 * 1 / 2 + 0) / 4,
    ("mae", "regression", None): 7 / 4,
    ("rmse", "regression", None): math.sqrt(21 / 4),
    # Errors of 0, 2, -1 and 4.
    ("max_error", "regression", None): 4,
    ("mape", "regression", None): (0 + 2 / 2 + 1 / 3 + 4 / 4) / 4,
    ("median_absolute_error", "regression", None): (1 + 2) / 2,
    ("mean_error", "regression", None): 5 / 4,
    ("r2", "regression", None): 1 - 21 / 5,
    ("explained_variance", "regression", None): 1 - (21 - 25 / 4) / 5,
}
HAND_COLUMNS: dict[str, Columns] = {
    "binary": HAND,
    "multiclass": {**HAND_3, **HAND_3_SCORES},
    "multilabel": HAND_LABELS,
    "regression": NUMBERS,
}


@pytest.mark.parametrize(("metric", "task", "average"), ALL)
def test_a_case_worked_by_hand(tmp_path: Path, metric: str, task: str, average: str | None) -> None:
    measurement = everything(tmp_path, task, HAND_COLUMNS[task])
    found = estimated(measurement, metric, average)
    assert found.value == close_to(BY_HAND[metric, task, average])


def test_no_registered_metric_is_left_out() -> None:
    assert set(BY_HAND) == set(ALL)


def test_metrics_are_told_in_alphabetical_order_of_their_task() -> None:
    assert metrics_of("regression") == (
        "explained_variance",
        "mae",
        "mape",
        "max_error",
        "mean_error",
        "median_absolute_error",
        "r2",
        "rmse",
    )
    assert [name for name in metrics_of("binary") if name not in metrics_of("multiclass")] == [
        "average_precision",
        "npv",
        "specificity",
    ]


@pytest.mark.parametrize("task", HAND_COLUMNS)
def test_an_estimate_says_on_how_many_of_what_it_was_made(tmp_path: Path, task: str) -> None:
    measurement = everything(tmp_path, task, HAND_COLUMNS[task])
    rows = (len(next(iter(HAND_COLUMNS[task].values()))), "rows")
    counted = {"precision": (3, "predicted positives"), "recall": (3, "positives")}
    counted["f1"] = counted["fbeta"] = (4, "true or predicted positives")
    counted["average_precision"] = (3, "positives")
    counted |= {"specificity": (5, "negatives"), "npv": (5, "predicted negatives")}
    for metric, average in each(task):
        found = estimated(measurement, metric, average)
        expected = counted.get(metric, rows) if task == "binary" else rows
        assert (found.n, found.unit) == expected


# Intervals: each is the one that the design names, on the right counts.


def test_proportions_have_wilson_intervals_on_kish_sizes(tmp_path: Path) -> None:
    columns = with_weights(binary_columns(400, 60), 61)
    measurement = everything(tmp_path, "binary", columns)
    weights, true = columns["w"], columns["y"] == 1
    predicted = columns["p"] == 1
    counted = {"accuracy": true | ~true, "precision": predicted, "recall": true}
    for metric, rows in counted.items():
        found = estimated(measurement, metric)
        size = weights[rows].sum() ** 2 / (weights[rows] ** 2).sum()
        assert_limits(found, intervals.wilson_interval(found.value, size, 0.95))
    rows = true | predicted
    size = weights[rows].sum() ** 2 / (weights[rows] ** 2).sum()
    tp, fp = weights[true & predicted].sum(), weights[~true & predicted].sum()
    expected = intervals.f1_interval(tp, fp, weights[true & ~predicted].sum(), size, 0.95)
    assert_limits(estimated(measurement, "f1"), expected)


def assert_limits(found: Estimate, expected: intervals.Interval) -> None:
    assert found.method == expected.method
    assert found.low == pytest.approx(expected.low, rel=1e-7, abs=1e-9)
    assert found.high == pytest.approx(expected.high, rel=1e-7, abs=1e-9)


def test_errors_have_hall_intervals_on_kish_sizes(tmp_path: Path) -> None:
    columns = with_weights(regression_columns(400, 62), 63)
    measurement = everything(tmp_path, "regression", columns)
    error, weights = np.abs(columns["p"] - columns["y"]), columns["w"]
    size = weights.sum() ** 2 / (weights**2).sum()
    mean = {k: float(np.average(error**k, weights=weights)) for k in (1, 2, 3, 4, 6)}
    mae = intervals.hall_mean_interval(size, mean[1], mean[2], mean[3], 0.95)
    rmse = intervals.rmse_interval(size, mean[2], mean[4], mean[6], 0.95)
    assert_limits(estimated(measurement, "mae"), mae)
    assert_limits(estimated(measurement, "rmse"), rmse)


def value_of_shares(share: Floats, metric: str, average: str) -> float:
    """Macro or weighted precision, recall or F1 of a matrix of shares, class by class."""
    values, importance = [], []
    for k in range(len(share)):
        hits, true, predicted = share[k, k], share[k].sum(), share[:, k].sum()
        base = {"precision": predicted, "recall": true, "f1": (true + predicted) / 2}[metric]
        values.append(hits / base if base else 0.0)
        importance.append(true if average == "weighted" else 1.0)
    return float(np.average(values, weights=importance))


def parts_of(
    columns: Columns,
    labels: Sequence[object],
    mix: tuple[float, float],
    importance: Sequence[float],
) -> intervals.Parts:
    """What each label says by itself, from the rows; ``mix`` is the cost of a missed and of a false
    one, and rows of neither kind that costs nothing concern it."""
    weights, shares, sizes, costs = weights_of(columns), [], [], []
    for label in labels:
        true, predicted = columns["y"] == label, columns["p"] == label
        cost = np.where(true & ~predicted, mix[0], 0.0) + np.where(predicted & ~true, mix[1], 0.0)
        hit = true & predicted
        concerned = hit | (cost > 0)
        wrong = weights * (cost > 0)
        shares.append(weights[hit].sum() / weights[concerned].sum())
        sizes.append(weights[concerned].sum() ** 2 / (weights[concerned] ** 2).sum())
        kish = sizes[-1] / weights[concerned].sum()
        more = min(4 / max(kish * wrong.sum(), 1e-9), 1.0)  # of a row that costs the most
        costs.append((kish * (weights @ cost) + more * max(mix)) / (kish * wrong.sum() + more))
    return intervals.Parts(*map(np.array, (importance, shares, sizes, costs)))


MIXES = {"precision": (0.0, 1.0), "recall": (1.0, 0.0), "f1": (0.5, 0.5)}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("average", ["macro", "weighted"])
@pytest.mark.parametrize("metric", ["precision", "recall", "f1"])
def test_averages_have_the_intervals_of_their_derivatives_and_of_their_classes(
    tmp_path: Path, metric: str, average: str, weighted: bool
) -> None:
    columns = multiclass_columns(400, 64)
    if weighted:
        columns = with_weights(columns, 65)
    weights = weights_of(columns)
    shares = np.array(
        [[weights[(columns["y"] == t) & (columns["p"] == p)].sum() for p in "abc"] for t in "abc"]
    )
    shares /= shares.sum()
    step, gradient = 1e-6, np.zeros_like(shares)
    for cell in np.ndindex(*shares.shape):
        moved = np.zeros_like(shares)
        moved[cell] = step
        ends = (value_of_shares(shares + sign * moved, metric, average) for sign in (-1, 1))
        [(below, above)] = pairwise(ends)
        gradient[cell] = (above - below) / (2 * step)
    size = weights.sum() ** 2 / (weights**2).sum()
    spread = (shares * gradient**2).sum() - (shares * gradient).sum() ** 2
    found = estimated(everything(tmp_path, "multiclass", columns), metric, average)
    value = value_of_shares(shares, metric, average)
    importance = [1 / 3] * 3 if average == "macro" else shares.sum(axis=1).tolist()
    parts = parts_of(columns, "abc", MIXES[metric], importance)
    expected = intervals.averaged_interval(value, spread / size, parts, size, 0.95)
    delta = intervals.delta_logit_interval(value, spread / size, size, 0.95)
    assert_limits(found, expected)
    assert (found.low, found.high) == pytest.approx((delta.low, delta.high), abs=0.003)


def test_a_rare_class_that_agrees_with_itself_does_not_narrow_the_interval(tmp_path: Path) -> None:
    true = ["a"] * 50 + ["b"] * 50 + ["c"] * 2
    predicted = ["a"] * 50 + ["b"] * 50 + ["a"] * 2
    measurement = measured(
        tmp_path, {"y": true, "p": predicted}, task="multiclass", thresholds={"recall": 0.5}
    )
    found = estimated(measurement, "recall", "macro")
    size = 3**2 / (1 / 50 + 1 / 50 + 1 / 2)
    careful = intervals.wilson_interval(2 / 3, size, 0.95)
    assert found.low == pytest.approx(careful.low)
    assert careful.high <= found.high < careful.high + 0.03
    assert found.method == "Wilson, by class"


# DeLong


def naive_influence(true: NDArray[np.bool_], score: Floats) -> tuple[float, Floats]:
    """AUC, and what each row adds to its error, pair by pair."""
    wins = np.where(score[true][:, None] > score[~true][None, :], 1.0, 0.0)
    wins += 0.5 * (score[true][:, None] == score[~true][None, :])
    auc = float(wins.mean())
    m, n = wins.shape
    influence = np.zeros(len(true))
    influence[true] = (wins.mean(axis=1) - auc) / math.sqrt(m * (m - 1))
    influence[~true] = (wins.mean(axis=0) - auc) / math.sqrt(n * (n - 1))
    return auc, influence


def covariance_of(ranks: RankSums | None) -> tuple[Floats, Floats]:
    """AUCs and their covariance, from the sums that the engine returned."""
    assert ranks is not None
    own = np.where(ranks.of_label, ranks.weight[:, None], 0.0).sum(axis=0)
    other = ranks.weight.sum() - own
    auc = np.where(ranks.of_label, ranks.sums, 0.0).sum(axis=0) / (own * other)
    return auc, _delong_covariance(ranks, auc, own, other)


@pytest.mark.parametrize("decimals", [12, 1])
@pytest.mark.parametrize("weight", [None, 1.0, 0.25])
def test_delong_variance_is_that_of_all_pairs(
    tmp_path: Path, weight: float | None, decimals: int
) -> None:
    columns = binary_columns(400, 70)
    columns["s"] = np.round(columns["s"], decimals)
    extra = {} if weight is None else {"w": np.full(400, weight)}
    measurement = everything(tmp_path, "binary", {**columns, **extra})
    for segment, rows in parts(columns):
        expected, influence = naive_influence(rows["y"] == 1, rows["s"])
        [auc], [[variance]] = covariance_of(measurement.statistics[segment].of(RankSums))
        assert auc == close_to(expected)
        assert variance == pytest.approx((influence**2).sum(), rel=1e-9)


def test_the_auc_has_the_interval_of_delong(tmp_path: Path) -> None:
    columns = binary_columns(600, 71)
    auc, influence = naive_influence(columns["y"] == 1, columns["s"])
    positives = int(columns["y"].sum())
    variance = float((influence**2).sum())
    found = estimated(everything(tmp_path, "binary", columns), "roc_auc")
    assert found.method == "DeLong, logit"
    assert_limits(found, intervals.auc_interval(auc, variance, positives, 600 - positives, 0.95))


@pytest.mark.parametrize("decimals", [12, 1])
def test_covariance_of_one_versus_rest_aucs_is_that_of_all_pairs(
    tmp_path: Path, decimals: int
) -> None:
    columns = multiclass_columns(300, 72, decimals=decimals)
    thresholds = {"roc_auc": 0.5}  # which takes rounded scores that don't sum to 1
    segments = [{"by": "g", "thresholds": thresholds}]
    keys = {"thresholds": thresholds, "segments": segments}
    measurement = everything(tmp_path, "multiclass", columns, **keys)
    both = [naive_influence(columns["y"] == x, columns[f"s_{x}"]) for x in "abc"]
    influence = np.array([one for _, one in both])
    auc, covariance = covariance_of(measurement.statistics[()].of(RankSums))
    assert auc == close_to([one for one, _ in both])
    assert covariance == pytest.approx(influence @ influence.T, rel=1e-8, abs=1e-12)
    found = estimated(measurement, "roc_auc", "macro")
    value, variance = float(auc.mean()), float(covariance.sum() / 9)
    smallest = min(int((columns["y"] == x).sum()) for x in "abc")
    assert_limits(found, intervals.delta_logit_interval(value, variance, smallest, 0.95))


def test_macro_auc_varies_as_the_bootstrap_says(tmp_path: Path) -> None:
    columns = multiclass_columns(400, 73)
    _, covariance = covariance_of(
        everything(tmp_path, "multiclass", columns).statistics[()].of(RankSums)
    )
    draw = np.random.default_rng(74)
    aucs = []
    for _ in range(400):
        rows = taken(columns, draw.integers(400, size=400))
        aucs.append(np.mean([fast_auc(rows["y"] == x, rows[f"s_{x}"]) for x in "abc"]))
    assert math.sqrt(covariance.sum()) / 3 == pytest.approx(float(np.std(aucs)), rel=0.1)


def fast_auc(true: NDArray[np.bool_], score: Floats) -> float:
    ordered = np.sort(score[~true])
    below = np.searchsorted(ordered, score[true], "left")
    upto = np.searchsorted(ordered, score[true], "right")
    return float((below + upto).mean() / 2 / len(ordered))


# The edges of what numbers can say


@pytest.mark.parametrize("task", ALL_COLUMNS)
def test_rows_without_any_weight_make_no_estimate(tmp_path: Path, task: str) -> None:
    columns = {**ALL_COLUMNS[task], "w": np.zeros(300)}
    measurement = everything(tmp_path, task, columns)
    for metric, average in each(task):
        found = came_to(measurement, metric, average)
        assert isinstance(found, Undefined)
        classes = "only one class, no row with label" in found.reason
        assert classes or found.reason == "undefined, no weight above 0 among 300 labelled rows"


def test_undefined_metrics_say_why(tmp_path: Path) -> None:
    columns: Columns = {"y": [0, 0, 0, 1], "p": [0, 0, 0, 0], "s": [0.1, 0.2, 0.3, 0.4]}
    columns["g"] = ["a", "a", "a", "b"]
    measurement = everything(tmp_path, "binary", columns)
    reasons = {metric: reason(measurement, metric, segment=(("g", "a"),)) for metric in BINARY}
    among = "among 3 labelled rows"
    assert reasons == {
        "accuracy": None,
        "balanced_accuracy": None,
        "specificity": None,
        "npv": None,
        "log_loss": None,
        "brier": None,
        "expected_calibration_error": None,
        "mcc": f"undefined, only one true label {among}",
        "cohen_kappa": f"undefined, only one true label {among}",
        "fbeta": f"undefined, no row with label 1, none predicted 1 {among}",
        "precision": f"undefined, no row predicted 1 {among}",
        "recall": f"undefined, no row with label 1 {among}",
        "f1": f"undefined, no row with label 1, none predicted 1 {among}",
        "roc_auc": f"undefined, only one class, no row with label 1 {among}",
        "average_precision": f"undefined, only one class, no row with label 1 {among}",
    }
    assert reason(measurement, "roc_auc", segment=(("g", "b"),)) == (
        "undefined, only one class, no row with another label than 1 among 1 labelled row"
    )


def test_a_constant_error_is_known_exactly(tmp_path: Path) -> None:
    columns = {"y": np.arange(1000.0), "p": np.arange(1000.0) + 0.1}
    measurement = everything(tmp_path, "regression", columns)
    for metric in ("mae", "rmse"):
        found = estimated(measurement, metric)
        assert (found.low, found.value, found.high) == pytest.approx((0.1, 0.1, 0.1))


def test_one_row_says_nothing_of_the_spread(tmp_path: Path) -> None:
    measurement = everything(tmp_path, "regression", {"y": [1.0], "p": [3.0]})
    for metric in ("mae", "rmse"):
        found = estimated(measurement, metric)
        assert (found.low, found.value, found.high) == (0, 2, math.inf)


@pytest.mark.parametrize("size", [1e60, 1e120, 1e150])
def test_errors_whose_powers_overflow_keep_their_value(tmp_path: Path, size: float) -> None:
    columns = {"y": [0.0, 0.0, 0.0], "p": [size, -2 * size, 3 * size]}
    measurement = everything(tmp_path, "regression", columns)
    mae, rmse = estimated(measurement, "mae"), estimated(measurement, "rmse")
    assert mae.value == pytest.approx(2 * size, rel=1e-12)
    assert rmse.value == pytest.approx(math.sqrt(14 / 3) * size, rel=1e-12)
    assert (rmse.low, rmse.high, rmse.method) == (0, math.inf, "none, errors out of range")


@pytest.mark.parametrize("size", [1e-60, 1e-120])
def test_errors_whose_powers_underflow_keep_their_value(tmp_path: Path, size: float) -> None:
    columns = {"y": [0.0, 0.0, 0.0], "p": [size, -2 * size, 3 * size]}
    measurement = everything(tmp_path, "regression", columns)
    mae, rmse = estimated(measurement, "mae"), estimated(measurement, "rmse")
    assert mae.value == pytest.approx(2 * size, rel=1e-12)
    assert rmse.value == pytest.approx(math.sqrt(14 / 3) * size, rel=1e-12)
    assert (rmse.low, rmse.high, rmse.method) == (0, math.inf, "none, errors out of range")


def test_errors_too_large_to_be_summed_make_no_estimate(tmp_path: Path) -> None:
    measurement = everything(tmp_path, "regression", {"y": [-1e308, 0.0], "p": [1e308, 0.0]})
    told = "undefined, errors too large to be summed among 2 labelled rows"
    assert reason(measurement, "mae") == reason(measurement, "rmse") == told


def test_rounding_of_long_sums_is_no_negative_variance(tmp_path: Path) -> None:
    measurement = everything(tmp_path, "regression", {"y": [0.0, 0.0], "p": [0.1, 0.1]})
    statistics = measurement.statistics[()]
    off = {
        **statistics.of(ErrorMoments).powers,
        2: statistics.of(ErrorMoments).powers[2] * (1 - 1e-9),
    }
    rounded = statistics.adding(replace(statistics.of(ErrorMoments), powers=off))
    found = METRICS["mae"].estimate(rounded, Asked())
    assert isinstance(found, Estimate)
    assert found.value == found.low == found.high == pytest.approx(0.1)
