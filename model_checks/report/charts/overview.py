"""The overview of a model's checks in one picture: estimates, intervals and bounds.

First come the metrics of all rows, one a row, each on its own scale with its figures beside it.
Then each segmentation has a block: a row a segment, a column a metric, and one scale a column.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.report.charts import canvas
from model_checks.report.charts.canvas.text import readable, shortened, text_width
from model_checks.report.charts.interval_row import (
    AGREED,
    LOOKS,
    ROW,
    agreed_text,
    common_scale,
    interval_text,
    plotted,
    value_text,
)
from model_checks.report.charts.layout import Arrangement, Block, arranged, tally, tally_text, word
from model_checks.report.charts.marks import (
    FAINT,
    GREY,
    INK,
    WIDTH,
    Box,
    Dot,
    Drawing,
    Label,
    Line,
    Mark,
)
from model_checks.report.charts.scales import Scale, tick_label
from model_checks.report.picture import Chart
from model_checks.text import counted, one_line
from model_checks.text.figures import percent

_MARGIN = 16.0
_GAP = 20.0  # between columns
_LEAST_LABEL, _MOST_LABEL = 56.0, 150.0
_AIR = 12.0  # between figures
_LEAST_PLOT, _LEAST_OF_TWO = 56.0, 24.0  # least width of a plot beside figures, alone and abreast
_TOLD, _LONGEST = 6, 300  # results in the alternative text, characters of each


@dataclass(frozen=True)
class _Frame:
    """The left edges of a row's label and plot, and the right edges of its plot and texts."""

    left: float
    plot: float
    plot_end: float
    right: float


def overview_chart(model: str, results: Sequence[Result]) -> Chart:
    """Return the chart of all checks of a model, with estimates, intervals and bounds.

    Parameters
    ----------
    model
        The name of the model.
    results
        The results of the model, in the order of the file.
    """
    png = canvas.png(overview_drawing(model, results))
    return Chart(model, f"{readable(model)}: all checks", overview_text(model, results), png)


def overview_text(model: str, results: Sequence[Result]) -> str:
    """Return the overview in words: the count of each verdict, failed checks, then the whole."""
    failed = [result for result in results if result.failed]
    others = [r for r in results if not r.failed and not r.check.segment]
    told = [*failed, *others][:_TOLD]
    sentences = [f"{model}: {counted(len(results), 'check')}, {tally_text(results)}"]
    sentences += [one_line(result.message, _LONGEST).rstrip(".") for result in told]
    if len(failed) > _TOLD:
        sentences.append(f"Failed, too: {counted(len(failed) - _TOLD, 'check')}")
    return readable(". ".join(sentences) + ".")


def overview_drawing(model: str, results: Sequence[Result]) -> Drawing:
    """Return the marks of the overview, before they are drawn."""
    arrangement = arranged(results)
    marks: list[Mark] = [
        Label(_MARGIN, 22, shortened(model, WIDTH - 2 * _MARGIN, 16, bold=True), 16, bold=True)
    ]
    summary = list(_summary(results, 46))
    marks += summary
    y = summary[-1].y + 20
    label = _label_width(arrangement)
    for block in arrangement.blocks:
        marks += _whole(block, y, label) if block.whole else _segments(block, y, label)
        y += _height(block)
    if left_out := arrangement.left_out:
        text = f"{counted(len(left_out), 'check')} not drawn for want of room"
        marks.append(Label(_MARGIN, y + 4, text, 10.5, bold=True))
        marks.append(Label(_MARGIN, y + 20, tally_text(left_out), 10, GREY))
        y += 40
    marks += _key(results, y + 6)
    return Drawing(y + 20, marks)


def _height(block: Block) -> float:
    heading, axis, gap = 24.0, 0.0 if block.whole else 16.0, 16.0
    return heading + ROW * len(block.rows) + axis + gap


def _label_width(arrangement: Arrangement) -> float:
    texts = [(row.label, 10.5) for block in arrangement.blocks for row in block.rows]
    texts += [(block.heading, 11) for block in arrangement.blocks]
    widest = max(
        (text_width(shortened(text, _MOST_LABEL), size, bold=True) for text, size in texts),
        default=0.0,
    )
    return min(max(widest, _LEAST_LABEL), _MOST_LABEL) + 14


def _summary(results: Sequence[Result], y: float) -> Iterator[Dot | Label]:
    """Yield the count of each verdict beside its marker, which serves as a legend."""
    x = _MARGIN
    yield Label(x, y, text := counted(len(results), "check"), 11, GREY)
    x += text_width(text, 11) + 16
    for verdict, count in tally(results):
        shape, colour = LOOKS[verdict]
        text = f"{count:,} {word(verdict)}"
        length = 13 + text_width(text, 11, bold=True)
        if x + length > WIDTH - _MARGIN:
            x, y = _MARGIN, y + 18
        yield Dot(x + 4, y, shape, colour)
        yield Label(x + 13, y, text, 11, colour, bold=True)
        x += length + 16


def _key(results: Sequence[Result], y: float) -> Iterator[Mark]:
    """Yield a key to the signs."""
    levels = {result.check.confidence for result in results}
    interval = f"{percent(levels.pop())} interval" if len(levels) == 1 else "interval"
    x = _MARGIN
    yield Line([(x, y), (x + 22, y)], GREY, 3)
    yield Dot(x + 11, y, "circle", GREY)
    yield Label(x + 28, y, text := f"estimate and {interval}", 9, GREY)
    x += 28 + text_width(text, 9) + 18
    yield Box(x, y - 6, 16, 12, AGREED)
    yield Line([(x, y - 6), (x, y + 6)], INK, 1.4)
    yield Label(x + 22, y, text := "bound and the agreed side", 9, GREY)
    x += 22 + text_width(text, 9) + 18
    if any(result.check.bound.warn is not None for result in results):
        yield Line([(x, y - 6), (x, y + 6)], LOOKS[Verdict.WARN][1], 1.4, dashed=True)
        yield Label(x + 6, y, "warning level", 9, GREY)


def _whole(block: Block, top: float, label: float) -> Iterator[Mark]:
    """Yield the rows of metrics on all rows, each with its plot, figures and verdict."""
    words = _word_width(block)
    right = WIDTH - _MARGIN - words
    results = [result for row in block.rows for result in row.results if result]
    value, others = _figure_widths(results, right - _MARGIN - label)
    frame = _Frame(_MARGIN, _MARGIN + label, right - value - others, right)
    yield Label(_MARGIN, top + 8, block.heading, 11, bold=True)
    if len(block.rows) > 1:
        yield Label(frame.plot, top + 8, "each on a scale of its own", 9.5, GREY)
    for number_, row in enumerate(block.rows):
        [result] = filter(None, row.results)
        y = top + 24 + ROW * (number_ + 0.5)
        yield from _row_label(row.label, [result], y, label)
        yield from plotted(result, common_scale([result], frame.plot, frame.plot_end), y)
        yield from _figures(result, right - others, right, y)
        yield _word(result, right + 8, y)


def _figure_widths(results: Sequence[Result], room: float) -> tuple[float, float]:
    """Return the widths of the values, and of the intervals with bounds, as far as they fit.

    Intervals give way first, since they are drawn as well.
    """
    value = _widest((_width(value_text(one), 10, bold=True) for one in results), room)
    bounds = [_width(agreed_text(one), 9) for one in results]
    intervals = [_width(interval_text(one), 9) for one in results]
    pairs = [sum(pair) for pair in zip(bounds, intervals, strict=True)]
    return value, _widest([*pairs, *bounds], room - value)


def _widest(widths: Iterable[float], room: float, plot: float = _LEAST_PLOT) -> float:
    """Return the largest width that leaves enough of ``room`` for a plot."""
    return max((width for width in widths if width <= room - plot), default=0.0)


def _width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a figure with the air beside it."""
    return text_width(text, size, bold=bold) + _AIR


def _figures(result: Result, x: float, right: float, y: float) -> Iterator[Label]:
    """Yield the value that ends at ``x``, the interval and the bound, each whole or not at all.

    A part of a figure would be read as another.
    """
    value, bound, interval = value_text(result), agreed_text(result), interval_text(result)
    yield Label(x, y, value, 10, align="right", bold=True)
    free = right - x - _width(bound, 9) + 0.01  # its own width leaves room for the widest
    if free >= 0:
        yield Label(right, y, bound, 9, align="right")
    if free >= _width(interval, 9):
        yield Label(x + _AIR, y, interval, 9, GREY)


def _segments(block: Block, top: float, label: float) -> Iterator[Mark]:
    """Yield columns of plots, each with its metric and bound above and its axis below."""
    yield Label(_MARGIN, top + 8, shortened(block.heading, label - 8, 11, bold=True), 11, bold=True)
    for number_, row in enumerate(block.rows):
        y = top + 24 + ROW * (number_ + 0.5)
        yield from _row_label(row.label, [r for r in row.results if r], y, label)
    words = _word_width(block)
    room = (WIDTH - 2 * _MARGIN - label + _GAP) / len(block.columns)
    for place, metric in enumerate(block.columns):
        left = _MARGIN + label + place * room
        right = left + room - _GAP
        results = [row.results[place] for row in block.rows]
        there = [result for result in results if result]
        widths = (_width(value_text(result), 9.5) for result in there)
        figures = _widest(widths, right - left - words, _LEAST_OF_TWO)
        frame = _Frame(left, left, right - words - figures, right)
        yield from _heading(metric, there, frame, top + 8)
        yield from _cells(results, frame, top + 24, words)


def _heading(metric: str, results: Sequence[Result], frame: _Frame, y: float) -> Iterator[Mark]:
    """Yield the metric, cut where there is no room, beside the bound, which is never cut."""
    texts = [agreed_text(result) for result in results]  # with more decimals or fewer
    alike = len({(result.check.bound.min, result.check.bound.max) for result in results}) == 1
    text = min(texts, key=len) if alike else "bounds differ"
    metric = shortened(
        metric, frame.right - frame.left - text_width(text, 9.5) - 7, 10.5, bold=True
    )
    yield Label(frame.left, y, metric, 10.5, bold=True)
    x = frame.left + text_width(metric, 10.5, bold=True) + 7
    if x + text_width(text, 9.5) <= frame.right:
        yield Label(x, y, text, 9.5, GREY)


def _cells(
    results: Sequence[Result | None], frame: _Frame, top: float, words: float
) -> Iterator[Mark]:
    """Yield a column of plots on one scale, with its axis."""
    judged = [result for result in results if result]
    scale = common_scale(judged, frame.plot, frame.plot_end)
    x = frame.right - words
    figures = x - frame.plot_end
    for number_, result in enumerate(results):
        if result:
            y = top + ROW * (number_ + 0.5)
            yield from plotted(result, scale, y)
            if _width(value_text(result), 9.5) <= figures:
                yield Label(x, y, value_text(result), 9.5, align="right")
            if result.verdict is not Verdict.PASS:
                yield _word(result, frame.right - words + 6, y)
    bottom = top + ROW * len(results)
    for tick in _ticks(scale):
        x = scale.at(tick)
        yield Line([(x, bottom), (x, bottom + 3)], GREY, 0.8)
        yield Label(x, bottom + 10, tick_label(tick), 8.5, GREY, align="centre")


def _ticks(scale: Scale) -> Sequence[float]:
    """Return as many round numbers as differ in their labels and leave air between them."""
    for most in range(int((scale.end - scale.start) / 34), 0, -1):
        ticks = scale.ticks(most)
        labels = [tick_label(tick) for tick in ticks]
        taken = max((text_width(label, 8.5) for label in labels), default=0.0) + 6
        apart = [scale.at(b) - scale.at(a) for a, b in itertools.pairwise(ticks)]
        if len({*labels}) == len(labels) and all(length >= taken for length in apart):
            return ticks
    return []


def _row_label(text: str, results: Iterable[Result], y: float, room: float) -> Iterator[Mark]:
    failed = any(result.failed for result in results)
    yield Line([(_MARGIN, y + ROW / 2), (WIDTH - _MARGIN, y + ROW / 2)], FAINT, 0.8)
    text = shortened(text, room - 8, 10.5, bold=failed)
    yield Label(_MARGIN, y, text, 10.5, bold=failed)


def _word_width(block: Block) -> float:
    """Return the width of the verdicts' room; beside segments, a pass needs no word."""
    shown = {r.verdict for row in block.rows for r in row.results if r}
    words = [word(v) for v in shown if block.whole or v is not Verdict.PASS]
    return max((text_width(text, 9, bold=True) for text in words), default=0.0) + 8


def _word(result: Result, x: float, y: float) -> Label:
    return Label(x, y, word(result.verdict), 9, LOOKS[result.verdict][1], bold=True)
