"""From results as they came in to a run: in the order of the file, with none missing unnoticed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from model_checks.judging.results import Result, Run, run_id
from model_checks.measure.facts import ModelFacts
from model_checks.measure.model import Measurement
from model_checks.pipeline import mode_of, versions
from model_checks.plan.checks import Plan
from model_checks.plugin.session import CheckSession
from model_checks.report.data_quality import suspicions
from model_checks.text import counted


@dataclass(frozen=True)
class Ended:
    """How a session came to its end.

    Attributes
    ----------
    exit_status
        What it ends in.
    cut_short
        What stopped it, in words; None where nothing did.
    undrawn
        Why charts could not be drawn, one sentence each.
    unwritten
        What could not be written at the end, one sentence each.
    """

    exit_status: int
    cut_short: str | None = None
    undrawn: Sequence[str] = ()
    unwritten: Sequence[str] = ()


def assembled(
    session: CheckSession,
    selected: Sequence[str] | None,
    results: Mapping[str, Result],
    ended: Ended,
) -> Run:
    """Return the run, as far as it has come.

    Parameters
    ----------
    selected
        The checks that were to be run; None if it never came to choosing them.
    results
        Those that were, by id.
    """
    plan = session.planned
    planned, ids = plan if isinstance(plan, Plan) else None, selected or ()
    checks = {check.id: check for check in planned.checks} if planned else {}
    unreached = sum(check_id not in results for check_id in ids)
    cut_short = ended.cut_short if unreached or selected is None else None
    left_out = list(planned.left_out) if planned else []
    if selected is not None and len(ids) < len(checks):
        left_out.append(f"{len(checks) - len(ids):,} of {len(checks):,} checks were not selected")
    if unreached:
        left_out.append(f"{unreached:,} of {len(ids):,} selected checks were not reached")
    if ended.undrawn:
        charts = counted(len(ended.undrawn), "chart")
        left_out.append(f"{charts} could not be drawn; the first: {ended.undrawn[0]}")
    return Run(
        id=run_id(session.started),
        started=session.started,
        finished=datetime.now(UTC),
        as_of=_as_of(session, planned),
        mode=mode_of(gate=session.options.gate),
        exit_status=ended.exit_status,
        versions=versions(),
        thresholds_sha256=session.settings.sha256 if planned else "",
        models=_facts(session, results) if planned else {},
        results=[results[check_id] for check_id in checks if check_id in results],
        planned=len(checks),
        selected=len(ids),
        left_out=left_out,
        notes=planned.notes if planned else (),
        cut_short=cut_short,
        by_person=session.signals.by_person,
        unwritten=ended.unwritten,
        unjudged=() if cut_short else session.unjudged(ids, results),
    )


def _as_of(session: CheckSession, plan: Plan | None) -> datetime:
    written = session.settings.defaults.as_of if plan else None
    return session.options.as_of or written or session.started


def _facts(session: CheckSession, results: Mapping[str, Result]) -> dict[str, ModelFacts]:
    """Return those of every model that has a result."""
    judged: dict[str, list[Result]] = {}
    for result in results.values():
        judged.setdefault(result.check.model, []).append(result)
    measured = session.measured()
    return {
        name: _facts_of(
            session, name, measured.get(name) or session.not_measured(name), judged[name]
        )
        for name in session.settings.models
        if name in judged
    }


def _facts_of(
    session: CheckSession, name: str, one: Measurement, results: Sequence[Result]
) -> ModelFacts:
    """With the moment it was judged at, and with what is worth saying of it."""
    moment, given = session.as_of(name), session.options.as_of is not None
    odd = suspicions(session.settings, name, one, results, moment, given=given)
    return replace(one.facts, as_of=moment, notes=(*session.notes_on(name), *odd))
