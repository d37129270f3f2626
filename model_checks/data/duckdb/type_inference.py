"""The types of a CSV's columns, as ``pandas.read_csv`` infers them, in SQL for DuckDB.

DuckDB alone would take yes for true, a text for a date and 1_000 for a number. So it reads every
field as text, one query over all rows finds which kinds of fields each column has, and from those
follows what the column is. Such a scan costs less than DuckDB's own look at all lines.

They are those of ``low_memory=False``: else pandas reads a long file in pieces, and types each.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from model_checks.data.duckdb.field_kinds import (
    BEYOND_63_BITS,
    NUMBER,
    TEXT,
    Field,
    exact_field_sql,
    field_sql,
    missing_sql,
    number_sql,
    whole_sql,
)

Run = Callable[[str], list[tuple[Any, ...]]]
"""A function that runs SQL and returns its rows."""

_FIRST_ROWS = 2048
"""Rows at the beginning that show which kinds of fields a column most likely has."""

_ABSENT = Field.EMPTY | Field.MISSING
_NOT_WHOLE = TEXT | Field.FRACTION


@dataclass(frozen=True)
class Inferred:
    """The inferred type of a column.

    Attributes
    ----------
    kind
        The type that DuckDB is to read it as: BIGINT, UBIGINT, DOUBLE, BOOLEAN or VARCHAR.
    gaps
        Whether a value is missing: pandas makes floats of whole numbers then, objects of booleans.
    words
        How many fields are pandas' words for a missing value, but are kept as words.
    missing_words
        Whether words for a missing value occur and are taken for missing values.
    huge
        Whether all values are whole numbers, some beyond 64 bits: objects of type int in pandas.
        DuckDB is to make texts of them, nothing but their digits and perhaps a minus.
    literal
        Whether no value is missing, and an empty field is an empty text: so pandas leaves a column
        where it gave up taking it for whole numbers because of one beyond 63 bits.
    """

    kind: str
    gaps: bool
    words: int = 0
    missing_words: bool = False
    huge: bool = False
    literal: bool = False


def inferred(
    run: Run, relation: str, columns: Mapping[str, bool], decimal: str = "."
) -> dict[str, Inferred]:
    """Return the inferred type of each column.

    Parameters
    ----------
    run
        Runs SQL and returns its rows.
    relation
        SQL of all rows in their order, every field a VARCHAR, null where it is empty.
    columns
        SQL of each column -> whether its words are kept: then only an empty field is missing, as
        with ``keep_default_na=False, na_values=[""]``.
    decimal
        The sign before a fraction, ``"."`` or ``","``.
    """
    if not columns:
        return {}
    beginning = f"(select * from {relation} limit {_FIRST_ROWS})"
    unknown = dict.fromkeys(columns, Field(0))
    likely, _ = _kinds_and_words(run, beginning, columns, unknown, decimal)
    seen, words = _kinds_and_words(run, relation, columns, likely, decimal)
    found = {}
    for name, keep in columns.items():
        kinds, given_up = likely[name] | seen[name], False
        if kinds & Field.LONG:
            exact = exact_field_sql(name, decimal, keep=keep)
            kinds = _kinds(run, relation, exact)
            given_up = _given_up(run, relation, exact, kinds)
        found[name] = _inferred(kinds, words.get(name, 0), keep=keep, given_up=given_up)
    return found


def value_sql(column: str, one: Inferred, decimal: str = ".") -> str:
    """Return SQL for the value of a field: of the column's kind, and null where it is missing.

    Parameters
    ----------
    column, decimal
        SQL of the column, and the sign before a fraction, as in ``inferred``.
    """
    if one.literal:
        return f"coalesce({column}, '')"
    value = column
    if one.missing_words:
        value = f"(case when not {missing_sql(column)} then {column} end)"
    if one.huge:
        return whole_sql(value)
    if one.kind == "DOUBLE":
        value = number_sql(value, decimal)
    return value if one.kind == "VARCHAR" else f"cast({value} as {one.kind})"


def _kinds_and_words(
    run: Run,
    relation: str,
    columns: Mapping[str, bool],
    likely: Mapping[str, Field],
    decimal: str,
) -> tuple[dict[str, Field], dict[str, int]]:
    """Return each column's kinds of fields and, where words are kept, how many are ``MISSING``.

    These words are counted apart: a kind that two aggregates ask for would be worked out twice.
    """
    fields = [field_sql(name, decimal, likely[name], keep=keep) for name, keep in columns.items()]
    kept = [name for name, keep in columns.items() if keep]
    kinds = [f"coalesce(bit_or({field}), 0)" for field in fields]
    words = [f"count(*) filter ({missing_sql(name)})" for name in kept]
    [row] = run(f"select {', '.join([*kinds, *words])} from {relation} as rows")
    found = dict(zip(columns, map(Field, row), strict=False))
    return found, dict(zip(kept, row[len(columns) :], strict=True))


def _kinds(run: Run, relation: str, field: str) -> Field:
    [(kinds,)] = run(f"select bit_or({field}) from {relation} as rows")
    return Field(kinds)


def _given_up(run: Run, relation: str, field: str, kinds: Field) -> bool:
    """Return whether pandas gives up taking a column for whole numbers, and leaves it as text.

    At the first number beyond 63 bits it begins again, for numbers without a sign, and passes over
    what begins with a minus. At the first beyond 64 it begins again, for numbers of any size. At
    what is no whole number it tries other types, but not in the last pass, nor where it has passed
    over something: so it depends on what comes first.
    """
    if not kinds & _NOT_WHOLE:
        in_the_way = kinds & (_ABSENT | Field.MINUS) and not kinds & Field.HUGE
        return bool(kinds & Field.UNSIGNED and in_the_way)
    stops = f"field & {Field.HUGE:d} <> 0 or "
    stops += f"(field & {_NOT_WHOLE:d} <> 0 and field & {Field.MINUS:d} = 0)"
    passes = (f"field & {BEYOND_63_BITS | _NOT_WHOLE:d} <> 0", stops)
    return bool(kinds & BEYOND_63_BITS) and not any(
        _first(run, relation, field, condition) & _NOT_WHOLE for condition in passes
    )


def _first(run: Run, relation: str, field: str, condition: str) -> Field:
    """Return the kind of the first field for which a condition holds; 0 where there is none."""
    kinds = f"select {field} as field from {relation} as rows"
    found = run(f"select field from ({kinds}) as fields where {condition} limit 1")
    return Field(found[0][0]) if found else Field(0)


def _inferred(kinds: Field, words: int, *, keep: bool, given_up: bool) -> Inferred:
    literal = given_up and not keep
    huge = kinds & (Field.HUGE | Field.HUGE_NEGATIVE) and not kinds & _NOT_WHOLE
    return Inferred(
        kind="VARCHAR" if given_up else _kind(kinds),
        gaps=bool(kinds & _ABSENT) and not literal,
        words=words,
        missing_words=bool(kinds & Field.MISSING) and not literal,
        huge=bool(huge) and not given_up,
        literal=literal,
    )


def _kind(kinds: Field) -> str:
    numbers = kinds & NUMBER
    if not kinds or kinds & Field.WORD or (kinds & Field.BOOLEAN and numbers):
        return "VARCHAR"
    if kinds & Field.BOOLEAN:
        return "BOOLEAN"
    if not numbers or numbers & Field.FRACTION:
        return "DOUBLE"
    if numbers & (Field.HUGE | Field.HUGE_NEGATIVE):
        return "VARCHAR"
    return "UBIGINT" if numbers & Field.UNSIGNED else "BIGINT"
