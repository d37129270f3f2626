"""Intervals by the delta method: agreement beyond chance, a share explained, calibration."""

import math

import numpy as np
import pytest
from scipy import stats
from support.interval_limits import limits

from model_checks.metrics.intervals import (
    agreement_interval,
    calibration_interval,
    explained_interval,
    wilson_interval,
)

# Agreement beyond chance.


@pytest.mark.parametrize("value", [-0.9, -0.3, 0.0, 0.5, 0.95])
def test_agreement_is_symmetric_on_fishers_scale(value: float) -> None:
    found = agreement_interval(value, 0.002, (0.8, 0.5), 100, 0.95)
    low, high = np.arctanh(limits(found))
    half = stats.norm.ppf(0.975) * math.sqrt(0.002) / (1 - value**2)
    assert (low, high) == pytest.approx((np.arctanh(value) - half, np.arctanh(value) + half))
    assert found.method == "delta, Fisher's z"


@pytest.mark.parametrize(("value", "accuracy"), [(1.0, 1.0), (-1.0, 0.0), (0.4, 0.7)])
def test_agreement_that_does_not_vary_is_as_sure_as_its_accuracy(
    value: float, accuracy: float
) -> None:
    found = agreement_interval(value, 0.0, (accuracy, 0.5), 40, 0.95)
    wilson = wilson_interval(accuracy, 40, 0.95)
    low, high = (value + (limit - accuracy) / 0.5 for limit in limits(wilson))
    assert limits(found) == pytest.approx((max(low, -1), min(high, 1)))
    assert found.method == "Wilson on accuracy"


@pytest.mark.parametrize(
    ("value", "variance", "n"), [(1.1, 0.1, 9), (math.nan, 0.1, 9), (0.5, -1, 9), (0.5, 0.1, 0)]
)
def test_agreement_refuses_what_no_rows_have(value: float, variance: float, n: float) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        agreement_interval(value, variance, (0.5, 0.5), n, 0.95)


def test_softened_limits_of_agreement_are_the_outer_of_both() -> None:
    accuracy = (0.9, 0.3)
    plain = agreement_interval(0.1, 0.001, accuracy, 100, 0.95)
    soft = agreement_interval(0.15, 0.004, accuracy, 100, 0.95)
    found = agreement_interval(0.1, 0.001, accuracy, 100, 0.95, softened=(0.15, 0.004))
    assert limits(found) == (min(plain.low, soft.low), soft.high)
    assert plain.high < soft.high
    assert found.method == "delta, Fisher's z, softened"


# A share explained.


def test_a_share_explained_is_symmetric_on_the_scale_of_the_ratio() -> None:
    found = explained_interval(0.3, 2.0, 52, 0.95)
    half = stats.t.ppf(0.975, 50) * math.sqrt(2.0 / 50)
    assert limits(found) == pytest.approx((1 - 0.3 * math.exp(half), 1 - 0.3 * math.exp(-half)))


@pytest.mark.parametrize("n", [1, 2])
def test_two_rows_tell_nothing_of_a_share_explained(n: float) -> None:
    assert limits(explained_interval(0.3, 2.0, n, 0.95)) == (-math.inf, 1)


def test_a_share_that_is_all_explained_is_known() -> None:
    assert limits(explained_interval(0.0, 0.0, 50, 0.95)) == (1, 1)


def test_a_share_explained_bears_any_variance() -> None:
    low, high = limits(explained_interval(5.0, 1e12, 5, 0.95))
    assert low < -1e300
    assert high == pytest.approx(1)


@pytest.mark.parametrize(("ratio", "variance"), [(-0.1, 1), (math.nan, 1), (0.1, -1)])
def test_a_share_explained_refuses_what_no_rows_have(ratio: float, variance: float) -> None:
    with pytest.raises(ValueError, match="must be 0 or more"):
        explained_interval(ratio, variance, 50, 0.95)


# Calibration.


def test_gaps_that_the_rows_tell_from_0_have_the_interval_of_a_mean() -> None:
    found = calibration_interval([(0.1, 0.05), (-0.2, 0.08)], 400, 0.95)
    half = stats.t.ppf(0.975, 399) * math.sqrt((0.13 - 0.09) / 399)
    assert limits(found) == pytest.approx((0.3 - half, 0.3 + half))


def test_a_gap_that_may_be_chance_lowers_the_lower_limit_alone() -> None:
    sure, unsure = (0.1, 0.05), (0.01, 0.04)
    alone = calibration_interval([(0.11, 0.09)], 400, 0.95)
    both = calibration_interval([sure, unsure], 400, 0.95)
    assert both.high == alone.high
    chance = math.sqrt(2 / math.pi) * math.sqrt(0.04 / 400)
    assert both.low == pytest.approx(alone.low - chance)


def test_one_row_tells_nothing_of_calibration() -> None:
    assert limits(calibration_interval([(0.2, 0.04)], 1, 0.95)) == (0, 1)


def test_no_gap_at_all_is_known() -> None:
    assert limits(calibration_interval([(0.0, 0.0)], 20, 0.95)) == (0, 0)
