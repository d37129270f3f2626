"""Every metric on a few rows, worked by hand, and on how many of what it was made."""

import math
from pathlib import Path

import pytest
from support.metric_columns import ALL, Columns, close_to, each, everything
from support.sample_data import estimated, label_columns

from model_checks.metrics import metrics_of

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
