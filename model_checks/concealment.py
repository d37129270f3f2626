"""What somebody's code says of the rows that it was given -> the same without their values."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

_HIDDEN = "[hidden]"
_QUOTED = re.compile(r"'([^'\n]{2,500})'|\"([^\"\n]{2,500})\"|`([^`\n]{2,500})`")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?")
_NUMBER = re.compile(r"(?<![\w.])-?\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?(?!\w)", re.IGNORECASE)
_FEWEST_DIGITS = 4
"""A shorter number in an error is rather one of rows or columns than a value of a row."""

_LONG_ENOUGH = 8
"""So much of the beginning of a value is taken for the value."""


def without_values(text: str, columns: Iterable[Any]) -> str:
    """Return an error's text without what is a value of a row.

    Hidden are texts, categories, dates and times, whole or as far as they are shown, and numbers
    of some digits; what is quoted is hidden also where it is a part of a text. Where the values
    can't be told, nothing is.

    Parameters
    ----------
    text
        What somebody's code said.
    columns
        Arrays or pandas' series of the values that it was given, of any type.
    """
    try:
        return _without_values(text, columns)
    except Exception:  # noqa: BLE001 (values of somebody's own types may raise what they like)
        return ""


def _without_values(text: str, columns: Iterable[Any]) -> str:
    named: set[str] = set()
    found: set[str] = set()
    for column in columns:
        named.add(str(getattr(column, "name", "")).lower())
        if getattr(column.dtype, "kind", "O") in "iuf":
            found.update(_numbers_of(column, text))
        elif getattr(column.dtype, "kind", "O") != "b":
            found.update(_texts_of(column, text))
    hidden = sorted(found - named, key=len, reverse=True)
    if not hidden:
        return text
    words = "|".join(map(re.escape, hidden))
    cut = "|".join(re.escape(one) for one in hidden if len(one) >= _LONG_ENOUGH) or "(?!)"
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)|{cut}", _HIDDEN, text, flags=re.IGNORECASE)


def _numbers_of(column: Any, text: str) -> Iterator[str]:
    for match in _NUMBER.finditer(text):
        if sum(map(str.isdigit, match[0])) >= _FEWEST_DIGITS:
            number = float(match[0].replace("_", ""))
            if bool((abs(column - number) <= 1e-6 * abs(number)).any()):
                yield match[0]


def _texts_of(column: Any, text: str) -> Iterator[str]:
    lowered = text.lower()
    dates = set(_DATE.findall(text))
    quoted = {
        piece.lower() for match in _QUOTED.finditer(text) for piece in match.groups() if piece
    }
    for value in _distinct(column):
        if not isinstance(value, str):
            days = str(value)[:10]
            yield from (date for date in dates if date[:10] == days)
        for form in _forms(value):
            yield from _shown(form, lowered)
            yield from (one for one in quoted if _is_part(one, form))


def _distinct(column: Any) -> set[Any]:
    """Return the values of a column; those of a list, or of a struct, one by one."""
    values = column.tolist()
    try:
        return set(values)
    except TypeError:  # of a list
        return {part for value in values for part in _parts(value)}


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (part for inner in value.values() for part in _parts(inner))
    elif isinstance(value, str | bytes) or not isinstance(value, Iterable):
        yield value
    else:
        yield from (part for inner in value for part in _parts(inner))


def _forms(value: Any) -> Iterator[str]:
    """Return how a value may stand in a sentence, in lower case."""
    if value is None or isinstance(value, bool) or value != value:  # noqa: PLR0124 (a NaN)
        return
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    if len(form := text.strip().lower()) > 1:  # one letter tells nobody anything
        yield form
    if not isinstance(value, str | bytes):
        yield repr(value).lower()
    elif not text.isprintable() or "\\" in text or "'" in text:
        yield repr(value)[1 + isinstance(value, bytes) : -1].lower()


def _shown(form: str, text: str) -> Iterator[str]:
    """Return as much of a value as the text shows: the whole, or a beginning and three dots."""
    if form in text:
        if len(form) > 2 or f"'{form}'" in text or f'"{form}"' in text:
            yield form
    elif len(form) > _LONG_ENOUGH and form[:_LONG_ENOUGH] in text:
        length = min(len(form), len(text))
        while form[:length] not in text:
            length -= 1
        _, _, after = text.partition(form[:length])
        if after.startswith(("...", "…")) or not after:
            yield form[:length]


def _is_part(piece: str, form: str) -> bool:
    return piece in form and bool(re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", form))
