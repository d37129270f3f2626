"""Signs of bad data in the rows themselves: labels that stop short, and doubled rows.

All of it is asked for last, when nothing else is to be read: a query that fails spoils nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import gcd

from model_checks.data.columns import feature_of, sql_of
from model_checks.data.engine import Engine
from model_checks.data.rows import Rows
from model_checks.data.sql import identifier
from model_checks.data.times import Times, after, is_time, moment_sql
from model_checks.data.values import is_number
from model_checks.errors import MeasurementError

DAY = timedelta(days=1)
SHARE = 10
"""A lag of labels passes unnoticed up to one part in so many of the rows' stretch of time."""

_MOST_COPIES = 10
_SAMPLED, _LOOKED_AT = 1_000, 100
"""So many rows that lie together are drawn, and so many different ones of them are looked at."""
_LEAST = 20
"""Fewer different rows than this tell nothing: they may be all the values that there are."""
_MOST_FEATURES = 40
_NO_TIME = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Signs:
    """The signs that were seen in a model's rows.

    Attributes
    ----------
    times
        Times of the rows; None without a column of times.
    unlabelled
        How many rows of the window come after the newest label, where that is long before the
        newest row; else 0.
    copies
        How often each row that was looked at occurs; 1 if rows differ in that.
    looked_at
        How many different rows were looked at.
    words
        How many fields of labels and segments are words like NA, by column.
    """

    times: Times | None
    unlabelled: int = 0
    copies: int = 1
    looked_at: int = 0
    words: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Rows) -> "Signs":
        """Return the signs that were seen while the rows were read."""
        fields = rows.types.fields
        return cls(rows.times, words=fields.words if fields else {})


@dataclass
class Lookout:
    """A last look at the rows before their engine is closed.

    Attributes
    ----------
    columns
        Columns without nulls in which doubled rows are alike.
    features
        Columns in which doubled rows are alike, but which may hold nulls.
    counts
        Numbers of rows that are multiples of the copies, if every row is there several times.
    signs
        The signs seen so far.
    failed
        Whether a query failed; a database refuses all others after it.
    """

    engine: Engine
    rows: Rows
    columns: Sequence[str]
    features: Sequence[str]
    counts: list[int] = field(default_factory=list)
    signs: Signs = field(init=False)
    failed: bool = False

    def __post_init__(self) -> None:
        self.counts += [self.rows.labelled, self.rows.in_window]
        self.signs = Signs.of(self.rows)

    def look(self, raised: object, *_: object) -> None:
        """Look at the rows, unless an error ends the measuring: an exit of the engine's stack."""
        if raised is not None:
            return
        try:
            self.signs = replace(self.signs, unlabelled=self._unlabelled())
            copies, looked_at = self._copies()
            self.signs = replace(self.signs, copies=copies, looked_at=looked_at)
        except MeasurementError:
            self.failed = True

    def _unlabelled(self) -> int:
        newest = labels_stop_at(self.rows)
        if newest is None or not self.rows.time_column:
            return 0
        later = after(sql_of(self.rows.time_column, self.rows.types), newest)
        [(n,)] = self.engine.run(
            f"select count(*) from {self.rows.relation} where {self.rows.window} and {later}"
        )
        return int(n)

    def _copies(self) -> tuple[int, int]:
        """Return how often every row is there, and how many were looked at.

        Most often the counts at hand rule it out. Where they do not, some rows are joined to all
        of them; and only if each of these is there several times, rows of other places are.
        """
        common, looked_at = gcd(*self.counts), 0
        found: set[int] = set()
        for place in self._places() if common > 1 else []:
            [(rows, least, most)] = self.engine.run(self._joined(place))
            looked_at += rows
            found |= {least, most}
            if rows < _LEAST or len(found) > 1 or not 1 < most <= _MOST_COPIES or common % most:
                return 1, looked_at
        return found.pop() if found else 1, looked_at

    def _places(self) -> Iterable[int]:
        """Return the offsets of the places to look at, each as the number of rows before it."""
        n = self.rows.labelled
        last = max(n - _SAMPLED, 0)
        return dict.fromkeys((0, last // 3, 2 * last // 3, last))

    def _joined(self, place: int) -> str:
        """Return SQL of the rows looked at, and of the copies of the rarest and the commonest."""
        own = [sql_of(name, self.rows.types) for name in self.columns]
        columns = [*own, *self._features()]
        names = [f"k{position}" for position in range(len(columns))]
        named = ", ".join(f"{sql} as {name}" for sql, name in zip(columns, names, strict=True))
        rows = f"(select {named} from {self.rows.relation} where {self.rows.condition})"
        listed, keys = ", ".join(names), ", ".join(f"few.{name}" for name in names)
        alike = " and ".join(f"judged.{name} = few.{name}" for name in names)
        place_ = f" offset {place}" if place else ""
        some = f"(select {listed} from {rows} as judged limit {_SAMPLED}{place_}) as some_rows"
        return (
            f"select count(*), min(n), max(n) from (select {keys}, count(*) as n "
            f"from {rows} as judged "
            f"join (select distinct {listed} from {some} limit {_LOOKED_AT}) as few on {alike} "
            f"group by {keys}) as found"
        )

    def _features(self) -> list[str]:
        """Return SQL of the features' values, with something else in the place of null."""
        types = self.rows.types
        fed = [feature_of(name, types) for name in self.features[:_MOST_FEATURES]]
        return [sql for name, kind in fed if (sql := _never_null(name, kind))]


def labels_stop_at(rows: Rows) -> datetime | None:
    """Return the time of the newest label, if that is long before the newest row; else None."""
    times = rows.times
    if times is None or times.newest_row is None or times.newest_label is None:
        return None
    first = max(filter(None, (rows.start, times.oldest)), default=times.newest_label)
    lag = times.newest_row - times.newest_label
    return times.newest_label if lag > max(DAY, (times.newest_row - first) / SHARE) else None


def _never_null(name: str, kind: str) -> str | None:
    """Return SQL of a column without its nulls; None for a type that not every engine compares."""
    column = identifier(name)
    if kind == "BOOLEAN":
        return f"case when {column} then 1 when not {column} then 0 else 2 end"
    if kind == "VARCHAR":
        return f"coalesce(cast({column} as varchar), '')"
    if is_number(kind):
        return f"coalesce(cast({column} as double), cast(-1e300 as double))"
    if is_time(kind):
        return f"coalesce(cast({column} as timestamptz), {moment_sql(_NO_TIME)})"
    return None
