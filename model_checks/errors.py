"""Every error that model-checks raises on purpose.

ModelChecksError
├── SettingsError        thresholds.toml does not say what it should: exit code 4
├── MeasurementError     one model could not be measured: its checks end in ERROR
│   ├── DataError        the labelled rows or logged predictions are not usable
│   ├── SourceError      the deployed model can't be loaded or does not predict
│   ├── FunctionError    a custom metric can't be computed: only its own checks end in ERROR
│   └── StatisticsError  a metric asks for statistics that were not gathered: a fault of ours
└── DeliveryError        a mail could not be handed to the server: exit code 11
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from model_checks.text import clean

_LONGEST = 2_000
"""The most characters of a mistake that are shown."""


class ModelChecksError(Exception):
    """The base of all errors below; its text is one clean sentence for a person to read."""

    def __init__(self, text: str = "") -> None:
        super().__init__(clean(text, _LONGEST))


class SettingsError(ModelChecksError):
    """An error for wrong settings; it carries every mistake found, in the order of the file."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(clean(mistake, _LONGEST) for mistake in mistakes)
        Exception.__init__(self, "\n".join(self.mistakes))

    def __reduce__(self) -> tuple[type["SettingsError"], tuple[tuple[str, ...]]]:
        return type(self), (self.mistakes,)


class MeasurementError(ModelChecksError):
    """An error for a model that could not be measured."""


class DataError(MeasurementError):
    """An error for rows that can't be read, or from which no metric can be computed."""


class SourceError(MeasurementError):
    """An error for a deployed model that can't be loaded, raises, or answers with no prediction."""


class FunctionError(MeasurementError):
    """An error for a custom metric that can't be imported, raises, or answers with no number."""


class StatisticsError(MeasurementError):
    """An error for statistics that a metric is a function of and that were not gathered."""


class DeliveryError(ModelChecksError):
    """An error for a mail that was accepted for no receiver.

    Attributes
    ----------
    is_unreachable
        Whether the session never got as far as the mail, so that no other mail would either.
    """

    def __init__(self, sentence: str, *, is_unreachable: bool = False) -> None:
        self.is_unreachable = is_unreachable
        super().__init__(sentence)


Interrupted = Callable[[], bool]
"""A function that returns whether a person or a scheduler has asked this process to end."""


_interrupted: ContextVar[Interrupted | None] = ContextVar("interrupted", default=None)


@contextmanager
def heeding(interrupted: Interrupted | None) -> Iterator[None]:
    """Tell the guarded blocks inside this one how to recognise that the run is to end.

    Parameters
    ----------
    interrupted
        Asked whenever something was raised: if it returns True the run ends, whatever was raised;
        if not, even a KeyboardInterrupt counts as an error of the code that raised it. With None,
        every KeyboardInterrupt is taken for a person's.
    """
    before = _interrupted.set(interrupted)
    try:
        yield
    finally:
        _interrupted.reset(before)


@contextmanager
def guarded(refusal: Callable[[BaseException], MeasurementError]) -> Iterator[None]:
    """Turn whatever is raised in the block into a MeasurementError.

    To catch Exception is not enough: asyncio's cancellation, a panic of a library in Rust,
    pytest's skip, fail and exit, and ``sys.exit`` derive from BaseException alone.

    Parameters
    ----------
    refusal
        Makes the error from what was raised. An error of this module is raised on as it is.

    Raises
    ------
    MeasurementError
        In place of anything else that the block raises.
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
    # type() and not isinstance: what an object says of its own class may be foreign code too.
    return interrupted() if interrupted else issubclass(type(error), KeyboardInterrupt)


def _is_ours(error: BaseException) -> bool:
    """Return whether an error's class is one of this module, not one derived from it elsewhere."""
    return issubclass(type(error), MeasurementError) and (type(error).__module__ == __name__)
