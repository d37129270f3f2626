"""What was measured of a model x all of its checks -> a result for each, decided together."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from model_checks.errors import MeasurementError, guarded
from model_checks.judging.decide import decisions
from model_checks.judging.evidence import Comparison, Finding, Gap, too_few_rows
from model_checks.judging.results import Result, error_of, result_of
from model_checks.measure.model import MeasuredBaseline, Measurement
from model_checks.metrics import Estimate, metric_named
from model_checks.metrics.degradation import Best, Terms, degradation, with_exact_baseline
from model_checks.metrics.gap import gap
from model_checks.metrics.statistics import Aggregates
from model_checks.plan.checks import Check, Segment, labelled_rows, values_text
from model_checks.predict.sources import unforeseen


def rulings(checks: Sequence[Check], measurement: Measurement) -> Mapping[str, Result]:
    """The result of every check of a model, by its id.

    Parameters
    ----------
    checks
        All that are planned for the model, whichever of them are run: what others show may decide.
        Where judging them raises anything, all are errors, since they are decided together.

    Raises
    ------
    KeyboardInterrupt
        If the run is to end, and nothing else.
    """
    error = measurement.facts.error
    if not error:
        try:
            with guarded(unforeseen("judging")):
                return _decided(checks, measurement)
        except MeasurementError as found:
            error = str(found)
    return {check.id: error_of(check, error) for check in checks}


def _decided(checks: Sequence[Check], measurement: Measurement) -> Mapping[str, Result]:
    findings = [_finding(check, checks, measurement) for check in checks]
    return {
        finding.check.id: result_of(finding, decision)
        for finding, decision in zip(findings, decisions(findings), strict=True)
    }


def _finding(check: Check, checks: Sequence[Check], measurement: Measurement) -> Finding:
    if measurement.nothing:
        check = replace(check, vacant=measurement.nothing)
    if check.kind == "gap":
        return _gap_finding(check, measurement)
    aggregates = measurement.aggregates.get(check.segment)
    if check.vacant:  # what it takes may not have been measured
        rows = aggregates.rows if aggregates else 0
        return Finding(check, _nothing(check, check.vacant), rows)
    if aggregates is None:
        values = measurement.values_there.get(check.segment)
        return Finding(check, _nothing(check, "no labelled row"), 0, values=values)
    estimate = _estimate(check, aggregates)
    finding = Finding(check, estimate, aggregates.rows)
    if check.kind == "level":
        return finding
    return replace(finding, comparison=_comparison(finding, checks, measurement))


def _estimate(check: Check, aggregates: Aggregates) -> Estimate:
    return metric_named(check.metric).estimate(aggregates, check.asked)


def _nothing(check: Check, reason: str) -> Estimate:
    return Estimate(None, None, None, check.confidence, 0, "rows", None, reason)


# What a model is compared with.


def _comparison(finding: Finding, checks: Sequence[Check], measurement: Measurement) -> Comparison:
    """The model beside its baseline; where they can't be compared, why."""
    check, baseline = finding.check, measurement.baseline
    if baseline is None:
        return _none("the baseline", _nothing(check, "nothing to compare with was measured"))
    if baseline.error:
        text = f"{baseline.source}, to compare with, could not be measured: {baseline.error}"
        return _none(baseline.source, replace(_nothing(check, ""), error=text))
    others = baseline.aggregates.get(check.segment)
    rows = others.rows if others else 0
    if others is None or rows < check.min_rows:
        has, needed = labelled_rows(rows), f"at least {check.min_rows:,} are needed"
        text = f"{has} of {baseline.source} to compare with, {needed}"
        return _none(baseline.source, _nothing(check, text))
    of_others = _estimate(check, others)
    found = Comparison(baseline.source, baseline.pairs is not None, of_others, rows, of_others)
    if problem := _incomparable(finding.estimate, found):
        return replace(found, degradation=problem)
    terms = Terms(
        best=_best(check, checks),
        relative=check.relative,
        paired=found.paired and metric_named(check.metric).varies_jointly,
        correlation=_correlation(finding, others, baseline, measurement),
    )
    return replace(
        found,
        degradation=degradation(finding.estimate, of_others, terms),
        of_own_rows=None
        if found.paired or check.bound.rule == "estimate"
        else with_exact_baseline(finding.estimate, of_others, terms),
    )


def _correlation(
    finding: Finding, others: Aggregates, baseline: MeasuredBaseline, measurement: Measurement
) -> float:
    """Of the two estimates, where both are of the same rows."""
    check = finding.check
    pair = (baseline.pairs or {}).get(check.segment)
    if pair is None:
        return 0.0
    own = measurement.aggregates[check.segment]
    return metric_named(check.metric).correlation(pair, (own, others), check.asked)


def _none(source: str, why: Estimate) -> Comparison:
    return Comparison(source, paired=False, baseline=why, rows=0, degradation=why)


def _incomparable(current: Estimate, compared: Comparison) -> Estimate | None:
    """An estimate without a value where one of the two has none, or one that is no number."""
    baseline, source = compared.baseline, compared.source
    if current.error or current.value is None:
        return current
    if baseline.error:
        text = f"{source}, to compare with, could not be measured: {baseline.error}"
        return replace(baseline, error=text)
    if baseline.value is None:
        return replace(baseline, reason=f"{source}, to compare with: {baseline.reason}")
    for name, one in (("the value", current), (f"that of {source}", baseline)):
        if not _is_known(one):
            return replace(one, value=None, reason=f"{name} or its interval is no number")
    return None


def _is_known(estimate: Estimate) -> bool:
    """Whether the value is a number, and the limits are, or are infinite."""
    value, limits = estimate.value, (estimate.low, estimate.high)
    known = all(limit is not None and not math.isnan(limit) for limit in limits)
    return value is not None and math.isfinite(value) and known


def _best(check: Check, checks: Sequence[Check]) -> Best:
    """Where the metric is best; for a function of one's own its bound on the value tells."""
    best = metric_named(check.metric).direction
    if best != "agreed":
        return best
    level = next(
        one.bound
        for one in checks
        if one.kind == "level" and (one.metric, one.segment) == (check.metric, check.segment)
    )
    return "lower" if level.min is None else "higher"


# Gaps between segments.


def _gap_finding(check: Check, measurement: Measurement) -> Finding:
    if check.vacant:
        return Finding(check, _nothing(check, check.vacant), 0)
    found: dict[Segment, Estimate] = {}
    rows = 0
    for segment in check.among:
        aggregates = measurement.aggregates.get(segment)
        estimate = _estimate(check, aggregates) if aggregates else None
        if estimate and estimate.error:
            return Finding(check, estimate, 0)
        values = measurement.values_there.get(segment)
        lacking = _lacking(check, aggregates.rows if aggregates else 0, estimate, values)
        if lacking is None:
            assert estimate is not None
            assert aggregates is not None
            found[segment] = estimate
            rows += aggregates.rows
        elif check.listed:
            return Finding(check, _nothing(check, f"{values_text(segment)}: {lacking}"), 0)
    if len(found) < 2:
        text = f"{len(found)} of {len(check.among)} values can be compared, a gap is between two"
        return Finding(check, _nothing(check, text), rows)
    ends = [(segment, one.value) for segment, one in found.items() if one.value is not None]
    told = Gap(
        largest=max(ends, key=lambda end: end[1]),
        smallest=min(ends, key=lambda end: end[1]),
        values=len(found),
        left_out=len(check.among) - len(found),
    )
    return Finding(check, gap(list(found.values()), check.confidence), rows, gap=told)


def _lacking(check: Check, rows: int, estimate: Estimate | None, values: str | None) -> str | None:
    """Why a segment can't be compared with the others; None if it can."""
    if estimate is None or rows < check.min_rows:
        return too_few_rows(rows, check.min_rows, values)
    if estimate.value is None:
        return estimate.reason or "undefined"
    return None if _is_known(estimate) else "the value or its interval is no number"
