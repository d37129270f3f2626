"""Results on the largest gap among the values of a segmentation."""

import pytest
from support.judged_checks import (
    CARRIERS,
    OWN,
    PLANS,
    apart,
    carriers,
    costing,
    deviating,
    measured,
    nothing,
    recalled,
    ruled,
    told,
)

from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.metrics.statistics import Statistics
from model_checks.plan.checks import Segment
from model_checks.settings import Rule


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
