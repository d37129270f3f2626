"""Feasibility: finds, before anything is measured, checks that no result could meet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from model_checks.metrics.attainable import best_interval
from model_checks.metrics.intervals import Interval
from model_checks.plan.checks import Check, Segment
from model_checks.text import counted, decimals, figure

LabelledRows = Mapping[tuple[str, Segment], int]
"""The number of labelled rows by model and segment, as far as it is known."""

_MOST_ROWS = 10**12

_OF_POSITIVES = ("average_precision", "f1", "precision", "recall")
_OF_NEGATIVES = ("npv", "specificity")
"""Metrics whose perfect result rests on the rows of one label, true and predicted alike."""


def doubtful(checks: Iterable[Check]) -> Iterator[Check]:
    """Yield the checks that too few rows could keep from being met, so that rows must be counted.

    They have a rule that asks for proof, and a bound that the fewest rows judged at all could not
    prove; among these rows there may be only one positive.
    """
    for check in checks:
        if check.bound.rule == "confident" and not check.vacant and _bounded(check):
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
    alike: dict[tuple[str, ...], list[tuple[Check, _Count]]] = defaultdict(list)
    for check in doubtful(checks):
        place = check.model, check.segment
        labelled = rows.get(place, 0)
        count = _count(check, labelled, positives.get(place))
        best = _best(check, count.n) if labelled >= check.min_rows and count.n else None
        if best and not _proves(best, check):
            columns = tuple(column for column, _ in check.segment)
            alike[check.model, check.kind, check.metric, *columns].append((check, count))
    return tuple(_note(those) for those in alike.values())


class _Count(NamedTuple):
    """The number and kind of rows that a perfect result of a metric rests on."""

    n: int
    unit: str


def rests_on_a_class(check: Check) -> bool:
    """Return whether a perfect result rests on the rows of one label alone."""
    return check.task == "binary" and check.metric in (*_OF_POSITIVES, *_OF_NEGATIVES)


def _count(check: Check, rows: int, positives: int | None) -> _Count:
    if positives is None or not rests_on_a_class(check):
        return _Count(rows, "labelled row")
    if check.metric in _OF_POSITIVES:
        return _Count(positives, "positive")
    return _Count(rows - positives, "negative")


def _bounded(check: Check) -> bool:
    """Return whether a perfect result could miss the check: a min, or any ``max_error``."""
    return (check.kind == "level" and check.bound.min is not None) or check.metric == "max_error"


_interval = cache(best_interval)


def _best(check: Check, rows: int) -> Interval | None:
    return _interval(check.metric, check.task, check.average, rows, check.confidence)


def _proves(best: Interval, check: Check) -> bool:
    bound = check.bound
    if check.metric == "max_error":
        return bound.max is None or best.high <= bound.max
    return bound.min is None or best.low >= bound.min


def _note(those: Sequence[tuple[Check, _Count]]) -> str:
    check, (n, unit) = those[0]
    more = f"; so it is with {len(those) - 1:,} more" if len(those) > 1 else ""
    if check.metric == "max_error":
        return (
            f"{check.label}: no rows can prove it, since no sample says how large an error may "
            f'get; give it a rule of its own, such as "estimate"{more}'
        )
    best, bound = _best(check, n), check.bound.min
    assert best is not None
    assert bound is not None
    digits = decimals([bound], [best.low])
    low, high, agreed = (figure(number, digits) for number in (best.low, best.high, bound))
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
