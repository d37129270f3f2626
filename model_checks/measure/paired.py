"""Two models on the same rows: a pair of predictions -> joint statistics."""

from collections.abc import Callable, Mapping

from model_checks.data.engine import Engine
from model_checks.measure.confusion import joint_counts
from model_checks.measure.deviations import joint_deviations
from model_checks.measure.errors import joint_errors, joint_relative_errors
from model_checks.measure.grouping import Need
from model_checks.measure.median import joint_medians
from model_checks.measure.multilabel import label_sums
from model_checks.measure.probability import joint_costs
from model_checks.measure.ranking import rank_sums
from model_checks.metrics.statistics import (
    ConfusionCounts,
    Deviations,
    ErrorMoments,
    LabelSums,
    MedianError,
    ProbabilitySums,
    RankSums,
    RelativeErrors,
    Statistic,
    Statistics,
)
from model_checks.plan.checks import Segment
from model_checks.predict.table import PairedPredictions

_QUERIES: Mapping[
    type[Statistic], Callable[[Engine, PairedPredictions, Need], Mapping[Segment, Statistic]]
] = {
    ConfusionCounts: joint_counts,
    Deviations: joint_deviations,
    ErrorMoments: joint_errors,
    LabelSums: label_sums,
    MedianError: joint_medians,
    ProbabilitySums: joint_costs,
    RankSums: rank_sums,
    RelativeErrors: joint_relative_errors,
}
"""The query of a pair's joint statistics, by the kind of statistics of one model."""


def find_pairs(
    engine: Engine, pair: PairedPredictions, needs: Mapping[type[Statistic], Need]
) -> Mapping[Segment, Statistics]:
    """Return the joint statistics of a pair, for the whole and every segment value that has rows.

    Custom functions have no joint statistics.

    Raises
    ------
    DataError
        If the engine can't run a query to its end.
    """
    found: dict[Segment, Statistics] = {}
    for kind, need in needs.items():
        if kind not in _QUERIES:
            continue
        for segment, one in _QUERIES[kind](engine, pair, need).items():
            found[segment] = found.get(segment, Statistics(one.count)).adding(one)
    return found
