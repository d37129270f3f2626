"""Keeps the files that are written when a session ends apart: no failure touches another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from model_checks.text import told_of

REPORT = "the report"
_WRITTEN_BY = {"LogXML": "--junitxml", "Report": REPORT, "SelfContainedReport": REPORT}
"""Names of what other plugins write at the end, by the plugin's class."""


class Writers:
    """A record of what could not be written, so that no failure ends anything else.

    Attributes
    ----------
    unwritten
        One sentence for each file that could not be written.
    failed
        Names of what could not be written.
    """

    def __init__(self) -> None:
        self.unwritten: list[str] = []
        self.failed: set[str] = set()

    @contextmanager
    def noting(self, what: str) -> Iterator[None]:
        """Note that something could not be written, rather than raise it."""
        try:
            yield
        except BaseException as error:  # noqa: BLE001 (a file that is wanting changes no verdict)
            self._note(what, error)

    @contextmanager
    def guarded(self, config: pytest.Config) -> Iterator[None]:
        """Guard the end of each other plugin: pytest passes over the rest once one raises."""
        hooks = config.hook.pytest_sessionfinish.get_hookimpls()
        ends = [hook for hook in hooks if not hook.wrapper and not hook.hookwrapper]
        functions = [end.function for end in ends]
        for end in ends:
            name = getattr(end.plugin, "__name__", type(end.plugin).__name__)
            end.function = self._guard(name, end.function)  # type: ignore[misc]
        try:
            with self.noting("what other plugins write"):
                yield
        finally:
            for end, function in zip(ends, functions, strict=True):
                end.function = function  # type: ignore[misc]

    def _guard(self, writer: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*arguments: Any) -> Any:
            try:
                return function(*arguments)
            except BaseException as error:  # noqa: BLE001 (as in noting)
                self._note(_WRITTEN_BY.get(writer, writer), error)
                return None

        return guarded

    def _note(self, what: str, error: BaseException) -> None:
        self.failed.add(what)
        sentence = f"{what} could not be written: {told_of(error)}"
        if sentence not in self.unwritten:
            self.unwritten.append(sentence)
