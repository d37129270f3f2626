"""Files as strangers write them: read right, or an error that says what to mend, never a guess."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet
from support.sample_data import estimated, measured, python_model, results_of, settings_of, valued

from model_checks.data import open_engine
from model_checks.errors import SettingsError
from model_checks.judging.verdict import Verdict
from model_checks.pipeline import judge
from model_checks.settings.column_roles import roles_of

Content = str | bytes | Mapping[str, Any]


def write(folder: Path, files: Mapping[str, Content]) -> None:
    """Files by their name: texts and bytes as they are, columns as Parquet."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, newline="", encoding="utf-8")
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            parquet.write_table(pa.table(dict(content)), path)


def accuracy(folder: Path, data: Any, **keys: Any) -> float:
    """The accuracy of what lies in a folder."""
    [value] = [estimated(measured(folder, data=data, **keys), "accuracy").value]
    assert value is not None
    return value


def error(folder: Path, data: Any, **keys: Any) -> str:
    """Why a model can't be judged."""
    [result] = results_of(folder, data=data, **keys)
    assert result.verdict is Verdict.ERROR, result.message
    return result.message


def lines(*rows: str, header: str = "y,p", times: int = 1) -> str:
    return "".join(f"{row}\n" for row in (header, *rows * times))


# Types


@pytest.mark.parametrize(
    ("labels", "positive"),
    [
        (("yes", "no"), "yes"),
        (("Yes", "No"), "Yes"),
        (("t", "f"), "t"),
        (("on", "off"), "on"),
        (("true", "false"), True),
        (("TRUE", "FALSE"), True),
        (("1", "0"), 1),
        (("1.0", "0.0"), 1),
        (("01", "00"), 1),
        (("2026-01-01", "2026-01-02"), "2026-01-01"),
        (("NA", "no"), "NA"),
        (("A1", "007"), "A1"),
    ],
)
def test_labels_of_two_columns_are_read_alike(
    tmp_path: Path, labels: tuple[str, str], positive: Any
) -> None:
    yes, no = labels
    rows = [f"{yes},{yes}", f"{no},{no}", f"{no},{yes}"]
    write(tmp_path, {"log.csv": lines(*rows, times=10)})
    assert accuracy(tmp_path, "log.csv", positive_label=positive) == pytest.approx(2 / 3)


def test_a_third_word_in_one_column_changes_no_label(tmp_path: Path) -> None:
    write(tmp_path, {"log.csv": lines("yes,yes", "no,no", "no,unsure", times=10)})
    assert accuracy(tmp_path, "log.csv", task="multiclass") == pytest.approx(2 / 3)
    assert "'no', 'unsure', 'yes'" in error(tmp_path, "log.csv", positive_label="yes")


def test_a_column_has_one_type_in_all_files(tmp_path: Path) -> None:
    write(tmp_path, {"1.csv": lines("01,01", "02,02"), "2.csv": lines("A7,01", "02,A7")})
    write(tmp_path, {"3.csv": lines("03,03")})
    found = measured(tmp_path, data="*.csv", task="multiclass")
    assert found.predictions is not None
    assert found.predictions.labels == ("01", "02", "03", "A7")


def test_one_label_that_is_written_in_two_ways_is_an_error(tmp_path: Path) -> None:
    rows = [f"{k:02},{k:02}" for k in range(1, 13)]
    write(tmp_path, {"log.csv": lines(*rows, "03,unknown", times=5)})
    told = error(tmp_path, "log.csv", task="multiclass")
    assert "look like one label, written in two ways" in told
    assert "target 'y' has '1', '2'" in told


@pytest.mark.parametrize(
    ("column", "late", "kind"),
    [
        ("a", "0x1F", "VARCHAR"),
        ("a", "zz", "VARCHAR"),
        ("a", "2.5", "DOUBLE"),
        ("a", "UTF8", "VARCHAR"),
        ("b", "nan", "VARCHAR"),
        ("b", "x conversion error", "VARCHAR"),
        ("c", "tRUE", "BOOLEAN"),
        ("c", "1", "VARCHAR"),
    ],
)
def test_a_late_field_decides_of_its_column(
    tmp_path: Path, column: str, late: str, kind: str
) -> None:
    fields = {"a": "7", "b": "0.5", "c": "True"}
    usual = ",".join(["1", *fields.values(), "1"])
    last = ",".join(["1", *{**fields, column: late}.values(), "1"])
    text = lines(*[usual] * 1500, last, header="d,a,b,c,e")
    write(tmp_path, {"log.csv": text})
    segments = [{"by": column, "thresholds": {"accuracy": 0.1}}]
    settings = settings_of(tmp_path, data="log.csv", target="d", prediction="e", segments=segments)
    model = settings.models["m"]
    with open_engine(model.data, settings, roles_of(model)) as engine:
        assert engine.columns("given") == {"d": "BIGINT", column: kind, "e": "BIGINT"}


def test_norway_is_no_boolean(tmp_path: Path) -> None:
    rows = ["1,1,no", "0,0,se", "1,0,no"]
    write(tmp_path, {"log.csv": lines(*rows, header="y,p,region", times=10)})
    segments = [{"by": "region", "thresholds": {"accuracy": 0.4}}]
    found = measured(tmp_path, data="log.csv", segments=segments)
    assert [*found.statistics] == [(), (("region", "no"),), (("region", "se"),)]


def test_words_like_na_are_words_where_they_label_and_a_note_counts_them(tmp_path: Path) -> None:
    rows = ["1,1,NA", "0,0,None", "1,1,", "0,0,west"]
    write(tmp_path, {"log.csv": lines(*rows, header="y,p,region", times=10)})
    segments = [{"by": "region", "thresholds": {"accuracy": 0.4}}]
    run = judge(settings_of(tmp_path, data="log.csv", segments=segments))
    assert {dict(one.check.segment).get("region", "all") for one in run.results} == {
        *("all", "NA", "None", "west", None)
    }
    [note] = [one for one in run.models["m"].notes if "NA" in one]
    assert note == (
        "m: 20 fields of 'region' hold a word like NA, None or null, which is judged as a word: "
        "leave a field empty where a value is missing"
    )


@pytest.mark.parametrize("word", ["", "NA", "nan", "null", "#N/A"])
def test_a_score_that_is_missing_is_counted_however_it_is_written(
    tmp_path: Path, word: str
) -> None:
    write(tmp_path, {"log.csv": lines("1,0.9", f"0,{word}", header="y,s", times=5)})
    assert error(tmp_path, "log.csv", score="s").endswith(
        "score 's' is null in 5 of 10 labelled rows"
    )


RECORDING = """
class Model:
    feature_names_in_ = {features!r}

    def predict(self, frame):
        frame.to_pickle({file!r})
        return [0] * len(frame)

model = Model()
"""


def fed(folder: Path, data: Any, features: list[str], **keys: Any) -> pd.DataFrame:
    """What a model is called with."""
    file = folder / "frames.pickle"
    model = python_model(folder, RECORDING.format(features=features, file=str(file)))
    measured(folder, data=data, model=model, **keys)
    frame: pd.DataFrame = pd.read_pickle(file)
    return frame


def test_a_model_is_fed_what_pandas_reads(tmp_path: Path) -> None:
    header = "y,flag,code,day,answer,gap,maybe,zone"
    rows = [
        "0,True,01,2013-04-01,yes,1,True,NA",
        "1,False,02,2013-04-02,no,,,west",
        "0,True,007,2013-04-03,yes,3,False,west",
    ]
    write(tmp_path, {"1.csv": lines(*rows, header=header), "2.csv": lines(*rows, header=header)})
    expected = pd.concat([pd.read_csv(tmp_path / "1.csv", low_memory=False)] * 2, ignore_index=True)
    names = header.split(",")[1:]
    segments = [{"by": "zone", "thresholds": {"accuracy": 0.1}}]
    found = fed(tmp_path, "?.csv", names, time_column="day", segments=segments)
    pd.testing.assert_frame_equal(found, expected[names], check_dtype=True)


# Times


@pytest.mark.parametrize(
    ("times", "seen"),
    [
        (["03/04/2026", "05/06/2026"], "00/00/0000"),
        (["03.04.2026", "05.06.2026"], "00.00.0000"),
        (["3-4-2026", "5-6-2026"], "0-0-0000"),
        (["2026-3-4", "2026-5-6"], "0000-0-0"),
        (["2026/03/04", "2026/05/06"], "0000/00/00"),
        (["1 Mar 2026", "2 Mar 2026"], "0 aaa 0000"),
        (["2026-02-30", "2026-03-01"], "0000-00-00"),
        (["2026-03-01", "yesterday"], "aaaaaaaaa"),
        (["2026-03-01 10:00:00 BST", "2026-03-01 10:00:00 IST"], "0000-00-00 00:00:00 aaa"),
        (["2026-03-01 (BC)", "2026-03-01 10:"], "0000-00-00 (aa)"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_text_that_is_no_time_for_sure_is_refused(
    tmp_path: Path, times: list[str], seen: str, suffix: str
) -> None:
    settings = settings_of(
        tmp_path,
        {"y": [0, 1], "p": [0, 1], "at": times},
        data=f"log{suffix}",
        time_column="at",
    )
    [result] = judge(settings).results
    line = ", line " if suffix == ".csv" else ""
    assert f"time_column 'at': in {tmp_path}/log{suffix}{line}" in result.message
    assert f"it looks like {seen!r}; say time_format, as in time_format = '%d.%m.%Y'" in (
        result.message
    )


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("2026-05-04T10:20:30Z", {}),
        ("2026-05-04 12:20:30+02:00", {}),
        ("2026-05-04T12:20:30.000+0200", {}),
        ("2026-05-04 10:20:30", {}),
        ("2026-05-04 10:20:30 UTC", {}),
        ("04.05.2026 10:20:30", {"time_format": "%d.%m.%Y %H:%M:%S"}),
        ("05/04/26 10:20:30 AM", {"time_format": "%m/%d/%y %I:%M:%S %p"}),
        ("20260504102030", {"time_format": "%Y%m%d%H%M%S"}),
        ("04May2026 12:20:30 +0200", {"time_format": "%d%b%Y %H:%M:%S %z"}),
        ("1777890030", {"time_unit": "s"}),
        ("1777890030000", {"time_unit": "ms"}),
        ("1777890030000000", {"time_unit": "us"}),
        ("1777890030000000000", {"time_unit": "ns"}),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_times_are_read_as_they_are_said(
    tmp_path: Path, text: str, keys: dict[str, str], suffix: str
) -> None:
    value: Any = int(text) if "time_unit" in keys and suffix == ".parquet" else text
    columns = {"y": [0, 1], "p": [0, 1], "at": [value, value]}
    write_columns(tmp_path / f"log{suffix}", columns)
    found = measured(tmp_path, data={"files": f"log{suffix}", **keys}, time_column="at")
    told = found.facts.newest_row
    assert told is None or told.isoformat() == "2026-05-04T10:20:30+00:00"
    assert found.signs is not None
    assert found.signs.times is not None
    assert found.signs.times.newest is not None
    assert found.signs.times.newest.isoformat() == "2026-05-04T10:20:30+00:00"


def write_columns(path: Path, columns: Mapping[str, Any]) -> None:
    frame = pd.DataFrame(dict(columns))
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)


def test_times_without_a_zone_lie_in_a_window_of_utc(tmp_path: Path) -> None:
    rows = ["1,1,2013-04-30", "0,1,2013-04-29", "0,1,2013-05-01T00:00:00Z"]
    write(tmp_path, {"log.csv": lines(*rows, header="y,p,at")})
    [result] = results_of(tmp_path, data="log.csv", time_column="at", window="1d")
    found = valued(result.estimate)
    assert (found.value, found.n) == (1.0, 1)


# Every named column in every file


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


def test_an_empty_day_is_no_reason_to_stop(tmp_path: Path) -> None:
    write(tmp_path, {"1.csv": "y,p\n1,1\n", "2.csv": "y,p\n", "3.csv": "y,p"})
    empty = {"y": pa.array([], pa.null()), "p": pa.array([], pa.int64())}
    write(tmp_path, {"1.parquet": {"y": [1], "p": [1]}, "2.parquet": empty})
    assert accuracy(tmp_path, "?.csv") == accuracy(tmp_path, "?.parquet") == 1.0


# Folders


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


# How a CSV is written


PLAIN = "y,p,Sales\n" + "1,1,x\n0,1,z\n" * 5
WRITTEN: dict[str, tuple[Content, Mapping[str, str]]] = {
    "commas in a header": ("Sales, net, EUR;y;p\n" + "1,50;1;1\n2,75;0;1\n" * 5, {}),
    "commas in a quoted header": ('"Sales, net";y;p\n' + '"a;b";1;1\n"c";0;1\n' * 5, {}),
    "tabs": (PLAIN.replace(",", "\t"), {}),
    "bars": (PLAIN.replace(",", "|"), {}),
    "a delimiter that is said": (PLAIN.replace(",", "^"), {"delimiter": "^"}),
    "single quotes": (PLAIN.replace("y,p", "'y','p'").replace("x", "'x, w'"), {}),
    "apostrophes": ("city," + PLAIN.replace("\n", "\n's-Gravenhage,", 10), {}),
    "a quote that is said": (PLAIN.replace("x", "'x, w'"), {"quote": "'"}),
    "line ends of Windows": (PLAIN.replace("\n", "\r\n"), {}),
    "line ends of old": (PLAIN.replace("\n", "\r"), {}),
    "mixed line ends": (PLAIN.replace("x\n", "x\r\n"), {}),
    "lines in a quote": (PLAIN.replace("x", '"two\r\nlines, ""said"""'), {}),
    "a mark": (b"\xef\xbb\xbf" + PLAIN.encode(), {}),
    "UTF-16": (PLAIN.encode("utf-16"), {}),
    "an encoding that is said": (PLAIN.replace("x", "Å").encode("cp1252"), {"encoding": "cp1252"}),
    "empty lines": ("\n\n" + PLAIN.replace("z\n", "z\n\n") + "\n", {}),
    "no line end": (PLAIN.removesuffix("\n"), {}),
    "packed": (gzip.compress(PLAIN.encode()), {}),
    "packed in two parts": (
        gzip.compress(PLAIN[:30].encode()) + gzip.compress(PLAIN[30:].encode()),
        {},
    ),
    "quoted numbers": (PLAIN.replace("1,1", '"1","1"'), {}),
    "a column of row numbers": ("," + PLAIN.replace("\n", "\n7,", 10).rstrip("7,") + "", {}),
    "another case": ("Y," + PLAIN.replace("\n1", "\n5,1").replace("\n0", "\n7,0"), {}),
    "a column that is there twice": (
        PLAIN.replace("\n", ",5\n").replace("Sales,5", "Sales,Sales"),
        {},
    ),
}


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("name", ["log.csv", "log.txt"])
def test_a_csv_is_read_however_it_is_written(tmp_path: Path, way: str, name: str) -> None:
    content, keys = WRITTEN[way]
    write(tmp_path, {name: content})
    key = "files" if name == "log.csv" else "csv"
    assert accuracy(tmp_path, {key: name, **keys}) == 0.5


UNREADABLE: dict[str, tuple[Content, str]] = {
    "a long record": (PLAIN + "1,1,x,7\n", "line 12: has 4 fields where the first line has 3"),
    "a short record": (PLAIN + "1,1\n", "line 12: has 2 fields where the first line has 3"),
    "quotes that are not said": (PLAIN.replace("x", "'x, w'"), "has 4 fields where the first"),
    "an open quote": (PLAIN + '1,1,"x\n0,1,z\n', "ends within a quote"),
    "an open quote before": (PLAIN + '1,"1,x\n0,1,z\n', "log.csv"),
    "another encoding": (
        PLAIN.replace("x", "Å").encode("cp1252"),
        "line 2: is not written in utf-8",
    ),
    "bytes": (bytes(range(256)) * 9, "log.csv"),
    "nothing but a mark": (b"\xef\xbb\xbf", "is an empty file"),
    "empty lines": ("\n\n\n", "is an empty file"),
    "packed and cut": (gzip.compress(PLAIN.encode())[:-9], "can't be unpacked"),
    "packed and overwritten": (
        gzip.compress(PLAIN.encode() * 99)[:40]
        + b"\xff\x00\xff\x00"
        + gzip.compress(PLAIN.encode() * 99)[44:],
        "can't be unpacked",
    ),
}


@pytest.mark.parametrize("way", UNREADABLE)
@pytest.mark.parametrize("many", [False, True])
def test_a_csv_that_can_t_be_read_is_named(tmp_path: Path, way: str, many: bool) -> None:
    content, told = UNREADABLE[way]
    if many:
        write(tmp_path, {"a.csv": PLAIN})
    write(tmp_path, {"log.csv": content})
    message = error(tmp_path, "*.csv")
    assert f"{tmp_path}/log.csv" in message
    assert told in message


@pytest.mark.parametrize(
    ("fields", "keys", "told"),
    [
        (["0,9", "0,25"], {}, None),
        (["0,9", "1"], {}, None),
        (["0,9", "1e-3"], {"decimal": ","}, None),
        (["1,234", "2,345"], {}, "it has a number with a comma, '0,000'; say what that is"),
        (["1,234", "2,345"], {"decimal": ","}, None),
        (["0,9", "0.25"], {}, "it has a number with a comma, '0,0'"),
        (["0,9", "0.25"], {"decimal": ","}, "it has a number with a point, '0.00'"),
        (["90 %", "25 %"], {}, "it has a field like '00 %'"),
        (["1_0", "0.5"], {}, "it has a field like '0_0'"),
        (["0.9", "west"], {}, "line 3, it has a field like 'aaaa'"),
    ],
)
def test_decimals_are_found_or_said(
    tmp_path: Path, fields: list[str], keys: dict[str, str], told: str | None
) -> None:
    rows = [f"{k % 2};{field}" for k, field in enumerate(fields)]
    write(tmp_path, {"log.csv": lines(*rows, header="y;p", times=3)})
    data = {"files": "log.csv", **keys}
    if told is None:
        values = [float(one.replace(",", ".")) for one in fields]
        expected = np.mean(np.abs(np.array(values) - [0, 1]))
        found = estimated(measured(tmp_path, data=data, task="regression"), "mae")
        assert found.value == pytest.approx(expected)
    else:
        message = error(tmp_path, data, task="regression")
        assert f"prediction 'p' is text: in {tmp_path}/log.csv, line" in message
        assert told in message


# Formats


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


def test_nanoseconds_with_a_zone_are_times(tmp_path: Path) -> None:
    times = pd.to_datetime(["2026-05-01", "2026-05-02"]).tz_localize("Europe/Oslo")
    frame = pd.DataFrame(
        {"y": [1, 0], "p": [1, 1], "at": times.astype("datetime64[ns, Europe/Oslo]")}
    )
    frame.to_parquet(tmp_path / "data.parquet")
    found = measured(tmp_path, time_column="at")
    assert found.signs is not None
    assert found.signs.times is not None
    assert str(found.signs.times.newest) == "2026-05-01 22:00:00+00:00"
    assert fed(tmp_path, "data.parquet", ["at"])["at"].iloc[0] == times[0]


# What may be said


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"csv": "a.csv", "delimiter": ",,"}, "delimiter = ',,': must be one character"),
        ({"csv": "a.csv", "delimiter": "1"}, "delimiter = '1': must be one character"),
        ({"csv": "a.csv", "quote": "x"}, "quote"),
        ({"csv": "a.csv", "decimal": ";"}, "decimal"),
        (
            {"csv": "a.csv", "encoding": "utf-99"},
            "encoding = 'utf-99': must be an encoding of text",
        ),
        (
            {"csv": "a.csv", "encoding": "base64"},
            "encoding = 'base64': must be an encoding of text",
        ),
        ({"csv": "a.csv", "time_format": "%d.%m"}, "must tell year, month and day"),
        ({"csv": "a.csv", "time_format": "%d.%m.%Q"}, "has %Q, which is none of"),
        ({"csv": "a.csv", "time_unit": "h"}, "time_unit"),
        ({"csv": "a.csv", "time_unit": "s", "time_format": "%Y%m%d"}, "keep one"),
        (
            {"files": "a.parquet", "delimiter": ";"},
            "delimiter is of CSV, and these files are Parquet",
        ),
        ({"url_env": "DB", "table": "t", "time_format": "%Y%m%d"}, "time_format is of files"),
        (
            {"spark": "local", "files": "a.csv", "decimal": ","},
            "decimal is of files that DuckDB reads",
        ),
        ({"spark": "local", "csv": "a.csv"}, "csv is read by DuckDB; for spark write files"),
        (
            {"csv": "a.csv", "files": "b.csv"},
            "must name one of files, csv, url_env, spark, not several",
        ),
    ],
)
def test_a_mistake_in_how_files_are_read_is_told(
    tmp_path: Path, data: dict[str, str], told: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of(tmp_path, data=data, time_column="at")
    assert told in str(caught.value)


def test_a_format_of_times_needs_a_column_of_times(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="time_format is of time_column, which is missing"):
        settings_of(tmp_path, data={"csv": "a.csv", "time_format": "%Y%m%d"})
