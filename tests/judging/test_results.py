import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NoReturn

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.factories import bound, check, estimate, result_of

from model_checks.judging.results import Result, Run, error_of
from model_checks.judging.verdict import Verdict
from model_checks.measure.facts import ModelFacts
from model_checks.metrics import AnyEstimate, Estimate, Undefined
from model_checks.plan.checks import Bound
from model_checks.store.results_json import result_as_json, run_as_json

ROWS = 5000


def message(one: Estimate, held: Bound, name: str = "churn-recall") -> str:
    return result_of(check(held, id=name), one, ROWS).message


# Sentences.


def test_a_failure_is_told_as_the_design_has_it() -> None:
    one = estimate(0.212, 0.187, 0.239)
    assert message(one, bound(min=0.25), "flight_delay-recall-carrier=AA") == (
        "flight_delay-recall-carrier=AA: 0.212 (95 % interval 0.187 to 0.239, Wilson, "
        "1,021 positives) is below the agreed 0.250"
    )


LEAST = bound(min=0.8)
MOST = bound(max=0.8)


@pytest.mark.parametrize(
    ("one", "held", "told"),
    [
        (estimate(0.7), LEAST, "is below the agreed 0.800"),
        (estimate(0.9), MOST, "is above the agreed 0.800"),
        (estimate(0.9), LEAST, "is at least the agreed 0.800"),
        (estimate(0.8), LEAST, "is at least the agreed 0.800"),
        (estimate(0.7), MOST, "is at most the agreed 0.800"),
        (
            estimate(0.85),
            replace(LEAST, warn=0.9),
            "is at least the agreed 0.800, but below the warning at 0.900",
        ),
        (
            estimate(0.75),
            replace(MOST, warn=0.7),
            "is at most the agreed 0.800, but above the warning at 0.700",
        ),
        (
            estimate(0.82, 0.78, 0.86),
            replace(LEAST, rule="confident"),
            "is not proven to be at least the agreed 0.800",
        ),
        (
            estimate(0.78, 0.74, 0.82),
            replace(MOST, rule="confident"),
            "is not proven to be at most the agreed 0.800",
        ),
        (
            estimate(0.82, 0.78, 0.86),
            replace(LEAST, rule="tolerant"),
            "is not proven to be below the agreed 0.800, so it is tolerated",
        ),
        (
            estimate(0.82, 0.78, 0.86),
            replace(MOST, rule="tolerant"),
            "is not proven to be above the agreed 0.800, so it is tolerated",
        ),
        (estimate(0.5), bound(min=0.4, max=0.6), "is within the agreed 0.400 to 0.600"),
        (estimate(0.3), bound(min=0.4, max=0.6), "is below the agreed 0.400"),
        (estimate(0.7), bound(min=0.4, max=0.6), "is above the agreed 0.600"),
        (
            estimate(0.7, 0.65, 0.75),
            bound(min=0.4, max=0.6, rule="tolerant"),
            "is above the agreed 0.600",
        ),
        (
            estimate(0.5, 0.45, 0.65),
            bound(min=0.4, max=0.6, rule="confident"),
            "is not proven to be at most the agreed 0.600",
        ),
        (
            estimate(0.5, 0.35, 0.55),
            bound(min=0.4, max=0.6, rule="confident"),
            "is not proven to be at least the agreed 0.400",
        ),
    ],
)
def test_how_a_value_stands_to_what_was_agreed(one: Estimate, held: Bound, told: str) -> None:
    assert message(one, held).split("positives) ")[1].split("; about")[0] == told


@pytest.mark.parametrize("held", [LEAST, MOST, bound(min=0.1, max=0.9)])
def test_a_value_that_is_no_number_is_told_as_such(held: Bound) -> None:
    told = message(estimate(math.nan), held)
    assert told.startswith("churn-recall: nan (95 % interval nan to nan, ")
    assert "has no value or no interval, so it is not at " in told


@pytest.mark.parametrize("rule", ["estimate", "confident", "tolerant"])
def test_an_interval_that_is_no_number_is_told_as_such_under_every_rule(rule: Any) -> None:
    told = message(estimate(0.9, math.nan, math.nan), bound(min=0.8, rule=rule))
    assert told.endswith("has no value or no interval, so it is not at least the agreed 0.800")


def test_a_bias_is_told_with_both_of_its_bounds() -> None:
    held = bound(min=-2, max=2, rule="confident")
    one = estimate(-1.5, -2.25, -0.75, n=400, unit="rows", method="Hall")
    assert message(one, held, "delay-mean_error") == (
        "delay-mean_error: -1.500 (95 % interval -2.250 to -0.750, Hall, 400 rows) "
        "is not proven to be at least the agreed -2.000; "
        "about 6,300 more labelled rows would decide at this value"
    )
    known = replace(one, low=-1.6, high=-1.4)
    assert message(known, held).endswith("is within the agreed -2.000 to 2.000")


def test_an_interval_without_any_end_is_told_in_words() -> None:
    one = estimate(3.0, -math.inf, math.inf, n=1, unit="rows", method="Hall")
    assert "(95 % interval minus infinity to infinity, Hall, 1 row)" in message(one, bound(max=2))


def test_an_interval_without_end_is_told_in_words() -> None:
    one = estimate(3.0, 0.0, math.inf, n=1, unit="rows", method="Hall")
    assert message(one, bound(max=2), "delay-rmse") == (
        "delay-rmse: 3.000 (95 % interval 0.000 to infinity, Hall, 1 row) is above the agreed 2.000"
    )


@pytest.mark.parametrize(
    ("value", "held", "first", "last"),
    [
        (0.2499, bound(min=0.25), "0.2499", "0.2500"),
        (0.24999999, bound(min=0.25), "0.24999999", "0.25000000"),
        (0.79999999999, bound(min=0.8), "0.79999999999", "0.80000000000"),
        (0.7999999999999999, bound(min=0.8), "0.800", "0.800"),
        (0.25, bound(min=0.25), "0.250", "0.250"),
        (0.1, bound(min=0.2505), "0.1000", "0.2505"),
        (0.1, bound(min=0.0), "0.100", "0.000"),
        (0.0001, bound(min=0.0), "0.0001", "0.0000"),
        (0.00002, bound(max=0.00001), "0.0000200", "0.0000100"),
        (31234.5678, bound(max=30000), "31,234.568", "30,000.000"),
        (0.8, bound(min=0.7, warn=0.80001), "0.80000", "0.80001"),
        (-0.3, bound(min=-0.25), "-0.300", "-0.250"),
        (-0.24999, bound(max=-0.25), "-0.24999", "-0.25000"),
        (-3.0, bound(min=-0.0005), "-3.000000", "-0.000500"),
        (-0.00001, bound(min=-2), "0.000", "-2.000"),
    ],
)
def test_digits_grow_until_the_value_and_the_bound_are_told_apart(
    value: float, held: Bound, first: str, last: str
) -> None:
    told = message(estimate(value), held)
    assert told.startswith(f"churn-recall: {first} (")
    assert told.endswith(f" {last}")


@settings(derandomize=True, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_the_figures_never_contradict_the_words(value: float, limit: float) -> None:
    told = message(estimate(value), bound(min=limit))
    first = float(told.split()[1].replace(",", ""))
    last = float(told.split()[-1].replace(",", ""))
    assert last == limit
    assert (first < last) == (value < limit) == ("is below" in told)


@pytest.mark.parametrize(
    ("confidence", "told"), [(0.95, "95"), (0.999, "99.9"), (0.29, "29"), (0.5, "50")]
)
def test_the_confidence_is_told_in_percent(confidence: float, told: str) -> None:
    assert f"({told} % interval" in message(estimate(0.9, confidence=confidence), LEAST)


# Where there is nothing to judge.


def test_an_undefined_metric_tells_its_reason() -> None:
    reason = "undefined, no row with label 1 among 200 labelled rows"
    result = result_of(check(LEAST), Undefined(reason), 200)
    assert result.verdict is Verdict.NO_DATA
    assert result.message == f"churn-recall: {reason}"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (29, "29 labelled rows, at least 30 are needed"),
        (1, "1 labelled row, at least 30 are needed"),
        (0, "0 labelled rows, at least 30 are needed"),
    ],
)
def test_with_too_few_rows_there_is_no_verdict_however_good_the_value(rows: int, told: str) -> None:
    result = result_of(check(LEAST), estimate(1.0), rows)
    assert result.verdict is Verdict.NO_DATA
    assert result.message == f"churn-recall: {told}"


def test_the_least_number_of_rows_is_enough() -> None:
    assert result_of(check(LEAST), estimate(1.0), 30).verdict is Verdict.PASS


def test_a_vacant_check_tells_why() -> None:
    no_data_reason = check(LEAST, no_data_reason="no value of plan has 30 labelled rows")
    result = result_of(no_data_reason, estimate(1.0), ROWS)
    assert result.verdict is Verdict.NO_DATA
    assert result.message == "churn-recall: no value of plan has 30 labelled rows"
    assert result.failed


def test_an_error_tells_its_reason_and_has_no_estimate() -> None:
    result = error_of(check(LEAST), "column 'left' is missing")
    assert result.verdict is Verdict.ERROR
    assert result.message == "churn-recall: column 'left' is missing"
    assert result.estimate is None


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("rule", ["estimate", "confident", "tolerant"])
@pytest.mark.parametrize("explicit", [True, False])
def test_a_result_is_failed_or_skipped_or_warned_of_or_passed(
    verdict: Verdict, rule: Any, explicit: bool
) -> None:
    result = Result(check(bound(min=0.8, rule=rule), explicit=explicit), verdict, "")
    states = [result.failed, result.skipped, result.warned]
    assert sum(states) == (0 if verdict is Verdict.PASS else 1)


def test_no_data_is_skipped_only_where_the_value_was_found_in_the_data() -> None:
    explicit = Result(check(LEAST), Verdict.NO_DATA, "")
    found = Result(check(LEAST, explicit=False), Verdict.NO_DATA, "")
    assert (explicit.failed, explicit.skipped) == (True, False)
    assert (found.failed, found.skipped) == (False, True)


def test_what_is_tolerated_is_warned_of() -> None:
    result = result_of(check(bound(min=0.8, rule="tolerant")), estimate(0.8, 0.7, 0.9), ROWS)
    assert result.warned


# results.json.


STARTED = datetime(2013, 5, 1, 4, 30, tzinfo=UTC)


def run(*results: Result, **changes: Any) -> Run:
    finished = Run(
        id="20130501T043000Z",
        started=STARTED,
        finished=STARTED + timedelta(seconds=2),
        as_of=datetime(2013, 5, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        mode="nightly",
        exit_status=1,
        versions={"model-checks": "0.1.0"},
        thresholds_sha256="ab" * 32,
        models={
            "churn": ModelFacts(
                task="binary",
                source="churn.skops",
                sha256="cd" * 32,
                rows=90,
                labelled=80,
                dropped=10,
                untimed=2,
                window_start=STARTED - timedelta(days=30),
                window_end=STARTED,
                as_of=STARTED,
                newest_row=datetime(2013, 4, 30, 23, 10, tzinfo=UTC),
                newest_label=datetime(2013, 4, 16, 8, tzinfo=UTC),
                notes=("known of the model",),
            )
        },
        results=results,
        planned=len(results),
        left_out=["churn by plan: 1 value with fewer than 30 labelled rows not judged (3 in all)"],
        notes=("churn-recall: known before",),
    )
    return replace(finished, **changes)


def no_constant(name: str) -> NoReturn:
    raise AssertionError(f"{name} is no JSON")


def read_back(finished: Run) -> Any:
    return json.loads(run_as_json(finished), parse_constant=no_constant)


def test_a_run_is_kept_as_the_design_has_it() -> None:
    held = check(bound(min=0.25), segment=(("carrier", "AA"), ("origin", None)))
    result = result_of(held, estimate(0.212, 0.187, 0.239), ROWS)
    assert read_back(run(result)) == {
        "schema": 1,
        "run": {
            "id": "20130501T043000Z",
            "kind": "measured",
            "started": "2013-05-01T04:30:00Z",
            "finished": "2013-05-01T04:30:02Z",
            "as_of": "2013-05-01T00:00:00Z",
            "mode": "nightly",
            "exit_status": 1,
            "versions": {"model-checks": "0.1.0"},
            "planned": 1,
            "left_out": [
                "churn by plan: 1 value with fewer than 30 labelled rows not judged (3 in all)"
            ],
            "notes": ["churn-recall: known before"],
            "cut_short": None,
            "unwritten": [],
            "unjudged": [],
        },
        "models": {
            "churn": {
                "task": "binary",
                "source": "churn.skops",
                "sha256": {"model": "cd" * 32, "thresholds": "ab" * 32},
                "rows": 90,
                "labelled": 80,
                "dropped": 10,
                "untimed": 2,
                "window": {"start": "2013-04-01T04:30:00Z", "end": "2013-05-01T04:30:00Z"},
                "newest_row": "2013-04-30T23:10:00Z",
                "newest_label": "2013-04-16T08:00:00Z",
                "error": None,
                "notes": ["known of the model"],
            }
        },
        "checks": [
            {
                "id": "churn-recall",
                "model": "churn",
                "kind": "level",
                "metric": "recall",
                "average": "binary",
                "beta": None,
                "function": None,
                "segment": {"carrier": "AA", "origin": None},
                "n": 1021,
                "unit": "positives",
                "value": 0.212,
                "low": 0.187,
                "high": 0.239,
                "confidence": 0.95,
                "method": "Wilson",
                "min": 0.25,
                "max": None,
                "warn": None,
                "rule": "estimate",
                "verdict": "FAIL",
                "failed": True,
                "message": result.message,
                "p_value": None,
                "adjusted_p_value": None,
                "correction": None,
                "rows_to_decide": None,
                "baseline": None,
                "gap": None,
            }
        ],
    }


def test_the_beta_of_a_check_is_kept() -> None:
    assert result_as_json(result_of(check(LEAST, beta=2.0), estimate(0.9), ROWS))["beta"] == 2


def test_the_whole_has_no_segment() -> None:
    assert result_as_json(result_of(check(LEAST), estimate(0.9), ROWS))["segment"] is None


@pytest.mark.parametrize(
    "one", [*map(estimate, [math.nan, math.inf, -math.inf]), Undefined("only one class")]
)
def test_what_is_no_number_is_null_and_the_message_says_why(one: AnyEstimate) -> None:
    result = result_of(check(LEAST), one, ROWS)
    (kept,) = read_back(run(result))["checks"]
    assert (kept["value"], kept["low"], kept["high"]) == (None, None, None)
    assert len(kept["message"]) > len("churn-recall: ")


def test_numbers_of_numpy_are_numbers() -> None:
    result = result_of(check(LEAST), estimate(np.float64(0.9), np.float64(0.8)), ROWS)
    assert type(result_as_json(result)["value"]) is float
    assert read_back(run(result))["checks"][0]["value"] == 0.9


def test_an_error_has_no_figures() -> None:
    (kept,) = read_back(run(error_of(check(LEAST), "no such file")))["checks"]
    figures = ("n", "unit", "value", "low", "high", "method")
    assert [kept[key] for key in figures] == [None] * len(figures)
    assert (kept["verdict"], kept["failed"], kept["min"]) == ("ERROR", True, 0.8)


def test_every_verdict_has_the_same_keys() -> None:
    results = [
        result_of(check(LEAST), estimate(0.9), ROWS),
        result_of(check(LEAST), Undefined("undefined"), ROWS),
        error_of(check(LEAST), "no such file"),
    ]
    assert len({tuple(result_as_json(result)) for result in results}) == 1


def test_a_run_that_knows_little_is_kept_all_the_same() -> None:
    facts = ModelFacts(task="binary", source="churn.skops", error="no such file")
    kept = read_back(run(as_of=None, models={"churn": facts}, left_out=()))
    assert kept["run"]["as_of"] is None
    assert kept["checks"] == []
    assert kept["models"]["churn"] == {
        "task": "binary",
        "source": "churn.skops",
        "sha256": {"model": None, "thresholds": "ab" * 32},
        "rows": None,
        "labelled": None,
        "dropped": None,
        "untimed": None,
        "window": {"start": None, "end": None},
        "newest_row": None,
        "newest_label": None,
        "error": "no such file",
        "notes": [],
    }


@pytest.mark.parametrize("text", ["Zürich", "☂", "a\nb", '"', "\\", "\0", "\u2028", "\ud800"])
def test_any_text_can_be_written_and_comes_back(text: str) -> None:
    held = check(LEAST, segment=(("city", text),))
    written = run_as_json(run(Result(held, Verdict.ERROR, text))).encode("utf-8")
    (kept,) = json.loads(written)["checks"]
    assert kept["segment"] == {"city": text}
    assert kept["message"] == text


def test_why_a_check_could_not_be_made_is_one_clean_line() -> None:
    told = error_of(check(LEAST), "no\n::error::luck at https://me:hunter2@host").message
    assert told == "churn-recall: no : :error::luck at https://host"


def test_results_of_a_model_are_found_by_its_name() -> None:
    one, other = (error_of(check(LEAST, model=name), "") for name in ("churn", "delay"))
    assert run(one, other).of_model("delay") == [other]
