"""The table of metrics: how each is computed, with its interval, from the aggregates.

Adding a metric is adding a row to ``METRICS``, and the function that the row names.
"""

import math
from collections.abc import Callable, Mapping
from functools import partial

from model_checks.metrics import (
    agreement,
    attainable,
    confusion,
    covariance,
    custom,
    deviations,
    errors,
    multilabel,
    ranking,
)
from model_checks.metrics import probability as probabilities
from model_checks.metrics.covariance import Gradient
from model_checks.metrics.estimate import Asked, Estimate
from model_checks.metrics.metric import Form, Measure, Metric
from model_checks.metrics.statistics import JointSums, Pair

__all__ = ["METRICS", "TASKS", "Asked", "Estimate", "Metric", "metric_named", "metrics_of"]

TASKS = ("binary", "multiclass", "multilabel", "regression")

_AVERAGES = ("macro", "micro", "weighted")
_CLASSES = {"binary": ("binary",), "multiclass": _AVERAGES, "multilabel": _AVERAGES}
_ONE_VS_REST = {"binary": ("binary",), "multiclass": ("macro", "weighted")}
_WHOLE = {"binary": (None,), "multiclass": (None,)}
_EXACT = {**_WHOLE, "multilabel": (None,)}
_BINARY = {"binary": (None,)}
_NUMBERS = {"regression": (None,)}


# What a metric is a function of.


def _cells(measure: Measure, gradient: Gradient) -> Form:
    return Form("confusion", measure, partial(covariance.of_cells, gradient))


def _labels(measure: Measure, gradient: Gradient) -> Form:
    return Form("labels", measure, partial(covariance.of_labels, gradient))


def _costs(measure: Measure, terms: Callable[[Pair], JointSums]) -> Form:
    return Form("probabilities", measure, partial(covariance.of_means, terms))


def _errors(measure: Measure, terms: Callable[[Pair], JointSums]) -> Form:
    return Form("moments", measure, partial(covariance.of_means, terms))


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "accuracy",
            _EXACT,
            _cells(confusion.accuracy, confusion.accuracy_gradient),
            Form("labels", multilabel.accuracy, covariance.of_exact_matches),
            best=attainable.proportion,
        ),
        Metric(
            "balanced_accuracy",
            _WHOLE,
            _cells(confusion.balanced_accuracy, confusion.balanced_accuracy_gradient),
            best=attainable.share,
        ),
        Metric(
            "precision",
            _CLASSES,
            _cells(confusion.precision, confusion.precision_gradient),
            _labels(multilabel.precision, multilabel.precision_gradient),
            rests_on="positives",
            best=attainable.share,
            one_sided=True,
        ),
        Metric(
            "recall",
            _CLASSES,
            _cells(confusion.recall, confusion.recall_gradient),
            _labels(multilabel.recall, multilabel.recall_gradient),
            rests_on="positives",
            best=attainable.share,
            one_sided=True,
        ),
        Metric(
            "specificity",
            _BINARY,
            _cells(confusion.specificity, confusion.specificity_gradient),
            rests_on="negatives",
            best=attainable.share,
            one_sided=True,
        ),
        Metric(
            "npv",
            _BINARY,
            _cells(confusion.npv, confusion.npv_gradient),
            rests_on="negatives",
            best=attainable.share,
            one_sided=True,
        ),
        Metric(
            "f1",
            _CLASSES,
            _cells(confusion.f1, confusion.f1_gradient),
            _labels(multilabel.f1, multilabel.f1_gradient),
            rests_on="positives",
            best=attainable.f1,
        ),
        Metric(
            "fbeta",
            _CLASSES,
            _cells(confusion.fbeta, confusion.fbeta_gradient),
            _labels(multilabel.fbeta, multilabel.fbeta_gradient),
            rests_on="positives",
            needs_beta=True,
        ),
        Metric(
            "mcc",
            _WHOLE,
            _cells(agreement.mcc, agreement.mcc_gradient),
            lowest=-1.0,
            best=attainable.agreement,
        ),
        Metric(
            "cohen_kappa",
            _WHOLE,
            _cells(agreement.cohen_kappa, agreement.cohen_kappa_gradient),
            lowest=-1.0,
            best=attainable.agreement,
        ),
        Metric(
            "roc_auc",
            _ONE_VS_REST,
            Form("ranks", ranking.roc_auc, covariance.of_areas),
            best=attainable.area,
        ),
        Metric(
            "average_precision",
            _BINARY,
            Form("ranks", ranking.average_precision),
            rests_on="positives",
            best=attainable.share,
        ),
        Metric(
            "log_loss",
            _WHOLE,
            _costs(probabilities.log_loss, lambda pair: pair.probabilities.log_losses),
            direction="lower",
            highest=math.inf,
            least=1e-15,  # a probability of 1 counts as a little less
        ),
        Metric(
            "brier",
            _WHOLE,
            _costs(probabilities.brier, lambda pair: pair.probabilities.squares),
            direction="lower",
            highest=2.0,
        ),
        Metric(
            "expected_calibration_error",
            _WHOLE,
            _costs(probabilities.expected_calibration_error, lambda pair: pair.probabilities.gaps),
            direction="lower",
        ),
        Metric(
            "mae",
            _NUMBERS,
            _errors(errors.mae, lambda pair: pair.moments.absolute),
            direction="lower",
            highest=math.inf,
        ),
        Metric(
            "rmse",
            _NUMBERS,
            _errors(errors.rmse, lambda pair: pair.moments.squared),
            direction="lower",
            highest=math.inf,
        ),
        Metric(
            "max_error",
            _NUMBERS,
            Form("moments", errors.max_error),
            direction="lower",
            highest=math.inf,
            best=attainable.unlimited,
        ),
        Metric(
            "mape",
            _NUMBERS,
            Form(
                "relative",
                errors.mape,
                partial(covariance.of_means, lambda pair: pair.relative.relative),
            ),
            direction="lower",
            highest=math.inf,
        ),
        Metric(
            "median_absolute_error",
            _NUMBERS,
            Form(
                "median",
                errors.median_absolute_error,
                partial(covariance.of_means, lambda pair: pair.median.within),
            ),
            direction="lower",
            highest=math.inf,
            one_sided=True,
        ),
        Metric(
            "mean_error",
            _NUMBERS,
            Form("deviations", errors.mean_error, covariance.of_biases),
            direction="zero",
            lowest=-math.inf,
            highest=math.inf,
            one_sided=True,
        ),
        Metric(
            "r2",
            _NUMBERS,
            Form("deviations", deviations.r2, partial(covariance.of_ratios, biased=True)),
            lowest=-math.inf,
        ),
        Metric(
            "explained_variance",
            _NUMBERS,
            Form(
                "deviations",
                deviations.explained_variance,
                partial(covariance.of_ratios, biased=False),
            ),
            lowest=-math.inf,
        ),
    )
}


def metric_named(name: str) -> Metric:
    """The metric of the table, or one that is a function of somebody's own under a free name."""
    return METRICS.get(name) or Metric(
        name,
        dict.fromkeys(TASKS, (None,)),
        Form("replicates", custom.own),
        direction="agreed",
        lowest=-math.inf,
        highest=math.inf,
    )


def metrics_of(task: str) -> tuple[str, ...]:
    """Names of the metrics that a task has, in alphabetical order."""
    return tuple(sorted(name for name, metric in METRICS.items() if task in metric.averages))
