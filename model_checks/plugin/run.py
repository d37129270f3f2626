"""The run of a session with checks: results come in; report, files and mail go out."""

from collections.abc import Generator

import pytest

from model_checks.files import write_whole
from model_checks.plugin.assembly import assembled
from model_checks.plugin.mail import Told, tell
from model_checks.plugin.outcome import attached
from model_checks.plugin.report import ReportHooks, start_report
from model_checks.plugin.session import CheckSession
from model_checks.plugin.terminal import write_summary
from model_checks.results import Chart, Result, Run, run_as_json

NOT_EVALUATED, NOT_DELIVERED = 10, 11


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
        self._crashed: set[str] = set()
        self._hooks = ReportHooks(session)
        self._told: tuple[Run, Told] | None = None

    def begin(self) -> None:
        """Make the report folder, clear it of what another run left, and start the report."""
        folder = self._session.options.report_dir
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for stale in ("report.html", "results.json", "summary.html", "email.eml"):
                (folder / stale).unlink(missing_ok=True)
        except OSError as error:
            raise pytest.UsageError(f"--report-dir {folder}: {error.strerror}") from None
        start_report(self._config, self._hooks, folder / "report.html")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in a result, from this process or from a worker."""
        outcome = attached(report)
        if outcome:
            result, chart = outcome
            self._results[result.check.id] = result
            if chart:
                self._charts[chart.model, chart.title] = chart
            self._hooks.show(report, chart)
        elif str(report.when) == "???":  # how xdist reports a test during which a worker died
            self._crashed.add(report.nodeid)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int
    ) -> Generator[None, object, object]:
        """Around pytest-html's own: the overviews are drawn before it, the rest is told after."""
        run = self._run(int(exitstatus))
        overviews = self._hooks.draw_overviews(run)
        outcome = yield
        told = tell(run, [*overviews, *self._charts.values()], self._session)
        if not told.delivered:
            session.exitstatus = NOT_DELIVERED
        elif self._session.options.gate and exitstatus == 0 and run.planned > len(run.results):
            session.exitstatus = NOT_EVALUATED
        run = self._run(int(session.exitstatus))
        path = self._session.options.report_dir / "results.json"
        write_whole(path, run_as_json(run).encode())
        self._told = run, told
        return outcome

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What a person should know beside the failures."""
        if self._told:
            write_summary(terminalreporter, *self._told, self._session.options)

    def _run(self, exit_status: int) -> Run:
        return assembled(self._session, self._ids, self._results, self._crashed, exit_status)
