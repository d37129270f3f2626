"""Placements where no row leaves the engine: windows over the buckets of a score.

Buckets are the steps of any monotone step function of the score: the weight in the buckets below a
row's, and that of the rows below it within its own, make up what is below the row, exactly. They
are there for engines that work on several at a time. Within a bucket, ranks come from windows
(midranks: Sun and Xu, 2014).
"""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from model_checks.data.engine import Engine
from model_checks.data.sql import literal
from model_checks.measure.grouping import Grouping, by_segment, listed, place_of
from model_checks.measure.ranking.placements import Placed, Totals
from model_checks.plan.checks import Segment
from model_checks.predict.table import Predictions

BUCKETS = 256
_MOST_COLUMNS = 1000  # of a select; Postgres takes 1,664


def placed(
    engine: Engine, predictions: Predictions, wanted: Sequence[tuple[Grouping, Totals]]
) -> list[Placed]:
    """Return the sums of the placements, for each grouping in turn.

    Raises
    ------
    DataError
        If the engine can't run a query to its end.
    """
    ends = predictions.score_ends or _ends(engine, predictions)
    buckets = [bucket(f"s{k}", low, high) for k, (low, high) in enumerate(ends)]
    return [
        _of_grouping(engine, predictions, grouping, totals, buckets) for grouping, totals in wanted
    ]


def _ends(engine: Engine, predictions: Predictions) -> list[tuple[float, float]]:
    ends = ", ".join(f"min(s{k}), max(s{k})" for k in range(len(predictions.scored)))
    [found] = engine.run(f"select {ends} from {predictions.relation}")
    return list(zip(found[::2], found[1::2], strict=True))


def bucket(score: str, low: float, high: float) -> str:
    """Return SQL of a few hundred steps over a score's range, which never fall as it rises.

    Halving keeps a range of up to twice the largest number from overflowing.

    >>> bucket("s0", 0.125, 0.75)
    'floor(cast(256.0 as double) * s0)'
    """
    low, high = (0.0, 1.0) if 0 <= low <= high <= 1 else (low, high)
    width = high / 2 - low / 2
    factor = BUCKETS / width / 2 if width else math.inf
    if math.isinf(factor):  # one score, or scores with hardly a number between them
        return "0"
    if not low:
        return f"floor(cast({factor!r} as double) * {score})"
    return (
        f"floor(cast({2 * factor!r} as double) "
        f"* ({score} / cast(2 as double) - cast({low / 2!r} as double)))"
    )


def _of_grouping(
    engine: Engine,
    predictions: Predictions,
    grouping: Grouping,
    totals: Totals,
    buckets: Sequence[str],
) -> Placed:
    """Return the sums of one grouping, by one query, or by several where labels are many."""
    size = len(predictions.scored)
    pairs = list(combinations_with_replacement(range(size), 2))
    columns: dict[str, tuple[int, ...]] = {f"sum(w * p{k})": (k,) for k in range(size)}
    columns |= {f"sum(w * p{j} * p{k})": (j, k) for j, k in pairs}
    if predictions.task == "binary" and size == 1:
        columns["sum(precision0)"] = ()
    relation = _placements(predictions, grouping, buckets)
    shape = (len(totals.segments), len(predictions.labels))
    found = {place: np.zeros(shape) for place in columns.values()}
    for start in range(0, len(columns), _MOST_COLUMNS):
        chunk = dict(list(columns.items())[start : start + _MOST_COLUMNS])
        keys = listed(grouping.keys(predictions))
        rows = engine.run(
            f"{relation} select {keys}y_true, {', '.join(chunk)} from placed group by {keys}y_true"
        )
        _fill(found, by_segment(rows, grouping.columns), list(chunk.values()), totals, predictions)
    sums = np.stack([found[k,] for k in range(size)], axis=-1)
    products = np.zeros((*shape, size, size))
    for j, k in pairs:
        products[:, :, j, k] = products[:, :, k, j] = found[j, k]
    return Placed(sums, products, found[()].sum(axis=1) if () in found else None)


def _fill(
    found: Mapping[tuple[int, ...], Any],
    rows: Mapping[Segment, Sequence[tuple[Any, ...]]],
    places: Sequence[tuple[int, ...]],
    totals: Totals,
    predictions: Predictions,
) -> None:
    for segment, of_labels in rows.items():
        code = place_of(segment, totals.segments)
        for label, *numbers in of_labels:
            position = place_of(label, predictions.labels)
            for place, number in zip(places, numbers, strict=True):
                found[place][code, position] = number


def _placements(predictions: Predictions, grouping: Grouping, buckets: Sequence[str]) -> str:
    """Return the tables a query starts with; the last, ``placed``, has each row's placements."""
    keys = grouping.keys(predictions)
    scores = range(len(predictions.scored))
    tables = {"scored": _scored(predictions, grouping, buckets)}
    tables |= {f"starts{k}": _starts(_never_null(keys), k) for k in scores}
    tables["ranked"] = _ranked(keys, scores)
    placements = [
        f"case when own{k} = 1 then others{k} - cast(0.5 as double) * other_ties{k} "
        f"else owns{k} - cast(0.5 as double) * own_ties{k} end as p{k}"
        for k in scores
    ]
    if predictions.task == "binary" and len(scores) == 1:
        placements.append(f"{_PRECISION} as precision0")
    tables["placed"] = f"select {listed(keys)}y_true, w, {', '.join(placements)} from ranked"
    return "with " + ", ".join(f"{name} as ({sql})" for name, sql in tables.items())


_PRECISION = (
    "case when own_weight0 > 0 then own_weight0 * (own_total0 - owns0 + own_ties0) "
    "/ (own_total0 - owns0 + own_ties0 + other_total0 - others0 + other_ties0) else 0 end"
)
"""A positive's weight times the precision among the rows that score as high as it or higher."""


def _scored(predictions: Predictions, grouping: Grouping, buckets: Sequence[str]) -> str:
    keys = grouping.keys(predictions)
    columns = [*keys, "y_true", "w"]
    columns += [f"coalesce({key}, '') as text_{key}" for key in keys]
    columns += [f"case when {key} is null then 1 else 0 end as null_{key}" for key in keys]
    for k, (label, step) in enumerate(zip(predictions.scored, buckets, strict=True)):
        own = f"y_true = {literal(label)}"
        columns += [
            f"s{k}",
            f"{step} as b{k}",
            f"case when {own} then 1 else 0 end as own{k}",
            f"case when {own} then w else 0 end as own_weight{k}",
            f"case when {own} then 0 else w end as other_weight{k}",
        ]
    return f"select {', '.join(columns)} from {grouping.relation(predictions)} as predictions"


def _starts(keys: Sequence[str], k: int) -> str:
    """Return SQL of the weight in the buckets below each bucket, and in all."""
    part = f"partition by {', '.join(keys)} " if keys else ""
    running = f"over ({part}order by b{k} rows between unbounded preceding and current row)"
    columns = [
        sql
        for whose in ("own", "other")
        for sql in (
            f"sum({whose}) {running} - {whose} as {whose}_start{k}",
            f"sum({whose}) over ({part.strip()}) as {whose}_total{k}",
        )
    ]
    group = ", ".join([*keys, f"b{k}"])
    return (
        f"select {group}, {', '.join(columns)} from (select {group}, "
        f"sum(own_weight{k}) as own, sum(other_weight{k}) as other "
        f"from scored group by {group}) as summed"
    )


def _ranked(keys: Sequence[str], scores: Sequence[int]) -> str:
    """Return SQL of each row with the weights of a label and the others up to and at its score."""
    columns = [f"scored.{name}" for name in (*keys, "y_true", "w")]
    joins = []
    for k in scores:
        part = ", ".join(f"scored.{name}" for name in (*keys, f"b{k}"))
        columns += [f"own{k}", f"own_weight{k}", f"own_total{k}", f"other_total{k}"]
        columns += [
            sql
            for whose in ("own", "other")
            for sql in (
                f"{whose}_start{k} + {_up_to(whose, part, k)} as {whose}s{k}",
                f"sum({whose}_weight{k}) over (partition by {part}, s{k}) as {whose}_ties{k}",
            )
        ]
        same = [f"scored.{key} = starts{k}.{key}" for key in [f"b{k}", *_never_null(keys)]]
        # Each row has its match, but for an inner join SQLite starts with all pairs of starts.
        joins.append(f"left join starts{k} on {' and '.join(same)}")
    return f"select {', '.join(columns)} from scored {' '.join(joins)}"


def _never_null(keys: Sequence[str]) -> list[str]:
    """Return columns of the same groups: no engine can hash on ``is not distinct from``."""
    return [f"{what}_{key}" for key in keys for what in ("text", "null")]


def _up_to(whose: str, part: str, k: int) -> str:
    return f"sum({whose}_weight{k}) over (partition by {part} order by s{k})"
