"""What a model says of the rows it was given is told without their values."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from model_checks.concealment import without_values

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


def test_arguments_of_a_function_are_no_less_private() -> None:
    given = [np.array(["Zebedee Quux", "b"]), np.array([0.123456]), np.ravel([None])]
    assert without_values("'Zebedee Quux' has 0.123456", given) == "'[hidden]' has [hidden]"


def test_where_the_values_can_t_be_told_nothing_is() -> None:
    class Odd:
        def __str__(self) -> str:
            raise RuntimeError

    assert without_values("Zebedee", [pd.Series([Odd()])]) == ""
