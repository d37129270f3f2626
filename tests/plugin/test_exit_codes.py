"""How a session ends: pytest's exit codes, ours, and nothing that looks like success."""

import json
import signal
from pathlib import Path

import pytest
from support.project import (
    CHURN,
    PRICES,
    Finished,
    Project,
    called_model,
    churn_project,
    two_models,
)

GATED = CHURN.replace("accuracy = 0.7", "accuracy = 0.75")
TWO_MISTAKES = """
[models.churn]
task = "binary"
data = "churn.parquet"
target = "left"
predictoin = "predicted"
thresholds = { recal = 0.7 }
"""
TOLD = [
    "ERROR: thresholds.toml: [models.churn] model is missing, or prediction or score for logged",
    "ERROR: thresholds.toml: [models.churn] unknown key 'predictoin'; did you mean 'prediction'?",
    "ERROR: thresholds.toml: [models.churn.thresholds] unknown metric 'recal'; did you mean",
]


def assert_refused(finished: Finished, *told: str) -> None:
    """Exit code 4, each mistake in a line of its own, and nothing else."""
    assert finished.exit_code == 4
    errors = [line for line in finished.lines if line.startswith("ERROR: ")]
    assert len(errors) == len(told)
    assert all(line.startswith(start) for line, start in zip(errors, told, strict=True))
    assert "Traceback" not in finished.text
    assert "model_checks/plugin" not in finished.text
    assert not (finished.report_dir / "results.json").exists()


@pytest.fixture
def mistaken(tmp_path: Path) -> Project:
    return Project(tmp_path).write("thresholds.toml", TWO_MISTAKES)


@pytest.mark.parametrize(
    "arguments",
    [[], ["-n2"], ["--collect-only", "-k", "nothing_of_this_name", "--checks-gate"]],
    ids=["plain", "two workers", "collected only"],
)
def test_all_mistakes_are_told_at_once(mistaken: Project, arguments: list[str]) -> None:
    assert_refused(mistaken.run(*arguments), *TOLD)
    assert mistaken.left_behind() == []


def test_mistakes_are_told_where_a_check_was_named(mistaken: Project) -> None:
    name = "model_checks.test_thresholds::test_threshold[churn-recall]"
    assert_refused(mistaken.pytest("--pyargs", name), *TOLD)


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("", "thresholds.toml: no model to judge; add a table [models.NAME]"),
        ("[models", "thresholds.toml: not valid TOML: "),
        (
            CHURN.replace("0.7 }", "1.7 }"),
            "thresholds.toml: [models.churn.thresholds] recall = 1.7",
        ),
    ],
    ids=["no model", "no TOML", "out of range"],
)
def test_settings_that_say_nothing_sensible_are_refused(
    tmp_path: Path, toml: str, told: str
) -> None:
    assert_refused(churn_project(tmp_path, toml).run(), f"ERROR: {told}")


def test_a_model_can_not_be_called_as_a_marker(tmp_path: Path) -> None:
    names = ["skip", "parametrize", "xfail", "slow", "model_checks"]
    models = [CHURN.replace("models.churn", f"models.{name}") for name in names]
    project = churn_project(tmp_path, "".join(models))
    project.write("pytest.ini", "[pytest]\nmarkers = slow: a marker of their own")
    told = "thresholds.toml: [models.{0}] the name '{0}' is taken by a pytest marker; "
    assert_refused(project.run(), *(f"ERROR: {told.format(name)}choose another" for name in names))


def test_without_settings_there_is_one_line(tmp_path: Path) -> None:
    told = f"ERROR: {tmp_path}/thresholds.toml: no such file; name another with --checks-file FILE"
    assert_refused(Project(tmp_path).run(), told)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (
            "--checks-as-of=yesterday",
            "argument --checks-as-of: 'yesterday' must be a date or a time, such as 2013-05-01",
        ),
        *(
            (
                f"--checks-candidate={written}",
                f"--checks-candidate: {written!r} must be NAME=MODEL, as in churn=new.skops",
            )
            for written in ("churn", "=new.skops", "churn=", "")
        ),
        ("--checks-charts=some", "argument --checks-charts: invalid choice: 'some'"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(tmp_path: Path, option: str, told: str) -> None:
    finished = Project(tmp_path).pytest("--pyargs", "model_checks", option)
    assert finished.exit_code == 4
    [line] = [line for line in finished.lines if "error: " in line]
    assert told in line
    assert "Traceback" not in finished.text


def test_a_report_folder_that_can_not_be_one_is_refused_by_the_controller(tmp_path: Path) -> None:
    project = churn_project(tmp_path).write("reports", "this is a file")
    told = f"ERROR: --checks-report-dir {tmp_path}/reports: File exists"
    assert_refused(project.run("-n2"), told)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder that not even root writes to")
def test_a_report_folder_that_can_not_be_written_to_is_refused(tmp_path: Path) -> None:
    finished = churn_project(tmp_path).run("--checks-report-dir=/proc")
    assert_refused(finished, "ERROR: --checks-report-dir /proc: ")


def test_a_gate_opens_when_every_check_is_proven(tmp_path: Path) -> None:
    finished = two_models(tmp_path).run("--checks-gate")
    assert finished.exit_code == 0
    assert finished.results["run"]["mode"] == "gate"
    assert "GATE PASSED: 3 of 3 checks evaluated" in finished.section
    assert {check["rule"] for check in finished.checks.values()} == {"confident"}


def test_a_gate_stays_shut_when_a_check_is_not_proven(tmp_path: Path) -> None:
    finished = churn_project(tmp_path, GATED).run("--checks-gate")
    assert finished.verdicts == {"churn-accuracy": "INCONCLUSIVE", "churn-recall": "PASS"}
    assert finished.exit_code == 1
    assert "GATE NOT PASSED: 1 of 2 checks failed (exit 1)" in finished.section


def test_a_gate_names_the_first_of_many_checks_that_were_left_out(tmp_path: Path) -> None:
    metrics = ("accuracy", "precision", "recall", "f1", "specificity", "npv", "balanced_accuracy")
    agreed = ", ".join(f"{metric} = 0.5" for metric in metrics)
    project = two_models(tmp_path, CHURN.replace("accuracy = 0.7, recall = 0.7", agreed) + PRICES)
    named = ", ".join(f"churn-{metric}" for metric in metrics[:5])
    told = f"GATE NOT PASSED: 7 of 8 checks not evaluated: {named} and 2 more (exit 10)"
    assert told in project.run("--checks-gate", "-m", "prices").section
    assert told in project.run("--checks-gate", "-m", "prices", "-n2").section


def test_a_gate_with_nothing_to_compare_with_is_not_passed(tmp_path: Path) -> None:
    toml = CHURN.replace("recall = 0.7", "recall = { min = 0.7, max_degradation = 0.01 }")
    project = churn_project(tmp_path, toml)
    finished = project.run("--checks-gate")
    assert finished.exit_code == 10
    assert finished.verdicts["churn-recall-degradation"] == "NO_DATA"
    told = "GATE NOT PASSED: 1 of 3 checks not evaluated: churn-recall-degradation (exit 10)"
    assert told in finished.section
    assert project.run("-rs").exit_code == 0
    nothing = (
        "nothing to compare with: the file names no baseline, and there is no --checks-candidate"
    )
    assert nothing in project.run("-rs").text


def test_a_run_that_judges_nothing_leaves_no_verdicts_of_an_earlier_one(tmp_path: Path) -> None:
    project = churn_project(tmp_path)
    for arguments, exit_code in (
        (["--checks-gate", "-k", "nothing"], 5),
        (["--checks-file=none"], 4),
    ):
        assert project.run("--checks-gate").results["run"]["exit_status"] == 0
        assert project.run(*arguments).exit_code == exit_code
        assert not (tmp_path / "reports" / "results.json").exists()
    project.run("--checks-gate")
    assert project.run("--collect-only").exit_code == 0
    assert not (tmp_path / "reports" / "results.json").exists()


def test_a_gate_stays_shut_when_a_check_was_left_out(tmp_path: Path) -> None:
    finished = two_models(tmp_path).run("--checks-gate", "-m", "churn")
    assert set(finished.verdicts.values()) == {"PASS"}
    assert finished.exit_code == 10
    assert finished.results["run"]["exit_status"] == 10
    assert "left out: 1 of 3 checks were not selected" in finished.section
    told = "GATE NOT PASSED: 1 of 3 checks not evaluated: prices-mae (exit 10)"
    assert told in finished.section


@pytest.mark.parametrize(
    ("by", "exit_code", "arguments"),
    [(signal.SIGINT, 2, []), (signal.SIGINT, 2, ["-n2"]), (signal.SIGTERM, 143, [])],
    ids=["Ctrl-C", "Ctrl-C with two workers", "SIGTERM"],
)
def test_an_interrupted_session_tells_how_far_it_came(
    tmp_path: Path, by: signal.Signals, exit_code: int, arguments: list[str]
) -> None:
    project = called_model(tmp_path, "pathlib.Path('ready').touch(); time.sleep(30)")
    project.write("thresholds.toml", PRICES + project.toml().replace(PRICES, ""))
    project.write("reports/results.json", "of another run")
    finished = project.interrupt(*arguments, ready="ready", by=by)
    assert finished.exit_code == exit_code
    assert finished.results["run"]["exit_status"] == exit_code
    assert set(finished.verdicts) <= {"prices-mae"}
    assert any("selected checks were not reached" in line for line in finished.section)
    assert project.left_behind() == []


def test_results_of_another_run_are_gone_when_a_run_begins(tmp_path: Path) -> None:
    body = "pathlib.Path('seen').write_text(str(sorted(os.listdir('reports'))))"
    project = called_model(tmp_path, body)
    for stale in ("results.json", "report.html", "summary.html", "email.eml", "unsent-1.eml"):
        project.write(f"reports/{stale}", "of another run")
    finished = project.run()
    assert finished.exit_code == 0
    assert (tmp_path / "seen").read_text() == "['unsent-1.eml']"
    assert json.loads((finished.report_dir / "results.json").read_bytes())["schema"] == 1
