"""The values that may stand in thresholds.toml beside plain numbers and strings."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)

Known = Mapping[str, Any]
"""The fields of a table that are right in themselves, by name."""


class Origin(NamedTuple):
    """The file that settings are from, which their validators find as their context."""

    path: Path
    sha256: str


class Table(BaseModel):
    """A table of the file: no unknown keys, no conversions, no NaN."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @classmethod
    def kind_of(cls, written: Mapping[Any, object]) -> "type[Table] | None":  # noqa: ARG003
        """Return the class of a table as written, which may be a kind of this class."""
        return cls

    @classmethod
    def strays(cls) -> Mapping[str, str]:
        """Return advice on keys that only tables of other kinds have, by key."""
        return {}


def parse_moment(value: object) -> datetime:
    """Return a date or time, of TOML or ISO text, as a datetime in UTC, where no zone means UTC.

    >>> parse_moment("2013-05-01")
    datetime.datetime(2013, 5, 1, 0, 0, tzinfo=datetime.timezone.utc)

    Raises
    ------
    ValueError
        If the value is no date or time.
    """
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = datetime.combine(moment, time(), UTC)
        if isinstance(moment, datetime):
            in_zone = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return in_zone.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("must be a date or a time, such as 2013-05-01 or 2013-05-01T06:00:00Z")


def _parse_window(value: object) -> timedelta:
    units = {"h": "hours", "d": "days", "w": "weeks"}
    match = re.fullmatch(r"([1-9][0-9]{0,4})([hdw])", value) if isinstance(value, str) else None
    if not match:
        raise ValueError('must be a number of hours, days or weeks, such as "12h", "30d" or "4w"')
    return timedelta(**{units[match[2]]: int(match[1])})


_ADDRESS = r"[^@\s<>,;\"]++@[^@\s<>,;\"]++"
_MAILBOX = re.compile(rf'(?:{_ADDRESS}|(?:"[^"]*+"\s*+|[^<>@,;"]*+)<{_ADDRESS}>)')


def _one_address(value: str) -> str:
    if not _MAILBOX.fullmatch(value) or not value.isprintable():
        raise ValueError("must be one mail address, such as 'Model Checks <checks@example.com>'")
    return value


def is_plain_value(value: object) -> bool:
    """Return whether a table's cell may hold a value: a string, finite number or boolean."""
    return isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))


def _parse_label(value: object) -> object:
    if not is_plain_value(value):
        raise ValueError("must be a string, a number or a boolean")
    return value


def one_or_more(value: object) -> object:
    """Return a list of strings as it is, or a single string as a list."""
    if not isinstance(value, str | list):
        raise ValueError("must be a string or a list of strings")
    return [value] if isinstance(value, str) else value


def each_once(names: list[str]) -> list[str]:
    """Return a list of names in which no name comes again.

    Raises
    ------
    ValueError
        If a name comes again.
    """
    seen = set()
    for name in names:
        if name in seen:
            raise ValueError(f"names {name!r} more than once")
        seen.add(name)
    return names


def one_or_more_of(item: dict[str, Any]) -> WithJsonSchema:
    """Return the JSON schema of a key that takes one string or a list of them."""
    return WithJsonSchema({"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]})


OBJECT = r"^\w+(\.\w+)*:\w+$"
"""The pattern of a reference to an object in a user's module, ``package.module:name``."""

Text = Annotated[str, StringConstraints(min_length=1)]
Moment = Annotated[
    datetime,
    BeforeValidator(parse_moment),
    WithJsonSchema({"type": "string", "description": "A date or a time; without a zone, UTC."}),
]
Window = Annotated[
    timedelta,
    BeforeValidator(_parse_window),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,4}[hdw]$"}),
]
Address = Annotated[str, AfterValidator(_one_address)]
Label = Annotated[
    str | int | float | bool,
    PlainValidator(_parse_label),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]
Texts = Annotated[
    list[Text],
    Field(min_length=1),
    AfterValidator(each_once),
    BeforeValidator(one_or_more),
    one_or_more_of({"type": "string", "minLength": 1}),
]
Whole = Annotated[None, Field(alias="<whole>", validate_default=True)]
"""The last field of a table whose keys must go together; nobody writes it.

Its validator runs even where another field is wrong, which a validator of the model would not: so
all mistakes come at once.
"""
