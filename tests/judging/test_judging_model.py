"""Rulings: what was measured of a model, and of what it is compared with, -> results."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.factories import bound, check, estimate
from support.sample_data import valued

from model_checks.judging.decide import Decision, Significance
from model_checks.judging.evidence import Evidence
from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.measure.facts import ModelFacts
from model_checks.measure.model import MeasuredBaseline, Measurement
from model_checks.metrics.statistics import (
    Answers,
    ConfusionCounts,
    CustomFunction,
    Deviations,
    JointCounts,
    Replicates,
    Statistics,
)
from model_checks.pipeline import results_of
from model_checks.plan.checks import Bound, Check, Segment
from model_checks.report.sentence import sentence, significance_text
from model_checks.settings import Rule
from model_checks.store.results_json import result_as_json

PLANS: list[Segment] = [(("plan", str(k)),) for k in range(20)]
FACTS = ModelFacts(task="binary", source="churn.skops")
DEPLOYED = "the deployed model 'churn.skops'"


def recalled(share: float, positives: int = 1000, negatives: int = 9000) -> Statistics:
    """Rows of which so many positives were found."""
    found = round(share * positives)
    rows = np.array([[negatives, 0], [positives - found, found]], dtype=float)
    counts = ConfusionCounts(("0", "1"), rows, rows, rows)
    return Statistics.holding(positives + negatives, counts)


def measured(
    current: Statistics | Mapping[Segment, Statistics],
    baseline: Statistics | Mapping[Segment, Statistics] | None = None,
    *,
    source: str = DEPLOYED,
    paired: bool = True,
    error: str | None = None,
) -> Measurement:
    def by_segment(
        one: Statistics | Mapping[Segment, Statistics],
    ) -> Mapping[Segment, Statistics]:
        return {(): one} if isinstance(one, Statistics) else one

    compared = None
    if baseline is not None or error:
        statistics = by_segment({} if baseline is None else baseline)
        compared = MeasuredBaseline(source, statistics, {} if paired else None, error)
    return Measurement(FACTS, by_segment(current), baseline=compared)


def worse(amount: float, rule: Rule = "confident", **changes: Any) -> Check:
    """A check of a degradation of recall."""
    held = Bound(None, amount, None, rule)
    named: dict[str, Any] = {"id": "churn-recall-degradation", "kind": "degradation"}
    return check(held, **{**named, **changes})


def ruled(one: Check, measurement: Measurement, *others: Check) -> Result:
    return results_of([one, *others], measurement)[one.id]


def told(one: Check, measurement: Measurement) -> str:
    return ruled(one, measurement).message.removeprefix(f"{one.label}: ")


# Degradations, as they are told.

SAME = f"of {DEPLOYED} on the same 10,000 rows"


@pytest.mark.parametrize(
    ("one", "current", "verdict", "expected"),
    [
        (
            worse(0.01),
            0.412,
            Verdict.INCONCLUSIVE,
            (
                "recall is 0.006 worse (95 % interval -0.037 to 0.049, MOVER, paired), "
                "0.010 was agreed: not proven; "
                f"0.412 against 0.418 {SAME}; "
                "about 1,200,000 more labelled rows would decide at this value"
            ),
        ),
        (
            worse(0.05),
            0.412,
            Verdict.PASS,
            (
                "recall is 0.006 worse (95 % interval -0.037 to 0.049, MOVER, paired), "
                "0.050 was agreed: proven; "
                f"0.412 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01),
            0.33,
            Verdict.FAIL,
            (
                "recall is 0.088 worse (95 % interval 0.046 to 0.130, MOVER, paired), "
                "0.010 was agreed: missed; "
                f"0.330 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01),
            0.5,
            Verdict.PASS,
            (
                "recall is 0.082 better (95 % interval -0.125 to -0.038, MOVER, paired), "
                "at most 0.010 worse was agreed: proven; "
                f"0.500 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01, "tolerant"),
            0.412,
            Verdict.INCONCLUSIVE,
            (
                "recall is 0.006 worse (95 % interval -0.037 to 0.049, MOVER, paired), "
                "0.010 was agreed: neither proven nor missed, so it is tolerated; "
                f"0.412 against 0.418 {SAME}; "
                "about 1,200,000 more labelled rows would decide at this value"
            ),
        ),
        (
            worse(0.01, "tolerant"),
            0.33,
            Verdict.FAIL,
            (
                "recall is 0.088 worse (95 % interval 0.046 to 0.130, MOVER, paired), "
                "0.010 was agreed: missed; "
                f"0.330 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01, "estimate"),
            0.398,
            Verdict.FAIL,
            (
                "recall is 0.020 worse (95 % interval -0.023 to 0.063, MOVER, paired), "
                "0.010 was agreed: missed; "
                f"0.398 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01, "estimate"),
            0.412,
            Verdict.PASS,
            (
                "recall is 0.006 worse (95 % interval -0.037 to 0.049, MOVER, paired), "
                "0.010 was agreed: met; "
                f"0.412 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01, "estimate"),
            0.45,
            Verdict.PASS,
            (
                "recall is 0.032 better (95 % interval -0.075 to 0.011, MOVER, paired), "
                "at most 0.010 worse was agreed: met; "
                f"0.450 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0, "estimate"),
            0.418,
            Verdict.PASS,
            (
                "recall is not worse (95 % interval -0.043 to 0.043, MOVER, paired), "
                "0.000 was agreed: met; "
                f"0.418 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.05, relative=True),
            0.33,
            Verdict.FAIL,
            (
                "recall is 21.1 % worse (95 % interval 11.5 % to 29.6 %, MOVER, paired), "
                "5 % was agreed: missed; "
                f"0.330 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.05, relative=True),
            0.45,
            Verdict.PASS,
            (
                "recall is 7.7 % better (95 % interval -19.0 % to 2.6 %, MOVER, paired), "
                "at most 5 % worse was agreed: proven; "
                f"0.450 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.075, "estimate", relative=True),
            0.412,
            Verdict.PASS,
            (
                "recall is 1.4 % worse (95 % interval -9.4 % to 11.2 %, MOVER, paired), "
                "7.5 % was agreed: met; "
                f"0.412 against 0.418 {SAME}"
            ),
        ),
    ],
)
def test_a_degradation_is_told_in_plain_words(
    one: Check, current: float, verdict: Verdict, expected: str
) -> None:
    measurement = measured(recalled(current), recalled(0.418))
    assert told(one, measurement) == expected
    assert ruled(one, measurement).verdict is verdict


def test_a_pair_that_agrees_on_most_rows_proves_what_unrelated_models_would_not() -> None:
    both, own, other, neither = 380, 20, 30, 570  # positives that each found of a thousand
    true = np.array([0, 1, 1, 1, 1])
    first, second = np.array([0, 1, 1, 0, 0]), np.array([0, 1, 0, 1, 0])
    rows = np.array([9000.0, both, own, other, neither])
    pair = Statistics.holding(10_000, JointCounts(2, true, first, second, rows, rows))
    current, baseline = recalled((both + own) / 1000), recalled((both + other) / 1000)
    apart = measured(current, baseline)
    assert apart.baseline is not None
    paired = replace(apart, baseline=replace(apart.baseline, pairs={(): pair}))
    one = worse(0.03)
    assert ruled(one, apart).verdict is Verdict.INCONCLUSIVE
    assert ruled(one, paired).verdict is Verdict.PASS


def test_other_rows_are_told_with_their_number() -> None:
    measurement = measured(
        recalled(0.41), recalled(0.4, 4000, 15000), source="holdout.parquet", paired=False
    )
    assert told(worse(0.05), measurement) == (
        "recall is 0.010 better (95 % interval -0.044 to 0.024, MOVER), "
        "at most 0.050 worse was agreed: proven; "
        "0.410 on 10,000 rows against 0.400 on 19,000 rows of holdout.parquet"
    )


def test_the_digits_tell_the_limit_from_what_was_agreed() -> None:
    measurement = measured(recalled(0.5), recalled(0.5))
    found = valued(ruled(worse(0.01), measurement).judged)
    agreed = round(found.high, 4)
    message = told(worse(agreed), measurement)
    [limit] = re.findall(r" to (\S+), MOVER", message)
    assert (float(limit) > agreed) == (found.high > agreed)
    assert f"{agreed}" in message


@pytest.mark.parametrize("rule", ["estimate", "tolerant", "confident"])
def test_of_what_is_not_told_from_0_there_is_no_share(rule: Rule) -> None:
    measurement = measured(deviating(0.0, 9.9), deviating(0.0, 9.95))
    one = worse(0.05, rule, metric="r2", relative=True)
    assert ruled(one, measurement).failed
    assert told(one, measurement) == (
        "the baseline is not told from 0 by its interval, of which a percentage means nothing; "
        "an absolute max_degradation would do"
    )


@pytest.mark.parametrize(
    ("amount", "relative", "current"), [(0.1, False, 0.7), (0.05, True, 0.76), (0.3, False, 0.5)]
)
def test_what_is_worse_by_just_what_was_agreed_is_met(
    amount: float, relative: bool, current: float
) -> None:
    one = worse(amount, "estimate", relative=relative)
    found = ruled(one, measured(recalled(current), recalled(0.8)))
    assert found.verdict is Verdict.PASS
    assert valued(found.judged).value == amount


# Whichever way the metric points.


def deviating(bias: float, spread: float) -> Statistics:
    n = 1000
    products = {(2, 0): n * spread**2, (3, 0): 0.0, (4, 0): 3 * n * spread**4, (0, 2): 100.0 * n}
    products |= {(0, 4): 30000.0 * n, (1, 2): 0.0, (2, 2): 100 * n * spread**2}
    return Statistics.holding(n, Deviations(n, n, n, bias, False, products))


@pytest.mark.parametrize(
    ("metric", "current", "baseline", "expected"),
    [
        ("mean_error", (-3.0, 1.0), (2.0, 1.0), 1.0),
        ("mean_error", (2.0, 1.0), (-3.0, 1.0), -1.0),
        ("r2", (0.0, 13.0), (0.0, 12.0), (169 - 144) / 100),  # both below zero
        ("r2", (0.0, 12.0), (0.0, 13.0), -(169 - 144) / 100),
    ],
)
@pytest.mark.parametrize("relative", [False, True])
def test_a_degradation_has_the_sign_of_what_became_worse(
    metric: str,
    current: tuple[float, float],
    baseline: tuple[float, float],
    expected: float,
    relative: bool,
) -> None:
    measurement = measured(deviating(*current), deviating(*baseline))
    found = ruled(worse(0.0, "estimate", metric=metric, relative=relative), measurement)
    size = {"mean_error": abs(baseline[0]), "r2": abs(1 - baseline[1] ** 2 / 100)}[metric]
    assert valued(found.judged).value == pytest.approx(expected / (size if relative else 1))
    assert found.failed == (expected > 0)


OWN = CustomFunction("own:cost", Path(), 1, 1000)


def costing(value: float, error: str | None = None) -> Statistics:
    resampled = np.random.default_rng(1).normal(value, 0.1, 1000)
    answers = Answers(None if error else value, resampled, error=error)
    return Statistics.holding(500, Replicates(500, {OWN: answers}))


@pytest.mark.parametrize(
    ("level", "verdict"), [(bound(max=9.0), Verdict.FAIL), (bound(min=1.0), Verdict.PASS)]
)
def test_which_way_a_function_of_ones_own_points_is_told_by_its_bound(
    level: Bound, verdict: Verdict
) -> None:
    own: dict[str, Any] = {"metric": "cost", "function": OWN, "average": None}
    beside = check(level, id="churn-cost", **own)
    one = worse(0.5, id="churn-cost-degradation", **own)
    found = ruled(one, measured(costing(7.0), costing(5.0)), beside)
    assert found.verdict is verdict


# Where there is nothing to compare.


def nothing(one: Check, measurement: Measurement) -> str:
    found = ruled(one, measurement)
    assert found.verdict is Verdict.NO_DATA
    return found.message.removeprefix(f"{one.label}: ")


def test_a_baseline_of_too_few_rows_is_told_as_such() -> None:
    assert nothing(worse(0.01), measured(recalled(0.4), recalled(0.4, 10, 9))) == (
        f"19 labelled rows of {DEPLOYED} to compare with, at least 30 are needed"
    )


def test_a_baseline_without_such_a_segment_is_told_as_such() -> None:
    [segment, *_] = PLANS
    measurement = measured({segment: recalled(0.4)}, {}, source="holdout.parquet", paired=False)
    assert nothing(worse(0.01, segment=segment), measurement) == (
        "0 labelled rows of holdout.parquet to compare with, at least 30 are needed"
    )


def test_a_baseline_without_a_value_is_told_as_such() -> None:
    assert nothing(worse(0.01), measured(recalled(0.4), recalled(0, 0, 90))) == (
        f"{DEPLOYED}, to compare with: undefined, no row with label 1 among 90 labelled rows"
    )


def endlessly_bad() -> Statistics:
    """Errors so much larger than the targets' spread that R² is minus infinity."""
    one = deviating(0.0, 1.0)
    found = one.of(Deviations)
    products = {**found.products, (2, 0): 1e203, (0, 2): 1e-197}
    return one.adding(replace(found, products=products))


def test_what_is_no_number_is_not_compared() -> None:
    one = worse(0.5, metric="r2", average=None)
    good = deviating(0.0, 1.0)
    for current, baseline, name in (
        (endlessly_bad(), good, "the value"),
        (good, endlessly_bad(), f"that of {DEPLOYED}"),
    ):
        reason = f"{name} or its interval is no number"
        assert nothing(one, measured(current, baseline)) == reason
    segments = dict(zip(PLANS, (good, endlessly_bad(), deviating(0.0, 2.0)), strict=False))
    gap = apart(9.0, list(segments), metric="r2", average=None)
    assert "2 values of plan, 1 left out)" in told(gap, measured(segments))


def test_a_percentage_of_0_is_told_as_such() -> None:
    measurement = measured(recalled(0.4), recalled(0.0))
    assert nothing(worse(0.05, relative=True), measurement) == (
        "the baseline is exactly 0, of which a percentage means nothing; "
        "an absolute max_degradation would do"
    )
    assert ruled(worse(0.05), measurement).verdict is Verdict.PASS


def test_a_model_without_a_value_is_told_before_its_baseline() -> None:
    assert nothing(worse(0.01), measured(recalled(0, 0, 90), recalled(0, 0, 80))) == (
        "undefined, no row with label 1 among 90 labelled rows"
    )
    assert nothing(worse(0.01), measured(recalled(0.4, 10, 9), recalled(0.4))) == (
        "19 labelled rows, at least 30 are needed; "
        "about 18,000 more labelled rows would decide at this value"
    )


def test_nothing_to_compare_with_is_skipped() -> None:
    one = worse(0.01, no_data_reason="nothing to compare with: no baseline", explicit=False)
    found = ruled(one, measured(recalled(0.4)))
    assert (found.verdict, found.skipped) == (Verdict.NO_DATA, True)
    assert found.message.endswith(": nothing to compare with: no baseline")


def test_what_is_not_compared_need_not_be_measured() -> None:
    one = worse(0.01, metric="log_loss", no_data_reason="nothing to compare with", explicit=False)
    found = ruled(one, measured(recalled(0.4)))
    assert (found.verdict, found.skipped) == (Verdict.NO_DATA, True)


def test_nothing_known_of_how_two_estimates_vary_together_is_not_called_paired() -> None:
    ours = CustomFunction("own:cost", Path(), 0, 1000)
    answers = Answers(0.5, np.linspace(0.4, 0.6, 1000))
    rows = Statistics.holding(100, Replicates(100, {ours: answers}))
    level = check(Bound(0.1, None, None, "confident"), metric="profit", function=ours)
    one = worse(0.3, metric="profit", function=ours)
    measurement = Measurement(
        FACTS, {(): rows}, baseline=MeasuredBaseline(DEPLOYED, {(): rows}, {(): Statistics(100)})
    )
    found = ruled(one, measurement, level)
    assert valued(found.judged).method == "MOVER"


def test_a_baseline_that_can_not_be_measured_is_an_error_of_its_own_checks_alone() -> None:
    level = check(bound(min=0.3))
    measurement = measured(recalled(0.4), error="no such file 'old.skops'")
    found = results_of([level, worse(0.01)], measurement)
    assert found["churn-recall"].verdict is Verdict.PASS
    error = found["churn-recall-degradation"]
    assert error.verdict is Verdict.ERROR
    assert error.message == (
        f"churn-recall-degradation: {DEPLOYED}, to compare with, could not be measured: "
        "no such file 'old.skops'"
    )


def test_a_function_that_fails_on_the_baseline_alone_is_an_error() -> None:
    own: dict[str, Any] = {"metric": "cost", "function": OWN, "average": None}
    measurement = measured(costing(5.0), costing(5.0, error="metric 'own:cost': it broke"))
    found = results_of(
        [check(bound(max=9.0), id="level", **own), worse(0.5, id="worse", **own)], measurement
    )
    assert found["level"].verdict is Verdict.PASS
    assert found["worse"].verdict is Verdict.ERROR
    assert f"{DEPLOYED}, to compare with, could not be measured: metric" in found["worse"].message


def test_a_model_that_can_not_be_measured_is_an_error_of_all_its_checks() -> None:
    broken = replace(measured(recalled(0.4)), facts=replace(FACTS, error="no such file"))
    found = results_of([check(bound(min=0.3)), worse(0.01)], broken)
    assert {one.message for one in found.values()} == {
        "churn-recall: no such file",
        "churn-recall-degradation: no such file",
    }


# Gaps.

CARRIERS = {"AA": (0.235, 200), "UA": (0.42, 300), "DL": (0.3, 500), "B6": (0.35, 100)}


def carriers(values: Mapping[str, tuple[float, int]] = CARRIERS) -> dict[Segment, Statistics]:
    return {(("carrier", name),): recalled(share, n, 1000) for name, (share, n) in values.items()}


def apart(
    amount: float, among: Sequence[Segment], rule: Rule = "estimate", **changes: Any
) -> Check:
    return check(
        Bound(None, amount, None, rule),
        id="churn-recall-gap-carrier",
        kind="gap",
        among=tuple(among),
        **changes,
    )


def test_a_gap_is_told_with_both_of_its_ends() -> None:
    segments = carriers()
    one = apart(0.1, list(segments))
    assert told(one, measured(segments)) == (
        "0.185 (95 % interval 0.064 to 0.263, Tukey-Kramer, MOVER; AA 0.235 to UA 0.420, "
        "4 values of carrier) is above the agreed 0.100"
    )
    assert ruled(one, measured(segments)).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("amount", "rule", "verdict"),
    [
        (0.1, "confident", Verdict.INCONCLUSIVE),
        (0.1, "tolerant", Verdict.INCONCLUSIVE),
        (0.05, "tolerant", Verdict.FAIL),
        (0.3, "confident", Verdict.PASS),
    ],
)
def test_a_gap_is_judged_by_its_interval(amount: float, rule: Rule, verdict: Verdict) -> None:
    segments = carriers()
    found = ruled(apart(amount, list(segments), rule), measured(segments))
    assert found.verdict is verdict
    assert (found.rows_to_decide is not None) == (verdict is Verdict.INCONCLUSIVE)


@pytest.mark.parametrize("amount", [0.08, 0.1, 0.15, 0.22])
def test_so_many_more_rows_of_the_same_kind_decide_on_a_gap(amount: float) -> None:
    def ruled_on(times: float) -> Result:
        grown = {name: (share, round(times * n)) for name, (share, n) in CARRIERS.items()}
        segments = carriers(grown)
        return ruled(apart(amount, list(segments), "confident"), measured(segments))

    assert ruled_on(1.0).verdict is Verdict.INCONCLUSIVE
    positives, rows = sum(n for _, n in CARRIERS.values()), 4 * 1000

    def with_more(share: float) -> Verdict:
        more = ruled_on(1.0).rows_to_decide
        assert more is not None
        return ruled_on(1 + share * more / (positives + rows)).verdict

    assert with_more(1.15) is not Verdict.INCONCLUSIVE
    assert with_more(0.7) is Verdict.INCONCLUSIVE


def test_a_gap_of_just_what_was_agreed_is_met() -> None:
    segments = carriers({"AA": (0.4, 1000), "UA": (0.3, 1000)})
    assert 0.4 - 0.3 > 0.1
    assert ruled(apart(0.1, list(segments)), measured(segments)).verdict is Verdict.PASS


def test_a_gap_among_several_columns_names_them() -> None:
    segments: dict[Segment, Statistics] = {
        (("carrier", "AA"), ("origin", None)): recalled(0.2),
        (("carrier", "UA"), ("origin", "")): recalled(0.4),
    }
    message = told(apart(0.1, list(segments)), measured(segments))
    assert "; AA, null 0.200 to UA, '' 0.400, 2 values of carrier, origin)" in message


def test_values_that_were_found_are_left_out_where_they_have_nothing_to_tell() -> None:
    segments = carriers({**CARRIERS, "XX": (0.0, 0), "YY": (0.9, 5)})
    one = apart(0.1, list(segments), min_rows=1010)
    message = told(one, measured(segments))
    assert "AA 0.235 to UA 0.420, 4 values of carrier, 2 left out)" in message


@pytest.mark.parametrize(
    ("name", "share", "reason"),
    [
        ("XX", (0.0, 0), "XX: undefined, no row with label 1 among 1,000 labelled rows"),
        ("YY", (0.9, 5), "YY: 1,005 labelled rows, at least 1,010 are needed"),
    ],
)
def test_a_value_that_was_listed_is_not_left_out(
    name: str, share: tuple[float, int], reason: str
) -> None:
    segments = carriers({**CARRIERS, name: share})
    one = apart(0.1, list(segments), listed=True, min_rows=1 if name == "XX" else 1010)
    assert nothing(one, measured(segments)) == reason
    gone: Segment = (("carrier", "gone"),)
    one = apart(0.1, [*carriers(), gone], listed=True)
    assert nothing(one, measured(carriers())) == "gone: 0 labelled rows, at least 30 are needed"


def test_one_value_has_no_gap() -> None:
    segments = carriers({"AA": (0.2, 200), "XX": (0.0, 0)})
    assert nothing(apart(0.1, list(segments)), measured(segments)) == (
        "1 of 2 values can be compared, a gap is between two"
    )


def test_a_function_that_fails_on_a_value_is_an_error_of_the_gap() -> None:
    first, second = PLANS[:2]
    segments: dict[Segment, Statistics] = {
        first: costing(5.0),
        second: costing(5.0, "metric 'own:cost': it broke"),
    }
    one = apart(0.1, list(segments), metric="cost", function=OWN, average=None)
    found = ruled(one, measured(segments))
    assert (found.verdict, found.message) == (
        Verdict.ERROR,
        "churn-recall-gap-carrier: metric 'own:cost': it broke",
    )


def test_a_gap_may_be_of_any_metric() -> None:
    first, second = PLANS[:2]
    segments: dict[Segment, Statistics] = {first: costing(5.0), second: costing(7.0)}
    one = apart(1.0, list(segments), "tolerant", metric="cost", function=OWN, average=None)
    assert ruled(one, measured(segments)).verdict is Verdict.FAIL
    errors: dict[Segment, Statistics] = {first: deviating(0, 1), second: deviating(5, 1)}
    one = apart(1.0, list(errors), "tolerant", metric="mean_error", average=None)
    assert ruled(one, measured(errors)).verdict is Verdict.FAIL


# Many segments.


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


# results.json.


def test_a_degradation_is_kept_beside_its_baseline() -> None:
    one = worse(0.05, relative=True)
    kept = result_as_json(ruled(one, measured(recalled(0.412), recalled(0.418))))
    assert (kept["kind"], kept["value"], kept["min"], kept["max"]) == (
        "degradation",
        0.412,
        None,
        None,
    )
    assert kept["gap"] is None
    assert kept["rows_to_decide"] == 70000
    assert (kept["adjusted_p_value"], kept["correction"]) == (None, None)
    assert 0.05 < kept["p_value"] < 1
    baseline = kept["baseline"]
    degradation = baseline.pop("degradation")
    assert {name: round(x, 3) for name, x in degradation.items() if name != "method"} == {
        "value": 0.014,
        "low": -0.094,
        "high": 0.112,
    }
    assert degradation["method"] == "MOVER, paired"
    assert {**baseline, "low": round(baseline["low"], 3), "high": round(baseline["high"], 3)} == {
        "source": DEPLOYED,
        "paired": True,
        "value": 0.418,
        "low": 0.388,
        "high": 0.449,
        "n": 1000,
        "method": "Wilson",
        "max_degradation": 0.05,
        "relative": True,
    }


def test_a_degradation_that_was_not_measured_keeps_what_was_agreed() -> None:
    broken = replace(measured(recalled(0.4)), facts=replace(FACTS, error="no such file"))
    kept = result_as_json(ruled(worse(0.01), broken))
    assert kept["baseline"] == {"source": None, "max_degradation": 0.01, "relative": False}


def test_a_gap_is_kept_with_its_ends() -> None:
    segments = carriers()
    kept = result_as_json(ruled(apart(0.1, list(segments)), measured(segments)))
    assert kept["gap"] == {
        "max_gap": 0.1,
        "over": ["carrier"],
        "largest": {"segment": {"carrier": "UA"}, "value": 0.42},
        "smallest": {"segment": {"carrier": "AA"}, "value": 0.235},
    }
    assert (kept["kind"], kept["value"], kept["max"]) == ("gap", pytest.approx(0.185), 0.1)
    assert (kept["baseline"], kept["segment"]) == (None, None)


def test_the_p_values_of_a_family_are_kept() -> None:
    segments = dict.fromkeys(PLANS[:2], recalled(0.25, 500, 1000))
    checks = [
        check(bound(min=0.3, rule="tolerant"), id=f"c{k}", segment=segment)
        for k, segment in enumerate(segments)
    ]
    kept = result_as_json(results_of(checks, measured(segments))["c0"])
    assert kept["adjusted_p_value"] == pytest.approx(2 * kept["p_value"])
    assert (kept["correction"], kept["verdict"]) == ("holm", "FAIL")
