"""Spark's errors as one sentence each: without SQL, stack traces, secrets and values of rows."""

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
"""Our words where Spark's own are of paths and schemas that thresholds.toml does not have."""

_LOGGERS = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")
"""Loggers that write a page of JSON to the terminal for each mistake."""

_READ = 10_000
"""Characters of Spark's message in which a sentence is looked for: the rest are stack traces."""

_CLASS = r"\(?(?:[a-z]\w*\.)+[A-Z][\w$.]*(?:Exception|Error)\)?:?\s*"
_BEFORE = re.compile(
    rf"An error occurred while calling [\w.$:]+\s*:\s*|{_CLASS}|"
    r"Job aborted due to stage failure: .*?: Lost task [^:]*: |\[[A-Z][A-Z0-9_.]+\]\s*",
    re.DOTALL,
)
_UNREADABLE = re.compile(
    r"Could not read footer|[^\s'\"]+ is not a Parquet file|"
    r"Can not read value at \d+ in block -?\d+|[^\s'\"]+ is not a valid (?:Parquet|ORC) [Ff]ile|"
    r"Expected magic number at tail|CSV header does not conform to the schema|"
    r"corrupt(?:ed)? (?:file|page|footer)|(?:No such file|Permission denied|Input/output error)\b"
)
"""Reasons why a file can't be read that are of the file and not of what is in it."""

_OF_SPARK = re.compile(
    r"Permission denied|Access ?Denied|Forbidden|Unauthorized|failed to connect|Connection|"
    r"Class [\w.$]+ not found|No FileSystem for scheme|Name or service not known|UnknownHost|"
    r"Java heap space|No space left on device|GC overhead|Deadline|DNS|UNAVAILABLE|Cannot reserve|"
    r"Job \d+ cancelled|Executor heartbeat|Session|\S+ doesn't exist|Path does not exist|"
    r"[^\s'\"]+ is not a Parquet file|Wrong FS",
    re.IGNORECASE,
)
"""Beginnings of sentences on Spark and its surroundings that have no condition's name."""

_AFTER = re.compile(r"\n\s*at |\n.*stacktrace:|\s+SQLSTATE:|\n.*==|\n'|\n\n| Please ", re.DOTALL)


@contextmanager
def silence() -> Iterator[None]:
    """Hide what pyspark warns of and logs, about which no user of ours can do anything."""
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
    """Run a block that asks Spark in silence, and raise what went wrong as one sentence.

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
            raise DataError(f"Spark: {told(error)}") from None  # it may hold values of rows


def shown(address: str) -> str:
    """Return the address of a Spark, without parameters and user, among which secrets may be.

    >>> shown("sc://me:word@host:15002/;token=secret")
    'sc://host:15002/'
    """
    return re.sub(r"//[^/@]*@", "//", address.partition(";")[0])


def told(error: BaseException) -> str:
    """Return the first sentence of an error of pyspark, py4j or gRPC, or a plainer one.

    What Spark says of the SQL and of columns before it reads a row is shown as it stands; of what
    it meets in the rows only its name for the error.
    """
    from pyspark.errors import AnalysisException

    text = str(error)
    library, name = type(error).__module__.partition(".")[0], type(error).__name__
    if (library == "py4j" and name != "Py4JJavaError") or isinstance(error, OSError):
        return "its Java process has gone"
    condition = re.search(r"\[([A-Z][A-Z0-9_]+)[.\]]", text)
    if condition and condition[1] in _KNOWN:
        return _KNOWN[condition[1]]
    details, end, _ = text.partition('details = "')[2].partition('"\n')  # gRPC's own
    text = details if end else text
    if isinstance(error, AnalysisException):
        return first_sentence(text)
    return _of_rows(text, condition[1]) if condition else _of_surroundings(text, name)


def _of_rows(text: str, condition: str) -> str:
    """Return Spark's name for an error in the rows, and for an unreadable file also the file."""
    if condition != "FAILED_READ_FILE":
        return f"the rows have a value that does not fit ({condition})"
    file = re.match(
        r"Encountered error while reading file \S+(?: Could not read footer)?", first_sentence(text)
    )
    return f"{file[0] if file else 'a file could not be read'} ({_cause(text)})"


def _of_surroundings(text: str, name: str) -> str:
    """Return a sentence on Spark itself or its files as it stands; else the error's name."""
    said = first_sentence(text)
    if header := re.match(r"CSV header does not conform to the schema", said):
        return header[0]
    return said if _OF_SPARK.match(said) else f"it could not go on ({_class(text) or name})"


def _cause(text: str) -> str:
    """Return why a file can't be read."""
    if "[MALFORMED_RECORD_IN_PARSING" in text:  # it goes on with the values of the row
        return "a line has too few or too many values"
    cause = text.rpartition("Caused by: ")[2]
    known = _UNREADABLE.search(first_sentence(cause))
    return known[0] if known else _class(cause) or "no reason given"


def _class(text: str) -> str:
    """Return the name of the first Java exception that a text names."""
    found = re.search(r"(?<!\w)(?:[a-z]\w*+\.)+([A-Z]\w*(?:Exception|Error))\b", text[:_READ])
    return found[1] if found else ""


def first_sentence(text: str) -> str:
    """Return the first sentence of an error, less the classes before it and what comes after."""
    text = text.strip()[:_READ]
    while before := _BEFORE.match(text):
        text = text[before.end() :]
    text = _AFTER.split(text)[0]
    return " ".join(re.sub(r";\s*\w+=[^\s;]+", "", text).split()).removesuffix(".")[:400]
