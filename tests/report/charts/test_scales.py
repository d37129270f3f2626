"""Scales, their ticks, and the counts beside them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.charts import result

from model_checks.plan.checks import Bound
from model_checks.report.charts import overview_chart
from model_checks.report.charts.scales import round_numbers, short_count, spanning

numbers = st.floats(0, 1e6, allow_subnormal=False)


@given(st.lists(numbers, min_size=1, max_size=3), st.lists(numbers, max_size=8))
def test_a_scale_holds_the_bounds_and_what_is_not_out_of_proportion(
    limits: list[float], values: list[float]
) -> None:
    low, high = spanning(limits, values, [(v - 1, v + 1) for v in values])
    assert low < high
    assert all(low <= limit <= high for limit in limits)
    held = [low <= value <= high for value in values]
    assert 2 * sum(held) >= len(held)


@pytest.mark.parametrize("extreme", [0.0, 5e-324, 1e-300, 1e299, 1.7e308, math.inf])
def test_no_number_is_too_extreme_for_a_scale(extreme: float) -> None:
    bound = Bound(None, min(extreme, 1.7e308) or 1.0, None, "estimate")
    one = result("mae", extreme, half=0.0, bound=bound, segment=(("c", "a"),))
    far = result("mae", 1.0, half=extreme, bound=bound, segment=(("c", "b"),))
    assert overview_chart("m", [one, far]).png


def test_one_value_out_of_all_proportion_does_not_hide_the_others() -> None:
    values = [14.0, 15.0, 16.0, 15.5, 1e6]
    low, high = spanning([17.0], values, [])
    assert 10 < low < 14
    assert 17 < high < 20


def test_one_wide_interval_runs_out_of_the_picture() -> None:
    ends = [(0.6, 0.7), (0.65, 0.75), (0.62, 0.72), (-9.0, 10.0)]
    low, high = spanning([0.6], [0.65, 0.7, 0.67, 0.5], ends)
    assert -0.1 < low < 0.5
    assert 0.75 < high < 1.5


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 8))
def test_ticks_are_few_round_and_inside(low: float, length: float, most: int) -> None:
    ticks = round_numbers(low, low + length, most)
    assert len(ticks) <= most
    slack = 1e-9 * (abs(low) + length)
    assert all(low - slack <= tick <= low + length + slack for tick in ticks)
    assert len(ticks) >= 1 or length < 1e-5 * abs(low)


def test_counts_at_an_axis_are_short() -> None:
    assert [short_count(n) for n in (0, 9999, 10_000, 18_484, 1.2e6, 3e20)] == [
        "0",
        "9,999",
        "10k",
        "18k",
        "1.2M",
        "3e+20",
    ]
