"""A failing check in figures: one row of the table that a page and a mail show."""

import math
from dataclasses import dataclass

from model_checks.judging.evidence import Comparison
from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.metrics import Estimate
from model_checks.metrics.rounding import excess
from model_checks.report.figures import Figures
from model_checks.report.sentence import ends_text, sized
from model_checks.report.wording import metric_text, miss_text, segment_text
from model_checks.text import clean, one_line
from model_checks.text.figures import percent

NOTHING = "–"
"""The sign in place of a missing figure."""


@dataclass(frozen=True)
class TableRow:
    """A failing check in figures; ``message`` says the same in one sentence."""

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
    """The cells of a row that differ between levels, degradations and gaps."""

    value: str
    miss: str
    interval: str
    agreed: str
    note: str


def row_of(result: Result) -> TableRow:
    """Return the figures of a check that failed."""
    check, estimate = result.check, result.estimate
    told = _told(result)
    n, _, unit = sized(estimate).partition(" ") if estimate else (NOTHING, "", "")
    rule = "" if check.bound.rule == "estimate" else f"; rule {check.bound.rule}"
    return TableRow(
        id=one_line(check.id),
        metric=clean(metric_text(check), 80),
        segment=segment_text(check),
        value=told.value,
        miss=told.miss,
        interval=told.interval,
        agreed=told.agreed,
        n=n,
        unit=unit,
        note=clean(told.note + rule),
        message=one_line(result.message, 600),
    )


def _told(result: Result) -> _Told:
    check, judged = result.check, result.judged
    if not isinstance(judged, Estimate) or result.verdict is Verdict.NO_DATA:
        note = result.message.removeprefix(f"{check.label}: ")
        return _Told(NOTHING, "no data", NOTHING, _agreed(result, Figures.of(check, None)), note)
    figures = Figures.of(check, judged)
    if result.comparison:
        return _degradation(result, judged, result.comparison, figures)
    return _Told(
        value=figures.text(judged.value),
        miss=miss_text(judged.value, check.bound, figures),
        interval=figures.interval(judged),
        agreed=_agreed(result, figures),
        note=_method(judged) + (f"; {ends_text(result.gap, figures)}" if result.gap else ""),
    )


def _degradation(result: Result, worse: Estimate, compared: Comparison, figures: Figures) -> _Told:
    """Return the cells of a degradation, with both values of the metric in the note."""
    estimates = (result.estimate, compared.baseline)
    values = [one.value for one in estimates if isinstance(one, Estimate)]
    both = " against ".join(map(figures.level, values))
    return _Told(
        value=figures.worse(worse.value),
        miss=_excess(result, worse.value, figures),
        interval=figures.interval(worse),
        agreed=_agreed(result, figures),
        note=f"{_method(worse, 'of the degradation')}; {both} of {compared.source}",
    )


def _excess(result: Result, worse: float, figures: Figures) -> str:
    """Return the excess over the agreed degradation, or that it is only not proven."""
    most = result.check.bound.limit
    if math.isnan(worse):
        return "no value"
    return f"{figures.text(worse - most)} too much" if excess(worse, most) > 0 else "not proven"


def _agreed(result: Result, figures: Figures) -> str:
    check, compared = result.check, result.comparison
    agreed = figures.agreed(check.bound)
    if check.kind != "degradation":
        return agreed
    one = compared.baseline if compared else None
    than = figures.level(one.value) if isinstance(one, Estimate) else "the baseline"
    return f"{agreed} worse than {than}"


def _method(estimate: Estimate, what: str = "") -> str:
    interval = f"{percent(estimate.confidence)} interval {what}".strip()
    return f"{interval}, {estimate.method}"
