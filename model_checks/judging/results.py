"""Results and runs: the sentence each result is told in, and the JSON they are kept as."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from model_checks.judging.decide import Decision, Evidence
from model_checks.judging.evidence import Comparison, Finding, Gap
from model_checks.judging.verdict import Verdict, fails
from model_checks.measure.facts import ModelFacts
from model_checks.metrics import Estimate
from model_checks.plan.checks import Check, Segment
from model_checks.report.sentence import sentence
from model_checks.text import clean

SCHEMA = 1


@dataclass(frozen=True)
class Result:
    """A check with its verdict.

    Attributes
    ----------
    estimate
        Of the metric, or of a gap; None if the model could not be measured.
    comparison, gap
        Of a check of a degradation, of a gap.
    evidence
        Its p-value, before and after the correction; None where the value alone decides.
    rows_to_decide
        About how many more labelled rows would settle what is open, where that can be told.
    """

    check: Check
    verdict: Verdict
    message: str
    estimate: Estimate | None = None
    comparison: Comparison | None = None
    gap: Gap | None = None
    evidence: Evidence | None = None
    rows_to_decide: int | None = None

    @property
    def judged(self) -> Estimate | None:
        """What the bound was held against: of a degradation that, rather than the metric."""
        return self.comparison.degradation if self.comparison else self.estimate

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
    selected
        How many of them were to be run; None if all.
    cut_short
        What ended the run before all of those were made, such as "stopped by SIGTERM"; None where
        it came to its own end.
    by_person
        Whether somebody who sat before it ended it, who need not be told.
    left_out
        What was not judged on purpose, one sentence each.
    notes
        What was known before anything was measured, one sentence each.
    unwritten
        What could not be written at the end, one sentence each.
    unjudged
        Names of the models none of whose checks was evaluated.
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
    selected: int | None = None
    cut_short: str | None = None
    by_person: bool = False
    unwritten: Sequence[str] = ()
    unjudged: Sequence[str] = ()

    @property
    def fell(self) -> bool:
        """Whether somebody has to act: a check failed, or a model was not judged at all."""
        return bool(self.unjudged) or any(result.failed for result in self.results)

    def of_model(self, name: str) -> list[Result]:
        """The results of one model, in the order of the file."""
        return [result for result in self.results if result.check.model == name]


def unjudged_text(name: str, checks: int) -> str:
    """Return that a model was not judged, in words.

    >>> unjudged_text("churn", 4)
    'churn: none of its 4 checks was evaluated'
    """
    which = "its only check was not evaluated"
    if checks != 1:
        which = f"none of its {checks:,} checks was evaluated" if checks else "no check was made"
    return f"{name}: {which}"


def result_of(finding: Finding, decision: Decision) -> Result:
    """What is known and decided, as it is told and kept."""
    if finding.error:
        return error_of(finding.check, finding.error)
    told = sentence(finding, decision)
    return Result(
        check=finding.check,
        verdict=decision.verdict,
        message=told,
        estimate=finding.estimate,
        comparison=finding.comparison,
        gap=finding.gap,
        evidence=decision.evidence,
        rows_to_decide=decision.rows_to_decide,
    )


def error_of(check: Check, reason: str) -> Result:
    """The result of a check that could not be made."""
    return Result(check, Verdict.ERROR, f"{check.label}: {clean(reason, 2_000)}")


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
            "cut_short": run.cut_short,
            "unwritten": list(run.unwritten),
            "unjudged": list(run.unjudged),
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
    check, estimate, evidence = result.check, result.estimate, result.evidence
    compared = check.kind == "degradation"
    return {
        "id": check.id,
        "model": check.model,
        "kind": check.kind,
        "metric": check.metric,
        "average": check.average,
        "beta": check.beta,
        "function": check.function.reference if check.function else None,
        "segment": dict(check.segment) or None,
        "n": estimate.n if estimate else None,
        "unit": estimate.unit if estimate else None,
        **_interval_as_json(estimate),
        "confidence": check.confidence,
        "method": estimate.method if estimate else None,
        "min": check.bound.min,
        "max": None if compared else check.bound.max,
        "warn": check.bound.warn,
        "rule": check.bound.rule,
        "verdict": result.verdict.value,
        "failed": result.failed,
        "message": result.message,
        "p_value": _number(evidence.p_value) if evidence else None,
        "adjusted_p_value": _number(evidence.adjusted) if evidence else None,
        "correction": evidence.correction if evidence else None,
        "rows_to_decide": result.rows_to_decide,
        "baseline": _baseline_as_json(result) if compared else None,
        "gap": _gap_as_json(result) if check.kind == "gap" else None,
    }


def _interval_as_json(estimate: Estimate | None) -> dict[str, float | None]:
    return {
        name: _number(getattr(estimate, name)) if estimate else None
        for name in ("value", "low", "high")
    }


def _baseline_as_json(result: Result) -> dict[str, Any]:
    """What was compared with, by how much it may be worse, and by how much it is."""
    check, compared = result.check, result.comparison
    agreed = {"max_degradation": check.bound.max, "relative": check.relative}
    if compared is None:
        return {"source": None, **agreed}
    one, degradation = compared.baseline, compared.degradation
    return {
        "source": compared.source,
        "paired": compared.paired,
        **_interval_as_json(one),
        "n": one.n,
        "method": one.method,
        **agreed,
        "degradation": {**_interval_as_json(degradation), "method": degradation.method},
    }


def _gap_as_json(result: Result) -> dict[str, Any]:
    """What was agreed, and between which segments the gap is."""
    check, gap = result.check, result.gap
    columns = {column: None for segment in check.among for column, _ in segment}
    return {
        "max_gap": check.bound.max,
        "over": list(columns),
        "largest": _end_as_json(gap.largest) if gap else None,
        "smallest": _end_as_json(gap.smallest) if gap else None,
    }


def _end_as_json(end: tuple[Segment, float]) -> dict[str, Any]:
    segment, value = end
    return {"segment": dict(segment), "value": _number(value)}


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
        "newest_row": _iso(facts.newest_row),
        "newest_label": _iso(facts.newest_label),
        "error": facts.error,
        "notes": list(facts.notes),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _number(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
