"""The edges of what numbers can say: no weight, one class, one row, errors out of range."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.metric_columns import ALL_COLUMNS, BINARY, Columns, each, everything
from support.sample_data import came_to, estimated, reason

from model_checks.metrics import METRICS, Asked, Estimate, Undefined
from model_checks.metrics.statistics import ErrorMoments


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
