"""One model, all its checks: rows -> predictions -> aggregates, once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from model_checks.aggregates import AggregateKind, Aggregates, Pair
from model_checks.calling import Progress, has_scores
from model_checks.engines import Engine, keep_in, open_engine, open_file
from model_checks.errors import DataError, MeasurementError
from model_checks.metrics import METRICS, Asked, metric_named
from model_checks.plan import Check, Segment, SegmentationKey, SegmentRows
from model_checks.predictions import (
    Predictions,
    call_model,
    called_predictions,
    logged_predictions,
)
from model_checks.queries import CHANGED, Grouping, Need, find_aggregates
from model_checks.results import ModelFacts
from model_checks.rows import Rows, open_rows, segment_rows
from model_checks.settings import Model, Settings
from model_checks.sources import LoadedModel, load_model


@dataclass(frozen=True)
class MeasuredBaseline:
    """All that was measured of what a model is compared with.

    Attributes
    ----------
    source
        The other model, or the other rows, as messages name it.
    aggregates
        Of the whole and of every segment value.
    pairs
        What both models' predictions on the same rows have in common; None where the baseline is
        of other rows.
    error
        Why it could not be measured, which is no error of the model; None if it was.
    sha256
        Of the other model's file; None where there is none.
    """

    source: str
    aggregates: Mapping[Segment, Aggregates]
    pairs: Mapping[Segment, Pair] | None = None
    error: str | None = None
    sha256: str | None = None


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
    """

    facts: ModelFacts
    aggregates: Mapping[Segment, Aggregates]
    predictions: Predictions | None = None
    nothing: str | None = None
    baseline: MeasuredBaseline | None = None


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
    with open_engine(model.data, settings) as engine:
        found = _segments(engine, model, open_rows(engine, model, as_of))
        return {(name, columns): values for columns, values in found.items()}


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
) -> Measurement:
    """Measure all that the checks of a model need.

    What goes wrong with the model or its data is told in the measurement, not raised: it is the
    result of every check of this model, and of no other.

    Parameters
    ----------
    checks
        The plan's, of this model and others.
    folder
        Where the predictions of a model that must be called are kept; has to outlive the charts.
    progress
        Is told how many rows of how many a model was called on; never where predictions are logged.
    """
    model = settings.models[name]
    source = model.model.source if model.model else "logged predictions"
    facts = ModelFacts(task=model.task, source=source)
    own = [check for check in checks if check.model == name]
    needs = needs_of(check for check in own if not check.vacant)
    try:
        with open_engine(model.data, settings) as engine:
            rows = open_rows(engine, model, as_of)
            facts = _with_counts(facts, rows)
            if rows.nothing:
                return Measurement(facts, {}, nothing=rows.nothing)
            if any(check.vacant for check in own):
                _segments(engine, model, rows)  # raises what kept their values from being found
            if model.model is None:
                predictions = logged_predictions(engine, model, rows)
                aggregates = _aggregates(engine, predictions, needs, rows.labelled)
                return Measurement(facts, aggregates, predictions)
            loaded = load_model(model.model, settings.folder)
            facts = replace(facts, sha256=loaded.sha256)
            file = folder / f"{name}.duckdb"
            scored = _scored(model.task, needs, loaded)
            with keep_in(file, settings) as kept:
                caller = call_model(
                    engine, model, rows, loaded, kept, scored=scored, progress=progress
                )
        with open_file(file, settings) as engine:
            predictions = called_predictions(engine, model, caller, file)
            aggregates = _aggregates(engine, predictions, needs, rows.labelled)
            return Measurement(facts, aggregates, predictions)
    except MeasurementError as error:
        return Measurement(replace(facts, error=str(error)), {})


def _aggregates(
    engine: Engine, predictions: Predictions, needs: Mapping[AggregateKind, Need], labelled: int
) -> Mapping[Segment, Aggregates]:
    """All that is needed, if it is of the rows that were counted before."""
    found = find_aggregates(engine, predictions, needs)
    whole = found.get(())
    if whole and whole.rows != labelled:
        raise DataError(f"{labelled:,} labelled rows became {whole.rows:,} {CHANGED}")
    return found


def _scored(task: str, needs: Mapping[AggregateKind, Need], loaded: LoadedModel) -> bool:
    """Whether scores are asked for; functions of somebody's own get them where there are any."""
    offered = "replicates" in needs and task != "regression"
    needed = any(metric.aggregate in needs for metric in METRICS.values() if metric.needs_scores)
    return needed or (offered and has_scores(loaded))


def _with_counts(facts: ModelFacts, rows: Rows) -> ModelFacts:
    return replace(
        facts,
        rows=rows.in_window,
        labelled=rows.labelled,
        dropped=rows.in_window - rows.labelled,
        untimed=rows.untimed,
        window_start=rows.start,
        window_end=rows.end,
    )


def needs_of(checks: Iterable[Check]) -> Mapping[AggregateKind, Need]:
    """Which aggregates the checks of a model are functions of, for which segments.

    The values of a segmentation are held to those that the file lists, where it lists all.
    """
    by_kind: dict[AggregateKind, list[Check]] = defaultdict(list)
    for check in checks:
        by_kind[metric_named(check.metric).kind(check.task)].append(check)
    return {kind: _need(those) for kind, those in by_kind.items()}


def _need(checks: Sequence[Check]) -> Need:
    by_columns: dict[tuple[str, ...], list[Check]] = defaultdict(list)
    asked_of: dict[Segment, set[Asked]] = defaultdict(set)
    for check in checks:
        by_columns[tuple(column for column, _ in check.segment)].append(check)
        asked_of[check.segment].add(check.asked)
    return Need(
        tuple(_grouping(columns, those) for columns, those in by_columns.items()),
        frozenset(check.asked for check in checks),
        {segment: frozenset(asked) for segment, asked in asked_of.items()},
    )


def _grouping(columns: tuple[str, ...], checks: Sequence[Check]) -> Grouping:
    all_listed = columns and all(check.declared for check in checks)
    listed = tuple(dict.fromkeys(check.segment for check in checks)) if all_listed else None
    return Grouping(columns, listed)


@contextmanager
def reopen(settings: Settings, name: str, predictions: Predictions) -> Iterator[Engine]:
    """The engine in which the predictions of a model that was measured can be looked at again.

    Raises
    ------
    DataError
        If they can't be read any more.
    """
    file, data = predictions.file, settings.models[name].data
    with open_file(file, settings) if file else open_engine(data, settings) as engine:
        yield engine
