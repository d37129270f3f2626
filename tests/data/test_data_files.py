"""The files that a path or glob names, and the columns that their folders give."""

from pathlib import Path

import pyarrow as pa
import pytest
from support.sample_data import measured
from support.written_files import accuracy, error, write, write_columns


def test_an_empty_day_is_no_reason_to_stop(tmp_path: Path) -> None:
    write(tmp_path, {"1.csv": "y,p\n1,1\n", "2.csv": "y,p\n", "3.csv": "y,p"})
    empty = {"y": pa.array([], pa.null()), "p": pa.array([], pa.int64())}
    write(tmp_path, {"1.parquet": {"y": [1], "p": [1]}, "2.parquet": empty})
    assert accuracy(tmp_path, "?.csv") == accuracy(tmp_path, "?.parquet") == 1.0


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_folder_gives_no_column_that_a_file_has_or_above_the_glob(
    tmp_path: Path, suffix: str
) -> None:
    project = tmp_path / "y=1" / "prediction=1" / "p=1"
    (project / "p=0").mkdir(parents=True)
    write_columns(project / "p=0" / f"log.{suffix}", {"y": [1, 0], "p": [1, 1]})
    for data in (f"p=0/log.{suffix}", f"p=*/log.{suffix}", f"**/*.{suffix}"):
        assert accuracy(project, data) == 0.5
    write_columns(project / "p=0" / f"log.{suffix}", {"y": [1, 0]})
    assert "prediction 'p' is no column; known: y" in error(project, f"p=0/log.{suffix}")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_folders_below_the_glob_give_columns(tmp_path: Path, suffix: str) -> None:
    for day, place in (("2013-04-01", "a%2Fb"), ("2013-04-02", "__HIVE_DEFAULT_PARTITION__")):
        folder = tmp_path / f"day={day}" / f"place={place}"
        folder.mkdir(parents=True)
        write_columns(folder / f"log.{suffix}", {"y": [1, 0], "p": [1, 1]})
    segments = [{"by": "place", "thresholds": {"accuracy": 0.4}}]
    found = measured(tmp_path, data=f"day=*/*/*.{suffix}", segments=segments, time_column="day")
    assert found.facts.labelled == 4
    assert {*found.statistics} == {(), (("place", "a/b"),), (("place", None),)}
    assert found.signs is not None
    assert found.signs.times is not None
    assert str(found.signs.times.newest) == "2013-04-02 00:00:00+00:00"


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_whose_folder_gives_no_column_is_named(tmp_path: Path, suffix: str) -> None:
    for folder in (tmp_path / "p=1", tmp_path / "others"):
        folder.mkdir()
        write_columns(folder / f"log.{suffix}", {"y": [1, 0]})
    message = error(tmp_path, f"*/log.{suffix}")
    assert "prediction 'p' is" in message
    assert f"{tmp_path}/others/log.{suffix}" in message
