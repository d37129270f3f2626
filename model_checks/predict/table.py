"""Checked answers of one model, or of two on the same rows -> one relation under common names.

Its columns are ``y_true`` and ``y_pred`` (labels as text, or numbers), ``s0``, ``s1``, ...
(scores), ``w`` (weights) and ``g0``, ``g1``, ... (segment columns as text). A multilabel model has
for each label ``y0``, ``y1``, ... and ``p0``, ``p1``, ... (1 where it is true or predicted, else 0)
in place of the first two.

In a pair ``q_pred`` is what the second model predicts, and its scores come after the first one's.
In a multilabel pair its labels come after the first one's, with the same true ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from model_checks.predict.precision import DOUBLE, Precision
from model_checks.predict.spread import Spread
from model_checks.predict.validation import Given, segment_columns


@dataclass(frozen=True)
class Predictions:
    """The relation that holds predictions, and what its columns mean.

    Attributes
    ----------
    file
        The file of a called model's answers; None where predictions stand beside the labels.
    relation
        SQL of the relation, over the engine's ``given``.
    labels
        Classification: the labels that occur; binary: negative, then positive; multilabel: the
        target columns, which the labels are named by.
    scored
        The labels that ``s0``, ``s1``, ... are the scores of; binary: the positive one;
        multilabel: all, where scores decide.
    segment_columns
        The columns that ``g0``, ``g1``, ... stand for.
    weighted
        Whether ``w`` is a column of the data; else it is 1.
    spread
        How far the answers spread; None of a pair.
    precisions
        Precision of the scores; of a pair the precisions of both models'.
    """

    task: str
    file: Path | None
    relation: str
    labels: tuple[str, ...]
    scored: tuple[str, ...]
    segment_columns: tuple[str, ...]
    weighted: bool = False
    spread: Spread | None = None
    precisions: tuple[Precision, ...] = (DOUBLE,)

    @property
    def values(self) -> list[str]:
        """Return the relation's names of what is true, and after them of what was predicted."""
        if self.task != "multilabel":
            return ["y_true", "y_pred"]
        labels = range(len(self.labels))
        return [f"y{k}" for k in labels] + [f"p{k}" for k in labels]

    @property
    def counts(self) -> Mapping[tuple[str, ...], int]:
        """Return how many rows have each true label, and each predicted one where that is logged.

        They are known where a row weighs 1: sums of weights are taken when these were looked at.
        """
        return {} if self.weighted or self.spread is None else self.spread.counts

    @property
    def score_ends(self) -> list[tuple[float, float]]:
        """Return the least and the greatest of each score; none where that is not known of all."""
        known = list(self.spread.scores.values()) if self.spread else []
        return known if len(known) == len(self.scored) else []

    def group(self, columns: Sequence[str]) -> list[str]:
        """Return the relation's names of some segment columns."""
        return [f"g{self.segment_columns.index(column)}" for column in columns]


@dataclass(frozen=True)
class PairedPredictions(Predictions):
    """The predictions of two models on the same rows.

    Attributes
    ----------
    first
        How many of the scores are the first model's.
    """

    first: int = 0


def find_predictions(given: Given, file: Path | None = None) -> Predictions:
    """Return the predictions of one model.

    Parameters
    ----------
    file
        The file of the model's answers, if one was called.

    Raises
    ------
    DataError
        If no metric could be trusted on the predictions.
    """
    (labels, spread), model = given.checked(), given.model
    return Predictions(
        model.task,
        file,
        _relation(given, given.columns(labels)),
        labels,
        tuple(given.answers.scores),
        segment_columns(model),
        model.weight is not None,
        spread,
        (given.precision,),
    )


def find_pair(
    one: Given, first: Predictions, other: Given, second: Predictions
) -> PairedPredictions:
    """Return the predictions of two models on the same rows.

    Parameters
    ----------
    first, second
        The predictions of the one model, and of the other.

    Raises
    ------
    DataError
        If no metric could be trusted on the predictions of both together.
    """
    labels = one.common_labels(first.labels, second.labels)
    columns, others = one.columns(labels), other.columns(labels)
    renamed = {"y_pred": "q_pred"}
    renamed |= {f"s{k}": f"s{len(first.scored) + k}" for k in range(len(second.scored))}
    if first.task == "multilabel":
        size = len(first.labels)
        renamed |= {f"{name}{k}": f"{name}{size + k}" for name in "yp" for k in range(size)}
    columns |= {name: others[own] for own, name in renamed.items() if own in others}
    return PairedPredictions(
        first.task,
        first.file,
        _relation(one, columns),
        labels,
        first.scored + second.scored,
        first.segment_columns,
        first.weighted,
        precisions=first.precisions + second.precisions,
        first=len(first.scored),
    )


def _relation(given: Given, columns: Mapping[str, str]) -> str:
    listed = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    return f"(select {listed} from {given.relation})"
