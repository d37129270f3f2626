"""The gap between segments: their estimates -> that of the largest less the smallest value."""

from collections.abc import Sequence
from functools import partial

from model_checks.metrics.estimate import Estimate, estimated
from model_checks.metrics.intervals import gap_interval
from model_checks.metrics.rounding import difference


def gap(estimates: Sequence[Estimate], confidence: float) -> Estimate:
    """Return the estimate of the gap.

    Parameters
    ----------
    estimates
        Two or more estimates, each of other rows and with a value.
    """
    values = tuple(one.value for one in estimates)
    intervals_at = tuple(one.interval_at for one in estimates)
    interval = partial(gap_interval, values, intervals_at)
    n = sum(one.n for one in estimates)
    return estimated(
        difference(max(values), min(values)), interval, n, estimates[0].unit, confidence
    )
