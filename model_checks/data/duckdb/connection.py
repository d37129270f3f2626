"""A DuckDB connection held to its limits, and what to do about DuckDB's errors."""

import re
from contextlib import suppress
from pathlib import Path

import duckdb

from model_checks.data.duckdb.errors import found
from model_checks.errors import DataError
from model_checks.scratch import Scratch
from model_checks.settings import Limits
from model_checks.text import clean

_CONFIG = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # It takes for a fact what Parquet's bounds leave open: that the largest value is a NaN.
    "disabled_optimizers": "statistics_propagation",
    "python_enable_replacements": "false",  # else a table's name may find a variable
}

RAISED = (duckdb.Error, RuntimeError)
"""Errors that a statement may raise; an Arrow stream passes on a ``duckdb.Error`` as OSError."""

_CREDENTIALS = (
    "give them in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, "
    "or have DuckDB keep them by CREATE PERSISTENT SECRET"
)


class Connection:
    """A connection to a DuckDB in memory; times are in UTC and nothing is downloaded.

    What does not fit into memory goes to a folder of its own in ``[engine] temp_directory``.

    Raises
    ------
    DataError
        If that folder can't be made, or the limits leave DuckDB too little to start.
    """

    def __init__(self, limits: Limits) -> None:
        self._spill = _spill_folder(limits.temp_directory)
        self.duckdb = duckdb.connect(config={**_CONFIG, "temp_directory": str(self.folder)})
        memory, threads = usable(self.duckdb)
        try:
            self.duckdb.execute("set TimeZone = 'UTC'")
            with suppress(
                duckdb.InvalidInputException
            ):  # a notebook that has nothing to draw it by
                self.duckdb.execute("set enable_progress_bar = false")
            self.duckdb.execute(f"set threads = {limits.threads or threads}")
            self.duckdb.execute(f"set memory_limit = '{limits.memory_limit or memory}'")
        except RAISED as error:
            self.close()
            raise told(error) from None

    @property
    def folder(self) -> Path:
        """Return the folder of what does not fit into memory, which is kept until the end."""
        return self._spill.path

    def close(self) -> None:
        """Close the connection, and remove what did not fit into memory."""
        self.duckdb.close()
        self._spill.remove()


def usable(connection: duckdb.DuckDBPyConnection) -> tuple[str, int]:
    """Return the memory and the threads that DuckDB is to use unless ``[engine]`` says.

    DuckDB itself takes 80 % of the memory, and all cores, that the machine or its control group
    has. Half of the memory leaves as much to the model, or to another worker; of three and more
    cores one is left to whoever else uses the machine.
    """
    [(limit, cores)] = connection.execute(
        "select current_setting('memory_limit'), current_setting('threads')"
    ).fetchall()
    amount, unit = limit.split()
    return f"{float(amount) / 0.8 / 2:.3f} {unit}", max(cores - 1, 2) if cores > 1 else 1


def _spill_folder(parent: str | None) -> Scratch:
    try:
        return Scratch.new(parent)
    except OSError as error:
        raise DataError(
            f"[engine] temp_directory {parent!r} can't be written to ({error.strerror}); "
            "make it, or name another"
        ) from error


def told(error: Exception) -> BaseException:
    """Return the error to raise for one of DuckDB's, without the query and advice on settings.

    Ctrl-C and SIGTERM reach a query as an error, and are to end the run as anywhere else.
    """
    if isinstance(error, RuntimeError):
        stopped = str(error) == "Query interrupted"
        return KeyboardInterrupt("a query was stopped") if stopped else error
    return DataError(f"DuckDB: {clean(_remedied(found(str(error))))}")


def _remedied(text: str) -> str:
    """Return a message with what to do where the machine is too small or access was denied."""
    text, _, advice = text.partition("\n\nAuthentication Failure")
    if advice:
        why = re.search(r"\* (.*?)\.?\n", advice)
        return f"{text}: {why[1] if why else 'access denied'}; {_CREDENTIALS}"
    if re.search(r"\(HTTP (0|401|403)\b", text):  # 0 is DuckDB's, for want of an answer to HEAD
        return f"{text}; it may have been refused: has the address expired, or is a login missing?"
    if "max_temp_directory_size" in text:
        text = text.split("\n", maxsplit=1)[0].rstrip(".")
        return f"{text}; free some space in [engine] temp_directory, or name another"
    if "No space left on device" in text:
        return f"{text}; free some space there, or name another [engine] temp_directory"
    if "Out of Memory" in text:
        return f"{text}; raise [engine] memory_limit, or lower its threads"
    return text
