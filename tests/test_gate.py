from dataclasses import replace

import pytest
from factories import bound, check, estimate

from model_checks.gate import NOT_EVALUATED, Gate, gate_of
from model_checks.plan import Check
from model_checks.planning import NOTHING_TO_COMPARE
from model_checks.results import Result
from model_checks.verdicts import Verdict

RECALL = check(bound(min=0.5, rule="confident"))
FARES = replace(RECALL, id="fares-recall", model="fares")
FOUND = replace(RECALL, id="churn-recall-plan=a", declared=False)
ALONE = replace(
    RECALL,
    id="churn-recall-degradation",
    kind="degradation",
    declared=False,
    vacant=NOTHING_TO_COMPARE,
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


def test_a_degradation_with_nothing_to_compare_with_is_not_evaluated() -> None:
    found = results(RECALL) | results(ALONE, verdict=Verdict.NO_DATA)
    gate = gate_of([RECALL, ALONE], found, frozenset())
    assert gate == Gate(planned=2, missing=("churn-recall-degradation",), failed=0, skipped=0)


def test_a_value_found_in_the_data_may_have_nothing_to_measure() -> None:
    found = results(RECALL) | results(FOUND, verdict=Verdict.NO_DATA)
    assert gate_of([RECALL, FOUND], found, frozenset()) == Gate(2, (), failed=0, skipped=1)


@pytest.mark.parametrize("status", [1, 2, 3, 143])
def test_a_session_that_ends_badly_by_itself_ends_so(status: int) -> None:
    gate = gate_of([RECALL], results(RECALL, verdict=Verdict.FAIL), frozenset())
    assert gate.failed == 1
    assert gate.status(status) == status
    assert gate_of([RECALL], {}, frozenset()).status(status) == status
