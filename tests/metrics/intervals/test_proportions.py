"""Intervals of proportions: Wilson's, that of F1 by Jaccard, and the delta method on the logit."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats
from support.interval_limits import confidences, length, limits, repeatable, shares, sizes

from model_checks.metrics.intervals import delta_logit_interval, f1_interval, wilson_interval

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
