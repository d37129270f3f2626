"""Parquet files: their suffixes, names of columns, and tables that keep removed rows."""

from pathlib import Path

import pyarrow as pa
import pytest
from support.opened_rows import FEW, Reader, refusal
from support.sample_data import write_data
from support.written_files import accuracy, error, fed, write


def test_a_damaged_parquet_file_of_several_is_named(tmp_path: Path) -> None:
    rows = list(range(1000))
    for name in "abc":
        write(
            tmp_path,
            {f"{name}.parquet": {"y": [k % 2 for k in rows], "p": [0.5 + k for k in rows]}},
        )
    content = bytearray((tmp_path / "b.parquet").read_bytes())
    content[8:40] = b"\xff" * 32
    (tmp_path / "b.parquet").write_bytes(content)
    assert f"{tmp_path}/b.parquet" in error(tmp_path, "?.parquet", task="regression")


@pytest.mark.parametrize("name", ["log.pq", "LOG.PARQUET"])
def test_parquet_has_two_suffixes(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: {"y": [1, 0], "p": [1, 1]}})
    assert accuracy(tmp_path, name) == 0.5


def test_columns_of_parquet_may_differ_by_their_case(tmp_path: Path) -> None:
    columns = {"Y": [0, 0], "y": [1, 0], "P": ["a", "b"], "p": [1, 1], "y_1": [5, 5]}
    write(tmp_path, {"1.parquet": columns, "2.parquet": columns})
    assert accuracy(tmp_path, "1.parquet") == accuracy(tmp_path, "?.parquet") == 0.5
    assert accuracy(tmp_path, "?.parquet", target="Y", prediction="y") == 0.5
    found = fed(tmp_path, "?.parquet", ["P", "p", "y_1"])
    assert found.iloc[0].tolist() == ["a", 1, 5]


@pytest.mark.parametrize(
    ("mark", "name", "log"),
    [
        ("_delta_log/0.json", "Delta", "part=1/a.parquet"),
        ("_delta_log/0.json", "Delta", "a.parquet"),
        ("metadata/v1.metadata.json", "Iceberg", "data/part=1/a.parquet"),
        (".hoodie/hoodie.properties", "Hudi", "a.parquet"),
    ],
)
def test_files_of_a_table_that_keeps_removed_rows_are_refused(
    tmp_path: Path, mark: str, name: str, log: str
) -> None:
    write(tmp_path, {f"table/{mark}": "{}", f"table/{log}": {"y": [1, 0], "p": [1, 1]}})
    told = error(tmp_path, "table/**/*.parquet")
    assert f"{tmp_path}/table is a table of {name}, whose Parquet files hold removed rows" in told
    assert "read it by Spark" in told


def test_a_parquet_file_without_rows_is_told(engine: Reader, tmp_path: Path) -> None:
    text = refusal(engine, tmp_path, {"y": pa.array([], "int64"), "p": pa.array([], "int64")})
    assert text == "data 'data.parquet': has no rows"


@pytest.mark.parametrize("kept", [3, 40, 400])
def test_a_truncated_parquet_file_is_told(engine: Reader, tmp_path: Path, kept: int) -> None:
    write_data(tmp_path / "data.parquet", FEW)
    content = (tmp_path / "data.parquet").read_bytes()
    (tmp_path / "data.parquet").write_bytes(content[:kept])
    text = refusal(engine, tmp_path)
    assert text.startswith("data 'data.parquet': DuckDB: Invalid Input Error: ")
    assert "data.parquet'" in text.removeprefix("data 'data.parquet'")


def test_text_is_no_parquet(engine: Reader, tmp_path: Path) -> None:
    (tmp_path / "data.parquet").write_text("y,p\n0,1\n1,1\n")
    assert refusal(engine, tmp_path) == (
        "data 'data.parquet': DuckDB: Invalid Input Error: "
        "No magic bytes found at end of file 'FOLDER/data.parquet'"
    )
