"""The sentence that states a result."""

import math

from model_checks.judging.decide import Decision, Evidence
from model_checks.judging.evidence import Comparison, Finding, Gap
from model_checks.judging.results import Result, error_of
from model_checks.judging.verdict import Verdict
from model_checks.metrics import AnyEstimate, Estimate
from model_checks.plan.checks import Bound, Check, values_text
from model_checks.report.figures import Figures
from model_checks.text import clean, counted
from model_checks.text.figures import percent

_CORRECTIONS = {"holm": "Holm's", "benjamini-hochberg": "Benjamini and Hochberg's"}
_LEAST_P = 1e-11


def result_of(finding: Finding, decision: Decision) -> Result:
    """Return the result of a check: what was found and decided, and the sentence on it."""
    if finding.error:
        return error_of(finding.check, finding.error)
    return Result(
        check=finding.check,
        verdict=decision.verdict,
        message=sentence(finding, decision),
        estimate=finding.estimate,
        comparison=finding.comparison,
        gap=finding.gap,
        evidence=decision.evidence,
        rows_to_decide=decision.rows_to_decide,
    )


def sentence(finding: Finding, decision: Decision) -> str:
    """Return a sentence on what was measured, whether it meets its bound, and what would decide."""
    told = held if isinstance(held := finding.held, str) else _told(finding, held, decision)
    return f"{finding.check.label}: {clean(told, 2_000)}{_would_decide(finding, decision)}"


def _told(finding: Finding, one: Estimate, decision: Decision) -> str:
    figures = Figures.of(finding.check, one)
    if finding.comparison:
        return _degradation(finding, finding.comparison, one, figures, decision)
    if finding.gap:
        return _gap(finding, finding.gap, one, figures, decision)
    return (
        f"{figures.text(one.value)} ({percent(one.confidence)} interval {figures.interval(one)}, "
        f"{one.method}, {sized(one)}) {_standing(finding, one, decision, figures)}"
    )


def _gap(finding: Finding, gap: Gap, one: Estimate, figures: Figures, decision: Decision) -> str:
    among = f"{counted(gap.values, 'value')} of {', '.join(finding.check.columns)}"
    left_out = f", {gap.left_out:,} left out" if gap.left_out else ""
    return (
        f"{figures.text(one.value)} ({percent(one.confidence)} interval {figures.interval(one)}, "
        f"{one.method}; {ends_text(gap, figures)}, {among}{left_out}) "
        f"{_standing(finding, one, decision, figures)}"
    )


def sized(one: AnyEstimate) -> str:
    """Return the number of rows that an estimate rests on, with their kind."""
    return counted(one.n, one.unit.removesuffix("s"))


def ends_text(gap: Gap, figures: Figures) -> str:
    """Return the values that a gap is between, each with its segment."""
    ends = (gap.smallest, gap.largest)
    return " to ".join(f"{values_text(segment)} {figures.text(value)}" for segment, value in ends)


def _standing(finding: Finding, one: Estimate, decision: Decision, figures: Figures) -> str:
    """Return in words how the estimate stands to the bound that decided."""
    bound = finding.check.bound
    lowest = one.value if bound.rule == "estimate" else one.low  # has to be above the lower
    if one.has_nan:
        lowest = math.nan
    if decision.verdict is decision.alone:
        return _stands(bound, decision.verdict, lowest, figures)
    alone = Verdict.FAIL if decision.alone is Verdict.FAIL else Verdict.PASS
    told = _stands(bound, alone, lowest, figures)
    return f"{told} by its own interval, but {_overruled(finding.check, decision)}"


def _stands(bound: Bound, verdict: Verdict, lowest: float, figures: Figures) -> str:
    if bound.max is None or (bound.min is not None and not lowest >= bound.min):
        good, bad, limit = "at least", "below", bound.limit
    else:
        good, bad, limit = "at most", "above", bound.max
    agreed = f"the agreed {figures.limit(limit)}"
    if math.isnan(lowest):
        return f"has no value or no interval, so it is not {good} {agreed}"
    if verdict is Verdict.FAIL:
        return f"is {bad} {agreed}"
    if verdict is Verdict.INCONCLUSIVE:
        tolerated = f"is not proven to be {bad} {agreed}, so it is tolerated"
        return tolerated if bound.rule == "tolerant" else f"is not proven to be {good} {agreed}"
    if bound.min is not None and bound.max is not None:
        return f"is within the agreed {figures.agreed(bound)}"
    if verdict is Verdict.WARN and bound.warn is not None:
        return f"is {good} {agreed}, but {bad} the warning at {figures.limit(bound.warn)}"
    return f"is {good} {agreed}"


def _overruled(check: Check, decision: Decision) -> str:
    """Return in words how the correction changed a verdict, and why."""
    so = "so it is tolerated" if check.bound.rule == "tolerant" else "so it is not proven"
    evidence = decision.evidence
    return f"{_p_value(evidence, 1 - check.confidence)}, {so}" if evidence else so


def evidence_text(evidence: Evidence | None) -> str | None:
    """Return the p-value in words, before and after a correction.

    None where the value alone decides, or is on the other side of its bound.
    """
    return None if evidence is None or evidence.p_value == 1 else _p_value(evidence)


def _p_value(evidence: Evidence, level: float = math.nan) -> str:
    """Return a p-value before and after correction, with digits that tell it from the level."""
    if evidence.adjusted is None or evidence.correction is None:
        return f"p-value {_p_text(evidence.p_value)}"
    named = _CORRECTIONS[evidence.correction]
    checks = counted(evidence.members, "segment check")
    before, after = (_p_text(p, level) for p in (evidence.p_value, evidence.adjusted))
    if evidence.p_value < _LEAST_P and not after.startswith("below"):
        after = f"below {after}"
    return f"p {before} is {after} after {named} correction over {checks}"


def _p_text(p: float, level: float = math.nan) -> str:
    if p < _LEAST_P:
        return f"below {_LEAST_P:g}"
    digits = 2
    while digits < 12 and float(f"{p:.{digits}g}") == float(f"{level:.{digits}g}") != p:
        digits += 1
    return f"{p:.{digits}g}"


def _degradation(
    finding: Finding, compared: Comparison, one: Estimate, figures: Figures, decision: Decision
) -> str:
    check, amount = finding.check, figures.limit(finding.check.bound.limit)
    how = figures.worse(one.value)
    agreed = f"{amount} was agreed" if "worse" in how else f"at most {amount} worse was agreed"
    interval = f"{percent(one.confidence)} interval {figures.interval(one)}, {one.method}"
    return (
        f"{check.metric_name} is {how} ({interval}), {agreed}: {_proven(check, decision)}; "
        f"{_against(finding, compared, figures)}"
    )


def _proven(check: Check, decision: Decision) -> str:
    by_value = check.bound.rule == "estimate"
    met = "met" if by_value else "proven"
    alone = "missed" if decision.alone is Verdict.FAIL else met
    if decision.verdict is not decision.alone:
        return f"{alone} by its own interval, but {_overruled(check, decision)}"
    if decision.verdict is not Verdict.INCONCLUSIVE:
        return alone
    if check.bound.rule == "tolerant":
        return "neither proven nor missed, so it is tolerated"
    return "not proven"


def _against(finding: Finding, compared: Comparison, figures: Figures) -> str:
    """Return both values of a comparison in words, each with its rows and source."""
    both = (finding.estimate, compared.baseline)
    value, other = (figures.level(one.value) for one in both if isinstance(one, Estimate))
    rows = counted(finding.rows, "row")
    if compared.paired:
        return f"{value} against {other} of {compared.source} on the same {rows}"
    others = f"{counted(compared.rows, 'row')} of {compared.source}"
    return f"{value} on {rows} against {other} on {others}"


def _would_decide(finding: Finding, decision: Decision) -> str:
    if decision.undecidable:
        return f"; no number of rows would decide {decision.undecidable}"
    more = decision.rows_to_decide
    if more is None or more == finding.too_few:  # the sentence says so already
        return ""
    return f"; about {counted(more, 'more labelled row')} would decide at this value"
