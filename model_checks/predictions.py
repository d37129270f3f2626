"""A model called on its rows, or what was logged beside them -> one checked relation.

Its columns are ``y_true`` and ``y_pred`` (labels as text, or numbers), ``s0``, ``s1``, ... (scores),
``w`` (weights) and ``g0``, ``g1``, ... (segment columns as text).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from model_checks.calling import Caller, prediction_columns, write_predictions
from model_checks.engines.duckdb import Engine, identifier, literal
from model_checks.errors import DataError
from model_checks.rows import Rows, is_float, is_number, label_of, label_text, text_of
from model_checks.settings import Model
from model_checks.sources import LoadedModel


@dataclass(frozen=True)
class Predictions:
    """Where the predictions are and what their columns mean.

    Attributes
    ----------
    setup
        SQL that an engine runs first.
    relation
        SQL of the relation.
    labels
        Classification: the labels that occur; binary: negative, then positive.
    scored
        The labels that ``s0``, ``s1``, ... are the scores of; binary: the positive one.
    segment_columns
        The columns that ``g0``, ``g1``, ... stand for.
    """

    task: str
    setup: str
    relation: str
    labels: tuple[str, ...]
    scored: tuple[str, ...]
    segment_columns: tuple[str, ...]

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
    scores = model.score or {}
    if isinstance(scores, str):
        scores = {label_text(model.positive_label): scores}
    known = tuple(scores) if model.task == "multiclass" else ()
    relation = f"(select * from {rows.relation} where {rows.condition})"
    logged = _Logged(engine, model, relation, rows.types, model.prediction, scores, known)
    return logged.checked(rows.setup)


def called_predictions(
    engine: Engine, model: Model, rows: Rows, loaded: LoadedModel, file: Path, *, scored: bool
) -> Predictions:
    """Call the model on the rows and keep its predictions in a Parquet file.

    Parameters
    ----------
    file
        Where they are written, beside labels, weights and segment columns.
    scored
        Whether a metric needs scores.

    Raises
    ------
    SourceError
        If the model raises, or does not answer with one prediction for each row.
    DataError
        As for logged predictions, and if a feature of the model is no column.
    """
    caller = Caller(model, loaded, scored=scored)
    features = caller.features_in(rows.types, model.data.files)
    kept = dict.fromkeys([model.target, *([model.weight] if model.weight else [])])
    kept |= dict.fromkeys(_segment_columns(model))
    write_predictions(engine, rows, caller, features, list(kept), file)
    relation = f"read_parquet({literal(str(file))})"
    prediction, scores = prediction_columns(caller)
    types = engine.columns(relation)
    logged = _Logged(engine, model, relation, types, prediction, scores, caller.known)
    return logged.checked(setup="")


def _segment_columns(model: Model) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for one in model.segments for column in one.by))


@dataclass(frozen=True)
class _Logged:
    """A relation with predictions in it, under whatever names they have there."""

    engine: Engine
    model: Model
    relation: str
    types: Mapping[str, str]
    prediction: str | None
    scores: Mapping[str, str]
    known: tuple[str, ...]

    def checked(self, setup: str) -> Predictions:
        """The relation under the common names, or an error if no metric could be trusted on it."""
        self._refuse_types()
        self._refuse_missing()
        segments = _segment_columns(self.model)
        labels = () if self.model.task == "regression" else self._labels()
        columns = {"y_true": self._target(), "y_pred": self._predicted(labels)}
        columns |= {f"s{k}": f"{identifier(name)}::double" for k, name in enumerate(self.scores.values())}
        columns |= {f"g{k}": text_of(identifier(c), self.types[c]) for k, c in enumerate(segments)}
        columns["w"] = f"{identifier(self.model.weight)}::double" if self.model.weight else "1.0::double"
        listed = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
        relation = f"(select {listed} from {self.relation})"
        return Predictions(self.model.task, setup, relation, labels, tuple(self.scores), segments)

    def _target(self) -> str:
        name = self.model.target
        if self.model.task == "regression":
            return f"{identifier(name)}::double"
        return label_of(identifier(name), self.types[name])

    def _predicted(self, labels: tuple[str, ...]) -> str:
        """The predicted label or number: logged, or read off the scores."""
        if self.prediction and self.model.task == "regression":
            return f"{identifier(self.prediction)}::double"
        if self.prediction:
            return label_of(identifier(self.prediction), self.types[self.prediction])
        scores = [(label, identifier(column)) for label, column in self.scores.items()]
        if self.model.task == "binary":
            threshold = self.model.decision_threshold
            cut = 0.5 if threshold is None else threshold
            negative, positive = (literal(label) for label in labels)
            return f"case when {scores[0][1]} >= {cut!r} then {positive} else {negative} end"
        highest = f"greatest({', '.join(column for _, column in scores)})"
        cases = [f"when {column} = {highest} then {literal(label)}" for label, column in scores]
        return f"case {' '.join(cases)} end"

    def _labels(self) -> tuple[str, ...]:
        """The labels that occur; an error if the model or the task can't have them."""
        true = f"select {self._target()} as label from {self.relation}"
        both = true
        if self.prediction:
            column = label_of(identifier(self.prediction), self.types[self.prediction])
            both += f" union all select {column} from {self.relation}"
        found = self._distinct(both)
        unknown = [label for label in self._distinct(true) if self.known and label not in self.known]
        if unknown:
            raise DataError(
                f"target {self.model.target!r}: {_quoted(unknown)} among its labels, "
                f"which the model does not know; it knows {_quoted(self.known)}"
            )
        return self._binary_labels(found) if self.model.task == "binary" else tuple(found)

    def _distinct(self, sql: str) -> list[str]:
        labels = [label for (label,) in self.engine.run(f"select distinct label from ({sql})")]
        return sorted(labels, key=lambda label: (len(label), label) if label.isdigit() else (99, label))

    def _binary_labels(self, found: list[str]) -> tuple[str, str]:
        positive = label_text(self.model.positive_label)
        others = [label for label in found if label != positive]
        if len(others) > 1 and positive not in found:
            raise DataError(f"positive_label {positive!r} is not among the labels {_quoted(found)}")
        if len(others) > 1:
            raise DataError(f"{len(others) + 1} labels, {_quoted(found)}; a binary model has two")
        return (others[0] if others else f"not {positive}"), positive

    def _refuse_types(self) -> None:
        numbers = [*self.scores.values(), *([self.model.weight] if self.model.weight else [])]
        if self.model.task == "regression":
            numbers += [self.model.target, str(self.prediction)]
        for name in numbers:
            if not is_number(self.types[name]):
                raise DataError(f"column {name!r} is of type {self.types[name]}, which is no number")

    def _refuse_missing(self) -> None:
        """Null, NaN and infinite values, counted column by column in one query."""
        asked = {name: "score" for name in self.scores.values()}
        if self.prediction:
            asked[self.prediction] = "prediction"
        if self.model.weight:
            asked[self.model.weight] = "weight"
        kinds = {"null": "{0} is null", "NaN": "isnan({0})", "infinite": "isinf({0})"}
        counts = {
            (name, kind): f"count(case when {condition.format(identifier(name))} then 1 end)"
            for name in asked
            for kind, condition in kinds.items()
            if kind == "null" or is_float(self.types[name])
        }
        if self.model.weight:
            weight = identifier(self.model.weight)
            counts[self.model.weight, "negative"] = f"count(case when {weight} < 0 then 1 end)"
        if is_float(self.types[self.model.target]):
            target = identifier(self.model.target)
            counts[self.model.target, "infinite"] = f"count(case when isinf({target}) then 1 end)"
        if not counts:
            return
        [row] = self.engine.run(f"select count(*), {', '.join(counts.values())} from {self.relation}")
        rows, *numbers = row
        bad = [(name, kind, n) for (name, kind), n in zip(counts, numbers, strict=True) if n]
        if bad:
            told = "; ".join(
                f"{asked.get(name, 'target')} {_shown(name)} is {kind} in {n:,}" for name, kind, n in bad
            )
            raise DataError(f"{told} of {rows:,} labelled rows")


def _shown(name: str) -> str:
    return "of the model" if name.startswith("model_checks ") else repr(name)


def _quoted(labels: Sequence[str]) -> str:
    """The first five, and how many more.

    >>> _quoted(["a", "b"])
    "'a', 'b'"
    """
    more = f" and {len(labels) - 5:,} more" if len(labels) > 5 else ""
    return ", ".join(repr(label) for label in labels[:5]) + more
