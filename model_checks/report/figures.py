"""The figures of a check as they are written: its value, its interval, and its bound."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from model_checks.metrics import AnyEstimate, Estimate
from model_checks.metrics.rounding import excess
from model_checks.plan.checks import Bound, Check
from model_checks.text.figures import decimals, decimals_for, figure, percent, telling_apart


@dataclass(frozen=True)
class Figures:
    """One way of writing the numbers of a check, wherever they are read.

    Attributes
    ----------
    digits
        The decimals of every number: as many as tell a measured number from an agreed one.
    relative
        Whether the numbers are shares of a baseline, written in per cent.
    """

    digits: int
    relative: bool = False

    @classmethod
    def of(cls, check: Check, judged: AnyEstimate | None) -> "Figures":
        """Return the way of writing a check's numbers, with its estimate or without one."""
        scale = 100.0 if check.relative else 1.0
        bound = check.bound
        agreed = [scale * one for one in (bound.min, bound.max, bound.warn) if one is not None]
        found = [_met(scale * number, agreed) for number in _deciding(check, judged)]
        if check.relative:
            digits = max(1, *(decimals_for(limit, figures=2) for limit in agreed))
            return cls(telling_apart(agreed, found, digits), relative=True)
        return cls(decimals(agreed, found, figures=2 if check.kind == "degradation" else 3))

    def text(self, number: float) -> str:
        """Return a measured number as text."""
        if self.relative:
            return f"{figure(100 * number, self.digits)} %"
        return figure(number, self.digits)

    def limit(self, agreed: float) -> str:
        """Return an agreed number as text."""
        return percent(agreed) if self.relative else self.text(agreed)

    def interval(self, one: Estimate) -> str:
        """Return both ends of an interval as text."""
        return f"{self.text(one.low)} to {self.text(one.high)}"

    def agreed(self, bound: Bound) -> str:
        """Return a bound in words; of a degradation, by how much the metric may be worse."""
        if bound.min is not None and bound.max is not None:
            return f"{self.limit(bound.min)} to {self.limit(bound.max)}"
        if bound.min is not None:
            return f"at least {self.limit(bound.min)}"
        return f"at most {self.limit(bound.limit)}"

    def worse(self, degradation: float, most: str = "") -> str:
        """Return a degradation in words; ``most`` is "at most" or "at least" so much worse."""
        if degradation < 0:
            turned = {"at most": "at least ", "at least": "at most "}.get(most, "")
            return f"{turned}{self.text(-degradation)} better"
        if degradation == 0:
            return "not worse" if most != "at least" else "no better"
        return f"{most} {self.text(degradation)} worse".strip()

    def level(self, number: float) -> str:
        """Return a value of the metric as text, as it stands beside its degradation."""
        digits = 0 if self.relative else self.digits
        return figure(number, max(digits, decimals((), [number]), decimals_for(number, figures=2)))


def _deciding(check: Check, judged: AnyEstimate | None) -> list[float]:
    """Return the measured numbers that must be told apart from the agreed numbers."""
    if not isinstance(judged, Estimate):
        return []
    by_value = check.bound.rule == "estimate" and check.kind != "degradation"
    known = (judged.value,) if by_value else (judged.value, judged.low, judged.high)
    return [number for number in known if math.isfinite(number)]


def _met(number: float, limits: Sequence[float]) -> float:
    """Return the limit that a number meets up to rounding errors; else the number."""
    return next((limit for limit in limits if not excess(number, limit)), number)
