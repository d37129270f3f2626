"""The columns in which the answers of a model stand, logged or kept, and their labels."""

from collections.abc import Mapping
from dataclasses import dataclass

from model_checks.predict.adapter import Caller
from model_checks.predict.column_names import Side
from model_checks.predict.precision import Precision, precision_of, widest
from model_checks.settings import Model
from model_checks.text import label_text


@dataclass(frozen=True)
class AnswerColumns:
    """The columns in which the answers of a model stand.

    Attributes
    ----------
    predictions
        Columns of predicted labels or numbers; none where labels are read off the scores.
    scores
        Each label that has scores, with the column of these.
    known
        The labels that the model knows; none if it does not tell.
    side
        Whether the model is the one that is judged, or the baseline.
    parts
        The columns that sum to 1 where scores are probabilities; none where a label has none.
    precision
        Precision of the scores that a model answered; None where their columns' types tell it.
    """

    predictions: tuple[str, ...]
    scores: Mapping[str, str]
    known: tuple[str, ...]
    side: Side
    parts: tuple[str, ...] = ()
    precision: Precision | None = None

    @classmethod
    def logged(cls, model: Model, side: Side) -> "AnswerColumns":
        """Return the columns that the settings name."""
        scores = _logged_scores(model)
        several = model.task == "multiclass"
        known, parts = (tuple(scores), tuple(scores.values())) if several else ((), ())
        return cls(model.predictions, scores, known, side, parts)

    @classmethod
    def of(cls, caller: Caller) -> "AnswerColumns":
        """Return the columns of a model that was called, as only then its precision is known."""
        names = (caller.predictions, caller.scores, caller.known, caller.side, caller.parts)
        return cls(*names, caller.precision)

    @property
    def names(self) -> list[str]:
        """Return the names of all columns, those of predictions first."""
        return [*self.predictions, *self.scores.values()]

    def precision_of(self, score: str, types: Mapping[str, str]) -> Precision:
        """Return how exact one column of scores is."""
        return self.precision or precision_of(types[score])

    def precision_in(self, types: Mapping[str, str]) -> Precision:
        """Return how exact all scores are together."""
        return self.precision or widest(precision_of(types[one]) for one in self.scores.values())


def _logged_scores(model: Model) -> Mapping[str, str]:
    """Return each label that has a column of scores, with that column."""
    if isinstance(model.score, dict):
        return model.score
    labels = model.targets if model.task == "multilabel" else [label_text(model.positive_label)]
    return dict(zip(labels, model.scores, strict=False))
