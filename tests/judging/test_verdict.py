import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.factories import bound, estimate

from model_checks.judging.verdict import Verdict, fails, verdict_on
from model_checks.metrics import AnyEstimate, Estimate, Failed, Undefined
from model_checks.plan.checks import Bound
from model_checks.settings import Rule

PASS, WARN, FAIL = Verdict.PASS, Verdict.WARN, Verdict.FAIL
INCONCLUSIVE, NO_DATA, ERROR = Verdict.INCONCLUSIVE, Verdict.NO_DATA, Verdict.ERROR

RULES: tuple[Rule, ...] = ("estimate", "confident", "tolerant")

# Where value and interval lie, for a bound at 0.5.
PLACES = {
    "all below": estimate(0.3, 0.2, 0.4),
    "value below, interval reaches above": estimate(0.45, 0.4, 0.55),
    "value on the bound": estimate(0.5, 0.45, 0.55),
    "value above, interval reaches below": estimate(0.55, 0.45, 0.6),
    "all above": estimate(0.7, 0.6, 0.8),
    "low on the bound": estimate(0.6, 0.5, 0.7),
    "high on the bound": estimate(0.4, 0.3, 0.5),
}

# The same for an upper bound follows by turning the scale round.
AT_LEAST_HALF = {
    "all below": (FAIL, FAIL, FAIL),
    "value below, interval reaches above": (FAIL, INCONCLUSIVE, INCONCLUSIVE),
    "value on the bound": (PASS, INCONCLUSIVE, INCONCLUSIVE),
    "value above, interval reaches below": (PASS, INCONCLUSIVE, INCONCLUSIVE),
    "all above": (PASS, PASS, PASS),
    "low on the bound": (PASS, PASS, PASS),
    "high on the bound": (FAIL, INCONCLUSIVE, INCONCLUSIVE),
}

TABLE = [
    pytest.param(place, rule, verdict, id=f"{rule}, {place}")
    for place, verdicts in AT_LEAST_HALF.items()
    for rule, verdict in zip(RULES, verdicts, strict=True)
]


def turned(one: Estimate) -> Estimate:
    """The estimate of 1 - x: what was below 0.5 is above it."""
    return replace(one, value=1 - one.value, low=1 - one.high, high=1 - one.low)


@pytest.mark.parametrize(("place", "rule", "verdict"), TABLE)
def test_a_lower_bound_is_held_by_its_rule(place: str, rule: Rule, verdict: Verdict) -> None:
    assert verdict_on(PLACES[place], bound(min=0.5, rule=rule)) is verdict


@pytest.mark.parametrize(("place", "rule", "verdict"), TABLE)
def test_an_upper_bound_is_held_by_its_rule(place: str, rule: Rule, verdict: Verdict) -> None:
    assert verdict_on(turned(PLACES[place]), bound(max=0.5, rule=rule)) is verdict


@pytest.mark.parametrize(("place", "rule", "verdict"), TABLE)
@pytest.mark.parametrize("warn", [0.501, 0.9])
def test_a_pass_that_is_not_past_the_warning_becomes_a_warning_and_nothing_else_does(
    place: str, rule: Rule, verdict: Verdict, warn: float
) -> None:
    one = PLACES[place]
    expected = WARN if verdict is PASS and one.value < warn else verdict
    assert verdict_on(one, bound(min=0.5, warn=warn, rule=rule)) is expected
    mirrored = bound(max=0.5, warn=1 - warn, rule=rule)
    assert verdict_on(turned(one), mirrored) is expected


@pytest.mark.parametrize("rule", RULES)
def test_a_value_on_the_warning_is_not_warned_of(rule: Rule) -> None:
    assert verdict_on(estimate(0.6), bound(min=0.5, warn=0.6, rule=rule)) is PASS
    assert verdict_on(estimate(0.4), bound(max=0.5, warn=0.4, rule=rule)) is PASS


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("limit", [0.8, 1e-9, 123_456.789, -0.3])
def test_the_last_digits_of_a_sum_decide_nothing(limit: float, rule: Rule) -> None:
    for off, met in ((1e-12, PASS), (1e-7, FAIL)):
        below, above = estimate(limit - off * abs(limit)), estimate(limit + off * abs(limit))
        assert verdict_on(below, bound(min=limit, rule=rule)) is met
        assert verdict_on(above, bound(max=limit, rule=rule)) is met
        warned = WARN if met is FAIL else PASS
        far = abs(limit)
        assert verdict_on(below, bound(min=limit - far, warn=limit, rule=rule)) is warned
        assert verdict_on(above, bound(max=limit + far, warn=limit, rule=rule)) is warned


def test_an_interval_that_ends_at_the_bound_but_for_its_last_digits_reaches_it() -> None:
    low, high = estimate(0.9, 0.7999999999999999, 0.95), estimate(0.7, 0.6, 0.7999999999999999)
    assert verdict_on(low, bound(min=0.8, rule="confident")) is PASS
    assert verdict_on(high, bound(min=0.8, rule="tolerant")) is INCONCLUSIVE


def test_what_cancels_out_to_nothing_meets_a_bound_of_0() -> None:
    """Of a share of what it is made of; a small value that nothing cancels in is no rounding."""
    assert verdict_on(estimate(-5e-17, -0.2, 0.2), bound(min=0.0)) is PASS
    assert verdict_on(estimate(2e-17, -0.6, 0.6), bound(min=0.0, max=0.0)) is PASS
    assert verdict_on(estimate(1e-17, 5e-18, 3e-17), bound(max=0.0)) is FAIL
    assert verdict_on(estimate(1e-7, 0.0, 6e-7), bound(max=0.0)) is FAIL


@pytest.mark.parametrize(
    ("one", "verdicts"),
    [
        (estimate(0.5, 0.45, 0.55), (PASS, PASS, PASS)),
        (estimate(0.5, 0.35, 0.65), (PASS, INCONCLUSIVE, INCONCLUSIVE)),
        (estimate(0.35, 0.3, 0.45), (FAIL, INCONCLUSIVE, INCONCLUSIVE)),
        (estimate(0.65, 0.55, 0.7), (FAIL, INCONCLUSIVE, INCONCLUSIVE)),
        (estimate(0.3, 0.2, 0.39), (FAIL, FAIL, FAIL)),
        (estimate(0.7, 0.61, 0.8), (FAIL, FAIL, FAIL)),
    ],
)
def test_two_bounds_are_held_together(one: Estimate, verdicts: tuple[Verdict, ...]) -> None:
    for rule, verdict in zip(RULES, verdicts, strict=True):
        assert verdict_on(one, bound(min=0.4, max=0.6, rule=rule)) is verdict


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("held", [bound(min=0.0), bound(max=1.0), bound(min=0.0, max=1.0)])
@pytest.mark.parametrize(
    "one",
    [
        estimate(math.nan),
        estimate(math.nan, 0.4, 0.6),
        estimate(0.5, math.nan, 0.6),
        estimate(0.5, 0.4, math.nan),
    ],
)
def test_nan_meets_no_bound(one: Estimate, held: Bound, rule: Rule) -> None:
    verdict = verdict_on(one, replace(held, rule=rule))
    assert verdict is FAIL
    assert fails(verdict, rule, explicit=False)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("one", [Undefined("only one class"), Failed("it broke")])
def test_what_is_undefined_is_no_data(one: AnyEstimate, rule: Rule) -> None:
    assert verdict_on(one, bound(min=0.0, rule=rule)) is NO_DATA


def test_an_interval_without_end_proves_nothing() -> None:
    one_row = estimate(3.0, 0.0, math.inf)
    assert verdict_on(one_row, bound(max=5, rule="estimate")) is PASS
    assert verdict_on(one_row, bound(max=5, rule="confident")) is INCONCLUSIVE
    assert verdict_on(one_row, bound(max=5, rule="tolerant")) is INCONCLUSIVE


shares = st.floats(0, 1)
estimates = st.tuples(shares, shares, shares).map(sorted).map(lambda x: estimate(x[1], x[0], x[2]))
bounds = st.one_of(
    shares.map(lambda limit: bound(min=limit)),
    shares.map(lambda limit: bound(max=limit)),
    st.tuples(shares, shares).map(sorted).map(lambda x: bound(min=x[0], max=x[1])),
)
repeatable = settings(derandomize=True, deadline=None)


def verdicts_of(one: Estimate, held: Bound) -> dict[Rule, Verdict]:
    return {rule: verdict_on(one, replace(held, rule=rule)) for rule in RULES}


@repeatable
@given(shares)
def test_a_value_exactly_on_the_bound_meets_it(value: float) -> None:
    for held in (bound(min=value), bound(max=value), bound(min=value, max=value)):
        assert set(verdicts_of(estimate(value), held).values()) == {PASS}


@repeatable
@given(estimates, bounds)
def test_what_is_proven_bad_fails_under_every_rule(one: Estimate, held: Bound) -> None:
    verdicts = verdicts_of(one, held)
    if verdicts["tolerant"] is FAIL:
        assert set(verdicts.values()) == {FAIL}


@repeatable
@given(estimates, bounds)
def test_what_is_proven_good_passes_under_every_rule(one: Estimate, held: Bound) -> None:
    verdicts = verdicts_of(one, held)
    if verdicts["confident"] is PASS:
        assert set(verdicts.values()) == {PASS}


@repeatable
@given(estimates, bounds)
def test_no_rule_fails_where_a_more_tolerant_one_would(one: Estimate, held: Bound) -> None:
    failed = {r: fails(v, r, explicit=True) for r, v in verdicts_of(one, held).items()}
    assert failed["tolerant"] <= failed["estimate"] <= failed["confident"]


@repeatable
@given(estimates, bounds)
def test_without_an_interval_all_rules_are_one(one: Estimate, held: Bound) -> None:
    exact = replace(one, low=one.value, high=one.value)
    assert len(set(verdicts_of(exact, held).values())) == 1


@repeatable
@given(estimates, shares, shares)
def test_a_stricter_bound_never_turns_a_failure_into_a_pass(
    one: Estimate, first: float, second: float
) -> None:
    lower, higher = sorted((first, second))
    for rule in RULES:
        lenient = verdict_on(one, bound(min=lower, rule=rule))
        strict = verdict_on(one, bound(min=higher, rule=rule))
        assert fails(lenient, rule, explicit=True) <= fails(strict, rule, explicit=True)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("explicit", [True, False])
def test_which_verdicts_fail(rule: Rule, explicit: bool) -> None:
    failing = {one for one in Verdict if fails(one, rule, explicit=explicit)}
    expected = {FAIL, ERROR}
    if rule != "tolerant":
        expected |= {INCONCLUSIVE}
    if explicit:
        expected |= {NO_DATA}
    assert failing == expected
