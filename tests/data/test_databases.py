"""What is measured in a real Postgres and a real SQLite, against DuckDB on the same rows."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy.event import listen, remove
from support.alike import (
    FEATURES,
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
from support.databases import HERE, VARIABLE, Postgres, Somewhere
from support.sample_data import (
    AS_OF,
    agreed,
    complaint,
    estimated,
    measured,
    settings_of,
)

from model_checks.data import open_engine
from model_checks.data.database import Database
from model_checks.data.database import types as column_types
from model_checks.judging.results import Result
from model_checks.metrics import metrics_of
from model_checks.pipeline import judge
from model_checks.settings import Data
from model_checks.settings.places.database import DatabaseData

SEGMENTS = [["g"], ["n"], ["b"], ["g", "b"]]


def test_scores_are_judged_in_their_own_type(tmp_path: Path, postgres: Postgres) -> None:
    assert_cut_alike(tmp_path, postgres)


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_aggregate_is_as_of_duckdb(
    tmp_path: Path, database: Somewhere, task: str, weight: str | None
) -> None:
    for seed in range(3):
        columns, keys = logged(task, seed)
        keys |= {"weight": weight} if weight else {}
        thresholds = agreed(metrics_of(task))
        segments = [{"by": by, "thresholds": thresholds} for by in SEGMENTS]
        there = assert_measured_alike(
            tmp_path,
            database,
            columns,
            task=task,
            thresholds=thresholds,
            segments=segments,
            **keys,
        )
        assert len(there.statistics) > 20


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_curve_is_as_of_duckdb(tmp_path: Path, database: Somewhere, task: str) -> None:
    assert_curves_alike(tmp_path, database, task)


def results(folder: Path, columns: Mapping[str, Any] | None, **keys: Any) -> list[Result]:
    return list(judge(settings_of(folder, columns, **keys), as_of=AS_OF).results)


@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_a_window_ends_where_duckdb_says(
    tmp_path: Path, database: Somewhere, zone: str | None
) -> None:
    """The server's own zone is New York's, four or five hours from UTC."""
    columns, keys = timed(zone)
    keys["thresholds"] = agreed(metrics_of("binary"))
    there = assert_measured_alike(tmp_path, database, columns, **keys)
    assert there.facts.rows == 96
    keys["window"] = "3w"
    assert_alike(results(tmp_path, columns, **keys), results(tmp_path, None, data=HERE, **keys))


def test_a_day_is_a_time(tmp_path: Path, database: Somewhere) -> None:
    days = [date(2013, 4, 28 + k) for k in range(3)] + [None]
    columns = {"y": [1, 0, 1, 0], "p": [1, 0, 0, 0], "t": pa.array(days, pa.date32())}
    keys = {"time_column": "t", "window": "2d"}
    there = assert_measured_alike(tmp_path, database, columns, **keys)
    assert (there.facts.rows, there.facts.untimed) == (2, 1)


def test_labels_and_segments_are_written_alike(tmp_path: Path, database: Somewhere) -> None:
    """Be they booleans, whole numbers, decimals or floats."""
    segments = [{"by": name, "thresholds": {"accuracy": 0.5}} for name in ("b", "i", "d", "f", "r")]
    columns = {
        "y": [True, False, None, True, False, True],
        "p": [1, 0, 1, 0, 1, 1],
        "b": [True, None, False, True, False, True],
        "i": [1, -1, None, 2**53, 1, 0],
        "d": pa.array([Decimal(s) for s in ("1.50", "2.00", "-0.25", "100.00", "1.50", "0.00")]),
        "f": [1.0, 0.1, -0.0, 1e17, float("nan"), None],
        "r": pa.array([1.0, 0.5, -0.5, 3.0, float("nan"), None], pa.float32()),
    }
    there = assert_measured_alike(tmp_path, database, columns, segments=segments)
    found = {value for segment in there.statistics for _, value in segment}
    assert {"true", "false", "1.5", "2", "100", "0.1", "100000000000000000"} <= found


def test_decimals_are_numbers_of_a_regression(tmp_path: Path, database: Somewhere) -> None:
    columns = {
        "y": pa.array([Decimal("1.50"), Decimal("2.25"), Decimal("7.00")]),
        "p": [1, 2, 9],
        "w": pa.array([Decimal("0.5"), Decimal("1.0"), Decimal("2.5")]),
    }
    assert_measured_alike(tmp_path, database, columns, task="regression", weight="w")


AWKWARD = ['a "quote"', "a:colon :p0", "100 %s", "back\\slash", "it's", "sélect", "select"]


@pytest.mark.parametrize("name", AWKWARD)
def test_any_column_and_value_can_be_asked_for(
    tmp_path: Path, database: Somewhere, name: str
) -> None:
    assert_asked_for(tmp_path, database, name)


@pytest.mark.parametrize("name", [*AWKWARD, "Mixed Case", "given", "scored", "predictions"])
def test_any_table_can_be_read(tmp_path: Path, database: Somewhere, name: str) -> None:
    columns, keys = logged("binary", seed=1, rows=50)
    database.write(name, columns)
    keys |= {"thresholds": agreed(metrics_of("binary"))}
    here = measured(tmp_path, columns, **keys)
    assert_alike(here, measured(tmp_path, data={"url_env": VARIABLE, "table": name}, **keys))


SOURCES = [
    "select * from predictions",
    "select * from predictions;",
    "select * from predictions -- all of it: 100 %",
    "select y, p, 'it''s 12:30 :p0 50% \\ {}' as note from predictions",
    "with few as (select * from predictions) select y, p from few",
    "  select y, p from predictions union all select y, p from predictions where 1 = 0 ;\n",
]


@pytest.mark.parametrize("source", SOURCES)
def test_a_query_is_read_in_the_database_s_own_words(
    tmp_path: Path, database: Somewhere, source: str
) -> None:
    columns = {"y": [0, 1, 1, 0], "p": [0, 1, 0, 0]}
    database.write("predictions", columns)
    there = measured(tmp_path, data={"url_env": VARIABLE, "sql": source})
    assert_alike(measured(tmp_path, columns), there)


def test_a_table_of_another_schema_is_found(tmp_path: Path, postgres: Postgres) -> None:
    columns = {"y": [0, 1, 1, 0], "p": [0, 1, 0, 0]}
    postgres.server.execute('create schema if not exists "Log"')
    postgres.write("Log.Churn", columns)
    there = measured(tmp_path, data={"url_env": VARIABLE, "table": "Log.Churn"})
    assert_alike(measured(tmp_path, columns), there)


def test_types_of_postgres_alone(tmp_path: Path, postgres: Postgres) -> None:
    """Labels of an enum, scores of a domain, segments by uuid, by list and by wide numbers."""
    postgres.server.execute("drop table if exists predictions")
    postgres.server.execute("drop type if exists mood, share")
    postgres.server.execute("create type mood as enum ('sad', 'happy')")
    postgres.server.execute("create domain share as real check (value between 0 and 1)")
    postgres.server.execute(
        "create table predictions (y mood, p mood, s share, u uuid, a int[], n numeric, c char(3))"
    )
    postgres.server.execute(
        "insert into predictions select "
        "(array['sad', 'happy'])[1 + k % 2]::mood, (array['sad', 'happy'])[1 + k / 2 % 2]::mood, "
        "k / 8.0, md5((k % 2)::text)::uuid, array[k % 2, 7], "
        "case k % 3 when 0 then 'NaN' when 1 then 12345678901234567890 else 1.500 end, 'x' "
        "from generate_series(0, 7) as k"
    )
    thresholds = {"accuracy": 0.5}
    segments = [{"by": name, "thresholds": thresholds} for name in ("u", "a", "n", "c")]
    keys: dict[str, Any] = {
        "score": "s",
        "prediction": "p",
        "positive_label": "happy",
        "segments": segments,
    }
    keys["thresholds"] = {"roc_auc": 0.5, "accuracy": 0.5}
    there = measured(tmp_path, data=HERE, **keys)
    found = {value for segment in there.statistics for _, value in segment}
    assert {"{0,7}", "12345678901234567890", "1.5", None, "x"} <= found


@pytest.mark.parametrize("others", ["", ", null::uuid as u, '{}'::json as j"])
def test_common_types_are_known_by_their_numbers(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, others: str
) -> None:
    """As the catalog tells them, which is asked where one is not so common."""
    listed = ", ".join(
        f"null::{kind} as c{k}"
        for k, kind in enumerate(column_types._NUMBERED_BY_POSTGRES.values())
    )
    data = settings_of(tmp_path, data={"url_env": VARIABLE, "sql": f"select {listed}{others}"})
    with heard() as events, open_engine(data.models["m"].data, data) as engine:
        known = engine.columns("given")
        monkeypatch.setattr(column_types, "of_numbers", lambda _: None)
        assert engine.columns("given") == known
    asked = [event[2] for event in events if "format_type" in event[2]]
    assert len(asked) == (2 if others else 1)


def test_a_nan_among_decimals_is_counted(tmp_path: Path, postgres: Postgres) -> None:
    postgres.server.execute("drop table if exists predictions")
    postgres.server.execute("create table predictions (y numeric(5, 2), p numeric)")
    postgres.server.execute(
        "insert into predictions values (1, 'NaN'), (2, 'Infinity'), (3, 4), ('NaN', 1)"
    )
    told = complaint(tmp_path, task="regression", data=HERE)
    assert told == (
        "prediction 'p' is NaN in 1; prediction 'p' is infinite in 1 of 3 labelled rows"
    )


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf"), None])
def test_what_is_no_number_is_counted(tmp_path: Path, database: Somewhere, bad: Any) -> None:
    columns = {"y": [1.0, 2.0, 3.0, bad], "p": [1.0, bad, 2.0, 2.0], "w": [1.0, 1.0, bad, 1.0]}
    database.write("predictions", columns)
    keys: dict[str, Any] = {"task": "regression", "weight": "w"}
    here = complaint(tmp_path, columns, **keys)
    if database.name == "sqlite":
        here = here.replace("NaN", "null")  # which is what it makes of one
    assert complaint(tmp_path, data=HERE, **keys) == here


def data_of(folder: Path) -> Data:
    return settings_of(folder, data=HERE).models["m"].data


@contextmanager
def heard() -> Iterator[list[tuple[Any, ...]]]:
    """What SQLAlchemy tells of each statement that it sends."""
    events: list[tuple[Any, ...]] = []

    def hear(*event: Any) -> None:
        events.append(event)

    listen(sa.Engine, "before_cursor_execute", hear)
    try:
        yield events
    finally:
        remove(sa.Engine, "before_cursor_execute", hear)


# A model that is called


def test_a_model_is_called_with_what_a_file_would_give(tmp_path: Path, database: Somewhere) -> None:
    assert_called_alike(tmp_path, database)


def test_rows_come_in_batches_of_bounded_size(
    tmp_path: Path, database: Somewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, there = called_in_batches(tmp_path, database, monkeypatch)
    assert sizes == [100, 100, 50]
    assert estimated(there, "mae").value == 0


def test_postgres_keeps_the_rows_until_they_are_asked_for(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its driver would hold all of them in memory."""
    postgres.write("predictions", {"y": [1.0, 2.0]})
    with heard() as events, open_engine(data_of(tmp_path), settings_of(tmp_path)) as engine:
        assert [batch.num_rows for batch in engine.batches("select * from given", 1)] == [1, 1]
    assert [type(event[1]).__name__ for event in events].count("ServerCursor") == 1


# What is sent, and what comes back


def test_no_value_stands_in_the_sql_and_only_sums_come_back(
    tmp_path: Path, database: Somewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns, keys = logged("multiclass", seed=5, rows=2000)
    columns["y"] = [f"true-{label}" for label in columns["y"]]
    columns["p"] = [f"true-{label}" for label in columns["p"]]
    keys["score"] = {f"true-{label}": column for label, column in keys["score"].items()}
    columns["t"] = pa.array([datetime(2013, 4, 30, tzinfo=UTC)] * 2000)
    keys |= {"time_column": "t", "window": "2d", "thresholds": agreed(metrics_of("multiclass"))}
    keys["segments"] = [
        {"by": "g", "values": ["it's"], "thresholds": agreed(metrics_of("multiclass"))}
    ]
    database.write("predictions", columns)
    fetched = rows_fetched(Database, monkeypatch)
    with heard() as events:
        measured(tmp_path, task="multiclass", data=HERE, **keys)
    for value in ("true-x", "it's", "2013-"):
        assert not [statement for _, _, statement, *_ in events if value in statement]
        assert [one for *_, one, _, _ in events if value in str(one).replace('"', "")]
    assert len(fetched) > 3
    assert max(fetched) <= 100


def test_all_is_read_as_it_was_at_the_beginning(tmp_path: Path, postgres: Postgres) -> None:
    """Rows that come while it is measured would leave counts that do not agree."""
    columns = {"y": [0, 1, 1, 0], "p": [0, 1, 0, 0]}
    postgres.write("predictions", columns)
    with open_engine(data_of(tmp_path), settings_of(tmp_path)) as engine:
        [(before,)] = engine.run("select count(*) from given")
        postgres.server.execute("insert into predictions values (1, 1)")
        [(after,)] = engine.run("select count(*) from given")
    assert (before, after) == (4, 4)


# Labels of several columns, and functions of the user's own


@pytest.mark.parametrize("read", ["prediction", "score"])
def test_several_labels_a_row_are_judged_alike(
    tmp_path: Path, database: Somewhere, read: str
) -> None:
    columns, keys = logged_labels(read)
    assert_measured_alike(tmp_path, database, columns, **keys)


def test_a_function_of_one_s_own_gets_the_same_rows(tmp_path: Path, database: Somewhere) -> None:
    assert_function_alike(tmp_path, database)


# Other databases: their types come from SQLAlchemy or the driver


def test_types_are_found_without_knowing_the_database(tmp_path: Path, postgres: Postgres) -> None:
    """By what SQLAlchemy says of a table, and what the driver says of a query."""
    postgres.write("Log", {**FEATURES, "f": pa.array([1.0] * 4, pa.float32())})
    data = DatabaseData(url_env=VARIABLE, table="Log")
    with Database(data) as engine:
        by_name = engine.columns("given")
        names = list(by_name)
        of_table = column_types.of_table(engine._connection, "Log", names, "postgres")
        assert of_table == by_name
        described = engine._described("given")
        of_query = column_types.of_description(engine._connection, described, "mysql")
    assert of_query == {
        **dict.fromkeys(names, "DOUBLE"),
        "c": "VARCHAR",
        "b": "VARCHAR",
        "d": "TIMESTAMP",
        "t": "TIMESTAMP",
    }
