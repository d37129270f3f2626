"""What all code in this process shares; what somebody's code changes is changed for it alone."""

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
    """A setting of the process: how it is read, and how it is written."""

    read: Callable[[], Any]
    write: Callable[[Any], object]


class Surroundings:
    """What somebody's code has changed of the process, which it finds again when it runs again.

    A model may go to its own folder while it is loaded, and read a file there when it predicts.
    """

    def __init__(self) -> None:
        self._changed: dict[str, Any] = {}

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Have a block run in them; after it all is as it was before."""
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


_OF_MODULES: dict[str, Surroundings] = {}


def surroundings_of(reference: str) -> Surroundings:
    """Return those of the module of an object: imported once, it is what all its objects share.

    Parameters
    ----------
    reference
        ``package.module:name``.
    """
    return _OF_MODULES.setdefault(reference.partition(":")[0], Surroundings())


def _read(parts: Mapping[str, _Part]) -> dict[str, Any]:
    return {name: part.read() for name, part in parts.items()}


def _write(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        _SHARED[name].write(value)


def _folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 (a text, as chdir takes it)
    except OSError:  # it was removed
        return None


def _go(folder: str | None) -> None:
    with suppress(OSError):  # as above
        os.chdir(folder or os.sep)


def _filter_warnings(filters: list[Any]) -> None:
    warnings.filters = filters
    with warnings.catch_warnings():
        pass  # at its end the filters are looked at anew


def _allow_recursion(limit: int) -> None:
    """Raise the limit to what it was; what was raised may stay so, and spoils nothing."""
    if limit > sys.getrecursionlimit():
        sys.setrecursionlimit(limit)


def _searched() -> list[str]:
    return list(sys.path) if isinstance(sys.path, list) else []


def _search(path: list[str]) -> None:
    """Look again where it was looked for modules; what was added may stay, and spoils nothing."""
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
    """Where they are closed or replaced, whoever writes next would fail, or go unheard."""
    streams: tuple[Any, Any] = sys.stdout, sys.stderr
    lent: list[Any] = [None if one is None else _Lent(one) for one in streams]
    sys.stdout, sys.stderr = lent
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


@contextmanager
def _signals_kept() -> Iterator[None]:
    """What ends a run has to end it after any model; only the main thread can see to that."""
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
