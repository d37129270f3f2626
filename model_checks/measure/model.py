"""One model, all its checks: rows -> predictions -> aggregates, once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from model_checks.data import open_file
from model_checks.data.engine import Engine
from model_checks.data.model_rows import ModelRows
from model_checks.data.quality import Lookout, Signs
from model_checks.data.rows import Rows
from model_checks.errors import Interrupted, MeasurementError, guarded, heeding
from model_checks.measure.baseline import (
    JudgedRows,
    MeasuredBaseline,
    PairedBaseline,
    measured_elsewhere,
)
from model_checks.measure.facts import ModelFacts
from model_checks.measure.predictors import Answered, Keeping, Predictor, answered
from model_checks.measure.requirements import Needs, needs_of
from model_checks.measure.segment_values import values_there
from model_checks.metrics.statistics import ConfusionCounts, RankSums, Statistics
from model_checks.plan.checks import Check, Segment
from model_checks.predict.batches import Progress
from model_checks.predict.sources import load_model, unforeseen
from model_checks.predict.table import Predictions, find_predictions
from model_checks.settings import Model, Settings
from model_checks.settings.column_roles import roles_of

__all__ = [
    "MeasuredBaseline",
    "Measurement",
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
        Facts that the model was measured on, or why it could not be measured.
    statistics
        Statistics of the whole and of every segment value.
    predictions
        The predictions as the charts read them; None if there are none.
    nothing
        Why there was no row to judge; None if there was.
    baseline
        Measurement of the baseline; None where no check compares.
    signs
        Signs of bad data in the rows; None if they could not be read.
    values_there
        Words on the values in the data, for each segment that the file lists and no row has.
    """

    facts: ModelFacts
    statistics: Mapping[Segment, Statistics]
    predictions: Predictions | None = None
    nothing: str | None = None
    baseline: MeasuredBaseline | None = None
    signs: Signs | None = None
    values_there: Mapping[Segment, str] = field(default_factory=dict)


def moment_of(settings: Settings, name: str, given: datetime | None, now: datetime) -> datetime:
    """Return when a model is judged: the option, else the file's nearest setting, else now."""
    return given or settings.models[name].as_of or settings.defaults.as_of or now


def measure(
    model_rows: ModelRows,
    checks: Sequence[Check],
    folder: Path,
    progress: Progress | None = None,
    *,
    interrupted: Interrupted | None = None,
) -> Measurement:
    """Measure all that the checks of a model need.

    Any error of the model or its data, whatever is raised, is kept in the measurement: it is the
    result of every check of this model, and of no other.

    Parameters
    ----------
    model_rows
        Rows that the model is judged on; open afterwards, unless only read to call a model.
    checks
        Checks of the plan, of this model and others.
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
    model, name = model_rows.model, model_rows.name
    source = model.model.source if model.model else "logged predictions"
    facts = _Facts(ModelFacts(task=model.task, source=source))
    own = [check for check in checks if check.model == name]
    file = folder / f"{name}.duckdb"
    try:
        with heeding(interrupted), guarded(unforeseen("measuring")):
            return _measured(model_rows, own, facts, Keeping(model_rows.settings, file, progress))
    except MeasurementError as error:
        return Measurement(replace(facts.known, error=str(error)), {})


@dataclass
class _Facts:
    """The facts known of a model so far, which are told whatever its measuring ends in."""

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
    model_rows: ModelRows, checks: Sequence[Check], facts: _Facts, keeping: Keeping
) -> Measurement:
    """Open the rows, let the model and its baseline answer on them, and measure the answers."""
    model, settings = model_rows.model, model_rows.settings
    judged = [check for check in checks if not check.no_data_reason]
    compared = needs_of(check for check in judged if check.kind == "degradation")
    with ExitStack() as stack:
        if roles_of(model).every:
            stack.callback(model_rows.close)  # what is judged then are answers in a file
        engine = stack.enter_context(model_rows.opened())
        rows = model_rows.counted()
        facts.add_rows(rows)
        if rows.nothing:
            return Measurement(facts.known, {}, nothing=rows.nothing, signs=Signs.of(rows))
        if any(check.no_data_reason and check.explicit for check in checks):
            model_rows.find_segments()  # raises what kept their values from being found
        loaded = load_model(model.model, settings.folder) if model.model else None
        facts.add_file(loaded.sha256 if loaded else None)
        one = Predictor.of(model, loaded, needs_of(judged), rows)
        paired = _paired_baseline(model, settings, compared, rows)
        lookout = _lookout(engine, rows, one)
        stack.push(lookout.look)
        predictors = [one, *([paired.predictor] if paired and paired.predictor else [])]
        place = answered(stack, engine, rows, predictors, keeping)
        found = _of_answers(place, one, paired, judged, facts.known)
        lookout.counts += _by_true_label(found.statistics)
    if lookout.failed:
        model_rows.close()
    if compared and not paired:
        beside = replace(keeping, file=keeping.file.with_suffix(".~baseline"))
        own = JudgedRows(rows, model_rows.as_of)
        found = replace(found, baseline=measured_elsewhere(model, loaded, compared, own, beside))
    return replace(found, signs=lookout.signs)


def _of_answers(
    place: Answered,
    one: Predictor,
    paired: PairedBaseline | None,
    judged: Sequence[Check],
    facts: ModelFacts,
) -> Measurement:
    """Return what the answers of a model, and of its baseline on the same rows, come to."""
    given = place.given(one)
    predictions = find_predictions(given, place.file)
    statistics = place.statistics(predictions, one.needs)
    return Measurement(
        facts,
        statistics,
        predictions,
        values_there=values_there(place.engine, predictions, judged, statistics),
        baseline=paired.measured(place, given, predictions) if paired else None,
    )


def _lookout(engine: Engine, rows: Rows, one: Predictor) -> Lookout:
    """Return a lookout for rows with the same time, label, and logged answers or features."""
    time = [rows.time_column] if rows.time_column else []
    logged, features = (one.answers.names, []) if one.caller is None else ([], one.caller.features)
    return Lookout(engine, rows, [*time, *logged, *one.model.targets], features)


def _by_true_label(statistics: Mapping[Segment, Statistics]) -> list[int]:
    """Return how many of all rows have each true label, where that was counted."""
    whole = statistics.get((), Statistics(0))
    if counts := whole.find(ConfusionCounts):
        return [int(n) for n in counts.rows.sum(axis=1)]
    ranks = whole.find(RankSums)
    return [int(n) for n in ranks.rows] if ranks else []


def _paired_baseline(
    model: Model, settings: Settings, compared: Needs, rows: Rows
) -> PairedBaseline | None:
    """Return the other model, where there is one and anything to compare."""
    if compared and model.baseline and model.baseline.paired:
        return PairedBaseline(model, settings, compared, rows)
    return None


@contextmanager
def reopen(model_rows: ModelRows, predictions: Predictions) -> Iterator[Engine]:
    """Lend the engine in which the predictions of a model that was measured are looked at again.

    Raises
    ------
    DataError
        If they can't be read any more.
    """
    file = predictions.file
    opened = open_file(file, model_rows.settings) if file else model_rows.opened(called=False)
    with opened as engine:
        yield engine
