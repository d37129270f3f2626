"""The interval of each metric is the one that the design names, on the right counts."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from support.metric_columns import (
    binary_columns,
    everything,
    multiclass_columns,
    regression_columns,
    weights_of,
    with_weights,
)
from support.metric_intervals import assert_limits, parts_of
from support.sample_data import estimated, measured

from model_checks.metrics import intervals
from model_checks.metrics.statistics import Floats


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
