"""The types of a CSV's columns: what ``pandas.read_csv`` makes of the same fields."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas._libs.parsers import STR_NA_VALUES  # type: ignore[import-not-found]

from model_checks.data.csv.special_words import MISSING
from model_checks.data.duckdb import type_inference
from model_checks.data.duckdb.type_inference import Inferred, inferred, value_sql
from model_checks.data.sql import identifier, literal

KEPT: dict[str, Any] = {"keep_default_na": False, "na_values": [""]}
"""How pandas is told to keep its words for a missing value."""


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def write(path: Path, columns: Mapping[str, Sequence[str]]) -> None:
    """Columns of one length as a CSV file, all fields quoted."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def read(
    connection: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    columns: Mapping[str, bool],
    decimal: str = ".",
) -> tuple[dict[str, Inferred], pd.DataFrame]:
    """What the columns of some files are, and their values as pandas holds them."""
    names = ", ".join(literal(str(path)) for path in paths)
    texts = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns)
    relation = (
        f"read_csv([{names}], columns = {{{texts}}}, auto_detect = false, header = true, "
        "delim = ',', quote = '\"', escape = '\"', new_line = '\\n')"
    )
    kept = {identifier(name): keep for name, keep in columns.items()}
    of_sql = inferred(lambda sql: connection.execute(sql).fetchall(), relation, kept, decimal)
    found = dict(zip(columns, of_sql.values(), strict=True))
    values = ", ".join(value_sql(identifier(name), one, decimal) for name, one in found.items())
    described = connection.execute(f"describe select {values} from {relation}").fetchall()
    assert [kind for _, kind, *_ in described] == [one.kind for one in found.values()]
    rows = zip(*connection.execute(f"select {values} from {relation}").fetchall(), strict=True)
    return found, pd.DataFrame(
        {name: held(one, column) for (name, one), column in zip(found.items(), rows, strict=True)}
    )


def held(one: Inferred, values: Sequence[Any]) -> "pd.Series[Any]":
    """The values of a column as pandas holds them."""
    assert one.gaps == (None in values)
    dtypes = {"BIGINT": "int64", "UBIGINT": "uint64", "DOUBLE": "float64", "BOOLEAN": "bool"}
    dtype = dtypes.get(one.kind, "str")
    if one.huge:
        return pd.Series([np.nan if one is None else int(one) for one in values], dtype=object)
    if one.gaps:
        dtype = {"int64": "float64", "bool": "object"}.get(dtype, dtype)
    return pd.Series([np.nan if one is None else one for one in values], dtype=dtype)


def expected(
    paths: Sequence[Path], columns: Mapping[str, bool], decimal: str = "."
) -> pd.DataFrame:
    """What pandas reads of some files, put one after the other."""
    whole = paths[0].with_name("whole.csv")
    first, *others = [path.read_text(encoding="utf-8") for path in paths]
    header = ",".join(f'"{name}"' for name in columns) + "\n"
    whole.write_text(first + "".join(text.removeprefix(header) for text in others), "utf-8")
    as_words = pd.read_csv(whole, low_memory=False, decimal=decimal, **KEPT)
    by_default = pd.read_csv(whole, low_memory=False, decimal=decimal)
    # Where pandas gives up whole numbers it takes the empty field for a text: not so with us, where
    # a label is meant.
    given_up = {name: as_words[name].replace("", np.nan) for name in columns}
    return pd.DataFrame(
        {name: given_up[name] if keep else by_default[name] for name, keep in columns.items()}
    )


def hold(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Hold types and values against each other, and the sign of a zero."""
    pd.testing.assert_frame_equal(found, wanted, check_exact=True)
    for name in wanted.select_dtypes("float64"):
        missing = wanted[name].isna()
        whole = found[name].abs() == 0  # a zero that was whole has no sign in pandas either
        assert (np.signbit(found[name]) == np.signbit(wanted[name]))[~missing | whole].all()


# Fields of all kinds

BLANKS = ["", "", "", "", "", " ", "  ", "\t", "\n", "\v", "\N{NO-BREAK SPACE}"]
near = [2**31, 2**53, 10**18, 2**63, 2**64]
whole_numbers = st.one_of(
    st.integers(0, 130).map(str),
    st.tuples(st.sampled_from(near), st.integers(-2, 2)).map(lambda pair: str(sum(pair))),
    st.text("0123456789", min_size=1, max_size=25),
    st.sampled_from(["0", "00", "007", "1_000", "1,000", "1.000.000", "\u0661", "\uff11", "0x1f"]),
)
numbers = st.tuples(
    st.sampled_from(BLANKS),
    st.sampled_from(["", "", "", "", "-", "-", "+", "--", "+-", "- ", "\N{MINUS SIGN}"]),
    st.one_of(whole_numbers, whole_numbers, whole_numbers, st.just("")),
    st.sampled_from(["", "", "", "", ".", ",", ".0", ".5", ",5", ".25", "._5", ".5.2", ",5,2"]),
    st.sampled_from(["", "", "", "", "e5", "E+05", "e-3", "e400", "e-400", "e", "e+", "f", "d5"]),
    st.sampled_from(BLANKS),
).map("".join)
floats = st.floats().map(repr)
cased = st.sampled_from(["true", "false", "inf", "infinity", "nan", "null", "none", "na", "yes"])
recased = st.tuples(
    st.sampled_from(["", "", "", "-", "+", " "]),
    cased.flatmap(
        lambda word: st.sampled_from([word, word.upper(), word.title(), word.swapcase()])
    ),
    st.sampled_from(["", "", "", " ", "_"]),
).map("".join)
words = st.sampled_from(
    [
        *(
            "t",
            "no",
            "True",
            "False",
            "TRUE",
            "tRUE",
            "a",
            "\u00e9",
            "a,b",
            'a"',
            "nan(1)",
            "1 2",
            "1%",
        ),
        *("-", "+", ".", ",", "_", " ", "2026-01-02", "2026-01-02 03:04:05", "1/2/2026", "12:30"),
        *MISSING,
    ]
)
LARGE = re.compile(r"[0-9]{19}")
PADDED = re.compile(r"[0-9]{19}[ \t\n\v]+$")


def columns_of(fields: Sequence[st.SearchStrategy[str]]) -> st.SearchStrategy[list[str]]:
    """Columns that mix some kinds of fields."""
    return st.lists(st.one_of(*fields), min_size=1, max_size=6).filter(is_plain)


def is_plain(column: Sequence[str]) -> bool:
    """Whether pandas reads a column by rules of its own.

    Beyond 64 bits it asks Python, which reads 1_000 and a digit of any script; and a blank after
    such a number makes it a float, or does not, by what has come before.
    """
    large = any(map(LARGE.search, column))
    odd = re.compile(r"[0-9]_[0-9]|[^\x00-\x7f]")
    return not large or not any(PADDED.search(one) or odd.search(one) for one in column)


KINDS = [numbers, whole_numbers, floats, recased, words, st.just(""), st.sampled_from(MISSING)]
columns = st.one_of(
    columns_of(KINDS),
    *[columns_of([kind, other]) for kind in KINDS[:5] for other in (kind, st.just(""))],
    st.sets(st.sampled_from(range(len(KINDS))), min_size=1, max_size=3).flatmap(
        lambda chosen: columns_of([KINDS[one] for one in chosen])
    ),
)
tables = st.lists(st.tuples(columns, st.booleans()), min_size=4, max_size=4)
first_rows = st.sampled_from([1, 2, 2048])
"""How many rows tell what a column most likely is."""


def hold_table(
    connection: duckdb.DuckDBPyConnection,
    table: Sequence[tuple[Sequence[str], bool]],
    decimal: str,
    first: int,
) -> None:
    """Hold columns, each with whether its words are kept, against pandas, as two files."""
    names = [f"c {position}" for position in range(len(table))]
    rows = list(zip_longest(*(column for column, _ in table), fillvalue=""))
    cells = dict(zip(names, zip(*rows, strict=True), strict=True))
    kept = dict(zip(names, (keep for _, keep in table), strict=True))
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(type_inference, "_FIRST_ROWS", first)
        paths = [Path(folder, "1.csv"), Path(folder, "2.csv")]
        for path, part in zip(paths, (slice(0, 2), slice(2, None)), strict=True):
            write(path, {name: column[part] for name, column in cells.items()})
        found, frame = read(connection, paths, kept, decimal)
        hold(frame, expected(paths, kept, decimal))
    for name, one in found.items():
        words = sum(field in MISSING for field in cells[name])
        assert one.words == (words if kept[name] else 0)


@settings(derandomize=True, deadline=None, max_examples=80)
@given(table=tables, decimal=st.sampled_from(".,"), first=first_rows)
def test_columns_of_two_files_are_what_pandas_makes_of_both(
    connection: duckdb.DuckDBPyConnection,
    table: list[tuple[list[str], bool]],
    decimal: str,
    first: int,
) -> None:
    hold_table(connection, table, decimal, first)


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=3000)
@given(table=tables, decimal=st.sampled_from(".,"), first=first_rows)
def test_many_columns_are_what_pandas_makes_of_them(
    connection: duckdb.DuckDBPyConnection,
    table: list[tuple[list[str], bool]],
    decimal: str,
    first: int,
) -> None:
    hold_table(connection, table, decimal, first)


# Some by name


def test_the_words_for_a_missing_value_are_those_of_pandas() -> None:
    assert {"", *MISSING} == STR_NA_VALUES


def one_column(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    fields: Sequence[str],
    *,
    keep: bool = False,
    decimal: str = ".",
) -> tuple[str, list[Any]]:
    """The kind of a column and its values, which are also those of pandas."""
    paths = [folder / "column.csv"]
    write(paths[0], {"c": fields, "row": ["x"] * len(fields)})
    kept = {"c": keep, "row": keep}
    found, frame = read(connection, paths, kept, decimal)
    hold(frame, expected(paths, kept, decimal))
    return found["c"].kind, frame["c"].tolist()


@pytest.mark.parametrize(
    "fields",
    [
        ["yes", "no"],
        ["t", "f"],
        ["True", "1"],
        ["0", "1", "no"],
        ["2026-01-02", "2026-02-01"],
        ["12:30", "13:45"],
        ["1_000", "2_000"],
        ["0x10", "0x11"],
        ["1.5", "1.5.2"],
        ["1", "a"],
        ["NAN", "1"],
        ["DE", "NO"],
        ["fal\N{LATIN SMALL LETTER LONG S}e", "True"],
    ],
)
def test_what_is_no_number_and_no_boolean_stays_as_it_is_written(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, fields: list[str]
) -> None:
    assert one_column(connection, tmp_path, fields) == ("VARCHAR", fields)


@pytest.mark.parametrize(
    ("fields", "kind", "values"),
    [
        (["True", "TRUE", "false"], "BOOLEAN", [True, True, False]),
        (["01", "1"], "BIGINT", [1, 1]),
        (["-5", " 7 "], "BIGINT", [-5, 7]),
        (["1", "2.5"], "DOUBLE", [1.0, 2.5]),
        (["1", "1e400"], "DOUBLE", [1.0, float("inf")]),
        ([str(2**63 - 1), str(-(2**63))], "BIGINT", [2**63 - 1, -(2**63)]),
        ([str(2**64 - 1), "0"], "UBIGINT", [2**64 - 1, 0]),
        ([str(2**64), "-007"], "VARCHAR", [2**64, -7]),
        ([str(2**63), "-1"], "VARCHAR", [str(2**63), "-1"]),
        ([str(2**64), "1.5"], "VARCHAR", [str(2**64), "1.5"]),
        (["1.5", str(2**64)], "DOUBLE", [1.5, 2.0**64]),
    ],
)
def test_numbers_and_booleans_are_of_the_kind_of_all_fields_together(
    connection: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    fields: list[str],
    kind: str,
    values: list[Any],
) -> None:
    assert one_column(connection, tmp_path, fields) == (kind, values)


def test_a_decimal_comma_is_one_where_it_is_said(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fields = ["1,5", "2"]
    assert one_column(connection, tmp_path, fields) == ("VARCHAR", fields)
    assert one_column(connection, tmp_path, fields, decimal=",") == ("DOUBLE", [1.5, 2.0])
    assert one_column(connection, tmp_path, ["1.5", "2"], decimal=",") == ("VARCHAR", ["1.5", "2"])


@pytest.mark.parametrize("word", MISSING)
def test_a_word_is_missing_unless_words_are_kept(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, word: str
) -> None:
    kind, values = one_column(connection, tmp_path, ["1", word])
    assert (kind, values[0], pd.isna(values[1])) == ("BIGINT", 1.0, True)
    assert one_column(connection, tmp_path, ["1", word], keep=True) == ("VARCHAR", ["1", word])


@pytest.mark.parametrize("late", ["a", "2.5", "NA", "", "1_0", "+-5", str(2**63), str(2**64)])
@pytest.mark.parametrize("early", ["1", "0.5", "False", "b", ""])
def test_a_late_field_counts_as_an_early_one(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, early: str, late: str
) -> None:
    one_column(connection, tmp_path, [*[early] * 3000, late])


def test_a_file_without_a_row_has_text(connection: duckdb.DuckDBPyConnection) -> None:
    rows = "(select null::varchar as c where false)"
    found = inferred(lambda sql: connection.execute(sql).fetchall(), rows, {"c": False})
    assert found == {"c": Inferred("VARCHAR", gaps=False)}


def test_no_column_is_asked_for(connection: duckdb.DuckDBPyConnection) -> None:
    assert inferred(lambda sql: connection.execute(sql).fetchall(), "nothing", {}) == {}
