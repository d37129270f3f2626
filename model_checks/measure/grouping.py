"""The segmentations that a kind of aggregate is wanted for, and the SQL that groups by them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from model_checks.data.engine import Engine
from model_checks.data.sql import conjunction, literal
from model_checks.errors import DataError
from model_checks.metrics import Asked
from model_checks.metrics.statistics import ConfusionCounts
from model_checks.plan.checks import Segment
from model_checks.predict.table import Predictions

CHANGED = "while the rows were read; judge rows that stand still, as by a window that is over"
"""The end of a message where two queries have not seen the same rows."""

Value = TypeVar("Value")
AnyPredictions = TypeVar("AnyPredictions", bound=Predictions)


@dataclass(frozen=True)
class Grouping:
    """A segmentation by columns taken together; without columns it is the whole.

    Attributes
    ----------
    columns
        Columns as the settings name them.
    listed
        Segments to measure; None for all that the data has.
    """

    columns: tuple[str, ...] = ()
    listed: tuple[Segment, ...] | None = None

    def keys(self, predictions: Predictions) -> list[str]:
        """Return the columns of the predictions that rows are grouped by."""
        return predictions.group(self.columns)

    def has(self, segment: Segment) -> bool:
        """Return whether a segment is one of the segmentation's values."""
        return tuple(column for column, _ in segment) == self.columns

    def relation(self, predictions: Predictions) -> str:
        """Return SQL of the predictions, limited to the segments that are listed."""
        if self.listed is None:
            return predictions.relation
        among = segments_condition(self.keys(predictions), self.listed)
        return f"(select * from {predictions.relation} where {among})"


@dataclass(frozen=True)
class Need:
    """The need of a model's checks for one kind of aggregate.

    Attributes
    ----------
    groupings
        The whole, or segmentations, or both.
    asked
        The options of its metric that any threshold asks for.
    asked_of
        The options asked for by the thresholds on each segment.
    counted
        The labels of segmentations, where they were counted before.
    """

    groupings: tuple[Grouping, ...]
    asked: frozenset[Asked] = frozenset()
    asked_of: Mapping[Segment, frozenset[Asked]] = field(default_factory=dict)
    counted: Mapping[Grouping, Mapping[Segment, ConfusionCounts]] = field(default_factory=dict)


def place_of(value: Value, known: Sequence[Value]) -> int:
    """Return the position of a label or a segment among those that were found before.

    Raises
    ------
    DataError
        If the value is not there, as it came in between two queries.
    """
    try:
        return known.index(value)
    except ValueError:
        raise DataError(f"{value!r} came {CHANGED}") from None


def segment_condition(keys: Sequence[str], segment: Segment) -> str:
    """Return SQL that holds for the rows of one segment; for the whole it holds for all rows."""
    conditions = [
        f"{key} is null" if value is None else f"{key} = {literal(value)}"
        for key, (_, value) in zip(keys, segment, strict=True)
    ]
    return f"({' and '.join(conditions)})" if conditions else "true"


def segments_condition(keys: Sequence[str], segments: Iterable[Segment]) -> str:
    """Return SQL that holds for the rows of any of several segments.

    Values of the last key stand in one list for all segments that are alike before it: an engine
    looks a row up in a list, where it would try one condition after the other.

    >>> segments_condition(["g0"], [(("plan", "basic"),), (("plan", "pro"),), (("plan", None),)])
    "(g0 in ('basic', 'pro') or g0 is null)"
    """
    *before, last = keys
    lists: dict[Segment, list[str | None]] = defaultdict(list)
    for segment in segments:
        lists[segment[:-1]].append(segment[-1][1])
    return " or ".join(
        conjunction([*([segment_condition(before, alike)] if alike else []), _among(last, values)])
        for alike, values in lists.items()
    )


def _among(key: str, values: Sequence[str | None]) -> str:
    texts = [literal(value) for value in values if value is not None]
    conditions = [f"{key} in ({', '.join(texts)})"] if texts else []
    conditions += [f"{key} is null"] if None in values else []
    return f"({' or '.join(conditions)})"


def listed(keys: Sequence[str]) -> str:
    """Return SQL of the keys that stand before other columns of a query.

    >>> listed(["g0", "g1"])
    'g0, g1, '
    """
    return "".join(f"{key}, " for key in keys)


def weighted(factors: list[str]) -> str:
    """Return SQL of the weighted sum of a product of factors.

    >>> weighted(["e", "e"])
    'sum(w * e * e)'
    """
    return f"sum({' * '.join(['w', *factors])})"


def grouped(keys: Iterable[str]) -> str:
    """Return the clause that groups by keys; without keys the whole is one group."""
    return f"group by {', '.join(keys)}" if keys else ""


def by_segment(
    found: Iterable[tuple[Any, ...]], columns: Sequence[str]
) -> Mapping[Segment, list[tuple[Any, ...]]]:
    """Return the rows of a result by the segment that their first values name."""
    groups: dict[Segment, list[tuple[Any, ...]]] = defaultdict(list)
    for row in found:
        values, rest = row[: len(columns)], row[len(columns) :]
        groups[tuple(zip(columns, values, strict=True))].append(rest)
    return groups


def found_by_segment(
    engine: Engine,
    predictions: AnyPredictions,
    need: Need,
    query: Callable[[AnyPredictions, Grouping], str],
) -> Iterator[tuple[Segment, list[tuple[Any, ...]]]]:
    """Yield each segment that a query for each segmentation finds, with the rest of its rows."""
    for grouping in need.groupings:
        found = engine.run(query(predictions, grouping))
        yield from by_segment(found, grouping.columns).items()


def same(keys: Sequence[str], one: str, other: str) -> str:
    """Return SQL that holds where two relations have the same segment, be it null.

    It is made of equalities, since not every engine can join by ``is not distinct from``.
    """
    null = "case when {} is null then 1 else 0 end"
    conditions = ["1 = 1"]
    for key in keys:
        columns = [f"{side}.{key}" for side in (one, other)]
        conditions.append(" = ".join(f"coalesce({column}, '')" for column in columns))
        conditions.append(" = ".join(null.format(column) for column in columns))
    return " and ".join(conditions)
