"""Somebody else's code may raise what it likes: it becomes an error of ours, but for a Ctrl-C."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from model_checks import errors

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
def guarded(refusal: Callable[[BaseException], errors.MeasurementError]) -> Iterator[None]:
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
    return issubclass(type(error), errors.MeasurementError) and (
        type(error).__module__ == errors.__name__
    )
