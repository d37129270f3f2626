"""An estimate, a bound and a rule -> a verdict; nothing else decides."""

import math
from enum import StrEnum

from model_checks.metrics import AnyEstimate, Estimate
from model_checks.metrics.intervals import Interval
from model_checks.metrics.rounding import excess
from model_checks.plan.checks import Bound
from model_checks.settings import Rule

_ROUNDING = 1e-9
"""A p-value that is above its limit by less than this share of the limit is so by rounding."""


class Verdict(StrEnum):
    """The outcome of a check."""

    PASS = "PASS"  # noqa: S105 (not a password)
    WARN = "WARN"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NO_DATA = "NO_DATA"
    ERROR = "ERROR"


def verdict_on(estimate: AnyEstimate, bound: Bound) -> Verdict:
    """Return the verdict on an estimate held against its bound.

    Parameters
    ----------
    estimate
        The metric's estimate; where it is undefined there is NO_DATA. A NaN meets no bound.
    bound
        Under rule "estimate" the value must meet it, under "confident" the whole interval, and
        under "tolerant" it is failed only when the whole interval misses it. What misses it by the
        last digits of a sum alone meets it.
    """
    if not isinstance(estimate, Estimate):
        return Verdict.NO_DATA
    if estimate.has_nan:
        return Verdict.FAIL
    value, low, high = estimate.value, estimate.low, estimate.high
    size = max((abs(end) for end in (value, low, high) if math.isfinite(end)), default=0.0)
    if bound.rule == "estimate":
        low = high = value
    interval = Interval(low, high, "")
    if missing(interval, bound, size) >= 0:
        return Verdict.FAIL
    if meeting(interval, bound, size) < 0:
        return Verdict.INCONCLUSIVE
    return Verdict.WARN if _past_warning(value, bound, size) else Verdict.PASS


def missing(interval: Interval, bound: Bound, size: float = 0.0) -> float:
    """Return by how much a whole interval misses a bound; below 0 if it meets or touches it.

    Parameters
    ----------
    size
        Magnitude of the estimate, needed for rounding where the bound is 0.
    """
    below = -math.inf if bound.min is None else -excess(interval.high, bound.min, size)
    above = -math.inf if bound.max is None else excess(interval.low, bound.max, size)
    return math.nextafter(max(below, above), -math.inf)


def meeting(interval: Interval, bound: Bound, size: float = 0.0) -> float:
    """Return by how much a whole interval meets a bound; below 0 where it does not."""
    above = math.inf if bound.min is None else excess(interval.low, bound.min, size)
    below = math.inf if bound.max is None else -excess(interval.high, bound.max, size)
    return min(above, below)


def _past_warning(value: float, bound: Bound, size: float) -> bool:
    if bound.warn is None:
        return False
    past = excess(value, bound.warn, size)
    return past < 0 if bound.min is not None else past > 0


def corrected(verdict: Verdict, rule: Rule, adjusted: float, confidence: float) -> Verdict:
    """Return the verdict that is left after a correction for many checks.

    What "tolerant" calls proven bad, and "confident" proven good, has to be so by its p-value
    after the correction; if it is not, it is INCONCLUSIVE. No other verdict changes.
    """
    proven = {"tolerant": (Verdict.FAIL,), "confident": (Verdict.PASS, Verdict.WARN)}
    if verdict in proven.get(rule, ()) and adjusted > (1 - confidence) * (1 + _ROUNDING):
        return Verdict.INCONCLUSIVE
    return verdict


def fails(verdict: Verdict, rule: str, *, explicit: bool) -> bool:
    """Return whether a verdict makes the test fail.

    Parameters
    ----------
    verdict
        ERROR counts as failing here, though pytest reports it as an error.
    rule
        INCONCLUSIVE fails, but is tolerated under "tolerant".
    explicit
        NO_DATA fails where the threshold was written for it, and is skipped where the segment
        value was only found in the data.
    """
    if verdict is Verdict.INCONCLUSIVE:
        return rule != "tolerant"
    if verdict is Verdict.NO_DATA:
        return explicit
    return verdict in (Verdict.FAIL, Verdict.ERROR)
