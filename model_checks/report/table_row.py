"""A failing check in figures: one row of the table that a page and a mail show."""

import math
from dataclasses import dataclass

from model_checks.judging.evidence import Comparison, Gap
from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.metrics import Estimate
from model_checks.plan.checks import values_text
from model_checks.report.sentence import Size, decimals, figure
from model_checks.report.wording import agreed_text, gap_text, metric_text, miss_text, segment_text
from model_checks.text import clean, one_line


@dataclass(frozen=True)
class Row:
    """A failing check in figures; ``message`` is the same as one sentence."""

    id: str
    metric: str
    segment: str
    value: str
    miss: str
    interval: str
    agreed: str
    n: str
    unit: str
    note: str
    message: str


@dataclass(frozen=True)
class _Told:
    """What of a row differs by what the check is about."""

    value: str
    miss: str
    interval: str
    agreed: str
    note: str


def row_of(result: Result) -> Row:
    """The figures of a check that failed."""
    check, estimate = result.check, result.estimate
    told = _told(result)
    rule = "" if check.bound.rule == "estimate" else f"; rule {check.bound.rule}"
    return Row(
        id=one_line(check.id),
        metric=clean(metric_text(check), 80),
        segment=gap_text(check) if check.kind == "gap" else segment_text(check.segment),
        value=told.value,
        miss=told.miss,
        interval=told.interval,
        agreed=told.agreed,
        n=f"{estimate.n:,}" if estimate else "–",
        unit=estimate.unit if estimate else "",
        note=clean(told.note + rule),
        message=one_line(result.message, 600),
    )


def _told(result: Result) -> _Told:
    check, judged = result.check, result.judged
    if not isinstance(judged, Estimate) or result.verdict is Verdict.NO_DATA:
        agreed = _agreed(result, decimals(check.bound, None))
        note = result.message.removeprefix(f"{check.label}: ")
        return _Told("–", "no data", "–", agreed, note)
    if result.comparison:
        return _degradation(result, judged, result.comparison)
    digits = decimals(check.bound, judged.value)
    return _Told(
        value=figure(judged.value, digits),
        miss=miss_text(judged.value, check.bound, digits),
        interval=_interval(judged, digits),
        agreed=_agreed(result, digits),
        note=_method(judged) + (f"; {_ends(result.gap, digits)}" if result.gap else ""),
    )


def _degradation(result: Result, worse: Estimate, compared: Comparison) -> _Told:
    """By how much it is worse, beside the interval of that; the values themselves are a note."""
    size, estimates = Size.of(result.check, worse), (result.estimate, compared.baseline)
    values = [one.value for one in estimates if isinstance(one, Estimate)]
    both = " against ".join(figure(value, size.metric_digits) for value in values)
    return _Told(
        value=size.how(worse.value),
        miss=_excess(result, worse.value, size),
        interval=f"{size.text(worse.low)} to {size.text(worse.high)}",
        agreed=_agreed(result, size.metric_digits),
        note=f"{_method(worse, 'of the degradation')}; {both} of {compared.source}",
    )


def _excess(result: Result, worse: float, size: Size) -> str:
    """By how much more it is worse than was agreed, or that only its interval is."""
    most = result.check.bound.limit
    if math.isnan(worse):
        return "no value"
    return f"{size.text(worse - most)} too much" if worse > most else "not proven"


def _agreed(result: Result, digits: int) -> str:
    check, compared = result.check, result.comparison
    if check.kind != "degradation":
        return agreed_text(check.bound, digits)
    amount = Size(check.bound.limit, digits, relative=check.relative).agreed
    one = compared.baseline if compared else None
    than = figure(one.value, digits) if isinstance(one, Estimate) else "the baseline"
    return f"at most {amount} worse than {than}"


def _interval(estimate: Estimate, digits: int) -> str:
    return f"{figure(estimate.low, digits)} to {figure(estimate.high, digits)}"


def _method(estimate: Estimate, what: str = "") -> str:
    interval = f"{100 * estimate.confidence:g} % interval {what}".strip()
    return f"{interval}, {estimate.method}"


def _ends(gap: Gap, digits: int) -> str:
    (smallest, least), (largest, most) = gap.smallest, gap.largest
    low = f"{values_text(smallest)} {figure(least, digits)}"
    return f"{low} to {values_text(largest)} {figure(most, digits)}"
