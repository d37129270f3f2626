"""Every query of the suite in every dialect: translated without a warning, and parsed back."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import exp
from support.alike import logged
from support.sample_data import agreed, measured, reopened, settings_of

from model_checks.data.dialects import DIALECTS, duckdb_type, translated
from model_checks.data.duckdb import DuckDB
from model_checks.errors import DataError
from model_checks.measure.curves import curves_of
from model_checks.metrics import metrics_of


@pytest.fixture(scope="module")
def queries(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """All that is asked of an engine which lets no row out, for every task."""
    asked: set[str] = set()
    run_as_ever = DuckDB.run

    def run(engine: DuckDB, sql: str) -> Any:
        asked.add(sql)
        return run_as_ever(engine, sql)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DuckDB, "run", run)
        patch.setattr(DuckDB, "scratch", None)
        for task in ("binary", "multiclass", "regression"):
            measure_all(tmp_path_factory.mktemp(task), task)
    return {sql for sql in asked if not sql.startswith(("create ", "describe "))}


def measure_all(folder: Path, task: str) -> None:
    columns, keys = logged(task, seed=2)
    columns["t"] = [datetime(2013, 4, 30, tzinfo=UTC)] * len(columns["y"])
    thresholds = agreed(metrics_of(task))
    listed = {"by": "g", "values": ["a", "it's"], "thresholds": thresholds}
    found = {"by": ["g", "n", "b"], "thresholds": thresholds}
    keys |= {"thresholds": thresholds, "weight": "w", "time_column": "t", "window": "3d"}
    for one in (found, listed):
        given = {"task": task, "segments": [one], **keys}
        predictions = measured(folder, columns, **given).predictions
        assert predictions is not None
        with reopened(settings_of(folder, **given), predictions) as engine:
            curves_of(engine, predictions, (("g", "it's"),))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_query_is_translated_and_parses(
    queries: set[str], dialect: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(queries) > 40
    with caplog.at_level(logging.WARNING):
        for sql in queries:
            there = translated(sql, dialect, "model_checks_given")
            tree = sqlglot.parse_one(there.text, read=dialect)
            assert not list(tree.find_all(exp.Command))
            assert set(re.findall(r":(p+\d+)\b", there.text)) == there.values.keys()
            assert not [text for text in strings(tree) if text not in OURS]
            assert not re.search(r"\bgiven\b", there.text)
    assert caplog.messages == []


OURS = {"NaN", "Infinity", "inf", "%Y-%m-%d %H:%M:%f"}
# How Spark writes a number or a time is made into how DuckDB does.
OURS |= {"timestamp", "double", "float", "+00", "%n%", "%E%", "infinity", "0", ".0e", "e"}
OURS |= {"e([0-9])", "e+$1", "([+-])([0-9])$", "$10$2"}


def strings(tree: exp.Expr) -> Iterator[str]:
    return (one.name for one in tree.find_all(exp.Literal) if one.is_string)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_are_quoted_as_the_dialect_does(dialect: str) -> None:
    there = translated("""select "a ""b`]c" from given""", dialect)
    [column] = sqlglot.parse_one(there.text, read=dialect).find_all(exp.Column)
    assert column.name == 'a "b`]c'


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_division_is_never_of_whole_numbers(dialect: str) -> None:
    there = translated("select count(*) / 2 as half from given", dialect).text
    divided = sqlglot.parse_one(there, read=dialect).find(exp.Div)
    assert divided is not None
    whole_without = {"bigquery", "clickhouse", "databricks", "mysql", "snowflake", "spark"}
    assert dialect in whole_without or "CAST" in there


def test_equal_strings_are_one_parameter() -> None:
    there = translated("select 'a', 'b', 'a' from given", "postgres")
    assert there.text == "SELECT :p0, :p1, :p0 FROM given"
    assert there.values == {"p0": "a", "p1": "b"}


def test_a_parameter_is_not_taken_for_a_part_of_a_name() -> None:
    there = translated("""select "x:p0", "x:pp", 'a' from given""", "postgres")
    assert there.text == 'SELECT "x:p0", "x:pp", :ppp0 FROM given'


def test_what_a_dialect_lacks_is_an_error() -> None:
    with pytest.raises(DataError, match=r"^sqlite lacks what the query needs: "):
        translated("select * from given, unnest([1, 2]) as t(a)", "sqlite")


def test_named_windows_are_spelt_out_where_they_are_used() -> None:
    sql = (
        "select (select sum(b) over w from t window w as (order by c)) "
        "from given window w as (partition by a)"
    )
    assert translated(sql, "bigquery").text == (
        "SELECT (SELECT SUM(b) OVER (ORDER BY c) FROM t) FROM given"
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_order_of_nulls_is_asked_for(dialect: str) -> None:
    """It would cost an index, and no query of ours sorts one."""
    for direction in ("", " desc"):
        there = translated(f"select a from given order by a{direction}", dialect).text
        assert there.upper() == f"SELECT A FROM GIVEN ORDER BY A{direction.upper()}"


TYPES = {
    "postgres": {
        "boolean": "BOOLEAN",
        "smallint": "SMALLINT",
        "integer": "INTEGER",
        "bigint": "BIGINT",
        "real": "FLOAT",
        "double precision": "DOUBLE",
        "numeric": "DECIMAL",
        "numeric(10,2)": "DECIMAL",
        "character varying": "VARCHAR",
        "character": "VARCHAR",
        "text": "VARCHAR",
        "date": "DATE",
        "timestamp without time zone": "TIMESTAMP",
        "timestamp with time zone": "TIMESTAMP WITH TIME ZONE",
        "uuid": "UUID",
        "integer[]": "INTEGER[]",
        "mood": "MOOD",
        "jsonb": "JSONB",
    },
    "spark": {
        "boolean": "BOOLEAN",
        "tinyint": "TINYINT",
        "int": "INTEGER",
        "bigint": "BIGINT",
        "float": "FLOAT",
        "double": "DOUBLE",
        "decimal(10,2)": "DECIMAL(10,2)",
        "string": "VARCHAR",
        "date": "DATE",
        "timestamp": "TIMESTAMP WITH TIME ZONE",
        "timestamp_ntz": "TIMESTAMP",
        "array<int>": "ARRAY<INT>",
        "void": "VOID",
    },
    "bigquery": {"INT64": "BIGINT", "FLOAT64": "DOUBLE", "NUMERIC": "DECIMAL", "STRING": "VARCHAR"},
    "clickhouse": {
        "Nullable(Float64)": "DOUBLE",
        "LowCardinality(String)": "VARCHAR",
        "Decimal(10, 2)": "DECIMAL(10,2)",
        "DateTime64(3)": "TIMESTAMP",
        "UInt8": "UTINYINT",
    },
    "mysql": {"int(11)": "INTEGER", "tinyint(1)": "TINYINT", "bigint unsigned": "UBIGINT"},
    "snowflake": {"NUMBER(38,0)": "DECIMAL(38,0)", "TIMESTAMP_NTZ": "TIMESTAMP", "FLOAT": "DOUBLE"},
    "trino": {"decimal(10,2)": "DECIMAL(10,2)", "real": "FLOAT", "timestamp(6)": "TIMESTAMP"},
    "tsql": {
        "bit": "BOOLEAN",
        "datetimeoffset": "TIMESTAMP WITH TIME ZONE",
        "money": "DECIMAL(19,4)",
    },
}


@pytest.mark.parametrize(
    ("dialect", "native", "expected"),
    [(dialect, *pair) for dialect, types in TYPES.items() for pair in types.items()],
)
def test_a_type_has_the_name_that_duckdb_gives_it(dialect: str, native: str, expected: str) -> None:
    assert duckdb_type(native, dialect) == expected
