"""Every error that model-checks raises on purpose.

ModelChecksError
├── SettingsError        thresholds.toml does not say what it should: exit code 4
├── MeasurementError     one model could not be measured: its checks end in ERROR
│   ├── DataError        the labelled rows or logged predictions are not usable
│   ├── SourceError      the deployed model can't be loaded or does not predict
│   ├── FunctionError    a metric of one's own can't be computed: an ERROR of its checks alone
│   └── StatisticsError  a metric asks for statistics that were not gathered: a fault of ours
└── DeliveryError        a mail could not be handed to the server: exit code 11
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from model_checks.text import clean

_LONGEST = 2_000
"""Characters of a mistake that are told."""


class ModelChecksError(Exception):
    """Base of all errors below; its text is one clean sentence made for a person to read."""

    def __init__(self, text: str = "") -> None:
        super().__init__(clean(text, _LONGEST))


class SettingsError(ModelChecksError):
    """The settings are wrong; carries every mistake that was found, in the order of the file."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(clean(mistake, _LONGEST) for mistake in mistakes)
        Exception.__init__(self, "\n".join(self.mistakes))

    def __reduce__(self) -> tuple[type["SettingsError"], tuple[tuple[str, ...]]]:
        return type(self), (self.mistakes,)


class MeasurementError(ModelChecksError):
    """A model could not be measured."""


class DataError(MeasurementError):
    """The rows a model is judged on can't be read, or hold what no metric can be computed from."""


class SourceError(MeasurementError):
    """A deployed model can't be loaded, raises, or answers with something that is no prediction."""


class FunctionError(MeasurementError):
    """A metric of somebody's own can't be imported, raises, or answers with no number."""


class StatisticsError(MeasurementError):
    """Statistics that a metric is a function of were not gathered of the rows."""


class DeliveryError(ModelChecksError):
    """A mail was not accepted for any receiver.

    Attributes
    ----------
    is_unreachable
        Whether the server was not even told of the mail, so that no other would come further.
    """

    def __init__(self, sentence: str, *, is_unreachable: bool = False) -> None:
        self.is_unreachable = is_unreachable
        super().__init__(sentence)


Interrupted = Callable[[], bool]
"""Tells whether a person, or what stops a job, has asked this process to end."""


_interrupted: ContextVar[Interrupted | None] = ContextVar("interrupted", default=None)


@contextmanager
def heeding(interrupted: Interrupted | None) -> Iterator[None]:
    """Let the blocks that are guarded within this one know whose interruption they see.

    Parameters
    ----------
    interrupted
        Asked whenever something was raised: if it says so the run ends, whatever that was; if not,
        also a KeyboardInterrupt is only what some code has raised. None where nobody can tell:
        every KeyboardInterrupt is taken for a person's then.
    """
    before = _interrupted.set(interrupted)
    try:
        yield
    finally:
        _interrupted.reset(before)


@contextmanager
def guarded(refusal: Callable[[BaseException], MeasurementError]) -> Iterator[None]:
    """Turn whatever is raised in the block into an error of ours.

    That is more than exceptions: what ends asyncio's tasks, a panic of a library in Rust, what
    pytest skips, fails and exits by, and ``sys.exit`` derive from BaseException alone.

    Parameters
    ----------
    refusal
        Makes the error of what was raised. An error of ours is raised on as it is.

    Raises
    ------
    MeasurementError
        Instead of anything else.
    KeyboardInterrupt
        If the run is to end: see ``heeding``.
    """
    try:
        yield
    except BaseException as error:
        if _ends_the_run(error):
            raise KeyboardInterrupt from error
        if _is_ours(error):
            raise
        raise refusal(error) from error


def _ends_the_run(error: BaseException) -> bool:
    interrupted = _interrupted.get()
    # By its type, for what an object says of its class is somebody's code as well.
    return interrupted() if interrupted else issubclass(type(error), KeyboardInterrupt)


def _is_ours(error: BaseException) -> bool:
    """Whether it is an error of ours, and no class that somebody has derived from one."""
    return issubclass(type(error), MeasurementError) and (type(error).__module__ == __name__)
