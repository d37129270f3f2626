"""Writes values of a file in words, what is proposed beside what is in force."""

from datetime import datetime, timedelta
from functools import singledispatch

from model_checks.settings import Baseline, Data
from model_checks.text import quoted


def told(key: str, proposed: object, in_force: object) -> str:
    """Return words on what a key is proposed to be and what it is in force, where they differ.

    >>> told("min", 0.01, 0.8)
    'min is 0.01, in force 0.8'
    """
    one, other = text_of(proposed), text_of(in_force)
    if one == other:  # addresses may differ in their secrets alone
        return f"{key} is another than in force ({other})"
    return f"{key} is {one}, in force {other}"


@singledispatch
def text_of(value: object) -> str:
    """Return a value much as the file has it, but no secrets of addresses.

    >>> text_of(0.8), text_of(2.0), text_of("confident"), text_of(timedelta(days=7)), text_of(None)
    ('0.8', '2', "'confident'", '7d', 'none')
    """
    return "none" if value is None else repr(value)


@text_of.register
def _of_number(value: float) -> str:
    return repr(value).removesuffix(".0")


@text_of.register
def _of_window(value: timedelta) -> str:
    hours = value // timedelta(hours=1)
    return f"{hours}h" if hours % 24 else f"{hours // 24}d"


@text_of.register
def _of_moment(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


@text_of.register
def _of_columns(value: list) -> str:  # type: ignore[type-arg]  # singledispatch takes no list[str]
    return quoted(value)


@text_of.register
def _of_scores(value: dict) -> str:  # type: ignore[type-arg]  # nor does it take dict[str, str]
    return quoted([f"{label} = {column}" for label, column in value.items()])


@text_of.register
def _of_data(value: Data) -> str:
    return repr(value.source)


@text_of.register
def _of_baseline(value: Baseline) -> str:
    model = value.model.source if value.model else None
    parts = (value.data, model, value.prediction, value.score, value.window, value.as_of)
    return ", ".join(text_of(part) for part in parts if part is not None)
