"""A relation with answers in it, under whatever names -> checked labels, and columns in SQL."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from model_checks.data.columns import number_of, sql_of, why_no_number
from model_checks.data.engine import Engine
from model_checks.data.sql import literal
from model_checks.data.values import is_number, label_of, text_of
from model_checks.errors import DataError
from model_checks.predict.column_names import column_shown
from model_checks.predict.columns import AnswerColumns
from model_checks.predict.label_columns import is_positive, refuse_third_labels
from model_checks.predict.precision import Precision, decimal_literal
from model_checks.predict.spread import Spread, SpreadQuery
from model_checks.predict.unusable_values import unusable_values
from model_checks.predict.vocabulary import (
    Found,
    refuse_disjoint_labels,
    refuse_unlikely_pair,
    sets_beside,
)
from model_checks.settings import Model
from model_checks.text import label_text, quoted

_NUMERAL = re.compile(r"-?\d{1,300}(\.\d+)?", re.ASCII)

MOST_LABELS = 1000
"""A matrix of all labels by all labels is held for each segment."""

_MOST_PAIRS = MOST_LABELS * MOST_LABELS
"""At most so many pairs of a true and a predicted label are looked at."""


def segment_columns(model: Model) -> tuple[str, ...]:
    """Return the columns of all segmentations."""
    return tuple(dict.fromkeys(column for one in model.segments for column in one.by))


@dataclass(frozen=True)
class Given:
    """The labelled rows, with the answers of one model under whatever names they have there.

    Attributes
    ----------
    probabilities
        Whether a metric takes the scores for probabilities.
    """

    engine: Engine
    model: Model
    relation: str
    types: Mapping[str, str]
    answers: AnswerColumns
    probabilities: bool

    def checked(self) -> tuple[tuple[str, ...], Spread]:
        """Return the labels that occur, and the spread of the answers.

        Multilabel: the target columns; of a regression there are no labels.

        Raises
        ------
        DataError
            If no metric could be trusted on the answers: one is null, NaN or infinite, or labels do
            not fit the task.
        """
        self._refuse_types()
        if self.model.task in ("multilabel", "regression"):
            spread = self._spread()
            if self.model.task == "regression":
                return (), spread
            texts, size = self._label_texts(), len(self.model.targets)
            refuse_third_labels(self.engine, self.relation, texts, size, self._positive)
            return self.model.targets, spread
        spread = self._spread(list(self._label_texts().values()))
        return self._with_winners(self._labels(list(spread.counts))), spread

    def common_labels(self, ones: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
        """Return the labels of two models' answers taken together, from the labels of each.

        Raises
        ------
        DataError
            If there are too many labels.
        """
        where = "labels of the model and of the baseline"
        if self.model.task == "multilabel":
            return ones + others
        if self.model.task != "binary":
            return _not_too_many({*ones, *others}, where)
        stand_in = {f"not {self._positive}"} if ones != others else set()
        return self._binary_labels({*ones, *others} - stand_in, where, {})

    def columns(self, labels: tuple[str, ...]) -> dict[str, str]:
        """Return SQL of all columns, by their common names.

        Parameters
        ----------
        labels
            Labels that may be predicted where answers are read off the scores.
        """
        columns = self._values_of(labels)
        scores, segments = self.answers.scores.values(), segment_columns(self.model)
        columns |= {f"s{k}": self._number(name) for k, name in enumerate(scores)}
        columns |= {
            f"g{k}": text_of(self._column(c), self.types[c]) for k, c in enumerate(segments)
        }
        columns["w"] = self._number(self.model.weight) if self.model.weight else "cast(1 as double)"
        return columns

    def _column(self, name: str) -> str:
        return sql_of(name, self.types)

    def _number(self, name: str) -> str:
        return number_of(name, self.types)

    @property
    def precision(self) -> Precision:
        """Return the precision of all scores together."""
        return self.answers.precision_in(self.types)

    @property
    def _positive(self) -> str:
        return label_text(self.model.positive_label)

    def _values_of(self, labels: tuple[str, ...]) -> dict[str, str]:
        """Return the columns of true and of predicted values."""
        if self.model.task == "multilabel":
            return self._indicators()
        [target] = self.model.targets
        return {"y_true": self._values(target), "y_pred": self._predicted(labels)}

    def _indicators(self) -> dict[str, str]:
        """Return SQL of each label's two columns of 0 and 1: whether it is true, and predicted."""
        given = [is_positive(text, self._positive) for text in self._label_texts().values()]
        size = len(self.model.targets)
        true, predicted = given[:size], given[size:]
        if not predicted:
            predicted = [
                f"case when {self._reaches_threshold(column)} then 1 else 0 end"
                for column in self.answers.scores.values()
            ]
        columns = {f"y{k}": sql for k, sql in enumerate(true)}
        return columns | {f"p{k}": sql for k, sql in enumerate(predicted)}

    def _label_texts(self) -> dict[str, str]:
        return {place: self._values(name) for place, name in self._judged_columns().items()}

    def _judged_columns(self) -> dict[str, str]:
        """Return the columns of labels, targets first, each under what messages call it."""
        named = {f"target {name!r}": name for name in self.model.targets}
        return named | {
            f"prediction {column_shown(name)}": name for name in self.answers.predictions
        }

    def _values(self, name: str) -> str:
        """Return SQL of a column's numbers, or of its labels as text."""
        regression = self.model.task == "regression"
        return self._number(name) if regression else label_of(self._column(name), self.types[name])

    def _predicted(self, labels: tuple[str, ...]) -> str:
        """Return SQL of the predicted label or number: logged, or read off the scores."""
        if self.answers.predictions:
            [prediction] = self.answers.predictions
            return self._values(prediction)
        if self.model.task == "binary":
            (negative, positive), [score] = labels, self.answers.scores.values()
            case = f"when {self._reaches_threshold(score)} then {literal(positive)}"
            return f"case {case} else {literal(negative)} end"
        scores = {label: self._number(column) for label, column in self.answers.scores.items()}
        highest = f"greatest({', '.join(scores.values())})"
        cases = [f"when {sql} = {highest} then {literal(label)}" for label, sql in scores.items()]
        return f"case {' '.join(cases)} end"

    def _reaches_threshold(self, score: str) -> str:
        """Return SQL, in a score's own type, that holds where it is enough to predict its label."""
        given = self.model.decision_threshold
        threshold = 0.5 if given is None else float(given)
        if decimal := decimal_literal(self.types[score], threshold):
            return f"{self._column(score)} >= {decimal}"
        nearest = self.answers.precision_of(score, self.types).nearest(threshold)
        return f"{self._number(score)} >= cast({nearest!r} as double)"

    def _labels(self, pairs: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """Return the labels that occur; raise if the model or the task can't have them."""
        columns = enumerate(self._judged_columns())
        found = {place: _in_order({pair[k] for pair in pairs}) for k, place in columns}
        known = self.answers.known
        for place, labels in found.items():
            if known and (unknown := _in_order(set(labels).difference(known))):
                raise DataError(
                    f"{place}: {quoted(unknown)} among its labels, which the {self.answers.side} "
                    f"does not know; it knows {quoted(known)}"
                )
        occurring, where = set[str]().union(*found.values()), " and ".join(found)
        if self.model.task == "binary":
            return self._binary_labels(occurring.union(known), where, found)
        refuse_disjoint_labels(found, known)
        return _not_too_many(occurring, where)

    def _with_winners(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        """Return the labels, with others that are true of no row but have the highest score in one.

        Others are asked for only where there can be any: most often all labels are true somewhere.
        """
        others = self.answers.scores.keys() - set(labels)
        if self.model.task != "multiclass" or self.answers.predictions or not others:
            return labels
        found = self.engine.run(f"select distinct {self._predicted(labels)} from {self.relation}")
        won = {label for (label,) in found}
        where = f"target {self.model.targets[0]!r} and the highest scores"
        return _not_too_many({*labels, *won}, where)

    def _binary_labels(self, labels: set[str], where: str, found: Found) -> tuple[str, str]:
        """Return the two labels; if there are more, raise an error that shows each column's."""
        positive = self._positive
        others = _in_order(labels - {positive})
        if len(others) > 1 and positive not in labels:
            raise DataError(
                f"positive_label {positive!r} is not among the labels of {where}: "
                f"{quoted(others)}{sets_beside(found)}"
            )
        if len(others) > 1:
            raise DataError(
                f"{where}: {len(labels):,} labels, {quoted(_in_order(labels))}; "
                f"a binary model has two{sets_beside(found)}"
            )
        if others and found:
            refuse_unlikely_pair(found, self.answers.known, (others[0], positive))
        return (others[0] if others else f"not {positive}"), positive

    def _refuse_types(self) -> None:
        numbers = {f"score {column_shown(name)}": name for name in self.answers.scores.values()}
        if self.model.weight:
            numbers[f"weight {self.model.weight!r}"] = self.model.weight
        if self.model.task == "regression":
            numbers |= self._judged_columns()
        for shown, name in numbers.items():
            if not is_number(self.types[name]):
                raise DataError(f"{shown} {why_no_number(name, self.types)}")

    def _spread(self, labels: Sequence[str] = ()) -> Spread:
        """Look at all answers, rows being counted by some labels, of which each is SQL."""
        unusable = unusable_values(
            self.model, self.answers, self.types, probabilities=self.probabilities
        )
        numbers = self.answers.predictions if self.model.task == "regression" else ()
        spread = SpreadQuery(
            self.engine,
            self.relation,
            unusable,
            {name: self._number(name) for name in self.answers.scores.values()},
            {name: self._number(name) for name in numbers},
            self._number(self.model.targets[0]),
        ).spread(labels, _MOST_PAIRS if labels else None)
        if spread is None:  # no labels, but probabilities: they are not all to come here
            raise DataError(
                f"{' and '.join(self._judged_columns())}: more than {MOST_LABELS:,} labels; "
                "numbers are judged by task = 'regression'"
            )
        return spread


def _not_too_many(labels: set[str], where: str) -> tuple[str, ...]:
    if len(labels) > MOST_LABELS:
        raise DataError(
            f"{where}: {len(labels):,} labels, at most {MOST_LABELS:,} can be judged; "
            "numbers are judged by task = 'regression'"
        )
    return tuple(_in_order(labels))


def _in_order(labels: Iterable[str]) -> list[str]:
    """Return labels in order: numbers by size, then words.

    >>> _in_order(["b", "10", "-1", "9", "a"])
    ['-1', '9', '10', 'a', 'b']
    """

    def key(label: str) -> tuple[float, str]:
        return float(label) if _NUMERAL.fullmatch(label) else math.inf, label

    return sorted(labels, key=key)
