"""The files that a path or glob names, and the columns that their folders give."""

from pathlib import Path

import pyarrow as pa
import pytest
from support.opened_rows import FEW, Reader, by, judged, opened, refusal, segment_rows
from support.sample_data import measured, settings_of, write_data
from support.written_files import accuracy, error, write, write_columns

# Several files, and their folders


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


# Names and patterns


@pytest.mark.parametrize("data", ["data.parquet", "a b/it's [1].parquet", "x.csv", "DATA.PARQUET"])
def test_a_file_is_read_by_its_suffix_whatever_its_name(
    engine: Reader, tmp_path: Path, data: str
) -> None:
    settings = settings_of(tmp_path, data=data)
    name = data.lower() if data.isupper() else data
    write_data(tmp_path / name, FEW)
    (tmp_path / name).rename(tmp_path / data)
    assert engine.open(settings).labelled == 3


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_file_whose_name_looks_like_a_pattern_is_the_one_that_is_read(
    engine: Reader, tmp_path: Path, suffix: str
) -> None:
    write_data(tmp_path / f"day[1].{suffix}", FEW)
    write_data(tmp_path / f"day1.{suffix}", {"y": [1], "p": [1]})
    assert opened(engine, tmp_path, data=f"day[1].{suffix}").given == 3
    assert opened(engine, tmp_path, data=f"day*.{suffix}").given == 4


def test_a_path_may_be_absolute(engine: Reader, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    write_data(tmp_path / "data.csv", FEW)
    rows = opened(engine, tmp_path / "elsewhere", data=str(tmp_path / "data.csv"))
    assert rows.given == 3
    rows = opened(engine, tmp_path / "elsewhere", data=str(tmp_path / "d*.csv"))
    assert rows.given == 3


def test_the_folder_may_look_like_a_pattern(engine: Reader, tmp_path: Path) -> None:
    folder = tmp_path / "[ab]*"
    folder.mkdir()
    assert opened(engine, folder, FEW, data="data.csv").given == 3
    assert opened(engine, folder, data="*.csv").given == 3


@pytest.mark.parametrize("pattern", ["day-*.{}", "**/day-*.{}", "day-[12].{}", "day-?.{}"])
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_pattern_takes_all_files_it_fits(
    engine: Reader, tmp_path: Path, pattern: str, suffix: str
) -> None:
    write_data(tmp_path / f"day-1.{suffix}", {"y": [0], "p": [0]})
    write_data(tmp_path / f"day-2.{suffix}", {"y": [1], "p": [0]})
    rows = opened(engine, tmp_path, data=pattern.format(suffix))
    assert judged(engine, rows) == [0, 1]


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_files_are_put_together_by_the_names_of_their_columns(
    engine: Reader, tmp_path: Path, suffix: str
) -> None:
    write_data(tmp_path / f"1.{suffix}", {"y": [0], "p": [0], "old": ["x"]})
    write_data(tmp_path / f"2.{suffix}", {"new": [2.5], "p": [1], "y": [1]})
    rows = opened(engine, tmp_path, data=f"*.{suffix}")
    assert engine.run("select y, p from given order by y") == [(0, 0), (1, 1)]
    assert rows.given == 2


def test_folders_that_name_a_value_are_a_column(engine: Reader, tmp_path: Path) -> None:
    write_data(tmp_path / "region=north" / "1.parquet", FEW)
    write_data(tmp_path / "region=south" / "1.parquet", FEW)
    segments = [{"by": "region", "thresholds": {"accuracy": 0.5}}]
    rows = opened(engine, tmp_path, data="region=*/*.parquet", segments=segments)
    assert segment_rows(engine, rows, by("region")) == {
        (("region", "north"),): 3,
        (("region", "south"),): 3,
    }


# What is no file to read


def test_a_missing_file_is_told(engine: Reader, tmp_path: Path) -> None:
    assert refusal(engine, tmp_path, data="a/b.csv") == ("data 'a/b.csv': no such file in FOLDER")


def test_a_pattern_without_a_match_is_told(engine: Reader, tmp_path: Path) -> None:
    assert refusal(engine, tmp_path, data="*.parquet") == (
        "data '*.parquet': no such file in FOLDER"
    )


@pytest.mark.parametrize("data", ["data.csv", "data.parquet", "data.csv.gz"])
def test_an_empty_file_is_told(engine: Reader, tmp_path: Path, data: str) -> None:
    (tmp_path / data).touch()
    assert refusal(engine, tmp_path, data=data) == (
        f"data {data!r}: FOLDER/{data} is an empty file"
    )


def test_one_empty_file_among_several_is_told(engine: Reader, tmp_path: Path) -> None:
    write_data(tmp_path / "1.csv", FEW)
    (tmp_path / "2.csv").touch()
    assert refusal(engine, tmp_path, data="*.csv") == (
        "data '*.csv': FOLDER/2.csv is an empty file"
    )


@pytest.mark.parametrize("data", ["folder.parquet", "*.parquet"])
def test_a_folder_is_no_file(engine: Reader, tmp_path: Path, data: str) -> None:
    (tmp_path / "folder.parquet").mkdir()
    assert refusal(engine, tmp_path, data=data) == (
        f"data {data!r}: FOLDER/folder.parquet is a folder; name its files, as in '*.parquet'"
    )


def test_a_link_that_leads_nowhere_is_told(engine: Reader, tmp_path: Path) -> None:
    (tmp_path / "1.csv").symlink_to(tmp_path / "gone.csv")
    assert refusal(engine, tmp_path, data="*.csv") == (
        "data '*.csv': can't be found ([Errno 2] No such file or directory: 'FOLDER/1.csv')"
    )


def test_a_name_that_is_too_long_is_told(engine: Reader, tmp_path: Path) -> None:
    assert "File name too long" in refusal(engine, tmp_path, data="a" * 300 + ".csv")
