"""A model on its rows, called or logged, and with it its baseline's -> answers to be judged."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from model_checks.data import keep_in, open_file
from model_checks.data.engine import GIVEN, Engine
from model_checks.data.rows import Rows
from model_checks.errors import DataError
from model_checks.measure.requirements import Needs, scores_needed
from model_checks.measure.statistics import CHANGED, find_statistics
from model_checks.metrics.statistics import ProbabilitySums, Replicates, Statistics
from model_checks.plan.checks import Segment
from model_checks.predict.adapter import Caller, ScoreNeeds
from model_checks.predict.batches import Progress, write_answers
from model_checks.predict.column_names import Side
from model_checks.predict.columns import AnswerColumns
from model_checks.predict.model_attributes import has_scores
from model_checks.predict.sources import LoadedModel
from model_checks.predict.table import Predictions
from model_checks.predict.validation import Given, segment_columns
from model_checks.settings import Model, Settings


@dataclass(frozen=True)
class Predictor:
    """A model that is to be judged, called or by its logged answers.

    Attributes
    ----------
    model
        The model's settings.
    needs
        Aggregates that are wanted of its answers.
    answers
        Columns that hold the answers.
    caller
        Caller of the model; None where its answers are logged.
    """

    model: Model
    needs: Needs
    answers: AnswerColumns
    caller: Caller | None

    @classmethod
    def of(
        cls,
        model: Model,
        loaded: LoadedModel | None,
        needs: Needs,
        rows: Rows,
        side: Side = "model",
    ) -> "Predictor":
        """Return the model as a predictor; ``loaded`` is None where its answers are logged.

        Raises
        ------
        MeasurementError
            If it lacks what is needed to judge it, or the rows lack one of its features.
        """
        if loaded is None:
            return cls(model, needs, AnswerColumns.logged(model, side), None)
        asked = ScoreNeeds(_scored(model.task, needs, loaded), ProbabilitySums in needs)
        caller = Caller(model, loaded, asked, side)
        caller.require_features(rows.types, model.data.source)
        return cls(model, needs, AnswerColumns.of(caller), caller)


def _scored(task: str, needs: Needs, loaded: LoadedModel) -> bool:
    """Return whether scores are asked for; custom functions get them where there are any."""
    offered = Replicates in needs and task != "regression"
    return scores_needed(needs) or (offered and has_scores(loaded))


@dataclass(frozen=True)
class Keeping:
    """The means to call models: the file for their answers, and who is told of the progress."""

    settings: Settings
    file: Path
    progress: Progress | None


@dataclass(frozen=True)
class Answered:
    """The labelled rows, with the answers of all predictors beside the labels.

    Attributes
    ----------
    engine, relation, types, file
        Place of the rows and answers; a file only where a model was called.
    labelled
        How many rows there are.
    failed
        Why the baseline's model has not answered; None if it has, or if there is none.
    """

    engine: Engine
    relation: str
    types: Mapping[str, str]
    file: Path | None
    labelled: int
    failed: str | None = None

    def given(self, one: Predictor) -> Given:
        """Return the answers of one predictor."""
        probabilities = ProbabilitySums in one.needs
        answers = AnswerColumns.of(one.caller) if one.caller else one.answers
        return Given(self.engine, one.model, self.relation, self.types, answers, probabilities)

    def statistics(self, predictions: Predictions, needs: Needs) -> Mapping[Segment, Statistics]:
        """Return all needed aggregates, if they are of the rows that were counted before.

        The values of a segmentation have all rows between them, unless only some are listed.

        Raises
        ------
        DataError
            If they are of other rows, or the engine can't run a query to its end.
        """
        found = find_statistics(self.engine, predictions, needs)
        for grouping in {one for need in needs.values() for one in need.groupings}:
            rows = sum(one.rows for segment, one in found.items() if grouping.has(segment))
            if grouping.listed is None and rows != self.labelled:
                raise DataError(f"{self.labelled:,} labelled rows became {rows:,} {CHANGED}")
        return found


def answered(
    stack: ExitStack,
    engine: Engine,
    rows: Rows,
    predictors: Sequence[Predictor],
    keeping: Keeping,
) -> Answered:
    """Call all predictors that are not logged, and return the rows with all answers.

    Parameters
    ----------
    stack
        Closes the engine; where models are called, it then holds the engine of their answers.

    Raises
    ------
    MeasurementError
        If the model that is judged fails, the rows can't be read or the answers not be kept.
    """
    callers = [one.caller for one in predictors if one.caller]
    if not callers:
        relation = f"(select * from {rows.relation} where {rows.condition})"
        return Answered(engine, relation, rows.types, None, rows.labelled)
    with keep_in(keeping.file, keeping.settings) as kept:
        columns = _columns_kept(predictors)
        failed = write_answers(engine, rows, callers, columns, kept, keeping.progress)
    stack.close()  # gives back the memory that reading took
    engine = stack.enter_context(open_file(keeping.file, keeping.settings))
    types = rows.types.of_kept(engine.columns(GIVEN))
    return Answered(engine, GIVEN, types, keeping.file, rows.labelled, failed)


def _columns_kept(predictors: Sequence[Predictor]) -> list[str]:
    """Return the columns kept beside called models' answers: labels, weight, segments, logs."""
    model = predictors[0].model
    columns = [*model.targets, *([model.weight] if model.weight else []), *segment_columns(model)]
    columns += [name for one in predictors if not one.caller for name in one.answers.names]
    return list(dict.fromkeys(columns))
