"""``--checks-against``: a file that agrees to less than the one in force opens no gate."""

import os
import re
from pathlib import Path

import pytest
from support.project import CHURN, Finished, Project, churn_project
from test_exit_codes import TWO_MISTAKES, assert_refused
from test_parallel import comparable

from model_checks.errors import SettingsError
from model_checks.pipeline import judge
from model_checks.settings import load_settings
from model_checks.settings.in_force import load_in_force
from model_checks.text import clean

LOOSE = CHURN.replace("accuracy = 0.7, recall = 0.7", "accuracy = 0.01, recall = 0.01")
SENTENCES = [
    "churn: accuracy: min is 0.01, in force 0.7",
    "churn: recall: min is 0.01, in force 0.7",
]
NOTES = [f"note: {sentence}" for sentence in SENTENCES]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A model that is right in one row of ten, and a file that has agreed to that by itself."""
    folder = tmp_path_factory.mktemp("against")
    return churn_project(folder, LOOSE, wrong=180).write("main/thresholds.toml", CHURN)


def judged(project: Project, name: str, *arguments: str) -> Finished:
    return project.run(
        "--checks-against=main/thresholds.toml", f"--checks-report-dir={name}", *arguments
    )


def gate_of(finished: Finished) -> str:
    [line] = [line for line in finished.section if line.startswith("GATE ")]
    return line


@pytest.fixture(scope="module")
def shut(project: Project) -> Finished:
    return judged(project, "shut", "--checks-gate")


def test_a_bound_that_is_looser_than_in_force_shuts_the_gate(shut: Finished) -> None:
    assert set(shut.verdicts.values()) == {"PASS"}
    assert shut.checks["churn-accuracy"]["value"] == 0.1
    assert shut.exit_code == shut.results["run"]["exit_status"] == 10
    assert gate_of(shut) == (
        "GATE NOT PASSED: 2 bounds are looser than in main/thresholds.toml: "
        f"{'; '.join(SENTENCES)} (exit 10)"
    )


def test_what_is_looser_is_told_everywhere(shut: Finished) -> None:
    assert [line for line in shut.section if line.startswith("note: ")] == NOTES
    assert shut.results["run"]["notes"] == SENTENCES
    assert all(f"Note: {sentence}" in shut.report() for sentence in SENTENCES)
    head = shut.lines[: shut.lines.index("collected 2 items") + 4]
    assert all(note in head for note in NOTES)


def test_two_workers_shut_the_same_gate(project: Project, shut: Finished) -> None:
    parallel = judged(project, "parallel", "--checks-gate", "-n2")
    assert comparable(parallel) == comparable(shut)
    assert parallel.exit_code == 10
    assert gate_of(parallel) == gate_of(shut)


def test_what_is_allowed_to_be_looser_is_told_and_opens_the_gate(project: Project) -> None:
    allowed = judged(project, "allowed", "--checks-gate", "--checks-allow-loosened")
    assert allowed.exit_code == 0
    assert gate_of(allowed) == "GATE PASSED: 2 of 2 checks evaluated"
    assert allowed.results["run"]["notes"] == SENTENCES


def test_at_night_what_is_looser_is_told_and_mailed_and_no_more(tmp_path: Path) -> None:
    project = churn_project(tmp_path, LOOSE, wrong=180).write("in-force.toml", CHURN)
    night = project.run("--checks-against=in-force.toml", "--checks-email-dry-run")
    assert night.exit_code == 0
    assert [line for line in night.section if line.startswith("note: ")] == NOTES
    assert "GATE" not in night.text
    mail = (night.report_dir / "email.eml").read_text()
    assert all(sentence in mail.replace("=\n", "") for sentence in SENTENCES)


# Beside other reasons.


def test_a_check_that_failed_says_so_before_the_looser_bound(tmp_path: Path) -> None:
    agreed = CHURN.replace("accuracy = 0.7", "accuracy = 0.9").replace(
        "recall = 0.7", "recall = 0.1"
    )
    churn_project(tmp_path, agreed).write("in-force.toml", CHURN)
    settings, in_force = (load_settings(tmp_path / f) for f in ("thresholds.toml", "in-force.toml"))
    run = judge(settings, gate=True, against=in_force)
    assert run.exit_status == 1
    assert run.notes == ("churn: recall: min is 0.1, in force 0.7",)


def test_a_gate_without_pytest_is_shut_by_the_same(tmp_path: Path) -> None:
    churn_project(tmp_path, LOOSE, wrong=180).write("in-force.toml", CHURN)
    settings, in_force = (load_settings(tmp_path / f) for f in ("thresholds.toml", "in-force.toml"))
    assert judge(settings, gate=True).exit_status == 0
    run = judge(settings, gate=True, against=in_force)
    assert (run.exit_status, list(run.notes)) == (10, SENTENCES)
    allowed = judge(settings, gate=True, against=in_force, allow_loosened=True)
    assert (allowed.exit_status, list(allowed.notes)) == (0, SENTENCES)
    assert judge(settings, against=in_force).exit_status == 0
    assert judge(settings, gate=True, against=settings).exit_status == 0


# Mistakes.


def test_all_mistakes_of_the_file_in_force_are_told(tmp_path: Path) -> None:
    project = churn_project(tmp_path).write("in-force.toml", TWO_MISTAKES)
    finished = project.run("--checks-gate", "--checks-against", "in-force.toml")
    assert_refused(finished, *["ERROR: --checks-against in-force.toml: [models.churn"] * 3)


def test_to_allow_what_is_not_compared_is_refused(tmp_path: Path) -> None:
    finished = churn_project(tmp_path).run("--checks-gate", "--checks-allow-loosened")
    needed = "goes with --checks-against FILE: without it no bound is found looser"
    assert_refused(finished, f"ERROR: --checks-allow-loosened {needed}")


def test_a_file_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    for name, told in {
        "pipe.toml": "is no regular file",
        "folder.toml": "is no regular file",
        "lost.toml": "no such file",
        "folder.toml/lost.toml": "no such file",
        "pipe.toml/lost.toml": "Not a directory",
        "n" * 300: "File name too long",
        "nul\0.toml": "embedded null byte",
    }.items():
        path = tmp_path / name
        expected = clean(f"--checks-against {path}: {told}", 2000)
        with pytest.raises(SettingsError, match=f"^{re.escape(expected)}$"):
            load_in_force(path)
