"""Results and runs: the sentence each result is told in, and the JSON they are kept as."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from model_checks.metrics import Estimate
from model_checks.plan import Check
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
    rows, labelled, dropped
        Rows in the window, those with a label, and those left out for want of one.
    window_start, window_end
        None where the window is open on that side.
    error
        Why the model could not be measured; None if it was.
    """

    task: str
    source: str
    sha256: str | None = None
    rows: int | None = None
    labelled: int | None = None
    dropped: int | None = None
    window_start: datetime | None = None
    window_end: datetime | None = None
    error: str | None = None


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
        text = f"{check.id}: {rows:,} labelled rows, at least {check.min_rows:,} are needed"
        return Result(check, Verdict.NO_DATA, text, estimate)
    verdict = verdict_on(estimate, check.bound)
    if verdict is Verdict.NO_DATA:
        return Result(check, verdict, f"{check.id}: {estimate.reason}", estimate)
    return Result(check, verdict, _sentence(check, estimate, verdict), estimate)


def error_of(check: Check, reason: str) -> Result:
    """The result of a check that could not be made."""
    return Result(check, Verdict.ERROR, f"{check.id}: {reason}")


_WORDS = {
    Verdict.PASS: ("is at least the agreed", "is at most the agreed"),
    Verdict.FAIL: ("is below the agreed", "is above the agreed"),
    Verdict.INCONCLUSIVE: (
        "is not proven to be at least the agreed",
        "is not proven to be at most the agreed",
    ),
}


def _sentence(check: Check, estimate: Estimate, verdict: Verdict) -> str:
    """What was measured, and how it stands to what was agreed."""
    value, low, high = estimate.value, estimate.low, estimate.high
    assert value is not None and low is not None and high is not None
    bound = check.bound
    lowest = value if bound.rule == "estimate" else low
    about_min = bound.min is not None and (bound.max is None or not lowest >= bound.min)
    limit = bound.min if about_min else bound.max
    words = _WORDS.get(verdict, _WORDS[Verdict.PASS])[not about_min]
    assert limit is not None
    digits = _digits(value, limit)
    told = (
        f"{check.id}: {value:.{digits}f} ({100 * estimate.confidence:g} % interval "
        f"{low:.{digits}f} to {high:.{digits}f}, {estimate.method}, {estimate.n:,} "
        f"{estimate.unit}) {words} {limit:.{digits}f}"
    )
    if verdict is Verdict.WARN:
        return f"{told}, but {'below' if about_min else 'above'} the warning at {bound.warn:g}"
    if verdict is Verdict.INCONCLUSIVE and bound.rule == "tolerant":
        return f"{told}, which is tolerated"
    return told


def _digits(value: float, limit: float) -> int:
    """Decimals that show three figures of the limit, and that value and limit are not the same."""
    digits = 3 if limit == 0 else max(3, 2 - math.floor(math.log10(abs(limit))))
    while value != limit and f"{value:.{digits}f}" == f"{limit:.{digits}f}" and digits < 15:
        digits += 1
    return digits


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
        },
        "models": {
            name: _model_as_json(facts, run.thresholds_sha256) for name, facts in run.models.items()
        },
        "checks": [result_as_json(result) for result in run.results],
    }
    return json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def result_as_json(result: Result) -> dict[str, Any]:
    """One entry of ``checks``."""
    check, estimate = result.check, result.estimate
    return {
        "id": check.id,
        "model": check.model,
        "metric": check.metric,
        "average": check.average,
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
        "window": {"start": _iso(facts.window_start), "end": _iso(facts.window_end)},
        "error": facts.error,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
