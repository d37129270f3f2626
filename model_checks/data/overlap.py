"""Two readings of shared data: whether a row can be in both, by the times that there are."""

from datetime import datetime, timedelta

from model_checks.data import Engine
from model_checks.data.rows import Rows
from model_checks.data.sql import conjunction
from model_checks.data.times import window_bounds
from model_checks.errors import DataError
from model_checks.settings import Model

_TICK = timedelta(microseconds=1)


def overlap(engine: Engine, rows: Rows, judged: Rows, model: Model) -> bool:
    """Return whether some of the rows may be among those that are judged.

    Rows that both have lie in both windows. Where the windows meet, or one is open, the rows are
    counted whose times lie between the first and the last of those that are judged.

    Parameters
    ----------
    engine, rows, model
        The other reading: where it is open, and of what.
    judged
        Without times nothing tells the rows apart, and they overlap.
    """
    if _apart(rows, judged):
        return False
    if judged.time_column is None or judged.time_column not in rows.types:
        return True
    timed = model.model_copy(update={"time_column": judged.time_column})
    first, last = _span(judged)
    try:
        between = window_bounds(timed, rows.types, first, last)
    except DataError:  # times here, and none there
        return True
    condition = conjunction([rows.condition, *between])
    [(shared,)] = engine.run(f"select count(*) from {rows.relation} where {condition}")
    return bool(shared)


def _apart(one: Rows, other: Rows) -> bool:
    """Whether one window ends before the other begins."""
    before = one.end and other.start and one.end <= other.start
    after = one.start and other.end and one.start >= other.end
    return bool(before or after)


def _span(judged: Rows) -> tuple[datetime | None, datetime]:
    """Between which times all rows lie that are judged: the first, and one after the last."""
    assert judged.end
    times = judged.times
    oldest = times.oldest if times else None
    starts = [start for start in (judged.start, oldest) if start]
    newest = times.newest_label if times else None
    return max(starts, default=None), min(newest + _TICK, judged.end) if newest else judged.end
