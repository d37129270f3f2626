"""A degradation is shown by its loss, wherever it is shown, and both models' values beside it."""

import pytest
from support.factories import bound, check, estimate

from model_checks.judging.decide import Decision
from model_checks.judging.evidence import Comparison, Evidence
from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.plugin.html_report import _figures
from model_checks.report.charts.interval_row import plotted
from model_checks.report.charts.marks import Dot, Label, Line
from model_checks.report.charts.overview import overview_drawing
from model_checks.report.charts.scales import Scale
from model_checks.report.sentence import result_of
from model_checks.report.table_row import row_of
from model_checks.settings import Rule
from model_checks.store.results_json import result_as_json


def degraded(loss: float = 0.125, *, most: float = 0.05, rule: Rule = "confident") -> Result:
    """A model whose accuracy of 0.5 is worse than that of its baseline by so much."""
    held = check(bound(max=most, rule=rule), metric="accuracy", kind="degradation")
    lost = estimate(loss, loss - 0.25, loss + 0.25)
    compared = Comparison("champion.skops", True, estimate(0.5 + loss, 0.5, 1.0), 400, lost)
    evidence = Evidence(held, estimate(0.5, 0.4, 0.6), 400, compared)
    return result_of(evidence, Decision(Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE))


@pytest.mark.parametrize("rule", ["estimate", "confident", "tolerant"])
def test_the_sentence_begins_with_the_loss_and_ends_with_both_values(rule: Rule) -> None:
    told = degraded(rule=rule).message.partition(": ")[2]
    assert told.startswith("accuracy is 0.125 worse (95 % interval -0.125 to 0.375, ")
    assert told.endswith("; 0.500 against 0.625 of champion.skops on the same 400 rows")


def test_a_model_that_has_become_better_has_a_loss_below_0() -> None:
    told = degraded(-0.125).message
    assert "accuracy is 0.125 better (95 % interval of the loss -0.375 to 0.125, " in told
    assert ", at most 0.050 worse was agreed: " in told


def test_the_row_of_a_mail_and_a_page_has_the_loss_for_its_value() -> None:
    row = row_of(degraded())
    assert (row.value, row.miss, row.interval) == (
        "0.125 worse",
        "0.075 too much",
        "-0.125 to 0.375",
    )
    assert "0.500 against 0.625 of champion.skops" in row.note


def test_a_loss_that_is_too_large_by_rounding_alone_is_not_proven() -> None:
    assert 0.1 + 0.2 > 0.3
    assert row_of(degraded(0.1 + 0.2, most=0.3)).miss == "not proven"


def test_the_row_of_the_report_has_the_loss_for_its_value() -> None:
    [_, value, interval, agreed, _] = _figures(degraded())
    assert (value, interval) == ("0.125 worse", "-0.125 to 0.375")
    assert agreed.endswith("worse than 0.625")


def test_the_overview_draws_the_loss_and_its_interval() -> None:
    one, scale = degraded(), Scale(-1.0, 1.0, 0.0, 200.0)
    marks = list(plotted(one, scale, 0.0))
    [dot] = [mark for mark in marks if isinstance(mark, Dot)]
    assert dot.x == scale.at(0.125)
    interval = [(scale.at(-0.125), 0.0), (scale.at(0.375), 0.0)]
    assert interval in [mark.points for mark in marks if isinstance(mark, Line)]
    words = {
        mark.text for mark in overview_drawing("churn", [one]).marks if isinstance(mark, Label)
    }
    assert {"Worse than baseline by", "0.125", "-0.125 to 0.375"} <= words
    assert not {"0.500", "0.625"} & words


def test_results_keep_the_metrics_value_and_have_the_loss_beside_it() -> None:
    kept = result_as_json(degraded())
    assert (kept["kind"], kept["value"]) == ("degradation", 0.5)
    assert kept["baseline"]["degradation"]["value"] == 0.125
