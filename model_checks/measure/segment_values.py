"""Segment values that the file lists and no row has -> the values in the data, nearest first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from model_checks.data.engine import Engine
from model_checks.data.sql import conjunction, literal
from model_checks.plan.checks import Check, Segment
from model_checks.predict.table import Predictions
from model_checks.predict.vocabulary import alike
from model_checks.text import quoted, shortened

_MOST_COMPARED = 200
"""The most values that are fetched: the likeliest, and then those that most rows have."""


def values_there(
    engine: Engine, predictions: Predictions, checks: Iterable[Check], found: Iterable[Segment]
) -> Mapping[Segment, str]:
    """Return words on the values in the data, for each listed segment that has no labelled row.

    The engine is asked only where there is such a segment, once for its columns.

    Parameters
    ----------
    checks
        The checks that were to be measured.
    found
        The segments that have rows.
    """
    there = set(found)
    absent: dict[tuple[str, ...], list[Segment]] = defaultdict(list)
    for segment in dict.fromkeys(_listed(checks)):
        if segment not in there:
            absent[tuple(column for column, _ in segment)].append(segment)
    told: dict[Segment, str] = {}
    for columns, segments in absent.items():
        values, count = _values(engine, predictions, columns, segments)
        told |= {one: _told(columns, _nearest(one, values), count) for one in segments}
    return told


def _listed(checks: Iterable[Check]) -> Iterable[Segment]:
    for check in checks:
        if check.among and check.listed:
            yield from check.among
        elif check.segment and check.explicit and not check.among:
            yield check.segment


def _values(
    engine: Engine, predictions: Predictions, columns: Sequence[str], absent: Iterable[Segment]
) -> tuple[list[tuple[str, ...]], int]:
    """Return the values of the columns that are likeliest to be meant, and how many there are."""
    names = predictions.group(columns)
    present = conjunction([f"{name} is not null" for name in names])
    listed = ", ".join(names)
    groups = f"from {predictions.relation} as judged where {present} group by {listed}"
    likely = " or ".join(f"({_written_alike(names, segment)})" for segment in absent)
    rows = engine.run(
        f"select {listed}, count(*) as n, max(case when {likely} then 1 else 0 end) as likely "
        f"{groups} order by likely desc, n desc, {listed} limit {_MOST_COMPARED}"
    )
    count = len(rows)
    if count == _MOST_COMPARED:
        [(count,)] = engine.run(f"select count(*) from (select {listed} {groups}) as there")
    return [tuple(values) for *values, _, _ in rows], count


def _written_alike(names: Sequence[str], segment: Segment) -> str:
    parts = [(value or "").strip().lower() for _, value in segment]
    return conjunction(
        [f"lower(trim({name})) = {literal(part)}" for name, part in zip(names, parts, strict=True)]
    )


def _nearest(segment: Segment, values: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the values, those most like a segment's first; among equals, what most rows have."""
    wanted = [value or "" for _, value in segment]
    matcher = SequenceMatcher(b=shortened(", ".join(wanted)).lower())

    def farness(parts: tuple[str, ...]) -> tuple[bool, float]:
        matcher.set_seq1(shortened(", ".join(parts)).lower())
        return not all(map(alike, wanted, parts)), -matcher.ratio()

    return [", ".join(parts) for parts in sorted(values, key=farness)]


def _told(columns: Sequence[str], values: Sequence[str], count: int) -> str:
    where = ", ".join(map(shortened, columns))
    if not values:
        return f"no labelled row has a value of {where}"
    return f"{'the value' if count == 1 else 'the values'} of {where}: {quoted(values, count)}"
