"""Settings and the segment values found in the data -> the checks of a run, each with a stable id."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from model_checks.errors import SettingsError
from model_checks.metrics import METRICS
from model_checks.settings import Judging, Model, Rule, Segmentation, Settings, Threshold

Segment = tuple[tuple[str, str | None], ...]
"""Columns with their values, as text; the empty tuple is the whole."""

SegmentRows = Mapping[Segment, int]
"""The values that a segmentation has in the rows judged, with how many labelled rows each."""

SegmentationKey = tuple[str, tuple[str, ...]]
"""A model's name and the columns of a segmentation."""

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
    vacant
        Why there is nothing to judge, where a segmentation has no value: NO_DATA, never green.
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


@dataclass(frozen=True)
class Plan:
    """The checks of a run, and what was left out of them on purpose, one sentence each."""

    checks: tuple[Check, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Target:
    """What a table of thresholds is applied to."""

    segment: Segment = ()
    declared: bool = True
    vacant: str | None = None


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
        If two thresholds would judge the same metric of the same segment.
    """
    checks: list[Check] = []
    left_out: list[str] = []
    for name, model in settings.models.items():
        levels = (model, settings.defaults)
        checks += _checks(name, model.task, model.thresholds, _Target(), levels, gate)
        for one in model.segments:
            rows = found.get((name, tuple(one.by)), {})
            min_rows = _resolved(one, *levels).min_rows or 1
            for target in _targets(one, rows, min_rows):
                checks += _checks(name, model.task, one.thresholds, target, (one, *levels), gate)
            if one.values is None:
                left_out += _too_small(name, one, rows, min_rows)
    for check_id, times in Counter(check.id for check in checks).items():
        if times > 1:
            raise SettingsError([f"{settings.file}: {check_id} is agreed {times} times; keep one"])
    return Plan(tuple(checks), tuple(left_out))


def _checks(
    name: str,
    task: str,
    thresholds: Mapping[str, Threshold],
    target: _Target,
    levels: Sequence[Judging],
    gate: bool,
) -> Iterator[Check]:
    for metric, threshold in thresholds.items():
        judging = _resolved(threshold, *levels)
        rule = (threshold.rule or "confident") if gate else judging.rule
        yield Check(
            id=check_id(name, metric, target.segment),
            model=name,
            task=task,
            metric=metric,
            average=threshold.average or METRICS[metric].averages[task][0],
            segment=target.segment,
            bound=Bound(threshold.min, threshold.max, threshold.warn, rule or "estimate"),
            confidence=judging.confidence or 0.95,
            min_rows=judging.min_rows or 1,
            declared=target.declared,
            vacant=target.vacant,
        )


def _resolved(*levels: Judging) -> Judging:
    """The nearest level's value of each key."""
    keys = Judging.model_fields
    chain = (*levels, BUILT_IN)
    return Judging(
        **{
            key: next(value for level in chain if (value := getattr(level, key)) is not None)
            for key in keys
        }
    )


def _targets(segmentation: Segmentation, rows: SegmentRows, min_rows: int) -> list[_Target]:
    columns = segmentation.by
    if segmentation.values is not None:
        values = [v if isinstance(v, list) else [v] for v in segmentation.values]
        texts = [[segment_text(part) for part in value] for value in values]
        return [_Target(tuple(zip(columns, text, strict=True))) for text in texts]
    kept = [segment for segment, n in rows.items() if n >= min_rows]
    if not kept:
        vacant = f"no value of {', '.join(columns)} has {min_rows:,} labelled rows"
        return [_Target(tuple((column, "*") for column in columns), vacant=vacant)]
    kept.sort(key=lambda segment: [(value is None, value or "") for _, value in segment])
    return [_Target(segment, declared=False) for segment in kept]


def _too_small(
    name: str, segmentation: Segmentation, rows: SegmentRows, min_rows: int
) -> Iterator[str]:
    small = [n for n in rows.values() if n < min_rows]
    if small:
        values = "1 value" if len(small) == 1 else f"{len(small):,} values"
        yield (
            f"{name} by {', '.join(segmentation.by)}: {values} with fewer than {min_rows:,} "
            f"labelled rows not judged ({sum(small):,} rows)"
        )


def segment_text(value: object) -> str:
    """A value of thresholds.toml as the text that the same value in the data becomes.

    >>> segment_text(True), segment_text(2.0), segment_text("AA")
    ('true', '2', 'AA')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def check_id(model: str, metric: str, segment: Segment) -> str:
    """A stable id of plain ASCII, unique among all values of a segment.

    >>> check_id("churn", "recall", (("plan", "basic"),))
    'churn-recall-plan=basic'
    >>> check_id("churn", "recall", (("plan", "<b>"),))
    'churn-recall-plan=b~b1f8a8d5'
    """
    parts = [f"{_plain(column)}={_plain(value)}" for column, value in segment]
    return "-".join([model, metric, *([",".join(parts)] if parts else [])])


def _plain(text: str | None) -> str:
    """The text itself where it is plain; else what is plain of it, and a hash of the whole.

    ``~`` is in no plain text, so a null and the check that stands for all values (``*``) can't be
    taken for a value.
    """
    if text is None:
        return "~null"
    if text == "*":
        return "*"
    kept = _PLAIN.sub("", text)[:40]
    if kept == text and text:
        return text
    return f"{kept}~{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
