"""From the plan to pytest's items, and the beginning of a run."""

from contextlib import suppress
from typing import Any

import pytest

from model_checks.errors import SettingsError
from model_checks.plan import Check, Plan
from model_checks.plugin import is_checks
from model_checks.plugin.outcome import Outcomes, check_of
from model_checks.plugin.run import JudgedRun, clear
from model_checks.plugin.session import CheckSession, session_of


def parametrize(metafunc: pytest.Metafunc) -> None:
    """One test for each check, marked with its model, metric and task.

    Mistakes in the settings can't be told from here without a traceback: ``refuse_mistakes`` does.
    """
    session = session_of(metafunc.config)
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
    """Raise what was wrong with the settings; a worker leaves that to the controller."""
    session = session_of(config)
    mistakes = session.planned
    if isinstance(mistakes, SettingsError):
        items.clear()
        if not session.is_worker:
            _clear(session, config)
            raise pytest.UsageError(*mistakes.mistakes)


def drop_repeated(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep a check once, where its file was named by two ways that lead to it."""
    checks = [item for item in items if is_checks(item.path)]
    first = {item.name: item for item in reversed(checks)}
    repeated = [item for item in checks if first[item.name] is not item]
    if repeated:
        config.hook.pytest_deselected(items=repeated)
        left_out = {id(item) for item in repeated}
        items[:] = [item for item in items if id(item) not in left_out]


def _clear(session: CheckSession, config: pytest.Config) -> None:
    """A session in which nothing is judged leaves no verdicts of an earlier one behind."""
    if not config.getoption("collectonly"):
        with suppress(OSError):
            clear(session.options.report_dir)


def notes_of(config: pytest.Config) -> list[str]:
    """What is known of the checks when they have been collected; with ``-q`` nothing is told."""
    plan = session_of(config).planned
    if config.get_verbosity() < 0 or not isinstance(plan, Plan):
        return []
    return [f"note: {sentence}" for sentence in plan.notes]


def begin(session: pytest.Session, nodeids: list[str]) -> None:
    """Register what a run with checks needs in this process; with mistakes there is no run."""
    checks = session_of(session.config)
    if isinstance(checks.planned, SettingsError):
        return
    session.config.pluginmanager.register(Outcomes(checks), "model_checks outcomes")
    if not checks.is_worker:
        _register_run(session.config, nodeids)


def begin_in_controller(config: pytest.Config, nodeids: list[str]) -> None:
    """As ``begin``, once, from what the first worker has collected."""
    if config.pluginmanager.has_plugin("model_checks run"):
        return
    refuse_mistakes(config, [])
    terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
    for line in notes_of(config) if terminal else []:
        terminal.write_line(line)
    _register_run(config, nodeids)


def _register_run(config: pytest.Config, nodeids: list[str]) -> None:
    """Take note of the checks to run; without one, or with none to be run, there is no run."""
    session = session_of(config)
    planned = {check.id for check in session.plan.checks}
    ids = [check_id for nodeid in nodeids if (check_id := check_of(nodeid)) in planned]
    if not ids and session.options.gate:
        _clear(session, config)
    if not ids or config.getoption("collectonly"):
        return
    run = JudgedRun(session, config, ids)
    run.begin()  # first: a run that can't begin has no end either
    config.pluginmanager.register(run, "model_checks run")
