"""Values of a column as SQL: their text, and which of their types are numbers."""

import re

from model_checks.data.sql import literal

_FLOATS = ("FLOAT", "DOUBLE", "DECIMAL")  # DECIMAL without digits, as databases have it


_NUMBER = re.compile(
    r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL(\(\d+,\d+\))?", re.ASCII
)


def text_of(sql: str, kind: str) -> str:
    """Return SQL for a value as the settings write it: 1.0 is 1, 1.50 is 1.5; a NaN is null."""
    if kind == "BOOLEAN":
        return _written(sql, "true", "false")
    null = f"when isnan({sql}) then null " if is_float(kind) else ""
    if kind.startswith("DECIMAL"):
        return (
            f"case {null}when {sql} = floor({sql}) then cast(floor({sql}) as varchar) "
            f"else rtrim(cast({sql} as varchar), '0') end"
        )
    if is_float(kind):
        return (
            f"case {null}when abs({sql}) >= 1e18 then cast({sql} as varchar) "  # floor may overflow
            f"when {sql} = floor({sql}) then cast(cast({sql} as bigint) as varchar) "
            f"else cast({sql} as varchar) end"
        )
    return f"cast({sql} as varchar)"


def label_of(sql: str, kind: str) -> str:
    """Return SQL for a label as text: as other values, but true is 1 and false is 0."""
    return _written(sql, "1", "0") if kind == "BOOLEAN" else text_of(sql, kind)


def _written(sql: str, true: str, false: str) -> str:
    return f"case when {sql} then {literal(true)} when not {sql} then {literal(false)} end"


def is_number(kind: str) -> bool:
    """Return whether a column of a type can be a regression's target or prediction, or a score."""
    return bool(_NUMBER.fullmatch(kind))


def is_float(kind: str) -> bool:
    """Return whether a column of a type can hold NaN and infinity."""
    return kind in _FLOATS
