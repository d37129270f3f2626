"""Texts in charts: any can be drawn, and none runs over another or over the edge."""

import itertools
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.charts import (
    AGAINST,
    CONFUSION,
    ERRORS,
    LABELS,
    OUTCOMES,
    ROC,
    classes,
    flights,
    many,
    outcomes,
    pixels,
    result,
)

from model_checks.judging.results import error_of
from model_checks.judging.verdict import Verdict
from model_checks.measure.curves import Confusion, ErrorHistogram, PredictedAgainstActual
from model_checks.plan.checks import Bound
from model_checks.report.charts import (
    outcomes_chart,
    overview_chart,
    regression_chart,
    roc_and_confusion_chart,
)
from model_checks.report.charts.canvas import SCALE
from model_checks.report.charts.canvas.text import (
    CAPITAL,
    drawable,
    readable,
    shortened,
    text_width,
)
from model_checks.report.charts.classification import classification_drawing
from model_checks.report.charts.marks import WIDTH, Drawing, Label, Line
from model_checks.report.charts.multilabel import outcomes_drawing
from model_checks.report.charts.overview import overview_drawing
from model_checks.report.charts.regression import regression_drawing

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
