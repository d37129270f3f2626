"""What all kinds of intervals have in common: range, rows, confidence, and what is refused."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.interval_limits import confidences, errors, length, limits, moments, repeatable, shares

from model_checks.metrics.intervals import (
    FEW_MISPLACED,
    Interval,
    auc_interval,
    delta_logit_interval,
    f1_interval,
    hall_mean_interval,
    kish_size,
    newcombe_auc_interval,
    rmse_interval,
    wilson_interval,
)

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
