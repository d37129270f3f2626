"""The tests that ``pytest model_checks`` collects: one for each bound in thresholds.toml."""

import pytest

from model_checks.judging.results import Result
from model_checks.plan.checks import Check
from model_checks.plugin.outcome import hold, measured


@pytest.fixture
def result(check: Check, request: pytest.FixtureRequest) -> Result:
    """Return the result of a check; a model that can't be measured is an error, not a failure."""
    return measured(check, request)


@pytest.mark.model_checks
@pytest.mark.filterwarnings(
    "default",  # what a model warns of is no failure, whatever -W says
    # Nor is an error in a thread or a __del__ of the model, which nothing waits for.
    "ignore::pytest.PytestUnraisableExceptionWarning",
    "ignore::pytest.PytestUnhandledThreadExceptionWarning",
)
def test_threshold(result: Result) -> None:
    """Hold one figure against the bound agreed for it."""
    hold(result)
