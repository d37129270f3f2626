"""The scores of a classification: predictions -> rank sums.

Two ways lead to the same sums. Where rows are read in this process, the engine sorts them by the
score and they are placed as they stream by (``streamed``); elsewhere no row leaves, and the engine
places them itself (``in_database``).
"""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from model_checks.data.engine import Engine
from model_checks.measure.grouping import Grouping, Need, by_segment, listed, place_of
from model_checks.measure.ranking import in_database, streamed
from model_checks.measure.ranking.placements import Placed, Totals
from model_checks.metrics.statistics import ConfusionCounts, RankSums
from model_checks.plan.checks import Segment
from model_checks.predict.table import Predictions


def rank_sums(engine: Engine, predictions: Predictions, need: Need) -> Mapping[Segment, RankSums]:
    """Return the sums of the rows' placements in each score, and of products, by true label."""
    found = [(one, _totals(engine, predictions, one, need)) for one in need.groupings]
    wanted = [(grouping, totals) for grouping, totals in found if totals.segments]
    place = streamed.placed if engine.scratch else in_database.placed
    return {
        segment: _ranks(predictions, totals, placed, code)
        for (_, totals), placed in zip(wanted, place(engine, predictions, wanted), strict=True)
        for code, segment in enumerate(totals.segments)
    }


def _totals(engine: Engine, predictions: Predictions, grouping: Grouping, need: Need) -> Totals:
    """Return rows and weights of each label in each segment, counted before or now."""
    segments = _counted(predictions, grouping, need) or _count(engine, predictions, grouping)
    labels = predictions.labels
    numbers = np.zeros((3, len(segments), len(labels)))
    for code, rows in enumerate(segments.values()):
        for label, *sums in rows:
            numbers[:, code, place_of(label, labels)] = sums
    return Totals(tuple(segments), *numbers)


def _counted(
    predictions: Predictions, grouping: Grouping, need: Need
) -> Mapping[Segment, list[tuple[Any, ...]]]:
    """Return what ``_count`` would, where true labels were counted beside predicted ones."""
    if grouping in need.counted:
        return {segment: _by_true_label(one) for segment, one in need.counted[grouping].items()}
    if grouping.columns or not predictions.counts:
        return {}
    true = Counter[str]()
    for (label, *_), n in predictions.counts.items():
        true[label] += n
    return {(): [(label, n, n, n) for label, n in true.items()]}


def _by_true_label(counts: ConfusionCounts) -> list[tuple[Any, ...]]:
    sums = np.array([counts.rows, counts.weight, counts.weight2]).sum(axis=2)
    by_label = zip(counts.labels, *sums, strict=True)
    return [(label, n, *rest) for label, n, *rest in by_label if n]


def _count(
    engine: Engine, predictions: Predictions, grouping: Grouping
) -> Mapping[Segment, list[tuple[Any, ...]]]:
    """Count the rows and weights of each label in each segment by one query."""
    keys = listed(grouping.keys(predictions))
    found = engine.run(
        f"select {keys}y_true, count(*), sum(w), sum(w * w) "
        f"from {grouping.relation(predictions)} group by {keys}y_true"
    )
    return by_segment(found, grouping.columns)


def _ranks(predictions: Predictions, totals: Totals, placed: Placed, code: int) -> RankSums:
    """Return the sums of one segment; labels that it does not have are left out."""
    occurs = totals.rows[code] > 0
    labels = tuple(np.array(predictions.labels, dtype=object)[occurs].tolist())
    return RankSums(
        labels,
        predictions.scored,
        totals.rows[code][occurs],
        totals.weight[code][occurs],
        totals.weight2[code][occurs],
        placed.sums[code][occurs],
        placed.products[code][occurs],
        _mean_precision(predictions, totals, placed, code),
    )


def _mean_precision(predictions: Predictions, totals: Totals, placed: Placed, code: int) -> float:
    if placed.precision is None:
        return math.nan
    positives = totals.weight[code, predictions.labels.index(predictions.scored[0])]
    return float(placed.precision[code] / positives) if positives > 0 else math.nan
