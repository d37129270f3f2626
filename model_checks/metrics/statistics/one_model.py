"""What is summed up over a model's rows: all that its metrics are functions of."""

from dataclasses import dataclass
from typing import Literal

from model_checks.metrics.statistics.custom import Replicates
from model_checks.metrics.statistics.errors import (
    Deviations,
    ErrorMoments,
    MedianError,
    RelativeErrors,
)
from model_checks.metrics.statistics.labels import ConfusionCounts, LabelSums
from model_checks.metrics.statistics.scores import ProbabilitySums, RankSums

AggregateKind = Literal[
    "confusion",
    "deviations",
    "labels",
    "median",
    "moments",
    "probabilities",
    "ranks",
    "relative",
    "replicates",
]


@dataclass(frozen=True)
class Aggregates:
    """What was measured on one group of rows; a kind that no threshold needs is None."""

    rows: int
    confusion: ConfusionCounts | None = None
    moments: ErrorMoments | None = None
    ranks: RankSums | None = None
    labels: LabelSums | None = None
    relative: RelativeErrors | None = None
    deviations: Deviations | None = None
    median: MedianError | None = None
    probabilities: ProbabilitySums | None = None
    replicates: Replicates | None = None
