"""The run of a session with checks: results come in; report, files and mail go out."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any

import pytest

from model_checks.judging.gate import Gate
from model_checks.judging.results import Run
from model_checks.notify.base import DeliveryReport
from model_checks.notify.policy import tell
from model_checks.pipeline import Ended
from model_checks.plugin.alert_options import alert_options
from model_checks.plugin.gathered_results import GatheredResults
from model_checks.plugin.html_report import ReportHooks, start_report
from model_checks.plugin.outcome import attached
from model_checks.plugin.session import CheckSession
from model_checks.plugin.stash import status_key
from model_checks.plugin.terminal import write_gate, write_summary
from model_checks.plugin.writers import Writers
from model_checks.report.picture import Chart
from model_checks.store.files import write_whole
from model_checks.store.results_json import run_as_json

RUN = "model_checks run"
"""The name of a run among pytest's plugins."""

NOT_DELIVERED = 11
UNWRITTEN = 3
"""The exit status where all checks passed but ``results.json`` could not be written."""


class JudgedRun:
    """A gatherer of results in the process that reports them, which tells them when all are in.

    It is there before the checks are planned, so that whatever the session ends in is told.
    """

    def __init__(self, session: CheckSession, config: pytest.Config) -> None:
        self._session = session
        self._config = config
        self._ids: list[str] | None = None
        self._gathered = GatheredResults(session)
        self._stopped: str | None = None
        self._broken: list[str] = []
        self._hooks = ReportHooks(session)
        self._writers = Writers()
        self._told: tuple[Run, DeliveryReport] | None = None
        self._is_told = False
        self._overviews: Sequence[Chart] = ()
        self._gate: Gate | None = None

    def select(self, ids: list[str]) -> None:
        """Take note of the checks to be run, of all that are planned, and start the report."""
        if self._session.options.collect_only:
            return
        self._ids = ids
        if ids:
            start_report(self._config, self._hooks, self._session.options.report_dir)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Let a signal no longer interrupt, once all checks are made, but only be remembered."""
        outcome = yield
        self._session.signals.only_remember()
        return outcome

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Keep the reason why the session stopped: a person, a signal, or too many failures."""
        self._stopped = str(excinfo.value) or None

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Keep the error by which pytest or one of its plugins has failed."""
        self._broken.append(f"pytest failed: {excinfo.exconly()}")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(
        self, report: pytest.TestReport
    ) -> Generator[None, object, object]:
        """Take in a result, from this process or from a worker."""
        died = str(report.when) == "???"  # how xdist reports a test during which a worker died
        if died:
            self._gathered.restate(report)
        outcome = attached(report)
        if outcome:
            self._gathered.take(outcome)
            self._hooks.show(report, outcome.chart)
        result = yield
        if died and outcome:  # pytest-html shows a test when it has ended
            self._config.hook.pytest_runtest_logreport(report=_end_of(report))
        return result

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int
    ) -> Generator[None, object, object]:
        """Draw the overviews before other plugins write their reports, and tell the rest after.

        A file, picture or mail that fails keeps none of the others from being made.
        """
        self._session.signals.only_remember()
        if self._ids is not None:
            self._gathered.account_for_all(set(self._ids), int(exitstatus))
            self._overviews = self._hooks.draw_overviews(self._run(int(exitstatus), session))
        with self._writers.guarded(self._config):
            outcome = yield
        self.conclude(session, int(exitstatus))
        return outcome

    @contextmanager
    def telling(self, session: pytest.Session, exitstatus: int) -> Iterator[None]:
        """Report the run after the block, unless the block has done so, and even if it raises."""
        self._session.signals.only_remember()
        with self._writers.noting("what other plugins write"):
            yield
        self.conclude(session, exitstatus)

    def conclude(self, session: pytest.Session, exitstatus: int) -> None:
        """Report how the session ended; a second call does nothing."""
        if self._is_told:
            return
        self._is_told = True
        if self._ids is None:
            self._tell_unbegun(session, int(self._session.signals.exit_status or exitstatus))
            return
        self._hooks.finish(self._config, self._writers)
        status = self._tell(exitstatus, session, self._overviews)
        session.exitstatus = self._config.stash[status_key] = status
        if status == UNWRITTEN and self._terminal:  # pytest asks for no summary then
            self.pytest_terminal_summary(self._terminal)

    def _tell(self, status: int, session: pytest.Session, overviews: Sequence[Chart]) -> int:
        """Write the files, send the mail, and return the session's exit status."""
        status = self._session.signals.exit_status or status
        run = self._run(status, session)
        self._gate = self._session.gate(self._gathered.by_id)
        if self._gate:
            status = self._gate.status(status)
        elif status in (0, 5) and run.fell:
            status = 1
        if not self._ids and not run.fell:
            return status
        run = self._kept(status, session)
        if status == 0 and self._writers.unwritten:
            run = self._kept(UNWRITTEN, session)
        charts = [*overviews, *self._gathered.charts.values()]
        settings = self._session.settings
        options = alert_options(self._session.options, settings.email, settings.folder)
        told = tell(run, charts, options, unwritten=run.unwritten)
        if run.exit_status == UNWRITTEN and not told.was_due:
            told += self._tell_of_nothing(UNWRITTEN)
        final = run.exit_status
        if not told.delivered and final in (0, 1, 5):
            final = NOT_DELIVERED
        final = self._session.signals.exit_status or final  # a signal may have come in the meantime
        if final != run.exit_status:
            run = self._kept(final, session)
        self._told = run, told
        return final

    def _tell_unbegun(self, session: pytest.Session, status: int) -> None:
        """Report how a session ended in which no check could begin; its exit status is not 0."""
        if not self._session.options.collect_only:
            status = status or int(pytest.ExitCode.USAGE_ERROR)
            self._config.stash[status_key] = status
        session.exitstatus = status
        if self._session.options.collect_only:
            return
        if status != pytest.ExitCode.USAGE_ERROR:
            self._kept(status, session)
        if status in (3, 4) and self._terminal:
            for line in self._tell_of_nothing(status).lines:
                self._terminal.write_line(line)

    def _tell_of_nothing(self, status: int) -> DeliveryReport:
        from model_checks.plugin.broken_session import tell_of_nothing, usage_mistakes

        mistakes = self._session.mistakes
        wrong = mistakes.mistakes if mistakes else self._broken or usage_mistakes()
        if not wrong and self._stopped:
            wrong = [f"the session was ended before any check was made: {self._stopped}"]
        return tell_of_nothing(self._session, status, [*wrong, *self._writers.unwritten])

    @property
    def _terminal(self) -> Any:
        return self._config.pluginmanager.get_plugin("terminalreporter")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the summary of the checks, and of the gate, to the terminal."""
        if self._told:
            run, told = self._told
            write_summary(terminalreporter, run, told, self._session.options)
        if self._gate:
            status = self._config.stash[status_key]
            write_gate(terminalreporter, self._gate, status, self._session.options)

    def _kept(self, exit_status: int, session: pytest.Session) -> Run:
        """Write ``results.json`` if possible, and return the run."""
        run = self._run(exit_status, session)
        path = self._session.options.report_dir / "results.json"
        with self._writers.noting(path.name):
            write_whole(path, run_as_json(run).encode())
        return self._run(exit_status, session)

    def _run(self, exit_status: int, session: pytest.Session) -> Run:
        is_partial = self._ids is None or any(one not in self._gathered.by_id for one in self._ids)
        ended = Ended(
            exit_status,
            cut_short=self._cut_short(exit_status, session) if is_partial else None,
            by_person=self._session.signals.by_person,
            undrawn=[*self._gathered.undrawn, *self._hooks.undrawn],
            unwritten=self._writers.unwritten,
        )
        return self._session.run(self._ids or (), self._gathered.by_id, ended)

    def _cut_short(self, exit_status: int, session: pytest.Session) -> str | None:
        if self._session.signals.received:
            received = self._session.signals.received.name
            return f"stopped by {'Ctrl-C' if received == 'SIGINT' else received}"
        if self._stopped or session.shouldfail or session.shouldstop:
            return str(self._stopped or session.shouldfail or session.shouldstop)
        return "pytest met an internal error" if exit_status == UNWRITTEN else None


def _end_of(report: pytest.TestReport) -> pytest.TestReport:
    end = copy(report)
    end.when, end.outcome, end.longrepr = "teardown", "passed", None
    return end


class Ending:
    """The outermost hook on the end of a session, so that the run is told whoever ends it."""

    def __init__(self, run: JudgedRun) -> None:
        self._run = run

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int
    ) -> Generator[None, object, object]:
        """Report the run even where a user's hook has kept it from being reported."""
        with self._run.telling(session, int(exitstatus)):
            return (yield)
        return None
