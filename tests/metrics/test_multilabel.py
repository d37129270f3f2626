"""Metrics of several labels a row, by the whole road: values and intervals."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics
from support.metric_columns import close_to
from support.multilabel import (
    AVERAGES,
    SCORES,
    Columns,
    Labels,
    aggregates_of,
    columns_of,
    drawn,
    everything,
    parts,
)
from support.sample_data import (
    came_to,
    estimated,
    label_columns,
    label_keys,
    reason,
    results_of,
    valued,
)

from model_checks.metrics import METRICS, Asked, Undefined, intervals
from model_checks.metrics.statistics import Floats

# Values are those of scikit-learn


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


# Intervals


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
