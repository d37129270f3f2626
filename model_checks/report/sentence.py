"""The one sentence that a result is told in, and how numbers are written in it."""

import math
from collections.abc import Iterable
from decimal import Decimal

from model_checks.judging.decide import Decision, Evidence
from model_checks.judging.evidence import Comparison, Finding, Gap
from model_checks.judging.verdict import Verdict
from model_checks.metrics import Estimate
from model_checks.metrics.rounding import excess
from model_checks.plan.checks import Bound, Check, values_text
from model_checks.text import clean

_CORRECTIONS = {"holm": "Holm's", "benjamini-hochberg": "Benjamini and Hochberg's"}
_LEAST_P = 1e-11
_MOST_DECIMALS = 20


def sentence(finding: Finding, decision: Decision) -> str:
    """Tell what was measured, how it stands to what was agreed, and what would settle it."""
    told = held if isinstance(held := finding.held, str) else _told(finding, held, decision)
    return f"{finding.check.label}: {clean(told, 2_000)}{_would_decide(finding, decision)}"


def _told(finding: Finding, one: Estimate, decision: Decision) -> str:
    if finding.comparison:
        return _degradation(finding, finding.comparison, one, decision)
    if finding.gap:
        return _gap(finding, finding.gap, one, decision)
    return _level(finding, one, decision)


def _level(finding: Finding, one: Estimate, decision: Decision) -> str:
    digits = decimals(finding.check.bound, one.value)
    unit = one.unit.removesuffix("s") if one.n == 1 else one.unit
    low, high = (figure(limit, digits) for limit in (one.low, one.high))
    return (
        f"{figure(one.value, digits)} ({_percent(one)} interval {low} to {high}, "
        f"{one.method}, {one.n:,} {unit}) {_standing(finding, one, decision, digits)}"
    )


def _gap(finding: Finding, gap: Gap, one: Estimate, decision: Decision) -> str:
    digits = decimals(finding.check.bound, one.value)
    columns = [column for column, _ in gap.largest[0]]
    (smallest, least), (largest, most) = gap.smallest, gap.largest
    ends = (
        f"{values_text(smallest)} {figure(least, digits)} to "
        f"{values_text(largest)} {figure(most, digits)}"
    )
    among = f"{gap.values:,} values of {', '.join(columns)}"
    left_out = f", {gap.left_out:,} left out" if gap.left_out else ""
    low, high = (figure(limit, digits) for limit in (one.low, one.high))
    return (
        f"{figure(one.value, digits)} ({_percent(one)} interval {low} to {high}, {one.method}; "
        f"{ends}, {among}{left_out}) {_standing(finding, one, decision, digits)}"
    )


def _standing(finding: Finding, one: Estimate, decision: Decision, digits: int) -> str:
    """How it stands to the bound that decided."""
    bound = finding.check.bound
    lowest = one.value if bound.rule == "estimate" else one.low  # has to be above the lower
    if one.has_nan:
        lowest = math.nan
    if decision.verdict is decision.alone:
        return _stands(bound, decision.verdict, lowest, digits)
    alone = Verdict.FAIL if decision.alone is Verdict.FAIL else Verdict.PASS
    told = _stands(bound, alone, lowest, digits)
    return f"{told} by its own interval, but {_overruled(finding.check, decision)}"


def _stands(bound: Bound, verdict: Verdict, lowest: float, digits: int) -> str:
    if bound.max is None or (bound.min is not None and not lowest >= bound.min):
        good, bad, limit = "at least", "below", bound.limit
    else:
        good, bad, limit = "at most", "above", bound.max
    agreed = f"the agreed {figure(limit, digits)}"
    if math.isnan(lowest):
        return f"has no value or no interval, so it is not {good} {agreed}"
    if verdict is Verdict.FAIL:
        return f"is {bad} {agreed}"
    if verdict is Verdict.INCONCLUSIVE:
        tolerated = f"is not proven to be {bad} {agreed}, so it is tolerated"
        return tolerated if bound.rule == "tolerant" else f"is not proven to be {good} {agreed}"
    if bound.min is not None and bound.max is not None:
        low, high = figure(bound.min, digits), figure(bound.max, digits)
        return f"is within the agreed {low} to {high}"
    if verdict is Verdict.WARN and bound.warn is not None:
        return f"is {good} {agreed}, but {bad} the warning at {figure(bound.warn, digits)}"
    return f"is {good} {agreed}"


def _overruled(check: Check, decision: Decision) -> str:
    """What the correction made of a verdict, and why."""
    so = "so it is tolerated" if check.bound.rule == "tolerant" else "so it is not proven"
    evidence = decision.evidence
    return f"{_p_value(evidence, 1 - check.confidence)}, {so}" if evidence else so


def evidence_text(evidence: Evidence | None) -> str | None:
    """The p-value, before and after a correction.

    None where the value alone decides, or is on the other side of its bound.
    """
    return None if evidence is None or evidence.p_value == 1 else _p_value(evidence)


def _p_value(evidence: Evidence, level: float = math.nan) -> str:
    """A p-value before and after its correction, told apart from the level it is held against."""
    if evidence.adjusted is None or evidence.correction is None:
        return f"p-value {_p_text(evidence.p_value)}"
    named = _CORRECTIONS[evidence.correction]
    checks = "1 segment check" if evidence.members == 1 else f"{evidence.members:,} segment checks"
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


def _degradation(finding: Finding, compared: Comparison, one: Estimate, decision: Decision) -> str:
    check, size = finding.check, Size.of(finding.check, one)
    low, high, amount = one.low, one.high, size.agreed
    by_value = check.bound.rule == "estimate"
    if by_value:
        how = f"is {size.how(one.value)}"
    elif decision.alone is Verdict.FAIL:
        how = f"is {size.how(low, 'at least')} ({_percent(one)} interval)"
    elif math.isinf(high):
        how = f"may be worse by any amount ({_percent(one)} interval)"
    else:
        how = f"is {size.how(high, 'at most')} ({_percent(one)} interval)"
    agreed = f"{amount} was agreed" if " worse" in how else f"at most {amount} worse was agreed"
    span = f"{size.text(low)} to {size.text(high)}"
    span = f"{_percent(one) + ' interval' if by_value else size.how(one.value) + ','} {span}"
    return (
        f"{check.metric} {how}, {agreed}: {_proven(check, decision)}; "
        f"{_against(finding, compared, size.metric_digits)} ({span}, {one.method})"
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


def _against(finding: Finding, compared: Comparison, digits: int) -> str:
    """Both values, and what each is of."""
    both = (finding.estimate, compared.baseline)
    value, other = (figure(one.value, digits) for one in both if isinstance(one, Estimate))
    if compared.paired:
        return f"{value} against {other} of {compared.source} on the same {_rows(finding.rows)}"
    rows = f"{_rows(compared.rows)} of {compared.source}"
    return f"{value} on {_rows(finding.rows)} against {other} on {rows}"


class Size:
    """How a degradation is written: in the metric's unit, or in percent of the baseline.

    Attributes
    ----------
    agreed
        What was agreed.
    digits
        Decimals of a degradation.
    metric_digits
        Decimals of the metric's own values beside it.
    """

    def __init__(self, amount: float, digits: int, *, relative: bool) -> None:
        self._scale, self._unit = (100.0, " %") if relative else (1.0, "")
        self.digits = digits
        self.agreed = f"{100 * amount:g} %" if relative else figure(amount, digits)
        self.metric_digits = 3 if relative else max(digits, 3)

    @classmethod
    def of(cls, check: Check, degradation: Estimate | None) -> "Size":
        """With decimals that tell what was found from what was agreed."""
        amount = check.bound.limit
        scale = 100.0 if check.relative else 1.0
        digits = 1 if check.relative else max(3, _decimals_of(amount, figures=2) if amount else 0)
        one = degradation
        found = (one.value, one.low, one.high) if one else ()
        known = [scale * x for x in found if math.isfinite(x)]
        digits = _telling_apart(scale * amount, known, digits)
        return cls(amount, digits, relative=check.relative)

    def text(self, degradation: float) -> str:
        """With its sign: below 0 is better."""
        return f"{figure(self._scale * degradation, self.digits)}{self._unit}"

    def how(self, degradation: float, most: str = "") -> str:
        """In words; ``most`` is "at most" or "at least" so much worse."""
        if degradation < 0:
            turned = {"at most": "at least ", "at least": "at most "}.get(most, "")
            return f"{turned}{self.text(-degradation)} better"
        if degradation == 0:
            return "not worse" if most != "at least" else "no better"
        return f"{most} {self.text(degradation)} worse".strip()


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n:,} rows"


def _percent(estimate: Estimate) -> str:
    return f"{100 * estimate.confidence:g} %"


def _would_decide(finding: Finding, decision: Decision) -> str:
    if decision.undecidable:
        return f"; no number of rows would decide {decision.undecidable}"
    more = decision.rows_to_decide
    if more is None or more == finding.too_few:  # which is said already
        return ""
    rows = "1 more labelled row" if more == 1 else f"{more:,} more labelled rows"
    return f"; about {rows} would decide at this value"


def figure(number: float, digits: int) -> str:
    """A number as every text shows it.

    >>> figure(1234.5, 3), figure(-0.0, 3), figure(1e300, 3)
    ('1,234.500', '0.000', '1e+300')
    >>> figure(5e-324, 324), figure(0.5, 324)  # as many decimals are never written
    ('5e-324', '0.5')
    """
    if math.isinf(number):
        return "infinity" if number > 0 else "minus infinity"
    if digits > _MOST_DECIMALS:
        return repr(float(number) + 0.0)  # tells any two apart
    if abs(number) >= 1e15:
        return f"{number:.{digits}g}"
    return f"{number:z,.{digits}f}"  # what is rounded to 0 has no sign


def decimals(bound: Bound, value: float | None) -> int:
    """Decimals that show three figures of a bound, all that were agreed, and the value apart."""
    limits = [limit for limit in (bound.min, bound.max, bound.warn) if limit is not None]
    digits = max([3, *(_decimals_of(limit) for limit in limits if limit)])
    return digits if value is None else _telling_apart(value, limits, digits)


def _telling_apart(number: float, others: Iterable[float], digits: int) -> int:
    """So many decimals or more that no other number is written as this one is."""
    apart = [other for other in others if excess(other, number)]
    while digits <= _MOST_DECIMALS and figure(number, digits) in [
        figure(other, digits) for other in apart
    ]:
        digits += 1
    return digits


def _decimals_of(limit: float, figures: int = 3) -> int:
    exponent = Decimal(repr(float(limit))).as_tuple().exponent
    assert isinstance(exponent, int)
    return max(-exponent, figures - 1 - math.floor(math.log10(abs(limit))))
