"""The kinds of fields that ``pandas.read_csv`` tells apart in a CSV, as SQL for DuckDB."""

import re
from enum import IntFlag

from model_checks.data.csv.special_words import MISSING
from model_checks.data.sql import literal


class Field(IntFlag):
    """The kinds of fields; ``MINUS`` says of another kind that the field begins with a minus."""

    EMPTY = 1
    MISSING = 2  # a word of ``MISSING``
    WORD = 4
    BOOLEAN = 8
    FRACTION = 16  # any number that is not written as a whole one
    WHOLE = 32
    LONG = 64  # a whole number that is perhaps beyond 63 bits; exactly, it is one of the next three
    UNSIGNED = 128  # within 64 bits
    HUGE = 256
    HUGE_NEGATIVE = 512
    MINUS = 1024


TEXT = Field.WORD | Field.BOOLEAN
BEYOND_63_BITS = Field.UNSIGNED | Field.HUGE | Field.HUGE_NEGATIVE
NUMBER = Field.FRACTION | Field.WHOLE | Field.LONG | BEYOND_63_BITS


def missing_sql(column: str) -> str:
    """Return SQL for whether a field is a word of ``MISSING``."""
    return _matches(column, _MISSING)


def number_sql(column: str, decimal: str) -> str:
    """Return SQL for a number as DuckDB writes it, or perhaps null for a field that is none."""
    if decimal == ".":
        return column
    pointed = f"contains({column}, '.')"
    return f"(case when not {pointed} then replace({column}, {literal(decimal)}, '.') end)"


def whole_sql(column: str) -> str:
    """Return SQL for a whole number of any size as text: its digits, and a minus if it has one."""
    digits = f"regexp_replace({column}, '^{_BLANKS}[+]?(-?)0*([0-9]+){_BLANKS}$', '\\1\\2')"
    return f"regexp_replace({digits}, '^-0$', '0')"


def field_sql(column: str, decimal: str, likely: Field, *, keep: bool) -> str:
    """Return SQL for the kind of a field.

    Parameters
    ----------
    column
        SQL of the field, a VARCHAR, null where it is empty.
    decimal
        The sign before a fraction.
    likely
        The kinds that were seen in some rows of the column: what most fields are is tried first and
        by quicker means, and where the column is text already nothing is tried.
    keep
        Whether the words of ``MISSING`` are kept as words.
    """
    if likely & Field.WORD or (likely & Field.BOOLEAN and likely & NUMBER):
        quick = numbers = ""
    else:
        quick = f"when {_quickly(column, decimal, likely)}"
        numbers = f"""
            when {_matches(column, _WHOLE)} then {Field.WHOLE:d}
            when {_matches(column, _fraction(decimal))} then {Field.FRACTION:d}
            when {_matches(column, _BOOLEAN)} then {Field.BOOLEAN:d}
            when {_matches(column, _LONG)} then {Field.LONG:d}"""
    missing = "" if keep else f"when {missing_sql(column)} then {Field.MISSING:d}"
    return f"""case when {column} is null then {Field.EMPTY:d} {quick} {numbers} {missing}
        else {Field.WORD:d} end"""


def exact_field_sql(column: str, decimal: str, *, keep: bool) -> str:
    """Return SQL as ``field_sql`` does, but without ``LONG`` and with ``MINUS``.

    A blank after a number too large for BIGINT makes pandas take it for a fraction.
    """
    long = f"""case
        when try_cast({column} as bigint) is not null then {Field.WHOLE:d}
        when regexp_matches({column}, '{_BLANK}$') then {Field.FRACTION:d}
        when contains({column}, '-') then {Field.HUGE_NEGATIVE:d}
        when try_cast({column} as ubigint) is not null then {Field.UNSIGNED:d}
        else {Field.HUGE:d} end"""
    minus = f"if(regexp_matches({column}, '^{_BLANKS}-'), {Field.MINUS:d}, 0)"
    field = field_sql(column, decimal, Field(0), keep=keep)
    return f"(case when {_matches(column, _LONG)} then {long} else {field} end) | {minus}"


def _quickly(column: str, decimal: str, likely: Field) -> str:
    """Return the branch for the likeliest kind: a cast is quicker than a regular expression.

    DuckDB's casts take all that pandas takes for a number, and more: that must be ruled out.
    """
    if likely & Field.FRACTION:
        number = f"try_cast({number_sql(column, decimal)} as double)"
        other = f"contains({column}, '_') or contains({column}, '+-')"
        return f"isfinite({number}) and not ({other}) then {Field.FRACTION:d}"
    if likely & Field.BOOLEAN:
        return f"{_matches(column, _BOOLEAN)} then {Field.BOOLEAN:d}"
    return f"cast(try_cast({column} as bigint) as varchar) = {column} then {Field.WHOLE:d}"


def _matches(column: str, pattern: str) -> str:
    """Return SQL for whether a whole field matches a pattern.

    Of ``in`` and many words DuckDB would make a join, after which rows come in another order.
    """
    return f"regexp_full_match({column}, {literal(pattern)})"


def _in_any_case(word: str) -> str:
    """Return a pattern for a word in any case; RE2's ``(?i)`` takes a long s for an s."""
    return "".join(f"[{letter}{letter.upper()}]" for letter in word)


_BLANK = r"[ \t\n\v\f\r]"
_BLANKS = f"{_BLANK}*"
_MISSING = "|".join(map(re.escape, MISSING))
_BOOLEAN = f"{_in_any_case('true')}|{_in_any_case('false')}"
_INFINITE = f"[-+]?{_in_any_case('inf')}({_in_any_case('inity')})?"
_LONG = f"{_BLANKS}[-+]?[0-9]+{_BLANKS}"
_WHOLE = f"{_BLANKS}[-+]?0*[0-9]{{1,18}}{_BLANKS}"


def _fraction(decimal: str) -> str:
    """Return a pattern for a number with a decimal sign or an exponent, or for infinity."""
    digits = f"([0-9]+[{decimal}]?[0-9]*|[{decimal}][0-9]+)"
    exponent = "[eE][-+]?[0-9]+"
    fraction = f"([0-9]+[{decimal}][0-9]*|[{decimal}][0-9]+)"
    return f"{_BLANKS}[-+]?({fraction}|{digits}{exponent}){_BLANKS}|{_INFINITE}"
