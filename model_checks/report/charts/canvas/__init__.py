"""The canvas: draws marks as PNG, by matplotlib's renderer alone.

It uses no figure and no axes: what a chart draws is decided where it can be tested without
pixels, and importing them takes longer than drawing.
"""

import io
import math
from functools import cache
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D, IdentityTransform
from numpy.typing import NDArray
from PIL import Image

from model_checks.report.charts.canvas.text import CAPITAL, drawable, font_file, text_width
from model_checks.report.charts.marks import (
    INK,
    WIDTH,
    Box,
    Dot,
    Drawing,
    Label,
    Line,
    Mark,
    Raster,
)

SCALE = 1.5
"""Dots of the picture per pixel of the layout: crisp on most screens, and 30 kB for a full one."""


def png(drawing: Drawing) -> bytes:
    """Return the picture of a drawing as PNG, with equal bytes for equal drawings."""
    height = math.ceil(drawing.height * SCALE)
    # The user's matplotlibrc must not change the picture; nothing else of it is read.
    with mpl.rc_context({"text.hinting": "no_hinting"}):
        pencil = _Pencil(height)
        for mark in drawing.marks:
            pencil.draw(mark)
        image = Image.fromarray(pencil.pixels())
    file = io.BytesIO()
    _fewer_colours(image).save(file, "png", compress_level=8, dpi=(96 * SCALE, 96 * SCALE))
    return file.getvalue()


def _fewer_colours(image: Image.Image) -> Image.Image:
    """Return an image in 256 colours, half as large, with pure white kept."""
    few = image.quantize(method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette, white = few.getpalette(), few.getpixel((0, 0))
    assert palette is not None  # what was quantized has one
    assert isinstance(white, int)
    palette[3 * white : 3 * white + 3] = [255, 255, 255]
    few.putpalette(palette)
    return few


class _Pencil:
    """A pencil that draws marks with matplotlib's renderer."""

    def __init__(self, height: int) -> None:
        renderer: Any = RendererAgg
        self._renderer = renderer(int(WIDTH * SCALE), height, 72 * SCALE)
        self._height = height
        self._box(Box(0, 0, WIDTH, height / SCALE, "#ffffff"))

    def pixels(self) -> NDArray[np.uint8]:
        """Return the colours of the picture, shape (height, width, 3)."""
        return np.ascontiguousarray(np.asarray(self._renderer.buffer_rgba())[:, :, :3])

    def draw(self, mark: Mark) -> None:
        match mark:
            case Box():
                self._box(mark)
            case Line():
                self._line(mark)
            case Dot():
                self._dot(mark)
            case Label():
                self._label(mark)
            case Raster():
                self._raster(mark)

    def _box(self, box: Box) -> None:
        left, right = round(box.x * SCALE), round((box.x + box.width) * SCALE)
        low, high = self._up(box.y + box.height), self._up(box.y)
        corners = [(left, low), (right, low), (right, high), (left, high)]
        self._path(Outline(corners, closed=False), self._gc(box.fill, 0), box.fill)

    def _line(self, line: Line) -> None:
        gc = self._gc(line.colour, line.width)
        if line.dashed:
            gc.set_dashes(0, [3, 2])
        points = [(x * SCALE, self._up(y)) for x, y in line.points]
        gc.set_snap(None if len(points) == 2 else False)
        self._path(Outline(points), gc, None)

    def _dot(self, dot: Dot) -> None:
        fill = {"ring": "#ffffff", "cross": None}.get(dot.shape, dot.colour)
        gc = self._gc(dot.colour, 1.8 if fill != dot.colour else 0)
        size = dot.size * SCALE / 2
        place = Affine2D().scale(size, size).translate(dot.x * SCALE, self._up(dot.y))
        self._path(_OUTLINES[dot.shape].transformed(place), gc, fill)

    def _label(self, label: Label) -> None:
        text = drawable(label.text)
        if not text.strip():
            return
        width = text_width(text, label.size, bold=label.bold)
        back = {"left": 0.0, "centre": width / 2, "right": width}[label.align]
        down = label.size * CAPITAL / 2  # from the middle of a capital letter to its foot
        x, y = (down, back) if label.rotated else (-back, down)
        self._renderer.draw_text(
            self._gc(label.colour, 0),
            round((label.x + x) * SCALE),
            round((label.y + y) * SCALE),  # texts are counted from above, unlike paths
            text,
            _font(label.size, bold=label.bold),
            90 if label.rotated else 0,
        )

    def _raster(self, raster: Raster) -> None:
        rows = _stretched(len(raster.colours), round(raster.height * SCALE))
        columns = _stretched(raster.colours.shape[1], round(raster.width * SCALE))
        colours = raster.colours[rows][:, columns]
        solid = np.full((*colours.shape[:2], 1), 255, dtype=np.uint8)
        image = np.concatenate([colours, solid], axis=2)[::-1]
        x, y = round(raster.x * SCALE), self._up(raster.y + raster.height)
        self._renderer.draw_image(self._gc(INK, 0), x, y, np.ascontiguousarray(image))

    def _path(self, outline: Outline, gc: Any, fill: str | None) -> None:
        colour = (*to_rgb(fill), 1.0) if fill else None
        self._renderer.draw_path(gc, outline, IdentityTransform(), colour)

    def _gc(self, colour: str, width: float) -> Any:
        gc = self._renderer.new_gc()
        gc.set_foreground((*to_rgb(colour), 1.0), isRGBA=True)
        gc.set_linewidth(width)  # in points: the renderer scales it
        gc.set_capstyle("butt")
        return gc

    def _up(self, y: float) -> float:
        """Return the height of a path's point, which is counted in dots from below."""
        return self._height - round(y * SCALE)


@cache
def _font(size: float, *, bold: bool) -> FontProperties:
    return FontProperties(fname=str(font_file(bold=bold)), size=size)


_OUTLINES = {
    "circle": Outline.unit_circle(),
    "ring": Outline.unit_circle(),
    "triangle": Outline([(-1, -0.8), (1, -0.8), (0, 1.0), (-1, -0.8)]),
    "diamond": Outline([(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0), (0, -1.2)]),
    "cross": Outline([(-0.8, -0.8), (0.8, 0.8), (-0.8, 0.8), (0.8, -0.8)], [1, 2, 1, 2]),
}


def _stretched(cells: int, dots: int) -> NDArray[np.intp]:
    """Return for each dot the position of the cell that it shows, shape (dots,)."""
    return (np.arange(dots) * cells // dots).astype(np.intp)
