"""Times of rows: which fall into the window, whatever type and zone they are written in."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from support.opened_rows import DAYS, Reader, judged, opened, refusal
from support.sample_data import AS_OF


@pytest.mark.parametrize("times", [[1, 2], [1.5, 2.0], [True, False]])
def test_a_time_column_that_holds_no_times_is_told(
    engine: Reader, tmp_path: Path, times: list[Any]
) -> None:
    columns = {"y": [0, 1], "p": [0, 1], "t": times}
    kind = {int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}[type(times[0])]
    assert refusal(engine, tmp_path, columns, time_column="t") == (
        f"data 'data.parquet': time_column 't' is of type {kind}, which is no date or timestamp"
    )


def as_timestamps(unit: str, zone: str | None = None) -> pa.Array:
    times = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in DAYS]
    return pa.array(times, pa.timestamp("us", "UTC")).cast(pa.timestamp(unit, zone))


TIMES = {
    "dates": DAYS,
    "timestamps": as_timestamps("us"),
    "timestamps in seconds": as_timestamps("s"),
    "timestamps in milliseconds": as_timestamps("ms"),
    "timestamps in nanoseconds": as_timestamps("ns"),
    "timestamps in UTC": as_timestamps("us", "UTC"),
    "timestamps in Berlin": as_timestamps("us", "Europe/Berlin"),
}


@pytest.mark.parametrize("kind", TIMES)
def test_the_window_holds_its_start_and_not_its_end(
    engine: Reader, tmp_path: Path, kind: str
) -> None:
    columns = {"y": [1, 2, 30, 31, 32], "p": [0] * 5, "t": TIMES[kind]}
    rows = opened(engine, tmp_path, columns, time_column="t", window="29d")
    assert judged(engine, rows) == [2, 30]
    assert (rows.start, rows.end) == (datetime(2013, 4, 2, tzinfo=UTC), AS_OF)
    assert (rows.given, rows.in_window, rows.labelled, rows.untimed) == (5, 2, 2, 0)


@pytest.mark.parametrize("kind", TIMES)
def test_without_a_window_all_rows_before_the_end_are_judged(
    engine: Reader, tmp_path: Path, kind: str
) -> None:
    columns = {"y": [1, 2, 30, 31, 32], "p": [0] * 5, "t": TIMES[kind]}
    rows = opened(engine, tmp_path, columns, time_column="t")
    assert judged(engine, rows) == [1, 2, 30]
    assert (rows.start, rows.end) == (None, AS_OF)


@pytest.mark.parametrize(
    "texts",
    [
        ["2013-04-30 23:59:59", "2013-05-01 00:00:00"],
        ["2013-04-30T23:59:59Z", "2013-05-01T00:00:00Z"],
        ["2013-05-01 01:59:59+02:00", "2013-05-01 02:00:00+02:00"],
        ["2013-04-30", "2013-05-01"],
    ],
)
def test_times_of_csv_are_read_with_their_zone(
    engine: Reader, tmp_path: Path, texts: list[str]
) -> None:
    columns = {"y": [0, 1], "p": [0, 0], "t": texts}
    rows = opened(engine, tmp_path, columns, data="data.csv", time_column="t", window="1d")
    assert judged(engine, rows) == [0]


def test_the_end_of_the_window_may_be_told_in_any_zone(engine: Reader, tmp_path: Path) -> None:
    times = [AS_OF - timedelta(hours=hours) for hours in (25, 24, 1, 0)]
    columns = {"y": [25, 24, 1, 0], "p": [0] * 4, "t": pa.array(times, pa.timestamp("us"))}
    west = datetime(2013, 4, 30, 19, tzinfo=timezone(timedelta(hours=-5)))
    rows = opened(engine, tmp_path, columns, as_of=west, time_column="t", window="1d")
    assert judged(engine, rows) == [1, 24]


def test_the_window_is_as_long_where_clocks_are_changed(engine: Reader, tmp_path: Path) -> None:
    hours = [datetime(2013, 3, 31, hour, tzinfo=UTC) for hour in range(6)]
    times = pa.array(hours, pa.timestamp("us", "Europe/Berlin"))  # 02:00 does not exist there
    columns = {"y": list(range(6)), "p": [0] * 6, "t": times}
    rows = opened(engine, tmp_path, columns, as_of=hours[4], time_column="t", window="3h")
    assert judged(engine, rows) == [1, 2, 3]


def test_parts_of_a_second_count(engine: Reader, tmp_path: Path) -> None:
    columns = {
        "y": [0, 1, 2],
        "p": [0, 0, 0],
        "t": [AS_OF + timedelta(microseconds=shift) for shift in (-1, 0, 1)],
    }
    as_of = AS_OF + timedelta(microseconds=1)
    assert judged(engine, opened(engine, tmp_path, columns, as_of=as_of, time_column="t")) == [0, 1]


def test_rows_without_a_time_are_outside_and_counted(engine: Reader, tmp_path: Path) -> None:
    columns = {"y": [0, 1, 1], "p": [0, 0, 1], "t": [DAYS[0], None, None]}
    rows = opened(engine, tmp_path, columns, time_column="t")
    assert (rows.given, rows.in_window, rows.untimed) == (3, 1, 2)


def test_a_window_that_starts_before_all_times_is_open(engine: Reader, tmp_path: Path) -> None:
    columns = {"y": [0], "p": [0], "t": [date(1, 1, 1)]}
    as_of = datetime(1000, 1, 1, tzinfo=UTC)
    rows = opened(engine, tmp_path, columns, as_of=as_of, time_column="t", window="99999w")
    assert rows.labelled == 1


def test_an_empty_window_says_what_times_there_are(engine: Reader, tmp_path: Path) -> None:
    columns = {"y": [0, 1], "p": [0, 0], "t": [date(2013, 1, 1), date(2013, 3, 1)]}
    rows = opened(engine, tmp_path, columns, time_column="t", window="30d")
    assert rows.nothing == (
        "no row in the window from 2013-04-01 00:00:00 to 2013-05-01 00:00:00; "
        "t runs from 2013-01-01 to 2013-03-01"
    )


def test_an_empty_open_window_says_so(engine: Reader, tmp_path: Path) -> None:
    columns = {"y": [0], "p": [0], "t": TIMES["timestamps in UTC"].slice(4)}
    rows = opened(engine, tmp_path, columns, time_column="t")
    assert rows.nothing == (
        "no row in the window from the beginning to 2013-05-01 00:00:00; "
        "t runs from 2013-05-02 00:00:00+00 to 2013-05-02 00:00:00+00"
    )


def test_a_time_column_of_nulls_is_told(engine: Reader, tmp_path: Path) -> None:
    columns = {"y": [0, 1], "p": [0, 0], "t": pa.array([None, None], pa.date32())}
    assert opened(engine, tmp_path, columns, time_column="t").nothing == (
        "no row in the window from the beginning to 2013-05-01 00:00:00; t is null in all 2 rows"
    )
