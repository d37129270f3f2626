"""The findings of a model's checks -> a decision on each, all of them together.

Of many segments some look bad by chance alone. So the segment checks of a model that share a rule
are a family: what is proven of one of them must stay so after a correction for their number.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from model_checks.judging.evidence import Finding
from model_checks.judging.significance import adjusted, factors_of, furthest_z, growth, stepwise
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
class Evidence:
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
    evidence
        The p-value behind the verdict; None under rule "estimate", or with nothing to judge.
    rows_to_decide
        About how many more labelled rows would settle it at the present value.
    undecidable
        Why no number of rows would settle it.
    """

    alone: Verdict
    verdict: Verdict
    evidence: Evidence | None = None
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


def decisions(findings: Sequence[Finding]) -> list[Decision]:
    """Return the decision on each finding, in the same order."""
    standings = [_standing(finding) for finding in findings]
    decided = [_alone(*pair) for pair in zip(findings, standings, strict=True)]
    times = [_times_alone(*pair) for pair in zip(findings, standings, strict=True)]
    for correction, family in _families(findings, standings):
        members = [findings[place] for place in family]
        evidence, needed = _together(members, list(family.values()), correction)
        for place, held, more in zip(family, evidence, needed, strict=True):
            decided[place] = _corrected(decided[place], findings[place], held)
            if family[place].as_asked:
                times[place] = more
    return [_with_rows(*each) for each in zip(decided, findings, standings, times, strict=True)]


def _alone(finding: Finding, standing: _Standing | None) -> Decision:
    if finding.nothing:
        return Decision(Verdict.NO_DATA, Verdict.NO_DATA)
    verdict = verdict_on(finding.judged, finding.check.bound)
    return Decision(verdict, verdict, Evidence(standing.p_value) if standing else None)


def _corrected(decision: Decision, finding: Finding, evidence: Evidence) -> Decision:
    verdict, check = decision.alone, finding.check
    if evidence.adjusted is not None:
        verdict = corrected(verdict, check.bound.rule, evidence.adjusted, check.confidence)
    return replace(decision, verdict=verdict, evidence=evidence)


def _standing(finding: Finding) -> _Standing | None:
    """Return a value's standing; None without a value, or under a rule that takes no interval."""
    bound, one = finding.check.bound, finding.judged
    if bound.rule == "estimate" or finding.check.vacant:
        return None
    if not isinstance(one, Estimate) or one.has_nan:
        return None
    bad = missing(Interval(one.value, one.value, ""), bound) >= 0
    margin = partial(missing if bad else meeting, bound=bound)
    known = normal_quantile(one.confidence), Interval(one.low, one.high, "")
    z = furthest_z(margin, one.value, one.interval_at, known)
    return _Standing(one, z, bad, as_asked=bad == (bound.rule == "tolerant"))


def _families(
    findings: Sequence[Finding], standings: Sequence[_Standing | None]
) -> Iterator[tuple[Correction, Mapping[int, _Standing]]]:
    """Yield the families: segment checks of a rule with a value to judge, by their places."""
    families: dict[tuple[Rule, Correction], dict[int, _Standing]] = defaultdict(dict)
    for place, (finding, standing) in enumerate(zip(findings, standings, strict=True)):
        check = finding.check
        if standing and check.segment and check.kind != "gap" and not finding.nothing:
            families[check.bound.rule, check.correction][place] = standing
    yield from ((correction, family) for (_, correction), family in families.items())


def _together(
    findings: Sequence[Finding], standings: Sequence[_Standing], correction: Correction
) -> tuple[list[Evidence], list[float]]:
    """Return the evidence for each of a family, and the factor of rows that would settle it."""
    p_values = [standing.p_value for standing in standings]
    factors = factors_of(p_values, correction)
    levels = [
        1 - (1 - finding.check.confidence) / factor
        for finding, factor in zip(findings, factors, strict=True)
    ]
    needed = [
        growth(standing.z, normal_quantile(level)) if standing.as_asked else math.inf
        for standing, level in zip(standings, levels, strict=True)
    ]
    held: Sequence[float | None] = adjusted(p_values, correction)
    if correction == "none":
        held = [None] * len(p_values)
    evidence = [
        Evidence(p, one, correction, len(p_values)) for p, one in zip(p_values, held, strict=True)
    ]
    return evidence, stepwise(needed, p_values, correction)


def _times_alone(finding: Finding, standing: _Standing | None) -> float | None:
    """Return how many times as many rows would settle a check without a correction."""
    if standing is None:
        return None
    needed = normal_quantile(finding.check.confidence)
    if finding.gap:  # a gap's limits do not close in on the value as the confidence falls
        room = abs(standing.estimate.value - finding.check.bound.limit)
        return growth(room, _distance(standing.estimate, replace(standing, z=needed)))
    return growth(standing.z, needed)


def _with_rows(
    decision: Decision, finding: Finding, standing: _Standing | None, times: float | None
) -> Decision:
    """Return the decision with how many more rows would settle it, where it is open."""
    if decision.verdict is Verdict.NO_DATA and not finding.too_few:
        return decision
    if decision.verdict not in (Verdict.INCONCLUSIVE, Verdict.NO_DATA):
        return decision
    if standing is None or times is None:
        return replace(decision, rows_to_decide=finding.too_few or None)
    alone = times
    own = finding.comparison and finding.comparison.of_own_rows
    if own and math.isfinite(times):
        times = _times_own_rows(own, standing, times)
    if times < _ENDLESS:
        more = max(_two_digits(finding.rows * (times - 1)), finding.too_few)
        return replace(decision, rows_to_decide=more)
    if finding.too_few:
        return replace(decision, rows_to_decide=finding.too_few)
    return replace(decision, undecidable=_why_never(finding, standing.estimate, alone))


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


def _why_never(finding: Finding, one: Estimate, alone: float) -> str | None:
    """Return why no number of rows would decide; None where that is not known."""
    if alone < _ENDLESS:
        return FEW_BASELINE
    bound = finding.check.bound
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
