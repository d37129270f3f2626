"""The table of metrics: how each is computed, with its interval, from the aggregates.

Adding a metric is adding a row to ``METRICS``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from model_checks.metrics import agreement, custom, deviations, multilabel, probability, ranking
from model_checks.metrics import confusion as classification
from model_checks.metrics import errors as regression
from model_checks.metrics.estimate import Asked, Estimate
from model_checks.metrics.statistics import AggregateKind, Aggregates

__all__ = ["METRICS", "TASKS", "Asked", "Estimate", "Metric", "metric_named", "metrics_of"]

TASKS = ("binary", "multiclass", "multilabel", "regression")

Measure = Callable[[Aggregates, Asked], Estimate]

Direction = Literal["higher", "lower", "zero", "agreed"]


@dataclass(frozen=True)
class Metric:
    """One row of the table.

    Attributes
    ----------
    averages
        The tasks that have it, each with the averages it may be asked for, the default first.
    aggregate
        The kind of aggregate that it is a function of; see ``kind`` for task multilabel.
    estimate
        ``(aggregates, asked) -> Estimate``.
    direction
        Where it is best: higher for scores, lower for errors, at zero for a bias; for a function
        of somebody's own the bound that was agreed tells.
    lowest, highest
        The smallest and the largest value it can take.
    needs_beta
        Whether a threshold has to say how much recall weighs.
    """

    name: str
    averages: Mapping[str, tuple[str | None, ...]]
    aggregate: AggregateKind
    estimate: Measure
    direction: Direction = "higher"
    lowest: float = 0.0
    highest: float = 1.0
    needs_beta: bool = False

    @property
    def needs_scores(self) -> bool:
        """Whether labels alone don't tell it."""
        return self.aggregate in ("ranks", "probabilities")

    @property
    def needs_probabilities(self) -> bool:
        """Whether scores must lie between 0 and 1."""
        return self.aggregate == "probabilities"

    def kind(self, task: str) -> AggregateKind:
        """The kind of aggregate for a task: a row of several labels is in no confusion matrix."""
        several = task == "multilabel" and self.aggregate == "confusion"
        return "labels" if several else self.aggregate


def _either(of_classes: Measure, of_labels: Measure) -> Measure:
    """One measure for rows that have one label each, another for rows that may have several."""

    def estimate(aggregates: Aggregates, asked: Asked) -> Estimate:
        return (of_labels if aggregates.labels else of_classes)(aggregates, asked)

    return estimate


_AVERAGES = ("macro", "micro", "weighted")
_CLASSES = {"binary": ("binary",), "multiclass": _AVERAGES, "multilabel": _AVERAGES}
_ONE_VS_REST = {"binary": ("binary",), "multiclass": ("macro", "weighted")}
_WHOLE = {"binary": (None,), "multiclass": (None,)}
_EXACT = {**_WHOLE, "multilabel": (None,)}
_BINARY = {"binary": (None,)}
_NUMBERS = {"regression": (None,)}


def _error(
    name: str,
    averages: Mapping[str, tuple[str | None, ...]],
    aggregate: AggregateKind,
    estimate: Measure,
    highest: float = math.inf,
) -> Metric:
    return Metric(name, averages, aggregate, estimate, "lower", highest=highest)


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "accuracy",
            _EXACT,
            "confusion",
            _either(classification.accuracy, multilabel.accuracy),
        ),
        Metric("balanced_accuracy", _WHOLE, "confusion", classification.balanced_accuracy),
        Metric(
            "precision",
            _CLASSES,
            "confusion",
            _either(classification.precision, multilabel.precision),
        ),
        Metric(
            "recall",
            _CLASSES,
            "confusion",
            _either(classification.recall, multilabel.recall),
        ),
        Metric("specificity", _BINARY, "confusion", classification.specificity),
        Metric("npv", _BINARY, "confusion", classification.npv),
        Metric(
            "f1",
            _CLASSES,
            "confusion",
            _either(classification.f1, multilabel.f1),
        ),
        Metric(
            "fbeta",
            _CLASSES,
            "confusion",
            _either(classification.fbeta, multilabel.fbeta),
            needs_beta=True,
        ),
        Metric("mcc", _WHOLE, "confusion", agreement.mcc, lowest=-1.0),
        Metric("cohen_kappa", _WHOLE, "confusion", agreement.cohen_kappa, lowest=-1.0),
        Metric("roc_auc", _ONE_VS_REST, "ranks", ranking.roc_auc),
        Metric("average_precision", _BINARY, "ranks", ranking.average_precision),
        _error("log_loss", _WHOLE, "probabilities", probability.log_loss),
        _error("brier", _WHOLE, "probabilities", probability.brier, highest=2.0),
        _error(
            "expected_calibration_error",
            _WHOLE,
            "probabilities",
            probability.expected_calibration_error,
            highest=1.0,
        ),
        _error("mae", _NUMBERS, "moments", regression.mae),
        _error("rmse", _NUMBERS, "moments", regression.rmse),
        _error("max_error", _NUMBERS, "moments", regression.max_error),
        _error("mape", _NUMBERS, "relative", regression.mape),
        _error("median_absolute_error", _NUMBERS, "median", regression.median_absolute_error),
        Metric(
            "mean_error",
            _NUMBERS,
            "deviations",
            regression.mean_error,
            "zero",
            lowest=-math.inf,
            highest=math.inf,
        ),
        Metric("r2", _NUMBERS, "deviations", deviations.r2, lowest=-math.inf),
        Metric(
            "explained_variance",
            _NUMBERS,
            "deviations",
            deviations.explained_variance,
            lowest=-math.inf,
        ),
    )
}


def metric_named(name: str) -> Metric:
    """The metric of the table, or one that is a function of somebody's own under a free name."""
    return METRICS.get(name) or Metric(
        name,
        dict.fromkeys(TASKS, (None,)),
        "replicates",
        custom.own,
        "agreed",
        lowest=-math.inf,
        highest=math.inf,
    )


def metrics_of(task: str) -> tuple[str, ...]:
    """Names of the metrics that a task has, in alphabetical order."""
    return tuple(sorted(name for name, metric in METRICS.items() if task in metric.averages))
