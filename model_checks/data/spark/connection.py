"""Spark sessions: one of its own for each model, on a Connect server or a Spark in this process."""

import atexit
import importlib
import os
import re
import shutil
import signal
import socket
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway

from model_checks.data.spark.errors import first_sentence, shown, silence, telling, told
from model_checks.errors import DataError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ANSWERS_WITHIN = 20.0
"""Seconds that a server may take to answer a first call."""

RETRIES = 5
"""Times that a Connect server that has gone is asked again, in 17 seconds; its client's own
patience is ten minutes."""

SERVES_WITHIN = 120.0
"""Seconds that a query waits for a cluster to give it an executor."""

_LOCAL = re.compile(r"local(-cluster)?(\[.+\])?")
_STANDALONE = re.compile(r"spark://[^/\s]+:\d+")
_OTHER = re.compile(r"yarn|k8s://\S+")
_NAME = "model-checks"

_CONF = {
    # Times are read, compared and written in UTC.
    "spark.sql.session.timeZone": "UTC",
    # A cast that fails and a sum that overflows are errors, as in DuckDB, rather than nulls.
    "spark.sql.ansi.enabled": "true",
}

_OF_CONNECT = ("grpc", "grpc_status", "google.rpc", "pandas", "zstandard")

_started: list[SparkContext] = []
"""The Spark that we have started: at most one, kept from model to model."""


def is_local(address: str) -> bool:
    """Return whether Spark runs on this machine, and so reads its files."""
    return bool(_LOCAL.fullmatch(address))


@contextmanager
def open_session(address: str) -> Iterator["SparkSession"]:
    """Open a session with settings and temporary views of its own.

    Parameters
    ----------
    address
        Spark's address as in the settings: ``sc://host:15002``, or a master such as ``local[*]``.

    Raises
    ------
    DataError
        If the address names no Spark, none answers there, or none can be started.
    """
    with _remote_session(address) if address.startswith("sc://") else _session(address) as session:
        with telling():
            for key, text in _CONF.items():
                session.conf.set(key, text)
        yield session


# Spark Connect


@contextmanager
def _remote_session(url: str) -> Iterator["SparkSession"]:
    for module in _OF_CONNECT:  # pyspark ends the process if it lacks one
        importlib.import_module(module)
    with telling():  # a module may be too old
        from pyspark.sql.connect.client.retries import DefaultPolicy
        from pyspark.sql.connect.session import SparkSession as RemoteSession

    session = RemoteSession(_answering(url))
    session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
    try:
        yield session  # type: ignore[misc]  # pyspark's two kinds of session have no common base
    finally:
        # Not stop(), which would also end a server that somebody runs in this process.
        with silence(), suppress(PySparkException):  # the server may have gone
            session.client.release_session()
        session.client.close()


def _answering(url: str) -> Any:
    """Return a builder of channels to a Connect server, once the server answers."""
    import grpc
    from pyspark.sql.connect.client import DefaultChannelBuilder

    try:
        builder = DefaultChannelBuilder(url)
    except (PySparkException, ValueError) as error:  # ValueError: a port that is no number
        raise DataError(f"spark {shown(url)!r} is no URL such as 'sc://host:15002'") from error
    channel = builder.toChannel()
    try:
        grpc.channel_ready_future(channel).result(ANSWERS_WITHIN)
    except grpc.FutureTimeoutError:
        raise _unanswered("Connect server", builder.endpoint) from None
    finally:
        channel.close()
    return builder


def _unanswered(what: str, where: str) -> DataError:
    return DataError(f"no Spark {what} has answered at {where} within {ANSWERS_WITHIN:g} seconds")


# Spark in this process, of which there can be one


@contextmanager
def _session(master: str) -> Iterator["SparkSession"]:
    from pyspark.sql.session import SparkSession

    if not any(kind.fullmatch(master) for kind in (_LOCAL, _STANDALONE, _OTHER)):
        raise DataError(
            f"spark {shown(master)!r} names no Spark; it is 'sc://host:15002', 'local[*]', "
            "'spark://host:7077', 'yarn' or 'k8s://https://host:443'"
        )
    context = _context(master)
    with telling():
        session = SparkSession(context).newSession()
    yield session


def _context(master: str) -> SparkContext:
    """Return this process's Spark; ours is started if there is none, or ours has another master."""
    context = SparkContext._active_spark_context  # noqa: SLF001 (getOrCreate would start one)
    if context in _started and (context.master != master or _has_ended(context)):
        _end(_started.pop())
        context = None
    if context is None:
        context = _start(master)
        _started.append(context)
    if context.master != master:
        raise DataError(
            f"this process has a Spark on {shown(str(context.master))!r} already and can't have "
            "another one; name that one, or stop it"
        )
    return context


def _start(master: str) -> SparkContext:
    if _STANDALONE.fullmatch(master):
        _require_answer(master)
    gateway: Any = SparkContext._gateway  # noqa: SLF001
    java = "its running Java" if gateway else _java()
    conf = SparkConf().setMaster(master).setAppName(_NAME).set("spark.ui.enabled", "false")
    on_interrupt = signal.getsignal(signal.SIGINT)
    with tempfile.TemporaryFile() as log, silence():
        try:
            gateway = gateway or launch_gateway(conf, {"stdout": log, "stderr": log})  # type: ignore[no-untyped-call]
            context = SparkContext(conf=conf, gateway=gateway)
        except (PySparkException, Py4JError, OSError) as error:
            reason = _last_error(log) or told(error)
            traceback.clear_frames(error.__traceback__)  # else Python warns of an open pipe
            raise DataError(f"Spark can't be started on {java}: {reason}") from error
        finally:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, on_interrupt)  # pyspark has replaced it
    context.setLogLevel("OFF")
    atexit.register(_end, context)
    return context


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(Path(home, "bin", "java") if home else "java")
    if java is None:
        found = f"JAVA_HOME = {home!r} has none" if home else "none is on the PATH"
        raise DataError(f"Spark needs Java 17 or newer, and {found}; set JAVA_HOME to one")
    return java


def _require_answer(master: str) -> None:
    """Raise unless a master answers: Spark would ask for a minute, then only log why."""
    for host in master.removeprefix("spark://").split(","):
        place = urlsplit(f"//{host}")
        with suppress(OSError, ValueError):  # ValueError: a port over 65535
            address = place.hostname or "", place.port or 7077
            socket.create_connection(address, ANSWERS_WITHIN).close()
            return
    raise _unanswered("master", master.removeprefix("spark://"))


def _last_error(log: IO[bytes]) -> str:
    """Return the last exception in what Spark has written before it ended."""
    size = os.fstat(log.fileno()).st_size
    lines = os.pread(log.fileno(), size, 0).decode(errors="replace").splitlines()
    errors = [line for line in lines if re.search(r"(Exception|Error)\b", line)]
    return first_sentence(errors[-1]) if errors else ""


def _has_ended(context: SparkContext) -> bool:
    """Return whether Spark has stopped a context, or its Java process has gone."""
    try:
        return bool(context._jsc.sc().isStopped())  # noqa: SLF001
    except (AttributeError, Py4JError, OSError):  # AttributeError: stopped from Python
        return True


def _end(context: SparkContext) -> None:
    """Stop Spark; a Java process that has gone is forgotten, so that a new one may be started."""
    with silence():
        with suppress(
            OSError
        ):  # the Java process has gone; what is here is stopped by asking again
            context.stop()
        context.stop()
    gateway: Any = SparkContext._gateway  # noqa: SLF001
    if gateway and gateway.proc and gateway.proc.poll() is not None:
        with suppress(OSError):
            gateway.proc.stdin.close()
        SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001


# Waiting for a cluster


@contextmanager
def watched(session: "SparkSession") -> Iterator[None]:
    """End a block's jobs if the cluster has no executor for them: Spark would wait for ever.

    What a Connect server waits for can't be seen from here.

    Raises
    ------
    DataError
        If the jobs had to be ended.
    """
    context = getattr(session, "_sc", None)
    if context is None or re.fullmatch(r"local(\[.+\])?", context.master):
        yield
        return
    done, starved = threading.Event(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(context, done, starved), daemon=True)
    context.addJobTag(_NAME)
    watcher.start()
    try:
        yield
    except (PySparkException, Py4JError) as error:
        if starved.is_set():
            seconds = f"{SERVES_WITHIN:g} seconds"
            raise DataError(f"Spark: the cluster gave no executor for {seconds}") from error
        raise
    finally:
        done.set()
        watcher.join()
        with suppress(Py4JError):
            context.removeJobTag(_NAME)


def _watch(context: SparkContext, done: threading.Event, starved: threading.Event) -> None:
    served = time.monotonic()
    with suppress(Py4JError, OSError):  # reported where the query was asked for
        while not done.wait(1):
            drivers_too = context._jsc.sc().getExecutorMemoryStatus()  # noqa: SLF001
            if drivers_too.size() > 1:
                served = time.monotonic()
            elif time.monotonic() - served > SERVES_WITHIN:
                starved.set()
                context.cancelJobsWithTag(_NAME)
                return
