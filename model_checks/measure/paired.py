"""Two models on the same rows: a pair of predictions -> what they have in common."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from model_checks.data import Engine
from model_checks.measure.confusion import joint_counts
from model_checks.measure.deviations import joint_deviations
from model_checks.measure.errors import joint_errors, joint_relative_errors
from model_checks.measure.grouping import Need
from model_checks.measure.median import joint_medians
from model_checks.measure.multilabel import label_sums
from model_checks.measure.probability import joint_costs
from model_checks.measure.ranking import rank_sums
from model_checks.metrics.statistics import AggregateKind, Pair
from model_checks.plan.checks import Segment
from model_checks.predict.table import PairedPredictions

_QUERIES: Mapping[
    AggregateKind, Callable[[Engine, PairedPredictions, Need], Mapping[Segment, Any]]
] = {
    "confusion": joint_counts,
    "deviations": joint_deviations,
    "labels": label_sums,
    "median": joint_medians,
    "moments": joint_errors,
    "probabilities": joint_costs,
    "ranks": rank_sums,
    "relative": joint_relative_errors,
}


def find_pairs(
    engine: Engine, pair: PairedPredictions, needs: Mapping[AggregateKind, Need]
) -> Mapping[Segment, Pair]:
    """What is needed of a pair, of the whole and of every segment value that has rows.

    Functions of somebody's own have nothing of the kind.

    Raises
    ------
    DataError
        If the engine can't run a query to its end.
    """
    found: dict[Segment, Pair] = {}
    for kind, need in needs.items():
        if kind not in _QUERIES:
            continue
        for segment, one in _QUERIES[kind](engine, pair, need).items():
            known = found.get(segment, Pair(one.count))
            found[segment] = replace(known, **{kind: one})
    return found
