"""The charts: what is drawn is tried as numbers and words, and the picture as pixels."""

import io
import itertools
import math
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from support.factories import estimate, result_of
from support.sample_data import valued

from model_checks.judging.evidence import Comparison
from model_checks.judging.results import Result, error_of
from model_checks.judging.verdict import Verdict
from model_checks.measure.curves import (
    Confusion,
    ErrorHistogram,
    LabelOutcomes,
    PredictedAgainstActual,
    RocCurve,
)
from model_checks.metrics import Undefined
from model_checks.plan.checks import Bound, Check, Segment, check_id
from model_checks.report.charts import (
    detail_chart,
    outcomes_chart,
    overview_chart,
    regression_chart,
    roc_and_confusion_chart,
)
from model_checks.report.charts.axes import BLUE, LIGHT, ORANGE
from model_checks.report.charts.canvas import SCALE, png
from model_checks.report.charts.canvas.text import (
    CAPITAL,
    drawable,
    readable,
    shortened,
    text_width,
)
from model_checks.report.charts.classification import area, classification_drawing, point_in_use
from model_checks.report.charts.confusion_matrix import (
    MOST_CLASSES,
    MOST_WITH_FIGURES,
    colours,
    pooled,
    shares,
)
from model_checks.report.charts.interval_row import LOOKS, ROW, plotted
from model_checks.report.charts.layout import MOST_ROWS, WORST_FIRST, arranged, tally_text
from model_checks.report.charts.marks import WIDTH, Box, Dot, Drawing, Label, Line, Mark, Raster
from model_checks.report.charts.multilabel import MOST_DRAWN, f1_of, outcomes_drawing
from model_checks.report.charts.overview import overview_drawing
from model_checks.report.charts.regression import mean_error, quantile, regression_drawing
from model_checks.report.charts.scales import Scale, round_numbers, short_count, spanning
from model_checks.report.picture import Chart

CARRIERS = ("9E", "AA", "B6", "DL", "EV", "F9", "FL", "MQ", "UA", "US", "WN")
HOSTILE = [
    "$x^2_{$",
    "a\nb\tc\x00\x1b[31m",
    "\ud800 lone",
    "日本語",
    "\U0001f600\U0001f468\u200d\U0001f469",
    "\u202eright to left",
    "Z\u0351\u0343\u0310algo" * 40,
    "x" * 500,
    "\\alpha {\\bf}",
    "<script>alert(1)</script>",
    "",
    " ",
    "\u05d0\u05d1",
    "\uffff",
]


def result(
    metric: str = "recall",
    value: float | None = 0.7,
    *,
    segment: Segment = (),
    half: float = 0.05,
    model: str = "churn",
    bound: Bound | None = None,
    average: str | None = None,
) -> Result:
    bound = bound or Bound(0.6, None, None, "estimate")
    name = check_id(model, metric, segment)
    check = Check(
        name, model, "binary", metric, average, segment, bound, 0.95, 30, not segment, None
    )
    if value is None:
        return result_of(check, Undefined("undefined, no row with label 1", 400), 400)
    return result_of(check, estimate(value, value - half, value + half, n=400), 400)


def flights() -> list[Result]:
    """A model as it is: five metrics of the whole, two for each carrier, three origins."""
    found = [result(m, 0.75, model="flights") for m in ("accuracy", "precision", "recall", "f1")]
    found.append(result("roc_auc", 0.5, model="flights"))
    for metric, (k, carrier) in itertools.product(("accuracy", "recall"), enumerate(CARRIERS)):
        segment = (("carrier", carrier),)
        found.append(result(metric, 0.55 + k / 40, segment=segment, model="flights"))
    segments = [(("origin", origin),) for origin in ("EWR", "JFK", "LGA")]
    return found + [result("recall", 0.7, segment=s, model="flights") for s in segments]


def many(count: int) -> list[Result]:
    return [
        result(metric, 0.5 + (k % 40) / 100, segment=(("store", f"store {k}"),))
        for k in range(count // 3)
        for metric in ("accuracy", "recall", "f1")
    ]


def dots(drawing: Drawing) -> list[Dot]:
    return [mark for mark in drawing.marks if isinstance(mark, Dot)]


def texts(drawing: Drawing) -> list[str]:
    return drawing.labels()


def pixels(image: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(image)) as opened:
        assert opened.format == "PNG"
        return np.asarray(opened.convert("RGB"))


# What goes where: results to rows and columns.


def test_the_whole_comes_first_and_then_a_block_for_each_segmentation() -> None:
    blocks = arranged(flights()[::-1]).blocks
    assert [block.heading for block in blocks] == ["Overall", "By origin", "By carrier"]
    assert [row.label for row in blocks[0].rows][:2] == ["roc_auc", "f1"]
    assert blocks[2].columns == ("recall", "accuracy")
    assert [row.label for row in blocks[2].rows] == list(CARRIERS[::-1])


def test_a_third_metric_of_a_segmentation_begins_a_block_of_its_own() -> None:
    blocks = arranged(many(9)).blocks
    assert [block.columns for block in blocks] == [("accuracy", "recall"), ("f1",)]


def test_a_beta_is_part_of_the_name() -> None:
    one = result("fbeta", 0.7)
    (block,) = arranged([replace(one, check=replace(one.check, beta=0.5))]).blocks
    assert [row.label for row in block.rows] == ["fbeta (beta 0.5)"]


def test_a_bias_lies_between_its_bounds() -> None:
    drawing = overview_drawing(
        "m", [result("mean_error", -1.0, bound=Bound(-2, 2, None, "estimate"))]
    )
    assert {"-1.000", "-1.050 to -0.950", "-2.000 to 2.000"} <= set(texts(drawing))
    (box,) = [mark for mark in drawing.marks if isinstance(mark, Box) and mark.height == ROW]
    (dot,) = [one for one in dots(drawing) if box.y < one.y < box.y + box.height]
    assert dot.x == pytest.approx(box.x + box.width / 4)


def test_an_interval_without_any_limit_runs_out_on_both_sides() -> None:
    one = result("mean_error", 1.0, bound=Bound(-2, 2, None, "estimate"))
    endless = replace(one, estimate=replace(valued(one.estimate), low=-math.inf, high=math.inf))
    drawing = overview_drawing("m", [endless])
    assert "minus infinity to infinity" in texts(drawing)
    assert overview_chart("m", [endless]).png


def test_a_segment_without_a_check_of_a_metric_leaves_its_place_empty() -> None:
    found = [
        result("recall", segment=(("c", "a"),)),
        result("recall", segment=(("c", "b"),)),
        result("accuracy", segment=(("c", "b"),)),
    ]
    (block,) = arranged(found).blocks
    assert [row.results for row in block.rows] == [(found[0], None), (found[1], found[2])]


@given(st.integers(0, 120), st.integers(1, 50))
def test_every_result_is_drawn_or_counted_as_left_out(count: int, most_rows: int) -> None:
    found = many(count) + flights()
    arrangement = arranged(found, most_rows)
    shown = [r for b in arrangement.blocks for row in b.rows for r in row.results if r]
    assert sum(len(block.rows) for block in arrangement.blocks) <= most_rows
    ids = [r.check.id for r in [*shown, *arrangement.left_out]]
    assert sorted(ids) == sorted(r.check.id for r in found)


def test_failing_rows_are_drawn_where_there_is_no_room_for_all() -> None:
    segments = [(("store", f"{k}"),) for k in range(200)]
    failing = {f"{k}" for k in (3, 77, 199)}
    found = [result(value=0.5 if s[0][1] in failing else 0.9, segment=s) for s in segments]
    arrangement = arranged(found)
    (block,) = arrangement.blocks
    assert failing <= {row.label for row in block.rows}
    assert len(block.rows) == MOST_ROWS
    assert not any(r.failed for r in arrangement.left_out)
    rest = 200 - MOST_ROWS
    note = {f"{rest} checks not drawn for want of room", f"{rest} PASS"}
    assert note <= set(texts(overview_drawing("m", found)))


def test_null_empty_and_vacant_segment_values_are_told_apart() -> None:
    values = (None, "", "*", "null")
    found = [result(segment=(("c", value),)) for value in values]
    stands_for_all = replace(found[2].check, no_data_reason="no value of c has 30 labelled rows")
    for check, told in ((found[2].check, "*"), (stands_for_all, "(no value)")):
        found[2] = replace(found[2], check=check)
        labels = [row.label for row in arranged(found).blocks[0].rows]
        assert labels == ["null", "''", told, "'null'"]


def test_an_average_is_named_where_there_was_a_choice() -> None:
    (block,) = arranged([result("f1", average="macro"), result(average="binary")]).blocks
    assert [row.label for row in block.rows] == ["f1 (macro)", "recall"]


def test_every_verdict_has_its_place_its_shape_and_its_colour() -> None:
    assert set(WORST_FIRST) == set(LOOKS) == set(Verdict)
    judged = [look for verdict, look in LOOKS.items() if verdict is not Verdict.NO_DATA]
    assert len({shape for shape, _ in judged}) == len(judged)
    assert len({colour for _, colour in judged}) == len(judged)


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


# Detail charts: classification.

LABELS = ("on time", "late")
CONFUSION = Confusion(LABELS, np.array([[900.0, 100.0], [60.0, 140.0]]))
ROC = RocCurve(np.array([0.0, 0.1, 1.0]), np.array([0.0, 0.7, 1.0]))


def test_the_area_is_that_of_the_curve() -> None:
    assert area(ROC) == pytest.approx(0.1 * 0.7 / 2 + 0.9 * (0.7 + 1.0) / 2)


def test_the_threshold_in_use_is_a_point_on_the_curves_axes() -> None:
    assert point_in_use(CONFUSION) == pytest.approx((0.1, 0.7))
    drawing = classification_drawing("t", ROC, CONFUSION)
    (curve,) = [m for m in drawing.marks if isinstance(m, Line) and m.colour == BLUE]
    assert any((dot.x, dot.y) == pytest.approx(curve.points[1]) for dot in dots(drawing))
    assert curve.points[0][1] > curve.points[-1][1]  # up is less far down


def test_one_class_alone_has_no_rates() -> None:
    rows = np.array([[5.0, 0.0], [0.0, 0.0]])
    assert point_in_use(Confusion(LABELS, rows)) is None
    chart = roc_and_confusion_chart("m", "t", ROC, Confusion(LABELS, rows))
    assert "in use" not in chart.alt


def test_a_confusion_matrix_holds_rows_and_shares() -> None:
    drawing = classification_drawing("t", ROC, CONFUSION)
    assert {"900", "90 %", "100", "10 %", "60", "30 %", "140", "70 %"} <= set(texts(drawing))
    where = {m.text: (m.x, m.y) for m in drawing.marks if isinstance(m, Label)}
    assert where["100"][0] > where["900"][0]  # predicted goes to the right
    assert where["100"][1] == where["900"][1]
    assert where["60"][1] > where["900"][1]  # actual goes down


def test_the_alternative_text_of_a_classifier_has_its_figures() -> None:
    chart = roc_and_confusion_chart("m", "flights, all", ROC, CONFUSION)
    assert chart.alt == (
        "flights, all: 1,200 rows; ROC curve with an area of about 0.80; "
        "in use: true positive rate 0.700, false positive rate 0.100; "
        "of 200 rows that are late, 140 (70.0 %) were predicted so; "
        "of 1,000 rows that are on time, 900 (90.0 %) were predicted so."
    )


def classes(count: int) -> Confusion:
    rows = np.random.default_rng(count).poisson(3, (count, count)) + 50.0 * np.eye(count)
    return Confusion(tuple(f"class {k}" for k in range(count)), rows.astype(float))


@pytest.mark.parametrize("count", [1, 2, 3, 12, 13, 30, 31, 110, 111, 500])
def test_any_number_of_classes_fits(count: int) -> None:
    drawing = classification_drawing("t", None, classes(count))
    (raster,) = [m for m in drawing.marks if isinstance(m, Raster)]
    assert raster.x + raster.width <= WIDTH
    assert len(raster.colours) <= MOST_CLASSES
    assert len(roc_and_confusion_chart("m", "t", None, classes(count)).png) < 60_000


def test_beyond_thirty_classes_cells_have_no_figures() -> None:
    for count, shown in ((MOST_WITH_FIGURES, True), (MOST_WITH_FIGURES + 1, False)):
        small = [
            m
            for m in classification_drawing("t", None, classes(count)).marks
            if isinstance(m, Label) and m.size == 7.5
        ]
        assert bool(small) is shown


def test_pooling_keeps_every_row() -> None:
    confusion = classes(250)
    labels, counts = pooled(confusion.labels, confusion.rows)
    assert counts.sum() == confusion.rows.sum()
    assert counts.shape == (len(labels), len(labels)) == (84, 84)
    assert counts[0, 1] == confusion.rows[:3, 3:6].sum()
    drawn_texts = texts(classification_drawing("t", None, confusion))
    assert "250 classes pooled into 84; blue right, orange wrong" in drawn_texts


def test_right_is_blue_wrong_is_orange_and_none_is_white() -> None:
    share = shares(np.array([[3.0, 1.0, 0.0], [0.0, 0.0, 0.0], [4.0, 0.0, 0.0]]))
    assert share[0].tolist() == [0.75, 0.25, 0.0]
    assert share[1].tolist() == [0.0, 0.0, 0.0]
    red, _, blue = colours(share).astype(int).transpose(2, 0, 1)
    assert blue[0, 0] > red[0, 0] + 50
    assert red[0, 1] > blue[0, 1] + 50
    assert red[2, 0] > blue[2, 0] + 50
    assert colours(share)[0, 2].tolist() == [255, 255, 255]


# Detail charts: multilabel.

OUTCOMES = LabelOutcomes(
    ("news", "sport", "art"),
    1200,
    found=np.array([300.0, 30, 0]),
    wrong=np.array([75.0, 0, 0]),
    missed=np.array([25.0, 30, 0]),
)


def outcomes(count: int) -> LabelOutcomes:
    found, wrong, missed = np.random.default_rng(count).poisson(40, (3, count)).astype(float)
    return LabelOutcomes(tuple(f"label {k}" for k in range(count)), 900, found, wrong, missed)


def bars(drawing: Drawing) -> list[Box]:
    return [mark for mark in drawing.marks if isinstance(mark, Box) and mark.height > 8]


def test_a_labels_bar_is_parted_by_what_became_of_it() -> None:
    found = bars(outcomes_drawing("t", OUTCOMES))
    assert [bar.fill for bar in found] == [BLUE, LIGHT, ORANGE, BLUE, LIGHT]
    length = sum(bar.width for bar in found[:3])
    assert [bar.width / length for bar in found] == pytest.approx([3 / 4, 1 / 16, 3 / 16, 0.5, 0.5])
    assert found[1].x == pytest.approx(found[0].x + found[0].width)
    assert found[0].y == found[2].y < found[3].y


def test_a_label_has_its_figures_beside_its_bar() -> None:
    drawn_texts = texts(outcomes_drawing("t", OUTCOMES))
    first = drawn_texts.index("news")
    assert drawn_texts[first : first + 5] == ["news", "400", "0.80", "0.92", "0.86"]
    assert "neither true nor predicted in any row" in drawn_texts
    only_wrong = replace(OUTCOMES, found=np.zeros(3), missed=np.zeros(3))
    drawn_texts = texts(outcomes_drawing("t", only_wrong))
    assert drawn_texts[first : first + 5] == ["news", "75", "0.00", "–", "0.00"]


def test_of_many_labels_those_of_the_lowest_f1_are_drawn_in_their_order() -> None:
    many_labels = outcomes(80)
    drawn = [t for t in texts(outcomes_drawing("t", many_labels)) if t.startswith("label ")]
    worst = np.argsort(f1_of(many_labels), kind="stable")[:MOST_DRAWN]
    assert drawn == [f"label {k}" for k in sorted(worst)]
    caption = "Of the rows in which a label is true or predicted, the 30 labels of the lowest F1"
    assert caption in texts(outcomes_drawing("t", many_labels))


def test_the_alternative_text_of_labels_has_their_figures() -> None:
    assert outcomes_chart("m", "tags, all", OUTCOMES).alt == (
        "tags, all: 1,200 rows, 3 labels; "
        "art was found in 0 of 0 rows and wrongly predicted in 0; "
        "sport was found in 30 of 60 rows and wrongly predicted in 0; "
        "news was found in 300 of 325 rows and wrongly predicted in 75."
    )
    assert outcomes_chart("m", "t", outcomes(6)).alt.endswith(
        "; the other labels (2) have no lower F1."
    )


# Detail charts: regression.

EDGES = np.linspace(0.0, 40.0, 5)
AGAINST = PredictedAgainstActual(EDGES, np.array([[9.0, 1, 0, 0], [0, 5, 0, 0], *[[0] * 4] * 2]))
ERRORS = ErrorHistogram(np.linspace(-20.0, 20.0, 5), np.array([2.0, 4.0, 2.0, 0.0]))


def test_mean_and_quantiles_are_read_off_the_bins() -> None:
    assert mean_error(ERRORS) == pytest.approx((2 * -15 + 4 * -5 + 2 * 5) / 8)
    assert quantile(ERRORS, 0.5) == pytest.approx(-5.0)
    assert quantile(ERRORS, 0.25) == pytest.approx(-10.0)


def test_predicted_values_go_up_and_actual_ones_to_the_right() -> None:
    drawing = regression_drawing("t", AGAINST, ERRORS)
    (raster,) = [m for m in drawing.marks if isinstance(m, Raster)]
    darkness = 255 - raster.colours.astype(int).mean(axis=2)
    assert np.argwhere(darkness > 20).tolist() == [[2, 0], [2, 1], [3, 0]]
    assert darkness[3, 0] > darkness[2, 1] > darkness[2, 0]


def test_uneven_bins_are_drawn_as_wide_as_they_are() -> None:
    edges = np.array([0.0, 10.0, 100.0])
    against = PredictedAgainstActual(edges, np.array([[1.0, 0.0], [0.0, 1.0]]))
    drawing = regression_drawing("t", against, ERRORS)
    (raster,) = [m for m in drawing.marks if isinstance(m, Raster)]
    dark = raster.colours[:, :, 0] < 128
    assert dark[0].mean() == pytest.approx(0.9)
    assert dark[-1].mean() == pytest.approx(0.1)


def test_no_error_and_the_mean_error_are_lines_at_their_values() -> None:
    drawing = regression_drawing("t", AGAINST, ERRORS)
    bars = [m for m in drawing.marks if isinstance(m, Box)]
    assert [round(bar.height / bars[0].height, 3) for bar in bars] == [1, 2, 1]
    upright = [
        m
        for m in drawing.marks
        if isinstance(m, Line)
        and m.points[0][0] == m.points[1][0]
        and m.points[0][0] > bars[0].x
        and abs(m.points[0][1] - m.points[1][1]) > 50
    ]
    zero, mean = (line.points[0][0] for line in upright)
    assert zero == pytest.approx(bars[2].x)
    assert mean == pytest.approx(bars[1].x + (zero - bars[1].x) / 2)
    assert "mean about -5.0" in texts(drawing)


def test_the_alternative_text_of_a_regression_has_its_figures() -> None:
    assert regression_chart("m", "arrival", AGAINST, ERRORS).alt == (
        "arrival: 8 rows; predicted minus actual is about -5.0 on average, its median about -5.0, "
        "and half of the rows lie between -10.0 and 0.0."
    )


def test_a_regression_without_rows_is_an_empty_chart() -> None:
    empty = PredictedAgainstActual(EDGES, np.zeros((4, 4)))
    chart = regression_chart("m", "t", empty, ErrorHistogram(EDGES - 50, np.zeros(4)))
    assert chart.alt == "t: 0 rows."
    assert pixels(chart.png).shape[1] == WIDTH * SCALE


def test_the_numbers_decide_which_chart_is_drawn() -> None:
    segment = (("carrier", "AA"), ("origin", None))
    chart = detail_chart("flights", segment, (ROC, CONFUSION))
    assert chart.title == "flights, carrier = AA, origin is null"
    assert "ROC curve" in chart.alt
    assert detail_chart("arrival", (), (AGAINST, ERRORS)).alt.startswith("arrival: 8 rows")
    assert detail_chart("tags", (), (OUTCOMES,)).alt.startswith("tags: 1,200 rows, 3 labels")


# Scales and words.

numbers = st.floats(0, 1e6, allow_subnormal=False)


@given(st.lists(numbers, min_size=1, max_size=3), st.lists(numbers, max_size=8))
def test_a_scale_holds_the_bounds_and_what_is_not_out_of_proportion(
    limits: list[float], values: list[float]
) -> None:
    low, high = spanning(limits, values, [(v - 1, v + 1) for v in values])
    assert low < high
    assert all(low <= limit <= high for limit in limits)
    held = [low <= value <= high for value in values]
    assert 2 * sum(held) >= len(held)


@pytest.mark.parametrize("extreme", [0.0, 5e-324, 1e-300, 1e299, 1.7e308, math.inf])
def test_no_number_is_too_extreme_for_a_scale(extreme: float) -> None:
    bound = Bound(None, min(extreme, 1.7e308) or 1.0, None, "estimate")
    one = result("mae", extreme, half=0.0, bound=bound, segment=(("c", "a"),))
    far = result("mae", 1.0, half=extreme, bound=bound, segment=(("c", "b"),))
    assert overview_chart("m", [one, far]).png


def test_one_value_out_of_all_proportion_does_not_hide_the_others() -> None:
    values = [14.0, 15.0, 16.0, 15.5, 1e6]
    low, high = spanning([17.0], values, [])
    assert 10 < low < 14
    assert 17 < high < 20


def test_one_wide_interval_runs_out_of_the_picture() -> None:
    ends = [(0.6, 0.7), (0.65, 0.75), (0.62, 0.72), (-9.0, 10.0)]
    low, high = spanning([0.6], [0.65, 0.7, 0.67, 0.5], ends)
    assert -0.1 < low < 0.5
    assert 0.75 < high < 1.5


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 8))
def test_ticks_are_few_round_and_inside(low: float, length: float, most: int) -> None:
    ticks = round_numbers(low, low + length, most)
    assert len(ticks) <= most
    slack = 1e-9 * (abs(low) + length)
    assert all(low - slack <= tick <= low + length + slack for tick in ticks)
    assert len(ticks) >= 1 or length < 1e-5 * abs(low)


def test_counts_at_an_axis_are_short() -> None:
    assert [short_count(n) for n in (0, 9999, 10_000, 18_484, 1.2e6, 3e20)] == [
        "0",
        "9,999",
        "10k",
        "18k",
        "1.2M",
        "3e+20",
    ]


def test_counts_of_verdicts_are_told_the_worst_first() -> None:
    found = [result(), result("f1", 0.1), result("accuracy", None)]
    assert tally_text(found) == "1 FAIL, 1 NO DATA, 1 PASS"


# Texts.


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_any_text_can_be_drawn_and_a_second_cleaning_changes_nothing(text: str) -> None:
    clean = drawable(text)
    assert clean.isprintable()
    assert drawable(clean) == clean
    assert text_width(clean, 10) < math.inf
    assert readable(text).encode().decode().isprintable()


def test_texts_that_differ_in_what_the_font_lacks_stay_apart() -> None:
    assert drawable("東京") != drawable("大阪")
    assert drawable("a\nb") == "a\\nb"
    assert drawable("Zu\u0308q\u0351") == "Züq\\u0351"
    assert drawable("Zürich – $5 ≥ 1") == "Zürich – $5 ≥ 1"


@given(st.text(max_size=600), st.floats(20, 300), st.booleans())
def test_a_shortened_text_fits_and_keeps_both_ends(text: str, width: float, bold: bool) -> None:
    short = shortened(text, width, 10, bold=bold)
    assert text_width(short, 10, bold=bold) <= width
    if "…" in short and "…" not in drawable(text):
        head, tail = short.split("…")
        assert drawable(text).startswith(head)
        assert drawable(text).endswith(tail)


def test_a_long_value_is_shortened_in_its_middle() -> None:
    assert re.fullmatch(r"a+…b+", shortened("a" * 250 + "b" * 250, 80))


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_texts_are_drawn_without_a_warning(text: str) -> None:
    found = [result(model=text), result(segment=((text, text), ("c", text)), model=text)]
    found.append(error_of(found[1].check, text))
    edges = np.array([0.0, 1.0])
    against = PredictedAgainstActual(edges, np.ones((1, 1)))
    for chart in (
        overview_chart(text, found),
        roc_and_confusion_chart(text, text, ROC, Confusion((text, "b"), CONFUSION.rows)),
        outcomes_chart(text, text, replace(OUTCOMES, labels=(text, "b", "c"))),
        regression_chart(text, text, against, ErrorHistogram(edges, np.ones(1))),
    ):
        assert pixels(chart.png).shape[1] == WIDTH * SCALE
        assert (chart.alt + chart.title).isprintable()
        assert (chart.alt + chart.title).encode()


@pytest.mark.parametrize(
    "drawing",
    [
        overview_drawing("flights", flights()),
        overview_drawing("x" * 500, many(300)),
        overview_drawing("m", [result(model=t, segment=((t, t),)) for t in HOSTILE]),
        overview_drawing(
            "m", [result("mae", 123456.7, half=1e5, bound=Bound(None, 1e5, 9e4, "estimate"))]
        ),
        classification_drawing("x" * 500, ROC, Confusion(("x" * 500, "y" * 500), CONFUSION.rows)),
        classification_drawing("t", ROC, Confusion(LABELS, 1e7 * CONFUSION.rows)),
        classification_drawing("t", None, classes(12)),
        classification_drawing("t", None, classes(111)),
        classification_drawing("t", None, classes(30)),
        classification_drawing("t", None, classes(500)),
        outcomes_drawing("t", OUTCOMES),
        outcomes_drawing("x" * 500, replace(OUTCOMES, labels=("x" * 500, "b", "y" * 500))),
        outcomes_drawing("t", outcomes(200)),
        regression_drawing("t", AGAINST, ERRORS),
        overview_drawing("m", [error_of(r.check, "broken") for r in flights()]),
        overview_drawing("m", [replace(result(), verdict=v) for v in Verdict] * 2000),
    ],
    ids=itertools.count(),
)
def test_nothing_runs_over_the_edge_and_no_texts_overlap(drawing: Drawing) -> None:
    taken = [room(mark) for mark in drawing.marks if isinstance(mark, Label) and mark.text.strip()]
    for left, top, right, bottom in taken:
        assert 0 <= left < right <= WIDTH
        assert 0 <= top < bottom <= drawing.height
    for one, other in itertools.combinations(taken, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)
    for mark in drawing.marks:
        if isinstance(mark, Line):
            assert all(0 <= x <= WIDTH and 0 <= y <= drawing.height for x, y in mark.points)


def room(label: Label) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a text's capital letters."""
    length = text_width(drawable(label.text), label.size, bold=label.bold)
    back = {"left": 0.0, "centre": length / 2, "right": length}[label.align]
    half = label.size * CAPITAL / 2
    if label.rotated:
        return label.x - half, label.y + back - length, label.x + half, label.y + back
    return label.x - back, label.y - half, label.x - back + length, label.y + half


# The picture.


def test_marks_appear_where_they_are_put_in_their_colour() -> None:
    grid = np.array([[[200, 0, 0], [0, 200, 0]], [[0, 0, 200], [0, 0, 0]]], dtype=np.uint8)
    marks: list[Mark] = [
        Box(10, 10, 20, 20, "#c1271d"),
        Dot(100, 20, "circle", "#157f6b", 10),
        Line([(200, 5), (200, 35)], "#1f5f99", 4),
        Raster(300, 10, 40, 20, grid),
    ]
    image = pixels(png(Drawing(40, marks))).astype(int)
    assert image.shape == (40 * SCALE, WIDTH * SCALE, 3)

    def at(x: float, y: float) -> list[int]:
        found: list[int] = image[int(y * SCALE), int(x * SCALE)].tolist()
        return found

    for point, colour in (
        ((20, 20), (193, 39, 29)),
        ((100, 20), (21, 127, 107)),
        ((200, 20), (31, 95, 153)),
        ((305, 12), (200, 0, 0)),
        ((335, 12), (0, 200, 0)),
        ((305, 28), (0, 0, 200)),
        ((335, 28), (0, 0, 0)),
        ((150, 20), (255, 255, 255)),
        ((0, 0), (255, 255, 255)),
    ):
        assert at(*point) == pytest.approx(colour, abs=12), point


@pytest.mark.parametrize("align", ["left", "centre", "right"])
@pytest.mark.parametrize("rotated", [False, True])
def test_a_text_is_aligned_to_its_point(align: str, rotated: bool) -> None:
    label = Label(300, 100, "HHHHHHHH", 12, align=align, rotated=rotated)  # type: ignore[arg-type]
    ys, xs = np.nonzero(pixels(png(Drawing(200, [label]))).min(axis=2) < 128)
    along, across = (200 * SCALE - ys, xs) if rotated else (xs, ys)
    point = ((200 - 100) if rotated else 300) * SCALE
    width = text_width("HHHHHHHH", 12) * SCALE
    start = point - {"left": 0, "centre": width / 2, "right": width}[align]
    assert along.min() == pytest.approx(start, abs=6)
    assert along.max() == pytest.approx(start + width, abs=6)
    middle = (300 if rotated else 100) * SCALE
    assert (across.min() + across.max()) / 2 == pytest.approx(middle, abs=2)


def all_charts() -> Sequence[Callable[[], Chart]]:
    return (
        lambda: overview_chart("flights", flights()),
        lambda: overview_chart("m", [result()]),
        lambda: overview_chart("m", many(300)),
        lambda: roc_and_confusion_chart("m", "t", ROC, CONFUSION),
        lambda: roc_and_confusion_chart("m", "t", None, classes(12)),
        lambda: outcomes_chart("m", "t", OUTCOMES),
        lambda: outcomes_chart("m", "t", outcomes(200)),
        lambda: regression_chart("m", "t", AGAINST, ERRORS),
    )


@pytest.mark.parametrize("draw", all_charts(), ids=range(len(all_charts())))
def test_a_chart_is_small_wide_as_a_mail_and_the_same_each_time(draw: Callable[[], Chart]) -> None:
    first = draw()
    assert first == draw()
    image = pixels(first.png)
    assert image.shape[1] == WIDTH * SCALE
    assert 50 * SCALE < image.shape[0] < 900 * SCALE
    assert image[0, 0].tolist() == [255, 255, 255]
    assert len(first.png) < 45_000
    with Image.open(io.BytesIO(first.png)) as opened:
        assert set(opened.info) <= {"dpi", "srgb"}


def test_the_users_settings_neither_change_a_chart_nor_are_changed() -> None:
    before = overview_chart("flights", flights()).png
    odd = {
        "text.usetex": True,
        "text.hinting": "force_autohint",
        "font.family": ["no such font"],
        "font.size": 30.0,
        "lines.linewidth": 9.0,
        "lines.dashed_pattern": [9.0, 9.0],
        "path.sketch": (9.0, 9.0, 9.0),
        "figure.dpi": 10.0,
        "savefig.dpi": 10.0,
    }
    with mpl.rc_context(odd):  # type: ignore[arg-type]
        kept = dict(mpl.rcParams)
        assert overview_chart("flights", flights()).png == before
        assert dict(mpl.rcParams) == kept


def test_a_chart_is_drawn_without_pyplot_without_figures_and_without_the_engine() -> None:
    code = (
        "import sys; from model_checks.report.charts import overview_chart\n"
        "assert overview_chart('m', []).png\n"
        "print(sorted({'matplotlib.pyplot', 'matplotlib.figure', 'duckdb'} & set(sys.modules)))"
    )
    command = [sys.executable, "-W", "error::UserWarning", "-c", code]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout == "[]\n"


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
