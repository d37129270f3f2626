"""The confusion matrix as marks: the size of its cells, and the figures in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model_checks.metrics.statistics import Floats
from model_checks.report.charts.axes import BLUE, MARGIN, ORANGE, captioned
from model_checks.report.charts.canvas.text import shortened, text_width
from model_checks.report.charts.marks import GREY, INK, PALE, WIDTH, Label, Line, Mark, Raster
from model_checks.report.charts.scales import short_count

if TYPE_CHECKING:  # drawing needs the fields alone, and not the engine that fills them
    from model_checks.measure.curves import Confusion

MOST_WITH_FIGURES = 30
"""With more classes than this, cells have no room for a figure."""

MOST_CLASSES = 110
"""With more classes than this, neighbours are pooled."""

_LONGEST_LABEL = 96.0
_TOTALS = 44.0  # room for the rows of each class
_HEAD = 22.0  # from the caption to the names of the columns
_DARK = 0.4  # share from which a cell is dark enough for white type


@dataclass(frozen=True)
class Matrix:
    """A confusion matrix laid out on the picture, with lengths in pixels.

    Attributes
    ----------
    labels, counts
        The names of the K classes or groups of classes drawn, and their rows, shape (K, K).
    left, top, head
        The left edge of the whole, the upper edge of the cells, and that of the names above them.
    label
        The width of the room for the names of the rows.
    width, height
        The size of a cell.
    """

    labels: tuple[str, ...]
    counts: Floats
    classes: int
    left: float
    head: float
    top: float
    label: float
    width: float
    height: float

    @classmethod
    def laid_out(cls, confusion: "Confusion", left: float, head: float) -> "Matrix":
        """Return the largest matrix that fits between ``left`` and the margin, below ``head``."""
        rows = np.nan_to_num(np.asarray(confusion.rows, dtype=float))
        labels, counts = pooled(confusion.labels, rows)
        size = max(len(labels), 1)
        names = [text_width(shortened(text, _LONGEST_LABEL, 9.5), 9.5) for text in labels]
        widest = max(names, default=0.0)
        label = 26 + max(widest, 20.0)
        width = min((WIDTH - MARGIN - _TOTALS - left - label) / size, 96.0)
        height = width if size > 12 else min(width, 40.0 if size > 2 else 84.0)
        top = head + _HEAD + (widest if _upright(width) else 10.0)
        return cls(labels, counts, len(rows), left, head, top, label, width, height)

    @property
    def start(self) -> float:
        """Return the left edge of the cells."""
        return self.left + self.label

    @property
    def end(self) -> float:
        """Return the right edge of the cells."""
        return self.start + self.width * len(self.labels)

    @property
    def bottom(self) -> float:
        """Return the lower edge of the cells."""
        return self.top + self.height * len(self.labels)

    @property
    def roomy(self) -> bool:
        """Return whether a cell has room for a count above its share."""
        return self.width >= 38 and self.height >= 30

    def marks(self) -> Iterator[Mark]:
        """Yield all marks of the matrix, from the back to the front."""
        share = shares(self.counts)
        yield captioned(self.left, self.head - 16, "Confusion matrix")
        area = (self.end - self.start, self.bottom - self.top)
        yield Raster(self.start, self.top, *area, colours(share))
        yield from self._lines()
        yield from self._names()
        if len(self.labels) <= MOST_WITH_FIGURES:
            yield from self._figures(share)
        yield Label(self.left, self.bottom + 17, self._key(), 9, GREY)

    def _lines(self) -> Iterator[Mark]:
        """Yield the lines around the matrix, and between its cells unless they are too small."""
        size = len(self.labels)
        for k in range(1, size) if size <= MOST_WITH_FIGURES else ():
            x, y = self.start + k * self.width, self.top + k * self.height
            yield Line([(x, self.top), (x, self.bottom)], "#ffffff")
            yield Line([(self.start, y), (self.end, y)], "#ffffff")
        across, down = (self.start, self.end), (self.top, self.bottom)
        corners = [(across[i], down[j]) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
        yield Line(corners, PALE, 0.8)

    def _names(self) -> Iterator[Mark]:
        """Yield the names of the sides, the classes that have room, and the rows of each class."""
        middle = (self.start + self.end) / 2
        yield Label(middle, self.head + 4, "predicted", 9.5, GREY, align="centre")
        middle = (self.top + self.bottom) / 2
        yield Label(self.left + 5, middle, "actual", 9.5, GREY, align="centre", rotated=True)
        yield Label(self.end + _TOTALS, self.top - 9, "rows", 8.5, GREY, align="right")
        type_size = 9.5 if self.height > 13 else 8.5
        for k in range(0, len(self.labels), max(1, int(np.ceil(10.5 / self.height)))):
            x, y = self.start + (k + 0.5) * self.width, self.top + (k + 0.5) * self.height
            text = shortened(self.labels[k], _LONGEST_LABEL, 9.5)
            yield Label(self.start - 6, y, text, type_size, align="right")
            if _upright(self.width):
                yield Label(x, self.top - 6, text, type_size, rotated=True)
            else:
                text = shortened(self.labels[k], self.width - 4, 9.5)
                yield Label(x, self.top - 9, text, 9.5, align="centre")
            rows = short_count(float(self.counts[k].sum()))
            yield Label(self.end + _TOTALS, y, rows, 8.5, GREY, align="right")

    def _figures(self, share: Floats) -> Iterator[Mark]:
        """Yield the rows and share of each cell, or the share alone where room is short."""
        for i, j in np.argwhere(self.counts > 0).tolist():
            colour = "#ffffff" if share[i, j] > _DARK else INK
            x, y = self.start + (j + 0.5) * self.width, self.top + (i + 0.5) * self.height
            part = f"{100 * share[i, j]:.0f}"
            if self.roomy:
                count = self._count(float(self.counts[i, j]))
                yield Label(x, y - 7, count, 10.5, colour, bold=True, align="centre")
                yield Label(x, y + 8, f"{part} %", 9, colour, align="centre")
            elif share[i, j] >= 0.005:
                size = 9.0 if self.width >= 24 else 7.5
                yield Label(x, y, part, size, colour, align="centre")

    def _count(self, count: float) -> str:
        """Return a count in full where it fits in a cell, else a short one."""
        full = f"{count:,.0f}"
        return full if text_width(full, 10.5, bold=True) < self.width - 6 else short_count(count)

    def _key(self) -> str:
        hues = "blue right, orange wrong"
        if len(self.labels) < self.classes:
            return f"{self.classes:,} classes pooled into {len(self.labels)}; {hues}"
        return f"{'share' if self.roomy else 'per cent'} of each actual class; {hues}"


def _upright(width: float) -> bool:
    """Return whether the names of the columns have to be turned."""
    return width < 52


def shares(rows: Floats) -> Floats:
    """Return each row of counts as shares of its sum, shape (K, K); zeros for an empty class."""
    total = rows.sum(axis=1, keepdims=True)
    share: Floats = rows / np.where(total > 0, total, 1.0)
    return share


def pooled(labels: tuple[str, ...], counts: Floats) -> tuple[tuple[str, ...], Floats]:
    """Return labels and counts with neighbouring classes pooled, so that cells can be seen."""
    if len(labels) <= MOST_CLASSES:
        return labels, counts
    starts = np.arange(0, len(labels), -(-len(labels) // MOST_CLASSES))
    taken = np.add.reduceat(np.add.reduceat(counts, starts, axis=0), starts, axis=1)
    return tuple(labels[start] for start in starts), taken


def colours(share: Floats) -> NDArray[np.uint8]:
    """Return the cells' colours, shape (K, K, 3); the root makes rare mistakes visible."""
    right = np.eye(len(share), dtype=bool)[:, :, None]
    full = np.where(right, _rgb(BLUE), _rgb(ORANGE))
    strength = np.where(share > 0, 0.08 + 0.92 * np.sqrt(np.clip(share, 0, 1)), 0)[:, :, None]
    return np.asarray(255 * (1 - strength) + full * strength).round().astype(np.uint8)


def _rgb(colour: str) -> Floats:
    return np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)], dtype=float)
