"""Results on many segments, whose p-values are corrected, and as they are told."""

from dataclasses import replace

from support.factories import bound, check, estimate
from support.judged_checks import PLANS, measured, recalled, worse

from model_checks.judging.decide import Decision, Significance
from model_checks.judging.evidence import Evidence
from model_checks.judging.verdict import Verdict
from model_checks.metrics.statistics import Statistics
from model_checks.pipeline import results_of
from model_checks.plan.checks import Segment
from model_checks.report.sentence import sentence, significance_text


def plans(first: float, others: float) -> dict[Segment, Statistics]:
    """A segment, and nineteen others."""
    return {plan: recalled(others if k else first, 500, 1000) for k, plan in enumerate(PLANS)}


def test_what_the_correction_takes_back_is_told_with_both() -> None:
    segments = plans(0.256, 0.32)
    checks = [
        check(bound(min=0.3, rule="tolerant"), id=f"churn-recall-plan={k}", segment=segment)
        for k, segment in enumerate(segments)
    ]
    found = results_of(checks, measured(segments))["churn-recall-plan=0"]
    assert found.verdict is Verdict.INCONCLUSIVE
    assert not found.failed
    assert found.message == (
        "churn-recall-plan=0: 0.256 (95 % interval 0.220 to 0.296, Wilson, 500 positives) "
        "is below the agreed 0.300 by its own interval, but p 0.032 is 0.64 after Holm's "
        "correction over 20 segment checks, so it is tolerated; "
        "about 1,500 more labelled rows would decide at this value"
    )


def test_what_the_correction_leaves_unproven_is_told_with_both() -> None:
    segments = plans(0.345, 0.30)
    checks = [
        check(
            bound(min=0.3, warn=0.4, rule="confident"),
            id=f"c{k}",
            segment=segment,
            correction="benjamini-hochberg",
        )
        for k, segment in enumerate(segments)
    ]
    found = results_of(checks, measured(segments))["c0"]
    assert (found.verdict, found.failed) == (Verdict.INCONCLUSIVE, True)
    assert (
        "is at least the agreed 0.300 by its own interval, but p 0.032 is 0.64 after Benjamini "
        "and Hochberg's correction over 20 segment checks, so it is not proven; about "
    ) in found.message


def test_a_degradation_that_the_correction_takes_back_is_told_with_both() -> None:
    current = {plan: recalled(0.4 if k else 0.36) for k, plan in enumerate(PLANS)}
    checks = [worse(0.0, "tolerant", id=f"c{k}", segment=plan) for k, plan in enumerate(PLANS)]
    found = results_of(checks, measured(current, dict.fromkeys(PLANS, recalled(0.405))))["c0"]
    assert found.verdict is Verdict.INCONCLUSIVE
    assert (
        "recall is 0.045 worse (95 % interval 0.002 to 0.087, MOVER, paired), 0.000 was agreed: "
        "missed by its own interval, but p 0.038 is 0.77 after Holm's correction over 20 segment "
        "checks, so it is tolerated; 0.360 against 0.405 of"
    ) in found.message


def test_a_p_value_is_told_apart_from_what_it_is_held_against() -> None:
    just_above = Significance(0.0025001, 0.050002, "holm", 20)
    plain = significance_text(just_above)
    assert plain == "p 0.0025 is 0.05 after Holm's correction over 20 segment checks"
    one = check(bound(min=0.3, rule="tolerant"), segment=PLANS[0])
    evidence = Evidence(one, replace(estimate(0.25, 0.2, 0.29), n=500), 500)
    overruled = Decision(Verdict.FAIL, Verdict.INCONCLUSIVE, just_above)
    assert "but p 0.0025 is 0.050002 after Holm's" in sentence(evidence, overruled)


def test_a_p_value_is_told_without_a_correction_too() -> None:
    assert significance_text(None) is None
    assert significance_text(Significance(1.0)) is None
    assert significance_text(Significance(0.0312)) == "p-value 0.031"
    assert significance_text(Significance(3e-12)) == "p-value below 1e-11"
    assert significance_text(Significance(3e-12, 6e-11, "holm", 20)) == (
        "p below 1e-11 is below 6e-11 after Holm's correction over 20 segment checks"
    )


def test_checks_that_are_not_run_count_all_the_same() -> None:
    segments = plans(0.256, 0.32)
    checks = [
        check(bound(min=0.3, rule="tolerant"), id=f"c{k}", segment=segment)
        for k, segment in enumerate(segments)
    ]
    assert results_of(checks[:1], measured(segments))["c0"].verdict is Verdict.FAIL
    assert results_of(checks, measured(segments))["c0"].verdict is Verdict.INCONCLUSIVE
