from dataclasses import replace
from pathlib import Path

import pytest
from support.factories import bound, check, estimate
from support.sample_data import AS_OF, python_model, settings_of

from model_checks.judging.evidence import Comparison
from model_checks.judging.gate import NOT_EVALUATED, Gate, gate_of, unjudged_models
from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.metrics import AnyEstimate, Undefined
from model_checks.pipeline import judge
from model_checks.plan.build import NOTHING_TO_COMPARE
from model_checks.plan.checks import Check
from model_checks.settings import Deployed

RECALL = check(bound(min=0.5, rule="confident"))
FARES = replace(RECALL, id="fares-recall", model="fares")
FOUND = replace(RECALL, id="churn-recall-plan=a", segment=(("plan", "a"),), explicit=False)
BESIDE = replace(FOUND, id="churn-recall-plan=b", segment=(("plan", "b"),))
ALONE = replace(
    RECALL,
    id="churn-recall-degradation",
    kind="degradation",
    explicit=False,
    no_data_reason=NOTHING_TO_COMPARE,
)


def results(*checks: Check, verdict: Verdict = Verdict.PASS) -> dict[str, Result]:
    return {one.id: Result(one, verdict, "told", estimate(0.7)) for one in checks}


def test_a_gate_is_open_where_every_check_was_evaluated() -> None:
    gate = gate_of([RECALL, FARES], results(RECALL, FARES), frozenset())
    assert gate == Gate(planned=2, missing=(), failed=0, skipped=0)
    assert gate.status(0) == 0


def test_a_check_without_a_result_is_missing() -> None:
    gate = gate_of([RECALL, FARES], results(FARES), frozenset())
    assert gate.missing == ("churn-recall",)
    assert gate.status(0) == NOT_EVALUATED == 10


def test_checks_of_models_without_a_candidate_may_be_left_out() -> None:
    gate = gate_of([RECALL, FARES], results(RECALL), frozenset({"churn"}))
    assert gate == Gate(planned=1, missing=(), failed=0, skipped=0)
    assert gate_of([RECALL, FARES], results(RECALL), frozenset({"fares"})).missing == (
        "fares-recall",
    )


def test_failures_of_models_without_a_candidate_are_told_apart() -> None:
    found = results(RECALL) | results(FARES, verdict=Verdict.FAIL)
    gate = gate_of([RECALL, FARES], found, frozenset({"churn"}))
    assert (gate.failed, gate.beside) == (0, 1)


def test_a_degradation_with_nothing_to_compare_with_is_not_evaluated() -> None:
    found = results(RECALL) | results(ALONE, verdict=Verdict.NO_DATA)
    gate = gate_of([RECALL, ALONE], found, frozenset())
    assert gate == Gate(planned=2, missing=("churn-recall-degradation",), failed=0, skipped=0)


HERE = estimate(0.8, 0.7, 0.9)
NOWHERE = Undefined("undefined", 100)


@pytest.mark.parametrize(
    ("current", "baseline", "missing"),
    [(HERE, NOWHERE, 1), (NOWHERE, HERE, 1), (NOWHERE, NOWHERE, 0)],
    ids=["no baseline there", "no value any more", "nothing to compare in either"],
)
def test_a_segment_that_was_not_compared_is_not_evaluated(
    current: AnyEstimate, baseline: AnyEstimate, missing: int
) -> None:
    found = replace(FOUND, kind="degradation")
    compared = Comparison("champion.skops", True, baseline, 100, NOWHERE)
    result = Result(found, Verdict.NO_DATA, "", current, comparison=compared)
    beside = replace(BESIDE, kind="degradation")
    made = results(RECALL, beside) | {found.id: result}
    gate = gate_of([RECALL, found, beside], made, frozenset())
    assert len(gate.missing) == missing


def test_a_value_found_in_the_data_may_have_nothing_to_measure() -> None:
    found = results(RECALL, BESIDE) | results(FOUND, verdict=Verdict.NO_DATA)
    gate = gate_of([RECALL, FOUND, BESIDE], found, frozenset())
    assert gate == Gate(3, (), failed=0, skipped=1)


def test_a_threshold_none_of_whose_values_has_anything_to_measure_is_not_evaluated() -> None:
    found = results(RECALL) | results(FOUND, BESIDE, verdict=Verdict.NO_DATA)
    gate = gate_of([RECALL, FOUND, BESIDE], found, frozenset())
    assert gate.missing == (FOUND.id, BESIDE.id)
    assert gate.status(0) == NOT_EVALUATED


def test_a_model_of_which_nothing_was_evaluated_is_named() -> None:
    found = results(RECALL) | results(FOUND, verdict=Verdict.NO_DATA)
    alone = replace(FOUND, id="fares-recall-plan=a", model="fares")
    found |= results(alone, verdict=Verdict.NO_DATA)
    assert unjudged_models([RECALL, FOUND, alone], found) == ("fares",)
    assert unjudged_models([RECALL, FARES], results(RECALL)) == ("fares",)


@pytest.mark.parametrize("status", [1, 2, 3, 143])
def test_a_session_that_ends_badly_by_itself_ends_so(status: int) -> None:
    gate = gate_of([RECALL], results(RECALL, verdict=Verdict.FAIL), frozenset())
    assert gate.failed == 1
    assert gate.status(status) == status
    assert gate_of([RECALL], {}, frozenset()).status(status) == status


def test_a_gate_without_pytest_has_the_same_exit_status(tmp_path: Path) -> None:
    columns = {"y": [0, 1] * 500, "p": [0, 1] * 500}
    compared = {"recall": {"min": 0.5, "max_degradation": 0.1}}
    settings = settings_of(tmp_path, columns, thresholds=compared)
    assert judge(settings, as_of=AS_OF).exit_status == 0
    assert judge(settings, as_of=AS_OF, gate=True).exit_status == NOT_EVALUATED
    challenged = settings.with_candidates(
        {"m": Deployed.model_validate(python_model(tmp_path, "frame.p"))}
    )
    run = judge(challenged, as_of=AS_OF, gate=True)
    assert (run.exit_status, run.results[1].verdict) == (1, Verdict.ERROR)
    features = python_model(tmp_path, "frame.p", feature_names_in_=["p"])
    run = judge(
        settings.with_candidates({"m": Deployed.model_validate(features)}), as_of=AS_OF, gate=True
    )
    assert run.exit_status == 0, [result.message for result in run.results]
    assert run.models["m"].source == features["python"]


def test_what_is_known_of_a_model_is_kept_with_it(tmp_path: Path) -> None:
    columns = {"x": [0, 1] * 500, "y": [0, 1] * 499 + [1, 0]}
    deployed = python_model(tmp_path)
    settings = settings_of(tmp_path, columns, model=deployed, thresholds={"recall": 0.99})
    run = judge(
        settings.with_candidates({"m": Deployed.model_validate(deployed)}), as_of=AS_OF, gate=True
    )
    assert [note.split(":")[0] for note in run.models["m"].notes] == [
        "no threshold of m has max_degradation",
        "m",
    ]
    short = {name: values[:100] for name, values in columns.items()}
    settings = settings_of(tmp_path, short, model=deployed, thresholds={"recall": 0.99})
    assert len(judge(settings, as_of=AS_OF, gate=True).notes) == 1
