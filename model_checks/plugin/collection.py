"""Turns the plan into pytest's items, and begins a run."""

import signal
import sys
from typing import Any

import pytest

from model_checks.errors import SettingsError
from model_checks.plan.checks import Check, Plan
from model_checks.plugin.outcome import Outcomes, check_of
from model_checks.plugin.run import RUN, Ending, JudgedRun
from model_checks.plugin.session import CheckSession, session_of
from model_checks.plugin.signals import STOPPING
from model_checks.plugin.stash import is_checks


def attend(config: pytest.Config) -> CheckSession:
    """Begin the run of a session with checks: its end is reported from now on, whatever it is."""
    session = session_of(config)
    if session.is_worker:
        session.signals.heed(signal.SIGINT)
    elif not config.pluginmanager.has_plugin(RUN):
        run = JudgedRun(session, config)
        config.pluginmanager.register(run, RUN)
        config.pluginmanager.register(Ending(run), "model_checks ending")
        session.signals.heed(*STOPPING)
    config.add_cleanup(session.signals.give_back)
    return session


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Make one test of each check, marked with its model, metric and task.

    Mistakes in the settings can't be raised here without a traceback: ``refuse_mistakes`` does so.
    """
    session = attend(metafunc.config)
    try:
        checks = session.plan.checks
    except SettingsError:
        metafunc.parametrize("check", [pytest.param(None, id="mistakes in the settings")])
        return
    _register_markers(metafunc.config, session)
    metafunc.parametrize(
        "check", [pytest.param(check, id=check.id, marks=_marks(check)) for check in checks]
    )


def _marks(check: Check) -> list[pytest.MarkDecorator]:
    return [getattr(pytest.mark, name) for name in (check.model, check.metric, check.task)]


def _register_markers(config: pytest.Config, session: CheckSession) -> None:
    checks = session.plan.checks
    names = {check.model: f"checks of the model {check.model}" for check in checks}
    names |= {check.metric: f"checks of the metric {check.metric}" for check in checks}
    names |= {check.task: f"checks of {check.task} models" for check in checks}
    for name, meaning in names.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def refuse_mistakes(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Raise the mistakes in the settings as a UsageError; a worker leaves it to the controller."""
    session = session_of(config)
    if session.mistakes:
        items.clear()
        if not session.is_worker:
            raise pytest.UsageError(*session.mistakes.mistakes)


def refuse_unchecked(config: pytest.Config, asked: str) -> None:
    """Raise a UsageError where a gate or a candidate was asked for and no check was collected.

    Raises
    ------
    pytest.UsageError
        Always, except in a worker, which leaves it to the controller.
    """
    if hasattr(config, "workerinput"):
        return
    raise pytest.UsageError(
        f"{asked}: no check was collected, so nothing was judged; "
        "name model_checks, or with --pyargs the installed package"
    )


def drop_repeated(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep each check once where its file was named in two ways."""
    checks = [item for item in items if is_checks(item.path)]
    first = {item.name: item for item in reversed(checks)}
    repeated = [item for item in checks if first[item.name] is not item]
    if repeated:
        config.hook.pytest_deselected(items=repeated)
        left_out = {id(item) for item in repeated}
        items[:] = [item for item in items if id(item) not in left_out]


def notes_of(config: pytest.Config) -> list[str]:
    """Return the lines on checks that have been collected; with ``-q`` there are none."""
    plan = session_of(config).planned
    if config.get_verbosity() < 0 or not isinstance(plan, Plan):
        return []
    return [f"note: {sentence}" for sentence in plan.notes]


def begin(session: pytest.Session, nodeids: list[str]) -> None:
    """Register what a run with checks needs in this process; with mistakes there is no run.

    pytest calls a collection finished also where a signal or a mistake has ended it.
    """
    checks = session_of(session.config)
    if checks.mistakes or sys.exc_info()[1] is not None:
        return
    session.config.pluginmanager.register(Outcomes(checks), "model_checks outcomes")
    if not checks.is_worker:
        _select(session.config, nodeids)


def begin_in_controller(config: pytest.Config, nodeids: list[str]) -> None:
    """Begin the run in the controller, once, from what the first worker has collected."""
    if config.pluginmanager.has_plugin(RUN):
        return
    session = attend(config)
    refuse_mistakes(config, [])
    try:
        session.reports.claim()
    except SettingsError as error:
        raise pytest.UsageError(*error.mistakes) from None
    terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
    for line in notes_of(config) if terminal else []:
        terminal.write_line(line)
    _select(config, nodeids)


def _select(config: pytest.Config, nodeids: list[str]) -> None:
    """Tell the run which checks it has."""
    session = session_of(config)
    planned = {check.id: check.model for check in session.plan.checks}
    ids = [check_id for nodeid in nodeids if (check_id := check_of(nodeid)) in planned]
    unasked = session.settings.candidates - {planned[check_id] for check_id in ids}
    if nodeids and unasked and not session.options.collect_only:
        name = min(unasked)
        raise pytest.UsageError(f"--checks-candidate {name}: none of its checks was selected")
    run: Any = config.pluginmanager.get_plugin(RUN)
    run.select(ids)
