"""Confidence intervals in closed form: what a metric's sufficient statistics say about its value.

Every function takes plain numbers and returns an `Interval` around the value it was given, clipped
to the metric's range. Nothing here sees a row, so an interval costs microseconds however many rows
stand behind it. Sizes are Kish's effective sizes and so need not be whole; without weights they are
counts of rows. A number that no data can produce (NaN, a proportion above 1, a confidence of 95) is
a `ValueError`: it is a mistake of the caller, not a property of the data.

`confidence` is everywhere the nominal coverage, between 0 and 1. Intervals are two-sided and
central: at 0.95, the truth is meant to lie above in 1 case of 40, and below in 1 of 40.
"""

from model_checks.metrics.intervals.auc import (
    FEW_MISPLACED,
    auc_interval,
    mean_auc_interval,
    newcombe_auc_interval,
)
from model_checks.metrics.intervals.averages import Parts, averaged_interval
from model_checks.metrics.intervals.base import Interval, IntervalAt, kish_size
from model_checks.metrics.intervals.delta import (
    agreement_interval,
    calibration_interval,
    explained_interval,
)
from model_checks.metrics.intervals.differences import (
    difference_interval,
    magnitude_interval,
    relative_interval,
)
from model_checks.metrics.intervals.gaps import gap_interval
from model_checks.metrics.intervals.means import (
    hall_mean_interval,
    hall_signed_interval,
    rmse_interval,
)
from model_checks.metrics.intervals.proportions import (
    delta_logit_interval,
    f1_interval,
    wilson_interval,
)
from model_checks.metrics.intervals.quantiles import normal_quantile, student_quantile
from model_checks.metrics.intervals.resampling import bootstrap_interval

__all__ = [
    "FEW_MISPLACED",
    "Interval",
    "IntervalAt",
    "Parts",
    "agreement_interval",
    "auc_interval",
    "averaged_interval",
    "bootstrap_interval",
    "calibration_interval",
    "delta_logit_interval",
    "difference_interval",
    "explained_interval",
    "f1_interval",
    "gap_interval",
    "hall_mean_interval",
    "hall_signed_interval",
    "kish_size",
    "magnitude_interval",
    "mean_auc_interval",
    "newcombe_auc_interval",
    "normal_quantile",
    "relative_interval",
    "rmse_interval",
    "student_quantile",
    "wilson_interval",
]
