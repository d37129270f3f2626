"""What results.json keeps of degradations, gaps and p-values."""

from dataclasses import replace

import pytest
from support.factories import bound, check
from support.judged_checks import (
    DEPLOYED,
    FACTS,
    PLANS,
    apart,
    carriers,
    measured,
    recalled,
    ruled,
    worse,
)

from model_checks.pipeline import results_of
from model_checks.store.results_json import result_as_json


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
