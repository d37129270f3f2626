"""Columns that the settings name are looked for in every file, and a file without is named."""

from pathlib import Path
from typing import Any

import pytest
from support.opened_rows import Reader, refusal
from support.sample_data import estimated, measured, results_of
from support.written_files import accuracy, error, lines, write

from model_checks.judging.verdict import Verdict

CHANGED: dict[str, tuple[str, str]] = {
    "a renamed target": ("label,p,at\n0,1,2026-05-01\n", "target 'y' is no column of"),
    "a renamed prediction": ("y,q,at\n0,1,2026-05-01\n", "prediction 'p' is no column of"),
    "a renamed column of times": ("y,p,when\n0,1,2026-05-01\n", "time_column 'at' is no column of"),
    "no header": ("0,1,2026-05-01\n" * 9, "its first line looks like values, not like names"),
    "another delimiter": (
        "y;p;at\n0;1;2026-05-01\n" * 9,
        "has delimiter ';' where others have ','",
    ),
    "words without a header": ("Anna,no,yes\n" * 9, "is it one of names?"),
    "another case": ("Y,p,at\n0,1,2026-05-01\n", "target 'y' is no column of"),
}


@pytest.mark.parametrize("change", CHANGED)
@pytest.mark.parametrize("names", [("1.csv", "2.csv"), ("2.csv", "1.csv")])
def test_a_csv_that_lacks_a_column_is_named(
    tmp_path: Path, change: str, names: tuple[str, str]
) -> None:
    content, told = CHANGED[change]
    write(tmp_path, {names[0]: lines("1,1,2026-05-01", header="y,p,at", times=50)})
    write(tmp_path, {names[1]: content})
    message = error(tmp_path, "?.csv", time_column="at")
    if told.endswith("of"):
        assert f"{told} {tmp_path / names[1]}" in message
    elif names[1] == "2.csv":
        assert told in message
    assert str(tmp_path) in message
    assert "Anna" not in message


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"label": [0, 0], "p": [1, 1]}, "target 'y' is no column of"),
        ({"Y": [0, 0], "p": [1, 1]}, "target 'y' is no column of"),
        ({"y": ["0", "0"], "p": [1, 1]}, "target 'y' holds numbers in"),
        ({"y": [True, False], "p": [1, 1]}, "target 'y' holds numbers in"),
    ],
)
def test_a_parquet_file_that_lacks_a_column_is_named(
    tmp_path: Path, other: dict[str, Any], told: str
) -> None:
    write(tmp_path, {"1.parquet": {"y": [1, 1], "p": [1, 1]}, "2.parquet": other})
    message = error(tmp_path, "?.parquet")
    assert told in message
    assert f"{tmp_path}/2.parquet" in message


def test_a_column_that_nobody_names_may_be_in_some_files_alone(tmp_path: Path) -> None:
    write(tmp_path, {"1.csv": "y,p\n1,1\n", "2.csv": "y,version,p\n0,v2,0\n"})
    write(tmp_path, {"1.parquet": {"y": [1], "p": [1]}})
    write(tmp_path, {"2.parquet": {"y": [0], "version": ["v2"], "p": [0]}})
    assert accuracy(tmp_path, "?.csv") == accuracy(tmp_path, "?.parquet") == 1.0
    segments = [{"by": "version", "thresholds": {"accuracy": 0.4}}]
    for data in ("?.csv", "?.parquet"):
        messages = [one.message for one in results_of(tmp_path, data=data, segments=segments)]
        assert all("segments 'version' is no column of" in one for one in messages)
        assert all(f"{tmp_path}/1{data[1:]}" in one for one in messages)


def test_files_may_have_their_columns_in_any_order(tmp_path: Path) -> None:
    write(tmp_path, {"1.csv": "y,p,g\nyes,yes,a\nno,yes,a\n", "2.csv": "g,p,y\na,yes,yes\n"})
    segments = [{"by": "g", "thresholds": {"accuracy": 0.1}}]
    found = measured(tmp_path, data="?.csv", positive_label="yes", segments=segments)
    assert estimated(found, "accuracy").value == pytest.approx(2 / 3)


def test_a_quote_left_open_is_seen_whatever_the_order_of_columns(tmp_path: Path) -> None:
    rows = '1,1,a\n0,0,"b\n' + "0,1,b\n" * 30
    write(tmp_path, {"1.csv": "g,y,p\na,1,1\na,0,0\n", "2.csv": f"y,p,g\n{rows}"})
    segments = [{"by": "g", "thresholds": {"accuracy": 0.1}}]
    for result in results_of(tmp_path, data="?.csv", segments=segments):
        assert result.verdict is Verdict.ERROR
        assert f"{tmp_path}/2.csv ends within a quote" in result.message


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("target", {"target": "labl"}),
        ("time_column", {"time_column": "labl"}),
        ("weight", {"weight": "labl"}),
        ("prediction", {"prediction": "labl"}),
        ("score", {"score": "labl"}),
        ("features", {"features": ["x", "labl"], "model": "m.skops"}),
        ("segments", {"segments": [{"by": ["x", "labl"], "thresholds": {"accuracy": 0.5}}]}),
    ],
)
def test_a_missing_column_is_told_with_its_key_and_the_nearest_name(
    engine: Reader, tmp_path: Path, key: str, keys: dict[str, Any]
) -> None:
    columns = {"y": [0], "p": [1], "x": [1.0], "label": [1]}
    assert refusal(engine, tmp_path, columns, **keys) == (
        f"data 'data.parquet': {key} 'labl' is no column; "
        "did you mean 'label'? known: label, p, x, y"
    )


def test_every_missing_column_is_told(engine: Reader, tmp_path: Path) -> None:
    assert refusal(engine, tmp_path, {"p": [1]}, weight="w") == (
        "data 'data.parquet': target 'y' is no column; weight 'w' is no column; known: p"
    )


def test_names_of_columns_differ_by_case(engine: Reader, tmp_path: Path) -> None:
    assert refusal(engine, tmp_path, {"Y": [1], "p": [1]}) == (
        "data 'data.parquet': target 'y' is no column; known: Y, p"
    )
