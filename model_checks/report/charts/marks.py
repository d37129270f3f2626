"""The marks that a chart is made of, at positions in pixels from the upper left corner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

WIDTH = 600
"""The width of every chart, which fits a mail."""

INK, GREY, PALE, FAINT = "#1f2933", "#66707c", "#cfd4da", "#eceef1"
Point = tuple[float, float]
Shape = Literal["circle", "ring", "triangle", "diamond", "cross"]
Align = Literal["left", "centre", "right"]


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True)
class Line:
    """A line through points."""

    points: Sequence[Point]
    colour: str = INK
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True)
class Dot:
    """A marker around a point; verdicts differ in its shape, not in its colour alone."""

    x: float
    y: float
    shape: Shape
    colour: str
    size: float = 8.0


@dataclass(frozen=True)
class Label:
    """A line of text.

    Attributes
    ----------
    x, y
        The point that the text is aligned to; in height the text is centred on it.
    rotated
        Whether the text reads upwards; then ``align`` goes along the text, from below.
    """

    x: float
    y: float
    text: str
    size: float = 10.0
    colour: str = INK
    bold: bool = False
    align: Align = "left"
    rotated: bool = False


@dataclass(frozen=True)
class Raster:
    """A grid of colours, shape (rows from above, columns, 3), stretched over a rectangle."""

    x: float
    y: float
    width: float
    height: float
    colours: NDArray[np.uint8]


Mark = Box | Line | Dot | Label | Raster


@dataclass(frozen=True)
class Drawing:
    """A drawing of marks, from the back to the front, on white, ``WIDTH`` pixels wide."""

    height: float
    marks: Sequence[Mark]

    def labels(self) -> list[str]:
        """Return the texts that are drawn."""
        return [mark.text for mark in self.marks if isinstance(mark, Label)]
