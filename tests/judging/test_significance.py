import math
from functools import partial

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from model_checks.judging.significance import (
    CRITICAL,
    Margin,
    adjusted,
    critical_z,
    factors_of,
    sample_size_factor,
    stepwise,
)
from model_checks.metrics import intervals
from model_checks.metrics.intervals import Interval, IntervalAt, normal_quantile, wilson_interval
from model_checks.metrics.intervals.quantiles import confidence_of, p_value
from model_checks.settings.rules import Correction

WITHIN = 2e-4


def found(
    margin: Margin, value: float, interval_at: IntervalAt, confidence: float = 0.95
) -> tuple[float, int]:
    """The z, and how many intervals it took."""
    asked: list[float] = []

    def counted(one: float) -> Interval:
        asked.append(one)
        return interval_at(one)

    known = normal_quantile(confidence), interval_at(confidence)
    return critical_z(margin, value, counted, known), len(asked)


def at_least(bound: float) -> Margin:
    return lambda interval: interval.low - bound


def at_most(bound: float) -> Margin:
    return lambda interval: bound - interval.high


# p-values.


@pytest.mark.parametrize("bound", [0.6, 0.75, 0.8, 0.82, 0.849])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_wilsons_interval_inverted_is_the_score_test(bound: float, confidence: float) -> None:
    value, n = 0.85, 400
    score = (value - bound) / math.sqrt(bound * (1 - bound) / n)
    z, _ = found(at_least(bound), value, partial(wilson_interval, value, n), confidence)
    assert z == pytest.approx(min(score, CRITICAL), abs=WITHIN)
    assert z <= score


def test_a_value_that_is_not_on_the_side_has_a_p_of_1_without_a_question() -> None:
    z, asked = found(at_least(0.9), 0.85, partial(wilson_interval, 0.85, 400))
    assert (z, asked, p_value(z)) == (0.0, 0, 1.0)


def test_p_is_never_told_smaller_than_anybody_can_check() -> None:
    z, asked = found(at_least(0.1), 0.85, partial(wilson_interval, 0.85, 400))
    assert (z, asked) == (CRITICAL, 1)
    assert 0 < p_value(z) < 1e-11


METHODS: dict[str, tuple[float, IntervalAt]] = {
    "Wilson": (0.85, partial(wilson_interval, 0.85, 400)),
    "Wilson at 1": (1.0, partial(wilson_interval, 1.0, 50)),
    "F1": (2 / 3, partial(intervals.f1_interval, 10, 5, 5, 20)),
    "Newcombe": (0.85, partial(intervals.auc_interval, 0.85, 0.0004, 50, 400)),
    "DeLong": (0.85, partial(intervals.auc_interval, 0.85, 0.0004, 500, 400)),
    "Hall": (math.sqrt(2), partial(intervals.rmse_interval, 50, 2, 12, 120)),
    "log": (0.5, partial(intervals.explained_interval, 0.5, 3.0, 100)),
    "Fisher": (0.5, partial(intervals.agreement_interval, 0.5, 0.01, (0.8, 0.5), 100)),
    "bootstrap": (
        0.8,
        partial(
            intervals.bootstrap_interval, 0.8, np.random.default_rng(1).normal(0.8, 0.02, 1000), 500
        ),
    ),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("at", [0.3, 1.2, 1.9, 2.1, 3.3, 5.5])
@pytest.mark.parametrize("above", [True, False])
def test_a_bound_at_a_limit_has_the_p_of_its_confidence(
    method: str, at: float, above: bool
) -> None:
    value, interval_at = METHODS[method]
    interval = interval_at(confidence_of(at))
    margin = at_least(interval.low) if above else at_most(interval.high)
    z, asked = found(margin, value, interval_at)
    assert asked <= 20
    assert at - WITHIN <= z
    assert margin(interval_at(confidence_of(z))) >= 0
    beyond = z + WITHIN
    assert beyond >= CRITICAL or margin(interval_at(confidence_of(beyond))) < 0


def test_smooth_limits_take_few_questions() -> None:
    asked = [
        found(at_least(interval_at(confidence_of(at)).low), value, interval_at)[1]
        for value, interval_at in METHODS.values()
        for at in (0.3, 1.2, 1.9, 2.1, 3.3)
    ]
    assert np.mean(asked) < 8


def stairs(confidence: float) -> Interval:
    """Limits at three confidences, as where they are measured."""
    steps = {0.5: 1.0, 0.9: 2.0, 0.99: 3.0}
    wide = next((width for level, width in steps.items() if confidence <= level), math.inf)
    return Interval(10 - wide, 10 + wide, "")


@pytest.mark.parametrize(
    ("bound", "confidence"), [(9.5, None), (8.5, 0.5), (7.5, 0.9), (6.5, 0.99), (-100.0, 0.99)]
)
def test_limits_in_steps_give_a_p_that_is_rounded_up(
    bound: float, confidence: float | None
) -> None:
    z, asked = found(at_least(bound), 10.0, stairs, 0.9)
    expected = normal_quantile(confidence) if confidence else 0.0
    assert expected - WITHIN <= z <= expected + 1e-12
    assert asked <= 25


def test_an_interval_without_a_limit_proves_nothing() -> None:
    z, _ = found(at_most(2.0), 1.0, lambda _: Interval(1.0, math.inf, ""))
    assert p_value(z) == pytest.approx(1.0, abs=1e-4)


def test_an_interval_of_no_length_proves_all() -> None:
    z, _ = found(at_least(0.9), 1.0, lambda _: Interval(1.0, 1.0, ""))
    assert z == CRITICAL


@pytest.mark.parametrize("z", [1e-3, 0.5, 1.96, 5.0, CRITICAL])
def test_a_confidence_is_that_of_its_quantile(z: float) -> None:
    assert normal_quantile(confidence_of(z)) == pytest.approx(z, rel=1e-5)
    assert p_value(z) == pytest.approx(1 - confidence_of(z), abs=1e-12)


# Corrections.

P_VALUES = st.lists(
    st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.05, 1.0])), min_size=1, max_size=12
)


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        ("holm", [0.05, 0.05, 0.09, 0.09, 0.6]),
        ("benjamini-hochberg", [0.025, 0.025, 0.05, 0.05, 0.6]),
        ("none", [0.01, 0.011, 0.03, 0.04, 0.6]),
    ],
)
def test_a_correction_worked_by_hand(correction: Correction, expected: list[float]) -> None:
    p_values = [0.01, 0.011, 0.03, 0.04, 0.6]
    hand = {
        "holm": [5 * 0.01, max(5 * 0.01, 4 * 0.011), 3 * 0.03, max(3 * 0.03, 2 * 0.04), 0.6],
        "benjamini-hochberg": [
            min(5 * 0.01, 5 * 0.011 / 2),
            5 * 0.011 / 2,
            min(5 * 0.03 / 3, 5 * 0.04 / 4),
            5 * 0.04 / 4,
            0.6,
        ],
        "none": p_values,
    }
    assert adjusted(p_values, correction) == pytest.approx(hand[correction])
    assert hand[correction] == pytest.approx(expected, rel=0.11)


@hypothesis_settings(derandomize=True, deadline=None)
@example([0.05, 0.05, 0.05], 0.05)
@given(P_VALUES, st.floats(0.001, 0.5))
def test_holm_finds_what_his_steps_find(p_values: list[float], level: float) -> None:
    found_by_steps: set[int] = set()
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[place] * (len(p_values) - rank) > level:
            break
        found_by_steps.add(place)
    corrected = adjusted(p_values, "holm")
    assert {place for place, p in enumerate(corrected) if p <= level} == found_by_steps


@hypothesis_settings(derandomize=True, deadline=None)
@example([0.04, 0.045, 0.05, 0.03], 0.05)
@given(P_VALUES, st.floats(0.001, 0.5))
def test_benjamini_and_hochberg_find_all_up_to_the_last_that_is_small_for_its_rank(
    p_values: list[float], level: float
) -> None:
    ascending = sorted(p_values)
    n = len(ascending)
    ranks = [rank for rank in range(1, n + 1) if ascending[rank - 1] * (n / rank) <= level]
    last = ascending[max(ranks) - 1] if ranks else -1.0
    corrected = adjusted(p_values, "benjamini-hochberg")
    assert [p <= level for p in corrected] == [p <= last for p in p_values]


@pytest.mark.parametrize("correction", ["holm", "benjamini-hochberg", "none"])
def test_the_order_of_the_checks_does_not_matter(correction: Correction) -> None:
    p_values = np.random.default_rng(2).uniform(0, 0.2, 15)
    order = np.random.default_rng(3).permutation(15)
    plain = np.array(adjusted(p_values.tolist(), correction))
    assert adjusted(p_values[order].tolist(), correction) == pytest.approx(plain[order])


@pytest.mark.parametrize("correction", ["holm", "benjamini-hochberg", "none"])
def test_one_check_alone_is_not_corrected(correction: Correction) -> None:
    assert adjusted([0.03], correction) == [0.03]
    assert factors_of([0.03], correction) == [1.0]
    assert adjusted([], correction) == []


def test_numbers_follow_those_before_or_after_them() -> None:
    p_values = [0.3, 0.1, 0.2]
    assert stepwise([1.0, 3.0, 2.0], p_values, "holm") == [3.0, 3.0, 3.0]
    assert stepwise([3.0, 5.0, 4.0], p_values, "benjamini-hochberg") == [3.0, 3.0, 3.0]
    assert stepwise([1.0, 3.0, 2.0], p_values, "none") == [1.0, 3.0, 2.0]


def test_rows_grow_as_the_square_of_z() -> None:
    assert sample_size_factor(1.0, 2.0) == 4.0
    assert sample_size_factor(0.0, 2.0) == math.inf


@pytest.mark.parametrize("z", [5e-324, 1e-300, 1e-160])
def test_what_is_all_but_undecided_takes_no_end_of_rows(z: float) -> None:
    assert sample_size_factor(z, 1.96) == math.inf
