"""MAE and RMSE: functions of the error moments."""

import math

from model_checks import intervals
from model_checks.aggregates import Aggregates
from model_checks.metrics.estimate import NO_WEIGHT, Asked, Estimate, estimated, undefined

_TINY = 1e-300
"""A sum below it may have lost its digits."""


def mae(aggregates: Aggregates, asked: Asked) -> Estimate:
    """Mean absolute error."""
    return _from_moments(aggregates, (1, 2, 3), asked.confidence, root=False)


def rmse(aggregates: Aggregates, asked: Asked) -> Estimate:
    """Root of the mean squared error."""
    return _from_moments(aggregates, (2, 4, 6), asked.confidence, root=True)


def _from_moments(
    aggregates: Aggregates, powers: tuple[int, int, int], confidence: float, *, root: bool
) -> Estimate:
    moments = aggregates.moments
    assert moments is not None
    if not moments.weight > 0:
        return undefined(NO_WEIGHT, aggregates, confidence)
    mean, second, third = (moments.mean(power) for power in powers)
    if math.isinf(mean):
        return undefined("errors too large to be summed", aggregates, confidence)
    if mean > 0 and not _TINY < third < math.inf:  # over- or underflow: the spread is not known
        interval = intervals.Interval(0.0, math.inf, "none, errors out of range")
    else:
        size = intervals.kish_size(moments.weight, moments.weight2)
        second = max(second, mean * mean)  # below it only by the rounding of long sums
        mean_interval = intervals.rmse_interval if root else intervals.hall_mean_interval
        interval = mean_interval(size, mean, second, third, confidence)
    return estimated(math.sqrt(mean) if root else mean, interval, moments.rows, "rows", confidence)
