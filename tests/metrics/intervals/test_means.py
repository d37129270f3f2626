"""Hall's intervals of means of errors, of their roots, and of values of either sign."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from support.interval_limits import confidences, errors, limits, moments, repeatable

from model_checks.metrics.intervals import hall_mean_interval, hall_signed_interval, rmse_interval

# Means of errors.


def test_without_skewness_halls_interval_is_near_students() -> None:
    values = np.array([9.0, 10.0, 11.0, 12.0, 13.0] * 4)
    found = hall_mean_interval(20, *moments(list(values)), 0.95)
    student = stats.t.interval(0.95, 19, values.mean(), stats.sem(values))
    assert limits(found) == pytest.approx(student, abs=1e-9)
    assert found.method == "Hall"


def test_hall_gives_the_limits_of_its_formula() -> None:
    values = np.array([0.1, 0.3, 0.2, 0.9, 0.4, 2.5, 0.6, 0.7, 1.1, 0.2, 0.5, 1.6])
    n, mean, deviation = 12, values.mean(), values.std(ddof=1)
    g = stats.skew(values, bias=False)
    a, b, t = g / (3 * math.sqrt(n)), g / (6 * math.sqrt(n)), stats.t.ppf(0.95, n - 1)
    expected = [
        mean - deviation / math.sqrt(n) * (np.cbrt(1 + 3 * a * (x - b)) - 1) / a for x in (t, -t)
    ]
    found = hall_mean_interval(n, *moments(list(values)), 0.9)
    assert limits(found) == pytest.approx(expected, rel=1e-9)


def test_errors_skewed_to_the_right_leave_more_room_above_the_mean() -> None:
    found = hall_mean_interval(50, 1, 2, 6, 0.95)  # the exponential distribution
    assert found.high - 1 > 1.3 * (1 - found.low)


@repeatable
@given(errors, confidences)
def test_rmse_limits_are_the_roots_of_those_of_the_mse(
    values: list[float], confidence: float
) -> None:
    squares = moments([value**2 for value in values])
    mse = hall_mean_interval(len(values), *squares, confidence)
    rmse = rmse_interval(len(values), *squares, confidence)
    assert limits(rmse) == (math.sqrt(mse.low), math.sqrt(mse.high))


@repeatable
@given(errors, st.floats(1e-6, 1e6), confidences)
def test_hall_does_not_depend_on_the_unit(
    values: list[float], unit: float, confidence: float
) -> None:
    mean, second, third = moments(values)
    assume(second > mean**2 * 1.001)  # else rounding decides whether they are equal
    scaled = (mean * unit, second * unit**2, third * unit**3)
    low, high = limits(hall_mean_interval(len(values), mean, second, third, confidence))
    found = hall_mean_interval(len(values), *scaled, confidence)
    assert limits(found) == pytest.approx(
        (low * unit, high * unit), rel=1e-6, abs=1e-6 * mean * unit
    )


@pytest.mark.parametrize("value", [0.0, 0.1, 1e-150, 1e90, 12345.678])
def test_equal_errors_collapse_to_their_mean(value: float) -> None:
    moments_with_rounding = (value, value**2 * (1 + 4e-16), value**3 * (1 - 4e-16))
    interval = hall_mean_interval(1000, *moments_with_rounding, 0.95)
    assert limits(interval) == (value, value)


def test_nearly_equal_errors_are_not_driven_by_rounding() -> None:
    values = 1e3 + np.random.default_rng(7).normal(0, 0.05, 400)
    found = hall_mean_interval(400, *moments(list(values)), 0.95)
    student = stats.t.interval(0.95, 399, values.mean(), stats.sem(values))
    assert limits(found) == pytest.approx(student, abs=0.02 * (student[1] - student[0]))


def test_skewness_that_only_rounding_sees_is_ignored() -> None:
    mean, second, third = 1.0, 1 + 4e-9, 1 + 12e-9  # equally far above and below 1
    exact = hall_mean_interval(30, mean, second, third, 0.95)
    rounded = hall_mean_interval(30, mean, second, third * (1 + 1e-12), 0.95)
    assert limits(rounded) == limits(exact)


def test_an_outlier_of_little_weight_counts_as_the_largest_skewness_there_can_be() -> None:
    values, weights = np.array([1.0, 2.0, 1e4]), np.array([0.5, 0.5, 1e-6])
    mean, second, third = (np.average(values**k, weights=weights) for k in (1, 2, 3))
    n, t = 20, stats.t.ppf(0.975, 19)
    deviation = math.sqrt((second - mean**2) * n / (n - 1))
    # with g = √n: a = 1/3, b = 1/6
    ends = [3 * (np.cbrt(1 + x - 1 / 6) - 1) for x in (t, -t)]
    expected = [max(0.0, mean - deviation / math.sqrt(n) * end) for end in ends]
    assert limits(hall_mean_interval(n, mean, second, third, 0.95)) == pytest.approx(expected)


@pytest.mark.parametrize("n", [0.5, 1, 1.0001])
def test_a_single_error_tells_nothing_of_the_mean(n: float) -> None:
    assert limits(hall_mean_interval(n, 3, 9, 27, 0.95)) == (0, math.inf)
    assert limits(rmse_interval(n, 3, 9, 27, 0.95)) == (0, math.inf)


def test_two_errors_give_a_finite_interval() -> None:
    interval = hall_mean_interval(2, 2, (1 + 9) / 2, (1 + 27) / 2, 0.95)
    assert interval.low == 0
    assert interval.high == pytest.approx(2 + 12.7062, abs=1e-4)


@pytest.mark.parametrize(
    "impossible",
    [(2, 1, 1), (-1, 1, 1), (math.nan, 1, 1), (1, math.nan, 1), (1, 2, math.inf)],
)
def test_moments_that_no_values_have_are_refused(impossible: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match=r"moments must be|below the squared mean"):
        hall_mean_interval(10, *impossible, 0.95)


# Hall's interval of values of either sign.


@repeatable
@given(errors, confidences)
def test_hall_of_positive_values_is_the_same_from_central_moments(
    values: list[float], confidence: float
) -> None:
    array = np.abs(values) + 1
    assume(array.std() > 0.01)
    n, mean = len(values), float(array.mean())
    central = [float(((array - mean) ** power).mean()) for power in (2, 3)]
    signed = hall_signed_interval(n, mean, central[0], central[1], confidence)
    plain = hall_mean_interval(n, *moments(list(array)), confidence)
    assert max(signed.low, 0) == pytest.approx(plain.low, rel=1e-6, abs=1e-6)
    assert signed.high == pytest.approx(plain.high, rel=1e-6)


@repeatable
@given(errors, confidences)
def test_hall_of_turned_signs_is_turned(values: list[float], confidence: float) -> None:
    array = np.array(values)
    mean, variance = float(array.mean()), float(array.var())
    third = float(((array - mean) ** 3).mean())
    assume(variance > 1e-6)
    there = hall_signed_interval(len(values), mean, variance, third, confidence)
    back = hall_signed_interval(len(values), -mean, variance, -third, confidence)
    assert there.low <= mean <= there.high
    assert (-back.high, -back.low) == pytest.approx((there.low, there.high))


def test_hall_of_one_signed_value_has_no_limits() -> None:
    assert limits(hall_signed_interval(1, 3.0, 0.0, 0.0, 0.95)) == (-math.inf, math.inf)


def test_hall_of_equal_signed_values_is_their_mean() -> None:
    assert limits(hall_signed_interval(9, -3.0, 0.0, 0.0, 0.95)) == (-3, -3)


@pytest.mark.parametrize(
    ("n", "mean", "variance", "third"),
    [(0, 1, 1, 0), (5, math.nan, 1, 0), (5, 1, -1, 0), (5, 1, math.inf, 0), (5, 1, 1, math.nan)],
)
def test_hall_refuses_what_no_signed_values_have(
    n: float, mean: float, variance: float, third: float
) -> None:
    with pytest.raises(ValueError, match=r"no values have|must be above 0"):
        hall_signed_interval(n, mean, variance, third, 0.95)


def test_hall_stays_below_the_highest_value() -> None:
    values = [0.0, 0.0, 0.0, 2.0]
    free = hall_mean_interval(4, *moments(values), 0.95)
    held = hall_mean_interval(4, *moments(values), 0.95, highest=2.0)
    assert free.high > 2
    assert limits(held) == (free.low, 2)
    assert hall_mean_interval(1, 1.0, 1.0, 1.0, 0.95, highest=2.0).high == 2
