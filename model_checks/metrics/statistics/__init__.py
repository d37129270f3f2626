"""The statistics of the rows that every metric, and every comparison, is computed from."""

from model_checks.metrics.statistics.custom import Answers, CustomFunction, Replicates
from model_checks.metrics.statistics.errors import (
    DEVIATION_POWERS,
    Deviations,
    ErrorMoments,
    MedianError,
    RelativeErrors,
)
from model_checks.metrics.statistics.floats import Floats
from model_checks.metrics.statistics.labels import ConfusionCounts, LabelSums
from model_checks.metrics.statistics.one_model import Statistic, Statistics
from model_checks.metrics.statistics.scores import ProbabilitySums, RankSums
from model_checks.metrics.statistics.two_models import (
    JointCosts,
    JointCounts,
    JointDeviations,
    JointErrors,
    JointMedians,
    JointRelativeErrors,
    JointSums,
)

__all__ = [
    "DEVIATION_POWERS",
    "Answers",
    "ConfusionCounts",
    "CustomFunction",
    "Deviations",
    "ErrorMoments",
    "Floats",
    "JointCosts",
    "JointCounts",
    "JointDeviations",
    "JointErrors",
    "JointMedians",
    "JointRelativeErrors",
    "JointSums",
    "LabelSums",
    "MedianError",
    "ProbabilitySums",
    "RankSums",
    "RelativeErrors",
    "Replicates",
    "Statistic",
    "Statistics",
]
