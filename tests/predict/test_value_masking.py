"""What a model says of the rows it was given is told without their values."""

import datetime as dt
import time

import numpy as np
import pandas as pd
import pytest

from model_checks.predict.sources import raised
from model_checks.predict.sources.value_masking import without_values

FRAME = pd.DataFrame(
    {
        "name": ["Zebedee Quux", "Ann O'Lee"],
        "note": ["two\nlines, here", "b"],
        "n": [987654321, 3],
        "x": [12345.678, 0.5],
        "born": pd.to_datetime(["2013-04-05 06:07:08", "2020-01-01 00:00:00"]),
        "plan": pd.Categorical(["Zeta", "yes"]),
        "day": [dt.date(2011, 2, 3), None],
        "parts": [["Inner Zebedee"], []],
        "raw": [b"Zebedee Byte", b""],
        "whole": pd.array([7654321, None], dtype="Int64"),
        "true": [True, False],
    }
)


@pytest.mark.parametrize(
    "text",
    [
        "could not convert string to float: 'Zebedee Quux'",
        "unknown categories ['Zeta', \"Ann O'Lee\"] in column 0",
        "unknown category Zeta",
        "zebedee quux, ZEBEDEE QUUX",
        "split off 'Zebedee'",
        "cut short Zebedee Qu...",
        "'two\\nlines, here'",
        "row {'name': 'Zebedee Quux', 'n': 987654321}",
        "987654321 or 987654321.0 or 9.87654321e+08",
        "12345.678 and 7654321",
        "Timestamp('2013-04-05 06:07:08') at 2013-04-05T06:07:08",
        "2011-02-03 is datetime.date(2011, 2, 3)",
        "Inner Zebedee and b'Zebedee Byte'",
        "no Zebedee_Quux, no Quux",
        "born 05.04.2013, 5 April 2013, April 5, 2013 or 5/4/2013",
        "987,654 and 9876.5 and 9876.5k and 76 54321 and id1365142028",
        "1365142028000000000",
    ],
)
def test_no_value_is_told(text: str) -> None:
    told = without_values(text, [FRAME.iloc[:, k] for k in range(FRAME.shape[1])])
    assert "[hidden]" in told
    for part in ("zebedee", "zeta", "lee", "9876", "7654", "12345", "2013", "2011", "lines"):
        assert part not in told.lower()


@pytest.mark.parametrize(
    "text",
    [
        "'DataFrame' object has no attribute 'nope'",
        "X has 3 features, but Model is expecting 12 features as input",
        "columns are missing: {'name'}",
        "KeyError: 1",
        "",
    ],
)
def test_what_is_no_value_is_told(text: str) -> None:
    assert without_values(text, [FRAME.iloc[:, k] for k in range(FRAME.shape[1])]) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ages [41, 52, 63]", "ages [...]"),
        ("ages [41 52 63]", "ages [...]"),
        ("{'n': {0: 41, 1: 52}}", "{...}"),
        ("[[41, 5], [52, 6]]", "[...]"),
        ("ages (41, 52, 63, ", "ages (...)"),
        ("['Aa', 'Bb', 'Cc'] unknown", "[...] unknown"),
        ("0 41\n1 52", "[hidden]"),
        ("461,872 NOK, 57.4 kg, 461.9k", "[hidden] NOK, [hidden] kg, [hidden]k"),
        ("07.07.1956 or 07 July 1956", "[hidden] or [hidden]"),
        ("514425600000", "[hidden]"),
    ],
)
def test_whatever_the_columns_hold_collections_dates_and_long_numbers_are_hidden(
    text: str, told: str
) -> None:
    assert without_values(text, [FRAME["n"]]) == told
    assert without_values(text, []) == text


@pytest.mark.parametrize(
    "text",
    [
        "X has 5 features, but the array of shape (400, 6) expects 6 columns",
        "Unable to allocate 12 MiB for an array with shape (2020, 6)",
        "Unable to allocate 12.5 GiB for an array with shape (400, 6, 3)",
        "could not convert string to float: ...",
        "Expected 2D array, got 1D array instead",
        "y contains previously unseen labels",
        "'numeric' of scikit-learn 1.9.1",
    ],
)
def test_what_libraries_say_of_any_rows_stays(text: str) -> None:
    words = pd.Series(["array", "numeric", "Expected", "labels"], name="kind")
    assert without_values(text, [words, pd.Series([400, 2020, 5, 6])]) == text


@pytest.mark.parametrize("name", ["EZebedee Quux", "EZebedee", "E987654321", "Quux_"])
def test_a_class_s_name_may_be_made_of_a_value(name: str) -> None:
    error = type(name, (Exception,), {})("no")
    assert raised(error, [FRAME["name"], FRAME["n"]]) == "raised [hidden]: no"
    assert raised(type("TooFew", (Exception,), {})("no"), [FRAME["name"]]) == "raised TooFew: no"


def test_values_are_looked_for_at_once() -> None:
    columns = [pd.Series([f"City {k % 500}" for k in range(122_880)]) for _ in range(20)]
    began = time.thread_time()
    assert without_values("no 'City 41'", columns) == "no '[hidden]'"
    assert time.thread_time() - began < 2


def test_arguments_of_a_function_are_no_less_private() -> None:
    given = [np.array(["Zebedee Quux", "b"]), np.array([0.123456]), np.ravel([None])]
    assert without_values("'Zebedee Quux' has 0.123456", given) == "'[hidden]' has [hidden]"


def test_where_the_values_can_t_be_told_nothing_is() -> None:
    class Odd:
        def __str__(self) -> str:
            raise RuntimeError

    assert without_values("Zebedee", [pd.Series([Odd()])]) == ""
