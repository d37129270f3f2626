"""The shapes of fields, which show none of their values, and the sign of their decimals."""

import re
from collections.abc import Iterable

_COMMA = re.compile(r"[+-]?(0,\d+|\d+,(\d{1,2}|\d{4,}))([eE][+-]?\d+)?", re.ASCII)
"""A number with a comma that can't part thousands."""

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)
_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?", re.ASCII)
_LONG = 30


def decimal_in(fields: Iterable[str]) -> str:
    """Return the sign of decimals: a comma where fields plainly have it, and none has a point.

    >>> decimal_in(["0,25", "7"]), decimal_in(["0,25", "0.25"]), decimal_in(["1,234"])
    (',', '.', '.')
    """
    bare = [field.strip() for field in fields]
    return "," if any(map(_COMMA.fullmatch, bare)) and not any(map(_POINT.fullmatch, bare)) else "."


def number_pattern(decimal: str) -> str:
    """Return the pattern of a number whose text is in small letters."""
    sign = re.escape(decimal)
    digits = rf"(\d+({sign}\d*)?|{sign}\d+)(e[+-]?\d+)?"
    return rf"[ \t]*[+-]?({digits}|inf|infinity)[ \t]*"


def look_of(text: str, decimal: str) -> str:
    """Return words on a field that is no number: its shape, and what to set if it may be one."""
    bare = text.strip()
    if _COMMA.fullmatch(bare) or _THOUSANDS.fullmatch(bare):
        return f"a number with a comma, {shape_of(bare)!r}; say what that is: decimal = ','"
    if decimal == "," and _POINT.fullmatch(bare):
        return f"a number with a point, {shape_of(bare)!r}, where decimal is ','"
    return f"a field like {shape_of(bare)!r}"


def shape_of(text: str) -> str:
    """Return the shape of a field, which shows no value: 0 for a digit, a for a letter.

    >>> shape_of("31.12.2026 8 h")
    '00.00.0000 0 a'
    """
    shape = "".join("0" if sign.isdigit() else "a" if sign.isalpha() else sign for sign in text)
    return shape if len(shape) <= _LONG else f"{shape[: _LONG - 1]}…"
