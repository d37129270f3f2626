"""The pytest plugin: options, and the hooks by which checks are collected.

It does nothing in a session that collects no check. The hooks of a run with checks are plugins of
their own (``outcome.Outcomes``, ``run.JudgedRun``), imported and registered when it begins.
"""

from collections.abc import Generator
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from model_checks.plugin.stash import (
    CHECKS,
    is_checks,
    session_key,
    shared_key,
    signals_key,
    status_key,
)

if TYPE_CHECKING:
    from model_checks.scratch import Scratch  # noqa: F401 (named in a string below)

_hidden_key = pytest.StashKey[str]()
_scratch_key = pytest.StashKey["Scratch"]()
_HIDDEN = "hidden libraries"
_SIGNS_OF_SECRETS = ("@", "=", "%", "::", "##", "pass", "pwd", "secret", "token", "key", "bearer")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the checks, and tell them to whoever gives one by its old name."""
    from model_checks.plugin.options import add_options, explain_old_names

    add_options(parser)
    explain_old_names(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of all checks, so that ``--markers`` shows it."""
    config.addinivalue_line("markers", "model_checks: the checks of all models")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker what the processes of a run share: a private folder, and its start."""
    if shared_key not in node.config.stash:
        from model_checks.scratch import Scratch

        scratch = node.config.stash[_scratch_key] = Scratch.new()
        node.config.stash[shared_key] = {
            "folder": str(scratch.path),
            "started": datetime.now(UTC).isoformat(),
        }
        _heed_signals_in_controller(node.config)
    node.workerinput["model_checks"] = node.config.stash[shared_key]


def _heed_signals_in_controller(config: pytest.Config) -> None:
    """End the run at a signal while a worker plans the checks; otherwise leave it to pytest.

    A signal may come in the middle of an import: nothing is imported while it is taken.
    """
    from model_checks.plugin.shared_cache import is_begun
    from model_checks.plugin.signals import STOPPING, Signals

    folder = Path(config.stash[shared_key]["folder"])
    signals = config.stash[signals_key] = Signals()
    signals.heed(*STOPPING, wanted=lambda: is_begun(folder, "plan"))
    config.add_cleanup(signals.give_back)


def _is_stopped(config: pytest.Config) -> bool:
    """Return whether a signal has ended the run while a worker was planning the checks."""
    from model_checks.plugin.shared_cache import is_begun

    signals = config.stash.get(signals_key, None)
    if signals is None or signals.received is None:
        return False
    return is_begun(Path(config.stash[shared_key]["folder"]), "plan")


def _asked(config: pytest.Config) -> str:
    """Return the option by which a promotion is to be judged; empty where none is given."""
    asked = ("--checks-gate", "--checks-candidate", "--checks-against")
    return next((option for option in asked if config.getoption(option)), "")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Keep the exit status that a run was reported with, whatever a user's hook makes of it."""
    try:
        status = yield
    except SystemExit:
        if not (told := config.stash.get(status_key, 0)):
            raise
        return told
    return status or config.stash.get(status_key, 0)


@pytest.hookimpl(optionalhook=True, trylast=True)
def pytest_metadata(metadata: Any) -> None:
    """Take secrets out of what pytest-metadata shows of the environment, before it is shown.

    This holds in a session without checks too, which can't be known yet; where no secret seems to
    be, nothing is imported.
    """
    text = str(metadata).lower()
    if any(sign in text for sign in _SIGNS_OF_SECRETS):
        from model_checks.plugin.environment import redact

        redact(metadata)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Ignore the checks where a file of the user hides a library that they need."""
    if not is_checks(collection_path):
        return None
    from model_checks.predict.shadowed_libraries import NEEDED, hidden_libraries

    folders = [config.rootpath, config.invocation_params.dir]
    if hidden := "; ".join(hidden_libraries(folders, NEEDED)):
        config.stash[_hidden_key] = hidden
    return True if hidden else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the checks even where the user's ``python_files`` would pass them over."""
    patterns = parent.config.getini("python_files")
    if not is_checks(file_path) or parent.session.isinitpath(file_path):
        return None
    if any(fnmatch(file_path.name, pattern) for pattern in patterns):
        return None
    return pytest.Module.from_parent(parent, path=file_path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test for each check of the plan."""
    if is_checks(Path(str(metafunc.module.__file__))):
        from model_checks.plugin.collection import parametrize

        parametrize(metafunc)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """End the session with exit code 4 on mistaken settings or a gate without checks."""
    if _hidden_key in config.stash:
        items.clear()
        _refuse_hidden(config)
    if session_key in config.stash:
        from model_checks.plugin.collection import drop_repeated, refuse_mistakes

        refuse_mistakes(config, items)
        drop_repeated(config, items)
    elif asked := _asked(config):
        from model_checks.plugin.collection import refuse_unchecked

        refuse_unchecked(config, asked)


def _refuse_hidden(config: pytest.Config) -> None:
    """Raise an error if a needed library is hidden; a worker leaves that to the controller."""
    worker = getattr(config, "workerinput", None)
    if _hidden_key in config.stash and worker:
        (Path(worker["model_checks"]["folder"]) / _HIDDEN).write_text(config.stash[_hidden_key])
    elif _hidden_key in config.stash:
        raise pytest.UsageError(config.stash[_hidden_key])


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Report mistakes in the settings where they are why a named check is not found."""
    try:
        return (yield)
    except pytest.UsageError:
        _refuse_hidden(session.config)
        if session_key in session.config.stash:
            from model_checks.plugin.collection import refuse_mistakes

            refuse_mistakes(session.config, [])
        raise


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin the run, now that it is known which checks it has."""
    if session_key in session.config.stash:
        from model_checks.plugin.collection import begin

        begin(session, [item.nodeid for item in session.items])


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Return notes on the checks from before any is made."""
    if session_key not in config.stash:
        return []
    from model_checks.plugin.collection import notes_of

    return notes_of(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """Begin the run in an xdist controller, which learns from a worker which checks it has."""
    from model_checks.plugin.shared_cache import is_kept

    folder = Path(node.config.stash[shared_key]["folder"])
    if (folder / _HIDDEN).exists():
        hidden = node.config.stash[_hidden_key] = (folder / _HIDDEN).read_text()
        raise pytest.UsageError(hidden)
    if is_kept(folder, "plan"):
        from model_checks.plugin.collection import begin_in_controller

        begin_in_controller(node.config, ids)
    elif asked := _asked(node.config):
        from model_checks.plugin.collection import refuse_unchecked

        refuse_unchecked(node.config, asked)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(
    session: pytest.Session, exitstatus: int
) -> Generator[None, object, object]:
    """Remove old verdicts where a session was to judge and came to no check.

    The mistake or error that kept it from its checks is reported as well.
    """
    outcome, config = (yield), session.config
    has_run = config.pluginmanager.has_plugin("model_checks run")
    if not has_run and _is_stopped(config):
        from model_checks.plugin.collection import attend

        attend(config)
        run: Any = config.pluginmanager.get_plugin("model_checks run")
        run.conclude(session, int(exitstatus))
        return outcome
    from model_checks.plugin.options import is_listing_only, report_dir

    asked, named = bool(_asked(config)), _asks_for_checks(config)
    if has_run or hasattr(config, "workerinput") or not (asked or named) or is_listing_only(config):
        return outcome
    from model_checks.plugin.report_folder import ReportFolder

    ReportFolder(report_dir(config)).clear_unless_held()
    status = int(exitstatus) or 4  # 0 where a user's hook has ended it before collection
    session.exitstatus = config.stash[status_key] = status
    if status in (3, 4) and named and _hidden_key not in config.stash:
        from model_checks.plugin.broken_session import tell_of_session

        tell_of_session(config, status)
    return outcome


def _asks_for_checks(config: pytest.Config) -> bool:
    """Return whether the command line names this package, rather than the user's own tests."""
    package, here = CHECKS.parent.resolve(), config.invocation_params.dir
    named = [argument.partition("::")[0] for argument in config.args]
    if config.getoption("pyargs") and any(name.split(".")[0] == package.name for name in named):
        return True
    return any((here / name).resolve().is_relative_to(package) for name in named)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the files that were kept for the run."""
    if session_key in config.stash:
        config.stash[session_key].close()
    if _scratch_key in config.stash:
        config.stash[_scratch_key].remove()
