"""The intervals of metrics, against the same from the rows, or by numerical derivatives."""

import math
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from support.metric_columns import (
    Columns,
    binary_columns,
    everything,
    multiclass_columns,
    regression_columns,
    skewed,
    taken,
    weights_of,
    with_ties,
    with_weights,
)
from support.metric_intervals import assert_limits, parts_of
from support.sample_data import BETA, estimated, reason

from model_checks.metrics import intervals
from model_checks.metrics.statistics import Floats

WEIGHTED = pytest.mark.parametrize("weighted", [False, True])


def kish(weights: Floats) -> float:
    return float(weights.sum() ** 2 / (weights**2).sum())


def classified(task: str, n: int, seed: int) -> Columns:
    return binary_columns(n, seed) if task == "binary" else multiclass_columns(n, seed)


def hall(values: Floats, weights: Floats, highest: float = math.inf) -> intervals.Interval:
    """Hall's interval of a weighted mean, from the rows."""
    first, second, third = (float(np.average(values**k, weights=weights)) for k in (1, 2, 3))
    return intervals.hall_mean_interval(kish(weights), first, second, third, 0.95, highest)


# Functions of the confusion counts


def correlation(share: Floats) -> float:
    """Of indicators of the true and of the predicted label, each less its mean."""
    true, predicted = share.sum(axis=1), share.sum(axis=0)
    together = np.trace(share) - true @ predicted
    return float(together / math.sqrt((1 - true @ true) * (1 - predicted @ predicted)))


def kappa(share: Floats) -> float:
    chance = share.sum(axis=1) @ share.sum(axis=0)
    return float((np.trace(share) - chance) / (1 - chance))


def mean_recall(share: Floats) -> float:
    return float((np.diag(share) / share.sum(axis=1)).mean())


def f_beta(share: Floats) -> float:
    tp, fp, fn = share[1, 1], share[0, 1], share[1, 0]
    return float((1 + BETA**2) * tp / ((1 + BETA**2) * tp + BETA**2 * fn + fp))


def variance_by_derivatives(value: Callable[[Floats], float], share: Floats, size: float) -> float:
    """Of a function of multinomial shares: the delta method with differences for derivatives."""
    gradient, step = np.zeros_like(share), 1e-6
    for cell in product(*map(range, share.shape)):
        ends = []
        for sign in (-1, 1):
            moved = share.copy()
            moved[cell] += sign * step
            ends.append(value(moved / moved.sum()))
        gradient[cell] = (ends[1] - ends[0]) / (2 * step)
    return float((share * gradient**2).sum() - (share * gradient).sum() ** 2) / size


def shares_of(columns: Columns) -> Floats:
    labels, weights = np.unique(columns["y"]), weights_of(columns)
    cells = [
        [weights[(columns["y"] == t) & (columns["p"] == p)].sum() for p in labels] for t in labels
    ]
    shares: Floats = np.array(cells) / weights.sum()
    return shares


@WEIGHTED
@pytest.mark.parametrize("task", ["binary", "multiclass"])
@pytest.mark.parametrize(("metric", "value"), [("mcc", correlation), ("cohen_kappa", kappa)])
def test_agreement_has_the_interval_of_its_derivatives(
    tmp_path: Path, metric: str, value: Callable[[Floats], float], task: str, weighted: bool
) -> None:
    columns = classified(task, 400, 80)
    if weighted:
        columns = with_weights(columns, 81)
    share, size = shares_of(columns), kish(weights_of(columns))
    variance = variance_by_derivatives(value, share, size)
    found = estimated(everything(tmp_path, task, columns), metric)
    assert found.method == "delta, Fisher's z"
    expected = intervals.agreement_interval(value(share), variance, (0.5, 0.5), size, 0.95)
    assert_limits(found, expected)


@pytest.mark.parametrize("metric", ["mcc", "cohen_kappa"])
def test_perfect_agreement_is_as_sure_as_its_accuracy(tmp_path: Path, metric: str) -> None:
    columns = {"y": [0, 1] * 20, "p": [0, 1] * 20, "s": [0.2, 0.8] * 20}
    found = estimated(everything(tmp_path, "binary", columns), metric)
    assert (found.value, found.high, found.method) == (1, 1, "Wilson on accuracy")
    wilson = intervals.wilson_interval(1.0, 40, 0.95)
    assert found.low == pytest.approx(1 - (1 - wilson.low) / 0.5)


def test_a_model_that_says_always_the_same_agrees_with_nothing(tmp_path: Path) -> None:
    columns = {"y": [0, 1, 1], "p": [1, 1, 1], "s": [0.6, 0.8, 0.7]}
    measurement = everything(tmp_path, "binary", columns)
    for metric in ("mcc", "cohen_kappa"):
        told = reason(measurement, metric)
        assert told == "undefined, only one predicted label among 3 labelled rows"


@WEIGHTED
def test_balanced_accuracy_has_the_interval_of_its_derivatives(
    tmp_path: Path, weighted: bool
) -> None:
    columns = multiclass_columns(400, 82)
    if weighted:
        columns = with_weights(columns, 83)
    share, size = shares_of(columns), kish(weights_of(columns))
    variance = variance_by_derivatives(mean_recall, share, size)
    found = estimated(everything(tmp_path, "multiclass", columns), "balanced_accuracy")
    parts = parts_of(columns, "abc", (1.0, 0.0), [1 / 3] * 3)
    expected = intervals.averaged_interval(mean_recall(share), variance, parts, size, 0.95)
    assert_limits(found, expected)


@WEIGHTED
def test_fbeta_has_the_interval_of_its_derivatives(tmp_path: Path, weighted: bool) -> None:
    columns = binary_columns(400, 84)
    if weighted:
        columns = with_weights(columns, 85)
    share, size = shares_of(columns), kish(weights_of(columns))
    variance = variance_by_derivatives(f_beta, share, size)
    found = estimated(everything(tmp_path, "binary", columns), "fbeta")
    mix = (BETA**2 / (1 + BETA**2), 1 / (1 + BETA**2))
    parts = parts_of(columns, [1], mix, [1.0])
    assert_limits(found, intervals.averaged_interval(f_beta(share), variance, parts, size, 0.95))


def test_shares_of_negatives_have_wilson_intervals_on_kish_sizes(tmp_path: Path) -> None:
    columns = with_weights(binary_columns(400, 86), 87)
    measurement = everything(tmp_path, "binary", columns)
    tried = {"specificity": columns["y"] == 0, "npv": columns["p"] == 0}
    for metric, rows in tried.items():
        found = estimated(measurement, metric)
        size = kish(columns["w"][rows])
        assert_limits(found, intervals.wilson_interval(found.value, size, 0.95))


# Scores


def test_average_precision_has_the_interval_of_boyd_on_the_positives(tmp_path: Path) -> None:
    columns = with_weights(with_ties(binary_columns(400, 88)), 89)
    found = estimated(everything(tmp_path, "binary", columns), "average_precision")
    size = kish(columns["w"][columns["y"] == 1])
    error = 1 / math.sqrt(size * found.value * (1 - found.value))
    odds = math.log(found.value / (1 - found.value))
    limits = [1 / (1 + math.exp(-odds - sign * 1.959964 * error)) for sign in (-1, 1)]
    assert (found.low, found.high) == pytest.approx(limits, rel=1e-6)
    assert found.method == "Boyd, logit"


def test_a_perfect_average_precision_is_as_sure_as_a_proportion(tmp_path: Path) -> None:
    columns = {"y": [0] * 5 + [1] * 30, "p": [1] * 35, "s": np.arange(35) / 35}
    found = estimated(everything(tmp_path, "binary", columns), "average_precision")
    assert_limits(found, intervals.wilson_interval(1.0, 30, 0.95))
    assert (found.n, found.unit) == (30, "positives")


@WEIGHTED
@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_costs_of_probabilities_have_hall_intervals(
    tmp_path: Path, task: str, weighted: bool
) -> None:
    columns = classified(task, 300, 90)
    if weighted:
        columns = with_weights(columns, 91)
    if task == "binary":
        probabilities, labels, highest = (
            np.column_stack([1 - columns["s"], columns["s"]]),
            [0, 1],
            1,
        )
    else:
        names = ["s_a", "s_b", "s_c"]
        probabilities, labels, highest = np.column_stack([columns[x] for x in names]), [*"abc"], 2
    true = columns["y"][:, None] == np.array(labels)
    measurement, weights = everything(tmp_path, task, columns), weights_of(columns)
    losses = -np.log(probabilities[true])
    assert_limits(estimated(measurement, "log_loss"), hall(losses, weights))
    distances = ((true - probabilities) ** 2).sum(axis=1) / (2 if task == "binary" else 1)
    assert_limits(estimated(measurement, "brier"), hall(distances, weights, highest))


@pytest.mark.parametrize(("score", "least"), [(0.0, 2.0**-52), (1.0, 1 - 2.0**-52)])
def test_a_probability_of_0_costs_as_much_as_in_scikit_learn(
    tmp_path: Path, score: float, least: float
) -> None:
    columns = {"y": [1, 1], "p": [1, 1], "s": [score, score]}
    found = estimated(everything(tmp_path, "binary", columns), "log_loss")
    assert found.value == pytest.approx(-math.log(least), rel=1e-12)


@WEIGHTED
def test_calibration_has_the_interval_of_its_bins(tmp_path: Path, weighted: bool) -> None:
    columns = binary_columns(2000, 92)
    columns["s"] = columns["s"] ** 2
    if weighted:
        columns = with_weights(columns, 93)
    weights, gap = weights_of(columns), columns["y"] - columns["s"]
    bins = np.searchsorted(np.linspace(0, 1, 16)[1:-1], columns["s"])
    sums = [
        (
            float((weights * gap)[bins == k].sum() / weights.sum()),
            float((weights * gap**2)[bins == k].sum() / weights.sum()),
        )
        for k in range(15)
    ]
    found = estimated(everything(tmp_path, "binary", columns), "expected_calibration_error")
    assert_limits(found, intervals.calibration_interval(sums, kish(weights), 0.95))


# Numbers


@WEIGHTED
@pytest.mark.parametrize("shape", ["plain", "skewed"])
def test_shares_explained_have_the_interval_of_what_each_row_adds(
    tmp_path: Path, shape: str, weighted: bool
) -> None:
    columns = regression_columns(400, 94)
    if shape == "skewed":
        columns = skewed(columns)
    if weighted:
        columns = with_weights(columns, 95)
    measurement, weights = everything(tmp_path, "regression", columns), weights_of(columns)

    def mean(values: Floats) -> float:
        return float(np.average(values, weights=weights))

    target, error = columns["y"] - mean(columns["y"]), columns["p"] - columns["y"]
    for metric, of_error in (("r2", error), ("explained_variance", error - mean(error))):
        ratio = mean(of_error**2) / mean(target**2)
        added = of_error**2 / mean(of_error**2) - target**2 / mean(target**2)
        expected = intervals.explained_interval(ratio, mean(added**2), kish(weights), 0.95)
        assert_limits(estimated(measurement, metric), expected)


@WEIGHTED
def test_the_mean_error_has_halls_interval_of_signed_values(tmp_path: Path, weighted: bool) -> None:
    columns = skewed(regression_columns(300, 96))
    if weighted:
        columns = with_weights(columns, 97)
    weights, error = weights_of(columns), columns["p"] - columns["y"]
    mean = float(np.average(error, weights=weights))
    moments = [float(np.average((error - mean) ** k, weights=weights)) for k in (2, 3)]
    expected = intervals.hall_signed_interval(kish(weights), mean, moments[0], moments[1], 0.95)
    found = estimated(everything(tmp_path, "regression", columns), "mean_error")
    assert_limits(found, expected)
    turned = {**columns, "y": -columns["y"], "p": -columns["p"]}
    back = estimated(everything(tmp_path, "regression", turned), "mean_error")
    assert (back.low, back.high) == pytest.approx((-expected.high, -expected.low))


def test_the_mean_share_of_error_has_halls_interval(tmp_path: Path) -> None:
    columns = with_weights(skewed(regression_columns(300, 98)), 99)
    shares = np.abs(columns["p"] - columns["y"]) / columns["y"]
    found = estimated(everything(tmp_path, "regression", columns), "mape")
    assert_limits(found, hall(shares, columns["w"]))


def test_the_largest_error_has_no_upper_limit(tmp_path: Path) -> None:
    columns = regression_columns(50, 100)
    found = estimated(everything(tmp_path, "regression", columns), "max_error")
    assert (found.low, found.high) == (found.value, math.inf)


@pytest.mark.parametrize(("task", "highest"), [("binary", 1), ("multiclass", 2)])
def test_one_row_leaves_the_brier_score_its_range(
    tmp_path: Path, task: str, highest: float
) -> None:
    columns = taken(classified(task, 20, 104), np.array([0]))
    found = estimated(everything(tmp_path, task, columns), "brier")
    assert (found.low, found.high) == (0, highest)


def test_a_large_mean_does_not_cost_digits(tmp_path: Path) -> None:
    columns = regression_columns(500, 101)
    near = {**columns, "y": (columns["y"] - 10) / 5, "p": (columns["p"] - 10) / 5}
    far = {**near, "y": near["y"] + 1e6, "p": near["p"] + 1e6}
    one, other = (everything(tmp_path, "regression", one) for one in (near, far))
    for metric in ("r2", "explained_variance", "mean_error"):
        here, there = estimated(one, metric), estimated(other, metric)
        for name in ("value", "low", "high"):  # to the digits that the targets have themselves
            assert getattr(there, name) == pytest.approx(getattr(here, name), rel=1e-8, abs=1e-8)


def test_limits_of_shares_explained_are_where_the_bootstrap_puts_them(tmp_path: Path) -> None:
    columns = regression_columns(400, 102)
    found = estimated(everything(tmp_path, "regression", columns), "r2")
    draw = np.random.default_rng(103)
    drawn = []
    for _ in range(2000):
        rows = taken(columns, draw.integers(400, size=400))
        drawn.append(1 - ((rows["p"] - rows["y"]) ** 2).mean() / rows["y"].var())
    assert (found.low, found.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.01)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"y": [2.0, 2.0], "p": [1.0, 3.0]}, "only one value of the target among 2 labelled rows"),
        ({"y": [2.0], "p": [1.0]}, "only one value of the target among 1 labelled row"),
    ],
)
def test_nothing_is_explained_of_a_target_that_does_not_vary(
    tmp_path: Path, rows: Columns, told: str
) -> None:
    measurement = everything(tmp_path, "regression", rows)
    for metric in ("r2", "explained_variance"):
        assert reason(measurement, metric) == f"undefined, {told}"


@pytest.mark.parametrize(
    ("true", "told"), [([0.0, 1.0, 2.0], "1 target of 0"), ([0.0, 0.0, 2.0], "2 targets of 0")]
)
def test_a_share_of_zero_is_none(tmp_path: Path, true: list[float], told: str) -> None:
    measurement = everything(tmp_path, "regression", {"y": true, "p": [1.0, 1.0, 1.0]})
    assert reason(measurement, "mape") == f"undefined, {told} among 3 labelled rows"


@pytest.mark.parametrize("size", [1e-120, 1e-60, 1e60, 1e120])
def test_numbers_whose_powers_leave_the_range_keep_their_value(tmp_path: Path, size: float) -> None:
    columns = {"y": [1 * size, 2 * size, 4 * size], "p": [2 * size, 2 * size, 3 * size]}
    measurement = everything(tmp_path, "regression", columns)
    expected = {"r2": 1 - 2 / (14 / 3), "explained_variance": 1 - 2 / (14 / 3)}
    expected |= {"mean_error": 0.0, "median_absolute_error": size, "max_error": size}
    for metric, value in expected.items():
        found = estimated(measurement, metric)
        assert found.value == pytest.approx(value, rel=1e-9, abs=1e-9 * size)
        low, high = found.low, found.high
        assert low <= value * (1 + 1e-9)
        assert value <= high * (1 + 1e-9)


def test_a_target_next_to_0_counts_as_far_from_it_as_in_scikit_learn(tmp_path: Path) -> None:
    measurement = everything(tmp_path, "regression", {"y": [1e-100, -1e-20, 2], "p": [1, 0, 2]})
    epsilon = float(np.finfo(float).eps)
    expected = (1 / epsilon + 1e-20 / epsilon) / 3
    assert estimated(measurement, "mape").value == pytest.approx(expected, rel=1e-12)


def test_numbers_too_large_to_be_summed_make_no_estimate(tmp_path: Path) -> None:
    columns = {"y": [-1e308, 1e308, 1.0], "p": [1e308, -1e308, 1.0]}
    measurement = everything(tmp_path, "regression", columns)
    for metric in ("r2", "explained_variance", "mean_error", "max_error"):
        told = reason(measurement, metric)
        assert told == "undefined, errors too large to be summed among 3 labelled rows"
