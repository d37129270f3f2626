"""Results as pytest tells them: passed, failed, skipped or error, with one clean line each."""

import base64
import pickle
from collections.abc import Generator

import pytest

from model_checks.plan import Check
from model_checks.plugin.session import CheckSession, session_of
from model_checks.results import Chart, Result
from model_checks.verdicts import Verdict

result_key = pytest.StashKey[Result]()
_ATTRIBUTE = "model_checks_outcome"


class BoundMissedError(AssertionError):
    """A check failed; its text is the result's message."""


class NotMeasuredError(Exception):
    """A check could not be made; its text is the result's message."""


def measured(check: Check, request: pytest.FixtureRequest) -> Result:
    """The check's result, which also becomes properties of the test in JUnit's XML.

    Raises
    ------
    NotMeasuredError
        If the model could not be measured.
    """
    result = session_of(request.config).result(check)
    request.node.stash[result_key] = result
    request.node.user_properties.extend(_properties(result))
    if result.verdict is Verdict.ERROR:
        raise NotMeasuredError(result.message)
    return result


def hold(result: Result) -> None:
    """Pass, skip or fail as the verdict says."""
    if result.failed:
        raise BoundMissedError(result.message)
    if result.skipped:
        pytest.skip(result.message)


def _properties(result: Result) -> list[tuple[str, str]]:
    """Verdict, value, interval and n, as text: whatever reads the XML gets no numpy to choke on."""
    told = [("verdict", result.verdict.value)]
    estimate = result.estimate
    if estimate and estimate.value is not None:
        told += [("value", repr(estimate.value)), ("low", repr(estimate.low))]
        told += [("high", repr(estimate.high)), ("confidence", repr(estimate.confidence))]
        told += [("method", str(estimate.method))]
    return told + ([("n", str(estimate.n))] if estimate else [])


def attached(report: pytest.TestReport) -> tuple[Result, Chart | None] | None:
    """What ``Outcomes`` put on a report."""
    text = getattr(report, _ATTRIBUTE, None)
    if text is None:
        return None
    outcome: tuple[Result, Chart | None] = pickle.loads(base64.b64decode(text))  # noqa: S301 (ours)
    return outcome


class Outcomes:
    """Completes the reports of checks, in the process that runs them."""

    def __init__(self, session: CheckSession) -> None:
        self._session = session

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """One clean line for what failed, and the result with its chart for the controller."""
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if isinstance(error, BoundMissedError | NotMeasuredError):
            report.longrepr = str(error)
        result = item.stash.get(result_key, None)
        if result and (report.when == "call" or (report.when == "setup" and report.failed)):
            chart = self._session.detail_chart(result)
            text = base64.b64encode(pickle.dumps((result, chart))).decode()
            setattr(report, _ATTRIBUTE, text)
        return report
