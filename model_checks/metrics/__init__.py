"""The table of metrics: how each is computed, with its interval, from the aggregates.

Adding a metric is adding a row to ``METRICS``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from model_checks.aggregates import AggregateKind, Aggregates
from model_checks.metrics import classification, multilabel, ranking, regression
from model_checks.metrics.estimate import Asked, Estimate

__all__ = ["METRICS", "TASKS", "Asked", "Estimate", "Metric", "metrics_of"]

TASKS = ("binary", "multiclass", "multilabel", "regression")

Measure = Callable[[Aggregates, Asked], Estimate]


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
    greater_is_better
        True for scores, False for errors.
    highest
        The largest value it can take; the smallest is zero for all of them.
    """

    name: str
    averages: Mapping[str, tuple[str | None, ...]]
    aggregate: AggregateKind
    estimate: Measure
    greater_is_better: bool = True
    highest: float = 1.0

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
_WHOLE = {"binary": (None,), "multiclass": (None,), "multilabel": (None,)}
_NUMBERS = {"regression": (None,)}

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "accuracy", _WHOLE, "confusion", _either(classification.accuracy, multilabel.accuracy)
        ),
        Metric(
            "precision",
            _CLASSES,
            "confusion",
            _either(classification.precision, multilabel.precision),
        ),
        Metric("recall", _CLASSES, "confusion", _either(classification.recall, multilabel.recall)),
        Metric("f1", _CLASSES, "confusion", _either(classification.f1, multilabel.f1)),
        Metric("roc_auc", _ONE_VS_REST, "ranks", ranking.roc_auc),
        Metric(
            "mae", _NUMBERS, "moments", regression.mae, greater_is_better=False, highest=math.inf
        ),
        Metric(
            "rmse", _NUMBERS, "moments", regression.rmse, greater_is_better=False, highest=math.inf
        ),
    )
}


def metrics_of(task: str) -> tuple[str, ...]:
    """Names of the metrics that a task has, in alphabetical order."""
    return tuple(sorted(name for name, metric in METRICS.items() if task in metric.averages))
