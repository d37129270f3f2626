"""What tests share: real databases, and that a skipped test is a failed one in CI."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from databases import Postgres, Somewhere, SQLite
    from postgres_server import PostgresServer


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn skips into failures where ``CI`` is set: what is missing would be tested nowhere."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["PostgresServer"]:
    """One server for all tests of this process."""
    from postgres_server import running_postgres

    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: "PostgresServer", monkeypatch: pytest.MonkeyPatch) -> "Postgres":
    """A real Postgres that the environment variable leads to."""
    from databases import VARIABLE, Postgres

    monkeypatch.setenv(VARIABLE, postgres_server.url())
    return Postgres(postgres_server)


@pytest.fixture
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "SQLite":
    """A file of SQLite's that the environment variable leads to."""
    from databases import VARIABLE, SQLite

    database = SQLite(tmp_path / "log.db")
    monkeypatch.setenv(VARIABLE, database.url)
    return database


@pytest.fixture(params=["postgres", "sqlite"])
def database(request: pytest.FixtureRequest) -> "Somewhere":
    """Each database that the tests have."""
    found: Somewhere = request.getfixturevalue(request.param)
    return found
