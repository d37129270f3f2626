"""Settings and the segment values in the data -> the checks of a run, each with a stable id."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from model_checks.aggregates import OwnFunction
from model_checks.errors import SettingsError
from model_checks.metrics import Asked, metric_named
from model_checks.settings import (
    Judging,
    Rule,
    Segmentation,
    Settings,
    Threshold,
    segment_text,
)

__all__ = [
    "BUILT_IN",
    "Bound",
    "Check",
    "Kind",
    "Plan",
    "Segment",
    "SegmentRows",
    "SegmentationKey",
    "check_id",
    "plan_checks",
    "segment_text",
]

Segment = tuple[tuple[str, str | None], ...]
"""Columns with their values, as text; the empty tuple is the whole."""

SegmentRows = Mapping[Segment, int]
"""The values that a segmentation has in the rows judged, with how many labelled rows each."""

SegmentationKey = tuple[str, tuple[str, ...]]
"""A model's name and the columns of a segmentation."""

Kind = Literal["level", "degradation", "gap"]

BUILT_IN = Judging(confidence=0.95, rule="estimate", min_rows=30)
_PLAIN = re.compile(r"[^A-Za-z0-9._+-]+")


@dataclass(frozen=True)
class Bound:
    """What was agreed: at least ``min``, at most ``max``, worth a warning past ``warn``."""

    min: float | None
    max: float | None
    warn: float | None
    rule: Rule


@dataclass(frozen=True)
class Check:
    """A threshold applied to a model, or to one segment of its rows: one pytest test.

    Attributes
    ----------
    declared
        Whether it was written in the file, rather than found as a segment value in the data.
    beta
        Of ``fbeta`` alone.
    vacant
        Why there is nothing to judge, where a segmentation has no value: NO_DATA, never green.
    kind
        What the bound is about: the metric itself, by how much it is worse than the baseline's, or
        the gap between its largest and its smallest value among the segments of a segmentation.
    relative
        Of a degradation: whether the bound is a share of the baseline's size.
    among
        Of a gap: the segments.
    """

    id: str
    model: str
    task: str
    metric: str
    average: str | None
    segment: Segment
    bound: Bound
    confidence: float
    min_rows: int
    declared: bool
    vacant: str | None
    beta: float | None = None
    function: OwnFunction | None = None
    kind: Kind = "level"
    relative: bool = False
    among: tuple[Segment, ...] = ()

    @property
    def asked(self) -> Asked:
        """What it asks of its metric."""
        return Asked(self.average, self.confidence, self.beta or 1.0, self.function)


@dataclass(frozen=True)
class Plan:
    """The checks of a run, and what was left out of them on purpose, one sentence each."""

    checks: tuple[Check, ...]
    left_out: tuple[str, ...] = ()

    def of_model(self, name: str) -> tuple[Check, ...]:
        """The checks of one model."""
        return tuple(check for check in self.checks if check.model == name)


@dataclass(frozen=True)
class _Target:
    """What a threshold is applied to."""

    segment: Segment = ()
    declared: bool = True
    vacant: str | None = None


@dataclass(frozen=True)
class _Held:
    """How a threshold is held: its own value of each key, or that of the nearest level above."""

    confidence: float
    rule: Rule
    min_rows: int


def plan_checks(
    settings: Settings, found: Mapping[SegmentationKey, SegmentRows], *, gate: bool = False
) -> Plan:
    """Every threshold of every model, for the whole and for each segment value.

    Parameters
    ----------
    settings
        What was agreed.
    found
        Segment values in the data, for the segmentations that list none. One that is absent could
        not be read: its thresholds become one check each, which measuring will find in ERROR.
    gate
        Whether a promotion is judged: the rule is "confident" unless the threshold says otherwise.

    Raises
    ------
    SettingsError
        If two checks would have the same id.
    """
    checks: list[Check] = []
    left_out: list[str] = []
    for name, model in settings.models.items():
        for metric, threshold in model.thresholds.items():
            held = _held(threshold, model, settings.defaults, gate=gate)
            checks.append(_check(settings, name, metric, threshold, held, _Target()))
        for one in model.segments:
            rows = found.get((name, tuple(one.by)))
            needed = {}
            for metric, threshold in one.thresholds.items():
                held = _held(threshold, one, model, settings.defaults, gate=gate)
                needed[metric] = held.min_rows
                checks += [
                    _check(settings, name, metric, threshold, held, target)
                    for target in _targets(one, rows, held.min_rows)
                ]
            if one.values is None and rows:
                left_out += _too_small(name, one, rows, needed)
    times = Counter(check.id for check in checks)
    if twice := [check_id for check_id, n in times.items() if n > 1]:
        raise SettingsError(
            f"{settings.file}: two checks would be called {one}; rename the model or the column"
            for one in twice
        )
    return Plan(tuple(checks), tuple(left_out))


def _check(
    settings: Settings, name: str, metric: str, threshold: Threshold, held: _Held, target: _Target
) -> Check:
    task = settings.models[name].task
    return Check(
        id=check_id(name, metric, target.segment, vacant=target.vacant is not None),
        model=name,
        task=task,
        metric=metric,
        average=threshold.average or metric_named(metric).averages[task][0],
        segment=target.segment,
        bound=Bound(threshold.min, threshold.max, threshold.warn, held.rule),
        confidence=held.confidence,
        min_rows=held.min_rows,
        declared=target.declared,
        vacant=target.vacant,
        beta=threshold.beta,
        function=_function(threshold, settings),
    )


def _function(threshold: Threshold, settings: Settings) -> OwnFunction | None:
    if threshold.function is None:
        return None
    return OwnFunction(threshold.function, settings.folder, threshold.seed, threshold.max_rows)


def _held(threshold: Threshold, *above: Judging, gate: bool) -> _Held:
    """The nearest level's value of each key; a gate passes over the rules above the threshold."""
    levels = (threshold, *above, BUILT_IN)
    rule = next(level.rule for level in levels if level.rule is not None)
    if gate:
        rule = threshold.rule or "confident"
    return _Held(
        confidence=next(one.confidence for one in levels if one.confidence is not None),
        rule=rule,
        min_rows=next(one.min_rows for one in levels if one.min_rows is not None),
    )


def _targets(
    segmentation: Segmentation, rows: SegmentRows | None, min_rows: int
) -> Iterator[_Target]:
    listed = segmentation.listed()
    if listed is not None:
        yield from (_Target(segment) for segment in listed)
        return
    kept = [segment for segment, n in (rows or {}).items() if n >= min_rows]
    if not kept:
        columns = ", ".join(segmentation.by)
        vacant = f"no value of {columns} has {_labelled_rows(min_rows)}"
        if rows is None:
            vacant = f"the values of {columns} could not be read"
        yield _Target(tuple((column, "*") for column in segmentation.by), vacant=vacant)
    for segment in sorted(kept, key=_sort_key):
        yield _Target(segment, declared=False)


def _sort_key(segment: Segment) -> list[tuple[bool, str]]:
    return [(value is None, value or "") for _, value in segment]


def _too_small(
    name: str, segmentation: Segmentation, rows: SegmentRows, needed: Mapping[str, int]
) -> Iterator[str]:
    """What is not judged for want of rows; metrics that need different numbers are told apart."""
    for min_rows in dict.fromkeys(needed.values()):
        small = [n for n in rows.values() if n < min_rows]
        metrics = [metric for metric, n in needed.items() if n == min_rows]
        of = f"-{', '.join(metrics)}" if len(metrics) < len(needed) else ""
        if small:
            values = "1 value" if len(small) == 1 else f"{len(small):,} values"
            yield (
                f"{name}{of} by {', '.join(segmentation.by)}: {values} with fewer than "
                f"{_labelled_rows(min_rows)} not judged ({sum(small):,} in all)"
            )


def _labelled_rows(n: int) -> str:
    return "1 labelled row" if n == 1 else f"{n:,} labelled rows"


def check_id(model: str, metric: str, segment: Segment, *, vacant: bool = False) -> str:
    """A stable id of plain ASCII, unique among all segments of a metric of a model.

    The check of a segmentation without a value is ``vacant``: ``*`` stands where a value would.

    >>> check_id("churn", "recall", (("plan", "basic"),))
    'churn-recall-plan=basic'
    >>> check_id("churn", "recall", (("plan", "<b>"),))
    'churn-recall-plan=b~507ca5a2742e'
    """
    parts = [f"{_plain(column)}={'*' if vacant else _plain(value)}" for column, value in segment]
    return "-".join([model, metric, *([",".join(parts)] if parts else [])])


def _plain(text: str | None) -> str:
    """The text itself where it is plain; else what is plain of it, and a hash of the whole.

    Neither ``~`` nor ``*`` is in a plain text, so that a null and the check that stands for all
    values can't be taken for a value.
    """
    if text is None:
        return "~null"
    kept = _PLAIN.sub("", text)[:40]
    if kept == text and text:
        return text
    return f"{kept}~{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
