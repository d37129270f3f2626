"""What Spark found, as one sentence: without the SQL, stack traces, and what is secret in a URL."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from model_checks.errors import DataError

_KNOWN = {
    "TABLE_OR_VIEW_NOT_FOUND": "no such table",
    "PATH_NOT_FOUND": "no such file",
    "UNABLE_TO_INFER_SCHEMA": "no file with columns there",
}
"""Where Spark's own words are of paths and schemas that thresholds.toml does not have."""

_LOGGERS = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")
"""They write a page of JSON to the terminal for each mistake."""

_READ = 10_000
"""Characters of what Spark says that are looked at for a sentence: the rest are stack traces."""

_CLASS = r"\(?(?:[a-z]\w*\.)+[A-Z][\w$.]*(?:Exception|Error)\)?:?\s*"
_BEFORE = re.compile(
    rf"An error occurred while calling [\w.$:]+\s*:\s*|{_CLASS}|"
    r"Job aborted due to stage failure: .*?: Lost task [^:]*: |\[[A-Z][A-Z0-9_.]+\]\s*",
    re.DOTALL,
)
_AFTER = re.compile(r"\n[ \t]*+at |\n.*stacktrace:|\sSQLSTATE:|\n.*==|\n'|\n\n| Please ", re.DOTALL)


@contextmanager
def silence() -> Iterator[None]:
    """Keep to itself what pyspark warns of and logs, of which no user of ours can do anything."""
    from pyspark.logger import PySparkLogger

    loggers = [PySparkLogger.getLogger(name) for name in _LOGGERS]
    were = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        for logger, disabled in zip(loggers, were, strict=True):
            logger.disabled = disabled


@contextmanager
def telling() -> Iterator[None]:
    """Run what asks Spark for something in silence, and tell what went wrong in one sentence.

    Raises
    ------
    DataError
        If pyspark, py4j or gRPC raises.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    with silence():
        try:
            yield
        except (PySparkException, Py4JError, OSError) as error:
            raise DataError(f"Spark: {told(error)}") from error


def shown(address: str) -> str:
    """The address of a Spark, without parameters and user, among which secrets may be.

    >>> shown("sc://me:word@host:15002/;token=secret")
    'sc://host:15002/'
    """
    return re.sub(r"//[^/@]*@", "//", address.partition(";")[0])


def told(error: BaseException) -> str:
    """The first sentence of an error of pyspark, py4j or gRPC, or a plainer one."""
    text = str(error)
    library, name = type(error).__module__.partition(".")[0], type(error).__name__
    if (library == "py4j" and name != "Py4JJavaError") or isinstance(error, OSError):
        return "its Java process has gone"
    condition = re.search(r"\[([A-Z][A-Z0-9_]+)[.\]]", text)
    if condition and condition[1] in _KNOWN:
        return _KNOWN[condition[1]]
    _, _, details = text.partition('details = "')  # gRPC's own
    if '"\n' in details:
        text = details.partition('"\n')[0]
    why = f" ({_cause(text)})" if condition and condition[1] == "FAILED_READ_FILE" else ""
    return _first_sentence(text)[:400] + why


def _cause(text: str) -> str:
    """Why a file can't be read."""
    if "[MALFORMED_RECORD_IN_PARSING" in text:  # which goes on with the values of the row
        return "a line has too few or too many values"
    return _first_sentence(text.rpartition("Caused by: ")[2])[:200]


def _first_sentence(text: str) -> str:
    text = text.strip()[:_READ]
    while before := _BEFORE.match(text):
        text = text[before.end() :]
    text = _AFTER.split(text)[0]
    return " ".join(re.sub(r";\s*\w+=[^\s;]+", "", text).split()).removesuffix(".")
