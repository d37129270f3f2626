"""An estimate, a bound and a rule -> a verdict; nothing else decides."""

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

    Every comparison asks whether the bound is met, so that a NaN meets none.

    Parameters
    ----------
    estimate
        With value None where the metric is undefined: NO_DATA.
    bound
        Under rule "estimate" the value must meet it, under "confident" the whole interval, and
        under "tolerant" it is failed only when the whole interval misses it.
    """
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return Verdict.NO_DATA
    if bound.rule == "estimate":
        met, missed = _meets(estimate.value, estimate.value, bound), True
    else:
        met = _meets(estimate.low, estimate.high, bound)
        missed = _misses(estimate.low, estimate.high, bound)
    if not met:
        return Verdict.FAIL if missed else Verdict.INCONCLUSIVE
    return Verdict.WARN if _past_warning(estimate.value, bound) else Verdict.PASS


def _meets(low: float, high: float, bound: Bound) -> bool:
    return (bound.min is None or low >= bound.min) and (bound.max is None or high <= bound.max)


def _misses(low: float, high: float, bound: Bound) -> bool:
    below = bound.min is not None and not high >= bound.min
    above = bound.max is not None and not low <= bound.max
    return below or above


def _past_warning(value: float, bound: Bound) -> bool:
    if bound.warn is None:
        return False
    return not (value >= bound.warn if bound.min is not None else value <= bound.warn)


def fails(verdict: Verdict, rule: str, *, declared: bool) -> bool:
    """Whether a verdict makes the test fail.

    Parameters
    ----------
    verdict
        ERROR counts as failing here, though pytest reports it as an error.
    rule
        INCONCLUSIVE fails under "confident" and is tolerated under "tolerant".
    declared
        NO_DATA fails where the threshold was written for it, and is skipped where the segment
        value was only found in the data.
    """
    if verdict is Verdict.INCONCLUSIVE:
        return rule == "confident"
    if verdict is Verdict.NO_DATA:
        return declared
    return verdict in (Verdict.FAIL, Verdict.ERROR)
