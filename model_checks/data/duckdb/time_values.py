"""Times that a file holds as texts or whole numbers, read in the one sure way or not at all."""

import re
from dataclasses import dataclass

from model_checks.data.csv.field_shape import shape_of
from model_checks.data.sql import literal
from model_checks.settings.places.files import DataFiles

_ISO = r"[1-9]\d{3}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?| ?UTC)?)?"
"""ISO 8601 with the date's hyphens; and UTC, as some databases export it."""

_MICROSECONDS = {"s": "* 1000000", "ms": "* 1000", "us": "* 1", "ns": "// 1000"}
_FIRST_YEAR = 1000
"""The earliest year that is taken for one: of two digits %Y makes a year of the first century."""

_WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER")


@dataclass(frozen=True)
class Moments:
    """A way to read a column of texts or whole numbers as times.

    Attributes
    ----------
    value
        SQL of the time, with a zone; null where the column is null or holds no time.
    wanted
        Words on a text that is no time of this form, such as 'no time by time_format = ...'.
    """

    value: str
    wanted: str

    def unfit(self, text: str, data: DataFiles) -> str:
        """Return words on a text that is no time: what it looks like, and which key to add."""
        if data.time_format or data.time_unit:
            advice = ""
        elif re.fullmatch(r"[+-]?\d+", text):
            advice = "; say time_unit, as in time_unit = 's', or time_format"
        else:
            advice = "; say time_format, as in time_format = '%d.%m.%Y'"
        return f"{self.wanted}; it looks like {shape_of(text)!r}{advice}"


def moments_in(column: str, kind: str, data: DataFiles) -> Moments | None:
    """Return the way to read a column as times; None where it holds times, or never can.

    Parameters
    ----------
    column
        SQL of the column.
    kind
        Type of the column, by DuckDB's name.
    """
    whole = bool(_WHOLE.fullmatch(kind))
    if data.time_unit and (whole or kind == "VARCHAR"):
        return _counted(column, data.time_unit, text=not whole)
    if whole and data.time_format:
        return _formatted(f"cast({column} as varchar)", data.time_format)
    if kind != "VARCHAR":
        return None
    return _formatted(column, data.time_format) if data.time_format else _iso(column)


def _iso(column: str) -> Moments:
    # The cast alone would also take 2026-1-2, and names of zones that are ambiguous.
    dated = f"regexp_full_match({column}, {literal(_ISO)})"
    return Moments(
        f"case when {dated} then try_cast({column} as timestamptz) end",
        "no time of ISO 8601, such as 2026-05-31T18:00:00Z",
    )


def _formatted(column: str, form: str) -> Moments:
    parsed = f"try_strptime({column}, {literal(form)})"
    return Moments(
        f"case when year({parsed}) >= {_FIRST_YEAR} then cast({parsed} as timestamptz) end",
        f"no time by time_format = {form!r}",
    )


def _counted(column: str, unit: str, *, text: bool) -> Moments:
    number = f"try_cast({column} as hugeint)"
    if text:
        number = f"case when regexp_full_match({column}, '[+-]?[0-9]{{1,20}}') then {number} end"
    moment = f"make_timestamptz(cast(({number}) {_MICROSECONDS[unit]} as bigint))"
    return Moments(f"try({moment})", f"no whole number that is a time by time_unit = {unit!r}")


def are_days(column: str) -> str:
    """Return SQL for whether all times of a column are midnights, and so stand for days."""
    return f"coalesce(bool_and({column} = date_trunc('day', {column})), false)"
