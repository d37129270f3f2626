"""The mail about a session that was to judge and came to no verdict: exit status 3 or 4."""

import sys
from collections.abc import Sequence
from typing import Any

import pytest

from model_checks.notify.base import DeliveryReport
from model_checks.notify.policy import tell_broken
from model_checks.plugin.alert_options import alert_options
from model_checks.plugin.session import CheckSession, session_of
from model_checks.settings import email_of


def tell_of_session(config: pytest.Config, exit_status: int) -> None:
    """Send the mail about a session without a run, with the mistakes that pytest will print."""
    session = session_of(config)
    told = tell_of_nothing(session, exit_status, usage_mistakes())
    terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
    for line in told.lines if terminal else ():
        terminal.write_line(line)


def usage_mistakes() -> Sequence[str]:
    """Return the sentences of a pytest.UsageError that is on its way while the session ends."""
    error = sys.exc_info()[1]
    return [str(one) for one in error.args] if isinstance(error, pytest.UsageError) else []


def tell_of_nothing(
    session: CheckSession, exit_status: int, sentences: Sequence[str]
) -> DeliveryReport:
    """Send the mail about a run that came to no verdict, unless somebody sits before it.

    Whoever judges as of another day, chooses among the checks or only lists them sits before it.
    """
    options = session.options
    if options.as_of or options.narrowed or options.collect_only:
        return DeliveryReport()
    return tell_broken(
        alert_options(options, email_of(options.thresholds), options.thresholds.parent),
        exit_status=exit_status,
        sentences=sentences,
        started=session.started,
        leftovers=not session.reports.is_of_another_run,
    )
