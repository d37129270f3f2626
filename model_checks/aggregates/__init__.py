"""The statistics of the rows that every metric, and every comparison, is computed from."""

from model_checks.aggregates.of_one_model import (
    DEVIATION_POWERS,
    AggregateKind,
    Aggregates,
    Answers,
    ConfusionCounts,
    Deviations,
    ErrorMoments,
    Floats,
    LabelSums,
    MedianError,
    OwnFunction,
    ProbabilitySums,
    RankSums,
    RelativeErrors,
    Replicates,
)
from model_checks.aggregates.of_two_models import (
    JointCounts,
    JointDeviations,
    JointMeans,
    JointSums,
    Pair,
)

__all__ = [
    "DEVIATION_POWERS",
    "AggregateKind",
    "Aggregates",
    "Answers",
    "ConfusionCounts",
    "Deviations",
    "ErrorMoments",
    "Floats",
    "JointCounts",
    "JointDeviations",
    "JointMeans",
    "JointSums",
    "LabelSums",
    "MedianError",
    "OwnFunction",
    "Pair",
    "ProbabilitySums",
    "RankSums",
    "RelativeErrors",
    "Replicates",
]
