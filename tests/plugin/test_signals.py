"""A signal at any point of a run: an orderly end, whole files, and no failure that is not told."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.project import CHURN, Finished, Project, churn_project

FAILING = CHURN.replace("recall = 0.7", "recall = 0.9")

PLUGIN = """
import os, pathlib, signal, time
import pytest

def now():
    try:
        pathlib.Path("signalled").touch(exist_ok=False)
    except FileExistsError:
        return
    worker = "PYTEST_XDIST_WORKER" in os.environ
    os.kill(os.getppid() if worker else os.getpid(), signal.{signal})
    time.sleep(0.5 if worker else 0.0)

def before(function):
    def signalled(*arguments, **named):
        now()
        return function(*arguments, **named)
    return signalled
"""


@dataclass(frozen=True)
class Point:
    """Where a signal comes, as the source of a plugin, and how much is known there.

    Attributes
    ----------
    judged
        How many of the two checks have certainly been reported by then.
    begun
        Whether the run has begun, so that it has an end to tell.
    ended
        Whether all has been told, so that the signal changes nothing any more.
    """

    source: str
    judged: int = 0
    begun: bool = True
    ended: bool = False


def at(signature: str, how: str = "tryfirst=True", **known: Any) -> Point:
    return Point(f"@pytest.hookimpl({how})\ndef {signature}:\n    now()\n", **known)


def after(signature: str, how: str = "tryfirst=True", **known: Any) -> Point:
    body = "    result = yield\n    now()\n    return result\n"
    return Point(f"@pytest.hookimpl(wrapper=True, {how})\ndef {signature}:\n{body}", **known)


def patched(module: str, name: str, **known: Any) -> Point:
    """A signal when a function of ours is called."""
    body = f"    import {module} as module\n    module.{name} = before(module.{name})\n"
    return Point(f"def pytest_configure(config):\n{body}", **known)


SECOND = "if item.nodeid.endswith('recall]'): now()"
POINTS = {
    "at the start": at("pytest_sessionstart(session)", begun=False),
    "before the collection": at("pytest_collection(session)", begun=False),
    "while it is planned": patched("model_checks.plugin.session", "plan_of"),
    "while settings are read": patched("model_checks.plugin.session_settings", "load_settings"),
    "planned": after("pytest_generate_tests(metafunc)"),
    "collected": at("pytest_collection_modifyitems(items)"),
    "selected": at("pytest_collection_finish(session)"),
    "about to begin": at("pytest_collection_finish(session)", "trylast=True"),
    "at the first": at("pytest_runtest_logstart(nodeid)"),
    "in setup": at("pytest_runtest_setup(item)"),
    "while it is measured": patched("model_checks.plugin.session", "measure"),
    "in the call": at("pytest_runtest_call(item)"),
    "at a report": at("pytest_runtest_makereport(item)"),
    "after a report": after("pytest_runtest_makereport(item, call)"),
    "as it is logged": at("pytest_runtest_logreport(report)", "trylast=True"),
    "in teardown": at("pytest_runtest_teardown(item)", judged=1),
    "at the second": Point(f"def pytest_runtest_setup(item):\n    {SECOND}\n", judged=1),
    "while a chart is drawn": patched("model_checks.report.charts", "detail_chart", judged=2),
    "after the last": after("pytest_runtestloop(session)", "trylast=True", judged=2),
    "at the end": at("pytest_sessionfinish(session)", judged=2),
    "at the very end": at("pytest_sessionfinish(session)", "trylast=True", judged=2),
    "while overviews are drawn": patched("model_checks.report.charts", "overview_chart", judged=2),
    "while the page is made": at("pytest_html_results_summary(prefix)", judged=2),
    "before results are written": patched("model_checks.plugin.run", "run_as_json", judged=2),
    "while results are written": patched("model_checks.plugin.run", "write_whole", judged=2),
    "while the summary is made": patched("model_checks.report.page", "summary_html", judged=2),
    "while the mail is made": patched("model_checks.notify.email.message", "compose", judged=2),
    "told": after("pytest_sessionfinish(session)", judged=2, ended=True),
    "in the terminal": at("pytest_terminal_summary(terminalreporter)", judged=2, ended=True),
    "unconfigured": at("pytest_unconfigure(config)", judged=2, ended=True),
}
FAST = ("while it is planned", "while the page is made")


def signalled(folder: Path, point: Point, by: str, *arguments: str) -> Finished:
    project: Project = churn_project(folder, FAILING)
    project.write("mine.py", PLUGIN.replace("{signal}", by) + point.source)
    project.write("reports/results.json", "of another run")
    finished = project.run(
        "-p", "mine", "--checks-charts=failed", "--checks-email-dry-run", *arguments
    )
    assert (folder / "signalled").exists(), finished.text
    return finished


def assert_orderly(finished: Finished, point: Point, status: int, killed: int) -> None:
    text = finished.text
    assert "Traceback" not in text, text
    assert "INTERNALERROR" not in text, text
    left = {path.name for path in finished.report_dir.iterdir()}
    assert not [name for name in left if name.startswith(".")], left
    if not point.begun:
        assert finished.exit_code == killed, text
        return
    expected = {status, killed, 1} if point.ended else {status}
    assert finished.exit_code in expected, text
    results = json.loads((finished.report_dir / "results.json").read_bytes())
    assert len(results["checks"]) >= point.judged, text
    if not point.ended:
        assert results["run"]["exit_status"] == status
        assert point.judged == 2 or results["run"]["cut_short"], text
    if point.judged == 2:
        assert "</html>" in (finished.report_dir / "report.html").read_text("utf-8")


CASES = [name if name in FAST else pytest.param(name, marks=pytest.mark.slow) for name in POINTS]


@pytest.mark.parametrize("name", CASES)
def test_sigterm_at_any_point_is_an_orderly_end(tmp_path: Path, name: str) -> None:
    finished = signalled(tmp_path, POINTS[name], "SIGTERM")
    assert_orderly(finished, POINTS[name], 143, -15)


@pytest.mark.slow
@pytest.mark.parametrize("name", POINTS)
def test_ctrl_c_at_any_point_is_an_orderly_end(tmp_path: Path, name: str) -> None:
    finished = signalled(tmp_path, POINTS[name], "SIGINT")
    assert_orderly(finished, POINTS[name], 2, 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", POINTS)
def test_sigterm_at_any_point_ends_two_workers_as_well(tmp_path: Path, name: str) -> None:
    point = POINTS[name]
    finished = signalled(tmp_path, point, "SIGTERM", "-n2")
    assert finished.exit_code in ({143, -15, 1} if point.ended or not point.begun else {143})
    assert "Traceback" not in finished.text, finished.text
    results = finished.report_dir / "results.json"
    if point.begun:
        assert json.loads(results.read_bytes())["run"]["exit_status"] in (143, 1)
