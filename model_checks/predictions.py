"""A model called on its rows, or what was logged beside them -> one checked relation.

Its columns are ``y_true`` and ``y_pred`` (labels as text, or numbers), ``s0``, ``s1``, ...
(scores), ``w`` (weights) and ``g0``, ``g1``, ... (segment columns as text). A multilabel model has
for each label ``y0``, ``y1``, ... and ``p0``, ``p1``, ... (1 where it is true or predicted, else 0)
in place of the first two.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from model_checks.calling import PREDICTION, SCORE, Caller, Progress, write_predictions
from model_checks.engines import GIVEN, Engine, Kept
from model_checks.engines.sql import identifier, literal
from model_checks.errors import DataError
from model_checks.labels import is_positive, refuse_third_labels
from model_checks.metrics import metric_named
from model_checks.rows import Rows, is_float, is_number, label_of, label_text, quoted, text_of
from model_checks.settings import Model
from model_checks.sources import LoadedModel

_NUMERAL = re.compile(r"-?\d{1,300}(\.\d+)?", re.ASCII)

MOST_LABELS = 1000
"""A matrix of all labels by all labels is held for each segment."""

_MOST_PAIRS = MOST_LABELS * MOST_LABELS
"""As many pairs of a true and a predicted label are looked at."""

_WEIGHTS = (1e-30, 1e30)
"""Sums of products of weights and ranks stay within what a float can hold."""


@dataclass(frozen=True)
class Predictions:
    """Where the predictions are and what their columns mean.

    Attributes
    ----------
    file
        What a model that was called has answered; None where predictions stand beside the labels.
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
    """

    task: str
    file: Path | None
    relation: str
    labels: tuple[str, ...]
    scored: tuple[str, ...]
    segment_columns: tuple[str, ...]
    weighted: bool = False

    @property
    def values(self) -> list[str]:
        """The relation's names of what is true, and after them of what was predicted."""
        if self.task != "multilabel":
            return ["y_true", "y_pred"]
        labels = range(len(self.labels))
        return [f"y{k}" for k in labels] + [f"p{k}" for k in labels]

    def group(self, columns: Sequence[str]) -> list[str]:
        """The relation's names of some segment columns."""
        return [f"g{self.segment_columns.index(column)}" for column in columns]


def logged_predictions(engine: Engine, model: Model, rows: Rows) -> Predictions:
    """Predictions that stand beside the labels.

    Raises
    ------
    DataError
        If one is null, NaN or infinite, or labels do not fit the task.
    """
    scores = _logged_scores(model)
    known = tuple(scores) if model.task == "multiclass" else ()
    relation = f"(select * from {rows.relation} where {rows.condition})"
    given = _Given(engine, model, relation, rows.types, model.predictions, scores, known)
    return given.checked(None)


def _logged_scores(model: Model) -> Mapping[str, str]:
    """Each label that has a column of scores, with that column."""
    if isinstance(model.score, dict):
        return model.score
    labels = model.targets if model.task == "multilabel" else [label_text(model.positive_label)]
    return dict(zip(labels, model.scores, strict=False))


def call_model(
    engine: Engine,
    model: Model,
    rows: Rows,
    loaded: LoadedModel,
    kept: Kept,
    *,
    scored: bool,
    progress: Progress | None = None,
) -> Caller:
    """Call a model on the labelled rows, and keep what it answers.

    Parameters
    ----------
    kept
        Where that is written, beside labels, weights and segment columns.
    scored
        Whether a metric needs scores.
    progress
        Is told how many rows of how many are done.

    Raises
    ------
    SourceError
        If the model raises, or does not answer with one prediction for each row.
    DataError
        If a feature of the model is no column, or the rows can't be read to their end.
    """
    caller = Caller(model, loaded, scored=scored)
    caller.require_features(rows.types, model.data.source)
    columns = dict.fromkeys([*model.targets, *([model.weight] if model.weight else [])])
    columns |= dict.fromkeys(_segment_columns(model))
    write_predictions(engine, rows, caller, list(columns), kept, progress)
    return caller


def called_predictions(engine: Engine, model: Model, caller: Caller, file: Path) -> Predictions:
    """What a model has answered, once ``file`` is the engine's ``given``.

    Raises
    ------
    DataError
        As for logged predictions.
    """
    types = engine.columns(GIVEN)
    columns = (caller.predictions, caller.scores)
    given = _Given(engine, model, GIVEN, types, *columns, caller.known)
    return given.checked(file)


def _segment_columns(model: Model) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for one in model.segments for column in one.by))


@dataclass(frozen=True)
class _Given:
    """A relation with predictions in it, under whatever names they have there."""

    engine: Engine
    model: Model
    relation: str
    types: Mapping[str, str]
    predictions: tuple[str, ...]
    scores: Mapping[str, str]
    known: tuple[str, ...]

    def checked(self, file: Path | None) -> Predictions:
        """The relation under the common names, or an error if no metric could be trusted on it."""
        self._refuse_types()
        self._refuse_missing()
        segments = _segment_columns(self.model)
        labels, columns = self._labels_and_values()
        columns |= {f"s{k}": _number(name) for k, name in enumerate(self.scores.values())}
        columns |= {f"g{k}": text_of(identifier(c), self.types[c]) for k, c in enumerate(segments)}
        columns["w"] = _number(self.model.weight) if self.model.weight else "cast(1 as double)"
        listed = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
        relation = f"(select {listed} from {self.relation})"
        scored, weighted = tuple(self.scores), self.model.weight is not None
        return Predictions(self.model.task, file, relation, labels, scored, segments, weighted)

    def _labels_and_values(self) -> tuple[tuple[str, ...], dict[str, str]]:
        """The labels, and the columns of what is true and what was predicted."""
        if self.model.task == "multilabel":
            return self.model.targets, self._indicators()
        labels = () if self.model.task == "regression" else self._labels()
        [target] = self.model.targets
        return labels, {"y_true": self._values(target), "y_pred": self._predicted(labels)}

    def _indicators(self) -> dict[str, str]:
        """Whether each label is true, and whether it was predicted."""
        positive = label_text(self.model.positive_label)
        texts = {place: self._values(name) for place, name in self._judged_columns().items()}
        refuse_third_labels(self.engine, self.relation, texts, positive)
        given = [is_positive(text, positive) for text in texts.values()]
        size = len(self.model.targets)
        true, predicted = given[:size], given[size:]
        if not predicted:
            predicted = [
                f"case when {self._reaches_threshold(column)} then 1 else 0 end"
                for column in self.scores.values()
            ]
        columns = {f"y{k}": sql for k, sql in enumerate(true)}
        return columns | {f"p{k}": sql for k, sql in enumerate(predicted)}

    def _judged_columns(self) -> dict[str, str]:
        """What each column of labels is called, targets first, with its name."""
        named = {f"target {name!r}": name for name in self.model.targets}
        return named | {f"prediction {_shown(name)}": name for name in self.predictions}

    def _values(self, name: str) -> str:
        """The numbers of a column, or its labels as text."""
        regression = self.model.task == "regression"
        return _number(name) if regression else label_of(identifier(name), self.types[name])

    def _predicted(self, labels: tuple[str, ...]) -> str:
        """The predicted label or number: given, or read off the scores."""
        if self.predictions:
            [prediction] = self.predictions
            return self._values(prediction)
        if self.model.task == "binary":
            (negative, positive), [score] = labels, self.scores.values()
            case = f"when {self._reaches_threshold(score)} then {literal(positive)}"
            return f"case {case} else {literal(negative)} end"
        scores = {label: _number(column) for label, column in self.scores.items()}
        highest = f"greatest({', '.join(scores.values())})"
        cases = [f"when {sql} = {highest} then {literal(label)}" for label, sql in scores.items()]
        return f"case {' '.join(cases)} end"

    def _reaches_threshold(self, score: str) -> str:
        """SQL that holds where a score is enough for its label to be predicted."""
        given = self.model.decision_threshold
        return f"{_number(score)} >= cast({0.5 if given is None else given!r} as double)"

    def _labels(self) -> tuple[str, ...]:
        """The labels that occur; an error if the model or the task can't have them."""
        found: dict[str, set[str]] = {}
        columns = self._judged_columns()
        listed = ", ".join(self._values(name) for name in columns.values())
        rows = self.engine.run(
            f"select distinct {listed} from {self.relation} limit {_MOST_PAIRS + 1}"
        )
        if len(rows) > _MOST_PAIRS:  # no labels, but probabilities: they are not all to come here
            raise DataError(
                f"{' and '.join(columns)}: more than {MOST_LABELS:,} labels; "
                "numbers are judged by task = 'regression'"
            )
        for place, values in zip(columns, zip(*rows, strict=True), strict=True):
            found[place] = set(values)
        for place, labels in found.items():
            if self.known and (unknown := _in_order(labels.difference(self.known))):
                raise DataError(
                    f"{place}: {quoted(unknown)} among its labels, "
                    f"which the model does not know; it knows {quoted(self.known)}"
                )
        occurring, where = set[str]().union(*found.values()), " and ".join(found)
        if self.model.task == "binary":
            return self._binary_labels(occurring.union(self.known), where)
        if len(occurring) > MOST_LABELS:
            raise DataError(
                f"{where}: {len(occurring):,} labels, at most {MOST_LABELS:,} can be judged; "
                "numbers are judged by task = 'regression'"
            )
        return tuple(_in_order(occurring))

    def _binary_labels(self, found: set[str], where: str) -> tuple[str, str]:
        positive = label_text(self.model.positive_label)
        others = _in_order(found - {positive})
        if len(others) > 1 and positive not in found:
            raise DataError(
                f"positive_label {positive!r} is not among the labels of {where}: {quoted(others)}"
            )
        if len(others) > 1:
            labels = _in_order(found)
            raise DataError(
                f"{where}: {len(labels):,} labels, {quoted(labels)}; a binary model has two"
            )
        return (others[0] if others else f"not {positive}"), positive

    def _refuse_types(self) -> None:
        numbers = {f"score {_shown(name)}": name for name in self.scores.values()}
        if self.model.weight:
            numbers[f"weight {self.model.weight!r}"] = self.model.weight
        if self.model.task == "regression":
            numbers |= self._judged_columns()
        for shown, name in numbers.items():
            if not is_number(self.types[name]):
                raise DataError(f"{shown} is of type {self.types[name]}, which is no number")

    def _refuse_missing(self) -> None:
        """Values that no metric can be computed from, counted in one query."""
        conditions: dict[str, str] = {}
        asked = [("score", name) for name in self.scores.values()]
        asked += [("prediction", name) for name in self.predictions]
        asked += [("weight", self.model.weight)] if self.model.weight else []
        for key, name in asked:
            shown, column = f"{key} {_shown(name)}", identifier(name)
            null = "missing" if name.startswith(PREDICTION) else "null"
            conditions[f"{shown} is {null}"] = f"{column} is null"
            if is_float(self.types[name]):
                conditions[f"{shown} is NaN"] = f"isnan({column})"
                conditions[f"{shown} is infinite"] = f"isinf({column})"
        if any(metric_named(metric).needs_probabilities for metric in self.model.metrics()):
            for name in self.scores.values():
                condition = f"{_number(name)} < 0 or {_number(name)} > 1"
                conditions[f"score {_shown(name)} is no probability"] = condition
        if self.model.weight:
            shown, number = f"weight {self.model.weight!r}", _number(self.model.weight)
            low, high = _WEIGHTS
            conditions[f"{shown} is negative"] = f"{number} < 0"
            conditions[f"{shown} is neither 0 nor from {low:g} to {high:g}"] = (
                f"{number} > 0 and {number} < {low!r} or "
                f"{number} > {high!r} and not isnan({number}) and not isinf({number})"
            )
        for target in self.model.targets:
            if is_float(self.types[target]):
                conditions[f"target {target!r} is infinite"] = f"isinf({identifier(target)})"
        if not conditions:
            return
        counts = (f"count(case when {condition} then 1 end)" for condition in conditions.values())
        [row] = self.engine.run(f"select count(*), {', '.join(counts)} from {self.relation}")
        rows, *numbers = row
        bad = [f"{what} in {n:,}" for what, n in zip(conditions, numbers, strict=True) if n]
        if bad:
            raise DataError(f"{'; '.join(bad)} of {rows:,} labelled rows")


def _number(name: str) -> str:
    return f"cast({identifier(name)} as double)"


def _shown(name: str) -> str:
    answered = re.fullmatch(rf"(?:{PREDICTION}|{SCORE})(?: \d+)?( for .*)?", name)
    return f"of the model{answered[1] or ''}" if answered else repr(name)


def _in_order(labels: Iterable[str]) -> list[str]:
    """Numbers by size, then words.

    >>> _in_order(["b", "10", "-1", "9", "a"])
    ['-1', '9', '10', 'a', 'b']
    """

    def key(label: str) -> tuple[float, str]:
        return float(label) if _NUMERAL.fullmatch(label) else math.inf, label

    return sorted(labels, key=key)
