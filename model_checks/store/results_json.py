"""A run as ``results.json`` keeps it: one object, whole or not at all."""

import json
import math
from datetime import UTC, datetime
from typing import Any

from model_checks.judging.results import Result, Run
from model_checks.measure.facts import ModelFacts
from model_checks.metrics import AnyEstimate, Estimate
from model_checks.plan.checks import Segment

SCHEMA = 1


def run_as_json(run: Run) -> str:
    """Return the run as the text of ``results.json``: JSON numbers or null, never NaN."""
    document = {
        "schema": SCHEMA,
        "run": {
            "id": run.id,
            "kind": run.kind,
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
    """Return a result as an entry of ``checks``."""
    check, estimate, significance = result.check, result.estimate, result.significance
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
        "method": _method(estimate),
        "min": check.bound.min,
        "max": None if compared else check.bound.max,
        "warn": check.bound.warn,
        "rule": check.bound.rule,
        "verdict": result.verdict.value,
        "failed": result.failed,
        "message": result.message,
        "p_value": _number(significance.p_value) if significance else None,
        "adjusted_p_value": _number(significance.adjusted) if significance else None,
        "correction": significance.correction if significance else None,
        "rows_to_decide": result.rows_to_decide,
        "baseline": _baseline_as_json(result) if compared else None,
        "gap": _gap_as_json(result) if check.kind == "gap" else None,
    }


def _method(estimate: AnyEstimate | None) -> str | None:
    return estimate.method if isinstance(estimate, Estimate) else None


def _interval_as_json(estimate: AnyEstimate | None) -> dict[str, float | None]:
    if not isinstance(estimate, Estimate):
        return dict.fromkeys(("value", "low", "high"))
    return {
        "value": _number(estimate.value),
        "low": _number(estimate.low),
        "high": _number(estimate.high),
    }


def _baseline_as_json(result: Result) -> dict[str, Any]:
    """Return the baseline, by how much a model may be worse than it, and by how much it is."""
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
        "method": _method(one),
        **agreed,
        "degradation": {**_interval_as_json(degradation), "method": _method(degradation)},
    }


def _gap_as_json(result: Result) -> dict[str, Any]:
    """Return the agreed gap, and the segments between which the measured gap lies."""
    check, gap = result.check, result.gap
    return {
        "max_gap": check.bound.max,
        "over": list(check.columns),
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
