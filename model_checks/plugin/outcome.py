"""Results as pytest reports them: passed, failed, skipped or error, with one clean line each."""

import base64
import linecache
import pickle
from collections.abc import Generator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pytest

from model_checks.judging.results import Result, error_of
from model_checks.judging.verdict import Verdict
from model_checks.metrics import AnyEstimate, Estimate
from model_checks.plan.checks import Check
from model_checks.plugin.session import CheckSession, session_of
from model_checks.predict.sources import raised
from model_checks.report.picture import Chart
from model_checks.text import clean, said_by, told_of, without_commands
from model_checks.text.redaction import without_secrets

result_key = pytest.StashKey[Result]()
told_key = pytest.StashKey[Result]()
_ATTRIBUTE = "model_checks_outcome"
TEST = "test_threshold["


class BoundMissedError(AssertionError):
    """The error of a check that failed; its text is the result's message."""


class NotMeasuredError(Exception):
    """The error of a check that could not be made; its text is the result's message."""


_OURS = (BoundMissedError, NotMeasuredError)


def measured(check: Check, request: pytest.FixtureRequest) -> Result:
    """Return a check's result, and add it to the properties of the test in JUnit's XML.

    Raises
    ------
    NotMeasuredError
        If the model could not be measured.
    """
    result = session_of(request.config).result(check)
    request.node.stash[result_key] = result
    request.node.user_properties.extend(properties(result))
    if result.verdict is Verdict.ERROR:
        raise NotMeasuredError(result.message)
    return result


def hold(result: Result) -> None:
    """Pass, skip or fail the test as the verdict says; it fails by a BoundMissedError."""
    if result.failed:
        raise BoundMissedError(result.message)
    if result.skipped:
        pytest.skip(result.message)


def properties(result: Result) -> list[tuple[str, object]]:
    """Return verdict and figures as text: whatever reads the XML gets no numpy to choke on."""
    told: list[tuple[str, object]] = [("verdict", result.verdict.value)]
    estimate, compared = result.estimate, result.comparison
    if isinstance(estimate, Estimate):
        told += _figures(estimate)
        told += [("confidence", repr(estimate.confidence)), ("method", estimate.method)]
    if compared and isinstance(compared.degradation, Estimate):
        told += [("baseline", clean(compared.source)), *_figures(compared.baseline, "baseline_")]
        told += _figures(compared.degradation, "degradation_")
    numbers: dict[str, float | None] = {"rows_to_decide": result.rows_to_decide}
    if significance := result.significance:
        numbers |= {"p_value": significance.p_value, "adjusted_p_value": significance.adjusted}
    told += [(name, repr(number)) for name, number in numbers.items() if number is not None]
    return told + ([("n", str(estimate.n))] if estimate else [])


def _figures(estimate: AnyEstimate, of: str = "") -> list[tuple[str, object]]:
    names = ("value", "low", "high")
    return [(f"{of}{name}", repr(getattr(estimate, name))) for name in names]


@dataclass(frozen=True)
class Outcome:
    """The result and the chart that a check's report carries, also from worker to controller.

    Attributes
    ----------
    undrawn
        Why the chart could not be drawn, if one was wanted.
    """

    result: Result
    chart: Chart | None = None
    undrawn: str | None = None


def attach(report: pytest.TestReport, outcome: Outcome) -> None:
    """Put an outcome on a report, as text, which every way of passing reports on can carry."""
    setattr(report, _ATTRIBUTE, base64.b64encode(pickle.dumps(outcome)).decode())


def attached(report: pytest.TestReport) -> Outcome | None:
    """Return the outcome that was put on a report, if any."""
    text = getattr(report, _ATTRIBUTE, None)
    return None if text is None else _unpickled(text)


@lru_cache(maxsize=1)  # several hooks ask for one report in turn
def _unpickled(text: str) -> Outcome:
    outcome: Outcome = pickle.loads(base64.b64decode(text))  # noqa: S301 (ours)
    return outcome


def check_of(nodeid: str) -> str | None:
    """Return the check id in a node id, be there such a check or not; None for another test.

    The path before it may be anything: installed checks have that of no file in the project.

    >>> check_of("model_checks/test_thresholds.py::test_threshold[churn-recall]")
    'churn-recall'
    >>> check_of(".::test_threshold[churn-recall]")
    'churn-recall'
    """
    test = nodeid.partition("::")[2]
    return test.removeprefix(TEST).removesuffix("]") if test.startswith(TEST) else None


def undrawn(name: str, error: BaseException) -> str:
    """Return why there is no chart, in one line."""
    return clean(f"{name}: {told_of(error)}")


def _published(text: str) -> str:
    """Return what was printed during a check, fit for a log that others read; its lines stay."""
    return without_commands(without_secrets(text))


def check_of_item(item: pytest.Item) -> Check | None:
    """Return the check that a test makes; None for another test."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    check = parameters.get("check")
    return check if isinstance(check, Check) else None


class Outcomes:
    """A plugin that completes the reports of checks, in the process that runs them."""

    def __init__(self, session: CheckSession) -> None:
        self._session = session

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put the result with its chart on the report with which a check has ended.

        Outermost, so that no mark and no hook of another plugin has the last word on a check.
        """
        report = yield
        check = check_of_item(item)
        if check is None:
            return report
        report.sections = [(name, _published(text)) for name, text in report.sections]
        if report.when == "setup" and report.passed:
            return report
        known, told = item.stash.get(result_key, None), item.stash.get(told_key, None)
        if told and (told.failed or not report.failed):
            return report
        result = _final(check, None if told else known, report, call)
        item.stash[told_key] = result
        foreign = report.failed and call.excinfo and not isinstance(call.excinfo.value, _OURS)
        trace = report.longrepr if foreign else None  # it helps the author of what has raised
        _restate(report, result, item)
        report.longrepr = trace or report.longrepr
        attach(report, self._outcome(result, item.session))
        return report

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Hold no rows open while other tests run."""
        if check_of(nodeid) is None:
            self._session.close_rows()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Nor while files are written and a mail is sent."""
        self._session.close_rows()

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: Any, nodeid: str) -> None:
        """Make what a model warns of fit for a log that others read."""
        if check_of(nodeid):
            warning_message.message = clean(said_by(warning_message.message), 1000)
            line = linecache.getline(warning_message.filename, warning_message.lineno)
            warning_message.line = clean(line)

    def _outcome(self, result: Result, session: pytest.Session) -> Outcome:
        """Return a result with its chart, or with a note if that can't be drawn."""
        try:
            return Outcome(result, self._session.detail_chart(result))
        except Exception as error:  # noqa: BLE001 (see above)
            return Outcome(result, undrawn=undrawn(result.check.id, error))
        except KeyboardInterrupt as error:  # the run stops once the result is reported
            session.shouldstop = str(error) or "interrupted"
            return Outcome(result, undrawn=undrawn(result.check.id, error))


def _final(
    check: Check, result: Result | None, report: pytest.TestReport, call: pytest.CallInfo[None]
) -> Result:
    """Return a check's result, or an error of whatever kept the test from its end."""
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, pytest.skip.Exception) and not (result and result.skipped):
        return error_of(check, f"it was skipped before it was judged ({error})")
    if result is None or report.when == "teardown":
        was = "was set up and not run" if error is None else raised(error)
        return error_of(check, f"its test {was}")
    if result.failed or not report.failed or isinstance(error, BoundMissedError):
        return result
    return error_of(check, f"its test {raised(error)}") if error else result


def _restate(report: pytest.TestReport, result: Result, item: pytest.Item) -> None:
    """Let the report say what the result is, in one clean line, whatever a mark has made of it."""
    vars(report).pop("wasxfail", None)
    if result.failed:
        report.outcome, report.longrepr = "failed", result.message
    elif result.skipped:  # placed at the check, not at our line that skips
        path, line, _ = item.location
        report.outcome = "skipped"
        report.longrepr = (path, (line or 0) + 1, f"Skipped: {result.message}")
    else:
        report.outcome, report.longrepr = "passed", None
    if not report.user_properties:
        report.user_properties = properties(result)
