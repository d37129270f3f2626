"""From results as they came in to a run: in the order of the file, with none missing unnoticed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from model_checks.judging import mode_of, run_id, versions
from model_checks.measuring import Measurement
from model_checks.plan import Plan
from model_checks.plugin.session import CheckSession
from model_checks.results import ModelFacts, Result, Run
from model_checks.suspicions import suspicions


def assembled(
    session: CheckSession,
    ids: Sequence[str],
    results: Mapping[str, Result],
    exit_status: int,
    undrawn: Sequence[str] = (),
) -> Run:
    """The run, as far as it has come.

    Parameters
    ----------
    ids
        The checks that were to be run.
    results
        Those that were, by id.
    undrawn
        Why charts could not be drawn, one sentence each.
    """
    plan = session.planned
    checks = {check.id: check for check in plan.checks} if isinstance(plan, Plan) else {}
    unreached = sum(check_id not in results for check_id in ids)
    left_out = list(plan.left_out) if isinstance(plan, Plan) else []
    if len(ids) < len(checks):
        left_out.append(f"{len(checks) - len(ids):,} of {len(checks):,} checks were not selected")
    if unreached:
        left_out.append(f"{unreached:,} of {len(ids):,} selected checks were not reached")
    if undrawn:
        charts = "1 chart" if len(undrawn) == 1 else f"{len(undrawn):,} charts"
        left_out.append(f"{charts} could not be drawn; the first: {undrawn[0]}")
    return Run(
        id=run_id(session.started),
        started=session.started,
        finished=datetime.now(UTC),
        as_of=session.options.as_of or session.settings.defaults.as_of or session.started,
        mode=mode_of(gate=session.options.gate),
        exit_status=exit_status,
        versions=versions(),
        thresholds_sha256=session.settings.sha256,
        models=_facts(session, results),
        results=[results[check_id] for check_id in checks if check_id in results],
        planned=len(checks),
        left_out=left_out,
        notes=plan.notes if isinstance(plan, Plan) else (),
    )


def _facts(session: CheckSession, results: Mapping[str, Result]) -> dict[str, ModelFacts]:
    """Of every model that has a result."""
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
