"""The results of a session as they come in, from this process and from workers."""

import pytest

from model_checks.judging.results import Result, error_of
from model_checks.plan.checks import Plan
from model_checks.plugin.outcome import TEST, Outcome, attach, check_of, properties
from model_checks.plugin.session import DIED, CheckSession
from model_checks.report.picture import Chart


class GatheredResults:
    """The results and charts of a session, each under the check or model that it is of.

    Attributes
    ----------
    by_id
        The results, by the ids of their checks.
    charts
        The charts of single checks, by model and title.
    undrawn
        Why charts could not be drawn, one sentence each.
    """

    def __init__(self, session: CheckSession) -> None:
        self.by_id: dict[str, Result] = {}
        self.charts: dict[tuple[str, str], Chart] = {}
        self.undrawn: list[str] = []
        self._session = session

    def take(self, outcome: Outcome) -> None:
        """Take in the result and the chart of a test."""
        self.by_id[outcome.result.check.id] = outcome.result
        if outcome.chart:
            self.charts[outcome.chart.model, outcome.chart.title] = outcome.chart
        if outcome.undrawn:
            self.undrawn.append(outcome.undrawn)

    def restate(self, report: pytest.TestReport) -> None:
        """Turn the report of a check during which a worker died into that of an error."""
        plan, check_id = self._session.planned, check_of(report.nodeid)
        checks = plan.checks if isinstance(plan, Plan) else ()
        for check in checks:
            if check.id == check_id:
                result = error_of(check, DIED)
                report.when, report.longrepr = "setup", result.message
                report.location = (*report.location[:2], f"{TEST}{check.id}]")
                report.user_properties = properties(result)
                attach(report, Outcome(result))

    def account_for_all(self, chosen: set[str], status: int) -> None:
        """Make an error of each chosen check that has no result, unless the run was stopped.

        pytest may call a session passed in which a test was never run, as where a user's hook has
        run the tests in its own way.
        """
        plan = self._session.planned
        if self._session.signals.received:  # it may have ended the workers as well
            self.by_id = {
                name: result
                for name, result in self.by_id.items()
                if not result.message.endswith(DIED)
            }
        elif status == 0 and isinstance(plan, Plan):
            for check in plan.checks:
                if check.id in chosen and check.id not in self.by_id:
                    self.by_id[check.id] = error_of(check, "its test was never run")
