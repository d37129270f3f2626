"""A deployed model x a frame of its features -> columns of labels, numbers and scores."""

import inspect
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from model_checks.engines.columns import why_unusable
from model_checks.errors import DataError, SourceError
from model_checks.guard import guarded
from model_checks.rows import label_text
from model_checks.settings import Model
from model_checks.sources import LoadedModel, raised
from model_checks.text import quoted, type_name

if TYPE_CHECKING:
    import pandas as pd

Whose = Literal["model", "baseline"]

PREDICTION, SCORE = "prediction", "score"
_COLUMN = re.compile(rf"model_checks (?:{PREDICTION}|{SCORE}) (of the \w+)(?: \d+)?( for .*)?")


def columns_of(what: str, whose: Whose, labels: Sequence[str]) -> list[str]:
    """Names of the columns of predictions or scores of some labels; of one it need not be told.

    >>> columns_of(SCORE, "model", ["late"])
    ['model_checks score of the model']
    >>> columns_of(SCORE, "baseline", ["a", "b"])[1]
    "model_checks score of the baseline 1 for 'b'"
    """
    name = f"model_checks {what} of the {whose}"
    if len(labels) == 1:
        return [name]
    return [f"{name} {position} for {label!r}" for position, label in enumerate(labels)]


def column_shown(column: str) -> str:
    """A column as messages name it: by whose answers it holds, or as the data does.

    >>> column_shown("model_checks score of the model 1 for 'b'"), column_shown("score")
    ("of the model for 'b'", "'score'")
    """
    answered = _COLUMN.fullmatch(column)
    return f"{answered[1]}{answered[2] or ''}" if answered else repr(column)


def is_answered(column: str) -> bool:
    """Whether a column holds what a model answered, rather than what the data has."""
    return bool(_COLUMN.fullmatch(column))


class Caller:
    """Calls a model with frames of its features.

    Attributes
    ----------
    features
        The columns that it is called with, in its order.
    known
        The labels that the model knows, as text; empty if it does not tell.
    scored
        The labels whose scores are asked for; binary: the positive one.
    whose
        Whether it is the model that is judged, or the one that it is compared with.

    Raises
    ------
    SourceError
        If the model lacks what is needed to judge it.
    """

    def __init__(
        self, model: Model, loaded: LoadedModel, *, scored: bool, whose: Whose = "model"
    ) -> None:
        self._loaded = loaded
        self._frame: pd.DataFrame | None = None
        self.whose: Whose = whose
        self._task = model.task
        self._labels_by_score = model.decision_threshold is not None
        self._targets = model.targets
        self._positive = positive = label_text(model.positive_label)
        with guarded(loaded.refusal("its feature_names_in_, looked at,")):
            self.features = self._features(model)
        with guarded(loaded.refusal("its classes_, looked at,")):
            self.known = self._known() if model.task in ("binary", "multiclass") else ()
        if model.task == "binary" and self.known and positive not in self.known:
            raise self._error(
                f"positive_label {positive!r} is not among its classes {quoted(self.known)}"
            )
        self.scored: tuple[str, ...] = ()
        if scored or self._labels_by_score:
            self._require_scores()
            by_task = {"binary": (positive,), "multilabel": model.targets}
            self.scored = by_task.get(model.task, self.known)

    @property
    def predictions(self) -> tuple[str, ...]:
        """Names of the columns of predictions; none if they are read off the scores."""
        if self._labels_by_score:
            return ()
        return tuple(columns_of(PREDICTION, self.whose, self._targets))

    @property
    def scores(self) -> Mapping[str, str]:
        """Each label whose scores are asked for, with the name of their column."""
        return dict(zip(self.scored, columns_of(SCORE, self.whose, self.scored), strict=True))

    @property
    def texts(self) -> Mapping[str, bool]:
        """Each column of its answers, with whether it holds texts rather than numbers."""
        labels = dict.fromkeys(self.predictions, self._task != "regression")
        return labels | dict.fromkeys(self.scores.values(), False)

    def columns(self, frame: "pd.DataFrame") -> dict[str, Any]:
        """The prediction column and the score columns: texts or floats, one for each row.

        Raises
        ------
        SourceError
            If the model raises, or does not answer with one prediction for each row.
        """
        self._frame = frame
        with guarded(self._refusal("its answer, looked at,")):
            if self._task == "multilabel":
                return self._several_columns(frame)
            return self._one_column(frame)

    def _one_column(self, frame: "pd.DataFrame") -> dict[str, Any]:
        columns: dict[str, Any] = {}
        if self.predictions:
            answer = self._answer("predict", frame, ())
            read = self._numbers if self._task == "regression" else self._labels
            [prediction] = self.predictions
            columns[prediction] = read("predict", answer)
        if self.scored:
            expected = (len(frame), len(self.known))
            scores = self._scores(self._called("predict_proba", frame), expected)
            for label, column in self.scores.items():
                columns[column] = scores[:, self.known.index(label)]
        return columns

    def _several_columns(self, frame: Any) -> dict[str, Any]:
        """For each label its predictions, or the scores that they are read off, or both."""
        columns: dict[str, Any] = {}
        if self.predictions:
            answer = self._answer("predict", frame, (len(self._targets),))
            read = [self._labels("predict", labels) for labels in answer.T]
            columns |= zip(self.predictions, read, strict=True)
        if self.scored:
            rows = len(frame)
            scores = self._scores_of_labels(self._called("predict_proba", frame), rows)
            columns |= zip(self.scores.values(), scores, strict=True)
        return columns

    def _scores_of_labels(self, answer: Any, rows: int) -> list[Any]:
        """The scores of each label: a column of one table, or the positives of its own table."""
        labels = len(self._targets)
        if not (isinstance(answer, list) and answer and _dimensions(answer[0]) == 2):
            return list(self._scores(answer, (rows, labels)).T)
        if len(answer) != labels:
            found = f"a list of {len(answer):,}, expected {labels:,} tables, one for each label"
            raise self._error(f"predict_proba answered with {found}")
        scores = []
        for table, classes in zip(answer, self._classes_of_labels(), strict=True):
            numbers = self._scores(table, (rows, len(classes)))
            seen = self._positive in classes  # when it was trained; else it is never predicted
            scores.append(numbers[:, classes.index(self._positive)] if seen else np.zeros(rows))
        return scores

    def _classes_of_labels(self) -> list[tuple[str | None, ...]]:
        """What each label's scores are of; where a model does not tell, the positive come last."""
        given = self._loaded.attribute("classes_")
        if not isinstance(given, list) or any(_dimensions(one) != 1 for one in given):
            given = [["", self._positive]] * len(self._targets)
        try:
            classes = [tuple(map(_label, one)) for one in given]
        except ValueError as error:
            raise self._error(f"its classes_ hold {error}") from None
        if len(classes) != len(self._targets):
            found = f"a list of {len(classes):,}, expected {len(self._targets):,}"
            raise self._error(f"its classes_ are {found}, one for each label")
        for target, labels in zip(self._targets, classes, strict=True):
            if len(labels) > 1 and self._positive not in labels:
                known = quoted([str(label) for label in labels])
                raise self._error(
                    f"positive_label {self._positive!r} is not among its classes {known} "
                    f"of {target!r}"
                )
        return classes

    def require_features(self, columns: Mapping[str, str], files: str) -> None:
        """Refuse data that lacks a column that the model is called with, and a model that is told.

        Raises
        ------
        SourceError
            If a target is among the features: nothing that it answers could be wrong.
        DataError
            If the data lacks one, or has several of its name.
        """
        if told := [name for name in self.features if name in self._targets]:
            raise self._error(f"its features hold the target: {quoted(told)}")
        for name in self.features:
            if why := why_unusable(name, columns):
                raise DataError(f"data {files!r}: the model's feature {name!r} {why}")
        if missing := [name for name in self.features if name not in columns]:
            raise DataError(f"data {files!r}: lacks features of the model: {quoted(missing)}")

    def _features(self, model: Model) -> list[str]:
        names = model.features
        if names is None:
            names = self._loaded.attribute("feature_names_in_")
        if names is None:
            raise self._error("does not tell its features; add features = [...]")
        try:
            features = [str(name) for name in names]
        except TypeError:
            raise self._error(
                f"its feature_names_in_ is no list but a {type_name(names)}"
            ) from None
        if not features:
            raise self._error("tells of no feature; add features = [...]")
        if twice := [name for name, n in Counter(features).items() if n > 1]:
            raise self._error(f"its features name a column twice: {quoted(twice)}")
        return features

    def _known(self) -> tuple[str, ...]:
        classes = self._loaded.attribute("classes_")
        if classes is None:
            return ()
        try:
            labels = [_label(label) for label in classes]
        except TypeError:
            raise self._error(f"its classes_ are no list but a {type_name(classes)}") from None
        except ValueError as error:
            raise self._error(f"its classes_ hold {error}") from None
        if None in labels:
            raise self._error("its classes_ hold a missing value, which is no label")
        return tuple(label for label in labels if label is not None)

    def _require_scores(self) -> None:
        if not callable(self._loaded.attribute("predict_proba")):
            raise self._error(
                "has no predict_proba, which metrics of scores and decision_threshold need"
            )
        if not self.known and self._task != "multilabel":
            raise self._error("has no classes_, which tell what its scores are of")

    def _answer(self, method: str, frame: Any, width: tuple[int, ...]) -> Any:
        expected = (len(frame), *width)  # before the model may change it
        # What it writes into its frame is not for predict_proba, which is called on it as well.
        own = frame.copy() if self.scored else frame
        return self._shaped(method, self._called(method, own), expected)

    def _called(self, method: str, frame: Any) -> Any:
        with guarded(self._refusal(method)), self._loaded.surroundings.entered():
            return getattr(self._loaded.model, method)(frame)

    def _shaped(self, method: str, answer: Any, expected: tuple[int, ...]) -> Any:
        # Nor is it known what an answer raises that is looked at.
        with guarded(self._refusal(method)), self._loaded.surroundings.entered():
            values = _array(answer)
        if values.dtype.kind in "mM":  # numpy would make numbers of them
            unfit = "number" if self._task == "regression" else "label"
            raise self._error(f"{method} answered with {values.dtype}, which is no {unfit}")
        if values.shape == (*expected, 1) and len(expected) == 1:
            values = values[:, 0]
        if values.shape != expected:
            found = _shape(values.shape) if values.shape else f"a {type_name(answer)}"
            raise self._error(f"{method} answered with {found}, expected {_shape(expected)}")
        return values

    def _scores(self, answer: Any, expected: tuple[int, ...]) -> Any:
        return self._numbers("predict_proba", self._shaped("predict_proba", answer, expected))

    def _numbers(self, method: str, answer: Any) -> Any:
        if answer.dtype.kind in "iuf":
            return answer.astype(float)
        try:
            flat = [_number(value) for value in answer.ravel().tolist()]
        except (ValueError, OverflowError) as error:
            raise self._error(f"{method} answered with {error}") from None
        return np.array(flat, dtype=float).reshape(answer.shape)

    def _labels(self, method: str, answer: Any) -> list[str | None]:
        """Always texts: what type a model answers with may change from batch to batch."""
        try:
            if answer.dtype.kind == "O":  # may not be sortable, which unique needs
                return [_label(value) for value in answer.tolist()]
            values, positions = np.unique(answer, return_inverse=True)
            texts = [_label(value) for value in values.tolist()]
        except ValueError as error:
            raise self._error(f"{method} answered with {error}") from None
        return [texts[position] for position in positions]

    def _refusal(self, method: str) -> Callable[[BaseException], SourceError]:
        """Return how it is told what the model raised, without the values of its rows."""

        def refusal(error: BaseException) -> SourceError:
            frame = self._frame
            given = [] if frame is None else [frame.iloc[:, k] for k in range(frame.shape[1])]
            return self._error(f"{method} {raised(error, given)}")

        return refusal

    def _error(self, text: str) -> SourceError:
        return SourceError(f"model {self._loaded.source!r}: {text}")


def has_scores(loaded: LoadedModel) -> bool:
    """Whether a model has scores, and tells what they are of."""
    return callable(loaded.attribute("predict_proba")) and loaded.attribute("classes_") is not None


def _array(answer: Any) -> Any:
    if inspect.iscoroutine(answer):
        answer.close()  # else Python complains that nobody awaited it
    if hasattr(answer, "toarray"):  # a sparse matrix
        answer = answer.toarray()
    if isinstance(answer, np.ma.MaskedArray):  # what is behind a mask is no answer
        masked = np.ma.getmaskarray(answer)
        answer = np.array(answer.data, dtype=object)
        answer[masked] = None
    # Of a list of mixed types numpy would make texts.
    return np.asarray(answer, object if isinstance(answer, list | tuple) else None)


def _dimensions(value: Any) -> int:
    """Of an array or a frame; zero of anything else."""
    return getattr(value, "ndim", 0)


def _shape(sizes: Sequence[int]) -> str:
    return f"{' by '.join(f'{size:,}' for size in sizes)} values"


def _missing(value: Any) -> bool:
    try:
        return value is None or bool(value != value)  # noqa: PLR0124 (a NaN differs from itself)
    except TypeError:  # pandas.NA does not say whether it is equal to anything
        return True
    except ValueError:  # nor does an array, which is no missing value
        return False


def _label(value: Any) -> str | None:
    """The label as text, None for a missing one; a ValueError tells what is no label."""
    plain = value.item() if isinstance(value, np.generic) else value
    if _missing(plain):
        return None
    if not isinstance(plain, str | int | float):
        raise ValueError(  # noqa: TRY004 (of a value, not of how we call)
            f"a {type_name(value)}, which is no label"
        )
    return label_text(plain)


def _number(value: Any) -> float:
    """The number as a float, NaN for a missing one; a ValueError tells what is no number."""
    if _missing(value):
        return float("nan")
    if not isinstance(value, Real | Decimal) or isinstance(value, bool):
        raise ValueError(  # noqa: TRY004 (as above)
            f"a {type_name(value)}, which is no number"
        )
    return float(value)
