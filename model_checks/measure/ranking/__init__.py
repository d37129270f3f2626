"""Scores of a classification: predictions -> rank sums.

Two ways lead to the same sums. Where rows are read in this process, the engine sorts them by the
score and they are placed as they stream by (``sorted_scores``); elsewhere no row leaves, and the
engine places them itself (``buckets``).
"""

import math
from collections.abc import Mapping

import numpy as np

from model_checks.data import Engine
from model_checks.measure.grouping import Grouping, Need, by_segment, listed, place_of
from model_checks.measure.ranking import in_database, streamed
from model_checks.measure.ranking.placements import Placed, Totals
from model_checks.metrics.statistics import RankSums
from model_checks.plan.checks import Segment
from model_checks.predict.table import Predictions


def rank_sums(engine: Engine, predictions: Predictions, need: Need) -> Mapping[Segment, RankSums]:
    """Sums of the rows' placements in each score and of their products, by true label."""
    found = [(one, _totals(engine, predictions, one)) for one in need.groupings]
    wanted = [(grouping, totals) for grouping, totals in found if totals.segments]
    place = streamed.placed if engine.scratch else in_database.placed
    return {
        segment: _ranks(predictions, totals, placed, code)
        for (_, totals), placed in zip(wanted, place(engine, predictions, wanted), strict=True)
        for code, segment in enumerate(totals.segments)
    }


def _totals(engine: Engine, predictions: Predictions, grouping: Grouping) -> Totals:
    """Rows and weights of each label in each segment that has rows, by one query."""
    keys = listed(grouping.keys(predictions))
    found = engine.run(
        f"select {keys}y_true, count(*), sum(w), sum(w * w) "
        f"from {grouping.relation(predictions)} group by {keys}y_true"
    )
    segments = by_segment(found, grouping.columns)
    labels = predictions.labels
    numbers = np.zeros((3, len(segments), len(labels)))
    for code, rows in enumerate(segments.values()):
        for label, *sums in rows:
            numbers[:, code, place_of(label, labels)] = sums
    return Totals(tuple(segments), *numbers)


def _ranks(predictions: Predictions, totals: Totals, placed: Placed, code: int) -> RankSums:
    """The sums of one segment; labels that it does not have are left out."""
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
