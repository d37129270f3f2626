"""The table of metrics: how each is computed, with its interval, from the aggregates.

Adding a metric is adding a row to ``METRICS``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from model_checks.aggregates import AggregateKind, Aggregates
from model_checks.metrics import classification, functions, ranking, regression
from model_checks.metrics.estimate import Asked, Estimate

__all__ = ["METRICS", "TASKS", "Asked", "Estimate", "Metric", "metric_named", "metrics_of"]

TASKS = ("binary", "multiclass", "regression")


@dataclass(frozen=True)
class Metric:
    """One row of the table.

    Attributes
    ----------
    averages
        The tasks that have it, each with the averages it may be asked for, the default first.
    aggregate
        The kind of aggregate that it is a function of.
    estimate
        ``(aggregates, asked) -> Estimate``.
    greater_is_better
        True for scores, False for errors; None where only the bound that was agreed can tell.
    lowest, highest
        The smallest and the largest value it can take.
    """

    name: str
    averages: Mapping[str, tuple[str | None, ...]]
    aggregate: AggregateKind
    estimate: Callable[[Aggregates, Asked], Estimate]
    greater_is_better: bool | None = True
    lowest: float = 0.0
    highest: float = 1.0


_CLASSES = {"binary": ("binary",), "multiclass": ("macro", "micro", "weighted")}
_ONE_VS_REST = {"binary": ("binary",), "multiclass": ("macro", "weighted")}
_WHOLE = {"binary": (None,), "multiclass": (None,)}
_NUMBERS = {"regression": (None,)}

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", _WHOLE, "confusion", classification.accuracy),
        Metric("precision", _CLASSES, "confusion", classification.precision),
        Metric("recall", _CLASSES, "confusion", classification.recall),
        Metric("f1", _CLASSES, "confusion", classification.f1),
        Metric("roc_auc", _ONE_VS_REST, "ranks", ranking.roc_auc),
        Metric(
            "mae", _NUMBERS, "moments", regression.mae, greater_is_better=False, highest=math.inf
        ),
        Metric(
            "rmse", _NUMBERS, "moments", regression.rmse, greater_is_better=False, highest=math.inf
        ),
    )
}


def metric_named(name: str) -> Metric:
    """The metric of the table, or one that is a function of somebody's own under a free name."""
    return METRICS.get(name) or Metric(
        name,
        dict.fromkeys(TASKS, (None,)),
        "replicates",
        functions.own,
        greater_is_better=None,
        lowest=-math.inf,
        highest=math.inf,
    )


def metrics_of(task: str) -> tuple[str, ...]:
    """Names of the metrics that a task has, in alphabetical order."""
    return tuple(sorted(name for name, metric in METRICS.items() if task in metric.averages))
