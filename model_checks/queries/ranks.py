"""Scores of a classification: predictions -> rank sums."""

from collections.abc import Mapping
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from model_checks.aggregates import RankSums
from model_checks.engines import Engine
from model_checks.engines.sql import literal
from model_checks.plan import Segment
from model_checks.predictions import Predictions
from model_checks.queries.grouping import Grouping, Need, by_segment, listed


def rank_sums(engine: Engine, predictions: Predictions, need: Need) -> Mapping[Segment, RankSums]:
    """Sums of the rows' placements in each score and of their products, by true label.

    A placement is the opposite weight below the row's score, and half of that at it: a running sum
    over the rows up to and with its ties, less half of the sum over its ties.
    """
    found: dict[Segment, RankSums] = {}
    for grouping in need.groupings:
        found.update(_of_grouping(engine, predictions, grouping))
    return found


def _of_grouping(
    engine: Engine, predictions: Predictions, grouping: Grouping
) -> Mapping[Segment, RankSums]:
    keys = grouping.keys(predictions)
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
        f"select {listed(keys)}y_true, count(*), sum(w), sum(w * w), {', '.join(sums)} "
        f"from (select {listed(keys)}y_true, w, {', '.join(placements)} "
        f"from {grouping.relation(predictions)} window {', '.join(windows)}) "
        f"group by {listed(keys)}y_true"
    )
    return {
        segment: _ranks(rows, predictions.scored, pairs)
        for segment, rows in by_segment(found, grouping.columns).items()
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
