"""The checks of a model -> the aggregates that they are functions of, with their segments."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from model_checks.measure.statistics import Grouping, Need
from model_checks.metrics import METRICS, Asked, metric_named
from model_checks.metrics.statistics import Statistic
from model_checks.plan.checks import Check, Segment

Needs = Mapping[type[Statistic], Need]


def needs_of(checks: Iterable[Check]) -> Needs:
    """Return the aggregates that a model's checks are functions of, with their segments.

    A segmentation is limited to its listed values, where all of its checks are of listed ones.
    """
    by_kind: dict[type[Statistic], list[Check]] = defaultdict(list)
    for check in checks:
        by_kind[metric_named(check.metric).form_for(check.task).statistic].append(check)
    return {kind: _need(those) for kind, those in by_kind.items()}


def scores_needed(needs: Needs) -> bool:
    """Return whether any of the aggregates needs scores, as labels alone don't tell it."""
    return any(one.form.statistic in needs for one in METRICS.values() if one.needs_scores)


def _need(checks: Sequence[Check]) -> Need:
    by_columns: dict[tuple[str, ...], list[tuple[Check, Segment]]] = defaultdict(list)
    asked_of: dict[Segment, set[Asked]] = defaultdict(set)
    for check in checks:
        for segment in check.among or (check.segment,):
            by_columns[tuple(column for column, _ in segment)].append((check, segment))
            asked_of[segment].add(check.asked)
    return Need(
        tuple(_grouping(columns, those) for columns, those in by_columns.items()),
        frozenset(check.asked for check in checks),
        {segment: frozenset(asked) for segment, asked in asked_of.items()},
    )


def _grouping(columns: tuple[str, ...], checks: Sequence[tuple[Check, Segment]]) -> Grouping:
    all_listed = columns and all(check.explicit for check, _ in checks)
    listed = tuple(dict.fromkeys(segment for _, segment in checks)) if all_listed else None
    return Grouping(columns, listed)
