"""The values that may stand in thresholds.toml beside plain numbers and strings."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)


class Table(BaseModel):
    """A table of the file: no unknown keys, no conversions, no NaN."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def parse_moment(value: object) -> datetime:
    """A date or time, of TOML or as ISO text, as a datetime in UTC; without a zone it is in UTC.

    >>> parse_moment("2013-05-01")
    datetime.datetime(2013, 5, 1, 0, 0, tzinfo=datetime.timezone.utc)

    Raises
    ------
    ValueError
        If it is neither.
    """
    moment = value
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            moment = None
    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    if not isinstance(moment, datetime):
        raise ValueError("must be a date or a time, such as 2013-05-01 or 2013-05-01T06:00:00Z")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _parse_window(value: object) -> timedelta:
    units = {"h": "hours", "d": "days", "w": "weeks"}
    match = re.fullmatch(r"([1-9]\d{0,4})([hdw])", value) if isinstance(value, str) else None
    if not match:
        raise ValueError('must be a number of hours, days or weeks, such as "12h", "30d" or "4w"')
    return timedelta(**{units[match[2]]: int(match[1])})


def _parse_address(value: str) -> str:
    _, address = parseaddr(value)
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address) or not value.isprintable():
        raise ValueError("must be a mail address, such as 'Model Checks <checks@example.com>'")
    return value


def _parse_label(value: object) -> str | int | float | bool:
    if not isinstance(value, str | int | float | bool):
        raise ValueError("must be a string, a number or a boolean")
    return value


def _unsupported(value: object) -> None:
    raise ValueError("is not supported yet")


def one_or_more(value: object) -> object:
    """A single string is a list of one."""
    return [value] if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(min_length=1)]
Moment = Annotated[
    datetime,
    BeforeValidator(parse_moment),
    WithJsonSchema({"type": "string", "description": "a date or a time; without a zone, UTC"}),
]
Window = Annotated[
    timedelta,
    BeforeValidator(_parse_window),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]*[hdw]$"}),
]
Address = Annotated[str, AfterValidator(_parse_address)]
Label = Annotated[
    str | int | float | bool,
    BeforeValidator(_parse_label),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]
Texts = Annotated[
    list[Text],
    BeforeValidator(one_or_more),
    Field(min_length=1),
    WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}}),
]
NotYet = Annotated[None, BeforeValidator(_unsupported), WithJsonSchema({"not": {}})]
