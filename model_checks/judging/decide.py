"""The findings of a model's checks -> a decision on each, all of them together.

Of many segments some look bad by chance alone. So the segment checks of a model that share a rule
are a family: what is proven of one of them must stay so after a correction for their number.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from model_checks.judging.evidence import Evidence
from model_checks.judging.significance import (
    adjusted,
    critical_z,
    factors_of,
    sample_size_factor,
    stepwise,
)
from model_checks.judging.verdict import Verdict, corrected, meeting, missing, verdict_on
from model_checks.metrics import Estimate
from model_checks.metrics.intervals import Interval, normal_quantile
from model_checks.metrics.intervals.quantiles import confidence_of, p_value
from model_checks.metrics.rounding import excess
from model_checks.settings import Rule
from model_checks.settings.rules import Correction

AT_BOUND = "while the value is at the bound"
FEW_BASELINE = "against so few rows of the baseline"
_ENDLESS = 1e6
"""Nobody will ever have so many times as many rows."""


@dataclass(frozen=True)
class Significance:
    """The certainty with which a check's rule is satisfied.

    Attributes
    ----------
    p_value
        Under "tolerant" of being proven bad, under "confident" of being proven good: the
        smallest 1 - confidence at which the whole interval is on that side; 1 if the value is not.
    adjusted
        The p-value after the correction; None where there is none.
    correction
        Name of the correction; None for a check that is of no family.
    members
        How many checks the p-value is corrected for.
    """

    p_value: float
    adjusted: float | None = None
    correction: Correction | None = None
    members: int = 1


@dataclass(frozen=True)
class Decision:
    """A check's verdict, and what more data would do to it.

    Attributes
    ----------
    alone
        The verdict by its own interval.
    verdict
        The verdict after the correction.
    significance
        The p-value behind the verdict; None under rule "estimate", or with nothing to judge.
    rows_to_decide
        About how many more labelled rows would settle it at the present value.
    undecidable
        Why no number of rows would settle it.
    """

    alone: Verdict
    verdict: Verdict
    significance: Significance | None = None
    rows_to_decide: int | None = None
    undecidable: str | None = None


@dataclass(frozen=True)
class _Standing:
    """The distance of a value from its bound.

    Attributes
    ----------
    estimate
        The estimate that the value is of.
    z
        The largest z at which the interval is wholly on the value's side of the bound.
    bad
        Whether the value misses the bound.
    as_asked
        Whether the value is on the side that the rule wants proven.
    """

    estimate: Estimate
    z: float
    bad: bool
    as_asked: bool

    @property
    def p_value(self) -> float:
        """Return the p-value of the side that the rule wants proven."""
        return p_value(self.z) if self.as_asked else 1.0


def decisions(known: Sequence[Evidence]) -> list[Decision]:
    """Return the decision on each finding, in the same order."""
    standings = [_standing(evidence) for evidence in known]
    decided = [_alone(*pair) for pair in zip(known, standings, strict=True)]
    times = [_times_alone(*pair) for pair in zip(known, standings, strict=True)]
    for correction, family in _families(known, standings):
        members = [known[place] for place in family]
        significance, needed = _together(members, list(family.values()), correction)
        for place, held, more in zip(family, significance, needed, strict=True):
            decided[place] = _corrected(decided[place], known[place], held)
            if family[place].as_asked:
                times[place] = more
    return [_with_rows(*each) for each in zip(decided, known, standings, times, strict=True)]


def _alone(evidence: Evidence, standing: _Standing | None) -> Decision:
    if evidence.nothing:
        return Decision(Verdict.NO_DATA, Verdict.NO_DATA)
    verdict = verdict_on(evidence.judged, evidence.check.bound)
    return Decision(verdict, verdict, Significance(standing.p_value) if standing else None)


def _corrected(decision: Decision, evidence: Evidence, significance: Significance) -> Decision:
    verdict, check = decision.alone, evidence.check
    if significance.adjusted is not None:
        verdict = corrected(verdict, check.bound.rule, significance.adjusted, check.confidence)
    return replace(decision, verdict=verdict, significance=significance)


def _standing(evidence: Evidence) -> _Standing | None:
    """Return a value's standing; None without a value, or under a rule that takes no interval."""
    bound, one = evidence.check.bound, evidence.judged
    if bound.rule == "estimate" or evidence.check.no_data_reason:
        return None
    if not isinstance(one, Estimate) or one.has_nan:
        return None
    bad = missing(Interval(one.value, one.value, ""), bound) >= 0
    margin = partial(missing if bad else meeting, bound=bound)
    known = normal_quantile(one.confidence), Interval(one.low, one.high, "")
    z = critical_z(margin, one.value, one.interval_at, known)
    return _Standing(one, z, bad, as_asked=bad == (bound.rule == "tolerant"))


def _families(
    known: Sequence[Evidence], standings: Sequence[_Standing | None]
) -> Iterator[tuple[Correction, Mapping[int, _Standing]]]:
    """Yield the families: segment checks of a rule with a value to judge, by their places."""
    families: dict[tuple[Rule, Correction], dict[int, _Standing]] = defaultdict(dict)
    for place, (evidence, standing) in enumerate(zip(known, standings, strict=True)):
        check = evidence.check
        if standing and check.segment and check.kind != "gap" and not evidence.nothing:
            families[check.bound.rule, check.correction][place] = standing
    yield from ((correction, family) for (_, correction), family in families.items())


def _together(
    known: Sequence[Evidence], standings: Sequence[_Standing], correction: Correction
) -> tuple[list[Significance], list[float]]:
    """Return the evidence for each of a family, and the factor of rows that would settle it."""
    p_values = [standing.p_value for standing in standings]
    factors = factors_of(p_values, correction)
    levels = [
        1 - (1 - evidence.check.confidence) / factor
        for evidence, factor in zip(known, factors, strict=True)
    ]
    needed = [
        sample_size_factor(standing.z, normal_quantile(level)) if standing.as_asked else math.inf
        for standing, level in zip(standings, levels, strict=True)
    ]
    held: Sequence[float | None] = adjusted(p_values, correction)
    if correction == "none":
        held = [None] * len(p_values)
    significance = [
        Significance(p, one, correction, len(p_values))
        for p, one in zip(p_values, held, strict=True)
    ]
    return significance, stepwise(needed, p_values, correction)


def _times_alone(evidence: Evidence, standing: _Standing | None) -> float | None:
    """Return how many times as many rows would settle a check without a correction."""
    if standing is None:
        return None
    needed = normal_quantile(evidence.check.confidence)
    if evidence.gap:  # a gap's limits do not close in on the value as the confidence falls
        room = abs(standing.estimate.value - evidence.check.bound.limit)
        return sample_size_factor(room, _distance(standing.estimate, replace(standing, z=needed)))
    return sample_size_factor(standing.z, needed)


def _with_rows(
    decision: Decision, evidence: Evidence, standing: _Standing | None, times: float | None
) -> Decision:
    """Return the decision with how many more rows would settle it, where it is open."""
    if decision.verdict is Verdict.NO_DATA and not evidence.too_few:
        return decision
    if decision.verdict not in (Verdict.INCONCLUSIVE, Verdict.NO_DATA):
        return decision
    if standing is None or times is None:
        return replace(decision, rows_to_decide=evidence.too_few or None)
    alone = times
    own = evidence.comparison and evidence.comparison.of_own_rows
    if own and math.isfinite(times):
        times = _times_own_rows(own, standing, times)
    if times < _ENDLESS:
        more = max(_two_digits(evidence.rows * (times - 1)), evidence.too_few)
        return replace(decision, rows_to_decide=more)
    if evidence.too_few:
        return replace(decision, rows_to_decide=evidence.too_few)
    return replace(decision, undecidable=_why_never(evidence, standing.estimate, alone))


def _times_own_rows(of_own_rows: Estimate, standing: _Standing, times: float) -> float:
    """Return the factor of the model's own rows that it takes where the baseline's stay as few.

    Squares of distances add up, the baseline's and the model's own, and only the latter shrinks.
    """
    both, own = (_distance(one, standing) for one in (standing.estimate, of_own_rows))
    share = (own / both) ** 2 if both > 0 else 1.0
    left = 1 / times - (1 - share)
    return share / left if left > 0 else math.inf


def _distance(estimate: Estimate, standing: _Standing) -> float:
    """Return the distance from the value to the limit that faces the bound."""
    interval = estimate.interval_at(confidence_of(standing.z))
    return estimate.value - interval.low if standing.bad else interval.high - estimate.value


def _why_never(evidence: Evidence, one: Estimate, alone: float) -> str | None:
    """Return why no number of rows would decide; None where that is not known."""
    if alone < _ENDLESS:
        return FEW_BASELINE
    bound = evidence.check.bound
    infinite = any(map(math.isinf, (one.low, one.high)))
    limits = [limit for limit in (bound.min, bound.max) if limit is not None]
    at_bound = any(excess(one.value, limit) == 0 for limit in limits)
    return AT_BOUND if at_bound or not infinite else None


def _two_digits(number: float) -> int:
    """Return a number rounded up to two significant digits, and at least 1.

    >>> _two_digits(1151.2), _two_digits(7.1), _two_digits(0)
    (1200, 8, 1)
    """
    if number <= 1:
        return 1
    unit: int = 10 ** max(math.floor(math.log10(number)) - 1, 0)
    return math.ceil(number / unit) * unit
