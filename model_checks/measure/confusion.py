"""True by predicted label: predictions -> confusion counts, and joint counts of a pair."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from model_checks.data.engine import Engine
from model_checks.measure.grouping import Grouping, Need, found_by_segment, listed, place_of
from model_checks.metrics.statistics import ConfusionCounts, JointCounts
from model_checks.plan.checks import Segment
from model_checks.predict.table import PairedPredictions, Predictions


def confusion_counts(
    engine: Engine, predictions: Predictions, need: Need
) -> Mapping[Segment, ConfusionCounts]:
    """Return how often true and predicted labels met, by one query for each segmentation.

    The whole takes no query where its rows were counted before.
    """
    counted = [(*pair, n, n, n) for pair, n in predictions.counts.items() if len(pair) == 2]
    rows: dict[Segment, list[tuple[Any, ...]]] = (
        {(): counted} if counted and Grouping() in need.groupings else {}
    )
    asked = tuple(one for one in need.groupings if one.columns or not counted)
    rows |= found_by_segment(engine, predictions, replace(need, groupings=asked), _counts)
    return {segment: _confusion(those, predictions) for segment, those in rows.items()}


def joint_counts(
    engine: Engine, pair: PairedPredictions, need: Need
) -> Mapping[Segment, JointCounts]:
    """Return how often each true label met each two predicted ones, by one query a segmentation."""
    return {
        segment: _joint(rows, pair.labels)
        for segment, rows in found_by_segment(engine, pair, need, _joint_counts)
    }


def _counts(predictions: Predictions, grouping: Grouping) -> str:
    keys = listed(grouping.keys(predictions))
    return (
        f"select {keys}y_true, y_pred, count(*), sum(w), sum(w * w) "
        f"from {grouping.relation(predictions)} group by {keys}y_true, y_pred"
    )


def _confusion(rows: list[tuple[Any, ...]], predictions: Predictions) -> ConfusionCounts:
    labels = predictions.labels
    if predictions.task == "multiclass":
        occurring = {label for true, predicted, *_ in rows for label in (true, predicted)}
        labels = tuple(label for label in labels if label in occurring)
    counts = np.zeros((3, len(labels), len(labels)))
    for true, predicted, *numbers in rows:
        counts[:, place_of(true, labels), place_of(predicted, labels)] = numbers
    return ConfusionCounts(labels, *counts)


def _joint_counts(pair: PairedPredictions, grouping: Grouping) -> str:
    keys = listed(grouping.keys(pair))
    return (
        f"select {keys}y_true, y_pred, q_pred, count(*), sum(w) "
        f"from {grouping.relation(pair)} group by {keys}y_true, y_pred, q_pred"
    )


def _joint(rows: list[tuple[Any, ...]], labels: tuple[str, ...]) -> JointCounts:
    """Return the counts in the order of the labels, whatever order the engine returned."""
    occurring = {label for row in rows for label in row[:3]}
    places = {label: place_of(label, labels) for label in occurring}
    cells = sorted((*(places[label] for label in row[:3]), *row[3:]) for row in rows)
    true, first, second, *numbers = np.array(cells, dtype=float).T
    return JointCounts(
        len(labels), true.astype(int), first.astype(int), second.astype(int), *numbers
    )
