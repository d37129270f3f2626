"""The chart of a classifier: its ROC curve, and a confusion matrix of any size."""

import numpy as np
import pytest
from support.charts import CONFUSION, LABELS, ROC, classes, dots, texts

from model_checks.measure.curves import Confusion
from model_checks.report.charts import roc_and_confusion_chart
from model_checks.report.charts.axes import BLUE
from model_checks.report.charts.classification import area, classification_drawing, point_in_use
from model_checks.report.charts.confusion_matrix import (
    MOST_CLASSES,
    MOST_WITH_FIGURES,
    colours,
    pooled,
    shares,
)
from model_checks.report.charts.marks import WIDTH, Label, Line, Raster


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
