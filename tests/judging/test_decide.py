"""Decisions on the checks of a model: families, their correction, and rows that would decide."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from support.factories import bound, check
from support.sample_data import valued

from model_checks.judging.decide import AT_BOUND, FEW_BASELINE, Decision, decisions
from model_checks.judging.evidence import Comparison, Evidence
from model_checks.judging.significance import adjusted
from model_checks.judging.verdict import Verdict, verdict_on
from model_checks.metrics import Estimate, Undefined, intervals
from model_checks.metrics.degradation import DegradationTerms, degradation, with_exact_baseline
from model_checks.metrics.estimate import estimated
from model_checks.metrics.intervals import IntervalAt, wilson_interval
from model_checks.plan.checks import Bound, Check, Segment
from model_checks.settings import Rule
from model_checks.settings.rules import Correction

PASS, FAIL, INCONCLUSIVE, NO_DATA = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.INCONCLUSIVE,
    Verdict.NO_DATA,
)


def share(value: float, n: int = 500) -> Estimate:
    return estimated(value, partial(wilson_interval, value, n), n, "rows", 0.95)


def segment(k: int) -> Segment:
    return (("plan", str(k)),)


def findings(values: Sequence[float], held: Bound, n: int = 500, **changes: Any) -> list[Evidence]:
    """A segment each."""
    checks = [check(held, id=f"c{k}", segment=segment(k), **changes) for k in range(len(values))]
    return [Evidence(one, share(value, n), n) for one, value in zip(checks, values, strict=True)]


def decided(values: Sequence[float], held: Bound, **changes: Any) -> list[Decision]:
    return decisions(findings(values, held, **changes))


def verdicts(decided: Sequence[Decision]) -> list[Verdict]:
    return [one.verdict for one in decided]


# p-values agree with the interval.


@hypothesis_settings(derandomize=True, deadline=None)
@given(
    value=st.floats(0, 1),
    n=st.integers(30, 3000),
    low=st.floats(0, 1),
    width=st.floats(0, 1),
    rule=st.sampled_from(["confident", "tolerant"]),
    confidence=st.floats(0.5, 0.999),
    sides=st.sampled_from(["min", "max", "both"]),
)
def test_a_check_by_itself_is_decided_by_its_interval_and_p_agrees(
    value: float, n: int, low: float, width: float, rule: Rule, confidence: float, sides: str
) -> None:
    limits = {"min": (low, None), "max": (None, low), "both": (low, low + width)}[sides]
    held = Bound(*limits, None, rule)
    estimate = estimated(value, partial(wilson_interval, value, n), n, "rows", confidence)
    for where in ((), segment(0)):
        one = check(held, confidence=confidence, segment=where)
        [decision] = decisions([Evidence(one, estimate, n)])
        assert decision.verdict is decision.alone is verdict_on(estimate, held)
        assert decision.significance is not None
        proven = decision.verdict is (FAIL if rule == "tolerant" else PASS)
        assert proven == (decision.significance.p_value <= (1 - confidence) * (1 + 1e-9))


def test_under_rule_estimate_there_is_no_p_value() -> None:
    assert {one.significance for one in decided([0.7, 0.9], bound(min=0.8))} == {None}


@pytest.mark.parametrize(("value", "verdict"), [(0.75, FAIL), (0.85, PASS), (0.79, INCONCLUSIVE)])
def test_the_p_value_is_of_what_the_rule_wants_proven(value: float, verdict: Verdict) -> None:
    bad = decided([value], bound(min=0.8, rule="tolerant"))[0]
    good = decided([value], bound(min=0.8, rule="confident"))[0]
    assert bad.verdict is good.verdict is verdict
    assert bad.significance is not None
    assert good.significance is not None
    assert max(bad.significance.p_value, good.significance.p_value) == 1.0
    assert min(bad.significance.p_value, good.significance.p_value) < 1.0


# The correction.

BAD = [0.755] + 19 * [0.85]
"""One in twenty that its own interval calls below 0.8, and Holm does not."""

GOOD = [0.845] + 19 * [0.8]
"""One that its own interval calls above 0.8."""


@pytest.mark.parametrize("correction", ["holm", "benjamini-hochberg"])
def test_what_is_bad_by_chance_among_many_is_tolerated(correction: Correction) -> None:
    held = bound(min=0.8, rule="tolerant")
    alone = decided(BAD, held, correction="none")
    together = decided(BAD, held, correction=correction)
    assert verdicts(alone)[0] is FAIL
    assert together[0].alone is FAIL
    assert together[0].verdict is INCONCLUSIVE
    assert verdicts(alone)[1:] == verdicts(together)[1:] == 19 * [PASS]


@pytest.mark.parametrize("correction", ["holm", "benjamini-hochberg"])
def test_what_is_good_by_chance_among_many_is_not_proven(correction: Correction) -> None:
    held = bound(min=0.8, rule="confident")
    alone = decided(GOOD, held, correction="none")
    together = decided(GOOD, held, correction=correction)
    assert (verdicts(alone)[0], together[0].alone) == (PASS, PASS)
    assert verdicts(together) == 20 * [INCONCLUSIVE]


def test_a_warning_that_is_not_proven_is_no_pass_either() -> None:
    held = bound(min=0.8, warn=0.9, rule="confident")
    together = decided(GOOD, held)
    assert (together[0].alone, together[0].verdict) == (Verdict.WARN, INCONCLUSIVE)


def test_a_proof_of_the_other_side_stays() -> None:
    tolerant = decided([0.845] + 19 * [0.7], bound(min=0.8, rule="tolerant"))
    assert verdicts(tolerant) == [PASS] + 19 * [FAIL]
    confident = decided([0.755] + 19 * [0.95], bound(min=0.8, rule="confident"))
    assert verdicts(confident) == [FAIL] + 19 * [PASS]


def test_what_is_bad_beyond_chance_fails_among_many() -> None:
    assert verdicts(decided([0.7, *BAD[1:]], bound(min=0.8, rule="tolerant")))[0] is FAIL


def test_all_that_fall_together_fail_together() -> None:
    assert verdicts(decided(20 * [0.72], bound(min=0.8, rule="tolerant"))) == 20 * [FAIL]


def test_the_p_values_are_kept_before_and_after() -> None:
    values = [0.75, 0.76, 0.79, 0.85]
    for correction in ("holm", "benjamini-hochberg"):
        found = decided(values, bound(min=0.8, rule="tolerant"), correction=correction)
        significance = [one.significance for one in found if one.significance]
        p_values = [one.p_value for one in significance]
        assert p_values[3] == 1.0
        assert [one.adjusted for one in significance] == adjusted(p_values, correction)
        assert {(one.correction, one.members) for one in significance} == {(correction, 4)}


def test_without_a_correction_it_says_so() -> None:
    [one, _] = decided([0.75, 0.85], bound(min=0.8, rule="tolerant"), correction="none")
    assert one.significance is not None
    assert (one.significance.adjusted, one.significance.correction) == (None, "none")


# Families.


def members(found: Sequence[Evidence]) -> list[int | None]:
    """How many each is corrected for; None for one that is not."""
    return [
        one.significance.members if one.significance and one.significance.correction else None
        for one in decisions(found)
    ]


TOLERANT = bound(min=0.8, rule="tolerant")


def test_a_family_is_of_one_rule() -> None:
    tolerant = findings([0.7, 0.8], TOLERANT)
    confident = findings([0.7, 0.8, 0.9], bound(min=0.8, rule="confident"))
    estimate = findings([0.7], bound(min=0.8))
    assert members([*tolerant, *confident, *estimate]) == [2, 2, 3, 3, 3, None]


def test_metrics_and_degradations_are_of_one_family() -> None:
    level, other = findings([0.7, 0.8], TOLERANT)
    worse = replace(level.check, kind="degradation", bound=bound(max=0.01, rule="tolerant"))
    f1 = replace(other.check, metric="f1")
    assert members([level, compared(worse), replace(other, check=f1)]) == [3, 3, 3]


def test_the_whole_and_gaps_are_not_corrected() -> None:
    first, second, third = findings([0.7, 0.7, 0.7], TOLERANT)
    whole = replace(first, check=replace(first.check, segment=()))
    gap = replace(second, check=replace(second.check, kind="gap"))
    assert members([whole, gap, third]) == [None, None, 1]
    assert all(one.significance for one in decisions([whole, gap]))


def test_only_what_has_a_value_to_judge_counts() -> None:
    few, no_data_reason, undefined, nan, last = findings(5 * [0.7], TOLERANT)
    few = replace(few, rows=29)
    no_data_reason = replace(
        no_data_reason, check=replace(no_data_reason.check, no_data_reason="no value of plan")
    )
    undefined = replace(undefined, estimate=Undefined("x"))
    nan = replace(nan, estimate=replace(share(0.7), value=math.nan))
    assert members([few, no_data_reason, undefined, nan, last]) == [None, None, None, None, 1]
    assert verdicts(decisions([few, no_data_reason, undefined, nan])) == [
        NO_DATA,
        NO_DATA,
        NO_DATA,
        FAIL,
    ]


def test_confidences_may_differ_within_a_family() -> None:
    sure, unsure = findings([0.75, 0.75], TOLERANT)
    sure = replace(
        sure,
        check=replace(sure.check, confidence=0.999),
        estimate=estimated(0.75, partial(wilson_interval, 0.75, 500), 500, "rows", 0.999),
    )
    assert verdicts(decisions([sure, unsure])) == [INCONCLUSIVE, FAIL]


# Rows that would decide.


def compared(
    one: Check, n: int = 500, others: int | None = None, correlation: float = 0.0
) -> Evidence:
    current, baseline = share(0.79, n), share(0.8, others or n)
    terms = DegradationTerms("higher", one.relative, paired=others is None, correlation=correlation)
    comparison = Comparison(
        source="champion.skops",
        paired=others is None,
        baseline=baseline,
        rows=others or n,
        degradation=degradation(current, baseline, terms),
        of_own_rows=valued(with_exact_baseline(current, baseline, terms)) if others else None,
    )
    return Evidence(one, current, n, comparison)


Built = Callable[[int], Evidence]


def f1(n: int) -> IntervalAt:
    return partial(intervals.f1_interval, 0.3 * n, 0.05 * n, 0.05 * n, 0.4 * n)


def auc(n: int) -> IntervalAt:
    return partial(intervals.auc_interval, 0.85, 0.2 / n, 0.4 * n, 0.6 * n)


def rmse(n: int) -> IntervalAt:
    return partial(intervals.rmse_interval, n, 1.0, 3.0, 15.0)


def of(at: Callable[[int], IntervalAt], value: float, held: Bound) -> Built:
    def built(n: int) -> Evidence:
        return Evidence(check(held), estimated(value, at(n), n, "rows", 0.95), n)

    return built


CASES: dict[str, Built] = {
    "accuracy, proven good": of(
        lambda n: partial(wilson_interval, 0.82, n), 0.82, bound(min=0.8, rule="confident")
    ),
    "accuracy, proven bad": of(
        lambda n: partial(wilson_interval, 0.78, n), 0.78, bound(min=0.8, rule="confident")
    ),
    "f1": of(f1, 6 / 7, bound(min=0.8, rule="confident")),
    "roc_auc": of(auc, 0.85, bound(min=0.8, rule="confident")),
    "rmse": of(rmse, 1.0, bound(max=1.1, rule="tolerant")),
    "bias": of(
        lambda n: partial(intervals.hall_signed_interval, n, 0.1, 1.0, 0.2),
        0.1,
        bound(min=-0.2, max=0.2, rule="confident"),
    ),
    "a paired difference": lambda n: compared(
        check(bound(max=0.03, rule="confident"), kind="degradation"), n, correlation=0.8
    ),
    "a paired share": lambda n: compared(
        check(bound(max=0.05, rule="confident"), kind="degradation", relative=True), n
    ),
    "a difference from other rows": lambda n: compared(
        check(bound(max=0.03, rule="confident"), kind="degradation"), n, others=6000
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("n", [120, 200])
def test_with_so_many_more_rows_of_the_same_kind_it_is_decided(case: str, n: int) -> None:
    built = CASES[case]
    [now] = decisions([built(n)])
    assert now.verdict is INCONCLUSIVE
    assert now.rows_to_decide is not None
    [enough] = decisions([built(n + math.ceil(1.15 * now.rows_to_decide))])
    assert enough.verdict is not INCONCLUSIVE
    [short] = decisions([built(n + math.floor(0.85 * now.rows_to_decide))])
    assert short.verdict is INCONCLUSIVE


@pytest.mark.parametrize("correction", ["holm", "benjamini-hochberg", "none"])
@pytest.mark.parametrize("rule", ["tolerant", "confident"])
def test_with_so_many_more_rows_in_all_segments_a_family_is_decided(
    correction: Correction, rule: Rule
) -> None:
    values = [0.765, 0.77, 0.78, 0.79, 0.82, 0.83, 0.845]
    held = bound(min=0.8, rule=rule)
    before = decided(values, held, correction=correction)
    assert all(one.rows_to_decide for one in before if one.verdict is INCONCLUSIVE)
    for k, one in enumerate(before):
        if one.verdict is INCONCLUSIVE:
            assert one.rows_to_decide is not None
            more = decided(
                values, held, n=500 + math.ceil(1.05 * one.rows_to_decide), correction=correction
            )
            less = decided(
                values, held, n=500 + math.floor(0.85 * one.rows_to_decide), correction=correction
            )
            assert (more[k].verdict, less[k].verdict) == (
                more[k].alone,
                INCONCLUSIVE,
            )
            assert more[k].verdict is not INCONCLUSIVE


def test_rows_are_told_in_two_digits() -> None:
    for value in np.linspace(0.78, 0.79, 20):
        [one] = decided([float(value)], bound(min=0.8, rule="confident"))
        assert one.rows_to_decide is not None
        assert f"{one.rows_to_decide:.1e}" == f"{float(one.rows_to_decide):.1e}"
        assert float(f"{one.rows_to_decide:.1e}") == one.rows_to_decide


@pytest.mark.parametrize("rule", ["confident", "tolerant"])
def test_no_number_of_rows_decides_at_the_bound(rule: Rule) -> None:
    [one] = decided([0.8], bound(min=0.8, rule=rule))
    assert (one.verdict, one.rows_to_decide, one.undecidable) == (INCONCLUSIVE, None, AT_BOUND)


def test_no_number_of_rows_decides_against_a_baseline_of_few() -> None:
    one = check(bound(max=0.03, rule="confident"), kind="degradation")
    [found] = decisions([compared(one, others=500)])
    assert (found.rows_to_decide, found.undecidable) == (None, FEW_BASELINE)


def test_what_has_no_limit_whatever_the_rows_is_told_no_number() -> None:
    at: IntervalAt = lambda _: intervals.Interval(1.0, math.inf, "observed")  # noqa: E731
    one = Evidence(check(bound(max=2, rule="confident")), estimated(1.0, at, 99, "rows", 0.95), 99)
    [found] = decisions([one])
    assert (found.verdict, found.rows_to_decide, found.undecidable) == (INCONCLUSIVE, None, None)


def test_what_is_decided_is_told_no_number() -> None:
    found = decided([0.7, 0.9], bound(min=0.8, rule="confident"))
    assert [(one.rows_to_decide, one.undecidable) for one in found] == [(None, None)] * 2


def test_too_few_rows_are_told_how_many_are_missing() -> None:
    [few] = findings([0.7], bound(min=0.8), n=12)
    assert decisions([few])[0].rows_to_decide == 18
    [none] = decisions([replace(few, rows=0, estimate=Undefined(""))])
    assert none.rows_to_decide == 30


def test_too_few_rows_are_told_how_many_would_settle_it() -> None:
    [near] = findings([0.79], TOLERANT, n=12)
    [far] = findings([0.1], TOLERANT, n=12)
    assert (decisions([near])[0].rows_to_decide or 0) > 1000
    assert decisions([far])[0].rows_to_decide == 18


def test_what_is_undefined_is_told_no_number() -> None:
    undefined = Undefined("undefined, one class only")
    [found] = decisions([Evidence(check(TOLERANT), undefined, 500)])
    assert (found.verdict, found.rows_to_decide) == (NO_DATA, None)
