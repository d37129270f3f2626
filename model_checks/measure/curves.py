"""The numbers behind charts, binned in the engine: of the same size for any number of rows."""

from dataclasses import dataclass

import numpy as np

from model_checks.data.engine import Engine
from model_checks.data.sql import literal
from model_checks.measure.grouping import segment_condition
from model_checks.measure.multilabel import OUTCOMES
from model_checks.measure.ranking.in_database import bucket
from model_checks.metrics.statistics import Floats
from model_checks.plan.checks import Segment
from model_checks.predict.table import Predictions

_POINTS = 200
_BINS = 40
_BEYOND = 0.005


@dataclass(frozen=True)
class RocCurve:
    """A ROC curve: false and true positive rates, shape (P,), from (0, 0) to (1, 1)."""

    false_positive_rate: Floats
    true_positive_rate: Floats


@dataclass(frozen=True)
class Confusion:
    """A confusion matrix: rows by true (first axis) and predicted label, shape (K, K)."""

    labels: tuple[str, ...]
    rows: Floats


@dataclass(frozen=True)
class LabelOutcomes:
    """The rows in which each label of a multilabel model was found, wrongly predicted, or missed.

    Attributes
    ----------
    rows
        Number of all rows; in most of them most labels are neither true nor predicted.
    found, wrong, missed
        Shape (L,): true positives, false positives, false negatives.
    """

    labels: tuple[str, ...]
    rows: int
    found: Floats
    wrong: Floats
    missed: Floats


@dataclass(frozen=True)
class PredictedAgainstActual:
    """The rows by bin of the actual (first axis) and of the predicted value.

    Attributes
    ----------
    edges
        Shape (B + 1,): the same bins on both axes; the outermost also hold what lies beyond.
    rows
        Shape (B, B): rows in each pair of bins.
    """

    edges: Floats
    rows: Floats


@dataclass(frozen=True)
class ErrorHistogram:
    """The rows, shape (B,), by bin of ``y_pred - y_true``, with the bins' edges, shape (B + 1,)."""

    edges: Floats
    rows: Floats


Curves = (
    tuple[RocCurve | None, Confusion]
    | tuple[LabelOutcomes]
    | tuple[PredictedAgainstActual, ErrorHistogram]
)


def curves_of(engine: Engine, predictions: Predictions, segment: Segment) -> Curves:
    """Return the numbers that the chart of a model, or of one of its segments, is drawn from.

    Raises
    ------
    DataError
        If the predictions can't be read any more.
    """
    keys = predictions.group([column for column, _ in segment])
    condition = segment_condition(keys, segment)
    relation = f"(select * from {predictions.relation} where {condition})"
    if predictions.task == "regression":
        return _against_actual(engine, relation), _error_histogram(engine, relation)
    if predictions.task == "multilabel":
        return (_label_outcomes(engine, relation, predictions.labels),)
    binary = predictions.task == "binary" and predictions.scored
    return (_roc(engine, relation, predictions.scored[0]) if binary else None), _confusion(
        engine, relation, predictions.labels
    )


def _roc(engine: Engine, relation: str, positive: str) -> RocCurve:
    """Return the curve at about 200 of its points, with rows counted in steps of the score."""
    [(low, high)] = engine.run(f"select min(s0), max(s0) from {relation}")
    steps = _steps(low, high)
    names = [f"step{position}" for position in range(len(steps))]
    columns = [f"{step} as {name}" for step, name in zip(steps, names, strict=True)]
    columns += [f"case when y_true = {literal(positive)} then w else 0 end as own", "w"]
    found = engine.run(
        f"select sum(own), sum(w) from (select {', '.join(columns)} from {relation}) as stepped "
        f"group by {', '.join(names)} order by {', '.join(f'{name} desc' for name in names)}"
    )
    own, both = np.array(found, dtype=float).reshape(-1, 2).cumsum(axis=0).T
    rates = np.array([(both - own) / ((both - own)[-1] or 1.0), own / (own[-1] or 1.0)])
    near = np.searchsorted(rates.sum(axis=0), np.linspace(0, rates[:, -1].sum(), _POINTS))
    kept = np.unique(np.minimum(near, rates.shape[1] - 1))
    start = [0.0]
    return RocCurve(*(np.concatenate([start, rate[kept]]) for rate in rates))


def _steps(low: float, high: float) -> list[str]:
    """Return SQL functions of the score that only rise, which taken together part it finely.

    The steps are equal; for probabilities others of a like ratio are added towards both ends, where
    the scores of a rare event crowd.
    """
    equal = bucket("s0", low, high)
    if not 0 <= low <= high <= 1:
        return [equal]
    odds = (_ratio_steps("s0"), f"-{_ratio_steps('(1 - s0)')}")
    return [equal, *odds]


def _ratio_steps(share: str) -> str:
    """Return SQL of steps of about 6 %, down to where doubles near 1 lie no closer."""
    return f"floor(16 * ln(case when {share} > 1e-16 then {share} else 1e-16 end))"


def _confusion(engine: Engine, relation: str, labels: tuple[str, ...]) -> Confusion:
    position = {label: k for k, label in enumerate(labels)}
    rows = np.zeros((len(labels), len(labels)))
    found = engine.run(f"select y_true, y_pred, count(*) from {relation} group by y_true, y_pred")
    for true, predicted, n in found:
        rows[position[true], position[predicted]] = n
    return Confusion(labels, rows)


def _label_outcomes(engine: Engine, relation: str, labels: tuple[str, ...]) -> LabelOutcomes:
    sums = [f"sum({outcome.format(k)})" for outcome in OUTCOMES for k in range(len(labels))]
    [(rows, *found)] = engine.run(f"select count(*), {', '.join(sums)} from {relation}")
    return LabelOutcomes(labels, rows, *np.array(found, dtype=float).reshape(3, len(labels)))


def _against_actual(engine: Engine, relation: str) -> PredictedAgainstActual:
    edges = _edges(engine, relation, "y_true", "y_pred")
    rows = np.zeros((_BINS, _BINS))
    binned = f"{_bin('y_true', edges)} as actual, {_bin('y_pred', edges)} as predicted"
    found = engine.run(
        f"select actual, predicted, count(*) from (select {binned} from {relation}) as binned "
        "group by actual, predicted"
    )
    for true, predicted, n in found:
        rows[int(true), int(predicted)] = n
    return PredictedAgainstActual(edges, rows)


def _error_histogram(engine: Engine, relation: str) -> ErrorHistogram:
    errors = f"(select y_pred - y_true as e from {relation}) as errors"
    edges = _edges(engine, errors, "e")
    rows = np.zeros(_BINS)
    binned = f"(select {_bin('e', edges)} as bin from {errors}) as binned"
    for bin_, n in engine.run(f"select bin, count(*) from {binned} group by bin"):
        rows[int(bin_)] = n
    return ErrorHistogram(edges, rows)


def _edges(engine: Engine, relation: str, *columns: str) -> Floats:
    """Return equal bins over the inner 99 % of values, as a few far ones would flatten the rest."""
    [(rows,)] = engine.run(f"select count(*) from {relation}")
    beyond = int(_BEYOND * rows)
    found = [
        value
        for column in columns
        for order in (column, f"{column} desc")
        for (value,) in engine.run(
            f"select {column} from {relation} order by {order} limit 1 offset {beyond}"
        )
    ]
    start, end = min(found), max(found)
    if not end > start:
        start, end = start - 0.5, end + 0.5
    return np.linspace(start, end, _BINS + 1)


def _bin(column: str, edges: Floats) -> str:
    width = float(edges[1] - edges[0])
    # Clipped to the bins before floor, which in some engines can't take a number of any size.
    return f"floor(greatest(0, least({_BINS - 1}, ({column} - {float(edges[0])!r}) / {width!r})))"
