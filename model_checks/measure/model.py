"""One model, all its checks: rows -> predictions -> aggregates, once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from model_checks.data import Engine, open_engine, open_file
from model_checks.data.columns import sql_of
from model_checks.data.quality import Lookout, Signs
from model_checks.data.rows import Rows, listed_rows, open_rows, segment_rows
from model_checks.data.sql import literal
from model_checks.data.values import label_of
from model_checks.errors import Interrupted, MeasurementError, guarded, heeding
from model_checks.measure.baseline import Judged, MeasuredBaseline, Rival, measured_elsewhere
from model_checks.measure.facts import ModelFacts
from model_checks.measure.predictors import Contestant, Keeping, answered
from model_checks.measure.requirements import Needs, needs_of
from model_checks.measure.segment_values import values_there
from model_checks.metrics.statistics import ConfusionCounts, RankSums, Statistics
from model_checks.plan.checks import Check, Segment, SegmentationKey, SegmentRows
from model_checks.predict.batches import Progress
from model_checks.predict.sources import load_model, unforeseen
from model_checks.predict.table import Predictions, find_predictions
from model_checks.settings import Model, Settings
from model_checks.settings.column_roles import roles_of
from model_checks.text import label_text

__all__ = [
    "MeasuredBaseline",
    "Measurement",
    "count_labelled",
    "count_positives",
    "find_segments",
    "measure",
    "moment_of",
    "reopen",
]


@dataclass(frozen=True)
class Measurement:
    """All that was measured of a model: enough for a verdict on every one of its checks.

    Attributes
    ----------
    facts
        What it was measured on, or why it could not be.
    aggregates
        Of the whole and of every segment value.
    predictions
        Where the predictions are, for the charts; None if there are none.
    nothing
        Why there was no row to judge; None if there was.
    baseline
        What it is compared with; None where no check asks for that.
    signs
        What the rows show of themselves; None if they could not be read.
    values_there
        Of each segment that the file lists and no row has, which values there are.
    """

    facts: ModelFacts
    aggregates: Mapping[Segment, Statistics]
    predictions: Predictions | None = None
    nothing: str | None = None
    baseline: MeasuredBaseline | None = None
    signs: Signs | None = None
    values_there: Mapping[Segment, str] = field(default_factory=dict)


def moment_of(settings: Settings, name: str, given: datetime | None, now: datetime) -> datetime:
    """When a model is judged: as of the option, else what the file says nearest, else now."""
    return given or settings.models[name].as_of or settings.defaults.as_of or now


def find_segments(
    settings: Settings, name: str, as_of: datetime
) -> Mapping[SegmentationKey, SegmentRows]:
    """The values of a model's segmentations that the file does not list, by one query for each.

    Raises
    ------
    DataError
        If the data can't be read.
    """
    model = settings.models[name]
    if all(one.values is not None for one in model.segments):
        return {}
    with open_engine(model.data, settings, roles_of(model, called=False)) as engine:
        found = _segments(engine, model, open_rows(engine, model, as_of))
        return {(name, columns): values for columns, values in found.items()}


def count_labelled(
    settings: Settings, name: str, as_of: datetime, segments: Collection[Segment]
) -> SegmentRows:
    """How many labelled rows a model has, in the whole and in segments that the file lists.

    Raises
    ------
    DataError
        If the data can't be read.
    """
    model = settings.models[name]
    with open_engine(model.data, settings, roles_of(model, called=False)) as engine:
        return _counted(engine, open_rows(engine, model, as_of), segments)


def count_positives(
    settings: Settings, name: str, as_of: datetime, segments: Collection[Segment]
) -> SegmentRows:
    """How many of the labelled rows of a binary model are positives, in the whole and in segments.

    Raises
    ------
    DataError
        If the data can't be read.
    """
    model = settings.models[name]
    [target] = model.targets
    with open_engine(model.data, settings, roles_of(model, called=False)) as engine:
        rows = open_rows(engine, model, as_of)
        label = label_of(sql_of(target, rows.types), rows.types[target])
        positive = f"{label} = {literal(label_text(model.positive_label))}"
        condition = f"{rows.condition} and {positive}"
        [(n,)] = engine.run(f"select count(*) from {rows.relation} where {condition}")
        return _counted(engine, replace(rows, condition=condition, labelled=n), segments)


def _counted(engine: Engine, rows: Rows, segments: Collection[Segment]) -> SegmentRows:
    listed = listed_rows(engine, rows, [segment for segment in segments if segment])
    return {**dict.fromkeys(segments, 0), **listed, (): rows.labelled}


def _segments(engine: Engine, model: Model, rows: Rows) -> Mapping[tuple[str, ...], SegmentRows]:
    found_in_data = [one for one in model.segments if one.values is None]
    return {tuple(one.by): segment_rows(engine, rows, one) for one in found_in_data}


def measure(
    settings: Settings,
    name: str,
    checks: Sequence[Check],
    as_of: datetime,
    folder: Path,
    progress: Progress | None = None,
    *,
    interrupted: Interrupted | None = None,
) -> Measurement:
    """Measure all that the checks of a model need.

    What goes wrong with the model or its data, whatever is raised, is told in the measurement: it
    is the result of every check of this model, and of no other.

    Parameters
    ----------
    checks
        The plan's, of this model and others.
    folder
        Where the predictions of a model that must be called are kept; has to outlive the charts.
    progress
        Is told how many rows of how many a model was called on; never where predictions are logged.
    interrupted
        Asked where something was raised whether the run is to end, as by Ctrl-C. Where it says no,
        a KeyboardInterrupt is an error as any other; None: it is always somebody's wish.

    Raises
    ------
    KeyboardInterrupt
        If the run is to end, and nothing else.
    """
    model = settings.models[name]
    source = model.model.source if model.model else "logged predictions"
    facts = _Facts(ModelFacts(task=model.task, source=source))
    own = [check for check in checks if check.model == name]
    file = folder / f"{name}.duckdb"
    try:
        with heeding(interrupted), guarded(unforeseen("measuring")):
            return _measured(model, own, as_of, facts, Keeping(settings, file, progress))
    except MeasurementError as error:
        return Measurement(replace(facts.known, error=str(error)), {})


@dataclass
class _Facts:
    """What is known of a model so far; told whatever its measuring ends in."""

    known: ModelFacts

    def add_rows(self, rows: Rows) -> None:
        self.known = replace(
            self.known,
            rows=rows.in_window,
            labelled=rows.labelled,
            dropped=rows.in_window - rows.labelled,
            untimed=rows.untimed,
            window_start=rows.start,
            window_end=rows.end,
            newest_row=rows.times.newest_row if rows.times else None,
            newest_label=rows.times.newest_label if rows.times else None,
        )

    def add_file(self, sha256: str | None) -> None:
        self.known = replace(self.known, sha256=sha256)


def _measured(
    model: Model, checks: Sequence[Check], as_of: datetime, facts: _Facts, keeping: Keeping
) -> Measurement:
    settings = keeping.settings
    judged = [check for check in checks if not check.vacant]
    needs = needs_of(judged)
    compared = needs_of(check for check in judged if check.kind == "degradation")
    baseline: MeasuredBaseline | None = None
    with ExitStack() as stack:
        engine = stack.enter_context(open_engine(model.data, settings, roles_of(model)))
        rows = open_rows(engine, model, as_of)
        facts.add_rows(rows)
        if rows.nothing:
            return Measurement(facts.known, {}, nothing=rows.nothing, signs=Signs.of(rows))
        if any(check.vacant and check.declared for check in checks):
            _segments(engine, model, rows)  # raises what kept their values from being found
        loaded = load_model(model.model, settings.folder) if model.model else None
        facts.add_file(loaded.sha256 if loaded else None)
        one = Contestant.of(model, loaded, needs, rows)
        rival = _rival(model, settings, compared, rows)
        lookout = _lookout(engine, rows, one)
        stack.push(lookout.look)
        contestants = [one, *([rival.contestant] if rival and rival.contestant else [])]
        place = answered(stack, engine, rows, contestants, keeping)
        given = place.given(one)
        predictions = find_predictions(given, place.file)
        aggregates = place.aggregates(predictions, needs)
        there = values_there(place.engine, predictions, judged, aggregates)
        lookout.counts += _by_true_label(aggregates)
        if rival:
            baseline = rival.measured(place, given, predictions)
    if compared and not rival:
        beside = replace(keeping, file=keeping.file.with_suffix(".~baseline"))
        baseline = measured_elsewhere(model, loaded, compared, Judged(rows, as_of), beside)
    signs = lookout.signs
    return Measurement(
        facts.known,
        aggregates,
        predictions,
        baseline=baseline,
        signs=signs,
        values_there=there,
    )


def _lookout(engine: Engine, rows: Rows, one: Contestant) -> Lookout:
    """Rows are the same that have the same time, label, and logged answers or features."""
    time = [rows.time_column] if rows.time_column else []
    logged, features = (one.answers.names, []) if one.caller is None else ([], one.caller.features)
    return Lookout(engine, rows, [*time, *logged, *one.model.targets], features)


def _by_true_label(aggregates: Mapping[Segment, Statistics]) -> list[int]:
    """How many of all rows have each true label, where that was counted."""
    whole = aggregates.get((), Statistics(0))
    if counts := whole.find(ConfusionCounts):
        return [int(n) for n in counts.rows.sum(axis=1)]
    ranks = whole.find(RankSums)
    return [int(n) for n in ranks.rows] if ranks else []


def _rival(model: Model, settings: Settings, compared: Needs, rows: Rows) -> Rival | None:
    """The other model, where there is one and anything to compare."""
    if compared and model.baseline and model.baseline.paired:
        return Rival(model, settings, compared, rows)
    return None


@contextmanager
def reopen(settings: Settings, name: str, predictions: Predictions) -> Iterator[Engine]:
    """The engine in which the predictions of a model that was measured can be looked at again.

    Raises
    ------
    DataError
        If they can't be read any more.
    """
    file, model = predictions.file, settings.models[name]
    opened = (
        open_file(file, settings)
        if file
        else open_engine(model.data, settings, roles_of(model, called=False))
    )
    with opened as engine:
        yield engine
