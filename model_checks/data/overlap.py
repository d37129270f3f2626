"""The overlap of two readings of shared data: whether a row can be in both, by its time."""

from datetime import datetime, timedelta

from model_checks.data.engine import Engine
from model_checks.data.rows import Rows
from model_checks.data.sql import conjunction
from model_checks.data.times import window_bounds
from model_checks.errors import DataError
from model_checks.settings import Model

_TICK = timedelta(microseconds=1)


def overlap(engine: Engine, rows: Rows, judged: Rows, model: Model) -> bool:
    """Return whether some rows of another reading may be among the rows that are judged.

    Rows of both readings lie in both windows. Where the windows meet, or one is open, the rows are
    counted whose times lie between those of the first and the last judged row.

    Parameters
    ----------
    engine, rows, model
        The other reading: its open engine, its rows and its model.
    judged
        The rows that are judged; without times nothing tells rows apart, and they overlap.
    """
    if _apart(rows, judged):
        return False
    if judged.time_column is None or judged.time_column not in rows.types:
        return True
    timed = model.model_copy(update={"time_column": judged.time_column})
    first, last = _span(judged)
    try:
        between = window_bounds(timed, rows.types, first, last)
    except DataError:  # the judged rows have times, the others none
        return True
    condition = conjunction([rows.condition, *between])
    [(shared,)] = engine.run(f"select count(*) from {rows.relation} where {condition}")
    return bool(shared)


def _apart(one: Rows, other: Rows) -> bool:
    """Return whether one window ends before the other begins."""
    before = one.end and other.start and one.end <= other.start
    after = one.start and other.end and one.start >= other.end
    return bool(before or after)


def _span(judged: Rows) -> tuple[datetime | None, datetime]:
    """Return the first time of the judged rows, None if it is open, and a time after the last."""
    assert judged.end
    times = judged.times
    oldest = times.oldest if times else None
    starts = [start for start in (judged.start, oldest) if start]
    newest = times.newest_label if times else None
    return max(starts, default=None), min(newest + _TICK, judged.end) if newest else judged.end
