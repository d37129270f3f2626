"""The SQL that runs in the engine: predictions -> statistics, for the whole and for segmentations.

A few queries serve every threshold and segment value: their number depends on the segmentations and
the kinds of statistics alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from model_checks.data.engine import Engine
from model_checks.measure.confusion import confusion_counts
from model_checks.measure.custom import replicates
from model_checks.measure.deviations import deviation_sums
from model_checks.measure.errors import error_moments, relative_errors
from model_checks.measure.grouping import CHANGED, Grouping, Need
from model_checks.measure.median import median_errors
from model_checks.measure.multilabel import label_sums
from model_checks.measure.paired import find_pairs
from model_checks.measure.probability import probability_sums
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
    Replicates,
    Statistic,
    Statistics,
)
from model_checks.plan.checks import Segment
from model_checks.predict.table import Predictions

__all__ = ["CHANGED", "Grouping", "Need", "find_pairs", "find_statistics"]

_QUERIES: Mapping[
    type[Statistic], Callable[[Engine, Predictions, Need], Mapping[Segment, Statistic]]
] = {
    ConfusionCounts: confusion_counts,
    Deviations: deviation_sums,
    ErrorMoments: error_moments,
    LabelSums: label_sums,
    MedianError: median_errors,
    ProbabilitySums: probability_sums,
    RankSums: rank_sums,
    RelativeErrors: relative_errors,
    Replicates: replicates,
}


def find_statistics(
    engine: Engine, predictions: Predictions, needs: Mapping[type[Statistic], Need]
) -> Mapping[Segment, Statistics]:
    """Return all needed statistics, for the whole and every segment value that has rows.

    Raises
    ------
    DataError
        If the engine can't run a query to its end.
    """
    found: dict[Segment, Statistics] = {}
    counted: dict[Grouping, Mapping[Segment, ConfusionCounts]] = {}
    for kind in (kind for kind in _QUERIES if kind in needs):
        need = replace(needs[kind], counted=counted)
        of_kind = _QUERIES[kind](engine, predictions, need)
        for segment, one in of_kind.items():
            found[segment] = found.get(segment, Statistics(one.count)).adding(one)
        counted |= {
            grouping: {
                segment: one
                for segment, one in of_kind.items()
                if isinstance(one, ConfusionCounts) and grouping.has(segment)
            }
            for grouping in need.groupings
            if kind is ConfusionCounts
        }
    return found
