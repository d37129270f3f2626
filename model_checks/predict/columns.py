"""The columns in which the answers of a model stand, logged or kept, and what they are of."""

from collections.abc import Mapping
from dataclasses import dataclass

from model_checks.predict.adapter import Caller
from model_checks.predict.column_names import Whose
from model_checks.predict.precision import Precision, precision_of, widest
from model_checks.settings import Model
from model_checks.text import label_text


@dataclass(frozen=True)
class AnswerColumns:
    """The columns in which the answers of a model stand.

    Attributes
    ----------
    predictions
        Of labels or numbers; none where they are read off the scores.
    scores
        Each label that has scores, with their column.
    known
        The labels that the model knows; none if it does not tell.
    whose
        Whether it is the model that is judged, or the one that it is compared with.
    parts
        The columns that sum to 1 where scores are probabilities; none where not all are there.
    precision
        Of the scores that a model answered; None where their columns tell.
    """

    predictions: tuple[str, ...]
    scores: Mapping[str, str]
    known: tuple[str, ...]
    whose: Whose
    parts: tuple[str, ...] = ()
    precision: Precision | None = None

    @classmethod
    def logged(cls, model: Model, whose: Whose) -> "AnswerColumns":
        """Those that the settings name."""
        scores = _logged_scores(model)
        several = model.task == "multiclass"
        known, parts = (tuple(scores), tuple(scores.values())) if several else ((), ())
        return cls(model.predictions, scores, known, whose, parts)

    @classmethod
    def of(cls, caller: Caller) -> "AnswerColumns":
        """Those that a model is called for; how exact its scores are is known once it was."""
        names = (caller.predictions, caller.scores, caller.known, caller.whose, caller.parts)
        return cls(*names, caller.precision)

    @property
    def names(self) -> list[str]:
        """All of them."""
        return [*self.predictions, *self.scores.values()]

    def precision_of(self, score: str, types: Mapping[str, str]) -> Precision:
        """How exact one column of scores is."""
        return self.precision or precision_of(types[score])

    def precision_in(self, types: Mapping[str, str]) -> Precision:
        """How exact all scores are together."""
        return self.precision or widest(precision_of(types[one]) for one in self.scores.values())


def _logged_scores(model: Model) -> Mapping[str, str]:
    """Each label that has a column of scores, with that column."""
    if isinstance(model.score, dict):
        return model.score
    labels = model.targets if model.task == "multilabel" else [label_text(model.positive_label)]
    return dict(zip(labels, model.scores, strict=False))
