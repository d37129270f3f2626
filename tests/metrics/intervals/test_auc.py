"""Intervals of AUCs: DeLong's, Newcombe's where few rows are misplaced, and that of their mean."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support.interval_limits import (
    confidences,
    inner_shares,
    length,
    limits,
    repeatable,
    shares,
    sizes,
)

from model_checks.metrics.intervals import (
    FEW_MISPLACED,
    Interval,
    auc_interval,
    delta_logit_interval,
    mean_auc_interval,
    newcombe_auc_interval,
    wilson_interval,
)

# AUC.


def test_newcombe_gives_a_published_interval() -> None:
    # nonoverlap of all pairs of 6 and 7 values, the worked example of the R package SingleCaseES
    interval = newcombe_auc_interval(38.5 / 42, 6, 7, 0.95)
    assert limits(interval) == pytest.approx((0.5973193600384168, 0.9859976893703788), abs=1e-10)
    assert interval.method == "Newcombe"


@repeatable
@given(inner_shares, st.floats(2, 1e5), st.floats(2, 1e5), confidences)
def test_newcombe_limits_solve_their_equation(
    auc: float, positives: float, negatives: float, confidence: float
) -> None:
    z, others = stats.norm.ppf((1 + confidence) / 2), (positives + negatives) / 2 - 1
    for area in limits(newcombe_auc_interval(auc, positives, negatives, confidence)):
        larger = 1 + others * ((1 - area) / (2 - area) + area / (1 + area))
        error = math.sqrt(area * (1 - area) * larger / positives / negatives)
        # the limit is right to 1e-12 if the equation changes sign there
        slack = 1e-9 * max(1, z * error / min(area, 1 - area))
        assert abs(auc - area) == pytest.approx(z * error, abs=slack)


@repeatable
@given(shares, sizes, sizes, confidences)
def test_newcombe_of_the_complement_is_the_mirror_image(
    auc: float, positives: float, negatives: float, confidence: float
) -> None:
    mirrored = newcombe_auc_interval(1 - auc, negatives, positives, confidence)
    found = newcombe_auc_interval(auc, positives, negatives, confidence)
    assert limits(found) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-11)


def test_delong_is_alone_where_enough_rows_are_misplaced() -> None:
    # Newcombe's lower limit would be further out here: it is not asked
    auc, positives = 1 - FEW_MISPLACED / 100, 100
    found = auc_interval(auc, 0.009**2, positives, 1000, 0.95)
    assert found.method == "DeLong, logit"
    assert limits(found) == limits(delta_logit_interval(auc, 0.009**2, positives, 0.95))
    assert newcombe_auc_interval(auc, positives, 1000, 0.95).low < found.low


@pytest.mark.parametrize("deviation", [0.001, 0.1])
def test_few_misplaced_rows_leave_the_lower_limit_to_the_more_careful(deviation: float) -> None:
    auc, positives = 1 - FEW_MISPLACED / 101, 100
    found = auc_interval(auc, deviation**2, positives, 1000, 0.95)
    newcombe = newcombe_auc_interval(auc, positives, 1000, 0.95)
    delong = delta_logit_interval(auc, deviation**2, positives, 0.95)
    assert found.method == "DeLong, Newcombe"
    assert limits(found) == (min(newcombe.low, delong.low), delong.high)


def test_an_auc_near_0_is_the_mirror_image_of_one_near_1() -> None:
    near_1 = auc_interval(0.98, 0.01**2, 30, 200, 0.95)
    near_0 = auc_interval(0.02, 0.01**2, 200, 30, 0.95)
    assert limits(near_0) == pytest.approx((1 - near_1.high, 1 - near_1.low))
    assert near_0.method == near_1.method == "DeLong, Newcombe"


@pytest.mark.parametrize(("auc", "variance"), [(1, 0), (0, 0), (0.5, 0), (0.7, -1e-15)])
def test_an_auc_whose_variance_says_nothing_gets_newcombes(auc: float, variance: float) -> None:
    interval = auc_interval(auc, variance, 500, 500, 0.95)
    assert interval == newcombe_auc_interval(auc, 500, 500, 0.95)
    assert length(interval) > 0.003


def test_one_row_in_each_class_says_as_much_as_one_row() -> None:
    expected = limits(wilson_interval(1, 1, 0.95))
    assert limits(auc_interval(1, 0, 1, 1, 0.95)) == pytest.approx(expected, abs=1e-10)


# A mean of areas, each against the rest.


def mean_auc(aucs: list[float], deviations: list[float], sizes: list[list[float]]) -> Interval:
    """Of areas that vary independently of each other."""
    count = len(aucs)
    covariance = np.diag(np.square(deviations))
    return mean_auc_interval(
        np.full(count, 1 / count), np.array(aucs), covariance, np.array(sizes), 0.95
    )


def test_a_mean_of_areas_has_the_interval_of_the_delta_method() -> None:
    found = mean_auc([0.8, 0.7], [0.02, 0.03], [[100, 200], [200, 100]])
    expected = delta_logit_interval(0.75, (0.02**2 + 0.03**2) / 4, 100, 0.95)
    assert found == expected


def test_few_misplaced_rows_of_one_class_widen_the_mean_of_the_areas() -> None:
    aucs, deviations, sizes = [0.8, 0.99], [0.02, 0.001], [[100.0, 20.0], [100.0, 180.0]]
    found = mean_auc(aucs, deviations, sizes)
    each = [
        auc_interval(aucs[k], deviations[k] ** 2, sizes[0][k], sizes[1][k], 0.95) for k in (0, 1)
    ]
    below = math.hypot(aucs[0] - each[0].low, aucs[1] - each[1].low) / 2
    assert found.low == pytest.approx(0.895 - below)
    assert found.method == "DeLong, Newcombe"


def test_areas_that_are_all_1_are_as_sure_as_their_classes() -> None:
    found = mean_auc([1.0, 1.0], [0.0, 0.0], [[10, 50], [50, 10]])
    each = newcombe_auc_interval(1.0, 10, 50, 0.95)
    assert found.low == pytest.approx(1 - (1 - each.low) / math.sqrt(2))
    assert found.high == 1
