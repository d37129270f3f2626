"""A deployed model and a frame of its features -> columns of labels, numbers and scores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from model_checks.data.columns import why_unusable
from model_checks.errors import DataError, SourceError, guarded
from model_checks.predict.column_names import PREDICTION, SCORE, Side, column_names
from model_checks.predict.model_attributes import (
    classes_of,
    classes_of_labels,
    error_of,
    features_of,
)
from model_checks.predict.model_output import (
    Array,
    array_of,
    columns_of,
    dimensions,
    labels_of,
    numbers_of,
    order_of,
    rows_of,
    size_text,
)
from model_checks.predict.precision import Precision, precision_of_array, widest
from model_checks.predict.sources import LoadedModel, raised
from model_checks.settings import Model
from model_checks.text import label_text, quoted, type_name

if TYPE_CHECKING:
    import pandas as pd

Value = TypeVar("Value")
FrameMaker = Callable[[], "pd.DataFrame"]
"""A function that makes a batch's frame anew each time: a model may write into its frame."""


@dataclass(frozen=True)
class ScoreNeeds:
    """The scores that are asked of a model beside its predictions.

    Attributes
    ----------
    scores
        Whether anything takes the model's scores.
    probabilities
        Whether a metric takes the scores for probabilities.
    """

    scores: bool
    probabilities: bool


class Caller:
    """A model that is called with frames of its features.

    Attributes
    ----------
    features
        The columns that the model is called with, in its order.
    known
        The labels that the model knows, as text; empty if it does not tell.
    scored
        The labels whose scores are asked for; binary: the positive one.
    side
        Whether the model is the one that is judged, or the baseline.

    Raises
    ------
    SourceError
        If the model lacks what is needed to judge it.
    """

    def __init__(
        self, model: Model, loaded: LoadedModel, asked: ScoreNeeds, side: Side = "model"
    ) -> None:
        self._loaded = loaded
        self._framed: FrameMaker | None = None
        self._rows = 0
        self._precisions: set[Precision] = set()
        self.side: Side = side
        self._task = model.task
        self._labels_by_score = model.decision_threshold is not None
        self._targets = model.targets
        self._positive = positive = label_text(model.positive_label)
        with guarded(loaded.refusal("its feature_names_in_, looked at,")):
            self.features = features_of(model, loaded)
        with guarded(loaded.refusal("its classes_, looked at,")):
            self.known = classes_of(loaded) if model.task in ("binary", "multiclass") else ()
        if model.task == "binary" and self.known and positive not in self.known:
            raise self._error(
                f"positive_label {positive!r} is not among its classes {quoted(self.known)}"
            )
        self.scored: tuple[str, ...] = ()
        if asked.scores or self._labels_by_score:
            self._require_scores()
            by_task = {"binary": (positive,), "multilabel": model.targets}
            self.scored = by_task.get(model.task, self.known)
        self._summed = asked.probabilities and bool(self.known)

    @property
    def predictions(self) -> tuple[str, ...]:
        """Return the names of the columns of predictions; none if they are read off the scores."""
        if self._labels_by_score:
            return ()
        return tuple(column_names(PREDICTION, self.side, self._targets))

    @property
    def scores(self) -> Mapping[str, str]:
        """Return each label whose scores are asked for, with the name of their column."""
        return dict(zip(self.scored, column_names(SCORE, self.side, self.scored), strict=True))

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of the columns that sum to 1 as probabilities; none of multilabel."""
        return tuple(self._score_columns.values()) if self._summed else ()

    @property
    def _score_columns(self) -> Mapping[str, str]:
        """Return the column of each label's scores; of all labels where they are to sum to 1."""
        others = [label for label in self.known if label not in self.scored] if self._summed else []
        rest = f"model_checks other {SCORE} of the {self.side}"
        return {**self.scores, **{label: f"{rest} {k}" for k, label in enumerate(others)}}

    @property
    def texts(self) -> Mapping[str, bool]:
        """Return each column of answers, with whether it holds texts rather than numbers."""
        labels = dict.fromkeys(self.predictions, self._task != "regression")
        return labels | dict.fromkeys(self._score_columns.values(), False)

    @property
    def precision(self) -> Precision:
        """Return the precision of all scores that the model has answered so far."""
        return widest(self._precisions)

    def columns(self, framed: FrameMaker, rows: int) -> dict[str, Any]:
        """Return the prediction columns and the score columns: texts or floats, one for each row.

        Parameters
        ----------
        framed
            Makes the frame that the model is called with.
        rows
            How many rows that frame has.

        Raises
        ------
        SourceError
            If the model raises, or does not answer with one prediction for each row.
        """
        self._framed, self._rows = framed, rows
        with guarded(self._refusal("its answer, looked at,")):
            return self._several_columns() if self._task == "multilabel" else self._one_column()

    def _one_column(self) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        if self.predictions:
            answer = self._shaped("predict", self._called("predict"))
            read = numbers_of if self._task == "regression" else labels_of
            [prediction] = self.predictions
            columns[prediction] = self._read("predict", read, answer)
        if self.scored:
            scores = self._scores(self._called("predict_proba"), self.known)
            for label, column in self._score_columns.items():
                columns[column] = scores[:, self.known.index(label)]
        return columns

    def _several_columns(self) -> dict[str, Any]:
        """Return each label's predictions, or the scores that they are read off, or both."""
        columns: dict[str, Any] = {}
        if self.predictions:
            answer = self._shaped("predict", self._called("predict"), self._targets, own=False)
            read = [self._read("predict", labels_of, labels) for labels in answer.T]
            columns |= zip(self.predictions, read, strict=True)
        if self.scored:
            scores = self._scores_of_labels(self._called("predict_proba"))
            columns |= zip(self.scores.values(), scores, strict=True)
        return columns

    def _scores_of_labels(self, answer: Any) -> list[Any]:
        """Return the scores of each label: a column of one table, or of a table of its own."""
        labels = len(self._targets)
        if not (isinstance(answer, list) and answer and dimensions(answer[0]) == 2):
            return list(self._scores(answer, self._targets, own=False).T)
        if len(answer) != labels:
            found = f"a list of {len(answer):,}, expected {labels:,} tables, one for each label"
            raise self._error(f"predict_proba answered with {found}")
        scores = []
        for table, classes in zip(
            answer, classes_of_labels(self._loaded, self._targets, self._positive), strict=True
        ):
            numbers = self._scores(table, [str(label) for label in classes])
            seen = self._positive in classes  # in training; else it is never predicted
            none = np.zeros(self._rows)
            scores.append(numbers[:, classes.index(self._positive)] if seen else none)
        return scores

    def require_features(self, columns: Mapping[str, str], files: str) -> None:
        """Refuse data that lacks a feature of the model, and a model that is told its target.

        Raises
        ------
        SourceError
            If a target is among the features: nothing that it answers could be wrong.
        DataError
            If the data lacks a feature, or has several columns of its name.
        """
        if told := [name for name in self.features if name in self._targets]:
            raise self._error(f"its features hold the target: {quoted(told)}")
        for name in self.features:
            if why := why_unusable(name, columns):
                raise DataError(f"data {files!r}: the model's feature {name!r} {why}")
        if missing := [name for name in self.features if name not in columns]:
            raise DataError(f"data {files!r}: lacks features of the model: {quoted(missing)}")

    def _require_scores(self) -> None:
        if not callable(self._loaded.attribute("predict_proba")):
            raise self._error(
                "has no predict_proba, which metrics of scores and decision_threshold need"
            )
        if not self.known and self._task != "multilabel":
            raise self._error("has no classes_, which tell what its scores are of")

    def _called(self, method: str) -> Any:
        assert self._framed is not None  # set before anything is called
        frame = self._framed()  # its own: the model may write into it
        with guarded(self._refusal(method)), self._loaded.process_state.entered():
            return getattr(self._loaded.model, method)(frame)

    def _shaped(
        self, method: str, answer: Any, names: Sequence[str] | None = None, *, own: bool = True
    ) -> Array:
        """Return an answer in the order of the rows, with a column for each name or without any."""
        expected = (self._rows,) if names is None else (self._rows, len(names))
        # An answer that is looked at may raise anything, as the model may.
        with guarded(self._refusal(method)), self._loaded.process_state.entered():
            values, rows, columns = (
                array_of(answer),
                rows_of(answer, self._rows),
                columns_of(answer),
            )
        if values.dtype.kind in "mM":  # numpy would make numbers of times
            unfit = "number" if self._task == "regression" else "label"
            raise self._error(f"{method} answered with {values.dtype}, which is no {unfit}")
        if values.shape == (*expected, 1) and len(expected) == 1:
            values = values[:, 0]
        if values.shape != expected:
            found = size_text(values.shape) if values.shape else f"a {type_name(answer)}"
            raise self._error(f"{method} answered with {found}, expected {size_text(expected)}")
        if names is not None and columns is not None:
            values = values[
                :, self._read(method, partial(order_of, expected=names, own=own), columns)
            ]
        return values if rows is None else values[rows]

    def _scores(self, answer: Any, names: Sequence[str], *, own: bool = True) -> Any:
        values = self._shaped("predict_proba", answer, names, own=own)
        self._precisions.add(precision_of_array(values))
        return self._read("predict_proba", numbers_of, values)

    def _read(self, method: str, read: Callable[[Any], Value], answer: Any) -> Value:
        try:
            return read(answer)
        except (ValueError, OverflowError) as error:
            raise self._error(f"{method} answered with {error}") from None

    def _refusal(self, method: str) -> Callable[[BaseException], SourceError]:
        """Return a function that words what the model raised, without the values of its rows."""

        def refusal(error: BaseException) -> SourceError:
            frame = self._framed() if self._framed else None
            given = [] if frame is None else [frame.iloc[:, k] for k in range(frame.shape[1])]
            return self._error(f"{method} {raised(error, given)}")

        return refusal

    def _error(self, text: str) -> SourceError:
        return error_of(self._loaded, text)
