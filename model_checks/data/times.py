"""Times of rows: the window they are held to, and the newest of them, with a label and without."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from model_checks.data.columns import sql_of
from model_checks.data.sql import literal
from model_checks.errors import DataError
from model_checks.settings import Model

_TIME = re.compile(r"DATE|TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE|TIMESTAMPTZ_NS", re.ASCII)


@dataclass(frozen=True)
class Times:
    """The times of a model's rows.

    Attributes
    ----------
    oldest, newest
        Ends of the times of all rows; None for a moment that Python does not know.
    newest_row, newest_label
        Newest time before the moment judged, of all rows and of labelled rows.
    later
        How many rows are not before the moment judged.
    whole_days
        Whether times are whole days: a row of the first of May may be of its last minute.
    read
        When all this was found, by the clock.
    """

    oldest: datetime | None
    newest: datetime | None
    newest_row: datetime | None
    newest_label: datetime | None
    later: int
    whole_days: bool
    read: datetime = field(compare=False)


def is_time(kind: str) -> bool:
    """Return whether a column of this type can hold times."""
    return bool(_TIME.fullmatch(kind))


def window_start(model: Model, as_of: datetime) -> datetime | None:
    """Return the start of the window; None where it is open."""
    if not model.window:
        return None
    try:
        return as_of - model.window
    except OverflowError:  # before the year 1: no row is older
        return datetime.min.replace(tzinfo=UTC)


def window_bounds(
    model: Model, types: Mapping[str, str], start: datetime | None, end: datetime
) -> list[str]:
    """Return SQL that holds before the end of a window, and SQL that holds from its start on.

    Returns
    -------
    list of str
        Only the end where the window has no start; empty for rows without times.

    Raises
    ------
    DataError
        If the time column holds no times.
    """
    name = model.time_column
    if name is None:
        return []
    if not is_time(types[name]):
        raise DataError(
            f"time_column {name!r} is of type {types[name]}, which is no date or timestamp"
        )
    moment = _moment_of(sql_of(name, types))
    starts = [f"{moment} >= {moment_sql(start)}"] if start else []
    return [f"{moment} < {moment_sql(end)}", *starts]


def after(column: str, moment: datetime) -> str:
    """Return SQL that holds for the rows whose time, in SQL, is after a moment."""
    return f"{_moment_of(column)} > {moment_sql(moment)}"


def newest_columns(column: str, before: str, label: str) -> list[str]:
    """Return SQL of the newest time, the newest labelled one, and the rows, before a moment.

    Parameters
    ----------
    column
        SQL of the time.
    before, label
        SQL that holds before the moment judged, and where there is a label.
    """
    newest = [f"case when {rows} then {column} end" for rows in (before, f"{before} and {label}")]
    texts = [f"cast(max({one}) as varchar)" for one in newest]
    return [*texts, f"count(case when {before} then 1 end)"]


def moment_written(text: str | None) -> datetime | None:
    """Return the moment in an engine's text, in UTC; None where Python knows no such moment.

    >>> moment_written("2013-04-30 23:10:00+00")
    datetime.datetime(2013, 4, 30, 23, 10, tzinfo=datetime.timezone.utc)
    >>> moment_written("infinity")
    """
    try:
        moment = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d|Z)", "", text or ""))
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def moment_text(moment: datetime) -> str:
    """Return a time as text in UTC, to the minute; a date where it is midnight."""
    told = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
    return f"{told.removesuffix(' 00:00')} UTC"


def _moment_of(column: str) -> str:
    # A time without a zone is in UTC, which is what the engine casts it in.
    return f"cast({column} as timestamptz)"


def moment_sql(moment: datetime) -> str:
    """Return a moment as an SQL literal."""
    return f"timestamptz {literal(moment.astimezone(UTC).isoformat(sep=' '))}"
