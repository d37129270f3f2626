"""Ways to be green that are none: what failed, or was never judged, is red whatever pytest says."""

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.project import CHURN, Finished, Project, called_model, churn_project

FAILING = CHURN.replace("recall = 0.7", "recall = 0.9")
OTHER = "def test_other(): pass\n"
HOOK = "import pytest\n"


@dataclass(frozen=True)
class Way:
    """What somebody's plugin or command line does to a project in which recall has failed."""

    plugin: str = ""
    arguments: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


def marking(mark: str) -> Way:
    body = f"    for item in items: item.add_marker(pytest.mark.{mark})"
    return Way(f"{HOOK}def pytest_collection_modifyitems(items):\n{body}\n")


def hook(signature: str, body: str, how: str = "") -> Way:
    decorated = f"@pytest.hookimpl({how})\n" if how else ""
    return Way(f"{HOOK}{decorated}def {signature}:\n    {body}\n")


def fixture(body: str) -> Way:
    return Way(f"{HOOK}@pytest.fixture(autouse=True)\ndef mine():\n    {body}\n")


PASSED = "report = yield\n    report.outcome = 'passed'\n    return report"
MAKEREPORT = "pytest_runtest_makereport(item, call)"
FINISH = "pytest_sessionfinish(session)"
EXIT = "pytest.exit('enough', returncode=0)"
WAYS = {
    "expected to fail": marking("xfail"),
    "strictly expected to fail": marking("xfail(strict=True)"),
    "expected to fail, not run": marking("xfail(run=False)"),
    "skipped by a mark": marking("skip"),
    "skipped by a condition": marking("skipif(True, reason='mine')"),
    "skipped in setup": hook("pytest_runtest_setup(item)", "pytest.skip('mine')"),
    "expected to fail in setup": hook("pytest_runtest_setup(item)", "pytest.xfail('mine')"),
    "skipped by a fixture": fixture("pytest.skip('mine')"),
    "expected to fail by a fixture": fixture("pytest.xfail('mine')"),
    "reported as passed": hook(MAKEREPORT, PASSED, "wrapper=True"),
    "reported as passed, outermost": hook(MAKEREPORT, PASSED, "wrapper=True, tryfirst=True"),
    "logged as passed": hook(
        "pytest_runtest_logreport(report)", "report.outcome = 'passed'", "tryfirst=True"
    ),
    "called passed": hook("pytest_report_teststatus(report)", "return 'passed', '.', 'PASSED'"),
    "ended in 0": hook(FINISH, "session.exitstatus = 0"),
    "ended in 0, last of all": hook(FINISH, "session.exitstatus = 0", "trylast=True"),
    "ended in 0, outermost": hook(FINISH, "yield\n    session.exitstatus = 0", "wrapper=True"),
    "ended by an exit": hook(FINISH, EXIT),
    "ended by sys.exit": hook(FINISH, "raise SystemExit(0)"),
    "ended by an outer exit": hook(FINISH, f"{EXIT}\n    yield", "wrapper=True"),
    "left in the terminal": hook("pytest_terminal_summary()", "raise SystemExit(0)"),
    "left at the collection": hook("pytest_collection()", EXIT, "tryfirst=True"),
    "left among the items": hook("pytest_collection_modifyitems()", EXIT),
    "left as it was collected": hook("pytest_collection_finish()", EXIT),
    "ended by an error": hook(FINISH, "raise OSError('disk full')"),
    "never run": hook("pytest_runtest_protocol(item)", "return True", "tryfirst=True"),
    "no loop": hook("pytest_runtestloop()", "return True", "tryfirst=True"),
    "not called": hook("pytest_pyfunc_call()", "return True", "tryfirst=True"),
    "left before the first": hook("pytest_runtest_setup(item)", EXIT),
    "left after the first": hook("pytest_runtest_teardown(item)", EXIT),
    "left at the loop": hook("pytest_runtestloop()", EXIT, "tryfirst=True"),
    "taken out": hook("pytest_collection_modifyitems(items)", "items[:] = items[-1:]"),
    "taken out at the end": hook(
        "pytest_collection_finish(session)", "session.items[:] = session.items[-1:]"
    ),
    "set up only": Way(arguments=("--setup-only",)),
    "planned only": Way(arguments=("--setup-plan",)),
    "asserts stripped": Way(environment=(("PYTHONOPTIMIZE", "1"),)),
    "no report": Way(arguments=("-p", "no:html")),
    "no terminal": Way(arguments=("-p", "no:terminal")),
    "quiet": Way(arguments=("-qq", "--no-summary", "--tb=no")),
    "options of the environment": Way(environment=(("PYTEST_ADDOPTS", "--setup-plan"),)),
}
FAST = ("expected to fail", "never run")
PROCESSES = pytest.mark.parametrize(
    "processes",
    [
        pytest.param((), id="plain"),
        pytest.param(("-n2",), id="two workers", marks=pytest.mark.slow),
    ],
)


def project_of(folder: Path, way: Way) -> Project:
    project = churn_project(folder, FAILING).write("test_zz_other.py", OTHER)
    return project.write("mine.py", way.plugin)


def run(project: Project, way: Way, *arguments: str) -> Finished:
    given = ("-p", "mine", "test_zz_other.py", *way.arguments, *arguments)
    return project.run(*given, **dict(way.environment))


def assert_red(finished: Finished, way: str, exit_codes: tuple[int, ...]) -> None:
    assert finished.exit_code in exit_codes, f"{way}\n{finished.text}"
    assert "GATE PASSED" not in finished.text
    assert "INTERNALERROR" not in finished.text
    results = finished.report_dir / "results.json"
    assert not results.exists() or finished.results["run"]["exit_status"] == finished.exit_code


@pytest.mark.parametrize(
    "name", [name if name in FAST else pytest.param(name, marks=pytest.mark.slow) for name in WAYS]
)
@pytest.mark.parametrize("gate", [False, True], ids=["night", "gate"])
def test_what_failed_is_red_whatever_it_is_called(tmp_path: Path, name: str, *, gate: bool) -> None:
    way = WAYS[name]
    finished = run(project_of(tmp_path, way), way, *(["--checks-gate"] if gate else []))
    unbegun = (name.startswith("left a") and "collect" in name) or name == "left among the items"
    assert_red(finished, name, (4,) if unbegun else (1, 10) if gate else (1,))


# What these do is done to the controller, or breaks xdist itself.
UNSHARED = {
    "left before the first",
    "left after the first",
    "left at the loop",
    "taken out at the end",
    "left at the collection",
    "left among the items",
    "left as it was collected",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WAYS.keys() - UNSHARED))
def test_what_failed_is_red_with_two_workers(tmp_path: Path, name: str) -> None:
    way = WAYS[name]
    assert_red(run(project_of(tmp_path, way), way, "-n2"), name, (1, 2, 3, 5))


def test_a_check_that_was_skipped_is_an_error_everywhere(tmp_path: Path) -> None:
    way = WAYS["skipped in setup"]
    finished = run(project_of(tmp_path, way), way, "--junitxml=junit.xml")
    assert set(finished.verdicts.values()) == {"ERROR"}
    told = "churn-recall: it was skipped before it was judged (mine)"
    assert finished.checks["churn-recall"]["message"] == told
    assert "2 error" in finished.text
    case = finished.junit()["test_threshold[churn-recall]"]
    assert case.find("error") is not None


@pytest.mark.slow
def test_what_is_expected_to_pass_strictly_passes(tmp_path: Path) -> None:
    project = churn_project(tmp_path)
    project.write("mine.py", WAYS["strictly expected to fail"].plugin)
    finished = project.run("-p", "mine")
    assert finished.exit_code == 0
    assert "2 passed" in finished.text


def test_a_failing_fixture_of_somebody_else_is_an_error_of_the_check(tmp_path: Path) -> None:
    way = fixture("raise LookupError('mine')")
    finished = run(project_of(tmp_path, way), way)
    assert finished.exit_code == 1
    told = "churn-accuracy: its test raised LookupError: mine"
    assert finished.checks["churn-accuracy"]["message"] == told


@pytest.mark.slow
def test_a_teardown_that_fails_is_an_error_of_a_check_that_passed(tmp_path: Path) -> None:
    way = fixture("yield\n    raise LookupError('mine')")
    finished = run(project_of(tmp_path, way), way)
    assert finished.verdicts == {"churn-accuracy": "ERROR", "churn-recall": "FAIL"}


ODD = {
    "raise KeyboardInterrupt": "raised KeyboardInterrupt",
    "import sys; sys.exit(0)": "raised SystemExit",
    "import pytest; pytest.skip('mine')": "raised Skipped",
    "import pytest; pytest.exit('mine', returncode=0)": "raised Exit",
    "import asyncio; raise asyncio.CancelledError": "raised CancelledError",
}


@pytest.mark.parametrize(
    "body",
    [pytest.param(body, marks=[] if "Keyboard" in body else pytest.mark.slow) for body in ODD],
)
def test_what_a_model_raises_is_an_error_of_that_model(tmp_path: Path, body: str) -> None:
    finished = called_model(tmp_path, body).run()
    assert finished.exit_code == 1, finished.text
    assert finished.verdicts["prices-mae"] == "PASS"
    assert finished.verdicts["called-recall"] == "ERROR"
    assert ODD[body] in finished.checks["called-recall"]["message"]


# A gate or a candidate is asked for, and there is no check.


@PROCESSES
@pytest.mark.parametrize("asked", ["--checks-gate", "--checks-candidate=nosuch=nothere.skops"])
def test_a_gate_without_a_check_is_refused(
    tmp_path: Path, asked: str, processes: tuple[str, ...]
) -> None:
    project = Project(tmp_path).write("test_other.py", OTHER)
    project.write("reports/results.json", "of another run")
    finished = project.pytest("test_other.py", asked, *processes)
    assert finished.exit_code == 4
    option = asked.partition("=")[0]
    told = f"ERROR: {option}: no check was collected, so nothing was judged; "
    assert any(line.startswith(told) for line in finished.lines)
    assert not (finished.report_dir / "results.json").exists()


@PROCESSES
def test_a_gate_is_shut_where_only_other_tests_were_selected(
    tmp_path: Path, processes: tuple[str, ...]
) -> None:
    project = churn_project(tmp_path).write("test_other.py", OTHER)
    finished = project.run("test_other.py", "--checks-gate", "-k", "other", *processes)
    assert finished.exit_code == 10
    told = "GATE NOT PASSED: 2 of 2 checks not evaluated: churn-accuracy, churn-recall (exit 10)"
    assert told in finished.text


def test_a_candidate_none_of_whose_checks_is_selected_is_refused(tmp_path: Path) -> None:
    project = called_model(tmp_path, "pass")
    candidate = "--checks-candidate=called={ python = 'called:model' }"
    finished = project.run(candidate, "-k", "prices")
    assert finished.exit_code == 4
    assert "ERROR: --checks-candidate called: none of its checks was selected" in finished.text


def test_who_looks_at_fixtures_judges_nothing(tmp_path: Path) -> None:
    project = churn_project(tmp_path)
    finished = project.run("--fixtures", "--checks-email-dry-run")
    assert finished.exit_code == 0
    assert not (finished.report_dir / "results.json").exists()


# Nothing was evaluated.

NO_POSITIVES = """
[models.churn]
task = "binary"
data = "churn.parquet"
target = "left"
prediction = "never"
[[models.churn.segments]]
by = "plan"
thresholds = { precision = 0.5 }
"""
ALONE = """
[[models.churn.segments]]
by = "plan"
thresholds = { precision = 0.7 }
"""


def nothing_predicted(folder: Path, toml: str = NO_POSITIVES) -> Project:
    rows = range(200)
    log: dict[str, list[object]] = {
        "left": [k % 2 for k in rows],
        "never": [0 for _ in rows],
        "plan": ["basic" if k % 4 < 2 else "family" for k in rows],
    }
    return Project(folder).write("thresholds.toml", toml).log("churn.parquet", log)


@PROCESSES
def test_a_model_of_which_nothing_was_evaluated_is_red(
    tmp_path: Path, processes: tuple[str, ...]
) -> None:
    project = nothing_predicted(tmp_path)
    night = project.run(*processes)
    assert night.exit_code == 1
    assert night.results["run"]["unjudged"] == ["churn"]
    assert "NOT JUDGED: churn: none of its 2 checks was evaluated" in night.section
    assert (night.report_dir / "summary.html").exists()
    gate = project.run("--checks-gate", *processes)
    assert gate.exit_code == 10
    told = "GATE NOT PASSED: 2 of 2 checks not evaluated: churn-precision-plan=basic"
    assert any(line.startswith(told) for line in gate.section)


def test_a_segmentation_of_which_nothing_was_evaluated_shuts_a_gate(tmp_path: Path) -> None:
    toml = NO_POSITIVES.replace("[[", "thresholds = { specificity = 0.5 }\n[[")
    project = nothing_predicted(tmp_path, toml)
    assert project.run().exit_code == 0
    assert project.run("--checks-gate").exit_code == 10


def test_one_undefined_segment_beside_others_does_not_shut_a_gate(tmp_path: Path) -> None:
    project = churn_project(tmp_path, CHURN + ALONE)
    log: dict[str, list[object]] = {
        "left": [k % 2 for k in range(440)],
        "predicted": [k % 2 if k < 400 else 0 for k in range(440)],
        "p": [float(k % 2) for k in range(440)],
        "plan": ["basic" if k < 400 else "never" for k in range(440)],
    }
    finished = project.log("churn.parquet", log).run("--checks-gate")
    assert finished.exit_code == 0, finished.text
    assert finished.verdicts["churn-precision-plan=never"] == "NO_DATA"
    assert "GATE PASSED: 3 of 4 checks evaluated, 1 had nothing to measure" in finished.section


# What can't be written ends nothing else.


def test_a_report_for_the_ci_that_can_not_be_written_ends_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    finished = churn_project(tmp_path, FAILING).run("--junitxml=taken/junit.xml")
    assert finished.exit_code == 1
    assert finished.verdicts == {"churn-accuracy": "PASS", "churn-recall": "FAIL"}
    assert "Traceback" not in finished.text
    told = "NOT WRITTEN: --junitxml could not be written: "
    assert any(line.startswith(told) for line in finished.section)
    assert (finished.report_dir / "report.html").exists()


@pytest.mark.slow
def test_a_green_run_whose_report_can_not_be_written_is_not_green(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    finished = churn_project(tmp_path).run("--junitxml=taken/junit.xml")
    assert finished.exit_code == 3
    assert finished.results["run"]["exit_status"] == 3


def test_a_report_folder_that_is_gone_at_the_end_ends_nothing_else(tmp_path: Path) -> None:
    body = "import shutil; shutil.rmtree('reports'); pathlib.Path('reports').write_text('a file')"
    finished = called_model(tmp_path, body, "accuracy = 0.9").run("--junitxml=junit.xml")
    assert finished.exit_code == 1
    assert "Traceback" not in finished.text
    assert "1 failed" not in finished.text.partition("model checks")[0]
    told = "NOT WRITTEN: results.json could not be written: NotADirectoryError"
    assert any(line.startswith(told) for line in finished.section), finished.text
    assert finished.junit()


# Two runs in one folder.


@pytest.mark.slow
def test_a_second_run_in_the_same_folder_is_refused_and_leaves_the_first_alone(
    tmp_path: Path,
) -> None:
    wait = "pathlib.Path('ready').touch(); time.sleep(0 if os.path.exists('go') else 3)"
    project = called_model(tmp_path, wait)
    import subprocess

    with subprocess.Popen(
        project.command("--pyargs", "model_checks", "--checks-charts=none", "-q"),
        cwd=tmp_path,
        env=project.environment(),
        stdout=subprocess.DEVNULL,
    ) as first:
        until = time.monotonic() + 60
        while not (tmp_path / "ready").exists():
            assert time.monotonic() < until
            time.sleep(0.02)
        second = project.run()
        assert first.wait(60) == 0
    assert second.exit_code == 4
    told = f"ERROR: --checks-report-dir {tmp_path}/reports: another run is writing there; "
    assert any(line.startswith(told) for line in second.lines)
    assert second.results["run"]["exit_status"] == 0
    assert project.run().exit_code == 0


# The file that was agreed on changes.


@PROCESSES
@pytest.mark.parametrize(
    "change", ["unlink()", pytest.param("write_text('[broken')", marks=pytest.mark.slow)]
)
def test_settings_are_those_of_the_plan_whatever_becomes_of_the_file(
    tmp_path: Path, change: str, processes: tuple[str, ...]
) -> None:
    project = called_model(tmp_path, f"pathlib.Path('thresholds.toml').{change}")
    import hashlib

    expected = hashlib.sha256(project.toml().encode()).hexdigest()
    finished = project.run(*processes)
    assert finished.exit_code == 0, finished.text
    assert len(finished.verdicts) == 5 + 2
    assert finished.results["models"]["prices"]["sha256"]["thresholds"] == expected
