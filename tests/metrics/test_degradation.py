import math
import pickle
from functools import partial

import pytest

from model_checks.metrics import AnyEstimate, Estimate, Undefined
from model_checks.metrics.degradation import (
    Best,
    DegradationTerms,
    degradation,
    with_exact_baseline,
)
from model_checks.metrics.estimate import always, estimated
from model_checks.metrics.intervals import (
    Interval,
    IntervalAt,
    hall_signed_interval,
    wilson_interval,
)


def share(value: float, n: float = 1000) -> Estimate:
    return estimated(value, partial(wilson_interval, value, n), int(n), "rows", 0.95)


def around(value: float, half: float) -> Estimate:
    """An estimate of any sign, as sure as its half width at 95 %."""
    variance = (half / 1.96) ** 2 * 1e6
    at = partial(hall_signed_interval, 1e6, value, variance, 0.0)
    return estimated(value, at, 1000, "rows", 0.95)


def exactly(value: float) -> Estimate:
    at: IntervalAt = partial(always, Interval(value, value, ""))
    return estimated(value, at, 1000, "rows", 0.95)


def terms(
    best: Best = "higher", *, relative: bool = False, paired: bool = False, correlation: float = 0.0
) -> DegradationTerms:
    return DegradationTerms(best, relative, paired, correlation)


def numbers(one: AnyEstimate) -> tuple[float, float, float]:
    assert isinstance(one, Estimate)
    return one.low, one.value, one.high


@pytest.mark.parametrize(
    ("best", "current", "baseline", "worse", "share_of"),
    [
        ("higher", 0.7, 0.8, 0.1, 0.125),
        ("higher", 0.9, 0.8, -0.1, -0.125),
        ("higher", -0.3, -0.2, 0.1, 0.5),  # R² below zero
        ("higher", -0.1, -0.2, -0.1, -0.5),
        ("higher", -0.1, 0.2, 0.3, 1.5),
        ("lower", 12.0, 10.0, 2.0, 0.2),
        ("lower", 8.0, 10.0, -2.0, -0.2),
        ("zero", -3.0, 2.0, 1.0, 0.5),
        ("zero", 1.0, -2.0, -1.0, -0.5),
        ("zero", -1.0, 2.0, -1.0, -0.5),
    ],
)
def test_worse_is_above_0_whichever_way_the_metric_points(
    best: Best, current: float, baseline: float, worse: float, share_of: float
) -> None:
    a, b = around(current, 0.01), around(baseline, 0.01)
    for relative, expected in ((False, worse), (True, share_of)):
        low, value, high = numbers(degradation(a, b, terms(best, relative=relative)))
        assert value == pytest.approx(expected)
        assert low < value < high
        assert math.copysign(1, low) == math.copysign(1, high) == math.copysign(1, expected)


@pytest.mark.parametrize("best", ["higher", "lower"])
@pytest.mark.parametrize("relative", [False, True])
def test_models_that_are_known_exactly_leave_no_doubt(best: Best, relative: bool) -> None:
    low, value, high = numbers(
        degradation(exactly(0.7), exactly(0.8), terms(best, relative=relative))
    )
    assert low == pytest.approx(value) == pytest.approx(high)


def test_newcombes_first_case_is_found_in_the_direction_of_the_metric() -> None:
    low, value, high = numbers(degradation(share(48 / 80, 80), share(56 / 70, 70), terms()))
    assert (round(low, 4), round(value, 4), round(high, 4)) == (0.0524, 0.2, 0.3339)


@pytest.mark.parametrize("best", ["higher", "lower", "zero"])
def test_a_pair_is_told_apart_better_the_more_it_is_correlated(best: Best) -> None:
    a, b = around(0.7, 0.05), around(0.8, 0.05)
    widths = [
        high - low
        for r in (0.0, 0.5, 0.9)
        for low, _, high in [numbers(degradation(a, b, terms(best, correlation=r, paired=True)))]
    ]
    assert widths[0] > widths[1] > widths[2]


def test_a_bias_that_may_have_either_sign_gains_nothing_from_a_pair() -> None:
    a, b = around(0.01, 0.05), around(0.8, 0.05)
    alone, paired = (degradation(a, b, terms("zero", correlation=r)) for r in (0.0, 0.9))
    assert numbers(alone) == numbers(paired)


@pytest.mark.parametrize("best", ["higher", "zero"])
def test_a_percentage_of_a_baseline_of_0_means_nothing(best: Best) -> None:
    found = degradation(share(0.1), exactly(0.0), terms(best, relative=True))
    assert isinstance(found, Undefined)
    assert found.reason == (
        "the baseline is exactly 0, of which a percentage means nothing; "
        "an absolute max_degradation would do"
    )
    assert numbers(degradation(share(0.1), exactly(0.0), terms(best)))


def test_there_is_no_share_of_a_baseline_that_may_be_0() -> None:
    found = degradation(around(0.1, 0.01), around(0.01, 0.05), terms(relative=True))
    assert isinstance(found, Undefined)
    assert found.reason.startswith("the baseline is not told from 0 by its interval")
    assert numbers(degradation(around(0.1, 0.01), around(0.01, 0.05), terms()))


def test_the_interval_is_that_of_the_confidence_asked_for() -> None:
    found = degradation(share(0.7), share(0.8), terms())
    assert isinstance(found, Estimate)
    low, _, high = numbers(found)
    wide = found.interval_at(0.999)
    assert wide.low < low < high < wide.high
    again = found.interval_at(0.95)
    assert (again.low, again.high) == (low, high)


def test_it_can_go_to_another_process() -> None:
    found = degradation(share(0.7), share(0.8), terms(relative=True))
    assert isinstance(found, Estimate)
    kept = pickle.loads(pickle.dumps(found))
    assert kept.interval_at(0.9) == found.interval_at(0.9)


def test_the_method_tells_a_pair() -> None:
    for relative in (False, True):
        alone = degradation(share(0.7), share(0.8), terms(relative=relative))
        paired = degradation(share(0.7), share(0.8), terms(relative=relative, paired=True))
        assert isinstance(alone, Estimate)
        assert isinstance(paired, Estimate)
        assert (alone.method, paired.method) == ("MOVER", "MOVER, paired")


def test_with_an_exact_baseline_the_doubt_is_that_of_the_model() -> None:
    own, other = share(0.7), share(0.8)
    low, value, high = numbers(with_exact_baseline(own, other, terms()))
    assert (low, high) == pytest.approx((0.8 - (own.high or 0), 0.8 - (own.low or 0)))
    assert value == pytest.approx(0.1)
