"""A bar on the terminal while a model is called: rows, rate, and the time that is left."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from model_checks.predict.batches import Progress

_SILENT_SECONDS = 1.0
_BETWEEN_SECONDS = 0.2
_LONGEST_BAR = 30


@contextmanager
def progress_bar(config: pytest.Config, name: str) -> Iterator[Progress | None]:
    """Yield a function to report the progress with a model to; None where nobody watches.

    Nobody does where pytest does not write to a terminal, under pytest-xdist, and with -q; nor is
    there a bar with -s, where what a model prints would come between.
    """
    terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
    watched = terminal and terminal.isatty and os.environ.get("TERM") != "dumb"
    if not watched or terminal.verbosity < 0 or config.getoption("capture") == "no":
        yield None
        return
    bar = _Bar(config, name)
    try:
        yield bar.told
    finally:
        bar.clear()


def _write_below(config: pytest.Config, text: str) -> None:
    """Write into the line below pytest's own, and go back to where that goes on."""
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    writer = _writer(config)
    column = writer.width_of_current_line % writer.fullwidth + 1
    with capture.global_and_fixture_disabled():
        sys.stdout.write(f"\n\r{text}\x1b[K\x1b[A\x1b[{column}G")
        sys.stdout.flush()


def _writer(config: pytest.Config) -> Any:
    terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
    return terminal._tw  # noqa: SLF001 (nothing else knows the column)


class _Bar:
    def __init__(self, config: pytest.Config, name: str) -> None:
        self._config = config
        self._name = name
        self._started = time.monotonic()
        self._due = self._started + _SILENT_SECONDS
        self._drawn = False

    def told(self, done: int, total: int) -> None:
        """Draw the progress, but not at once, and not too often."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due, self._drawn = now + _BETWEEN_SECONDS, True
        width = _writer(self._config).fullwidth - 1
        text = progress_text(self._name, done, total, now - self._started, width)
        _write_below(self._config, text)

    def clear(self) -> None:
        """Remove the bar from the terminal."""
        if self._drawn:
            _write_below(self._config, "")


def progress_text(name: str, done: int, total: int, seconds: float, width: int) -> str:
    """Return the line of progress, with a bar in the room that the figures leave.

    >>> progress_text("churn", 50_000, 200_000, 2.0, 79)
    'churn  25 %  50,000 of 200,000 rows  25,000/s  0:00:06 left  [====            ]'
    """
    left = timedelta(seconds=round((total - done) * seconds / done))
    rate = f"{done / seconds:,.0f}/s"
    text = f"{name} {100 * done // total:3} %  {done:,} of {total:,} rows  {rate}  {left} left"
    room = min(width - len(text) - 4, _LONGEST_BAR)
    bar = "=" * (room * done // total)
    return f"{text}  [{bar:<{room}}]" if room > 0 else text[:width]
