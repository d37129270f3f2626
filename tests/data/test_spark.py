"""What is measured in a real Spark, against DuckDB on the same rows."""

import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from support.alike import (
    assert_alike,
    assert_asked_for,
    assert_called_alike,
    assert_curves_alike,
    assert_cut_alike,
    assert_function_alike,
    assert_measured_alike,
    called_in_batches,
    logged,
    logged_labels,
    rows_fetched,
    timed,
)
from support.paired_data import baseline_of, measured_beside, two_models
from support.sample_data import (
    agreed,
    complaint,
    estimated,
    measured,
    python_model,
    write_data,
)
from support.spark_cluster import Place, kill_an_executor

from model_checks.data.duckdb import DuckDB
from model_checks.data.engine import Engine
from model_checks.data.spark import Spark, connection
from model_checks.data.values import text_of
from model_checks.metrics import metrics_of
from model_checks.predict import batches
from model_checks.settings import Limits
from model_checks.settings.places.files import FileData

pytestmark = pytest.mark.slow


def everything(task: str, *by: Any) -> dict[str, Any]:
    """A threshold for each metric of a task, for the whole and for some segmentations."""
    thresholds = agreed(metrics_of(task))
    segments = [{"by": columns, "thresholds": thresholds} for columns in by]
    return {"task": task, "thresholds": thresholds, **({"segments": segments} if by else {})}


@pytest.mark.parametrize(
    ("task", "weight"),
    [("binary", "w"), ("multiclass", None), ("regression", "w")],
)
def test_every_aggregate_is_as_of_duckdb(
    tmp_path: Path, spark_local: Place, task: str, weight: str | None
) -> None:
    columns, keys = logged(task, seed=1)
    keys |= everything(task, "g", ["n", "b"]) | ({"weight": weight} if weight else {})
    there = assert_measured_alike(tmp_path, spark_local, columns, **keys)
    assert len(there.statistics) > 15


def test_scores_are_judged_in_their_own_type(tmp_path: Path, spark_local: Place) -> None:
    assert_cut_alike(tmp_path, spark_local)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_aggregate_is_as_of_duckdb_through_connect(
    tmp_path: Path, spark_server: Place, task: str
) -> None:
    columns, keys = logged(task, seed=2)
    by = ["g"] if task == "binary" else []
    assert_measured_alike(tmp_path, spark_server, columns, **keys, **everything(task, *by))


@pytest.mark.parametrize("read", ["prediction", "score"])
def test_several_labels_a_row_are_judged_alike(
    tmp_path: Path, spark_local: Place, read: str
) -> None:
    columns, keys = logged_labels(read)
    assert_measured_alike(tmp_path, spark_local, columns, **keys)


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_a_pair_is_measured_alike(tmp_path: Path, spark_local: Place, task: str) -> None:
    columns, own, other = two_models(task, 300, 1)
    columns = {name: list(values) for name, values in columns.items()}
    spark_local.write("predictions", columns)
    keys = {**everything(task, "g"), **own, "weight": "w"}
    here = measured_beside(tmp_path, columns, other, **keys)
    there = measured_beside(tmp_path, None, other, **keys, data=spark_local.data())
    assert_alike(baseline_of(here), baseline_of(there))


def test_a_function_of_one_s_own_gets_the_same_rows(tmp_path: Path, spark: Place) -> None:
    assert_function_alike(tmp_path, spark)


def test_several_executors_find_what_duckdb_finds(tmp_path: Path, spark_executors: Place) -> None:
    columns, keys = logged("binary", seed=3)
    keys["thresholds"] = {"recall": 0.5, "roc_auc": 0.5}
    assert_measured_alike(tmp_path, spark_executors, columns, weight="w", **keys)
    with connection.open_session(spark_executors.address) as session:
        assert session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() == 1 + 2


def test_what_an_executor_takes_with_it_is_computed_again(
    tmp_path: Path, spark_executors: Place
) -> None:
    columns, keys = logged("regression", seed=4)
    spark_executors.write("predictions", columns)
    here = measured(tmp_path, columns, task="regression", **keys)
    kill_an_executor()
    there = measured(tmp_path, task="regression", data=spark_executors.data(), **keys)
    assert_alike(here, there)


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_every_curve_is_as_of_duckdb(tmp_path: Path, spark: Place, task: str) -> None:
    assert_curves_alike(tmp_path, spark, task)


@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_a_window_ends_where_duckdb_says(tmp_path: Path, spark: Place, zone: str | None) -> None:
    columns, keys = timed(zone)
    keys["thresholds"] = {"recall": 0.5}
    there = assert_measured_alike(tmp_path, spark, columns, **keys)
    assert there.facts.rows == 96


# Texts


def compared(here: Engine, there: Engine, name: str, key: str) -> Sequence[tuple[Any, Any]]:
    """A column's values as text by both engines, where they differ."""
    found = []
    for engine in (here, there):
        text = text_of(f'"{name}"', engine.columns("given")[name])
        rows = engine.run(f"select {key}, {text} from given order by {key}")
        found.append([value for _, value in rows])
    return [(one, other) for one, other in zip(*found, strict=True) if one != other]


def test_values_are_written_as_duckdb_writes_them(tmp_path: Path, spark: Place) -> None:
    draws = np.random.default_rng(5)
    floats = [0.0005, 1e18, 1e-5, 1.5e-5, 12345678.5, 1e22, 1e-310, 2e-3, -0.0, 9999999.5, 1e16]
    floats += [1234567890123456.5, -9.99e-5, 1e-4, 2e23, np.inf, -np.inf, np.nan, 1.0, 0.1]
    floats += (draws.normal(size=200) * 10.0 ** draws.integers(-320, 300, 200)).tolist()
    floats += (draws.normal(size=200) * 10.0 ** draws.integers(-8, 20, 200)).tolist()
    n = len(floats)
    moments = draws.integers(-(10**15), 2 * 10**15, n)
    cents = draws.integers(-(10**6), 10**6, n).tolist()
    columns = {
        "key": range(n),
        "double": floats,
        "float": pa.array(draws.choice([0.1, -0.5, 3.0, 1e-5, 1e30], n), pa.float32()),
        "instant": pa.array(moments, pa.timestamp("us", "UTC")),
        "local": pa.array(moments // 1000 * 1000, pa.timestamp("us")),
        "day": pa.array(draws.integers(-700_000, 20_000, n).astype(np.int32), pa.date32()),
        "decimal": pa.array([Decimal(c).scaleb(-4) for c in cents], pa.decimal128(12, 4)),
        "wide": pa.array([Decimal(c) * 10**20 for c in cents], pa.decimal128(38, 0)),
        "boolean": [bool(c % 2) if c % 3 else None for c in cents],
        "tiny": pa.array(draws.integers(0, 200, n), pa.uint8()),
        "huge": pa.array(draws.integers(0, 2**62, n), pa.uint64()),
        "text": [f"ä{c} %s" if c % 3 else None for c in cents],
    }
    spark.write("predictions", columns)
    write_data(tmp_path / "data.parquet", columns)
    with DuckDB(Limits()) as here, spark.opened(tmp_path) as there:
        here.read(FileData(files="data.parquet"), tmp_path)
        different = {name: compared(here, there, name, "key") for name in columns}
    assert {name: values for name, values in different.items() if values} == {}


def test_labels_and_segments_are_those_of_duckdb(tmp_path: Path, spark: Place) -> None:
    segments = [{"by": name, "thresholds": {"accuracy": 0.5}} for name in ("b", "d", "f", "t")]
    moment = datetime(2013, 4, 1, 12, 30, tzinfo=UTC)
    columns = {
        "y": [True, False, None, True, False, True],
        "p": [1, 0, 1, 0, 1, 1],
        "b": [True, None, False, True, False, True],
        "d": pa.array([Decimal(s) for s in ("1.50", "2.00", "-0.25", "100.00", "1.50", "0.00")]),
        "f": [1.0, 0.0005, -0.0, 1e17, float("nan"), None],
        "t": pa.array([moment, moment, None, None, moment, None]),
    }
    there = assert_measured_alike(tmp_path, spark, columns, segments=segments)
    found = {value for segment in there.statistics for _, value in segment}
    assert {"true", "1.5", "2", "0.0005", "2013-04-01 12:30:00+00", None} <= found


AWKWARD = ['a "quote"', "a:colon :p0", "100 %s", "back`tick", "it's", "sélect", "select", "a.b"]


@pytest.mark.parametrize("name", AWKWARD)
def test_any_column_and_value_can_be_asked_for(
    tmp_path: Path, spark_local: Place, name: str
) -> None:
    assert_asked_for(tmp_path, spark_local, name)


# Files


def assert_read_alike(folder: Path, spark: Place, files: str) -> None:
    with DuckDB(Limits()) as here, spark.opened(folder, files=files) as there:
        here.read(FileData(files=files), folder)
        types = here.columns("given")
        assert {
            name: kind.replace("INTEGER", "BIGINT") for name, kind in there.columns("given").items()
        } == types
        columns = ", ".join(f'cast("{name}" as varchar)' for name in types)
        rows = [sorted(map(str, one.run(f"select {columns} from given"))) for one in (here, there)]
    assert rows[0] == rows[1]


def test_relative_paths_start_where_the_file_is(tmp_path: Path, spark_local: Place) -> None:
    folder = tmp_path / "odd [1] {a,b} *"
    write_data(folder / "log" / "one.parquet", {"y": [1, 2], "a": [1.5, None]})
    write_data(folder / "log" / "two.parquet", {"y": [3], "a": [2.5]})
    assert_read_alike(folder, spark_local, "log/*.parquet")
    assert_read_alike(folder, spark_local, "log/one.parquet")


CSV = {
    "plain": "a,b,c,d,e\n1,1.5,x,true,2013-04-01\n,,,,\n-2,2.5,y,false,2013-04-02\n",
    "semicolons": "a;b;c\n1;1.5;x, y\n2;2;z\n",
    "quotes": 'a,b\n"x ""y"" z",1\n"two\nlines",2\n"",3\nplain,4\n',
    "times": "a,b\n2013-04-01 12:30:00,1\n2013-04-02 00:00:00.25,2\n",
    "long": "a\n" + "\n".join(map(str, range(30_000))) + "\n1.5\n",
}


@pytest.mark.parametrize("name", CSV)
def test_csv_is_read_as_duckdb_reads_it(tmp_path: Path, spark: Place, name: str) -> None:
    (tmp_path / "log.csv").write_text(CSV[name])
    assert_read_alike(tmp_path, spark, str(tmp_path / "log.csv"))


# A model that is called


def test_a_model_is_called_with_what_a_file_would_give(tmp_path: Path, spark: Place) -> None:
    assert_called_alike(tmp_path, spark)


def test_rows_come_in_batches_of_bounded_size(
    tmp_path: Path, spark: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, there = called_in_batches(tmp_path, spark, monkeypatch)
    assert max(sizes) <= 100
    assert sum(sizes) == 250
    assert estimated(there, "mae").value == 0


def test_few_rows_are_held_at_a_time(tmp_path: Path, spark: Place) -> None:
    rows, groups = 400_000, 20
    table = pa.table({f"x{k}": np.random.default_rng(k).random(rows) for k in range(5)})
    parquet.write_table(table, tmp_path / "log.parquet", row_group_size=rows // groups)
    taken = 0
    with spark.opened(tmp_path, files=str(tmp_path / "log.parquet")) as engine:
        tracemalloc.start()
        for batch in engine.batches("select * from given", 5_000):
            taken += batch.num_rows
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert taken == rows
    assert peak < table.nbytes / 4


def test_a_model_that_raises_leaves_spark_to_the_next_one(tmp_path: Path, spark: Place) -> None:
    spark.write("predictions", {"y": [float(k) for k in range(5000)], "x": list(range(5000))})
    model = python_model(tmp_path, "1 / 0")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "BATCH_ROWS", 100)
        told = complaint(tmp_path, task="regression", data=spark.data(), model=model)
    assert told.endswith("predict raised ZeroDivisionError: division by zero")
    model = python_model(tmp_path)
    there = measured(tmp_path, task="regression", data=spark.data(), model=model)
    assert there.facts.labelled == 5000


# What leaves Spark, and what stays


def test_no_row_leaves_where_predictions_are_logged(
    tmp_path: Path, spark_local: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns, keys = logged("binary", seed=5, rows=3000)
    columns[keys["score"]] = np.random.default_rng(5).random(3000).tolist()
    spark_local.write("predictions", columns)
    fetched = rows_fetched(Spark, monkeypatch)
    measured(tmp_path, data=spark_local.data(), **keys, **everything("binary"))
    assert len(fetched) > 3
    assert max(fetched) < 1000


def test_one_spark_serves_all_models(tmp_path: Path, spark_local: Place) -> None:
    address = spark_local.address
    with connection.open_session(address) as one, connection.open_session(address) as other:
        assert one.sparkContext is other.sparkContext
        assert one is not other


def test_somebody_s_spark_is_used_and_left_as_it_is(
    tmp_path: Path, spark_local: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyspark.sql import SparkSession

    with connection.open_session(spark_local.address):
        monkeypatch.setattr(connection, "_started", [])
    theirs = SparkSession.builder.getOrCreate()
    theirs.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    theirs.sql("select 1 as theirs").createOrReplaceTempView("given")
    columns, keys = logged("binary", seed=6, rows=50)
    assert_measured_alike(tmp_path, spark_local, columns, **keys)
    assert theirs.conf.get("spark.sql.session.timeZone") == "Asia/Tokyo"
    assert theirs.table("given").columns == ["theirs"]
    told = complaint(tmp_path, data={"spark": "local[7]", "table": "predictions"})
    assert told == (
        "data 'predictions': this process has a Spark on 'local[2]' already and can't have "
        "another one; name that one, or stop it"
    )
    theirs.catalog.dropTempView("given")


def test_models_of_one_server_do_not_see_each_other_s_rows(tmp_path: Path, spark: Place) -> None:
    spark.write("one", {"y": [1]})
    spark.write("two", {"y": [1, 2]})
    with spark.opened(tmp_path, table="one") as one:
        with spark.opened(tmp_path, table="two") as two:
            assert two.run("select count(*) from given") == [(2,)]
        assert one.run("select count(*) from given") == [(1,)]
