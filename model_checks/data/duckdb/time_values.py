"""Times that a file holds as texts or whole numbers: read by the one way that is sure, or not."""

import re
from dataclasses import dataclass

from model_checks.data.csv.field_shape import shape_of
from model_checks.data.sql import literal
from model_checks.settings.places.files import DataFiles

_ISO = r"[1-9]\d{3}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?| ?UTC)?)?"
"""ISO 8601 with the date's hyphens; and UTC, as some databases export it."""

_MICROSECONDS = {"s": "* 1000000", "ms": "* 1000", "us": "* 1", "ns": "// 1000"}
_FIRST_YEAR = 1000
"""Of a year of two digits %Y would make one of the first centuries."""

_WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER")


@dataclass(frozen=True)
class Moments:
    """How a column of texts or whole numbers is read as times.

    Attributes
    ----------
    value
        SQL of the time, with a zone; null where the column is, or where it holds none.
    wanted
        What a text should have been, in words.
    """

    value: str
    wanted: str

    def unfit(self, text: str, data: DataFiles) -> str:
        """Tell that a text is no time, what it looks like, and what to say of it."""
        if data.time_format or data.time_unit:
            advice = ""
        elif re.fullmatch(r"[+-]?\d+", text):
            advice = "; say time_unit, as in time_unit = 's', or time_format"
        else:
            advice = "; say time_format, as in time_format = '%d.%m.%Y'"
        return f"{self.wanted}; it looks like {shape_of(text)!r}{advice}"


def moments_in(column: str, kind: str, data: DataFiles) -> Moments | None:
    """Return how a column is read as times; None where it holds times already, or never can.

    Parameters
    ----------
    column
        Its SQL.
    kind
        Its type.
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
    # The cast alone takes 2026-1-2, and names of zones that mean several, as well.
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
    """Return SQL that holds where all times of a column are midnights: they stand for days."""
    return f"coalesce(bool_and({column} = date_trunc('day', {column})), false)"
