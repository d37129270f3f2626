"""Scales from numbers to positions, and the short labels of numbers at an axis."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model_checks.text import counted

_FAR = 20  # a value this many times as far from the bounds as most would hide how the others lie
_WIDE = 4  # an interval this many times as wide as most runs out of the picture
_HUGE = 1e300  # numbers beyond it have infinite distances
_AIR = 0.06  # of the scale's length, on both sides


@dataclass(frozen=True)
class Scale:
    """A range of numbers laid over a stretch of the picture.

    >>> Scale(0.0, 1.0, 100.0, 300.0).at(0.25)
    150.0
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the position of a number, in pixels; beyond the range, that of its edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Return whether a number lies in the range."""
        return self.low <= value <= self.high

    def ticks(self, most: int) -> list[float]:
        """Return at most ``most`` round numbers in the range."""
        return round_numbers(self.low, self.high, most)


def spanning(
    limits: Iterable[float], values: Iterable[float], ends: Iterable[tuple[float, float]]
) -> tuple[float, float]:
    """Return a range in which estimates can be told from their bounds.

    Parameters
    ----------
    limits
        Bounds and warning levels: all are in the range.
    values
        Estimates: in the range, unless one lies out of all proportion to the others.
    ends
        Intervals, low and high: in the range as far as they are not much wider than most.
    """
    fixed = [limit for limit in limits if abs(limit) < _HUGE]
    near = _near(fixed, [value for value in values if abs(value) < _HUGE])
    known = [(low, high) for low, high in ends if abs(low) < _HUGE and abs(high) < _HUGE]
    anchors = [*fixed, *near]
    if not anchors:
        return 0.0, 1.0
    low, high = min(anchors), max(anchors)
    widths = sorted(b - a for a, b in known)
    reach = max(high - low, _WIDE * widths[len(widths) // 2] if widths else 0.0)
    low = min([low, *(max(a, low - reach) for a, _ in known)])
    high = max([high, *(min(b, high + reach) for _, b in known)])
    length = high - low or abs(high) * 0.2 or 1.0
    air = _AIR * length if high > low else length / 2
    return low - air, high + air


def _near(limits: Sequence[float], values: Sequence[float]) -> list[float]:
    """Return the values without those that are out of all proportion."""
    if not limits or len(values) < 2:
        return list(values)
    away = [min(abs(value - limit) for limit in limits) for value in values]
    typical = sorted(away)[len(away) // 2]
    return [v for v, far in zip(values, away, strict=True) if not far > _FAR * typical > 0]


def round_numbers(low: float, high: float, most: int) -> list[float]:
    """Return at most ``most`` multiples of 1, 2 or 5 times a power of ten.

    >>> round_numbers(0.31, 0.58, 4)
    [0.4, 0.5]
    """
    length = high - low
    if not (math.isfinite(length) and length > 0):
        return [low] if math.isfinite(low) else []
    step = 10.0 ** math.floor(math.log10(length / most))
    if not step > 0:  # below the smallest float
        return []
    for factor in (1, 2, 5, 10, 20, 50):
        first, last = math.ceil(low / (step * factor)), math.floor(high / (step * factor))
        if last - first < most:
            break
    digits = max(0, -math.floor(math.log10(step * factor) + 1e-9))
    return [round(k * step * factor, digits) for k in range(first, last + 1)]


def tick_label(tick: float) -> str:
    """Return a round number as it stands at an axis."""
    return f"{tick:g}" if abs(tick) < 1e4 else short_count(tick)


def counted_rows(count: float) -> str:
    """Return a number of rows in words, rounded, since weights make fractions of rows."""
    return counted(round(float(count)), "row")


def short_count(count: float) -> str:
    """Return a count in few signs.

    >>> [short_count(n) for n in (7, 9_999, 12_345, 4_000_000)]
    ['7', '9,999', '12k', '4M']
    """
    size, sign = abs(count), "-" if count < 0 else ""
    if not math.isfinite(size) or size >= 1e15:
        return f"{sign}{size:.0e}"
    for unit, name in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if size >= unit and size >= 1e4:
            return (
                f"{sign}{size / unit:.3g}{name}"
                if size / unit < 10
                else f"{sign}{size / unit:.0f}{name}"
            )
    return f"{sign}{size:,.0f}"
