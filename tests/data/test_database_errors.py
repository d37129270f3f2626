"""What is told of a database that can't be read: one sentence, an ERROR of that model alone."""

import shlex
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import SQLAlchemyError
from support.databases import HERE, VARIABLE, Postgres, Somewhere, SQLite
from support.declared import DRIVERS, EXTRAS
from support.postgres_server import PASSWORD, PostgresServer
from support.project import PRICES, Project, price_log
from support.sample_data import complaint, python_model, settings_of

from model_checks.data import open_engine
from model_checks.data.database import Database
from model_checks.errors import DataError
from model_checks.settings.places.database import DatabaseData

COLUMNS: dict[str, list[Any]] = {
    "y": [0, 1, 1, 0],
    "p": [0, 1, 0, 0],
    "s": [0.1, 0.9, 0.4, 0.2],
    "t": ["a"] * 4,
}


def told(folder: Path, **keys: Any) -> str:
    given = {name: value for name, value in {"data": HERE, **keys}.items() if value is not None}
    return complaint(folder, **given)


def by(source: str) -> dict[str, str]:
    return {"url_env": VARIABLE, "sql": source}


# The environment


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (None, f"the environment variable {VARIABLE}, a database's URL, is not set"),
        ("  ", f"the environment variable {VARIABLE}, a database's URL, is not set"),
        ("hunter2", f"{VARIABLE} holds no database's URL, such as "),
        ("postgresql://me:hunter2@db:hunter2/x", f"{VARIABLE} holds no database's URL, such as "),
        (
            "postgres://me:hunter2@db/x",
            (
                f"{VARIABLE}: SQLAlchemy knows no database 'postgres' here; install the package "
                "that adds it, or mend the URL's beginning: did you mean 'postgresql'? known: "
            ),
        ),
        ("sqlite://", f"{VARIABLE}: no file of SQLite's is where its URL leads to"),
        ("sqlite:////nowhere/log.db", f"{VARIABLE}: no file of SQLite's is where its URL leads"),
        (
            "postgresql+psycopg://me:hunter2@no-such-host.invalid/x",
            f"{VARIABLE}: the database's host is not known; check its URL",
        ),
        (
            "postgresql+psycopg://me:hunter2@127.0.0.1:1/x",
            (
                f"{VARIABLE}: the database can't be reached; check that it runs, and the host "
                "and the port in its URL"
            ),
        ),
    ],
)
def test_a_url_that_leads_nowhere_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str | None, expected: str
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if url is not None:
        monkeypatch.setenv(VARIABLE, url)
    found = told(tmp_path)
    assert found.startswith(f"data 'predictions': {expected}")
    assert "hunter2" not in found


@pytest.mark.parametrize("url", DRIVERS)
def test_a_driver_that_is_missing_is_named_as_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv(VARIABLE, f"{url}://me:hunter2@db/x")
    for module in ("psycopg", "psycopg2"):
        monkeypatch.setitem(sys.modules, module, None)
    missing = f"the database's driver is missing: pip install '{DRIVERS[url]}'"
    assert told(tmp_path) == f"data 'predictions': {VARIABLE}: {missing}"


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        (
            {"password": "hunter2"},
            "the database refused the login; check the user and the password in its URL",
        ),
        (
            {"user": "nobody"},
            "the database refused the login; check the user and the password in its URL",
        ),
        (
            {"name": "nothing"},
            "there is no such database; check the name at the end of its URL",
        ),
        (
            {"query": "?sslmode=require"},
            "no encrypted connection could be made to the database",
        ),
        ({"query": "?colour=red"}, "no connection could be made (ProgrammingError)"),
    ],
)
def test_a_refused_login_is_told(
    tmp_path: Path,
    postgres_server: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
    login: dict[str, str],
    expected: str,
) -> None:
    monkeypatch.setenv(VARIABLE, postgres_server.url(**login))
    assert told(tmp_path) == f"data 'predictions': {VARIABLE}: {expected}"


@pytest.mark.parametrize("library", ["sqlalchemy", "sqlglot"])
def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    for name in [name for name in sys.modules if name.startswith("model_checks.data.d")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    assert told(tmp_path) == (
        f"data 'predictions': a database needs the package {library!r}: "
        f"pip install {shlex.join(EXTRAS['sql'])}"
    )


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, sqlite: SQLite) -> None:
    assert "no file of SQLite's" in told(tmp_path)
    assert not sqlite.file.exists()


def test_a_file_of_another_kind_is_told(tmp_path: Path, sqlite: SQLite) -> None:
    sqlite.file.write_text("y,p\n" * 1000)
    assert told(tmp_path) == "data 'predictions': sqlite: file is not a database"


# What is there


def test_a_table_that_is_not_there_is_told(tmp_path: Path, database: Somewhere) -> None:
    database.write("others", COLUMNS)
    data = {"url_env": VARIABLE, "table": "public.missing"}
    if database.name == "sqlite":
        assert told(tmp_path, data={**data, "table": "missing"}) == (
            "data 'missing': sqlite: no such table: missing"
        )
    else:
        assert told(tmp_path, data=data) == (
            "data 'public.missing': postgresql: relation \"public.missing\" does not exist"
        )


def test_a_column_that_is_not_there_is_told(tmp_path: Path, database: Somewhere) -> None:
    database.write("predictions", COLUMNS)
    assert told(tmp_path, target="Y") == (
        "data 'predictions': target 'Y' is no column; did you mean 'y'? known: p, s, t, y"
    )


def test_an_empty_table_is_told(tmp_path: Path, database: Somewhere) -> None:
    database.write("predictions", {name: values[:0] for name, values in COLUMNS.items()})
    empty = told(tmp_path)
    assert empty == "data 'predictions': has no rows"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"score": "t"}, "score 't' is of type VARCHAR, which is no number"),
        ({"weight": "t"}, "weight 't' is of type VARCHAR, which is no number"),
        (
            {"time_column": "t"},
            "data 'predictions': time_column 't' is of type VARCHAR, which is no date or timestamp",
        ),
        (
            {"time_column": "s"},
            "data 'predictions': time_column 's' is of type DOUBLE, which is no date or timestamp",
        ),
        (
            {"task": "regression", "target": "t"},
            "target 't' is of type VARCHAR, which is no number",
        ),
    ],
)
def test_a_column_of_the_wrong_type_is_told(
    tmp_path: Path, database: Somewhere, keys: dict[str, Any], expected: str
) -> None:
    database.write("predictions", COLUMNS)
    assert told(tmp_path, **keys) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("selct * from predictions", 'syntax error at or near "selct"'),
        ("select missing from predictions", 'column "missing" does not exist'),
        ("select y, p from predictions where", 'syntax error at or near ")"'),
        ("select y / 0 as y, p from predictions", "division by zero"),
        ("select t::int as y, p from predictions", "invalid input syntax for type integer"),
        (
            "select y, p, nextval('numbers') from predictions",
            "cannot execute nextval() in a read-only transaction",
        ),
        (
            "select y, p, pg_sleep(9) is null as n from predictions",
            (
                "canceling statement due to statement timeout; raise the database's "
                "statement_timeout, or give it less to read"
            ),
        ),
    ],
)
def test_a_query_that_fails_is_told_by_postgres(
    tmp_path: Path,
    postgres: Postgres,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    expected: str,
) -> None:
    postgres.write("predictions", COLUMNS)
    postgres.server.execute("create sequence if not exists numbers")
    url = postgres.server.url(query="?options=-cstatement_timeout%3D300")
    monkeypatch.setenv(VARIABLE, url)
    found = told(tmp_path, data=by(source), weight="n" if "as n" in source else None)
    assert found.removeprefix(f"data 'sql of {VARIABLE}': ") == f"postgresql: {expected}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("selct * from predictions", 'near "selct": syntax error'),
        ("select missing from predictions", "no such column: missing"),
        ("select y, p from predictions where", "incomplete input"),
    ],
)
def test_a_query_that_fails_is_told_by_sqlite(
    tmp_path: Path, sqlite: SQLite, source: str, expected: str
) -> None:
    sqlite.write("predictions", COLUMNS)
    assert told(tmp_path, data=by(source)) == f"data 'sql of {VARIABLE}': sqlite: {expected}"


def test_nothing_is_written(tmp_path: Path, database: Somewhere) -> None:
    """Not even by a query that tries to."""
    database.write("predictions", COLUMNS)
    for source in (
        "delete from predictions returning *",
        "select 1 as y, 1 as p) select 1; delete from predictions; --",
    ):
        told(tmp_path, data=by(source))
    assert database.count("predictions") == 4


def test_a_table_that_the_user_may_not_read_is_told(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.write("predictions", COLUMNS)
    postgres.server.execute("drop role if exists guest")
    postgres.server.execute("create role guest login password 'a long-lived secret'")
    monkeypatch.setenv(VARIABLE, postgres.server.url(user="guest"))
    assert told(tmp_path) == (
        "data 'predictions': postgresql: permission denied for table predictions; "
        "grant it to the user of the URL"
    )


# Lost on the way

LOST = f"{VARIABLE}: the connection to the database was lost before all was read"


def test_a_connection_that_is_lost_between_queries_is_told(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.write("predictions", COLUMNS)
    end = ended_after(postgres, Database.run, queries=1)
    monkeypatch.setattr(Database, "run", end)
    assert told(tmp_path).removeprefix("data 'predictions': ") == LOST


def ended_after(postgres: Postgres, run: Callable[..., Any], queries: int) -> Callable[..., Any]:
    """The server ends the session after so many queries."""
    left = [queries]

    def run_and_end(engine: Database, sql: str) -> Any:
        found = run(engine, sql)
        left[0] -= 1
        if not left[0]:
            end_sessions(postgres)
        return found

    return run_and_end


def end_sessions(postgres: Postgres) -> None:
    postgres.server.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where pid <> pg_backend_pid() and backend_type = 'client backend'"
    )


def test_a_connection_that_is_lost_within_a_query_is_told(
    tmp_path: Path, postgres: Postgres
) -> None:
    postgres.write("predictions", COLUMNS)
    timer = threading.Timer(1.0, end_sessions, [postgres])
    timer.start()
    data = by("select y, p, pg_sleep(30) is null as n from predictions")
    assert told(tmp_path, data=data, weight="n").endswith(LOST)
    timer.join()


def test_a_connection_that_is_lost_between_batches_is_told(
    tmp_path: Path, postgres: Postgres
) -> None:
    postgres.write("predictions", {"y": [0.5] * 300_000, "x": [0.5] * 300_000})
    postgres.server.execute(
        "create or replace function the_end() returns boolean language sql security definer as "
        "'select count(pg_terminate_backend(pid)) > 0 from pg_stat_activity "
        "where pid <> pg_backend_pid() and backend_type = ''client backend'''"
    )
    model = python_model(tmp_path, "ended(frame)")
    module = tmp_path / f"{model['python'].partition(':')[0]}.py"
    ended = f"""
import psycopg
def ended(frame):
    address = {postgres.server.url().replace("+psycopg", "")!r}
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("select the_end()")
    return frame.x
"""
    module.write_text(ended + module.read_text())
    assert told(tmp_path, task="regression", model=model).endswith(LOST)


# In a run


def run_with(folder: Path, url: str, *arguments: str) -> Any:
    toml = f"""
[models.churn]
task = "binary"
data = {{ url_env = "{VARIABLE}", table = "predictions" }}
target = "y"
prediction = "p"
thresholds = {{ accuracy = 0.5, recall = 0.5 }}
[[models.churn.segments]]
by = "t"
thresholds = {{ recall = 0.5 }}
"""
    project = Project(folder).write("thresholds.toml", toml + PRICES)
    return project.log("prices.parquet", price_log()).run(*arguments, **{VARIABLE: url})


@pytest.mark.parametrize("processes", [(), ("-n2",)], ids=["plain", "two workers"])
def test_a_wrong_password_is_nowhere_and_the_other_models_are_judged(
    tmp_path: Path, postgres_server: PostgresServer, processes: tuple[str, ...]
) -> None:
    secret = "hunter2-hunter2"
    url = postgres_server.url(user="somebody", password=secret)
    finished = run_with(
        tmp_path, url, "-vv", "-rA", "--showlocals", "--junitxml=junit.xml", *processes
    )
    assert finished.verdicts == {
        "churn-accuracy": "ERROR",
        "churn-recall": "ERROR",
        "churn-recall-t=*": "ERROR",
        "prices-mae": "PASS",
    }
    assert "the database refused the login" in finished.text
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"results.json", "report.html", "junit.xml"} <= {path.name for path in written}
    for kept_apart in (secret, "somebody", url):
        assert kept_apart not in finished.text
        for path in written:
            assert kept_apart.encode() not in path.read_bytes(), path


def test_a_run_on_a_database_says_nothing_of_the_login(tmp_path: Path, postgres: Postgres) -> None:
    postgres.write("predictions", COLUMNS)
    finished = run_with(tmp_path, postgres.url, "-vv", "-rA", "--checks-charts=all")
    assert finished.verdicts["churn-accuracy"] == "NO_DATA"  # fewer than 30 rows
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or PASSWORD.replace(" ", "%20").encode() not in path.read_bytes()
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes()


def test_no_traceback_holds_the_login(
    tmp_path: Path, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver's error does, so ours are not chained to it."""
    monkeypatch.setenv(VARIABLE, postgres_server.url(user="somebody", password="hunter2"))
    settings = settings_of(tmp_path, data=HERE)
    with (
        pytest.raises(DataError, match="refused the login") as raised,
        open_engine(settings.models["m"].data, settings),
    ):
        pass
    shown = "".join(traceback.format_exception(raised.value))
    assert "somebody" not in shown
    assert "hunter2" not in shown


def test_the_session_itself_refuses_to_write(database: Somewhere) -> None:
    database.write("predictions", COLUMNS)
    with (
        Database(DatabaseData.model_validate(HERE)) as engine,
        pytest.raises(SQLAlchemyError, match=r"readonly|read-only"),
    ):
        engine._connection.exec_driver_sql("delete from predictions")
