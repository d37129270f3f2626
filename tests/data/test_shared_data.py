"""Whether two ``data`` have rows in common, and whether a baseline's are among those judged."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.paired_data import baseline_of, measured_beside
from support.sample_data import write_data

from model_checks.data.shared_data import may_share
from model_checks.settings import Data

ROWS = {"y": [1, 0], "p": [1, 0]}


def shared(one: Data, other: Data, folder: Path) -> bool:
    """Whether two have rows in common, asked from both sides."""
    both = {may_share(one, other, folder), may_share(other, one, folder)}
    assert len(both) == 1
    return both.pop()


# Files on this machine.


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    for year in (2025, 2026):
        write_data(tmp_path / "logs" / f"log-{year}.parquet", ROWS)
    write_data(tmp_path / "other.parquet", ROWS)
    (tmp_path / "link.parquet").symlink_to(tmp_path / "logs" / "log-2026.parquet")
    (tmp_path / "linked").symlink_to(tmp_path / "logs")
    os.link(tmp_path / "logs" / "log-2026.parquet", tmp_path / "hard.parquet")
    return tmp_path


@pytest.mark.parametrize(
    ("files", "same"),
    [
        ("logs/log-2026.parquet", True),
        ("./logs/../logs/log-2026.parquet", True),
        ("{folder}/logs/log-2026.parquet", True),
        ("logs/log-*.parquet", True),
        ("logs/log-202[5-9].parquet", True),
        ("**/log-*.parquet", True),
        ("link.parquet", True),
        ("hard.parquet", True),
        ("linked/log-2026.parquet", True),
        ("linked/*.parquet", True),
        ("logs/log-2025.parquet", False),
        ("logs/log-*5.parquet", False),
        ("other.parquet", False),
        ("absent.parquet", False),
        ("s3://bucket/logs/log-2026.parquet", False),
    ],
)
def test_files_are_the_same_by_whatever_name(logs: Path, files: str, same: bool) -> None:
    other = Data(files=files.format(folder=logs))
    assert shared(Data(files="logs/log-2026.parquet"), other, logs) is same


@pytest.mark.parametrize(
    ("files", "same"),
    [("logs", True), ("file:{folder}/logs/*.parquet", True), ("other.parquet", False)],
)
def test_files_that_spark_reads_are_the_same_as_well(logs: Path, files: str, same: bool) -> None:
    other = Data(files=files.format(folder=logs), spark="local[2]")
    assert shared(Data(files="logs/log-*.parquet"), other, logs) is same


# Files elsewhere.


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("s3://b/log-2026.parquet", "s3://b/log-2026.parquet", True),
        ("s3://b/log-2026.parquet", "S3://b//x/../log-2026.parquet", True),
        ("s3://b/log-2026.parquet", "s3://b/log-*.parquet", True),
        ("s3://b/log-2026.parquet", "s3://b/**/*.parquet", True),
        ("s3://b/log-2026.parquet", "s3://b/log-202[56].parquet", True),
        ("s3://b/log-2026.parquet", "s3://b/log-{2025,2026}.parquet", True),
        ("s3://b/log-2026.parquet", "s3://b/log-2025.parquet", False),
        ("s3://b/log-2026.parquet", "s3://c/log-2026.parquet", False),
        ("s3://b/log-2026.parquet", "gs://b/log-2026.parquet", False),
        ("s3://b/log-*.parquet", "s3://b/*-2026.parquet", True),
        ("s3://b/*/log-1.parquet", "s3://b/*/log-2.parquet", False),
        ("s3://b/2025-*.parquet", "s3://b/2026-*.parquet", False),
        ("s3://b/a%20b.csv", "s3://b/a b.csv", True),
        ("https://host/log.csv", "http://HOST:80/log.csv?token=1", True),
        ("https://me:word@host/log.csv", "https://host:443/./log.csv#x", True),
        ("https://host/log.csv", "https://host/other.csv", False),
        ("https://b.s3.eu-west-1.amazonaws.com/k/log.csv", "s3://b/k/*.csv", True),
        ("https://s3.eu-west-1.amazonaws.com/b/k/log.csv", "s3://b/k/log.csv", True),
        ("https://storage.googleapis.com/b/log.csv", "gs://b/log.csv", True),
        ("https://b.storage.googleapis.com/log.csv", "gs://c/log.csv", False),
    ],
)
def test_addresses_are_the_same_by_whatever_spelling(
    tmp_path: Path, one: str, other: str, same: bool
) -> None:
    assert shared(Data(files=one), Data(files=other), tmp_path) is same


def test_addresses_that_spark_reads_are_the_same_as_well(tmp_path: Path) -> None:
    cluster = Data(files="s3a://b/logs", spark="sc://host")
    assert shared(cluster, Data(files="s3://b/logs/*.parquet"), tmp_path)
    assert not shared(cluster, Data(files="s3://b/others/*.parquet"), tmp_path)
    mounted = Data(files="file:///data/log.parquet", spark="sc://host")
    assert shared(mounted, Data(files="/data/log.parquet"), tmp_path)


# Tables.


@pytest.mark.parametrize(
    ("table", "same"),
    [
        ({"table": "log"}, True),
        ({"table": "public.log"}, True),
        ({"table": "LOG"}, True),
        ({"sql": "select *\n from public.log;"}, True),
        ({"table": "archive.log"}, False),
        ({"table": "logs"}, False),
        ({"sql": "select * from log where day < 7"}, False),
    ],
)
@pytest.mark.parametrize(
    ("url", "same_database"),
    [
        ("postgresql+psycopg://reader:word@db.example:5432/prod", True),
        ("postgresql+psycopg2://DB.example/prod?sslmode=require", True),
        ("postgresql+psycopg://db.example:5433/prod", False),
        ("postgresql+psycopg://db.example/test", False),
        ("mysql://db.example/prod", False),
        ("", False),
    ],
)
def test_tables_are_the_same_by_whatever_name(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    table: dict[str, Any],
    same: bool,
    url: str,
    same_database: bool,
) -> None:
    monkeypatch.setenv("ONE", "postgresql+psycopg://db.example:5432/prod")
    monkeypatch.setenv("OTHER", url)
    one = Data(url_env="ONE", table="log")
    assert shared(one, Data(url_env="ONE", **table), tmp_path) is same
    assert shared(one, Data(url_env="OTHER", **table), tmp_path) is (same and same_database)


def test_a_file_of_sqlite_is_the_same_by_whatever_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONE", "sqlite:///log.db")
    monkeypatch.setenv("OTHER", f"sqlite:///{tmp_path}/./log.db")
    monkeypatch.setenv("THIRD", "sqlite:///other.db")
    one = Data(url_env="ONE", table="log")
    assert shared(one, Data(url_env="OTHER", table="main.log"), tmp_path)
    assert not shared(one, Data(url_env="THIRD", table="log"), tmp_path)


def test_tables_of_spark_are_the_same_by_whatever_name(tmp_path: Path) -> None:
    one = Data(spark="local", table="log")
    assert shared(one, Data(spark="local", table="spark_catalog.default.`log`"), tmp_path)
    assert not shared(one, Data(spark="local", table="archive.log"), tmp_path)
    assert not shared(one, Data(url_env="ONE", table="log"), tmp_path)
    assert not shared(one, Data(files="log.parquet"), tmp_path)


# Rows by their times.


def days(*numbers: int) -> list[datetime]:
    """Some days of April 2013."""
    return [datetime(2013, 4, number, tzinfo=UTC) for number in numbers]


def beside(folder: Path, baseline: dict[str, Any], **keys: Any) -> str | None:
    """Why the baseline of a log of two files, of which the later is judged, can't be measured."""
    for name, some in {"log-1": days(1, 2, 3), "log-2": days(11, 12, 13)}.items():
        write_data(folder / f"{name}.parquet", {"y": [1, 0, 1], "p": [1, 0, 1], "t": some})
    keys = {"data": "log-2.parquet", **keys}
    found = measured_beside(folder, None, baseline, **keys)
    assert found.facts.error is None
    assert found.baseline is not None
    return found.baseline.error


TIMED = {"time_column": "t"}
AMONG = "it has rows that are judged among its own"


@pytest.mark.parametrize("files", ["log-*.parquet", "./log-[2].parquet", "link.parquet"])
@pytest.mark.parametrize("keys", [{}, TIMED, {**TIMED, "window": "60d"}])
def test_a_baseline_of_the_files_that_are_judged_is_an_error(
    tmp_path: Path, files: str, keys: dict[str, Any]
) -> None:
    (tmp_path / "link.parquet").symlink_to(tmp_path / "log-2.parquet")
    error = beside(tmp_path, {"data": files}, **keys)
    assert error is not None
    assert error.startswith(AMONG)


@pytest.mark.parametrize(
    ("baseline", "keys"),
    [
        ({"data": "log-1.parquet"}, {}),
        ({"data": "log-*.parquet", "as_of": days(11)[0]}, TIMED),
        ({"data": "log-*.parquet", "as_of": days(10)[0]}, {**TIMED, "window": "60d"}),
        ({"data": "log-1.parquet"}, {**TIMED, "data": "log-*.parquet", "window": "20d"}),
    ],
)
def test_rows_of_the_same_files_at_other_times_are_a_baseline(
    tmp_path: Path, baseline: dict[str, Any], keys: dict[str, Any]
) -> None:
    assert beside(tmp_path, baseline, **keys) is None


def test_a_baseline_that_has_the_last_of_the_rows_that_are_judged_is_an_error(
    tmp_path: Path,
) -> None:
    baseline = {"data": "log-*.parquet", "window": "1h"}
    for microseconds, expected in ((0, None), (1, AMONG)):
        as_of = days(13)[0] + timedelta(microseconds=microseconds)
        error = beside(tmp_path, {**baseline, "as_of": as_of}, **TIMED)
        assert error == expected


def test_rows_without_a_time_of_their_own_may_be_any(tmp_path: Path) -> None:
    write_data(tmp_path / "data.parquet", {**ROWS, "t": days(1, 2)})
    for times in ({}, {"t": ["a", "b"]}):
        write_data(tmp_path / "more" / "data-2.parquet", {**ROWS, **times})
        (tmp_path / "more" / "data-1.parquet").unlink(missing_ok=True)
        os.link(tmp_path / "data.parquet", tmp_path / "more" / "data-1.parquet")
        found = measured_beside(tmp_path, None, {"data": "more/*.parquet"}, **TIMED)
        assert found.baseline is not None
        assert found.baseline.error is not None


def test_other_rows_are_compared_with_none(tmp_path: Path) -> None:
    write_data(tmp_path / "other.parquet", {**ROWS, "t": days(1, 2)})
    columns = {**ROWS, "t": days(1, 2)}
    found = measured_beside(tmp_path, columns, {"data": "other.parquet"}, **TIMED)
    assert baseline_of(found).statistics[()].rows == 2
