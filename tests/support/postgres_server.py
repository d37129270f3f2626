"""A Postgres of the tests' own: a cluster in a temporary folder, on loopback, gone at the end."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql

Query = LiteralString | sql.SQL | sql.Composed
OWNER = "owner"
PASSWORD = "a long-lived secret"  # with a blank, so that URLs have to quote it
_SECONDS = 30


class PostgresServer:
    """A running server.

    Attributes
    ----------
    port
        On 127.0.0.1; every login there takes a password.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self.port = port

    def url(
        self, user: str = OWNER, password: str = PASSWORD, name: str = "postgres", query: str = ""
    ) -> str:
        """As the environment variable of the settings holds it."""
        secret = password.replace(" ", "%20")
        return f"postgresql+psycopg://{user}:{secret}@127.0.0.1:{self.port}/{name}{query}"

    def execute(self, statement: Query, values: Any = None) -> list[tuple[Any, ...]]:
        """Run a statement as the owner, by the socket; the rows that it returns."""
        with self._connect() as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def log(self) -> str:
        """Return what the server has written down so far."""
        return (self._folder / "log").read_text()

    def copy(self, statement: Query, rows: Iterator[tuple[Any, ...]]) -> None:
        """Fill a table by ``copy ... from stdin``."""
        with self._connect() as connection, connection.cursor().copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host=str(self._folder), port=self.port, user=OWNER, dbname="postgres", autocommit=True
        )


def _programs() -> Path | None:
    """The folder of ``initdb``, which Debian keeps out of the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


def _unprivileged() -> dict[str, Any]:
    """Whom to run it as: Postgres refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    names = {one.pw_name for one in pwd.getpwall()}
    someone = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": someone.pw_uid, "group": someone.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _make_cluster(programs: Path, folder: Path, run_as: dict[str, Any]) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    if run_as:
        for path in (folder, secret):
            os.chown(path, run_as["user"], run_as["group"])
    subprocess.run(
        [
            programs / "initdb",
            *("--pgdata", folder / "data", "--username", OWNER, "--pwfile", secret),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            *("--auth-local", "trust", "--auth-host", "scram-sha-256"),
        ],
        check=True,
        capture_output=True,
        cwd=folder,
        **run_as,
    )


def _started(
    programs: Path, folder: Path, port: int, run_as: dict[str, Any]
) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [
                programs / "postgres",
                *("-D", folder / "data", "-h", "127.0.0.1", "-p", str(port), "-k", folder, "-F"),
                *("-c", "timezone=America/New_York", "-c", "shared_buffers=32MB"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=folder,
            start_new_session=True,
            preexec_fn=_end_with_the_tests,  # noqa: PLW1509 (no thread runs beside it)
            **run_as,
        )


def _end_with_the_tests() -> None:
    """Have Linux stop the server where the tests are killed, and can't do it themselves."""
    if sys.platform == "linux":
        set_signal_at_parent_s_death = 1
        ctypes.CDLL(None).prctl(set_signal_at_parent_s_death, signal.SIGINT)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server in a zone that is not UTC, and stop it at the end."""
    programs = _programs()
    if programs is None:
        pytest.skip("Debian's postgresql is not installed")
    folder = Path(tempfile.mkdtemp(prefix="checks-pg-"))  # short: a socket's path is
    run_as = _unprivileged()
    try:
        _make_cluster(programs, folder, run_as)
        port = _free_port()
        process = _started(programs, folder, port, run_as)
        try:
            server = PostgresServer(folder, port)
            _wait_for(server, process, folder / "log")
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # fast: does not wait for connections to be closed
            process.wait(_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            server.execute("select 1")
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.05)
