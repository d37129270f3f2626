"""The degradation of a model against its baseline: two estimates -> that of the difference.

A degradation is above 0 where the model is worse, whichever way its metric points: where more is
better the baseline less the model, where less is better the model less the baseline, and of a bias,
which is best at 0, the sizes of both.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from model_checks.metrics.estimate import Estimate, Undefined, always, estimated
from model_checks.metrics.intervals import (
    Interval,
    IntervalAt,
    difference_interval,
    magnitude_interval,
    relative_interval,
)
from model_checks.metrics.rounding import difference

Best = Literal["higher", "lower", "zero"]


@dataclass(frozen=True)
class DegradationTerms:
    """The terms on which two estimates are compared.

    Attributes
    ----------
    best
        The end of its range at which the metric is best.
    relative
        Whether the degradation is a share of the baseline's size.
    paired
        Whether both estimates are of the same rows.
    correlation
        Correlation of the two estimates, or of the sizes of two biases; 0 if rows differ.
    """

    best: Best
    relative: bool
    paired: bool
    correlation: float = 0.0


_Side = tuple[float, IntervalAt]
"""A value, and its interval at any confidence."""


def degradation(
    current: Estimate, baseline: Estimate, terms: DegradationTerms
) -> Estimate | Undefined:
    """Return the estimate of the degradation."""
    if terms.relative and (what := _about_zero(baseline)):
        reason = (
            f"the baseline is {what}, of which a percentage means nothing; "
            "an absolute max_degradation would do"
        )
        return Undefined(reason, current.n, current.unit)
    value = _worse(current.value, baseline.value, terms)
    interval = partial(_interval, terms, _side(current), _side(baseline))
    return estimated(value, interval, current.n, current.unit, current.confidence)


def _about_zero(baseline: Estimate) -> str | None:
    """Return words on a baseline too near to 0 to take a share of; None if it is not."""
    if baseline.value == 0:
        return "exactly 0"
    return "not told from 0 by its interval" if baseline.low < 0 < baseline.high else None


def with_exact_baseline(
    current: Estimate, baseline: Estimate, terms: DegradationTerms
) -> Estimate | Undefined:
    """Return the degradation as if the baseline were exact: the doubt of the model's own rows."""
    value = Interval(baseline.value, baseline.value, "")
    exact = replace(baseline, interval_at=partial(always, value))
    return degradation(current, exact, terms)


def _side(estimate: Estimate) -> _Side:
    return estimate.value, estimate.interval_at


def _worse(a: float, b: float, terms: DegradationTerms) -> float:
    if terms.best == "zero":
        a, b = abs(a), abs(b)
    size = abs(b) if terms.relative else 1.0
    a, b = a / size, b / size
    return difference(b, a) if terms.best == "higher" else difference(a, b)


def _interval(
    terms: DegradationTerms, current: _Side, baseline: _Side, confidence: float
) -> Interval:
    (a, a_at), (b, b_at) = current, baseline
    of_a, of_b, r = a_at(confidence), b_at(confidence), terms.correlation
    if terms.best == "zero":
        r = _correlation_of_sizes(of_a, of_b, r)
        of_a, of_b = magnitude_interval(a, of_a), magnitude_interval(b, of_b)
        a, b = abs(a), abs(b)
    apart = relative_interval if terms.relative else difference_interval
    more = apart(a, of_a, b, of_b, r, paired=terms.paired)
    return _turned(more) if terms.best == "higher" else more


def _correlation_of_sizes(of_a: Interval, of_b: Interval, r: float) -> float:
    """Return the correlation of two biases' sizes: at most 0 where either may be of either sign."""
    sure = all(one.low >= 0 or one.high <= 0 for one in (of_a, of_b))
    return r if sure else min(r, 0.0)


def _turned(interval: Interval) -> Interval:
    return Interval(0.0 - interval.high, 0.0 - interval.low, interval.method)
