import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import special, stats

from model_checks.metrics.intervals import (
    FEW_MISPLACED,
    Interval,
    Parts,
    agreement_interval,
    auc_interval,
    averaged_interval,
    bootstrap_interval,
    calibration_interval,
    delta_logit_interval,
    explained_interval,
    f1_interval,
    hall_mean_interval,
    hall_signed_interval,
    kish_size,
    mean_auc_interval,
    newcombe_auc_interval,
    rmse_interval,
    student_quantile,
    wilson_interval,
)

repeatable = settings(derandomize=True, deadline=None)

shares = st.floats(0, 1)
inner_shares = st.floats(1e-6, 1 - 1e-6)
sizes = st.floats(1, 1e9)
confidences = st.floats(0.5, 0.9999)
errors = st.lists(st.integers(-(10**6), 10**6).map(lambda x: x / 1000), min_size=3, max_size=40)


def length(interval: Interval) -> float:
    return interval.high - interval.low


def limits(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


def moments(values: list[float]) -> tuple[float, float, float]:
    array = np.abs(values)
    return float(array.mean()), float((array**2).mean()), float((array**3).mean())


# Kish's size.


def test_kish_size_of_equal_weights_is_their_count() -> None:
    assert kish_size(7 * 2.5, 7 * 2.5**2) == pytest.approx(7, rel=1e-15)


def test_kish_size_of_no_rows_is_zero() -> None:
    assert kish_size(0, 0) == 0


@repeatable
@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=50))
def test_kish_size_lies_between_one_and_the_number_of_rows(weights: list[float]) -> None:
    size = kish_size(sum(weights), sum(w * w for w in weights))
    assert 1 - 1e-12 <= size <= len(weights) * (1 + 1e-12)


# Wilson's interval.


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (81, 263, 0.2553, 0.3662),  # this and the next three: Newcombe (1998), table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_published_limits(hits: int, n: int, low: float, high: float) -> None:
    interval = wilson_interval(hits / n, n, 0.95)
    assert limits(interval) == pytest.approx((low, high), abs=5e-5)
    assert interval.method == "Wilson"


@repeatable
@given(st.integers(1, 500), st.data(), confidences)
def test_wilson_agrees_with_scipy(n: int, data: st.DataObject, confidence: float) -> None:
    hits = data.draw(st.integers(0, n))
    expected = stats.binomtest(hits, n).proportion_ci(confidence, method="wilson")
    found = wilson_interval(hits / n, n, confidence)
    assert limits(found) == pytest.approx((expected.low, expected.high), abs=1e-12)


@repeatable
@given(shares, sizes, confidences)
def test_wilson_of_the_complement_is_the_mirror_image(p: float, n: float, level: float) -> None:
    mirrored = wilson_interval(1 - p, n, level)
    expected = (1 - mirrored.high, 1 - mirrored.low)
    assert limits(wilson_interval(p, n, level)) == pytest.approx(expected, abs=1e-12)


def test_wilson_is_not_degenerate_at_the_ends() -> None:
    none, all_ = wilson_interval(0, 50, 0.95), wilson_interval(1, 50, 0.95)
    z2 = stats.norm.ppf(0.975) ** 2
    assert none.low == 0
    assert none.high == pytest.approx(z2 / (50 + z2), rel=1e-12)
    assert all_.low == pytest.approx(50 / (50 + z2), rel=1e-12)
    assert all_.high == 1


# F1: Wilson on Jaccard.


def test_f1_limits_are_those_of_jaccard_mapped() -> None:
    # of 10 rows 8 agree: J from 0.4902 to 0.9433, F1 from 0.9804 / 1.4902 to 1.8866 / 1.9433
    interval = f1_interval(8, 1, 1, 10, 0.95)
    assert limits(interval) == pytest.approx((0.65788, 0.97082), abs=5e-5)
    assert interval.method == "Wilson on Jaccard"


def test_f1_rests_on_the_effective_size_and_not_on_the_sum_of_weights() -> None:
    heavy, light = f1_interval(800, 100, 100, 10, 0.95), f1_interval(8, 1, 1, 10, 0.95)
    assert limits(heavy) == pytest.approx(limits(light), rel=1e-12)


def test_f1_without_a_true_positive_reaches_down_to_zero() -> None:
    interval = f1_interval(0, 3, 4, 7, 0.95)
    assert interval.low == 0
    assert 0.3 < interval.high < 0.6


@pytest.mark.parametrize("counts", [(0, 0, 0), (-1, 2, 3), (math.nan, 1, 1), (1, math.inf, 1)])
def test_f1_refuses_impossible_counts(counts: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match=r"counts must be|rows must be"):
        f1_interval(*counts, n_effective=10, confidence=0.95)


# Delta method on the logit scale.


def test_delta_limits_are_symmetric_in_the_logit() -> None:
    interval = delta_logit_interval(0.9, 0.03**2, 100, 0.95)
    half = 1.959963984540054 * 0.03 / (0.9 * 0.1)
    expected = special.logit(0.9) + np.array([-half, half])
    assert special.logit(limits(interval)) == pytest.approx(expected, rel=1e-12)
    assert interval.method == "delta, logit"


@pytest.mark.parametrize(("value", "variance"), [(0, 0.01), (1, 0.01), (2 / 3, 0), (0.5, -1e-15)])
def test_delta_falls_back_to_wilson_where_the_logit_says_nothing(
    value: float, variance: float
) -> None:
    interval = delta_logit_interval(value, variance, 12, 0.95)
    assert interval == wilson_interval(value, 12, 0.95)
    assert length(interval) > 0.2


@pytest.mark.parametrize("variance", [1e9, math.inf])
def test_delta_with_a_variance_beyond_measure_covers_everything(variance: float) -> None:
    assert limits(delta_logit_interval(0.5, variance, 5, 0.95)) == pytest.approx((0, 1), abs=1e-9)


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


# The bootstrap.


def test_the_bootstrap_takes_percentiles_further_out_than_the_confidence_says() -> None:
    replicates = np.linspace(0, 1, 10_001)
    for n, confidence in [(10, 0.95), (30, 0.8), (500, 0.99)]:
        t = stats.t.ppf((1 + confidence) / 2, n - 1) * math.sqrt(n / (n - 1))
        tail = stats.norm.cdf(-t)
        found = bootstrap_interval(0.5, replicates, n, confidence)
        assert limits(found) == pytest.approx((tail, 1 - tail), abs=1e-9)
        assert tail < (1 - confidence) / 2
    many = bootstrap_interval(0.5, replicates, 10**6, 0.9)
    assert limits(many) == pytest.approx((0.05, 0.95), abs=1e-5)


def test_the_bootstrap_holds_the_value_even_beyond_all_resamples() -> None:
    replicates = np.linspace(0.2, 0.4, 1000)
    assert bootstrap_interval(0.5, replicates, 100, 0.95).high == 0.5
    assert bootstrap_interval(-0.5, replicates, 100, 0.95).low == -0.5
    assert type(bootstrap_interval(0.3, replicates, 100, 0.95).low) is float


def test_the_bootstrap_of_one_row_has_no_limits() -> None:
    assert limits(bootstrap_interval(1.0, np.ones(1000), 1, 0.95)) == (-math.inf, math.inf)


def test_resamples_that_agree_collapse_to_the_value() -> None:
    assert limits(bootstrap_interval(1.0, np.ones(1000), 100, 0.95)) == (1, 1)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_the_bootstrap_refuses_a_confidence_that_is_no_probability(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        bootstrap_interval(0.5, np.ones(10), 10, confidence)


# Student's quantile.


@repeatable
@given(
    st.floats(math.log(0.3), math.log(1e8)).map(math.exp),
    st.floats(-12, -0.05).map(lambda x: 1 - 10**x),
)
def test_student_quantile_agrees_with_scipy(dof: float, confidence: float) -> None:
    expected = -special.stdtrit(dof, (1 - confidence) / 2)
    assert student_quantile(dof, confidence) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("dof", [0.5, 1, 2, 29, 99.5, 999.99, 1000, 1e6])
@pytest.mark.parametrize("confidence", [0.001, 0.5, 0.9, 0.95, 0.999])
def test_student_quantile_agrees_with_scipys_distribution(dof: float, confidence: float) -> None:
    expected = stats.t.ppf((1 + confidence) / 2, dof)
    assert student_quantile(dof, confidence) == pytest.approx(expected, rel=1e-9)


def test_student_quantile_that_no_float_holds_is_infinite() -> None:
    assert student_quantile(1e-3, 0.95) == math.inf


# What all of them have in common.

Case = tuple[float, Callable[[float, float], Interval]]


def every_case(share: float, deviation: float, values: list[float]) -> dict[str, Case]:
    """The value of each kind of interval, and the interval as a function of size and confidence.

    ``deviation`` is that of one row, as a fraction of what a row of zeros and ones would have.
    """
    row = deviation**2 * share * (1 - share)
    absolute, squares = moments(values), moments([value**2 for value in values])
    return {
        "wilson": (share, lambda n, c: wilson_interval(share, n, c)),
        "f1": (share, lambda n, c: f1_interval(share, 1 - share, 1 - share, n, c)),
        "delta": (share, lambda n, c: delta_logit_interval(share, row / n, n, c)),
        "auc": (share, lambda n, c: auc_interval(share, row / n, n, 2 * n, c)),
        "newcombe": (share, lambda n, c: newcombe_auc_interval(share, n, 2 * n, c)),
        "hall": (absolute[0], lambda n, c: hall_mean_interval(n, *absolute, c)),
        "rmse": (math.sqrt(squares[0]), lambda n, c: rmse_interval(n, *squares, c)),
    }


KINDS = sorted(every_case(0.5, 0.5, [1, 2, 3]))
CEILINGS = {"hall": math.inf, "rmse": math.inf}


@pytest.mark.parametrize("kind", KINDS)
@repeatable
@given(shares, st.floats(0, 1), errors, st.floats(1.1, 1e9), st.floats(1e-6, 1 - 1e-9))
def test_the_interval_holds_its_value_and_stays_in_range(
    kind: str, share: float, deviation: float, values: list[float], n: float, confidence: float
) -> None:
    value, interval_of = every_case(share, deviation, values)[kind]
    interval = interval_of(n, confidence)
    assert 0 <= interval.low <= value <= interval.high <= CEILINGS.get(kind, 1)
    assert math.isfinite(interval.high)
    assert type(interval.low) is type(interval.high) is float


@pytest.mark.parametrize("kind", KINDS)
@repeatable
@given(shares, st.floats(0.01, 1), errors, st.floats(1, 1e4), confidences)
def test_more_rows_make_it_narrower(
    kind: str, share: float, deviation: float, values: list[float], factor: float, confidence: float
) -> None:
    _, interval_of = every_case(share, deviation, values)[kind]
    # Hall's correction of the skewness is itself a function of the size, felt below some 30 rows
    few = len(values) * 10
    many = few * factor
    # where more are misplaced the more careful of two methods is no longer asked
    misplaced = min(share, 1 - share) * few
    assume(kind != "auc" or misplaced * factor < FEW_MISPLACED or misplaced >= FEW_MISPLACED)
    wide, narrow = length(interval_of(few, confidence)), length(interval_of(many, confidence))
    assert narrow <= wide * (1 + 1e-9) + 1e-12
    full = 0.99 * CEILINGS.get(kind, 1)  # beyond, the range leaves no room
    if factor > 4 and 1e-9 < wide < full and interval_of(few, confidence).low > 0:
        assert narrow < wide


@pytest.mark.parametrize("kind", KINDS)
@repeatable
@given(shares, st.floats(0.01, 1), errors, st.floats(1.1, 1e6), confidences, confidences)
def test_more_confidence_makes_it_wider(
    kind: str, share: float, deviation: float, values: list[float], n: float, one: float, two: float
) -> None:
    _, interval_of = every_case(share, deviation, values)[kind]
    low, high = sorted((one, two))
    inner, outer = interval_of(n, low), interval_of(n, high)
    scale = 1e-12 * (1 + inner.high)
    assert outer.low <= inner.low + scale
    assert inner.high <= outer.high + scale
    full = 0.99 * CEILINGS.get(kind, 1)  # beyond, the range leaves no room
    if high - low > 0.01 and 1e-6 * (1 + inner.high) < length(inner) < full:
        assert length(outer) > length(inner)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 10])
@pytest.mark.parametrize("confidence", [0, 1, 95, -0.1, math.nan])
def test_a_confidence_that_is_no_probability_is_refused(
    kind: str, n: float, confidence: float
) -> None:
    _, interval_of = every_case(0.5, 0.5, [1, 2, 3])[kind]
    with pytest.raises(ValueError, match="confidence must be between 0 and 1"):
        interval_of(n, confidence)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [0, -1, math.nan, math.inf])
def test_a_size_that_no_rows_have_is_refused(kind: str, n: float) -> None:
    # the variance of one row over n is no matter here, and would divide by zero
    calls: dict[str, Callable[[], Interval]] = {
        "wilson": lambda: wilson_interval(0.5, n, 0.95),
        "f1": lambda: f1_interval(1, 1, 1, n, 0.95),
        "delta": lambda: delta_logit_interval(0.5, 0.1, n, 0.95),
        "auc": lambda: auc_interval(0.5, 0.1, 10, n, 0.95),
        "newcombe": lambda: newcombe_auc_interval(0.5, n, 10, 0.95),
        "hall": lambda: hall_mean_interval(n, 1, 2, 6, 0.95),
        "rmse": lambda: rmse_interval(n, 1, 2, 6, 0.95),
    }
    with pytest.raises(ValueError, match="must be above 0 and finite"):
        calls[kind]()


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_a_share_outside_0_and_1_is_refused(share: float) -> None:
    calls: list[Callable[[], Interval]] = [
        lambda: wilson_interval(share, 10, 0.95),
        lambda: delta_logit_interval(share, 0.1, 10, 0.95),
        lambda: auc_interval(share, 0.1, 10, 10, 0.95),
        lambda: newcombe_auc_interval(share, 10, 10, 0.95),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="must be within 0 and 1"):
            call()


@pytest.mark.parametrize("variance", [-0.1, math.nan])
def test_a_variance_below_zero_is_refused(variance: float) -> None:
    with pytest.raises(ValueError, match="variance must be 0 or more"):
        delta_logit_interval(0.5, variance, 10, 0.95)
    with pytest.raises(ValueError, match="variance must be 0 or more"):
        auc_interval(0.5, variance, 10, 10, 0.95)


def test_a_share_beyond_1_by_rounding_is_1() -> None:
    assert wilson_interval(1 + 2e-16, 10, 0.95) == wilson_interval(1, 10, 0.95)
    assert auc_interval(1 + 2e-16, 0, 10, 10, 0.95) == auc_interval(1, 0, 10, 10, 0.95)


def test_numpy_scalars_come_back_as_plain_numbers() -> None:
    interval = wilson_interval(np.float64(0.5), np.float64(10), 0.95)
    mean = hall_mean_interval(np.float64(5), np.float64(2), np.float64(4), np.float64(8), 0.95)
    assert {type(limit) for each in (interval, mean) for limit in limits(each)} == {float}
    assert type(kish_size(np.float64(3), np.float64(3))) is float


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


# Averages over classes.


def parts(shares: list[float], sizes: list[float], cost: float = 1.0) -> Parts:
    """Of classes that count alike."""
    count = len(shares)
    return Parts(*map(np.array, ([1 / count] * count, shares, sizes, [cost] * count)))


def macro(shares: list[float], sizes: list[float], confidence: float = 0.95) -> Interval:
    """Of a macro recall."""
    of = parts(shares, sizes)
    variance = float((of.importance**2 * of.shares * (1 - of.shares) / of.sizes).sum())
    size = 1 / float((of.importance**2 / of.sizes).sum())
    return averaged_interval(float(np.mean(shares)), variance, of, size, confidence)


def test_an_average_of_large_classes_has_the_interval_of_the_delta_method() -> None:
    shares, sizes = [0.9, 0.8, 0.6], [2000.0, 1000.0, 500.0]
    variance = sum(p * (1 - p) / n for p, n in zip(shares, sizes, strict=True)) / 9
    delta = delta_logit_interval(sum(shares) / 3, variance, 1000, 0.95)
    assert limits(macro(shares, sizes)) == pytest.approx(limits(delta), abs=3e-4)


def test_ten_rows_that_are_all_right_do_not_make_an_average_sure() -> None:
    shares, sizes = [0.95, 1.0], [1000.0, 10.0]
    found = macro(shares, sizes)
    delta = delta_logit_interval(0.975, 0.95 * 0.05 / 1000 / 4, 39.6, 0.95)
    assert found.low < delta.low - 0.05
    # about as much as the ten rows by themselves leave open, halved
    assert found.low == pytest.approx(0.975 - (1 - wilson_interval(1, 10, 0.95).low) / 2, abs=0.04)
    assert found.method == "delta, logit, by class"


def test_an_average_of_one_class_has_wilsons_limits_or_wider() -> None:
    found, wilson = macro([0.8], [40]), wilson_interval(0.8, 40, 0.95)
    assert found.low <= wilson.low + 1e-12
    assert found.high >= wilson.high - 1e-12


def test_the_part_of_f1_is_wilson_on_jaccard() -> None:
    f1 = f1_interval(30, 10, 10, 50, 0.95)
    of = Parts(*map(np.array, ([1.0], [0.6], [50.0], [0.5])))
    found = averaged_interval(0.75, 1.0, of, 50, 0.95)  # so large a variance caps the quantile
    alone = averaged_interval(0.75, 1e-9, of, 50, 0.95)
    assert found.low <= f1.low
    assert alone.low >= f1.low


def test_parts_leave_out_what_has_no_rows_or_counts_nothing() -> None:
    importance, right, wrong, paid, kish = (
        np.array(one, float)
        for one in ([0.5, 0.5, 0.0], [8, 0, 3], [2, 0, 1], [1.0, 0, 1], [0.5, 1, 1])
    )
    found = Parts.of(importance, right, wrong, paid, 0.8, kish)
    assert found.importance.tolist() == [0.5]
    assert found.shares.tolist() == [0.8]
    assert found.sizes.tolist() == [5.0]
    # one wrong row after Kish, that costs one half, and one that costs the most
    assert found.costs == pytest.approx([(0.5 + 0.8) / 2])
    one, rights, wrongs, pay = (np.array([of]) for of in (1.0, 30.0, 8.0, 2.0))
    many = Parts.of(one, rights, wrongs, pay, 0.8, one)
    assert many.costs == pytest.approx([(2 + 0.5 * 0.8) / 8.5])


def test_an_average_without_parts_is_that_of_the_delta_method() -> None:
    none = Parts(*(np.zeros(0) for _ in range(4)))
    assert averaged_interval(0.0, 0.0, none, 20, 0.95) == wilson_interval(0, 20, 0.95)


@repeatable
@given(
    st.lists(st.tuples(shares, st.floats(1, 500)), min_size=1, max_size=12),
    confidences,
    confidences,
)
def test_an_average_holds_its_value_and_grows_with_confidence(
    of: list[tuple[float, float]], one: float, two: float
) -> None:
    values, sizes = [share for share, _ in of], [n for _, n in of]
    inner, outer = (macro(values, sizes, c) for c in sorted((one, two)))
    assert 0 <= outer.low <= inner.low + 1e-9
    assert inner.low <= np.mean(values) + 1e-9
    assert inner.high >= np.mean(values) - 1e-9
    assert inner.high - 1e-9 <= outer.high <= 1
    assert type(inner.low) is type(inner.high) is float


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


@pytest.mark.parametrize("confidence", [5e-324, 1e-310, 1e-17, 1e-12, 1e-10])
@pytest.mark.parametrize("dof", [1e-3, 1.0, 7.0, 999.0, 1000.0])
def test_a_confidence_near_0_has_a_quantile_near_0(confidence: float, dof: float) -> None:
    assert 0 <= student_quantile(dof, confidence) < 1e-6
