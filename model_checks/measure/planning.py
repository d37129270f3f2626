"""Settings and the rows of models -> the checks of a run, with what is known of them beforehand."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime

from model_checks.data.model_rows import ModelRows, OpenModels, SegmentCounts
from model_checks.data.rows import LabelCounts
from model_checks.errors import Interrupted, MeasurementError, guarded, heeding
from model_checks.plan.build import placeholder_values, plan_checks
from model_checks.plan.checks import Check, Plan, Segment, SegmentationKey, SegmentRows
from model_checks.plan.feasibility import doubtful, rests_on_a_class, unprovable_notes
from model_checks.predict.shadowed_libraries import hidden_libraries
from model_checks.predict.sources import unforeseen
from model_checks.settings import Settings

_PLANNING = unforeseen("planning")


def plan_of(
    settings: Settings,
    moments: Mapping[str, datetime],
    *,
    gate: bool,
    against: Settings | None = None,
    interrupted: Interrupted | None = None,
    models: OpenModels | None = None,
) -> Plan:
    """Return the checks to make, with the segment values in the data at each model's moment.

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
    """Return the values of segmentations in the data; none of data that can't be read."""
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
