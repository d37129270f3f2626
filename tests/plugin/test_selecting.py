"""Which checks are collected and run: ids, markers, ``-k``, ``-m``, ``--lf`` and ``-x``."""

import shutil
from pathlib import Path

import pytest
from support.project import CHURN, PRICES, VERDICTS, Finished, Project, every_verdict, in_the_clone

MODULE = "model_checks.test_thresholds"
DOTTED = PRICES.replace("models.prices", "models.'churn.v2-b'")
PROBE = """
import pathlib
import model_checks.plugin.session
def measure(*_):
    pathlib.Path("measured").touch()
model_checks.plugin.session.measure = measure
"""
NOT_PASSED = [
    "churn-recall",
    "churn-f1",
    "churn-accuracy-plan=gone",
    "lost-mae",
    "lost-rmse",
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project in which every check has been run once."""
    project = every_verdict(tmp_path_factory.mktemp("selecting"))
    assert project.run().exit_code == 1
    return project


@pytest.fixture
def fresh(project: Project) -> Project:
    """The same without the reports of another session."""
    shutil.rmtree(project.folder / "reports", ignore_errors=True)
    return project


def collected(finished: Finished) -> list[str]:
    """The ids of the checks that ``--collect-only -q`` lists."""
    lines = [line for line in finished.lines if "test_threshold[" in line]
    return [line.split("test_threshold[")[1].removesuffix("]") for line in lines]


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ([], [*VERDICTS]),
        (["-m", "churn and recall"], [one for one in VERDICTS if "churn-recall" in one]),
        (["-m", "model_checks"], [*VERDICTS]),
        (["-m", "not model_checks or mae"], ["lost-mae", "prices-mae"]),
        (["-m", "regression"], ["lost-mae", "lost-rmse", "prices-mae"]),
        (["-m", "mae or (churn and not binary)"], ["lost-mae", "prices-mae"]),
        (["-k", "student or rmse"], ["churn-recall-plan=student", "lost-rmse"]),
        (
            ["--deselect", "test_thresholds.py::test_threshold[lost-mae]", "-m", "lost"],
            ["lost-rmse"],
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_checks_are_selected_as_any_test(
    fresh: Project, arguments: list[str], ids: list[str]
) -> None:
    finished = fresh.run("--collect-only", "-q", "--strict-markers", "-Werror", *arguments)
    assert collected(finished) == ids
    assert finished.exit_code == 0


def test_collecting_writes_nothing_and_measures_nothing(fresh: Project) -> None:
    fresh.write("probe.py", PROBE)
    finished = fresh.run("--collect-only", "-p", "probe")
    assert not finished.report_dir.exists()
    assert not (fresh.folder / "measured").exists()
    assert fresh.left_behind() == []
    assert f"{len(VERDICTS)} tests collected" in finished.text
    assert "model checks ==" not in finished.text


def test_a_check_is_run_by_its_full_node_id_and_two_workers(fresh: Project) -> None:
    name = f"{MODULE}::test_threshold[churn-recall-plan=basic]"
    finished = fresh.pytest("--pyargs", name, "--checks-charts=none", "-n2")
    assert finished.verdicts == {"churn-recall-plan=basic": "PASS"}
    assert finished.exit_code == 0


def test_a_check_that_is_not_there_is_not_found(fresh: Project) -> None:
    finished = fresh.pytest("--pyargs", f"{MODULE}::test_threshold[churn-recall-plan=new]")
    assert finished.exit_code == 4
    assert "ERROR: not found: " in finished.text
    assert not finished.report_dir.exists()


def test_what_was_not_selected_is_told(fresh: Project) -> None:
    finished = fresh.run("-k", "prices")
    assert finished.exit_code == 0
    assert finished.verdicts == {"prices-mae": "PASS"}
    assert "left out: 11 of 12 checks were not selected" in finished.section
    assert finished.results["run"]["left_out"] == ["11 of 12 checks were not selected"]
    assert list(finished.results["models"]) == ["prices"]


def test_only_what_was_selected_is_measured(fresh: Project) -> None:
    name = f"{MODULE}::test_threshold[prices-mae]"
    finished = fresh.pytest("--pyargs", name, "--checks-charts=none")
    assert list(finished.results["models"]) == ["prices"]
    assert finished.exit_code == 0


def test_nothing_selected_is_red(fresh: Project) -> None:
    finished = fresh.run("-k", "nothing_of_this_name")
    assert finished.exit_code == 5
    assert not finished.report_dir.exists()


def test_the_first_failure_can_end_the_session(fresh: Project) -> None:
    finished = fresh.run("-x")
    assert list(finished.verdicts.values()) == ["PASS", "WARN", "FAIL"]
    assert finished.exit_code == 1
    assert "left out: 9 of 12 selected checks were not reached" in finished.section


def test_what_failed_can_be_run_again(tmp_path: Path) -> None:
    project = every_verdict(tmp_path)
    project.run()
    again = project.run("--lf")
    assert list(again.verdicts) == NOT_PASSED
    assert again.exit_code == 1
    assert "left out: 7 of 12 checks were not selected" in again.section


def test_a_model_name_may_have_dots_and_dashes(tmp_path: Path) -> None:
    project = every_verdict(tmp_path).write("thresholds.toml", CHURN + DOTTED)
    assert collected(project.run("--co", "-q", "-m", "churn.v2-b")) == ["churn.v2-b-mae"]
    assert collected(project.run("--co", "-q", "-m", "not churn.v2-b", "--strict-markers")) == [
        "churn-accuracy",
        "churn-recall",
    ]


def test_a_check_of_the_example_is_selected_by_its_node_id_in_the_clone(tmp_path: Path) -> None:
    name = "model_checks/test_thresholds.py::test_threshold[flight_delay-recall-carrier=AA]"
    finished = in_the_clone(tmp_path, "--collect-only", "-q", what=name)
    assert collected(finished) == ["flight_delay-recall-carrier=AA"]
    assert not finished.report_dir.exists()
