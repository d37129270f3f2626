"""Errors of a regression: functions of the moments and quantiles of the errors."""

import math
from collections.abc import Mapping
from functools import partial

from model_checks.metrics import intervals
from model_checks.metrics.estimate import (
    NO_WEIGHT,
    Asked,
    Estimate,
    Undefined,
    always,
    estimated,
    undefined,
)
from model_checks.metrics.intervals import IntervalAt
from model_checks.metrics.means import OUT_OF_RANGE, TOO_LARGE, Sums, estimated_mean, in_range
from model_checks.metrics.statistics import Deviations, ErrorMoments, MedianError, RelativeErrors
from model_checks.text import counted


def mae(moments: ErrorMoments, asked: Asked) -> Estimate | Undefined:
    """Return the mean absolute error."""
    return _from_moments(moments, (1, 2, 3), asked)


def rmse(moments: ErrorMoments, asked: Asked) -> Estimate | Undefined:
    """Return the root of the mean squared error."""
    return _from_moments(moments, (2, 4, 6), asked, root=True)


def _from_moments(
    moments: ErrorMoments, powers: tuple[int, int, int], asked: Asked, *, root: bool = False
) -> Estimate | Undefined:
    first, second, third = (moments.powers[power] for power in powers)
    sums = Sums(moments.rows, moments.weight, moments.weight2, (first, second, third))
    return estimated_mean(sums, asked.confidence, root=root)


def max_error(moments: ErrorMoments, asked: Asked) -> Estimate | Undefined:
    """Return the largest absolute error of a row with weight; no sample bounds it from above."""
    largest = moments.largest
    if largest is None:
        return undefined(NO_WEIGHT, moments)
    if math.isinf(largest):
        return undefined(TOO_LARGE, moments)
    interval = partial(always, intervals.Interval(largest, math.inf, "observed, no upper limit"))
    return estimated(largest, interval, moments.rows, "rows", asked.confidence)


def mape(relative: RelativeErrors, asked: Asked) -> Estimate | Undefined:
    """Return the mean absolute error over the target, as a share: 0.1 is ten percent."""
    if relative.zeros:
        return undefined(f"{counted(relative.zeros, 'target')} of 0", relative)
    sums = Sums(relative.rows, relative.weight, relative.weight2, relative.powers)
    return estimated_mean(sums, asked.confidence)


def median_absolute_error(found: MedianError, asked: Asked) -> Estimate | Undefined:
    """Return the weighted median of the absolute error, with Woodruff's limits (1952)."""
    if found.median is None:
        return undefined(NO_WEIGHT, found)
    if math.isinf(found.median):
        return undefined(TOO_LARGE, found)
    interval = partial(_woodruff_interval, found.limits)
    return estimated(found.median, interval, found.rows, "rows", asked.confidence)


def _woodruff_interval(
    limits: Mapping[float, tuple[float, float]], confidence: float
) -> intervals.Interval:
    """Return the interval at the lowest measured confidence that is high enough."""
    level = min((one for one in limits if one >= confidence), default=None)
    low, high = (0.0, math.inf) if level is None else limits[level]
    return intervals.Interval(low, high, "Woodruff")


def mean_error(deviations: Deviations, asked: Asked) -> Estimate | Undefined:
    """Return the mean of prediction less target: above 0 where the model predicts too much."""
    bias = deviations.bias
    if bias is None:
        return undefined(NO_WEIGHT, deviations)
    if not math.isfinite(bias):
        return undefined(TOO_LARGE, deviations)
    variance, third = deviations.mean(2, 0), deviations.mean(3, 0)
    interval: IntervalAt
    if variance > 0 and not (in_range(variance) and math.isfinite(third)):
        interval = partial(always, intervals.Interval(-math.inf, math.inf, OUT_OF_RANGE))
    else:
        size = intervals.kish_size(deviations.weight, deviations.weight2)
        interval = partial(intervals.hall_signed_interval, size, bias, variance, third)
    return estimated(bias, interval, deviations.rows, "rows", asked.confidence)
