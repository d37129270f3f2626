"""One model, all its checks: rows -> predictions -> aggregates, once; then a result per check."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from model_checks import queries
from model_checks.aggregates import AggregateKind, Aggregates
from model_checks.engines.duckdb import Engine
from model_checks.errors import MeasurementError
from model_checks.metrics import METRICS, Estimate
from model_checks.plan import Check, Segment, SegmentationKey, SegmentRows
from model_checks.predictions import Predictions, called_predictions, logged_predictions
from model_checks.results import ModelFacts, Result, error_of, result_of
from model_checks.rows import Rows, open_rows, segment_rows
from model_checks.settings import Settings
from model_checks.sources import load_model

_Wanted = Mapping[tuple[str, ...], set[AggregateKind]]


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
    """

    facts: ModelFacts
    aggregates: Mapping[Segment, Aggregates]
    predictions: Predictions | None = None
    nothing: str | None = None

    def result(self, check: Check) -> Result:
        """The verdict on one check."""
        if self.facts.error:
            return error_of(check, self.facts.error)
        if self.nothing:
            check = replace(check, vacant=self.nothing)
        aggregates = self.aggregates.get(check.segment)
        if aggregates is None:
            none = Estimate(None, None, None, check.confidence, 0, "rows", None, "no labelled row")
            return result_of(check, none, 0)
        estimate = METRICS[check.metric].estimate(aggregates, check.average, check.confidence)
        return result_of(check, estimate, aggregates.rows)


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
    found_in_data = [one.by for one in model.segments if one.values is None]
    if not found_in_data:
        return {}
    with Engine() as engine:
        rows = open_rows(engine, model, settings, as_of)
        return {(name, tuple(by)): segment_rows(engine, rows, by) for by in found_in_data}


def measure(settings: Settings, name: str, as_of: datetime, folder: Path) -> Measurement:
    """Measure all that the thresholds of a model need.

    What goes wrong with the model or its data is told in the measurement, not raised: it is the
    result of every check of this model, and of no other.

    Parameters
    ----------
    folder
        Where the predictions of a model that must be called are kept; has to outlive the charts.
    """
    model = settings.models[name]
    source = model.model.source if model.model else "logged predictions"
    facts = ModelFacts(task=model.task, source=source)
    try:
        with Engine() as engine:
            rows = open_rows(engine, model, settings, as_of)
            facts = _with_counts(facts, rows)
            if rows.nothing:
                return Measurement(facts, {}, nothing=rows.nothing)
            facts, predictions = _predictions(engine, settings, name, rows, facts, folder)
            aggregates = _aggregates(engine, predictions, _wanted(settings, name))
            return Measurement(facts, aggregates, predictions)
    except MeasurementError as error:
        return Measurement(replace(facts, error=str(error)), {})


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


def _predictions(
    engine: Engine, settings: Settings, name: str, rows: Rows, facts: ModelFacts, folder: Path
) -> tuple[ModelFacts, Predictions]:
    model = settings.models[name]
    if model.model is None:
        return facts, logged_predictions(engine, model, rows)
    loaded = load_model(model.model, settings.folder)
    scored = any(METRICS[metric].aggregate == "ranks" for metric in model.metrics())
    file = folder / f"{name}.parquet"
    predictions = called_predictions(engine, model, rows, loaded, file, scored=scored)
    return replace(facts, sha256=loaded.sha256), predictions


def _wanted(settings: Settings, name: str) -> _Wanted:
    """The kinds of aggregates that thresholds need, of the whole and of each segmentation."""
    model = settings.models[name]
    wanted: dict[tuple[str, ...], set[AggregateKind]] = defaultdict(set)
    wanted[()] = {METRICS[metric].aggregate for metric in model.thresholds}
    for one in model.segments:
        wanted[tuple(one.by)] |= {METRICS[metric].aggregate for metric in one.thresholds}
    return wanted


def _aggregates(
    engine: Engine, predictions: Predictions, wanted: _Wanted
) -> Mapping[Segment, Aggregates]:
    found: dict[Segment, Aggregates] = {}
    for columns, kinds in wanted.items():
        if "confusion" in kinds:
            for segment, counts in queries.confusion_counts(engine, predictions, columns).items():
                rows = int(counts.rows.sum())
                found[segment] = replace(found.get(segment, Aggregates(rows)), confusion=counts)
        if "moments" in kinds:
            for segment, moments in queries.error_moments(engine, predictions, columns).items():
                found[segment] = replace(
                    found.get(segment, Aggregates(moments.rows)), moments=moments
                )
        if "ranks" in kinds:
            for segment, ranks in queries.rank_sums(engine, predictions, columns).items():
                rows = int(ranks.rows.sum())
                found[segment] = replace(found.get(segment, Aggregates(rows)), ranks=ranks)
    return found
