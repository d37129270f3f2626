"""What ``pytest model_checks`` collects: one test for each bound agreed in thresholds.toml."""

import pytest

from model_checks.judging.results import Result
from model_checks.plan.checks import Check
from model_checks.plugin.outcome import hold, measured


@pytest.fixture
def result(check: Check, request: pytest.FixtureRequest) -> Result:
    """What was measured; a model that could not be measured is an error, not a failure."""
    return measured(check, request)


@pytest.mark.model_checks
@pytest.mark.filterwarnings(
    "default",  # what a model warns of is no failure, whatever -W says
    # Nor what it raises in a thread or a __del__, where nothing waits for it, with a traceback.
    "ignore::pytest.PytestUnraisableExceptionWarning",
    "ignore::pytest.PytestUnhandledThreadExceptionWarning",
)
def test_threshold(result: Result) -> None:
    """Hold one figure against what was agreed for it."""
    hold(result)
