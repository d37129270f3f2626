"""What is read of the files, which rows fall into the window, and what is counted on the way."""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from support.sample_data import AS_OF, damaged_parquet, settings_of, write_data

from model_checks.data import open_engine
from model_checks.data import rows as reading
from model_checks.data.rows import Rows, open_rows
from model_checks.errors import DataError
from model_checks.plan.checks import Segment
from model_checks.settings import Segmentation, Settings
from model_checks.settings.column_roles import roles_of
from model_checks.text import label_text, quoted


class Reader:
    """The engine that was opened last; all are closed at the end of a test."""

    def __init__(self, engines: ExitStack) -> None:
        self._engines = engines
        self.scratch = None

    def open(self, settings: Settings, as_of: datetime = AS_OF) -> Rows:
        model = settings.models["m"]
        opened = self._engines.enter_context(open_engine(model.data, settings, roles_of(model)))
        self.run, self.columns, self.batches = opened.run, opened.columns, opened.batches
        return open_rows(opened, model, as_of)


@pytest.fixture
def engine() -> Iterator[Reader]:
    with ExitStack() as engines:
        yield Reader(engines)


def opened(
    engine: Reader, folder: Path, columns: Any = None, *, as_of: datetime = AS_OF, **keys: Any
) -> Rows:
    return engine.open(settings_of(folder, columns, **keys), as_of)


def refusal(engine: Reader, folder: Path, columns: Any = None, **keys: Any) -> str:
    with pytest.raises(DataError, match="data '") as caught:
        opened(engine, folder, columns, **keys)
    text = str(caught.value)
    assert "\n" not in text
    return text.replace(str(folder), "FOLDER")


def by(*columns: str, most: int = 1000) -> Segmentation:
    return Segmentation.model_construct(by=list(columns), thresholds={}, max_segments=most)


def segment_rows(engine: Reader, rows: Rows, one: Segmentation) -> dict[Segment, int]:
    """The values of a segmentation, each with its labelled rows."""
    found = reading.segment_rows(engine, rows, one)
    return {segment: counts.labelled for segment, counts in found.items()}


def judged(engine: Reader, rows: Rows) -> list[Any]:
    """The labels of the rows to judge, in order."""
    found = engine.run(f"select y from {rows.relation} where {rows.condition} order by y")
    return [label for (label,) in found]


# Files

FEW = {"y": [0, 1, 1], "p": [0, 1, 0]}


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


def test_csv_may_be_compressed(engine: Reader, tmp_path: Path) -> None:
    (tmp_path / "data.csv.gz").write_bytes(gzip.compress(b"y,p\n0,0\n1,1\n"))
    assert opened(engine, tmp_path, data="data.csv.gz").given == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_may_be_separated_otherwise(
    engine: Reader, tmp_path: Path, delimiter: str, end: str
) -> None:
    lines = [["y", "p", "it's, a; name"], ["0", "1", '"a ""b"";,"'], ["1", "1", ""]]
    text = end.join(delimiter.join(line) for line in lines) + end
    if delimiter in ",;":
        text = text.replace("it's, a; name", '"it\'s, a; name"')
    (tmp_path / "data.csv").write_bytes(text.encode("utf-8-sig"))
    segments = [{"by": "it's, a; name", "thresholds": {"accuracy": 0.5}}]
    rows = opened(engine, tmp_path, data="data.csv", segments=segments)
    assert list(rows.types.values()) == ["BIGINT", "BIGINT", "VARCHAR"]
    assert engine.run('select "it\'s, a; name" from given') == [('a "b";,',), (None,)]


def test_no_line_of_csv_is_taken_for_a_comment_or_a_preamble(
    engine: Reader, tmp_path: Path
) -> None:
    (tmp_path / "data.csv").write_text("y,p\n#1,a\nb,a\n#2,b\n")
    assert judged(engine, opened(engine, tmp_path, data="data.csv")) == ["#1", "#2", "b"]


def test_the_type_of_a_csv_column_is_told_by_all_its_lines(engine: Reader, tmp_path: Path) -> None:
    lines = ["y,p"] + ["1,1"] * 30_000 + ["1.5,late"]
    (tmp_path / "data.csv").write_text("\n".join(lines))
    rows = opened(engine, tmp_path, data="data.csv")
    assert rows.types == {"y": "DOUBLE", "p": "VARCHAR"}


def test_words_alone_are_not_mistaken_for_a_file_without_header(
    engine: Reader, tmp_path: Path
) -> None:
    write_data(tmp_path / "data.csv", {"y": ["a", "b"], "p": ["b", "a"]})
    assert judged(engine, opened(engine, tmp_path, data="data.csv")) == ["a", "b"]


# What is wrong with files


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


def test_a_csv_file_of_its_header_alone_has_no_rows(engine: Reader, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("y,p,t\n")
    assert refusal(engine, tmp_path, data="data.csv", time_column="t") == (
        "data 'data.csv': has no rows"
    )


def test_a_parquet_file_without_rows_is_told(engine: Reader, tmp_path: Path) -> None:
    text = refusal(engine, tmp_path, {"y": pa.array([], "int64"), "p": pa.array([], "int64")})
    assert text == "data 'data.parquet': has no rows"


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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("y,p\n1,0\n1\n0,0\n", "line 3: has 1 field where the first line has 2"),
        ("y,p\n1,0\n1,0,1\n", "line 3: has 3 fields where the first line has 2"),
        ('y,p\n"1,0\n1,1\n', "line 3: has 1 field where the first line has 2"),
    ],
)
def test_ragged_csv_is_told(engine: Reader, tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "data.csv").write_text(text)
    assert refusal(engine, tmp_path, data="data.csv") == (
        f"data 'data.csv': FOLDER/data.csv, {told}, by delimiter ',' and quote '\"', "
        "found in its first line"
    )


def test_a_line_before_the_header_is_taken_for_it(engine: Reader, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("# made by x\ny,p\n1,0\n")
    assert refusal(engine, tmp_path, data="data.csv") == (
        "data 'data.csv': target 'y' is no column; prediction 'p' is no column; "
        "its first line has none of the columns that are named; is it one of names?"
    )


def test_csv_that_is_ragged_further_down_is_told_without_showing_the_row(
    engine: Reader, tmp_path: Path
) -> None:
    lines = ["y,p"] + ["1,0"] * 30_000 + ["1,0,private"]
    (tmp_path / "data.csv").write_text("\n".join(lines))
    assert refusal(engine, tmp_path, data="data.csv") == (
        "data 'data.csv': FOLDER/data.csv, line 30,002: has 3 fields where the first line has 2, "
        "by delimiter ',' and quote '\"', found in its first line"
    )


def test_csv_in_another_encoding_is_told(engine: Reader, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes("y,p\nKöln,Köln\n".encode("latin-1"))
    assert "line 2: is not written in utf-8; say its encoding" in (
        refusal(engine, tmp_path, data="data.csv")
    )


@pytest.mark.parametrize("content", [bytes(range(256)) * 8, b"\x1f\x8b broken"])
def test_binary_rubbish_is_no_csv(engine: Reader, tmp_path: Path, content: bytes) -> None:
    for data in ("data.csv", "data.csv.gz"):
        (tmp_path / data).write_bytes(content)
        assert refusal(engine, tmp_path, data=data).startswith(f"data {data!r}: ")


def test_a_truncated_archive_is_told(engine: Reader, tmp_path: Path) -> None:
    content = gzip.compress(b"y,p\n" + b"0,1\n" * 50_000)
    (tmp_path / "data.csv.gz").write_bytes(content[:-20])
    assert refusal(engine, tmp_path, data="data.csv.gz") == (
        "data 'data.csv.gz': FOLDER/data.csv.gz can't be unpacked: it is a damaged gzip file"
    )


def test_an_archive_whose_bytes_were_overwritten_is_told(engine: Reader, tmp_path: Path) -> None:
    content = gzip.compress(b"y,p\n" + b"0,1\n" * 100)
    (tmp_path / "data.csv.gz").write_bytes(content[:10] + b"\xff" * 40)
    text = refusal(engine, tmp_path, data="data.csv.gz")
    assert text.endswith("FOLDER/data.csv.gz can't be unpacked: it is a damaged gzip file")


# Columns


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


@pytest.mark.parametrize("times", [[1, 2], [1.5, 2.0], [True, False]])
def test_a_time_column_that_holds_no_times_is_told(
    engine: Reader, tmp_path: Path, times: list[Any]
) -> None:
    columns = {"y": [0, 1], "p": [0, 1], "t": times}
    kind = {int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}[type(times[0])]
    assert refusal(engine, tmp_path, columns, time_column="t") == (
        f"data 'data.parquet': time_column 't' is of type {kind}, which is no date or timestamp"
    )


# Windows

DAYS = [date(2013, 4, day) for day in (1, 2, 30)] + [date(2013, 5, 1), date(2013, 5, 2)]


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


# Labels


@pytest.mark.parametrize(
    "labels",
    [
        pa.array([1, None, 0]),
        pa.array([1.0, float("nan"), 0.0]),
        pa.array([1.0, float("nan"), 0.0], pa.float32()),
        pa.array(["a", None, "b"]),
        pa.array([True, None, False]),
        pa.array([Decimal("1.5"), None, Decimal(2)]),
    ],
)
def test_rows_without_a_label_are_counted_and_left_out(
    engine: Reader, tmp_path: Path, labels: pa.Array
) -> None:
    rows = opened(engine, tmp_path, {"y": labels, "p": [0, 0, 0]})
    assert (rows.in_window, rows.labelled) == (3, 2)
    assert len(judged(engine, rows)) == 2


def test_no_labelled_row_is_told(engine: Reader, tmp_path: Path) -> None:
    rows = opened(engine, tmp_path, {"y": pa.array([None, None], "int64"), "p": [1, 0]})
    assert rows.nothing == "no labelled row among the 2 rows in the window"


def test_an_infinite_number_is_a_label(engine: Reader, tmp_path: Path) -> None:
    assert opened(engine, tmp_path, {"y": [float("inf"), 1.0], "p": [1, 0]}).labelled == 2


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (True, "1"),
        (False, "0"),
        (1, "1"),
        (1.0, "1"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (10**20, str(10**20)),
        ("1.0", "1.0"),
        (float("inf"), "inf"),
    ],
)
def test_a_label_of_the_settings_is_the_text_that_the_data_becomes(label: Any, text: str) -> None:
    assert label_text(label) == text


# Segments

SEGMENTS: dict[str, tuple[Any, dict[str | None, int]]] = {
    "words": (["b", "a", "b"], {"a": 1, "b": 2}),
    "booleans": ([True, False, True], {"true": 2, "false": 1}),
    "whole numbers": ([1, 2, 1], {"1": 2, "2": 1}),
    "floats": ([1.0, 2.5, 1.0], {"1": 2, "2.5": 1}),
    "large floats": ([1e17, -1e16, 1e17], {"1" + "0" * 17: 2, "-1" + "0" * 16: 1}),
    "decimals": ([Decimal("1.50"), Decimal("2.00"), Decimal("1.50")], {"1.5": 2, "2": 1}),
    "dates": ([DAYS[0], DAYS[1], DAYS[0]], {"2013-04-01": 2, "2013-04-02": 1}),
    "times": (
        [datetime(2013, 4, 1, 12), datetime(2013, 4, 1), datetime(2013, 4, 1)],  # noqa: DTZ001
        {"2013-04-01 12:00:00": 1, "2013-04-01 00:00:00": 2},
    ),
    "nulls": (["a", None, None], {"a": 1, None: 2}),
    "NaN": ([1.0, float("nan"), None], {"1": 1, None: 2}),
    "infinite": ([float("inf"), float("-inf"), 0.0], {"inf": 1, "-inf": 1, "0": 1}),
    "SQL and quotes": (["'; drop", 'a"b', "'; drop"], {"'; drop": 2, 'a"b': 1}),
    "empty words": (["", " ", ""], {"": 2, " ": 1}),
    "dictionary": (pa.array(["a", "b", "a"]).dictionary_encode(), {"a": 2, "b": 1}),
    "lists": ([[1, 2], [3], [1, 2]], {"[1, 2]": 2, "[3]": 1}),
}


@pytest.mark.parametrize("kind", SEGMENTS)
def test_segment_values_are_texts(engine: Reader, tmp_path: Path, kind: str) -> None:
    values, expected = SEGMENTS[kind]
    rows = opened(engine, tmp_path, {"y": [0, 1, 1], "p": [0, 1, 1], "g": values})
    found = segment_rows(engine, rows, by("g"))
    assert found == {(("g", text),): n for text, n in expected.items()}


def test_segments_count_labelled_rows_of_the_window_alone(engine: Reader, tmp_path: Path) -> None:
    columns = {
        "y": [0, None, 1, 1],
        "p": [0, 0, 0, 0],
        "g": ["a", "b", "a", "c"],
        "h": [1, 1, 2, 1],
        "t": [DAYS[0], DAYS[0], DAYS[0], DAYS[4]],
    }
    rows = opened(engine, tmp_path, columns, time_column="t")
    assert segment_rows(engine, rows, by("g")) == {(("g", "a"),): 2}
    both = segment_rows(engine, rows, by("h", "g"))
    assert both == {(("h", "1"), ("g", "a")): 1, (("h", "2"), ("g", "a")): 1}


def test_names_of_columns_may_hold_anything(engine: Reader, tmp_path: Path) -> None:
    names = ['a "b"', "c.d", "it's; drop table given", "select", "ü ✈"]
    columns = {name: [0, 1] for name in names} | {"given": ["x", "y"]}
    target, prediction, weight, *segments = names
    keys: dict[str, Any] = {"target": target, "prediction": prediction, "weight": weight}
    keys["segments"] = [{"by": [*segments, "given"], "thresholds": {"accuracy": 0.5}}]
    rows = opened(engine, tmp_path, columns, **keys)
    assert rows.labelled == 2
    assert len(segment_rows(engine, rows, by(*segments, "given"))) == 2


def test_a_list_of_labels_is_told_in_short() -> None:
    assert quoted([]) == ""
    assert quoted(list("abcde")) == "'a', 'b', 'c', 'd', 'e'"
    assert quoted(list("abcdefg")) == "'a', 'b', 'c', 'd', 'e' and 2 more"


def test_a_file_that_goes_bad_in_the_middle_is_told(engine: Reader, tmp_path: Path) -> None:
    damaged_parquet(tmp_path / "data.parquet", "p")
    rows = opened(engine, tmp_path)
    with pytest.raises(DataError, match=r"^DuckDB: "):
        list(engine.batches(f"select p from {rows.relation}", 1000))


def test_a_column_with_too_many_values_is_refused(engine: Reader, tmp_path: Path) -> None:
    columns = {"y": [0, 1] * 30, "p": [0, 1] * 30, "g": list(range(60)), "h": ["a", "b", None] * 20}
    rows = opened(engine, tmp_path, columns)
    assert len(segment_rows(engine, rows, by("g", most=60))) == 60
    assert len(segment_rows(engine, rows, by("h", most=3))) == 3
    with pytest.raises(
        DataError, match=r"segments by g, h: 60 values, more than max_segments = 59"
    ):
        segment_rows(engine, rows, by("g", "h", most=59))
