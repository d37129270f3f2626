"""Signals that stop a run from outside: a person's Ctrl-C, or SIGTERM of what runs the job."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

import pytest

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""The signals that stop a run; SIGHUP comes where its terminal or its login is gone."""

_Handler = Callable[[int, FrameType | None], object] | int | None


class Signals:
    """A handler of signals that ends a run in order, neither on the spot nor in a traceback.

    While checks are planned and made, a signal ends that as Ctrl-C does. Once the run is being
    reported, it is only remembered, so that no file is left half written and no mail half sent. A
    second signal is left to the handler from before.

    ``pytest.exit`` would not do: what it raises is caught like any error of a model.

    Attributes
    ----------
    received
        The first signal that came; None until one comes.
    """

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self._before: dict[signal.Signals, _Handler] = {}
        self._telling = False
        self._wanted: Callable[[], bool] = _always

    def heed(self, *numbers: signal.Signals, wanted: Callable[[], bool] | None = None) -> None:
        """Take over some signals until they are given back; but none outside the main thread.

        Parameters
        ----------
        wanted
            Returns whether there is a run to end; where there is none, a signal does what it did
            before. The last call's function counts; None is for a run at any time.
        """
        self._wanted = wanted or _always
        if threading.current_thread() is not threading.main_thread():
            return
        for number in numbers:
            if signal.getsignal(number) is not signal.SIG_IGN and number not in self._before:
                self._before[number] = signal.signal(number, self._take)

    def give_back(self) -> None:
        """Let all signals do what they did before."""
        for number, handler in self._before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        self._before = {}

    def only_remember(self) -> None:
        """Interrupt nothing from now on."""
        self._telling = True

    @property
    def interrupted(self) -> Callable[[], bool] | None:
        """Return a function that says whether a signal came; None where none would be noticed."""
        return (lambda: self.received is not None) if self._before else None

    @property
    def exit_status(self) -> int | None:
        """Return the exit status for the signal, if one came: 2 for Ctrl-C, 143 for SIGTERM."""
        if self.received is None:
            return None
        return int(pytest.ExitCode.INTERRUPTED) if self.by_person else 128 + self.received

    @property
    def by_person(self) -> bool:
        """Return whether a person has stopped the run by Ctrl-C."""
        return self.received is signal.SIGINT

    def _take(self, number: int, _: FrameType | None) -> None:
        if self.received or not self._wanted():
            self.give_back()
            os.kill(os.getpid(), number)
            return
        self.received = signal.Signals(number)
        if not self._telling:
            raise KeyboardInterrupt(self.received.name)


def _always() -> bool:
    return True
