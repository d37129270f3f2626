"""CSV as strangers write it: read right, or an error that says what to mend, never a guess."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.opened_rows import Reader, judged, opened, refusal
from support.sample_data import estimated, measured, settings_of, write_data
from support.written_files import Content, accuracy, error, fed, lines, write

from model_checks.data import open_engine
from model_checks.errors import SettingsError
from model_checks.pipeline import judge
from model_checks.settings.column_roles import roles_of

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


# Opened by the engine


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


def test_a_csv_file_of_its_header_alone_has_no_rows(engine: Reader, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("y,p,t\n")
    assert refusal(engine, tmp_path, data="data.csv", time_column="t") == (
        "data 'data.csv': has no rows"
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
