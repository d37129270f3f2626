"""The table of metrics: how each is computed, with its interval, from the statistics.

Adding a metric is adding a row to ``METRICS``, and the function that the row names.
"""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

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
from model_checks.metrics.covariance import Covariance, Gradient, Joint
from model_checks.metrics.estimate import AnyEstimate, Asked, Estimate, Failed, Undefined
from model_checks.metrics.metric import Averages, Form, Metric, Rows
from model_checks.metrics.statistics import (
    ConfusionCounts,
    Deviations,
    ErrorMoments,
    JointCosts,
    JointCounts,
    JointDeviations,
    JointErrors,
    JointMedians,
    JointRelativeErrors,
    JointSums,
    LabelSums,
    MedianError,
    ProbabilitySums,
    RankSums,
    RelativeErrors,
    Replicates,
)

__all__ = [
    "METRICS",
    "TASKS",
    "AnyEstimate",
    "Asked",
    "Estimate",
    "Failed",
    "Metric",
    "Undefined",
    "metric_named",
    "metrics_of",
]

TASKS = ("binary", "multiclass", "multilabel", "regression")

_AVERAGES = ("macro", "micro", "weighted")
_CLASSES = {"binary": ("binary",), "multiclass": _AVERAGES, "multilabel": _AVERAGES}
_ONE_VS_REST = {"binary": ("binary",), "multiclass": ("macro", "weighted")}
_WHOLE = {"binary": (None,), "multiclass": (None,)}
_EXACT = {**_WHOLE, "multilabel": (None,)}
_BINARY = {"binary": (None,)}
_NUMBERS = {"regression": (None,)}


# Forms: the statistics that a metric is a function of.


def _cells(
    measure: Callable[[ConfusionCounts, Asked], AnyEstimate], gradient: Gradient
) -> Form[ConfusionCounts]:
    varying = partial(covariance.of_cells, gradient)
    return Form(ConfusionCounts, measure, Covariance(JointCounts, varying))


def _labels(
    measure: Callable[[LabelSums, Asked], AnyEstimate], gradient: Gradient
) -> Form[LabelSums]:
    varying = partial(covariance.of_labels, gradient)
    return Form(LabelSums, measure, Covariance(LabelSums, varying))


def _costs(
    measure: Callable[[ProbabilitySums, Asked], AnyEstimate],
    terms: Callable[[JointCosts], JointSums],
) -> Form[ProbabilitySums]:
    return Form(ProbabilitySums, measure, _varying(JointCosts, terms))


def _moments(
    measure: Callable[[ErrorMoments, Asked], AnyEstimate],
    terms: Callable[[JointErrors], JointSums],
) -> Form[ErrorMoments]:
    return Form(ErrorMoments, measure, _varying(JointErrors, terms))


def _varying(joint: type[Joint], terms: Callable[[Joint], JointSums]) -> Covariance[Any, Joint]:
    """Return the covariance of two means over the rows, or of estimates that vary as means do."""
    return Covariance(joint, partial(covariance.of_means, terms))


_AREAS = Covariance(RankSums, covariance.of_areas)
_EXACT_MATCHES = Covariance(LabelSums, covariance.of_exact_matches)
_BIASES = Covariance(JointDeviations, covariance.of_biases)
_MEAN_SQUARES = Covariance(JointDeviations, partial(covariance.of_ratios, biased=True))
_VARIANCES = Covariance(JointDeviations, partial(covariance.of_ratios, biased=False))


# Rows of the table that are alike.


def _share(
    name: str,
    averages: Averages,
    rests_on: Rows,
    form: Form[ConfusionCounts],
    of_labels: Form[LabelSums] | None = None,
) -> Metric:
    """Return the row of a share of the rows of one class, true or predicted."""
    return Metric(
        name, averages, form, of_labels, rests_on=rests_on, best=attainable.share, one_sided=True
    )


def _error(name: str, averages: Averages, form: Form[Any], **more: Any) -> Metric:
    return Metric(name, averages, form, direction="lower", **{"highest": math.inf, **more})


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "accuracy",
            _EXACT,
            _cells(confusion.accuracy, confusion.accuracy_gradient),
            Form(LabelSums, multilabel.accuracy, _EXACT_MATCHES),
            best=attainable.proportion,
        ),
        Metric(
            "balanced_accuracy",
            _WHOLE,
            _cells(confusion.balanced_accuracy, confusion.balanced_accuracy_gradient),
            best=attainable.share,
        ),
        _share(
            "precision",
            _CLASSES,
            "positives",
            _cells(confusion.precision, confusion.precision_gradient),
            _labels(multilabel.precision, multilabel.precision_gradient),
        ),
        _share(
            "recall",
            _CLASSES,
            "positives",
            _cells(confusion.recall, confusion.recall_gradient),
            _labels(multilabel.recall, multilabel.recall_gradient),
        ),
        _share(
            "specificity",
            _BINARY,
            "negatives",
            _cells(confusion.specificity, confusion.specificity_gradient),
        ),
        _share(
            "npv",
            _BINARY,
            "negatives",
            _cells(confusion.npv, confusion.npv_gradient),
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
            "roc_auc", _ONE_VS_REST, Form(RankSums, ranking.roc_auc, _AREAS), best=attainable.area
        ),
        Metric(
            "average_precision",
            _BINARY,
            Form(RankSums, ranking.average_precision),
            rests_on="positives",
            best=attainable.share,
        ),
        _error(
            "log_loss",
            _WHOLE,
            _costs(probabilities.log_loss, lambda joint: joint.log_losses),
            least=1e-15,  # a probability of 1 counts as a little less
        ),
        _error(
            "brier", _WHOLE, _costs(probabilities.brier, lambda joint: joint.squares), highest=2.0
        ),
        _error(
            "expected_calibration_error",
            _WHOLE,
            _costs(probabilities.expected_calibration_error, lambda joint: joint.gaps),
            highest=1.0,
        ),
        _error("mae", _NUMBERS, _moments(errors.mae, lambda joint: joint.absolute)),
        _error("rmse", _NUMBERS, _moments(errors.rmse, lambda joint: joint.squared)),
        _error(
            "max_error", _NUMBERS, Form(ErrorMoments, errors.max_error), best=attainable.unlimited
        ),
        _error(
            "mape",
            _NUMBERS,
            Form(
                RelativeErrors,
                errors.mape,
                _varying(JointRelativeErrors, lambda joint: joint.relative),
            ),
        ),
        _error(
            "median_absolute_error",
            _NUMBERS,
            Form(
                MedianError,
                errors.median_absolute_error,
                _varying(JointMedians, lambda joint: joint.within),
            ),
            one_sided=True,
        ),
        Metric(
            "mean_error",
            _NUMBERS,
            Form(Deviations, errors.mean_error, _BIASES),
            direction="zero",
            lowest=-math.inf,
            highest=math.inf,
            one_sided=True,
        ),
        Metric("r2", _NUMBERS, Form(Deviations, deviations.r2, _MEAN_SQUARES), lowest=-math.inf),
        Metric(
            "explained_variance",
            _NUMBERS,
            Form(Deviations, deviations.explained_variance, _VARIANCES),
            lowest=-math.inf,
        ),
    )
}


def metric_named(name: str) -> Metric:
    """Return the metric of a name: of the table, or else a custom metric."""
    return METRICS.get(name) or Metric(
        name,
        dict.fromkeys(TASKS, (None,)),
        Form(Replicates, custom.own),
        direction="agreed",
        lowest=-math.inf,
        highest=math.inf,
    )


def metrics_of(task: str) -> tuple[str, ...]:
    """Return the names of the metrics that a task has, in alphabetical order."""
    return tuple(sorted(name for name, metric in METRICS.items() if task in metric.averages))
