"""Feasibility: finds, before anything is measured, checks that no result could meet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from model_checks.metrics import metric_named
from model_checks.metrics.attainable import Best
from model_checks.metrics.intervals import Interval
from model_checks.plan.checks import Check, Segment
from model_checks.text import counted
from model_checks.text.figures import decimals, figure

LabelledRows = Mapping[tuple[str, Segment], int]
"""The number of labelled rows by model and segment, as far as it is known."""

_MOST_ROWS = 10**12


def doubtful(checks: Iterable[Check]) -> Iterator[Check]:
    """Yield the checks that too few rows could keep from being met, so that rows must be counted.

    They have a rule that asks for proof, and a bound that the fewest rows judged at all could not
    prove; among these rows there may be only one positive.
    """
    for check in checks:
        if check.bound.rule == "confident" and not check.no_data_reason and _bounded(check):
            fewest = _best(check, 1 if rests_on_a_class(check) else check.min_rows)
            if fewest and not _proves(fewest, check):
                yield check


def unprovable_notes(
    checks: Iterable[Check], rows: LabelledRows, positives: LabelledRows = MappingProxyType({})
) -> tuple[str, ...]:
    """Return a sentence on each check, or metric of a segmentation, that no result could meet.

    Parameters
    ----------
    positives
        The number of positives by model and segment, where it is known.
    """
    alike: dict[tuple[str, ...], list[_Unprovable]] = defaultdict(list)
    for check in doubtful(checks):
        place = check.model, check.segment
        labelled = rows.get(place, 0)
        count = _count(check, labelled, positives.get(place))
        best = _best(check, count.n) if labelled >= check.min_rows and count.n else None
        if best and not _proves(best, check):
            columns = tuple(column for column, _ in check.segment)
            those = alike[check.model, check.kind, check.metric, *columns]
            those.append(_Unprovable(check, count, best))
    return tuple(_note(those) for those in alike.values())


class _Count(NamedTuple):
    """The number and kind of rows that a perfect result of a metric rests on."""

    n: int
    unit: str


class _Unprovable(NamedTuple):
    """A check, and the best result that its rows could show."""

    check: Check
    rests_on: _Count
    best: Interval


def rests_on_a_class(check: Check) -> bool:
    """Return whether a perfect result rests on the rows of one label alone."""
    return check.task == "binary" and metric_named(check.metric).rests_on != "rows"


def _count(check: Check, rows: int, positives: int | None) -> _Count:
    if positives is None or not rests_on_a_class(check):
        return _Count(rows, "labelled row")
    if metric_named(check.metric).rests_on == "positives":
        return _Count(positives, "positive")
    return _Count(rows - positives, "negative")


def _bounded(check: Check) -> bool:
    """Return whether a perfect result could miss the check: a min, or any ``max_error``."""
    return (check.kind == "level" and check.bound.min is not None) or _is_error(check)


def _is_error(check: Check) -> bool:
    return metric_named(check.metric).direction == "lower"


def _best(check: Check, rows: int) -> Interval | None:
    best = metric_named(check.metric).best
    return best and _interval(best, check.task, check.average, rows, check.confidence)


@cache
def _interval(best: Best, *asked: Any) -> Interval | None:
    return best(*asked)


def _proves(best: Interval, check: Check) -> bool:
    bound = check.bound
    if _is_error(check):
        return bound.max is None or best.high <= bound.max
    return bound.min is None or best.low >= bound.min


def _note(those: Sequence[_Unprovable]) -> str:
    check, (n, unit), best = those[0]
    more = f"; so it is with {len(those) - 1:,} more" if len(those) > 1 else ""
    if _is_error(check):
        return (
            f"{check.label}: no rows can prove it, since no sample says how large an error may "
            f'get; give it a rule of its own, such as "estimate"{more}'
        )
    digits = decimals([check.bound.limit], [best.low])
    numbers = (best.low, best.high, check.bound.limit)
    low, high, agreed = (figure(number, digits) for number in numbers)
    needed, units = _rows_that_would_do(check), f"{unit.removeprefix('labelled ')}s"
    enough = f"about {needed:,} {units} would" if needed else f"no number of {units} would"
    return (
        f"{check.label}: {counted(n, unit)} can't prove {agreed} whatever they show "
        f"(a perfect {check.metric_name} would have {low} to {high}); {enough}{more}"
    )


def _rows_that_would_do(check: Check) -> int | None:
    """Return the fewest rows on which a perfect result meets the bound; None if none do."""
    few, many = 1, 2
    while not _enough(check, many):
        few, many = many, many * 2
        if many > _MOST_ROWS:
            return None
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if _enough(check, middle) else (middle, many)
    return many


def _enough(check: Check, rows: int) -> bool:
    best = _best(check, rows)
    return best is None or _proves(best, check)
