"""The run of a session with checks: results come in; report, files and mail go out."""

import signal
import tempfile
import threading
from collections.abc import Generator
from copy import copy
from pathlib import Path

import pytest

from model_checks.files import write_whole
from model_checks.gate import Gate
from model_checks.plan import Plan
from model_checks.plugin.assembly import assembled
from model_checks.plugin.mail import Told, tell
from model_checks.plugin.outcome import TEST, Outcome, attach, attached, check_of, properties
from model_checks.plugin.report import ReportHooks, start_report
from model_checks.plugin.session import DIED, CheckSession
from model_checks.plugin.terminal import write_gate, write_summary
from model_checks.results import Chart, Result, Run, error_of, run_as_json

NOT_DELIVERED = 11


def clear(folder: Path) -> None:
    """Remove what an earlier run has left: it must not be taken for what this one has found."""
    for stale in ("report.html", "results.json", "summary.html", "email.eml"):
        (folder / stale).unlink(missing_ok=True)


class JudgedRun:
    """Gathers the results in the process that reports them, and tells them when all are in.

    Parameters
    ----------
    ids
        The checks to be run, of all that are planned.
    """

    def __init__(self, session: CheckSession, config: pytest.Config, ids: list[str]) -> None:
        self._session = session
        self._config = config
        self._ids = ids
        self._results: dict[str, Result] = {}
        self._charts: dict[tuple[str, str], Chart] = {}
        self._undrawn: list[str] = []
        self._ended_by: int | None = None
        self._hooks = ReportHooks(session)
        self._told: tuple[Run, Told] | None = None
        self._gate: Gate | None = None

    def begin(self) -> None:
        """Make the report folder, clear it of what another run left, and start the report."""
        folder = self._session.options.report_dir
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass  # it can be written to
            clear(folder)
        except OSError as error:
            raise pytest.UsageError(f"--report-dir {folder}: {error.strerror}") from None
        start_report(self._config, self._hooks, folder / "report.html")
        self._heed_sigterm()

    def _heed_sigterm(self) -> None:
        """End as at Ctrl-C on what stops a job, where Python would end on the spot, untold.

        ``pytest.exit`` would not do: what it raises is caught like any error of a model.
        """
        if threading.current_thread() is not threading.main_thread():
            return

        def restore() -> None:
            signal.signal(signal.SIGTERM, before)

        def end(number: int, _: object) -> None:
            restore()  # a second one does end it on the spot
            self._ended_by = number
            raise KeyboardInterrupt(signal.Signals(number).name)

        before = signal.signal(signal.SIGTERM, end) or signal.SIG_DFL
        self._config.add_cleanup(restore)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(
        self, report: pytest.TestReport
    ) -> Generator[None, object, object]:
        """Take in a result, from this process or from a worker."""
        died = str(report.when) == "???"  # how xdist reports a test during which a worker died
        if died:
            self._restate(report)
        outcome = attached(report)
        if outcome:
            self._take(outcome)
            self._hooks.show(report, outcome.chart)
        result = yield
        if died and outcome:  # pytest-html shows a test when it has ended
            self._config.hook.pytest_runtest_logreport(report=_end_of(report))
        return result

    def _take(self, outcome: Outcome) -> None:
        self._results[outcome.result.check.id] = outcome.result
        if outcome.chart:
            self._charts[outcome.chart.model, outcome.chart.title] = outcome.chart
        if outcome.undrawn:
            self._undrawn.append(outcome.undrawn)

    def _restate(self, report: pytest.TestReport) -> None:
        """A check during which a worker died could not be made: an error as any other."""
        plan, check_id = self._session.planned, check_of(report.nodeid)
        checks = plan.checks if isinstance(plan, Plan) else ()
        for check in checks:
            if check.id == check_id:
                result = error_of(check, DIED)
                report.when, report.longrepr = "setup", result.message
                report.location = (*report.location[:2], f"{TEST}{check.id}]")
                report.user_properties = properties(result)
                attach(report, Outcome(result))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int
    ) -> Generator[None, object, object]:
        """Around pytest-html's own: the overviews are drawn before it, the rest is told after."""
        run = self._run(int(exitstatus))
        overviews = self._hooks.draw_overviews(run)
        outcome = yield
        self._gate = self._session.gate(self._results)
        if self._gate:
            session.exitstatus = self._gate.status(int(exitstatus))
        if self._ended_by:
            session.exitstatus = 128 + self._ended_by
        run = self._kept(int(session.exitstatus))
        told = tell(run, [*overviews, *self._charts.values()], self._session)
        if not told.delivered:
            session.exitstatus = NOT_DELIVERED
            run = self._kept(NOT_DELIVERED)
        self._told = run, told
        return outcome

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What a person should know beside the failures."""
        if self._told:
            run, told = self._told
            write_summary(terminalreporter, run, told, self._session.options)
            if self._gate:
                write_gate(terminalreporter, self._gate, run.exit_status, self._session.options)

    def _kept(self, exit_status: int) -> Run:
        """The run, with ``results.json`` written."""
        run = self._run(exit_status)
        path = self._session.options.report_dir / "results.json"
        write_whole(path, run_as_json(run).encode())
        return run

    def _run(self, exit_status: int) -> Run:
        undrawn = [*self._undrawn, *self._hooks.undrawn]
        return assembled(self._session, self._ids, self._results, exit_status, undrawn)


def _end_of(report: pytest.TestReport) -> pytest.TestReport:
    end = copy(report)
    end.when, end.outcome, end.longrepr = "teardown", "passed", None
    return end
