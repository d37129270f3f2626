"""A model's measurement x all of its checks -> a decision on each, all of them together."""

import math
from collections.abc import Sequence
from dataclasses import replace

from model_checks.errors import MeasurementError, guarded
from model_checks.judging.decide import Decision, decisions
from model_checks.judging.evidence import Comparison, Evidence, GapEnds, too_few_rows
from model_checks.measure.model import MeasuredBaseline, Measurement
from model_checks.metrics import AnyEstimate, Estimate, Failed, Undefined, metric_named
from model_checks.metrics.degradation import (
    Best,
    DegradationTerms,
    degradation,
    with_exact_baseline,
)
from model_checks.metrics.gap import gap
from model_checks.metrics.statistics import Statistics
from model_checks.plan.checks import Check, Segment, values_text
from model_checks.predict.sources import unforeseen
from model_checks.text import counted, labelled_rows


def decide_all(
    checks: Sequence[Check], measurement: Measurement
) -> Sequence[tuple[Evidence, Decision]]:
    """Return the finding for every check of a model, with the decision on it.

    Parameters
    ----------
    checks
        All checks planned for the model, run or not: what others show may decide.

    Raises
    ------
    MeasurementError
        If the model could not be measured, or judging it raises anything: no check of it could be
        made then, since they are decided together.
    KeyboardInterrupt
        If the run is to end.
    """
    if measurement.facts.error:
        raise MeasurementError(measurement.facts.error)
    with guarded(unforeseen("judging")):
        known = [_finding(check, checks, measurement) for check in checks]
        return list(zip(known, decisions(known), strict=True))


def _finding(check: Check, checks: Sequence[Check], measurement: Measurement) -> Evidence:
    if measurement.nothing:
        check = replace(check, no_data_reason=measurement.nothing)
    if check.kind == "gap":
        return _gap_finding(check, measurement)
    statistics = measurement.statistics.get(check.segment)
    if check.no_data_reason:  # what it takes may not have been measured
        rows = statistics.rows if statistics else 0
        return Evidence(check, Undefined(check.no_data_reason), rows)
    if statistics is None:
        values = measurement.values_there.get(check.segment)
        return Evidence(check, Undefined("no labelled row"), 0, values=values)
    estimate = _estimate(check, statistics)
    evidence = Evidence(check, estimate, statistics.rows)
    if check.kind == "level":
        return evidence
    return replace(evidence, comparison=_comparison(evidence, checks, measurement))


def _estimate(check: Check, statistics: Statistics) -> AnyEstimate:
    return metric_named(check.metric).estimate(statistics, check.asked)


# The comparison of a model with its baseline.


def _comparison(
    evidence: Evidence, checks: Sequence[Check], measurement: Measurement
) -> Comparison:
    """Return the model beside its baseline; where they can't be compared, why."""
    check, baseline = evidence.check, measurement.baseline
    if baseline is None:
        return _none("the baseline", Undefined("nothing to compare with was measured"))
    if baseline.error:
        text = f"{baseline.source}, to compare with, could not be measured: {baseline.error}"
        return _none(baseline.source, Failed(text))
    others = baseline.statistics.get(check.segment)
    rows = others.rows if others else 0
    if others is None or rows < check.min_rows:
        has, needed = labelled_rows(rows), f"at least {check.min_rows:,} are needed"
        text = f"{has} of {baseline.source} to compare with, {needed}"
        return _none(baseline.source, Undefined(text))
    of_others = _estimate(check, others)
    found = Comparison(baseline.source, baseline.pairs is not None, of_others, rows, of_others)
    both = _comparable(evidence.estimate, found)
    if not isinstance(both, tuple):
        return replace(found, degradation=both)
    terms = DegradationTerms(
        best=_best(check, checks),
        relative=check.relative,
        paired=found.paired and metric_named(check.metric).varies_jointly,
        correlation=_correlation(evidence, others, baseline, measurement),
    )
    worse = degradation(*both, terms)
    if found.paired or check.bound.rule == "estimate":
        return replace(found, degradation=worse)
    exact = with_exact_baseline(*both, terms)
    own = exact if isinstance(exact, Estimate) else None
    return replace(found, degradation=worse, of_own_rows=own)


def _correlation(
    evidence: Evidence, others: Statistics, baseline: MeasuredBaseline, measurement: Measurement
) -> float:
    """Return the correlation of the two estimates; 0 where they are of different rows."""
    check = evidence.check
    pair = (baseline.pairs or {}).get(check.segment)
    if pair is None:
        return 0.0
    own = measurement.statistics[check.segment]
    return metric_named(check.metric).correlation(pair, (own, others), check.asked)


def _none(source: str, why: Undefined | Failed) -> Comparison:
    return Comparison(source, paired=False, baseline=why, rows=0, degradation=why)


def _comparable(
    current: AnyEstimate, compared: Comparison
) -> tuple[Estimate, Estimate] | Undefined | Failed:
    """Return the two estimates; where either has no value that is a number, why."""
    baseline, source = compared.baseline, compared.source
    if not isinstance(current, Estimate):
        return current
    if isinstance(baseline, Failed):
        text = f"{source}, to compare with, could not be measured: {baseline.error}"
        return replace(baseline, error=text)
    if isinstance(baseline, Undefined):
        return replace(baseline, reason=f"{source}, to compare with: {baseline.reason}")
    for name, one in (("the value", current), (f"that of {source}", baseline)):
        if not _is_known(one):
            return Undefined(f"{name} or its interval is no number", one.n, one.unit)
    return current, baseline


def _is_known(estimate: Estimate) -> bool:
    """Return whether the value is finite, and each limit is a number or infinite."""
    return math.isfinite(estimate.value) and not estimate.has_nan


def _best(check: Check, checks: Sequence[Check]) -> Best:
    """Return which end of a metric is best; a custom function's follows from its own bound."""
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


def _gap_finding(check: Check, measurement: Measurement) -> Evidence:
    if check.no_data_reason:
        return Evidence(check, Undefined(check.no_data_reason), 0)
    found: dict[Segment, Estimate] = {}
    rows = 0
    for segment in check.among:
        one = measurement.statistics.get(segment, Statistics(0))
        match _of_segment(check, one, measurement.values_there.get(segment)):
            case Failed() as failed:
                return Evidence(check, failed, 0)
            case Undefined(reason) if check.listed:
                return Evidence(check, Undefined(f"{values_text(segment)}: {reason}"), 0)
            case Estimate() as estimate:
                found[segment] = estimate
                rows += one.rows
    if len(found) < 2:
        values = counted(len(check.among), "value")
        text = f"{len(found):,} of {values} can be compared, a gap is between two"
        return Evidence(check, Undefined(text), rows)
    ends = [(segment, one.value) for segment, one in found.items()]
    told = GapEnds(
        largest=max(ends, key=lambda end: end[1]),
        smallest=min(ends, key=lambda end: end[1]),
        values=len(found),
        left_out=len(check.among) - len(found),
    )
    return Evidence(check, gap(list(found.values()), check.confidence), rows, gap=told)


def _of_segment(check: Check, statistics: Statistics, values: str | None) -> AnyEstimate:
    """Return the estimate of a segment, or why it can't be compared with the others."""
    too_few = Undefined(too_few_rows(statistics.rows, check.min_rows, values))
    if not statistics.rows:
        return too_few
    estimate = _estimate(check, statistics)
    if statistics.rows < check.min_rows and not isinstance(estimate, Failed):
        return too_few
    if isinstance(estimate, Estimate) and not _is_known(estimate):
        return Undefined("the value or its interval is no number")
    return estimate
