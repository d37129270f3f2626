"""The charts of a classifier: the ROC curve with the threshold in use, and the confusion matrix."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from model_checks.report.charts import canvas
from model_checks.report.charts.axes import (
    BLUE,
    MARGIN,
    ORANGE,
    Frame,
    axes,
    captioned,
    diagonal,
    grid,
    heading,
)
from model_checks.report.charts.canvas.text import readable, text_width
from model_checks.report.charts.confusion_matrix import Matrix, shares
from model_checks.report.charts.marks import Dot, Drawing, Label, Line, Mark
from model_checks.report.charts.scales import Scale, counted_rows
from model_checks.report.picture import Chart
from model_checks.text.figures import figure

if TYPE_CHECKING:  # drawing needs the fields alone, and not the engine that fills them
    from model_checks.measure.curves import Confusion, RocCurve

_SIDE = 232.0  # length of the ROC curve's sides, in pixels
_TOP = 86.0
_TOLD = 4  # classes that the alternative text tells of


def roc_and_confusion_chart(
    model: str, title: str, roc: "RocCurve | None", confusion: "Confusion"
) -> Chart:
    """Return the chart of a classifier: the confusion matrix, and any ROC curve.

    Parameters
    ----------
    model
        The name of the model.
    title
        The title of the check, or of the model.
    roc
        The ROC curve; None for more than two classes, or without scores.
    confusion
        The confusion matrix of at least one class.
    """
    png = canvas.png(classification_drawing(title, roc, confusion))
    return Chart(model, readable(title), classification_text(title, roc, confusion), png)


def classification_text(title: str, roc: "RocCurve | None", confusion: "Confusion") -> str:
    """Return the chart in words: the curve's area and point in use, and how each class fared."""
    rows = np.nan_to_num(confusion.rows)
    sentences = [f"{title}: {counted_rows(rows.sum())}"]
    if roc:
        sentences.append(f"ROC curve with an area of about {figure(area(roc), 2)}")
        if (point := point_in_use(confusion)) is not None:
            sentences.append(
                f"in use: true positive rate {figure(point[1], 3)}, "
                f"false positive rate {figure(point[0], 3)}"
            )
    share = shares(rows)
    worst = sorted(np.flatnonzero(rows.sum(axis=1)).tolist(), key=lambda k: float(share[k, k]))
    sentences += [
        f"of {counted_rows(rows[k].sum())} that are {confusion.labels[k]}, {rows[k, k]:,.0f} "
        f"({figure(100 * share[k, k], 1)} %) were predicted so"
        for k in worst[:_TOLD]
    ]
    if len(worst) > _TOLD:
        sentences.append(f"of the other classes ({len(worst) - _TOLD:,}) a larger share was")
    return readable("; ".join(sentences) + ".")


def area(roc: "RocCurve") -> float:
    """Return the area under the curve as drawn, which has fewer points than there are rows."""
    heights = (roc.true_positive_rate[1:] + roc.true_positive_rate[:-1]) / 2
    return float(np.diff(roc.false_positive_rate) @ heights)


def point_in_use(confusion: "Confusion") -> tuple[float, float] | None:
    """Return the false and true positive rate in use; None unless both classes occur."""
    rows = np.nan_to_num(confusion.rows)
    if rows.shape != (2, 2) or not rows.sum(axis=1).all():
        return None
    share = shares(rows)
    return float(share[0, 1]), float(share[1, 1])


def classification_drawing(title: str, roc: "RocCurve | None", confusion: "Confusion") -> Drawing:
    """Return the marks of the chart, before they are drawn."""
    marks = heading(title, counted_rows(np.nan_to_num(confusion.rows).sum()))
    left, least = MARGIN, 0.0
    if roc:
        left, least = MARGIN + 44 + _SIDE + 30, _TOP + _SIDE + 44
        marks += _roc(roc, point_in_use(confusion))
    matrix = Matrix.laid_out(confusion, left, _TOP)
    marks += matrix.marks()
    return Drawing(max(least, matrix.bottom + 34), marks)


def _roc(roc: "RocCurve", in_use: tuple[float, float] | None) -> Iterator[Mark]:
    left = MARGIN + 44
    frame = Frame(Scale(0, 1, left, left + _SIDE), Scale(0, 1, _TOP + _SIDE, _TOP))
    ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
    yield captioned(MARGIN, _TOP - 16, "ROC curve")
    yield from grid(frame, ticks[1:])
    yield from axes(frame, ("false positive rate", "true positive rate"), (ticks, ticks))
    yield from diagonal(frame)
    rates = zip(roc.false_positive_rate.tolist(), roc.true_positive_rate.tolist(), strict=True)
    yield Line([frame.at(x, y) for x, y in rates], BLUE, 2)
    x, y = frame.at(1, 0)
    yield Label(x - 6, y - 12, f"area {figure(area(roc), 2)}", 10, BLUE, bold=True, align="right")
    if in_use:
        yield Dot(x - 6 - text_width("threshold in use", 9) - 10, y - 29, "circle", ORANGE)
        yield Label(x - 6, y - 29, "threshold in use", 9, ORANGE, align="right")
        yield Dot(*frame.at(*in_use), "circle", ORANGE, 9)
