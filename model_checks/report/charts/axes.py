"""The common parts of detail charts: a heading, and a frame with two scales."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from model_checks.report.charts.canvas.text import shortened
from model_checks.report.charts.marks import GREY, INK, PALE, WIDTH, Label, Line, Mark
from model_checks.report.charts.scales import Scale, tick_label

MARGIN = 16.0
BLUE, ORANGE, LIGHT = "#1f5f99", "#c9540e", "#9dbfdd"
"""The hues of right and wrong, which colour-blind eyes tell apart, and a light blue."""


_GRID = "#e0e4e8"


@dataclass(frozen=True)
class Frame:
    """A pair of scales at a right angle; ``upright`` starts at the lower end."""

    across: Scale
    upright: Scale

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the position of a point, in pixels."""
        return self.across.at(x), self.upright.at(y)


def heading(title: str, subtitle: str) -> list[Mark]:
    """Return the title, and a line in smaller type."""
    room = WIDTH - 2 * MARGIN
    return [
        Label(MARGIN, 22, shortened(title, room, 15, bold=True), 15, bold=True),
        Label(MARGIN, 43, shortened(subtitle, room, 11), 11, GREY),
    ]


def captioned(x: float, y: float, text: str) -> Label:
    """Return the name of one half of a chart."""
    return Label(x, y, text, 11, bold=True)


def axes(
    frame: Frame, names: tuple[str, str], ticks: tuple[Sequence[float], Sequence[float]]
) -> Iterator[Mark]:
    """Yield a frame with its ticks, and the names of its scales below and at the left."""
    left, right = frame.across.start, frame.across.end
    bottom, top = frame.upright.start, frame.upright.end
    for tick in ticks[0]:
        x = frame.across.at(tick)
        yield Line([(x, bottom), (x, bottom + 3)], GREY, 0.8)
        yield Label(x, bottom + 11, tick_label(tick), 8.5, GREY, align="centre")
    for tick in ticks[1]:
        y = frame.upright.at(tick)
        yield Line([(left - 3, y), (left, y)], GREY, 0.8)
        yield Label(left - 6, y, tick_label(tick), 8.5, GREY, align="right")
    yield Line([(left, top), (left, bottom), (right, bottom)], PALE)
    across, upright = names
    yield Label((left + right) / 2, bottom + 27, across, 9.5, GREY, align="centre")
    middle = (top + bottom) / 2
    yield Label(left - 40, middle, upright, 9.5, GREY, align="centre", rotated=True)


def grid(frame: Frame, ticks: Sequence[float]) -> Iterator[Mark]:
    """Yield pale lines in both directions."""
    for tick in ticks:
        yield Line(
            [frame.at(tick, frame.upright.low), frame.at(tick, frame.upright.high)], _GRID, 0.7
        )
        yield Line(
            [frame.at(frame.across.low, tick), frame.at(frame.across.high, tick)], _GRID, 0.7
        )


def diagonal(frame: Frame) -> list[Line]:
    """Return a line from corner to corner, with a white edge that sets it off."""
    across, upright = frame.across, frame.upright
    ends = [frame.at(across.low, upright.low), frame.at(across.high, upright.high)]
    return [Line(ends, "#ffffff", 2.4), Line(ends, INK, 1, dashed=True)]
