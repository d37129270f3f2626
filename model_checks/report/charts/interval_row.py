"""A result as one line of a chart: its bound, interval and estimate, and their words."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.metrics import Estimate
from model_checks.plan.checks import Bound
from model_checks.report.charts.marks import GREY, INK, Box, Dot, Line, Mark, Shape
from model_checks.report.charts.scales import Scale, spanning
from model_checks.report.figures import Figures

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
    """The numbers that a line draws of a result; a share of a baseline is in percent."""

    estimate: Estimate | None
    bound: Bound


def _reading(result: Result) -> _Reading:
    estimate, check = _judged(result), result.check
    if estimate and math.isnan(estimate.value):
        estimate = None
    if not check.relative:
        return _Reading(estimate, check.bound)
    bound = replace(check.bound, max=100 * check.bound.limit)
    return _Reading(estimate and _in_percent(estimate), bound)


def _judged(result: Result) -> Estimate | None:
    """Return the estimate that the verdict rests on, if there is one."""
    judged = result.judged
    if result.verdict in (Verdict.NO_DATA, Verdict.ERROR) or not isinstance(judged, Estimate):
        return None
    return judged


def _in_percent(estimate: Estimate) -> Estimate:
    value, low, high = (100 * x for x in (estimate.value, estimate.low, estimate.high))
    return replace(estimate, value=value, low=low, high=high)


def plotted(result: Result, scale: Scale, y: float) -> Iterator[Mark]:
    """Yield the agreed side, the bound, and the estimate of a result."""
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
    """Yield the interval as a bar, with an arrow where it leaves the scale, and the marker."""
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
    """Return one scale for all of some results, from ``start`` to ``end`` in pixels."""
    readings = [_reading(result) for result in results]
    bounds = [reading.bound for reading in readings]
    limits = [x for b in bounds for x in (b.min, b.max, b.warn) if x is not None]
    estimates = [reading.estimate for reading in readings if reading.estimate]
    values = [e.value for e in estimates]
    ends = [(e.low, e.high) for e in estimates]
    return Scale(*spanning(limits, values, ends), start, end)


def value_text(result: Result) -> str:
    """Return the value as text; of a degradation, by how much the metric is worse."""
    judged = _judged(result)
    if judged is None:
        return "–"
    return Figures.of(result.check, judged).text(judged.value)


def interval_text(result: Result) -> str:
    """Return the interval as text; empty where there is none."""
    judged = _judged(result)
    if judged is None:
        return ""
    return Figures.of(result.check, judged).interval(judged)


def agreed_text(result: Result) -> str:
    """Return the bound in words; of a degradation, by how much the metric may be worse."""
    return Figures.of(result.check, _judged(result)).agreed(result.check.bound)
