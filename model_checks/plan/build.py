"""Settings and the segment values in the data -> the checks of a run."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from model_checks.errors import SettingsError
from model_checks.metrics import metric_named
from model_checks.metrics.statistics import CustomFunction
from model_checks.plan.checks import (
    Bound,
    Check,
    Kind,
    Plan,
    Segment,
    SegmentationKey,
    SegmentRows,
    check_id,
    plain,
)
from model_checks.settings import (
    Correction,
    Gap,
    Rule,
    Rules,
    Segmentation,
    Settings,
    Threshold,
)
from model_checks.text import counted, labelled_rows, one_line

BUILT_IN = Rules(confidence=0.95, rule="estimate", min_rows=30)
CORRECTION: Correction = "holm"
NOTHING_TO_COMPARE = (
    "nothing to compare with: the file names no baseline, and there is no --checks-candidate"
)
_NOTHING: Mapping[str, Any] = {"no_data_reason": NOTHING_TO_COMPARE, "explicit": False}


@dataclass(frozen=True)
class _Target:
    """The rows that a threshold is applied to: a segment, or the whole."""

    segment: Segment = ()
    explicit: bool = True
    no_data_reason: str | None = None


@dataclass(frozen=True)
class _Held:
    """The terms of a threshold: its own value of each key, or that of the nearest level above."""

    confidence: float
    rule: Rule
    min_rows: int
    correction: Correction


def plan_checks(
    settings: Settings, found: Mapping[SegmentationKey, SegmentRows], *, gate: bool = False
) -> Plan:
    """Return the checks of every threshold of every model, on the whole and on segment values.

    Parameters
    ----------
    settings
        The settings, which hold the agreed thresholds.
    found
        Segment values in the data, for the segmentations that list none. Where a segmentation is
        absent, as it could not be read, each threshold becomes one check, which ends in ERROR.
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
        of_model = _OfModel(settings, name, gate=gate)
        for metric, threshold in model.thresholds.items():
            checks += of_model.held_to(metric, threshold, of_model.held(threshold), [_Target()])
        for one in model.segments:
            rows = found.get((name, tuple(one.by)))
            needed = {}
            for metric, threshold in one.thresholds.items():
                held = of_model.held(threshold, one)
                needed[metric] = held.min_rows
                targets = list(_targets(one, rows, held.min_rows))
                checks += of_model.held_to(metric, threshold, held, targets)
            for metric, gap in one.max_gap.items():
                held = of_model.held(gap, one)
                needed[f"{metric}-gap"] = held.min_rows
                checks.append(of_model.gap(metric, gap, held, one, rows))
            if one.values is None and rows:
                left_out += _too_small(name, one, rows, needed)
    times = Counter(check.id for check in checks)
    if twice := [check_id for check_id, n in times.items() if n > 1]:
        raise SettingsError(
            f"{settings.file}: two checks would be called {one}; rename the model or the column"
            for one in twice
        )
    return Plan(tuple(checks), tuple(map(one_line, left_out)))


def placeholder_values(settings: Settings) -> Mapping[SegmentationKey, SegmentRows]:
    """Return one value for each segmentation that lists none, while its own are not known.

    It is null in each column, which no list can hold, and has rows enough for any threshold.
    """
    return {
        (name, tuple(one.by)): {tuple((column, None) for column in one.by): sys.maxsize}
        for name, model in settings.models.items()
        for one in model.segments
        if one.values is None
    }


class _OfModel:
    """A maker of the checks of one model."""

    def __init__(self, settings: Settings, name: str, *, gate: bool) -> None:
        self._settings = settings
        self._name = name
        self._model = settings.models[name]
        self._gate = gate

    def held(self, agreed: Rules, *above: Rules) -> _Held:
        """Return the terms of the nearest levels; a gate passes over the rules above the first."""
        model, defaults = self._model, self._settings.defaults
        levels = (agreed, *above, model, defaults, BUILT_IN)
        rule = next(level.rule for level in levels if level.rule is not None)
        if self._gate:
            rule = agreed.rule or "confident"
        return _Held(
            confidence=next(one.confidence for one in levels if one.confidence is not None),
            rule=rule,
            min_rows=next(one.min_rows for one in levels if one.min_rows is not None),
            correction=model.correction or defaults.correction or CORRECTION,
        )

    def held_to(
        self, metric: str, threshold: Threshold, held: _Held, targets: Sequence[_Target]
    ) -> Iterator[Check]:
        """Yield the checks of a threshold on its targets: on the metric, and on its degradation."""
        if threshold.min is not None or threshold.max is not None:
            bound = Bound(threshold.min, threshold.max, threshold.warn, held.rule)
            for target in targets:
                yield self._check(metric, threshold, held, target, bound)
        if threshold.max_degradation:
            amount, relative = threshold.max_degradation
            bound = Bound(None, amount, None, held.rule)
            nothing = {} if self._model.baseline else _NOTHING
            for target in targets:
                check = self._check(metric, threshold, held, target, bound, kind="degradation")
                yield replace(check, relative=relative, **nothing)

    def gap(
        self, metric: str, gap: Gap, held: _Held, one: Segmentation, rows: SegmentRows | None
    ) -> Check:
        """Return the check of the gap in a metric between the segments that have rows enough."""
        targets = list(_targets(one, rows, held.min_rows))
        among = tuple(target.segment for target in targets if not target.no_data_reason)
        no_data_reason = targets[0].no_data_reason
        if len(among) == 1:
            columns = ", ".join(one.by)
            no_data_reason = f"only one value of {columns} has {labelled_rows(held.min_rows)}"
        bound = Bound(None, gap.max, None, held.rule)
        check = self._check(
            metric, gap, held, _Target(no_data_reason=no_data_reason), bound, kind="gap"
        )
        columns = ",".join(plain(column) for column in one.by)
        listed = one.values is not None
        return replace(check, id=f"{check.id}-{columns}", among=among, listed=listed)

    def _check(
        self,
        metric: str,
        agreed: Threshold | Gap,
        held: _Held,
        target: _Target,
        bound: Bound,
        kind: Kind = "level",
    ) -> Check:
        task = self._model.task
        named = metric if kind == "level" else f"{metric}-{kind}"
        no_data_reason = target.no_data_reason is not None
        return Check(
            id=check_id(self._name, named, target.segment, no_data_reason=no_data_reason),
            model=self._name,
            task=task,
            metric=metric,
            average=agreed.average or metric_named(metric).averages[task][0],
            segment=target.segment,
            bound=bound,
            confidence=held.confidence,
            min_rows=held.min_rows,
            explicit=target.explicit,
            no_data_reason=target.no_data_reason,
            beta=agreed.beta,
            function=_function(agreed, self._settings),
            kind=kind,
            correction=held.correction,
        )


def _function(agreed: Threshold | Gap, settings: Settings) -> CustomFunction | None:
    if agreed.function is None:
        return None
    return CustomFunction(agreed.function, settings.folder, agreed.seed, agreed.max_rows)


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
        no_data_reason = f"no value of {columns} has {labelled_rows(min_rows)}"
        if rows is None:
            no_data_reason = f"the values of {columns} could not be read"
        yield _Target(
            tuple((column, "*") for column in segmentation.by), no_data_reason=no_data_reason
        )
    for segment in sorted(kept, key=_sort_key):
        yield _Target(segment, explicit=False)


def _sort_key(segment: Segment) -> list[tuple[bool, str]]:
    return [(value is None, value or "") for _, value in segment]


def _too_small(
    name: str, segmentation: Segmentation, rows: SegmentRows, needed: Mapping[str, int]
) -> Iterator[str]:
    """Yield words on values not judged for want of rows, for each number of rows that is needed."""
    for min_rows in dict.fromkeys(needed.values()):
        small = [n for n in rows.values() if n < min_rows]
        metrics = [metric for metric, n in needed.items() if n == min_rows]
        of = f"-{', '.join(metrics)}" if len(metrics) < len(needed) else ""
        if small:
            values = counted(len(small), "value")
            yield (
                f"{name}{of} by {', '.join(segmentation.by)}: {values} with fewer than "
                f"{labelled_rows(min_rows)} not judged ({sum(small):,} in all)"
            )
