"""The chart of several labels a row: a bar for what became of each."""

from dataclasses import replace

import numpy as np
import pytest
from support.charts import OUTCOMES, outcomes, texts

from model_checks.report.charts import outcomes_chart
from model_checks.report.charts.axes import BLUE, LIGHT, ORANGE
from model_checks.report.charts.marks import Box, Drawing
from model_checks.report.charts.multilabel import MOST_DRAWN, f1_of, outcomes_drawing


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
