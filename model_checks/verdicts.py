"""An estimate, a bound and a rule -> a verdict; nothing else decides."""

import math
from enum import StrEnum

from model_checks.metrics import Estimate
from model_checks.plan import Bound


class Verdict(StrEnum):
    """What became of a check."""

    PASS = "PASS"  # noqa: S105 (not a password)
    WARN = "WARN"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NO_DATA = "NO_DATA"
    ERROR = "ERROR"


def verdict_on(estimate: Estimate, bound: Bound) -> Verdict:
    """Hold an estimate against what was agreed.

    Parameters
    ----------
    estimate
        With value None where the metric is undefined: NO_DATA. A NaN meets no bound.
    bound
        Under rule "estimate" the value must meet it, under "confident" the whole interval, and
        under "tolerant" it is failed only when the whole interval misses it.
    """
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or low is None or high is None:
        return Verdict.NO_DATA
    if any(math.isnan(number) for number in (value, low, high)):
        return Verdict.FAIL
    if bound.rule == "estimate":
        low = high = value
    if _misses(low, high, bound):
        return Verdict.FAIL
    if not _meets(low, high, bound):
        return Verdict.INCONCLUSIVE
    return Verdict.WARN if _past_warning(value, bound) else Verdict.PASS


def _misses(low: float, high: float, bound: Bound) -> bool:
    below = bound.min is not None and high < bound.min
    above = bound.max is not None and low > bound.max
    return below or above


def _meets(low: float, high: float, bound: Bound) -> bool:
    return (bound.min is None or low >= bound.min) and (bound.max is None or high <= bound.max)


def _past_warning(value: float, bound: Bound) -> bool:
    if bound.warn is None:
        return False
    return value < bound.warn if bound.min is not None else value > bound.warn


def fails(verdict: Verdict, rule: str, *, declared: bool) -> bool:
    """Whether a verdict makes the test fail.

    Parameters
    ----------
    verdict
        ERROR counts as failing here, though pytest reports it as an error.
    rule
        INCONCLUSIVE fails, but is tolerated under "tolerant".
    declared
        NO_DATA fails where the threshold was written for it, and is skipped where the segment
        value was only found in the data.
    """
    if verdict is Verdict.INCONCLUSIVE:
        return rule != "tolerant"
    if verdict is Verdict.NO_DATA:
        return declared
    return verdict in (Verdict.FAIL, Verdict.ERROR)
