"""Differences, shares and gaps of estimates, from the interval of each."""

import math
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from support.interval_limits import confidences, limits, repeatable, shares

from model_checks.metrics.intervals import (
    Interval,
    difference_interval,
    gap_interval,
    magnitude_interval,
    normal_quantile,
    relative_interval,
    wilson_interval,
)
from model_checks.metrics.intervals.gaps import range_quantile

# Differences of two estimates.


def held(a: float, below: float, above: float) -> tuple[float, Interval]:
    """An estimate and its interval, from the distances of the limits."""
    return a, Interval(a - below, a + above, "")


estimates = st.builds(held, st.floats(-10, 10), st.floats(0, 3), st.floats(0, 3))
correlations = st.floats(-1, 1)


@pytest.mark.parametrize(
    ("hits", "of", "expected"),
    [  # the eight pairs of Newcombe (1998), table II, method 10
        ((56, 48), (70, 80), (0.0524, 0.3339)),
        ((9, 3), (10, 10), (0.1705, 0.8090)),
        ((6, 2), (7, 7), (0.0582, 0.8062)),
        ((5, 0), (56, 29), (-0.0381, 0.1926)),
        ((0, 0), (10, 20), (-0.1611, 0.2775)),
        ((0, 0), (10, 10), (-0.2775, 0.2775)),
        ((10, 0), (10, 20), (0.6791, 1.0)),
        ((10, 0), (10, 10), (0.6075, 1.0)),
    ],
)
def test_a_difference_of_proportions_is_newcombes(
    hits: tuple[int, int], of: tuple[int, int], expected: tuple[float, float]
) -> None:
    a, b = (hit / n for hit, n in zip(hits, of, strict=True))
    of_a, of_b = wilson_interval(a, of[0], 0.95), wilson_interval(b, of[1], 0.95)
    found = difference_interval(a, of_a, b, of_b)
    assert limits(found) == pytest.approx(expected, abs=6e-5)
    assert found.method == "MOVER"


def test_errors_that_go_together_cancel_out_of_a_difference() -> None:
    a, of_a = held(0.8, 0.03, 0.04)
    b, of_b = held(0.7, 0.01, 0.03)
    found = difference_interval(a, of_a, b, of_b, 0.5, paired=True)
    below = math.sqrt(0.03**2 + 0.03**2 - 0.03 * 0.03)
    above = math.sqrt(0.04**2 + 0.01**2 - 0.04 * 0.01)
    assert limits(found) == pytest.approx((0.1 - below, 0.1 + above))
    assert found.method == "MOVER, paired"
    same = difference_interval(a, of_a, a, held(a, 0.04, 0.03)[1], 1.0, paired=True)
    assert limits(same) == pytest.approx((0, 0), abs=1e-8)


def test_a_difference_from_what_has_no_limit_has_none() -> None:
    known, unknown = held(1.0, 0.1, 0.1), (2.0, Interval(1.5, math.inf, "observed"))
    assert limits(difference_interval(*known, *unknown)) == pytest.approx(
        (-math.inf, -1 + math.hypot(0.1, 0.5))
    )
    assert difference_interval(*unknown, *known, 1.0).high == math.inf


@repeatable
@given(estimates, estimates, correlations)
def test_a_difference_turned_round_is_turned_about_zero(
    one: tuple[float, Interval], two: tuple[float, Interval], r: float
) -> None:
    there, back = difference_interval(*one, *two, r), difference_interval(*two, *one, r)
    assert limits(there) == pytest.approx((-back.high, -back.low), abs=1e-12)
    assert there.low <= one[0] - two[0] <= there.high
    assert type(there.low) is type(there.high) is float


@pytest.mark.parametrize("r", [math.nan, 1.1, -1.1])
def test_a_correlation_that_is_none_is_refused(r: float) -> None:
    one, two = held(1.0, 0.1, 0.1), held(2.0, 0.1, 0.1)
    with pytest.raises(ValueError, match="correlation must be within -1 and 1"):
        difference_interval(*one, *two, r)
    with pytest.raises(ValueError, match="correlation must be within -1 and 1"):
        relative_interval(*one, *two, r)
    assert difference_interval(*one, *two, 1 + 1e-9) == difference_interval(*one, *two, 1.0)


@pytest.mark.parametrize("a", [0.4, 1.2, math.nan, math.inf])
def test_an_estimate_outside_its_interval_is_refused(a: float) -> None:
    apart, one = Interval(0.5, 1.0, ""), held(1.0, 0.1, 0.1)
    for call in (difference_interval, relative_interval):
        with pytest.raises(ValueError, match=r"a must be within its interval 0[.]5 to 1[.]0"):
            call(a, apart, *one)
        with pytest.raises(ValueError, match=r"b must be within its interval 0[.]5 to 1[.]0"):
            call(*one, a, apart)
    with pytest.raises(ValueError, match="value must be within its interval"):
        magnitude_interval(a, apart)
    with pytest.raises(ValueError, match="value must be within its interval"):
        gap_interval([a, 1.0], [lambda _: apart, lambda _: one[1]], 0.95)


# The same as a share of the second.


def excess_over_share(
    a: tuple[float, Interval], b: tuple[float, Interval], r: float, share: float
) -> Interval:
    """Interval of a - b - share * abs(b), as a difference from a multiple of b."""
    factor = 1 + share * math.copysign(1, b[0])
    multiple = sorted(factor * limit for limit in limits(b[1]))
    scaled = Interval(multiple[0], multiple[1], "")
    return difference_interval(*a, factor * b[0], scaled, r * math.copysign(1, factor))


@repeatable
@given(estimates, estimates, correlations)
def test_a_share_is_a_limit_where_the_excess_over_it_may_just_be_zero(
    one: tuple[float, Interval], two: tuple[float, Interval], r: float
) -> None:
    assume(not two[1].low <= 0.01 and min(two[1].high, -two[1].low) < two[0] * 1.9)
    for sign in (1, -1):  # and of estimates that are turned about zero
        a, b = ((sign * v, turned(i, sign)) for v, i in (one, two))
        found = relative_interval(*a, *b, r)
        assert found.low <= (a[0] - b[0]) / abs(b[0]) <= found.high
        at_low, at_high = (excess_over_share(a, b, r, share) for share in limits(found))
        assert at_low.low == pytest.approx(0, abs=1e-6)
        assert at_high.high == pytest.approx(0, abs=1e-6)


def turned(interval: Interval, sign: int) -> Interval:
    low, high = sorted((sign * interval.low, sign * interval.high))
    return Interval(low, high, "")


def test_a_share_of_what_is_known_is_the_difference_over_it() -> None:
    known = Interval(-0.5, -0.5, "")
    found = relative_interval(-0.2, Interval(-0.4, -0.1, ""), -0.5, known)
    assert limits(found) == pytest.approx((0.2, 0.8))  # -0.4 is 20 % of 0.5 above -0.5
    assert found.method == "MOVER"


def test_below_zero_lower_is_still_worse() -> None:
    surely = [Interval(value, value, "") for value in (-0.2, -0.1)]
    assert relative_interval(-0.2, surely[0], -0.1, surely[1]).high == pytest.approx(-1.0)
    assert relative_interval(-0.1, surely[1], -0.2, surely[0]).low == pytest.approx(0.5)


def test_a_ratio_of_log_normal_limits_is_near_the_exact_one() -> None:
    # of two estimates with these standard errors of their logarithms
    found = relative_interval(*log_held(0.4, 0.05), *log_held(0.5, 0.1))
    half = 1.96 * math.hypot(0.05, 0.1)
    assert limits(found) == pytest.approx(
        (0.8 * math.exp(-half) - 1, 0.8 * math.exp(half) - 1), abs=0.005
    )


def log_held(value: float, error: float) -> tuple[float, Interval]:
    factor = math.exp(1.96 * error)
    return value, Interval(value / factor, value * factor, "")


def test_a_share_has_no_limit_on_the_side_where_its_whole_may_be_nothing() -> None:
    one = held(0.8, 0.1, 0.1)
    above = relative_interval(*one, 0.4, Interval(0.0, 0.5, ""))
    assert math.isfinite(above.low)
    assert above.low > -1
    assert above.high == math.inf
    lost = relative_interval(*held(-0.8, 0.1, 0.1), 0.4, Interval(0.0, 0.5, ""))
    assert lost.low == -math.inf
    assert math.isfinite(lost.high)
    within = Interval(-0.1, 0.5, "")
    assert limits(relative_interval(*one, 0.4, within)) == (-math.inf, math.inf)


def test_a_share_of_what_has_no_upper_limit_may_be_any_fraction() -> None:
    found = relative_interval(*held(0.8, 0.1, 0.1), 0.4, Interval(0.3, math.inf, ""))
    assert found.low == -1  # none of it at all
    assert math.isfinite(found.high)


def test_a_share_of_zero_is_refused() -> None:
    zero = held(0.0, 0.1, 0.1)
    with pytest.raises(ValueError, match="b must not be 0"):
        relative_interval(*held(0.8, 0.1, 0.1), *zero)


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (0.2, 0.1, 0.3, (0.1, 0.3)),
        (-0.2, -0.3, -0.1, (0.1, 0.3)),
        (0.1, -0.1, 0.3, (0.0, 0.3)),
        (-0.1, -0.3, 0.1, (0.0, 0.3)),
        (1.0, -math.inf, math.inf, (0.0, math.inf)),
    ],
)
def test_a_size_has_the_limits_of_its_value_without_their_signs(
    value: float, low: float, high: float, expected: tuple[float, float]
) -> None:
    assert magnitude_interval(value, Interval(low, high, "Hall")) == Interval(*expected, "Hall")


# The gap between the largest and the smallest.


@pytest.mark.parametrize("k", [2, 3, 5, 20, 100])
@pytest.mark.parametrize("tail", [0.45, 0.05, 0.025, 1e-3, 1e-6])
def test_the_quantile_of_the_range_agrees_with_scipy(k: int, tail: float) -> None:
    expected = stats.studentized_range.ppf(1 - tail, k, math.inf)
    assert range_quantile(k, tail) == pytest.approx(expected, rel=1e-8)


def test_the_quantile_of_the_range_of_two_is_that_of_their_difference() -> None:
    for tail in (0.4, 1e-3, 1e-12, 1e-16):
        expected = math.sqrt(2) * stats.norm.isf(tail / 2)
        assert range_quantile(2, tail) == pytest.approx(expected, rel=1e-9)


def test_the_gap_of_estimates_that_are_alike_sure() -> None:
    values, error = [0.3, 0.9, 0.5], 0.1
    found = gap_interval(values, [sure(value, error) for value in values], 0.95)
    low = 0.6 - stats.studentized_range.ppf(0.975, 3, math.inf) * error
    high = 0.6 + stats.norm.ppf(0.975) * error * math.sqrt(2)
    assert limits(found) == pytest.approx((low, high))
    assert found.method == "Tukey-Kramer, MOVER"


def sure(value: float, error: float) -> Callable[[float], Interval]:
    """The interval of a normal estimate with this standard error, at any confidence."""

    def interval_at(confidence: float) -> Interval:
        half = normal_quantile(confidence) * error
        return Interval(value - half, value + half, "")

    return interval_at


def test_the_gap_may_be_surest_between_others_than_the_furthest() -> None:
    values, errors = [0.0, 0.9, 1.0], [0.01, 0.01, 5.0]
    found = gap_interval(values, [*map(sure, values, errors)], 0.95)
    assert found.low == pytest.approx(0.9, abs=0.06)
    assert found.high > 10


def test_the_gap_of_equal_values_reaches_from_zero() -> None:
    found = gap_interval([0.5] * 4, [partial(wilson_interval, 0.5, 100)] * 4, 0.95)
    half = 0.5 - wilson_interval(0.5, 100, 0.95).low
    assert limits(found) == pytest.approx((0, half * math.sqrt(2)))


@repeatable
@given(st.lists(st.tuples(shares, st.integers(5, 500)), min_size=2, max_size=30), confidences)
def test_a_gap_holds_the_one_observed_and_grows_with_confidence(
    of: list[tuple[float, int]], confidence: float
) -> None:
    values = [share for share, _ in of]
    at = [partial(wilson_interval, share, n) for share, n in of]
    found, surer = (gap_interval(values, at, c) for c in (confidence, (1 + confidence) / 2))
    assert 0 <= surer.low <= found.low <= max(values) - min(values) <= found.high <= surer.high
    assert type(found.low) is type(found.high) is float


def test_a_gap_to_what_has_no_limit_has_none() -> None:
    found = gap_interval([0.5, 0.6], [sure(0.5, math.inf), sure(0.6, 0.01)], 0.95)
    assert limits(found) == (0, math.inf)


def test_a_gap_bears_a_confidence_next_to_1() -> None:
    values = [0.2, 0.9]
    found = gap_interval(values, [sure(v, 0.01) for v in values], math.nextafter(1, 0))
    assert 0.5 < found.low < 0.7 < found.high < 0.9


@pytest.mark.parametrize("count", [0, 1])
def test_a_gap_takes_two(count: int) -> None:
    with pytest.raises(ValueError, match="two or more values, each with its interval"):
        gap_interval([0.5] * count, [sure(0.5, 0.1)] * count, 0.95)
    with pytest.raises(ValueError, match="two or more values, each with its interval, found 2 and"):
        gap_interval([0.5] * 2, [sure(0.5, 0.1)] * 3, 0.95)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.1, math.nan])
def test_a_gap_refuses_a_confidence_that_is_no_probability(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence must be between 0 and 1"):
        gap_interval([0.5, 0.6], [sure(0.5, 0.1)] * 2, confidence)


# Limits move outward with confidence.


@repeatable
@given(
    st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.integers(30, 500), confidences, st.floats(-1, 0.9)
)
def test_more_confidence_makes_a_difference_wider(
    a: float, b: float, n: int, confidence: float, r: float
) -> None:
    for call in (difference_interval, relative_interval):
        inner, outer = (
            call(a, wilson_interval(a, n, c), b, wilson_interval(b, n, c), r)
            for c in (confidence, (1 + confidence) / 2)
        )
        assert outer.low <= inner.low + 1e-9
        assert inner.high <= outer.high * (1 + 1e-9) + 1e-9
