"""No value of a row is in an error, whichever engine, model or function meets it."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from support.databases import VARIABLE, Postgres, SQLite
from support.sample_data import python_model, python_module, results_of

from model_checks.data.database.errors import query_complaint
from model_checks.judging.verdict import Verdict

NAME, NUMBER = "Zebedee Quux", 987654321
CANARIES = ("zebedee", "quux", "987654321", "98765", "1987-06-05", "6543")
GOOD = "y,p,s,t\n" + "0,0,0.1,b\n1,1,0.9,b\n" * 20
LATE = "y,p,s,t\n" + '0,0,0.1,"two\nlines"\n1,1,0.9,b\n' * 15_000


def complaints(folder: Path, **keys: Any) -> list[str]:
    """What is said of a model that can't be measured; it holds no canary."""
    results = results_of(folder, **keys)
    assert {result.verdict for result in results} == {Verdict.ERROR}
    for result in results:
        assert "\n" not in result.message
        assert [one for one in CANARIES if one in result.message.lower()] == [], result.message
    return [result.message for result in results]


KEYS: list[dict[str, Any]] = [
    {"time_column": "t", "window": "30d"},
    {"task": "regression", "target": "t"},
    {"task": "regression", "prediction": "t"},
    {"weight": "t"},
    {"score": "t"},
    {"weight": "n"},
    {"target": "absent"},
    {"target": "many"},
    {"segments": [{"by": "many", "max_segments": 3, "thresholds": {"accuracy": 0.5}}]},
]


def columns_of() -> dict[str, list[Any]]:
    rows = 200
    return {
        "y": [0, 1] * (rows // 2),
        "p": [0, 1] * (rows // 2),
        "n": [-NUMBER - k for k in range(rows)],
        "t": [f"{NAME} {k}" for k in range(rows)],
        "many": [f"1987-06-05 {k}" for k in range(rows)],
    }


def without_labels(keys: dict[str, Any]) -> bool:
    """Labels may be told, so a column taken for one shows its first values."""
    return keys != {"target": "many"}


@pytest.mark.parametrize("keys", [one for one in KEYS if without_labels(one)], ids=str)
def test_a_column_of_the_wrong_kind_in_a_file(tmp_path: Path, keys: dict[str, Any]) -> None:
    complaints(tmp_path, columns=columns_of(), **keys)


@pytest.mark.parametrize("place", ["sqlite", "postgres"])
def test_a_column_of_the_wrong_kind_in_a_database(
    tmp_path: Path, place: str, request: pytest.FixtureRequest
) -> None:
    database = request.getfixturevalue(place)
    database.write("predictions", columns_of())
    for keys in filter(without_labels, KEYS):
        complaints(tmp_path, data={"url_env": VARIABLE, "table": "predictions"}, **keys)


@pytest.mark.parametrize(
    "text",
    [
        f"{GOOD}1,1,0.9,{NAME},{NUMBER}\n",
        f"{GOOD}1,1,0.9\n{NAME}\n",
        f'{GOOD}1,1,0.9,"{NAME}\n{NUMBER}\n',
        f'{LATE}1,1,0.9,"{NAME}\n{NUMBER}",{NUMBER}\n',
        f'{LATE}1,1,0.9,"{NAME}\n{NUMBER}\n{NAME}\n',
        f"{NAME},{NUMBER},1987-06-05,0.5\n{NAME},{NUMBER},1987-06-05,0.5\n",
        f'{GOOD}1,1,0.9,"{(NAME * 400_000)}"\n',
        "y,p,s,t\n" + f"{NAME},{NAME},{NUMBER},{NUMBER}\n" * 60,
    ],
    ids=lambda text: f"{len(text)} characters",
)
@pytest.mark.parametrize("name", ["data.csv", "data.csv.gz"])
def test_a_line_of_csv_that_can_t_be_read(tmp_path: Path, text: str, name: str) -> None:
    content = text.encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    task = {"task": "regression"} if text.startswith("y") else {}
    complaints(tmp_path, data=name, **task)


@pytest.mark.parametrize("end", [b"\xff\xfe Zebedee", b"987654321,\xff"])
@pytest.mark.parametrize("start", [GOOD, LATE], ids=["first lines", "later lines"])
def test_bytes_that_are_no_text(tmp_path: Path, start: str, end: bytes) -> None:
    (tmp_path / "data.csv").write_bytes(start.encode() + b'1,1,0.9,"' + end + b'"\n')
    told = complaints(tmp_path, data="data.csv")
    assert "is not written in utf-8; say its encoding" in told[0]


@pytest.mark.parametrize(
    "content",
    [b"Zebedee Quux 987654321", gzip.compress(b"x", mtime=0)[:9] + b"Zebedee"],
    ids=["no archive", "a broken one"],
)
def test_an_archive_that_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data.csv.gz").write_bytes(content)
    complaints(tmp_path, data="data.csv.gz")


def test_of_several_files_the_bad_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text(LATE)
    (tmp_path / "2.csv").write_text(f'{LATE}1,1,0.9,"{NAME}\n{NUMBER}",{NUMBER}\n')
    [told] = complaints(tmp_path, data="*.csv")
    assert f"{tmp_path / '2.csv'}, line 45,003: has 5 fields where the first line has 4" in told


def test_text_in_parquet_that_is_none(tmp_path: Path) -> None:
    bad = b"\xff\xfe Zebedee"
    buffers = [None, pa.py_buffer((0).to_bytes(4, "little") + len(bad).to_bytes(4, "little"))]
    text = pa.Array.from_buffers(pa.string(), 1, [*buffers, pa.py_buffer(bad)])
    table = pa.table({"y": text, "p": ["1"]})
    parquet.write_table(table, tmp_path / "data.parquet")
    complaints(tmp_path)


# What a database says while it computes


@pytest.mark.parametrize(
    "expression",
    [
        "t::int",
        "t::date",
        "t::numeric",
        "n::smallint",
        "(n * 10)::int * 100",
        "case when t::xml is null then 1 end",
        "t::json is null",
        "to_timestamp(t, t) is null",
        "t::varchar(3)::inet is null",
        "date_trunc(t, now()) is null",
        "now() at time zone t is null",
        "regexp_count(t, '(' || t)",
        "sqrt(n)",
        "t::bytea is null",
        "decode(t, 'hex') is null",
        "t::regclass is null",
        "t::regtype is null",
        "public.shout(t)",
    ],
)
def test_what_postgres_can_t_compute(tmp_path: Path, postgres: Postgres, expression: str) -> None:
    postgres.write("predictions", columns_of())
    postgres.server.execute(
        "create or replace function public.shout(t text) returns int language plpgsql as "
        "'begin raise exception ''no % for you'', t; end'"
    )
    data = {"url_env": VARIABLE, "sql": f"select y, p, {expression} as w from predictions"}
    complaints(tmp_path, data=data, weight="w")


@pytest.mark.parametrize(
    "expression",
    [
        "json(t)",
        "json_extract('{}', t)",
        "abs(-9223372036854775808 + n * 0)",
        "sum(9223372036854775807 + n * 0) over ()",
        "strftime('%Y', t) || load_extension(t)",
        "cast(x'ff5a656265646565' as text)",
    ],
)
def test_what_sqlite_can_t_compute(tmp_path: Path, sqlite: SQLite, expression: str) -> None:
    sqlite.write("predictions", columns_of())
    data = {"url_env": VARIABLE, "sql": f"select y, p, {expression} as t from predictions"}
    complaints(tmp_path, data=data, weight="t")


def test_a_text_that_sqlite_s_driver_can_t_decode(tmp_path: Path, sqlite: SQLite) -> None:
    sqlite.write("predictions", columns_of())
    with closing(sqlite3.connect(sqlite.file)) as connection:
        connection.execute("update predictions set t = cast(x'5a656265646565ff' as text)")
        connection.commit()
    segments = [{"by": "t", "values": ["a"], "thresholds": {"accuracy": 0.5}}]
    model = python_model(tmp_path, "frame.t", feature_names_in_=["t"])
    data = {"url_env": VARIABLE, "table": "predictions"}
    told = complaints(tmp_path, data=data, model=model, segments=segments)
    assert "Could not decode to UTF-8 column" in told[0]


def test_a_time_that_a_driver_can_t_hold(tmp_path: Path, postgres: Postgres) -> None:
    postgres.write("predictions", columns_of())
    model = python_model(tmp_path, "frame.d", feature_names_in_=["d"])
    sql = "select y, '99999-06-05'::date + n * 0 as d from (select y, 0 as n from predictions) as a"
    data = {"url_env": VARIABLE, "sql": sql}
    [told] = complaints(tmp_path, data=data, model=model)
    assert "99999" not in told


@pytest.mark.parametrize("error", [ValueError(NAME), OverflowError(NUMBER), KeyError(NAME)])
def test_what_a_driver_s_python_raises(error: Exception) -> None:
    told = str(query_complaint(error, "mysql", VARIABLE))
    assert told == f"mysql: a value can't be read ({type(error).__name__})"


# Models and functions

CHOKES = [
    "frame.t.astype(float)",
    "(_ for _ in ()).throw(ValueError(f'no {frame.t[3]!r}, nor {frame.n[3]}'))",
    "{}[frame.t[0]]",
    "np.array(frame.t, dtype=float)",
    "frame.t.map(dict(zip(frame.t[:9], frame.t[:9])))",
    "frame.to_dict('records')",
    "[{name: 1} for name in frame.t]",
    "frame.t.values.reshape(-1, 1).tolist()",
    "__import__('sys').exit(frame.t[0])",
    "(_ for _ in ()).throw(type('E' + frame.t[0], (Exception,), {})(frame.t[0].split()[0]))",
    '(_ for _ in ()).throw(ValueError(f\'{-frame.n[0]:,} {frame.t[0].replace(" ", "_")}\'))',
]


@pytest.mark.parametrize("predict", CHOKES)
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_a_model_that_chokes_on_a_row(tmp_path: Path, task: str, predict: str) -> None:
    model = python_model(tmp_path, predict, feature_names_in_=["t", "n"])
    results = results_of(tmp_path, columns_of(), model=model, task=task)
    for result in results:
        if "its labels, which" not in result.message and "labels;" not in result.message:
            assert [one for one in CANARIES if one in result.message.lower()] == [], result.message


def test_a_function_that_chokes_on_a_row(tmp_path: Path) -> None:
    text = "def own(y_true, y_pred): raise ValueError(f'no {y_true[1]}, {y_pred.tolist()}')"
    function = python_module(tmp_path, text, "own")["python"]
    columns = {"y": [NUMBER, NUMBER + 1], "p": [NUMBER, NUMBER + 2]}
    thresholds = {"own": {"metric": function, "min": 1.0}}
    [told] = complaints(tmp_path, columns=columns, task="regression", thresholds=thresholds)
    assert told.endswith(": raised ValueError: no [hidden], [[hidden], [hidden]]")
