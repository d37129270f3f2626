"""The state that all code in this process shares; custom code changes it for itself alone."""

import decimal
import locale
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import numpy as np


class _Part(NamedTuple):
    """A setting of the process, with the functions that read and write it."""

    read: Callable[[], Any]
    write: Callable[[Any], object]


class ProcessState:
    """The state that custom code has changed, and finds again when it runs again.

    A model may go to its own folder while it is loaded, and read a file there when it predicts.
    """

    def __init__(self) -> None:
        self._changed: dict[str, Any] = {}

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Run a block in these surroundings, and restore the others after it."""
        ours = _read(_SHARED)
        with _streams_lent(), _signals_kept():
            try:
                _write(self._changed)
                yield
            finally:
                theirs = _read(_SHARED)
                self._changed = {
                    name: value
                    for name, value in theirs.items()
                    if repr(value) != repr(ours[name])  # a decimal context is equal to no other
                }
                _write({name: ours[name] for name in self._changed})


_OF_MODULES: dict[str, ProcessState] = {}


def process_state_of(reference: str) -> ProcessState:
    """Return the surroundings of an object's module, which all objects of the module share.

    Parameters
    ----------
    reference
        The object, as ``package.module:name``.
    """
    return _OF_MODULES.setdefault(reference.partition(":")[0], ProcessState())


def _read(parts: Mapping[str, _Part]) -> dict[str, Any]:
    return {name: part.read() for name, part in parts.items()}


def _write(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        _SHARED[name].write(value)


def _folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 (a text, as chdir takes it)
    except OSError:  # the folder was removed
        return None


def _go(folder: str | None) -> None:
    with suppress(OSError):  # the folder was removed
        os.chdir(folder or os.sep)


def _filter_warnings(filters: list[Any]) -> None:
    warnings.filters = filters
    with warnings.catch_warnings():
        pass  # the end of the block makes Python look at the filters anew


def _allow_recursion(limit: int) -> None:
    """Raise the recursion limit to what it was; a higher one may stay, and spoils nothing."""
    if limit > sys.getrecursionlimit():
        sys.setrecursionlimit(limit)


def _searched() -> list[str]:
    return list(sys.path) if isinstance(sys.path, list) else []


def _search(path: list[str]) -> None:
    """Put back folders that are searched for modules; added ones may stay, and spoil nothing."""
    found = _searched()
    sys.path = [*found, *(folder for folder in path if folder not in found)]


_SHARED = {
    "working folder": _Part(_folder, _go),
    "numpy's errors": _Part(np.geterr, lambda kinds: np.seterr(**kinds)),
    "decimals": _Part(lambda: decimal.getcontext().copy(), decimal.setcontext),
    "warnings": _Part(lambda: list(warnings.filters), _filter_warnings),
    "locale": _Part(
        lambda: locale.setlocale(locale.LC_ALL), lambda name: locale.setlocale(locale.LC_ALL, name)
    ),
    "search path": _Part(_searched, _search),
    "recursion": _Part(sys.getrecursionlimit, _allow_recursion),
}


class _Lent:
    """A stream that can be written to but not closed."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # such as the warning that it was not closed
            raise AttributeError(name)
        return getattr(self._stream, name)

    @property
    def buffer(self) -> "_Lent":
        return _Lent(self._stream.buffer)

    def detach(self) -> "_Lent":
        return self.buffer

    def close(self) -> None:
        self._stream.flush()


@contextmanager
def _streams_lent() -> Iterator[None]:
    """Lend the standard streams: were they closed or replaced, whoever writes next would fail."""
    streams: tuple[Any, Any] = sys.stdout, sys.stderr
    lent: list[Any] = [None if one is None else _Lent(one) for one in streams]
    sys.stdout, sys.stderr = lent
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Keep the handlers of signals that end a run; only the main thread can restore them."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    except KeyboardInterrupt:  # the handler itself may have said what a second one does
        raise
    except BaseException:
        _handle(before)
        raise
    else:
        _handle(before)


def _handle(handlers: Mapping[signal.Signals, Any]) -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    for number, handler in handlers.items():
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)
