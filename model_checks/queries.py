"""The SQL that runs in the engine: predictions -> aggregates, for the whole or a segmentation.

One query per segmentation and kind of aggregate serves every threshold and segment value.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from model_checks.aggregates import ConfusionCounts, ErrorMoments, RankSums
from model_checks.engines.duckdb import Engine, literal
from model_checks.plan import Segment
from model_checks.predictions import Predictions

_POWERS = (1, 2, 3, 4, 6)


def confusion_counts(
    engine: Engine, predictions: Predictions, columns: Sequence[str]
) -> Mapping[Segment, ConfusionCounts]:
    """How often each true label met each predicted label, by segment."""
    keys = predictions.group(columns)
    found = engine.run(
        f"select {_listed(keys)}y_true, y_pred, count(*), sum(w), sum(w * w) "
        f"from {predictions.relation} group by {_listed(keys)}y_true, y_pred"
    )
    return {
        segment: _confusion(rows, predictions)
        for segment, rows in _by_segment(found, columns).items()
    }


def _confusion(rows: list[tuple[Any, ...]], predictions: Predictions) -> ConfusionCounts:
    labels = predictions.labels
    if predictions.task == "multiclass":
        occurring = {label for true, predicted, *_ in rows for label in (true, predicted)}
        labels = tuple(label for label in labels if label in occurring)
    position = {label: k for k, label in enumerate(labels)}
    counts = np.zeros((3, len(labels), len(labels)))
    for true, predicted, *numbers in rows:
        counts[:, position[true], position[predicted]] = numbers
    return ConfusionCounts(labels, *counts)


def error_moments(
    engine: Engine, predictions: Predictions, columns: Sequence[str]
) -> Mapping[Segment, ErrorMoments]:
    """Sums of powers of the absolute error, by segment."""
    keys = predictions.group(columns)
    powers = ", ".join(f"sum(w * e ** {power})" for power in _POWERS)
    found = engine.run(
        f"select {_listed(keys)}count(*), sum(w), sum(w * w), {powers} "
        f"from (select *, abs(y_pred - y_true) as e from {predictions.relation}) {_grouping(keys)}"
    )
    return {
        segment: _moments(*row) for segment, [row] in _by_segment(found, columns).items() if row[0]
    }


def _moments(rows: int, weight: float, weight2: float, *sums: float) -> ErrorMoments:
    return ErrorMoments(rows, weight, weight2, dict(zip(_POWERS, sums, strict=True)))


def rank_sums(
    engine: Engine, predictions: Predictions, columns: Sequence[str]
) -> Mapping[Segment, RankSums]:
    """Sums of the rows' placements in each score and of their products, by segment and true label.

    A placement is the opposite weight below the row's score, and half of that at it: a running sum
    over the rows up to and with its ties, less half of the sum over its ties.
    """
    keys = predictions.group(columns)
    partition = f"partition by {', '.join(keys)} " if keys else ""
    placements, windows = [], []
    for k, label in enumerate(predictions.scored):
        own = f"y_true = {literal(label)}"
        others_below = _placed(f"case when {own} then 0 else w end", k)
        own_below = _placed(f"case when {own} then w else 0 end", k)
        placements.append(f"case when {own} then {others_below} else {own_below} end as p{k}")
        windows.append(f"upto{k} as ({partition}order by s{k})")
        ties = f"{partition}order by s{k} range between current row and current row"
        windows.append(f"ties{k} as ({ties})")
    size = range(len(predictions.scored))
    pairs = list(combinations_with_replacement(size, 2))
    sums = [f"sum(w * p{k})" for k in size] + [f"sum(w * p{j} * p{k})" for j, k in pairs]
    found = engine.run(
        f"select {_listed(keys)}y_true, count(*), sum(w), sum(w * w), {', '.join(sums)} "
        f"from (select {_listed(keys)}y_true, w, {', '.join(placements)} "
        f"from {predictions.relation} window {', '.join(windows)}) "
        f"group by {_listed(keys)}y_true"
    )
    return {
        segment: _ranks(rows, predictions.scored, pairs)
        for segment, rows in _by_segment(found, columns).items()
    }


def _placed(weight: str, k: int) -> str:
    return f"(sum({weight}) over upto{k} - 0.5::double * sum({weight}) over ties{k})"


def _ranks(
    rows: list[tuple[Any, ...]], scored: tuple[str, ...], pairs: list[tuple[int, int]]
) -> RankSums:
    labels = tuple(label for label, *_ in rows)
    numbers = np.array([values for _, *values in rows], dtype=float)
    k = len(scored)
    products = np.zeros((len(rows), k, k))
    for position, (i, j) in enumerate(pairs):
        products[:, i, j] = products[:, j, i] = numbers[:, 3 + k + position]
    n, weight, weight2 = numbers[:, :3].T
    return RankSums(labels, scored, n, weight, weight2, numbers[:, 3 : 3 + k], products)


def _listed(keys: Sequence[str]) -> str:
    return "".join(f"{key}, " for key in keys)


def _grouping(keys: Sequence[str]) -> str:
    return f"group by {', '.join(keys)}" if keys else ""


def _by_segment(
    found: list[tuple[Any, ...]], columns: Sequence[str]
) -> Mapping[Segment, list[tuple[Any, ...]]]:
    """Rows of a result by the segment that their first values tell."""
    groups: dict[Segment, list[tuple[Any, ...]]] = defaultdict(list)
    for row in found:
        values, rest = row[: len(columns)], row[len(columns) :]
        groups[tuple(zip(columns, values, strict=True))].append(rest)
    return groups
