"""The overview: the drawing says what was measured, tried as numbers and words."""

import math
from dataclasses import replace

import pytest
from support.charts import CARRIERS, dots, flights, result, texts
from support.sample_data import valued

from model_checks.judging.evidence import Comparison
from model_checks.judging.results import Result, error_of
from model_checks.judging.verdict import Verdict
from model_checks.plan.checks import Bound, Segment
from model_checks.report.charts import overview_chart
from model_checks.report.charts.interval_row import LOOKS, plotted
from model_checks.report.charts.layout import arranged
from model_checks.report.charts.marks import Box, Dot, Label, Line
from model_checks.report.charts.overview import overview_drawing
from model_checks.report.charts.scales import Scale

# The overview: the drawing says what was measured.


def plot(one: Result) -> tuple[float, list[Dot], list[Line]]:
    """Where the bound is drawn, the markers, and the lines."""
    marks = list(plotted(one, Scale(0.0, 1.0, 100.0, 200.0), 50.0))
    upright = [m for m in marks if isinstance(m, Line) and m.points[0][0] == m.points[1][0]]
    dots = [m for m in marks if isinstance(m, Dot)]
    return upright[0].points[0][0], dots, [m for m in marks if isinstance(m, Line)]


def test_an_estimate_stands_at_its_value_between_the_ends_of_its_interval() -> None:
    bound, (dot,), lines = plot(result(value=0.7, half=0.05))
    assert (bound, dot.x) == pytest.approx((160.0, 170.0))
    (interval,) = [line for line in lines if line.points[0][1] == 50.0]
    assert [x for x, _ in interval.points] == [pytest.approx(165.0), pytest.approx(175.0)]


def test_the_agreed_side_is_right_of_a_minimum_and_left_of_a_maximum() -> None:
    scale = Scale(0.0, 1.0, 100.0, 200.0)
    for bound, sides in (
        (Bound(0.6, None, None, "estimate"), (160.0, 200.0)),
        (Bound(None, 0.6, None, "estimate"), (100.0, 160.0)),
        (Bound(0.6, 0.8, None, "estimate"), (160.0, 180.0)),
    ):
        (box,) = [m for m in plotted(result(bound=bound), scale, 0) if isinstance(m, Box)]
        assert (box.x, box.x + box.width) == pytest.approx(sides)


def test_a_warning_level_is_dashed() -> None:
    _, _, lines = plot(result(bound=Bound(0.6, None, 0.65, "estimate")))
    assert [line.points[0][0] for line in lines if line.dashed] == [165.0]


@pytest.mark.parametrize("low", [-math.inf, -5.0, math.nan])
@pytest.mark.parametrize("high", [math.inf, 5.0, math.nan])
def test_an_end_beyond_the_scale_is_an_arrow_and_a_missing_one_is_nothing(
    low: float, high: float
) -> None:
    one = result(value=0.7)
    one = replace(one, estimate=replace(valued(one.estimate), low=low, high=high))
    _, (dot,), lines = plot(one)
    assert dot.x == pytest.approx(170.0)
    arrows = [line.points[1][0] for line in lines if len(line.points) == 3]
    beyond = [x for x, end in ((100.0, low), (200.0, high)) if end and not math.isnan(end)]
    assert arrows == beyond
    assert overview_chart("m", [one, result("f1", segment=(("c", "a"),))]).png


def test_no_data_and_errors_have_their_word_and_no_interval() -> None:
    none, few = result(value=None), replace(result(), verdict=Verdict.NO_DATA)
    error = error_of(result("f1").check, "the model raised ValueError")
    for one, word in ((none, "NO DATA"), (few, "NO DATA"), (error, "ERROR")):
        drawing = overview_drawing("m", [one])
        assert {word, "–", f"1 {word}"} <= set(texts(drawing))
        key, summary = dots(drawing)[-1], dots(drawing)[0]
        assert dots(drawing) == [summary, key]
        assert not [x for x in plot(one)[2] if x.points[0][1] == 50.0]


def test_the_figures_stand_beside_the_whole() -> None:
    drawn_texts = texts(overview_drawing("m", [result(value=0.5)]))
    assert {"0.500", "0.450 to 0.550", "at least 0.600", "FAIL", "1 check", "1 FAIL"} <= set(
        drawn_texts
    )


def test_a_verdict_that_is_not_a_pass_is_a_word_in_a_segments_row() -> None:
    drawing = overview_drawing("flights", flights())
    words = [text for text in texts(drawing) if text == "FAIL"]
    assert len(words) == sum(r.verdict is Verdict.FAIL for r in flights()) == 5
    failing = LOOKS[Verdict.FAIL]
    assert sum((d.shape, d.colour) == failing for d in dots(drawing)) == 1 + len(words)


def test_the_labels_of_failing_rows_are_bold() -> None:
    drawing = overview_drawing("flights", flights())
    bold = {m.text for m in drawing.marks if isinstance(m, Label) and m.bold and m.size == 10.5}
    assert bold & set(CARRIERS) == {"9E", "AA"}


def test_bounds_that_differ_in_a_column_are_said_to() -> None:
    low, high = (Bound(limit, None, None, "estimate") for limit in (0.5, 0.6))
    found = [result(segment=(("c", c),), bound=b) for c, b in (("a", low), ("b", high))]
    assert "bounds differ" in texts(overview_drawing("m", found))


def test_the_alternative_text_tells_counts_and_figures() -> None:
    chart = overview_chart("flights", flights())
    assert chart.alt.startswith("flights: 30 checks, 5 FAIL, 25 PASS. flights-roc_auc: 0.500 (95 %")
    assert "is below the agreed 0.600" in chart.alt
    assert (chart.model, chart.title) == ("flights", "flights: all checks")
    failing = [result(value=0.1, segment=(("c", f"{k}"),)) for k in range(50)]
    assert overview_chart("m", failing).alt.endswith("Failed, too: 44 checks.")


def test_a_model_without_results_has_an_empty_overview() -> None:
    chart = overview_chart("m", [])
    assert chart.alt == "m: 0 checks, none."


# Degradations and gaps, on scales of their own.


def compared(worse: float, *, relative: bool = False, segment: Segment = ()) -> Result:
    plain = result("recall", 0.7, segment=segment)
    value = valued(plain.estimate)
    degradation = replace(value, value=worse, low=worse - 0.02, high=worse + 0.02)
    held = replace(
        plain.check,
        id=f"{plain.check.id}-degradation",
        kind="degradation",
        bound=Bound(None, 0.05, None, "confident"),
        relative=relative,
    )
    comparison = Comparison("champion.skops", True, value, 400, degradation)
    return replace(plain, check=held, comparison=comparison, verdict=Verdict.PASS)


def apart(gap: float) -> Result:
    plain = result("recall", gap)
    among: tuple[Segment, ...] = tuple((("carrier", one),) for one in CARRIERS)
    held = replace(plain.check, kind="gap", among=among, bound=Bound(None, 0.1, None, "estimate"))
    return replace(plain, check=held)


def test_degradations_and_gaps_are_blocks_of_their_own() -> None:
    blocks = arranged([apart(0.2), compared(0.01), result(), compared(0.02, relative=True)]).blocks
    assert [block.heading for block in blocks] == [
        "Overall",
        "Worse than baseline by",
        "Largest gap",
    ]
    assert [[row.label for row in block.rows] for block in blocks] == [
        ["recall"],
        ["recall", "recall"],
        ["recall by carrier"],
    ]


def test_a_degradation_of_a_segment_is_a_column_beside_its_metric() -> None:
    segment = (("carrier", "AA"),)
    blocks = arranged([result(segment=segment), compared(0.01, segment=segment)]).blocks
    assert [block.columns for block in blocks] == [("recall", "recall, worse by")]


def test_a_degradation_is_drawn_against_what_was_agreed_not_against_the_metrics_bound() -> None:
    drawing = overview_drawing("churn", [compared(0.012)])
    assert {"0.012", "-0.008 to 0.032", "at most 0.050"} <= set(texts(drawing))
    assert "0.700" not in texts(drawing)


def test_a_share_of_the_baseline_is_drawn_in_percent() -> None:
    drawing = overview_drawing("churn", [compared(0.012, relative=True)])
    assert {"1.2 %", "-0.8 % to 3.2 %", "at most 5 %"} <= set(texts(drawing))


def test_a_gap_is_drawn_with_its_columns() -> None:
    drawing = overview_drawing("churn", [apart(0.2)])
    assert {"Largest gap", "recall by carrier", "at most 0.100", "0.200"} <= set(texts(drawing))
