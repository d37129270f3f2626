"""The whole road without pytest, for a notebook or a script: settings -> run."""

import importlib.metadata
import platform
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from model_checks import __version__
from model_checks.data.rows import LabelCounts
from model_checks.data.scratch import Scratch, remove_abandoned
from model_checks.errors import Interrupted, MeasurementError, guarded, heeding
from model_checks.judging.gate import gate_of, unjudged_models
from model_checks.judging.model import rulings
from model_checks.judging.results import Result, Run, run_id
from model_checks.measure.facts import ModelFacts
from model_checks.measure.model import Measurement, measure, moment_of
from model_checks.model_rows import ModelRows, OpenModels, SegmentCounts
from model_checks.plan.build import placeholder_values, plan_checks
from model_checks.plan.checks import Check, Plan, Segment, SegmentationKey, SegmentRows
from model_checks.plan.comparison_notes import notes_on
from model_checks.plan.feasibility import doubtful, rests_on_a_class, unprovable_notes
from model_checks.predict.shadowed_libraries import hidden_libraries
from model_checks.predict.sources import unforeseen
from model_checks.report.data_quality import suspicions
from model_checks.settings import Settings

_PLANNING = unforeseen("planning")
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
        From ``load_settings``; with candidates, from its ``with_candidates``.
    as_of
        Judge as if it were then; None is what the file says, or now.
    gate
        Whether a promotion is judged: the rule is "confident" unless a threshold says otherwise.
    against
        What is in force: bounds that are looser now are told in the notes, and shut a gate.
    allow_loosened
        Whether they only are told.

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
    started = datetime.now(UTC)
    moments = {name: moment_of(settings, name, as_of, started) for name in settings.models}
    with OpenModels(settings, moments) as models:
        plan = plan_of(settings, moments, gate=gate, against=against, models=models)
        with _folder_for_predictions(settings) as folder:
            measured = {
                name: measure(models.rows(name), plan.checks, folder.path)
                for name in settings.models
            }
    ruled = {name: rulings(plan.of_model(name), one) for name, one in measured.items()}
    results = {check.id: ruled[check.model][check.id] for check in plan.checks}
    loosened = () if allow_loosened else plan.loosened
    opened = gate_of(plan.checks, results, settings.candidates, loosened) if gate else None
    unjudged = unjudged_models(plan.checks, results)
    failed = bool(unjudged) or any(result.failed for result in results.values())
    return Run(
        id=run_id(started),
        started=started,
        finished=datetime.now(UTC),
        as_of=as_of or settings.defaults.as_of or started,
        mode=mode_of(gate=gate),
        exit_status=opened.status(0) if opened else int(failed),
        versions=versions(),
        thresholds_sha256=settings.sha256,
        models={
            name: _facts(settings, name, one, ruled[name].values(), moments[name], as_of)
            for name, one in measured.items()
        },
        results=list(results.values()),
        planned=len(plan.checks),
        left_out=plan.left_out,
        notes=plan.notes,
        unjudged=unjudged,
    )


def _facts(
    settings: Settings,
    name: str,
    measurement: Measurement,
    results: Iterable[Result],
    moment: datetime,
    given: datetime | None,
) -> ModelFacts:
    """What a model was measured on, with what is to be said of that."""
    suspected = suspicions(settings, name, measurement, results, moment, given=bool(given))
    return replace(measurement.facts, as_of=moment, notes=(*notes_on(settings, name), *suspected))


def _folder_for_predictions(settings: Settings) -> Scratch:
    """Where ``[engine]`` says; if nothing can be written there, every model will tell."""
    parent = settings.engine.temp_directory
    remove_abandoned(parent)
    try:
        return Scratch.new(parent)
    except OSError:
        return Scratch.new()


def plan_of(
    settings: Settings,
    moments: Mapping[str, datetime],
    *,
    gate: bool,
    against: Settings | None = None,
    interrupted: Interrupted | None = None,
    models: OpenModels | None = None,
) -> Plan:
    """The checks to make, with the segment values that the data has at each model's moment.

    Rows are counted beside, but only where a check is in doubt that too few could never meet. The
    model that is measured first is looked at last, so that its rows have not waited for long.

    Data that can't be read is no error here, whatever it raises: measuring meets it again, and it
    becomes the result of that model's checks.

    Parameters
    ----------
    interrupted
        As ``measure`` asks it.
    models
        Where the rows stay open for whoever measures; None closes them.

    Raises
    ------
    SettingsError
        If two thresholds would judge the same.
    KeyboardInterrupt
        If the run is to end.
    """
    loosened: tuple[str, ...] = ()
    if against:
        from model_checks.plan.loosening import loosened_bounds

        loosened = loosened_bounds(against, settings)
    with heeding(interrupted), ExitStack() as stack:
        models = models or stack.enter_context(OpenModels(settings, moments, stay=False))
        plan = _plan_of(settings, models, gate=gate)
    return replace(plan, loosened=loosened, notes=(*loosened, *plan.notes))


def _plan_of(settings: Settings, models: OpenModels, *, gate: bool) -> Plan:
    likely = plan_checks(settings, placeholder_values(settings), gate=gate)
    found: dict[SegmentationKey, SegmentRows] = {}
    counted: dict[tuple[str, Segment], LabelCounts] = {}
    first, *others = settings.models
    for name in (*others, first):
        doubts = list(doubtful(likely.of_model(name)))
        segments = _found(models.rows(name), doubts)
        for by, counts in segments.items():
            found[name, by] = {segment: one.labelled for segment, one in counts.items()}
        counts = _counted(models.rows(name), doubts, segments)
        counted |= {(name, segment): one for segment, one in counts.items()}
    plan = plan_checks(settings, found, gate=gate)
    rows = {place: one.labelled for place, one in counted.items()}
    positives = {
        place: one.positives for place, one in counted.items() if one.positives is not None
    }
    hidden = hidden_libraries([settings.folder])
    return replace(plan, notes=(*hidden, *unprovable_notes(plan.checks, rows, positives)))


def _found(rows: ModelRows, doubts: Sequence[Check]) -> SegmentCounts:
    """The values that segmentations have in the data; none of data that can't be read."""
    with suppress(MeasurementError), guarded(_PLANNING):
        return rows.find_segments(positives=any(map(rests_on_a_class, doubts)))
    return {}


def _counted(
    rows: ModelRows, doubts: Sequence[Check], found: SegmentCounts
) -> Mapping[Segment, LabelCounts]:
    """Count the whole and the listed segments that are in doubt, and were not found anyhow."""
    known: dict[Segment, LabelCounts] = {}
    for counts in found.values():
        known |= counts
        known[()] = LabelCounts.of_all(counts.values())
    unlisted = {tuple(one.by) for one in rows.model.segments if one.values is None}
    wanted = {
        check.segment
        for check in doubts
        if tuple(column for column, _ in check.segment) not in unlisted
    }
    with suppress(MeasurementError), guarded(_PLANNING):
        if unknown := wanted - known.keys():
            known |= rows.count(unknown, positives=any(map(rests_on_a_class, doubts)))
    return known


def mode_of(*, gate: bool) -> str:
    """What a run is for: to let a model pass, or to watch one that is deployed."""
    return "gate" if gate else "watch"


@cache
def versions() -> Mapping[str, str]:
    """Of this package, Python, and the libraries that figures or their reading depend on."""
    found = {"model-checks": __version__, "python": platform.python_version()}
    return found | {name: importlib.metadata.version(name) for name in _PACKAGES}
