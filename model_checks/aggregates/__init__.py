"""The statistics of the rows that every metric, and every comparison, is computed from."""

from model_checks.aggregates.errors import (
    DEVIATION_POWERS,
    Deviations,
    ErrorMoments,
    MedianError,
    RelativeErrors,
)
from model_checks.aggregates.floats import Floats
from model_checks.aggregates.functions import Answers, OwnFunction, Replicates
from model_checks.aggregates.labels import ConfusionCounts, LabelSums
from model_checks.aggregates.of_one_model import AggregateKind, Aggregates
from model_checks.aggregates.of_two_models import (
    JointCounts,
    JointDeviations,
    JointMeans,
    JointSums,
    Pair,
)
from model_checks.aggregates.scores import ProbabilitySums, RankSums

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
