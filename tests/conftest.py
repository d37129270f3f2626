"""What tests share: settings, engines, real databases and Sparks, and no skipped test in CI."""

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import jsonschema
    from support.databases import Postgres, Somewhere, SQLite
    from support.opened_rows import Reader
    from support.postgres_server import PostgresServer
    from support.settings_files import Mistakes
    from support.spark_cluster import Home, Place


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn skips into failures where ``CI`` is set: what is missing would be tested nowhere."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report


@pytest.fixture
def mistakes_in(tmp_path: Path) -> "Mistakes":
    """The mistakes of a settings file, each without the file's name."""
    from model_checks.errors import SettingsError
    from model_checks.settings import load_settings

    def load(content: str | bytes) -> list[str]:
        path = tmp_path / "thresholds.toml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.raises(SettingsError, match=r"^thresholds\.toml: ") as caught:
            load_settings(path)
        assert str(caught.value).splitlines() == list(caught.value.mistakes)
        return [line.removeprefix("thresholds.toml: ") for line in caught.value.mistakes]

    return load


@pytest.fixture(scope="session")
def schema() -> "jsonschema.Draft202012Validator":
    """The JSON schema of settings, as an editor holds a file against it."""
    import jsonschema

    from model_checks.settings.schema import settings_schema

    jsonschema.Draft202012Validator.check_schema(settings_schema())
    return jsonschema.Draft202012Validator(settings_schema())


@pytest.fixture
def engine() -> Iterator["Reader"]:
    """What opens the rows of data files; its engines are closed at the end of a test."""
    from support.opened_rows import Reader

    with ExitStack() as engines:
        yield Reader(engines)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["PostgresServer"]:
    """One server for all tests of this process."""
    from support.postgres_server import running_postgres

    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: "PostgresServer", monkeypatch: pytest.MonkeyPatch) -> "Postgres":
    """A real Postgres that the environment variable leads to."""
    from support.databases import VARIABLE, Postgres

    monkeypatch.setenv(VARIABLE, postgres_server.url())
    return Postgres(postgres_server)


@pytest.fixture
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "SQLite":
    """A file of SQLite's that the environment variable leads to."""
    from support.databases import VARIABLE, SQLite

    database = SQLite(tmp_path / "log.db")
    monkeypatch.setenv(VARIABLE, database.url)
    return database


@pytest.fixture(params=["postgres", "sqlite"])
def database(request: pytest.FixtureRequest) -> "Somewhere":
    """Each database that the tests have."""
    found: Somewhere = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def spark_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Home"]:
    """Java and settings, which Spark finds in this process's environment."""
    from support.spark_cluster import Home

    home = Home.made(tmp_path_factory.mktemp("spark"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in home.variables.items():
            patch.setenv(name, value)
        yield home


@pytest.fixture(scope="session")
def spark_local(spark_home: "Home") -> "Place":
    """Spark in this very process, with two threads."""
    from support.spark_cluster import Place

    return Place(spark_home, "local[2]")


@pytest.fixture(scope="session")
def spark_executors(spark_home: "Home") -> Iterator["Place"]:
    """A standalone cluster with two executors, and its driver in this process."""
    from support.spark_cluster import Place, running_cluster

    with running_cluster(spark_home) as address:
        yield Place(spark_home, address)


@pytest.fixture(scope="session")
def spark_server(spark_home: "Home") -> Iterator["Place"]:
    """A Spark Connect server."""
    from support.spark_cluster import Place, running_server

    with running_server(spark_home) as (address, _):
        yield Place(spark_home, address)


@pytest.fixture(scope="session", params=["spark_local", "spark_server"])
def spark(request: pytest.FixtureRequest) -> "Place":
    """Both ways to talk to Spark: through its driver, and through Connect."""
    found: Place = request.getfixturevalue(request.param)
    return found
