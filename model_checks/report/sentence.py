"""The sentence that states a result."""

import math

from model_checks.judging.decide import Decision, Significance
from model_checks.judging.evidence import Comparison, Evidence, GapEnds
from model_checks.judging.results import Result, error_of
from model_checks.judging.verdict import Verdict
from model_checks.metrics import AnyEstimate, Estimate
from model_checks.plan.checks import Bound, Check, values_text
from model_checks.report.figures import Figures
from model_checks.text import clean, counted
from model_checks.text.figures import percent

_CORRECTIONS = {"holm": "Holm's", "benjamini-hochberg": "Benjamini and Hochberg's"}
_LEAST_P = 1e-11


def result_of(evidence: Evidence, decision: Decision) -> Result:
    """Return the result of a check: what was found and decided, and the sentence on it."""
    if evidence.error:
        return error_of(evidence.check, evidence.error)
    return Result(
        check=evidence.check,
        verdict=decision.verdict,
        message=sentence(evidence, decision),
        estimate=evidence.estimate,
        comparison=evidence.comparison,
        gap=evidence.gap,
        significance=decision.significance,
        rows_to_decide=decision.rows_to_decide,
    )


def sentence(evidence: Evidence, decision: Decision) -> str:
    """Return a sentence on what was measured, whether it meets its bound, and what would decide."""
    told = held if isinstance(held := evidence.held, str) else _told(evidence, held, decision)
    return f"{evidence.check.label}: {clean(told, 2_000)}{_would_decide(evidence, decision)}"


def _told(evidence: Evidence, one: Estimate, decision: Decision) -> str:
    figures = Figures.of(evidence.check, one)
    if evidence.comparison:
        return _degradation(evidence, evidence.comparison, one, figures, decision)
    if evidence.gap:
        return _gap(evidence, evidence.gap, one, figures, decision)
    return (
        f"{figures.text(one.value)} ({percent(one.confidence)} interval {figures.interval(one)}, "
        f"{one.method}, {sized(one)}) {_standing(evidence, one, decision, figures)}"
    )


def _gap(
    evidence: Evidence, gap: GapEnds, one: Estimate, figures: Figures, decision: Decision
) -> str:
    among = f"{counted(gap.values, 'value')} of {', '.join(evidence.check.columns)}"
    left_out = f", {gap.left_out:,} left out" if gap.left_out else ""
    return (
        f"{figures.text(one.value)} ({percent(one.confidence)} interval {figures.interval(one)}, "
        f"{one.method}; {ends_text(gap, figures)}, {among}{left_out}) "
        f"{_standing(evidence, one, decision, figures)}"
    )


def sized(one: AnyEstimate) -> str:
    """Return the number of rows that an estimate rests on, with their kind."""
    return counted(one.n, one.unit.removesuffix("s"))


def ends_text(gap: GapEnds, figures: Figures) -> str:
    """Return the values that a gap is between, each with its segment."""
    ends = (gap.smallest, gap.largest)
    return " to ".join(f"{values_text(segment)} {figures.text(value)}" for segment, value in ends)


def _standing(evidence: Evidence, one: Estimate, decision: Decision, figures: Figures) -> str:
    """Return in words how the estimate stands to the bound that decided."""
    bound = evidence.check.bound
    lowest = one.value if bound.rule == "estimate" else one.low  # has to be above the lower
    if one.has_nan:
        lowest = math.nan
    if decision.verdict is decision.alone:
        return _stands(bound, decision.verdict, lowest, figures)
    alone = Verdict.FAIL if decision.alone is Verdict.FAIL else Verdict.PASS
    told = _stands(bound, alone, lowest, figures)
    return f"{told} by its own interval, but {_overruled(evidence.check, decision)}"


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
    significance = decision.significance
    return f"{_p_value(significance, 1 - check.confidence)}, {so}" if significance else so


def significance_text(significance: Significance | None) -> str | None:
    """Return the p-value in words, before and after a correction.

    None where the value alone decides, or is on the other side of its bound.
    """
    return None if significance is None or significance.p_value == 1 else _p_value(significance)


def _p_value(significance: Significance, level: float = math.nan) -> str:
    """Return a p-value before and after correction, with digits that tell it from the level."""
    if significance.adjusted is None or significance.correction is None:
        return f"p-value {_p_text(significance.p_value)}"
    named = _CORRECTIONS[significance.correction]
    checks = counted(significance.members, "segment check")
    before, after = (_p_text(p, level) for p in (significance.p_value, significance.adjusted))
    if significance.p_value < _LEAST_P and not after.startswith("below"):
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
    evidence: Evidence, compared: Comparison, one: Estimate, figures: Figures, decision: Decision
) -> str:
    check, amount = evidence.check, figures.limit(evidence.check.bound.limit)
    how = figures.worse(one.value)
    agreed = f"{amount} was agreed" if "worse" in how else f"at most {amount} worse was agreed"
    of_loss = " of the loss" if one.value < 0 else ""  # which a gain lies below 0 of
    interval = f"{percent(one.confidence)} interval{of_loss} {figures.interval(one)}, {one.method}"
    return (
        f"{check.metric_name} is {how} ({interval}), {agreed}: {_proven(check, decision)}; "
        f"{_against(evidence, compared, figures)}"
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


def _against(evidence: Evidence, compared: Comparison, figures: Figures) -> str:
    """Return both values of a comparison in words, each with its rows and source."""
    both = (evidence.estimate, compared.baseline)
    value, other = (figures.level(one.value) for one in both if isinstance(one, Estimate))
    rows = counted(evidence.rows, "row")
    if compared.paired:
        return f"{value} against {other} of {compared.source} on the same {rows}"
    others = f"{counted(compared.rows, 'row')} of {compared.source}"
    return f"{value} on {rows} against {other} on {others}"


def _would_decide(evidence: Evidence, decision: Decision) -> str:
    if decision.undecidable:
        return f"; no number of rows would decide {decision.undecidable}"
    more = decision.rows_to_decide
    if more is None or more == evidence.too_few:  # the sentence says so already
        return ""
    return f"; about {counted(more, 'more labelled row')} would decide at this value"
