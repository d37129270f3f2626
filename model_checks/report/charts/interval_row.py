"""One result on one line: the bound, the interval, the estimate, and the words for them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.metrics import Estimate
from model_checks.plan.checks import Bound
from model_checks.report.charts.canvas.text import shortened
from model_checks.report.charts.marks import GREY, INK, Box, Dot, Line, Mark, Shape
from model_checks.report.charts.scales import Scale, decimals, number, spanning
from model_checks.report.sentence import Size

ROW = 20.0
"""Height of a line."""

LOOKS: Mapping[Verdict, tuple[Shape, str]] = {
    Verdict.ERROR: ("cross", "#a3174f"),
    Verdict.FAIL: ("diamond", "#c1271d"),
    Verdict.INCONCLUSIVE: ("ring", "#6b4fa8"),
    Verdict.NO_DATA: ("cross", GREY),
    Verdict.WARN: ("triangle", "#a86200"),
    Verdict.PASS: ("circle", "#157f6b"),
}
AGREED = "#e4f2ee"


@dataclass(frozen=True)
class _Reading:
    """What a line shows of a result: a share of a baseline in percent."""

    estimate: Estimate | None
    bound: Bound
    digits: int
    unit: str = ""


def _reading(result: Result) -> _Reading:
    estimate, check = result.judged, result.check
    if result.verdict in (Verdict.NO_DATA, Verdict.ERROR):  # the verdict rests on none
        estimate = None
    if not isinstance(estimate, Estimate) or math.isnan(estimate.value):
        estimate = None
    if check.kind != "degradation":
        return _Reading(estimate, check.bound, _digits(estimate, check.bound))
    shown = estimate and replace(estimate, low=estimate.value, high=estimate.value)
    digits = Size.of(check, shown).digits
    if not check.relative:
        return _Reading(estimate, check.bound, digits)
    in_percent = estimate and _in_percent(estimate)
    return _Reading(in_percent, replace(check.bound, max=100 * check.bound.limit), digits, " %")


def _digits(estimate: Estimate | None, bound: Bound) -> int:
    return decimals(estimate.value if estimate else bound.limit, bound.limit)


def _in_percent(estimate: Estimate) -> Estimate:
    value, low, high = (100 * x for x in (estimate.value, estimate.low, estimate.high))
    return replace(estimate, value=value, low=low, high=high)


def plotted(result: Result, scale: Scale, y: float) -> Iterator[Mark]:
    """The agreed side, the bound, and what was measured."""
    reading = _reading(result)
    bound = reading.bound
    top, bottom = y - ROW / 2 - 0.3, y + ROW / 2 + 0.3
    start = scale.start if bound.min is None else scale.at(bound.min)
    end = scale.end if bound.max is None else scale.at(bound.max)
    yield Box(start, top, end - start, ROW, AGREED)
    for limit in (bound.min, bound.max):
        if limit is not None:
            yield Line([(scale.at(limit), top), (scale.at(limit), bottom)], INK, 1.4)
    if bound.warn is not None:
        x = scale.at(bound.warn)
        yield Line([(x, top), (x, bottom)], LOOKS[Verdict.WARN][1], 1.2, dashed=True)
    if reading.estimate:
        yield from _estimate(reading.estimate, scale, y, LOOKS[result.verdict])


def _estimate(
    estimate: Estimate, scale: Scale, y: float, look: tuple[Shape, str]
) -> Iterator[Mark]:
    """A bar from low to high, with an arrow where it runs out of the scale, and the marker."""
    shape, colour = look
    value, low, high = estimate.value, estimate.low, estimate.high
    ends = [value if math.isnan(end) else end for end in (low, high)]
    yield Line([(scale.at(ends[0]), y), (scale.at(ends[1]), y)], colour, 3)
    for x, side, out in (
        (scale.start, 1, min(ends) < scale.low),
        (scale.end, -1, max(ends) > scale.high),
    ):
        if out:
            yield Line([(x + 5 * side, y - 5), (x, y), (x + 5 * side, y + 5)], colour, 1.6)
    if scale.holds(value):
        yield Dot(scale.at(value), y, shape, colour)


def common_scale(results: Sequence[Result], start: float, end: float) -> Scale:
    """One scale for all of them."""
    readings = [_reading(result) for result in results]
    bounds = [reading.bound for reading in readings]
    limits = [x for b in bounds for x in (b.min, b.max, b.warn) if x is not None]
    estimates = [reading.estimate for reading in readings if reading.estimate]
    values = [e.value for e in estimates]
    ends = [(e.low, e.high) for e in estimates]
    return Scale(*spanning(limits, values, ends), start, end)


def value_text(result: Result) -> str:
    """The estimate, with as many decimals as tell it from its bound."""
    reading = _reading(result)
    if reading.estimate is None:
        return "–"
    return number(reading.estimate.value, reading.digits) + reading.unit


def interval_text(result: Result) -> str:
    """Where the truth lies, as far as is known."""
    reading = _reading(result)
    estimate = reading.estimate
    if estimate is None:
        return ""
    low, high = (number(limit, reading.digits) for limit in (estimate.low, estimate.high))
    return shortened(f"{low} to {high}{reading.unit}", 92, 9)


def agreed_text(result: Result) -> str:
    """What was agreed; of a degradation by how much it may be worse."""
    reading = _reading(result)
    return bound_text(reading.bound) + reading.unit


def bound_text(bound: Bound) -> str:
    """What was agreed.

    >>> bound_text(Bound(0.4, 0.6, None, "estimate"))
    '0.4 to 0.6'
    """
    limits = (bound.min, bound.max)
    low, high = (f"{x:g}".replace("-", "−") if x is not None else None for x in limits)
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}"
