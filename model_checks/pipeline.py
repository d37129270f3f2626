"""The whole road without pytest, for a notebook or a script: settings -> run."""

import importlib.metadata
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from model_checks.data.model_rows import OpenModels
from model_checks.errors import MeasurementError
from model_checks.judging.gate import gate_of, unjudged_models
from model_checks.judging.model import decide_all
from model_checks.judging.results import Result, Run, error_of, run_id
from model_checks.measure.facts import ModelFacts
from model_checks.measure.model import Measurement, measure, moment_of
from model_checks.measure.planning import plan_of
from model_checks.plan.checks import Check, Plan
from model_checks.plan.comparison_notes import notes_on
from model_checks.report.data_quality import data_quality_notes
from model_checks.report.sentence import result_of
from model_checks.scratch import Scratch, remove_abandoned
from model_checks.settings import Settings
from model_checks.text import counted
from model_checks.version import __version__

_PACKAGES = ("pytest", "duckdb", "numpy", "pandas", "scikit-learn", "skops")


def judge(
    settings: Settings,
    *,
    as_of: datetime | None = None,
    gate: bool = False,
    against: Settings | None = None,
    allow_loosened: bool = False,
) -> Run:
    """Measure every model and hold it against what was agreed.

    Parameters
    ----------
    settings
        Settings from ``load_settings``; with candidates, from its ``with_candidates``.
    as_of
        The moment to judge at; None is the file's, or now.
    gate
        Whether a promotion is judged: the rule is "confident" unless a threshold says otherwise.
    against
        Settings in force: bounds that are looser now are told in the notes, and shut a gate.
    allow_loosened
        Whether looser bounds are only told, and shut no gate.

    Returns
    -------
    Run
        With a result for every check; a model that could not be measured has errors for results.
        Its exit status is pytest's: 1 if a check failed or none of a model was evaluated, else 0;
        or 10, if in a gate nothing failed but a check was not evaluated, or a bound is looser than
        the one in force.

    Raises
    ------
    SettingsError
        If two thresholds would judge the same.
    """
    occasion = Occasion(datetime.now(UTC), as_of, gate=gate)
    moments = occasion.moments(settings)
    with OpenModels(settings, moments) as models:
        plan = plan_of(settings, moments, gate=gate, against=against, models=models)
        with _folder_for_predictions(settings) as folder:
            measured = {
                name: measure(models.rows(name), plan.checks, folder.path)
                for name in settings.models
            }
    found: dict[str, Result] = {}
    for name, one in measured.items():
        found |= results_of(plan.of_model(name), one)
    results = {check.id: found[check.id] for check in plan.checks}
    unjudged = unjudged_models(plan.checks, results)
    ended = Ended(int(bool(unjudged) or any(one.failed for one in results.values())), unjudged)
    if gate:
        loosened = () if allow_loosened else plan.loosened
        opened = gate_of(plan.checks, results, settings.candidates, loosened)
        ended = replace(ended, exit_status=opened.status(0))
    return run_of(occasion, Planned(settings, plan), results, measured, ended)


def results_of(checks: Sequence[Check], measurement: Measurement) -> Mapping[str, Result]:
    """Return the result of every check of a model, by its id.

    Parameters
    ----------
    checks
        All that are planned for the model; where they can't be judged, all of them are errors.

    Raises
    ------
    KeyboardInterrupt
        If the run is to end, and nothing else.
    """
    try:
        decided = decide_all(checks, measurement)
    except MeasurementError as error:
        return {check.id: error_of(check, str(error)) for check in checks}
    return {evidence.check.id: result_of(evidence, decision) for evidence, decision in decided}


@dataclass(frozen=True)
class Occasion:
    """The start of a run, the moment it judges at, if one was asked for, and its purpose."""

    started: datetime
    as_of: datetime | None = None
    gate: bool = False

    def moments(self, settings: Settings) -> dict[str, datetime]:
        """Return the moment at which each model is judged."""
        return {
            name: moment_of(settings, name, self.as_of, self.started) for name in settings.models
        }


@dataclass(frozen=True)
class Planned:
    """The settings of a run, and the checks that they ask for."""

    settings: Settings
    plan: Plan


@dataclass(frozen=True)
class Ended:
    """The end of a run.

    Attributes
    ----------
    exit_status
        Exit status of the process.
    unjudged
        The models none of whose checks was evaluated.
    cut_short
        Cause that stopped the run, in words; None where it came to its own end.
    by_person
        Whether a person stopped it.
    undrawn
        Why charts could not be drawn, one sentence each.
    unwritten
        What could not be written at the end, one sentence each.
    """

    exit_status: int
    unjudged: Sequence[str] = ()
    cut_short: str | None = None
    by_person: bool = False
    undrawn: Sequence[str] = ()
    unwritten: Sequence[str] = ()


def run_of(
    occasion: Occasion,
    planned: Planned | None,
    results: Mapping[str, Result],
    measured: Mapping[str, Measurement],
    ended: Ended,
    *,
    selected: int | None = None,
) -> Run:
    """Return the run, as far as it has come: in the order of the file, none missing unnoticed.

    Parameters
    ----------
    planned
        Settings and plan; None where the run never came to a plan.
    results
        Results by the ids of their checks.
    measured
        Measurements by model; a model that was not reached is left out.
    selected
        How many checks were to be run; None if all of the plan.
    """
    started, plan = occasion.started, planned.plan if planned else Plan(())
    moment = occasion.as_of or (planned.settings.defaults.as_of if planned else None)
    return Run(
        id=run_id(started),
        started=started,
        finished=datetime.now(UTC),
        as_of=moment or started,
        mode="gate" if occasion.gate else "watch",
        exit_status=ended.exit_status,
        versions=versions(),
        thresholds_sha256=planned.settings.sha256 if planned else "",
        models=_facts(occasion, planned.settings, results, measured) if planned else {},
        results=[results[check.id] for check in plan.checks if check.id in results],
        planned=len(plan.checks),
        selected=selected,
        left_out=[*plan.left_out, *_left_out(len(plan.checks), selected, len(results), ended)],
        notes=plan.notes,
        cut_short=ended.cut_short,
        by_person=ended.by_person,
        unwritten=ended.unwritten,
        unjudged=() if ended.cut_short else ended.unjudged,
    )


def _left_out(planned: int, selected: int | None, made: int, ended: Ended) -> Iterator[str]:
    """Yield sentences on planned checks that were not judged, and charts that were not drawn."""
    wanted = planned if selected is None else selected
    if wanted < planned:
        yield f"{planned - wanted:,} of {planned:,} checks were not selected"
    if made < wanted:
        yield f"{wanted - made:,} of {wanted:,} selected checks were not reached"
    if ended.undrawn:
        charts = counted(len(ended.undrawn), "chart")
        yield f"{charts} could not be drawn; the first: {ended.undrawn[0]}"


def _facts(
    occasion: Occasion,
    settings: Settings,
    results: Mapping[str, Result],
    measured: Mapping[str, Measurement],
) -> dict[str, ModelFacts]:
    """Return the facts that each model was judged on, with the notes on them."""
    moments, given = occasion.moments(settings), occasion.as_of is not None
    by_model: dict[str, list[Result]] = {name: [] for name in measured}
    for result in results.values():
        by_model[result.check.model].append(result)
    facts = {}
    for name, one in measured.items():
        odd = data_quality_notes(settings, name, one, by_model[name], moments[name], given=given)
        notes = (*notes_on(settings, name), *odd)
        facts[name] = replace(one.facts, as_of=moments[name], notes=notes)
    return facts


def _folder_for_predictions(settings: Settings) -> Scratch:
    """Return a folder where ``[engine]`` says; if it can't be written, every model will tell."""
    parent = settings.engine.temp_directory
    remove_abandoned(parent)
    try:
        return Scratch.new(parent)
    except OSError:
        return Scratch.new()


@cache
def versions() -> Mapping[str, str]:
    """Return the versions of this package, Python, and the libraries that figures depend on."""
    found = {"model-checks": __version__, "python": platform.python_version()}
    return found | {name: importlib.metadata.version(name) for name in _PACKAGES}
