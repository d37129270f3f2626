"""Measures a model's baseline: another model on the same rows, or the same model on others.

An error of the baseline is kept in its measurement, and concerns only the checks that compare.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from model_checks.data import open_engine
from model_checks.data.overlap import overlap
from model_checks.data.rows import Rows, open_rows, require_columns
from model_checks.data.shared_data import may_share
from model_checks.errors import DataError, MeasurementError, guarded
from model_checks.measure.predictors import Answered, Keeping, Predictor, answered
from model_checks.measure.requirements import Needs, scores_needed
from model_checks.measure.statistics import CHANGED, find_pairs
from model_checks.metrics.statistics import Statistics
from model_checks.plan.checks import Segment
from model_checks.predict.sources import LoadedModel, load_model, unforeseen
from model_checks.predict.table import Predictions, find_pair, find_predictions
from model_checks.predict.validation import Given
from model_checks.settings import Model, Settings
from model_checks.settings.column_roles import roles_of
from model_checks.text import quoted

_MEASURING = unforeseen("measuring")


@dataclass(frozen=True)
class MeasuredBaseline:
    """All that was measured of a model's baseline.

    Attributes
    ----------
    source
        The other model, or the other rows, as messages name it.
    statistics
        Statistics of the whole and of every segment value.
    pairs
        Statistics of both models' predictions on the same rows together; None where the baseline
        is of other rows.
    error
        Why the baseline could not be measured, which is no error of the model; None if it was.
    sha256
        SHA-256 of the other model's file; None where there is none.
    """

    source: str
    statistics: Mapping[Segment, Statistics]
    pairs: Mapping[Segment, Statistics] | None = None
    error: str | None = None
    sha256: str | None = None


class PairedBaseline:
    """Another model on the same rows.

    Parameters
    ----------
    model
        Settings of the judged model, which name the other.
    needs
        The aggregates that are compared.

    Attributes
    ----------
    predictor
        The other model as one to be judged; None where it can't be.
    """

    def __init__(self, model: Model, settings: Settings, needs: Needs, rows: Rows) -> None:
        named = model.baseline
        assert named
        own = {"model": named.model, "prediction": named.prediction, "score": named.score}
        self._model = model.model_copy(update=own)
        self.predictor: Predictor | None = None
        self._found = MeasuredBaseline(_source(self._model), {}, {})
        try:
            with guarded(_MEASURING):
                self.predictor = self._predictor(settings, needs, rows)
        except MeasurementError as error:
            self._found = replace(self._found, error=str(error))

    def _predictor(self, settings: Settings, needs: Needs, rows: Rows) -> Predictor:
        if self._model.model is None:
            require_columns(self._model, rows.types)
            if scores_needed(needs) and not self._model.scores:
                raise DataError(f"{self._found.source} have no score, which is compared")
            return Predictor.of(self._model, None, needs, rows, "baseline")
        loaded = load_model(self._model.model, settings.folder)
        self._found = replace(self._found, sha256=loaded.sha256)
        # Features in the settings are the judged model's; they serve where the other names none.
        tells = loaded.attribute("feature_names_in_") is not None
        model = self._model.model_copy(update={"features": None}) if tells else self._model
        return Predictor.of(model, loaded, needs, rows, "baseline")

    def measured(self, place: Answered, given: Given, predictions: Predictions) -> MeasuredBaseline:
        """Return the measurement of the other model.

        Parameters
        ----------
        place
            The answers of both models.
        given, predictions
            Answers of the judged model.
        """
        if self.predictor is None:
            return self._found
        if place.failed:
            return replace(self._found, error=place.failed)
        try:
            with guarded(_MEASURING):
                return self._compared(self.predictor, place, given, predictions)
        except MeasurementError as error:
            return replace(self._found, error=str(error))

    def _compared(
        self, one: Predictor, place: Answered, given: Given, predictions: Predictions
    ) -> MeasuredBaseline:
        own = place.given(one)
        found = find_predictions(own, place.file)
        statistics = place.statistics(found, one.needs)
        pair = find_pair(given, predictions, own, found)
        pairs = find_pairs(place.engine, pair, one.needs)
        if (whole := pairs.get(())) and whole.rows != place.labelled:
            raise DataError(f"{place.labelled:,} labelled rows became {whole.rows:,} {CHANGED}")
        return replace(self._found, statistics=statistics, pairs=pairs)


def _source(model: Model) -> str:
    if model.model:
        return model.model.source
    return f"logged predictions {quoted([*model.predictions, *model.scores])}"


@dataclass(frozen=True)
class JudgedRows:
    """The rows and the moment that the model itself is judged on.

    Attributes
    ----------
    as_of
        The moment judged; also the end of a baseline's window that names none.
    """

    rows: Rows
    as_of: datetime


def measured_elsewhere(
    model: Model, loaded: LoadedModel | None, needs: Needs, judged: JudgedRows, keeping: Keeping
) -> MeasuredBaseline:
    """Return the measurement of the same model on the rows of its baseline.

    Parameters
    ----------
    loaded
        The model; None where its answers are logged there, too.
    judged
        The judged rows, which the baseline must not share.
    """
    named = model.baseline
    assert named
    assert named.data
    timed = named.window is not None or named.as_of is not None
    rows = {"data": named.data, "window": named.window, "as_of": named.as_of or judged.as_of}
    other = model.model_copy(update=rows if timed else {**rows, "time_column": None})
    try:
        with guarded(_MEASURING):
            shared = may_share(named.data, model.data, keeping.settings.folder)
            statistics = _aggregates(other, loaded, needs, judged if shared else None, keeping)
        return MeasuredBaseline(named.data.source, statistics)
    except MeasurementError as error:
        return MeasuredBaseline(named.data.source, {}, error=str(error))
    finally:
        keeping.file.unlink(missing_ok=True)


def _aggregates(
    model: Model,
    loaded: LoadedModel | None,
    needs: Needs,
    judged: JudgedRows | None,
    keeping: Keeping,
) -> Mapping[Segment, Statistics]:
    """Return the statistics of other rows; ``judged`` is None where they can't share rows."""
    assert model.as_of
    with ExitStack() as stack:
        engine = stack.enter_context(open_engine(model.data, keeping.settings, roles_of(model)))
        rows = open_rows(engine, model, model.as_of)
        if judged and overlap(engine, rows, judged.rows, model):
            start = judged.rows.start
            before = f"; end its window by {start:%Y-%m-%d %H:%M} UTC" if start else ""
            raise DataError(f"it has rows that are judged among its own{before}")
        if rows.nothing:
            return {}
        one = Predictor.of(model, loaded, needs, rows)
        place = answered(stack, engine, rows, [one], keeping)
        return place.statistics(find_predictions(place.given(one), place.file), needs)
