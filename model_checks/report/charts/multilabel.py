"""The chart of a multilabel model: the rows of each label found, missed and wrongly predicted."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np

from model_checks.metrics.statistics import Floats
from model_checks.report.charts import canvas
from model_checks.report.charts.axes import BLUE, LIGHT, MARGIN, ORANGE, captioned, heading
from model_checks.report.charts.canvas.text import readable, shortened, text_width
from model_checks.report.charts.marks import GREY, WIDTH, Box, Drawing, Label, Mark
from model_checks.report.charts.scales import Scale, counted_rows, short_count
from model_checks.report.picture import Chart
from model_checks.text import counted
from model_checks.text.figures import figure

if TYPE_CHECKING:  # drawing needs the fields alone, and not the engine that fills them
    from model_checks.measure.curves import LabelOutcomes

MOST_DRAWN = 30
"""The most labels that are drawn; of more labels, those of the lowest F1 are."""

_TOLD = 4  # labels that the alternative text tells of
_TOP, _ROW, _BAR = 92.0, 20.0, 12.0
_BARS = Scale(0, 1, MARGIN + 140, MARGIN + 360)
_HUES = {"found": BLUE, "missed": LIGHT, "wrongly predicted": ORANGE}


Value = TypeVar("Value")


class _Columns(NamedTuple, Generic[Value]):
    """What stands right of a bar; the names are the headings."""

    rows: Value
    precision: Value
    recall: Value
    F1: Value


_ENDS = _Columns(424.0, 482.0, 532.0, WIDTH - MARGIN)


def outcomes_chart(model: str, title: str, outcomes: "LabelOutcomes") -> Chart:
    """Return the chart of outcomes: a bar for each label, parted into its outcomes.

    Parameters
    ----------
    model
        The name of the model.
    title
        The title of the check, or of the model.
    outcomes
        The outcomes of at least one label.
    """
    png = canvas.png(outcomes_drawing(title, outcomes))
    return Chart(model, readable(title), outcomes_text(title, outcomes), png)


def outcomes_text(title: str, outcomes: "LabelOutcomes") -> str:
    """Return the chart in words: how the labels of the lowest F1 fared."""
    sentences = [f"{title}: {_size(outcomes)}"]
    worst = np.argsort(f1_of(outcomes), kind="stable").tolist()
    for k in worst[:_TOLD]:
        found, wrong, missed = (int(part[k]) for part in _parts(outcomes))
        sentences.append(
            f"{outcomes.labels[k]} was found in {found:,} of {counted_rows(found + missed)} "
            f"and wrongly predicted in {wrong:,}"
        )
    if len(worst) > _TOLD:
        sentences.append(f"the other labels ({len(worst) - _TOLD:,}) have no lower F1")
    return readable("; ".join(sentences) + ".")


def outcomes_drawing(title: str, outcomes: "LabelOutcomes") -> Drawing:
    """Return the marks of the chart, before they are drawn."""
    drawn = _drawn(outcomes)
    marks = heading(title, _size(outcomes))
    caption = "Of the rows in which a label is true or predicted"
    if len(drawn) < len(outcomes.labels):
        caption += f", the {len(drawn)} labels of the lowest F1"
    marks.append(captioned(MARGIN, _TOP - 26, caption))
    for name, x in zip(_Columns._fields, _ENDS, strict=True):
        marks.append(Label(x, _TOP - 6, name, 8.5, GREY, align="right"))
    for place, k in enumerate(drawn):
        marks += _row(outcomes, k, _TOP + (place + 0.5) * _ROW + 4)
    bottom = _TOP + len(drawn) * _ROW + 22
    marks += _key(bottom)
    return Drawing(bottom + 18, marks)


def _row(outcomes: "LabelOutcomes", k: int, y: float) -> Iterator[Mark]:
    """Yield a label's name, its bar and its figures."""
    room = _BARS.start - MARGIN - 8
    yield Label(MARGIN, y, shortened(outcomes.labels[k], room, 9.5), 9.5)
    found, wrong, missed = (float(part[k]) for part in _parts(outcomes))
    rows = found + wrong + missed
    if not rows:
        yield Label(_BARS.start, y, "neither true nor predicted in any row", 9, GREY)
        return
    begin = 0.0
    for hue, part in zip(_HUES.values(), (found, missed, wrong), strict=True):
        left, right = _BARS.at(begin / rows), _BARS.at((begin + part) / rows)
        if part:
            yield Box(left, y - _BAR / 2, right - left, _BAR, hue)
        begin += part
    figures = _Columns(
        short_count(rows),
        _share(found, found + wrong),
        _share(found, found + missed),
        _share(2 * found, rows + found),
    )
    for text, x in zip(figures, _ENDS, strict=True):
        yield Label(x, y, text, 9, align="right")


def _share(part: float, whole: float) -> str:
    return figure(part / whole, 2) if whole else "–"


def _key(y: float) -> Iterator[Mark]:
    x = _BARS.start
    for name, hue in _HUES.items():
        yield Box(x, y - 4, 8, 8, hue)
        yield Label(x + 12, y, name, 9, GREY)
        x += 12 + text_width(name, 9) + 18


def _drawn(outcomes: "LabelOutcomes") -> list[int]:
    """Return the positions of the labels that are drawn, in ascending order."""
    worst = np.argsort(f1_of(outcomes), kind="stable")
    return sorted(worst[:MOST_DRAWN].tolist())


def f1_of(outcomes: "LabelOutcomes") -> Floats:
    """Return the F1 of each label, shape (L,); 0 for a label neither true nor predicted."""
    found, wrong, missed = _parts(outcomes)
    whole = 2 * found + wrong + missed
    return np.divide(2 * found, whole, out=np.zeros(len(whole)), where=whole > 0)


def _parts(outcomes: "LabelOutcomes") -> tuple[Floats, Floats, Floats]:
    return outcomes.found, outcomes.wrong, outcomes.missed


def _size(outcomes: "LabelOutcomes") -> str:
    return f"{counted_rows(outcomes.rows)}, {counted(len(outcomes.labels), 'label')}"
