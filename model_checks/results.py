"""Results and runs: the sentence each result is told in, and the JSON they are kept as."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from model_checks.metrics import Estimate
from model_checks.plan import Bound, Check
from model_checks.verdicts import Verdict, fails, verdict_on

SCHEMA = 1


@dataclass(frozen=True)
class ModelFacts:
    """What one model was judged on.

    Attributes
    ----------
    source
        The model's file or object, or that its predictions are logged.
    sha256
        Of the model's file; None where there is none.
    rows, labelled, dropped, untimed
        Rows in the window, those with a label, those left out for want of one, and the rows that
        no window holds for want of a time.
    window_start, window_end
        None where the window is open on that side.
    error
        Why the model could not be measured; None if it was.
    notes
        What is worth saying of how it is compared, one sentence each.
    """

    task: str
    source: str
    sha256: str | None = None
    rows: int | None = None
    labelled: int | None = None
    dropped: int | None = None
    untimed: int | None = None
    window_start: datetime | None = None
    window_end: datetime | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """A check with its verdict; ``estimate`` is None if the model could not be measured."""

    check: Check
    verdict: Verdict
    message: str
    estimate: Estimate | None = None

    @property
    def failed(self) -> bool:
        """Whether somebody has to act."""
        return fails(self.verdict, self.check.bound.rule, declared=self.check.declared)

    @property
    def skipped(self) -> bool:
        """Whether it says nothing about the model and nobody has to act."""
        return self.verdict is Verdict.NO_DATA and not self.check.declared

    @property
    def warned(self) -> bool:
        """Whether it passed, but is worth a look."""
        passed = not self.failed and not self.skipped
        return passed and self.verdict is not Verdict.PASS


@dataclass(frozen=True)
class Chart:
    """A drawn picture; ``alt`` tells in words what it shows, with the figures that matter."""

    model: str
    title: str
    alt: str
    png: bytes


@dataclass(frozen=True)
class Run:
    """All results of one session, and what they were made from.

    Attributes
    ----------
    planned
        How many checks the file asks for; fewer are in ``results`` if some were deselected.
    left_out
        What was not judged on purpose, one sentence each.
    notes
        What was known before anything was measured, one sentence each.
    """

    id: str
    started: datetime
    finished: datetime
    as_of: datetime | None
    mode: str
    exit_status: int
    versions: Mapping[str, str]
    thresholds_sha256: str
    models: Mapping[str, ModelFacts]
    results: Sequence[Result]
    planned: int
    left_out: Sequence[str] = ()
    notes: Sequence[str] = ()

    def of_model(self, name: str) -> list[Result]:
        """The results of one model, in the order of the file."""
        return [result for result in self.results if result.check.model == name]


def result_of(check: Check, estimate: Estimate, rows: int) -> Result:
    """Judge one check.

    Parameters
    ----------
    check
        What was agreed.
    estimate
        What was measured.
    rows
        The labelled rows it was measured on.
    """
    if check.vacant:
        return Result(check, Verdict.NO_DATA, f"{check.id}: {check.vacant}", estimate)
    if rows < check.min_rows:
        has = "1 labelled row" if rows == 1 else f"{rows:,} labelled rows"
        text = f"{check.id}: {has}, at least {check.min_rows:,} are needed"
        return Result(check, Verdict.NO_DATA, text, estimate)
    if estimate.error:
        return error_of(check, estimate.error)
    verdict = verdict_on(estimate, check.bound)
    if verdict is Verdict.NO_DATA:
        text = f"{check.id}: {estimate.reason or 'undefined'}"
        return Result(check, verdict, text, estimate)
    return Result(check, verdict, _sentence(check, estimate, verdict), estimate)


def error_of(check: Check, reason: str) -> Result:
    """The result of a check that could not be made."""
    return Result(check, Verdict.ERROR, f"{check.id}: {reason}")


def _sentence(check: Check, estimate: Estimate, verdict: Verdict) -> str:
    """What was measured, and how it stands to what was agreed."""
    bound, value, low, high = check.bound, estimate.value, estimate.low, estimate.high
    assert value is not None
    assert low is not None
    assert high is not None
    digits = decimals(bound, value)
    shown = [figure(number, digits) for number in (value, low, high)]
    unit = estimate.unit.removesuffix("s") if estimate.n == 1 else estimate.unit
    lowest = value if bound.rule == "estimate" else low
    if any(math.isnan(number) for number in (value, low, high)):
        lowest = math.nan
    return (
        f"{check.id}: {shown[0]} ({100 * estimate.confidence:g} % interval {shown[1]} to "
        f"{shown[2]}, {estimate.method}, {estimate.n:,} {unit}) "
        f"{_standing(bound, verdict, lowest, digits)}"
    )


def _standing(bound: Bound, verdict: Verdict, lowest: float, digits: int) -> str:
    """How it stands to the bound that decided; ``lowest`` is what had to be above the lower one."""
    about_min = bound.max is None or (bound.min is not None and not lowest >= bound.min)
    good, bad = ("at least", "below") if about_min else ("at most", "above")
    limit = bound.min if about_min else bound.max
    assert limit is not None
    agreed = f"the agreed {figure(limit, digits)}"
    if math.isnan(lowest):
        return f"has no value or no interval, so it is not {good} {agreed}"
    if verdict is Verdict.FAIL:
        return f"is {bad} {agreed}"
    if verdict is Verdict.INCONCLUSIVE:
        tolerated = f"is not proven to be {bad} {agreed}, so it is tolerated"
        return tolerated if bound.rule == "tolerant" else f"is not proven to be {good} {agreed}"
    if bound.min is not None and bound.max is not None:
        low, high = figure(bound.min, digits), figure(bound.max, digits)
        return f"is within the agreed {low} to {high}"
    if verdict is Verdict.WARN and bound.warn is not None:
        other = "below" if about_min else "above"
        return f"is {good} {agreed}, but {other} the warning at {figure(bound.warn, digits)}"
    return f"is {good} {agreed}"


def figure(number: float, digits: int) -> str:
    """A number as every text shows it."""
    if math.isinf(number):
        return "infinity" if number > 0 else "minus infinity"
    return f"{number:z,.{digits}f}"  # what is rounded to 0 has no sign


def decimals(bound: Bound, value: float | None) -> int:
    """Decimals that show three figures of a bound, all that were agreed, and the value apart."""
    limits = [limit for limit in (bound.min, bound.max, bound.warn) if limit is not None]
    digits = max([3, *(_decimals_of(limit) for limit in limits if limit)])
    apart = [limit for limit in limits if value is not None and value != limit]
    while value is not None and figure(value, digits) in [figure(limit, digits) for limit in apart]:
        digits += 1
    return digits


def _decimals_of(limit: float) -> int:
    exponent = Decimal(repr(limit)).as_tuple().exponent
    assert isinstance(exponent, int)
    return max(-exponent, 2 - math.floor(math.log10(abs(limit))))


def run_as_json(run: Run) -> str:
    """The run as ``results.json`` keeps it: JSON numbers or null, never NaN."""
    document = {
        "schema": SCHEMA,
        "run": {
            "id": run.id,
            "started": _iso(run.started),
            "finished": _iso(run.finished),
            "as_of": _iso(run.as_of),
            "mode": run.mode,
            "exit_status": run.exit_status,
            "versions": dict(run.versions),
            "planned": run.planned,
            "left_out": list(run.left_out),
            "notes": list(run.notes),
        },
        "models": {
            name: _model_as_json(facts, run.thresholds_sha256) for name, facts in run.models.items()
        },
        "checks": [result_as_json(result) for result in run.results],
    }
    text = json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
    # Half a surrogate pair, from a file's name say, can't be written as UTF-8; JSON can escape it.
    return text.encode("utf-8", "backslashreplace").decode() + "\n"


def result_as_json(result: Result) -> dict[str, Any]:
    """One entry of ``checks``."""
    check, estimate = result.check, result.estimate
    return {
        "id": check.id,
        "model": check.model,
        "metric": check.metric,
        "average": check.average,
        "beta": check.beta,
        "function": check.function.reference if check.function else None,
        "segment": dict(check.segment) or None,
        "n": estimate.n if estimate else None,
        "unit": estimate.unit if estimate else None,
        "value": _number(estimate.value) if estimate else None,
        "low": _number(estimate.low) if estimate else None,
        "high": _number(estimate.high) if estimate else None,
        "confidence": check.confidence,
        "method": estimate.method if estimate else None,
        "min": check.bound.min,
        "max": check.bound.max,
        "warn": check.bound.warn,
        "rule": check.bound.rule,
        "verdict": result.verdict.value,
        "failed": result.failed,
        "message": result.message,
        "baseline": None,
    }


def _model_as_json(facts: ModelFacts, thresholds_sha256: str) -> dict[str, Any]:
    return {
        "task": facts.task,
        "source": facts.source,
        "sha256": {"model": facts.sha256, "thresholds": thresholds_sha256},
        "rows": facts.rows,
        "labelled": facts.labelled,
        "dropped": facts.dropped,
        "untimed": facts.untimed,
        "window": {"start": _iso(facts.window_start), "end": _iso(facts.window_end)},
        "error": facts.error,
        "notes": list(facts.notes),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _number(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
