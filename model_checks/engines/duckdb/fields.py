"""The kinds of fields that ``pandas.read_csv`` tells apart in a CSV, as SQL for DuckDB."""

from enum import IntFlag

from model_checks.engines.delimited.words import MISSING
from model_checks.engines.sql import literal

_INFINITE = [f"{sign}{word}" for sign in ("", "+", "-") for word in ("inf", "infinity")]


class Field(IntFlag):
    """The kinds of fields, and of one that begins with a minus that it does."""

    EMPTY = 1
    MISSING = 2  # a word of ``MISSING``
    WORD = 4
    BOOLEAN = 8
    FRACTION = 16  # any number that is not written as a whole one
    WHOLE = 32
    UNSIGNED = 64  # a whole number too large for BIGINT, not for UBIGINT
    HUGE = 128  # one too large for both
    HUGE_NEGATIVE = 256  # one too small for BIGINT
    MINUS = 512


TEXT = Field.WORD | Field.BOOLEAN
BEYOND_63_BITS = Field.UNSIGNED | Field.HUGE | Field.HUGE_NEGATIVE
NUMBER = Field.FRACTION | Field.WHOLE | BEYOND_63_BITS

BLANK = "[ \\t\\n\\v\\f\\r]"
"""What may stand around a number, as a regular expression."""


def missing_sql(column: str) -> str:
    """SQL for whether a field is a word of ``MISSING``."""
    return f"{column} in ({_listed(MISSING)})"


def number_sql(column: str, decimal: str) -> str:
    """SQL for a number as DuckDB writes it; of a field that is none, perhaps null."""
    if decimal == ".":
        return column
    point = f"contains({column}, '.')"
    return f"(case when not {point} then replace({column}, {literal(decimal)}, '.') end)"


def field_sql(column: str, decimal: str, likely: Field = Field(0), *, keep: bool) -> str:  # noqa: B008 (it is immutable)
    """SQL for the kind of a field.

    DuckDB's casts take all that pandas takes for a number, and more: what is more is sorted out.

    Parameters
    ----------
    column
        SQL of the field, a VARCHAR, null where it is empty.
    decimal
        The sign before a fraction.
    likely
        The kinds that were seen in some rows of the column: they are tried first, for it takes long
        to rule out all others, and where they make it text nothing is tried.
    keep
        Whether the words of ``MISSING`` are words as any.
    """
    first, missing, other = "", "", f"{Field.WORD:d}"
    if not keep:
        missing = f"when {missing_sql(column)} then {Field.MISSING:d}"
    if not (likely & Field.WORD or (likely & Field.BOOLEAN and likely & NUMBER)):
        number = f"try_cast({number_sql(column, decimal)} as double)"
        first = _likely_sql(column, number, likely)
        minus = f"if(regexp_matches({column}, '^{BLANK}*-'), {Field.MINUS:d}, 0)"
        other = f"{_other_sql(column, number, decimal)} | {minus}"
    return f"case when {column} is null then {Field.EMPTY:d} {first} {missing} else {other} end"


def _likely_sql(column: str, number: str, likely: Field) -> str:
    """The branch that most fields of a column take, quicker than by the others."""
    if likely & Field.FRACTION:
        is_number = f"isfinite({number}) and not contains({column}, '_')"
        return f"when {is_number} then {Field.FRACTION:d}"
    if likely & Field.BOOLEAN:
        return f"when {column} in ('True', 'False', 'true', 'false') then {Field.BOOLEAN:d}"
    written_alike = f"cast(try_cast({column} as bigint) as varchar) = {column}"
    minus = f"if(starts_with({column}, '-'), {Field.MINUS:d}, 0)"
    return f"when {written_alike} then {Field.WHOLE:d} | {minus}"


def _other_sql(column: str, number: str, decimal: str) -> str:
    """The kind of any field that is neither empty nor missing."""
    infinite = f"lower({column}) in ({_listed(_INFINITE)})"
    digits = f"regexp_matches({column}, '[0-9]')"
    pointed = f"contains({column}, {literal(decimal)}) or contains(lower({column}), 'e')"
    return f"""(case
        when lower({column}) in ('true', 'false') then {Field.BOOLEAN:d}
        when {number} is null or isnan({number}) or contains({column}, '_') then {Field.WORD:d}
        when isinf({number}) and {infinite} then {Field.FRACTION:d}
        when isinf({number}) and not {digits} then {Field.WORD:d}
        when {pointed} then {Field.FRACTION:d}
        when try_cast({column} as bigint) is not null then {Field.WHOLE:d}
        when regexp_matches({column}, '{BLANK}$') then {Field.FRACTION:d}
        when contains({column}, '-') then {Field.HUGE_NEGATIVE:d}
        when try_cast({column} as ubigint) is not null then {Field.UNSIGNED:d}
        else {Field.HUGE:d} end)"""


def _listed(words: list[str]) -> str:
    return ", ".join(map(literal, words))
