"""Results where there is nothing to compare: no baseline, no value, too few rows, an error."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from support.factories import bound, check
from support.judged_checks import (
    DEPLOYED,
    FACTS,
    OWN,
    PLANS,
    apart,
    costing,
    deviating,
    measured,
    nothing,
    recalled,
    ruled,
    told,
    worse,
)
from support.sample_data import valued

from model_checks.judging.verdict import Verdict
from model_checks.measure.model import MeasuredBaseline, Measurement
from model_checks.metrics.statistics import (
    Answers,
    CustomFunction,
    Deviations,
    Replicates,
    Statistics,
)
from model_checks.pipeline import results_of
from model_checks.plan.checks import Bound


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
