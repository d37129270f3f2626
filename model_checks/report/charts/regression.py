"""The chart of a regression: predicted against actual values, and how the errors are spread."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model_checks.metrics.statistics import Floats
from model_checks.report.charts import canvas
from model_checks.report.charts.axes import (
    LIGHT,
    MARGIN,
    ORANGE,
    Frame,
    axes,
    captioned,
    diagonal,
    heading,
)
from model_checks.report.charts.canvas.text import readable
from model_checks.report.charts.marks import (
    GREY,
    INK,
    WIDTH,
    Box,
    Drawing,
    Label,
    Line,
    Mark,
    Raster,
)
from model_checks.report.charts.scales import Scale, counted_rows, short_count
from model_checks.report.picture import Chart
from model_checks.text.figures import decimals_for, figure

if TYPE_CHECKING:  # drawing needs the fields alone, and not the engine that fills them
    from model_checks.measure.curves import ErrorHistogram, PredictedAgainstActual

_SIDE = 226.0
_TOP = 86.0


def regression_chart(
    model: str, title: str, against: "PredictedAgainstActual", errors: "ErrorHistogram"
) -> Chart:
    """Return the chart of predicted against actual values, and of the errors' histogram.

    Parameters
    ----------
    model
        The name of the model.
    title
        The title of the check, or of the model.
    against, errors
        The counts of rows in bins, with edges that ascend.
    """
    png = canvas.png(regression_drawing(title, against, errors))
    return Chart(model, readable(title), regression_text(title, errors), png)


def regression_text(title: str, errors: "ErrorHistogram") -> str:
    """Return the chart in words: the rows, the mean error, and where the middle half lies."""
    rows = np.nan_to_num(errors.rows)
    text = f"{title}: {counted_rows(rows.sum())}"
    if rows.sum() > 0:
        low, middle, high = (quantile(errors, share) for share in (0.25, 0.5, 0.75))
        digits = _digits(errors.edges)
        text += (
            f"; predicted minus actual is about {figure(mean_error(errors), digits)} on average, "
            f"its median about {figure(middle, digits)}, and half of the rows lie "
            f"between {figure(low, digits)} and {figure(high, digits)}"
        )
    return readable(text + ".")


def mean_error(errors: "ErrorHistogram") -> float:
    """Return the mean error as far as bins tell; values beyond the outermost count as in them."""
    rows = np.nan_to_num(errors.rows)
    return float(rows @ (errors.edges[:-1] + errors.edges[1:]) / 2 / max(rows.sum(), 1e-300))


def quantile(errors: "ErrorHistogram", share: float) -> float:
    """Return the error that a share of the rows lies below, taken as even within a bin."""
    rows = np.nan_to_num(errors.rows)
    below = np.concatenate([[0.0], rows.cumsum()]) / max(rows.sum(), 1e-300)
    return float(np.interp(share, below, errors.edges))


def _digits(edges: Floats) -> int:
    """Return the decimals that show three figures of the histogram's width."""
    return decimals_for(float(edges[-1] - edges[0]))


def regression_drawing(
    title: str, against: "PredictedAgainstActual", errors: "ErrorHistogram"
) -> Drawing:
    """Return the marks of the chart, before they are drawn."""
    marks = heading(title, counted_rows(np.nan_to_num(errors.rows).sum()))
    marks += _against(against)
    marks += _histogram(errors)
    y = _TOP + _SIDE + 50
    note = "outermost bins hold what lies beyond"
    marks.append(Label(WIDTH - MARGIN, y, note, 9, GREY, align="right"))
    return Drawing(y + 14, marks)


def _against(against: "PredictedAgainstActual") -> Iterator[Mark]:
    left = MARGIN + 48
    low, high = float(against.edges[0]), float(against.edges[-1])
    frame = Frame(Scale(low, high, left, left + _SIDE), Scale(low, high, _TOP + _SIDE, _TOP))
    rows = np.nan_to_num(against.rows)
    yield captioned(MARGIN, _TOP - 16, "Predicted against actual")
    yield Raster(left, _TOP, _SIDE, _SIDE, _colours(_even(rows, against.edges)))
    yield from diagonal(frame)
    ticks = frame.across.ticks(5)
    yield from axes(frame, ("actual", "predicted"), (ticks, ticks))
    note = f"line: predicted = actual; darker: more rows (up to {short_count(_most(rows))})"
    yield Label(MARGIN, _TOP + _SIDE + 50, note, 9, GREY)


def _most(rows: Floats) -> float:
    return float(rows.max(initial=0.0))


def _even(rows: Floats, edges: Floats) -> Floats:
    """Return the counts in bins of equal width, resampled from bins of any width."""
    widths = np.diff(edges)
    if np.allclose(widths, widths[0]):
        return rows
    middles = np.linspace(edges[0], edges[-1], 201)
    shown = np.searchsorted(edges, (middles[:-1] + middles[1:]) / 2, side="right") - 1
    return rows[shown][:, shown]


def _colours(rows: Floats) -> NDArray[np.uint8]:
    """Return colours of bins, shape (B predicted, highest first, B actual, 3), in log scale."""
    most = _most(rows)
    strength = np.log1p(rows) / np.log1p(most) if most > 0 else np.zeros_like(rows)
    strength = np.where(rows > 0, 0.12 + 0.88 * strength, 0.0).T[::-1, :, None]
    white, full = np.array([247.0, 248.0, 249.0]), np.array([16.0, 62.0, 110.0])
    return np.asarray(white * (1 - strength) + full * strength).round().astype(np.uint8)


def _histogram(errors: "ErrorHistogram") -> Iterator[Mark]:
    left = MARGIN + 48 + _SIDE + 40
    rows, edges = np.nan_to_num(errors.rows), errors.edges
    frame = Frame(
        Scale(float(edges[0]), float(edges[-1]), left, WIDTH - MARGIN),
        Scale(0, 1.12 * _most(rows) or 1.0, _TOP + _SIDE, _TOP),
    )
    yield captioned(left, _TOP - 16, "Errors")
    for low, high, count in zip(edges[:-1], edges[1:], rows, strict=True):
        if count > 0:
            (x, y), (x_end, bottom) = frame.at(low, count), frame.at(high, 0)
            yield Box(x, y, max(x_end - x - 0.7, 0.7), bottom - y, LIGHT)
    yield from axes(frame, ("predicted − actual", ""), (frame.across.ticks(5), ()))
    yield from _levels(errors, frame)


def _levels(errors: "ErrorHistogram", frame: Frame) -> Iterator[Mark]:
    """Yield the lines at no error and at the mean error."""
    if frame.across.holds(0.0):
        x = frame.across.at(0.0)
        yield Line([(x, frame.upright.start), (x, frame.upright.end)], INK, 1.2)
    if np.nan_to_num(errors.rows).sum() > 0:
        mean = mean_error(errors)
        x = frame.across.at(mean)
        yield Line([(x, frame.upright.start), (x, frame.upright.end)], ORANGE, 1.4, dashed=True)
        text = f"mean about {figure(mean, _digits(errors.edges))}"
        yield Label(WIDTH - MARGIN, _TOP - 16, text, 10, ORANGE, bold=True, align="right")
