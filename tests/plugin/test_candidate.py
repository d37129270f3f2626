"""``--checks-candidate``: a model that may be promoted is judged beside the deployed one."""

import hashlib
from pathlib import Path

import pytest
from support.challengers import CHECKS, TOML, challenged
from support.project import PRICES, Finished, Project, churn_project, price_log
from test_exit_codes import assert_refused
from test_parallel import comparable

DEPLOYED = "models/churn.skops"
ALONE = """
[models.churn]
task   = "binary"
model  = "models/churn.skops"
data   = "churn.parquet"
target = "left"
thresholds = { accuracy = 0.95 }
"""
MAIL = """
[email]
sender_email = "checks@example.com"
receiver_email = "oncall@example.com"
smtp_host = "127.0.0.1"
smtp_port = 9
security = "none"
"""
NO_MAIL = "no mail was sent: a candidate was judged, not what is deployed"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return challenged(tmp_path_factory.mktemp("candidate"))


def gated(project: Project, candidate: str, *arguments: str) -> Finished:
    """The gate of a candidate, with a report folder of its own."""
    reports = f"--checks-report-dir=reports-{candidate}{len(arguments)}"
    return project.run(
        "--checks-gate", f"--checks-candidate=churn=models/{candidate}.skops", reports, *arguments
    )


def sha256(project: Project, model: str) -> str:
    return hashlib.sha256((project.folder / "models" / f"{model}.skops").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def better(project: Project) -> Finished:
    return gated(project, "better")


@pytest.fixture(scope="module")
def worse(project: Project) -> Finished:
    return gated(project, "worse")


def test_a_better_candidate_passes_the_gate(better: Finished) -> None:
    assert better.exit_code == 0
    assert better.verdicts == dict.fromkeys(CHECKS, "PASS")
    assert "GATE PASSED: 9 of 9 checks evaluated" in better.section


def test_a_worse_candidate_does_not_though_it_meets_every_bound(worse: Finished) -> None:
    assert worse.exit_code == 1
    failed = [name for name, check in worse.checks.items() if check["failed"]]
    assert failed
    assert {worse.checks[name]["kind"] for name in failed} == {"degradation"}
    assert f"GATE NOT PASSED: {len(failed)} of 9 checks failed (exit 1)" in worse.section


def test_the_facts_are_the_candidates(project: Project, better: Finished) -> None:
    facts = better.results["models"]["churn"]
    assert facts["source"] == "models/better.skops"
    assert facts["sha256"]["model"] == sha256(project, "better")
    assert facts["notes"] == []


def test_the_deployed_model_is_the_baseline_on_the_same_rows(better: Finished) -> None:
    baseline = better.checks["churn-recall-degradation"]["baseline"]
    assert baseline["source"].endswith(DEPLOYED)
    assert baseline["paired"] is True
    assert baseline["degradation"]["value"] < 0


def test_without_a_candidate_the_deployed_model_has_nothing_to_compare_with(
    project: Project,
) -> None:
    finished = project.run("--checks-report-dir=reports-alone")
    assert finished.exit_code == 0
    facts = finished.results["models"]["churn"]
    assert (facts["source"], facts["sha256"]["model"]) == (DEPLOYED, sha256(project, "churn"))
    kinds = {check["verdict"]: check["kind"] for check in finished.checks.values()}
    assert kinds["NO_DATA"] == "degradation"


def test_two_workers_come_to_the_same_results(project: Project, worse: Finished) -> None:
    parallel = gated(project, "worse", "-n2")
    assert comparable(parallel) == comparable(worse)
    assert parallel.exit_code == 1
    assert "GATE NOT PASSED: " in worse.section[-1]
    assert parallel.section[-1] == worse.section[-1]


def test_the_same_file_is_said_aloud(project: Project) -> None:
    finished = gated(project, "same", "-rA")
    note = (
        f"churn: candidate and deployed model are the same file (sha256 "
        f"{sha256(project, 'churn')[:12]}…): the comparison says nothing"
    )
    assert f"note: {note}" in finished.section
    assert finished.results["models"]["churn"]["notes"] == [note]
    assert f"Note: {note}" in finished.report()


def test_a_candidate_that_is_compared_with_nothing_is_said_aloud(tmp_path: Path) -> None:
    finished = gated(challenged(tmp_path, ALONE.replace("0.95", "0.5")), "better")
    assert finished.exit_code == 0
    assert (
        "note: no threshold of churn has max_degradation: the candidate is held to the bounds alone"
    ) in finished.section


def test_a_path_is_of_the_working_folder(project: Project) -> None:
    project.write("pytest.ini", "[pytest]\n")
    below = Project(project.folder / "models")
    finished = below.run(
        "--checks-gate", "--checks-candidate=churn=better.skops", "--checks-report-dir=reports"
    )
    assert finished.exit_code == 0
    assert finished.results["models"]["churn"]["source"] == "models/better.skops"


def test_a_candidate_may_be_an_object_of_a_module(project: Project) -> None:
    project.write("pkg/__init__.py", "").write(
        "pkg/mod.py",
        "class Model:\n"
        "    feature_names_in_ = ['calls', 'months']\n"
        "    classes_ = [0, 1]\n"
        "    def predict(self, frame):\n"
        "        return (frame['calls'] > frame['months']).astype(int)\n"
        "    def predict_proba(self, frame):\n"
        "        import numpy as np\n"
        "        p = 1 / (1 + np.exp(frame['months'] - frame['calls']))\n"
        "        return np.column_stack([1 - p, p])\n"
        "model = Model()\n",
    )
    finished = project.run(
        "--checks-gate",
        '--checks-candidate=churn={ python = "pkg.mod:model" }',
        "--checks-report-dir=reports-object",
    )
    assert finished.exit_code == 0
    assert finished.results["models"]["churn"]["source"] == "pkg.mod:model"


def test_a_candidate_that_can_not_be_loaded_is_red(project: Project) -> None:
    (project.folder / "models" / "broken.skops").write_bytes(b"no model")
    finished = gated(project, "broken")
    assert finished.exit_code == 1
    assert set(finished.verdicts.values()) == {"ERROR"}
    assert "GATE NOT PASSED: 9 of 9 checks failed (exit 1)" in finished.section


def test_a_deployed_model_that_can_not_be_loaded_is_red_where_it_is_compared(
    tmp_path: Path,
) -> None:
    project = challenged(tmp_path)
    (tmp_path / DEPLOYED).unlink()
    finished = gated(project, "better")
    assert finished.exit_code == 1
    by_kind = {(check["kind"], check["verdict"]) for check in finished.checks.values()}
    assert by_kind == {("level", "PASS"), ("degradation", "ERROR"), ("gap", "PASS")}


def test_a_candidate_for_a_log_is_compared_with_what_was_logged(tmp_path: Path) -> None:
    logged = TOML.replace(f'model  = "{DEPLOYED}"', 'prediction = "calls_back"\nscore = "p"')
    project = challenged(tmp_path, logged)
    import pandas as pd

    frame = pd.read_parquet(tmp_path / "churn.parquet")
    frame["calls_back"] = (frame["calls"] > 0).astype(int)
    frame["p"] = frame["calls_back"] * 0.8 + 0.1
    frame.to_parquet(tmp_path / "churn.parquet")
    finished = gated(project, "better")
    assert finished.exit_code == 0
    baseline = finished.checks["churn-recall-degradation"]["baseline"]
    assert baseline["source"].startswith("logged predictions")
    assert baseline["paired"] is True


# Which checks a gate is about.


@pytest.fixture
def two(tmp_path: Path) -> Project:
    project = challenged(tmp_path, TOML + PRICES)
    return project.log("prices.parquet", price_log())


def test_checks_of_another_model_may_be_left_out(two: Project) -> None:
    finished = gated(two, "better", "-m", "churn")
    assert finished.exit_code == 0
    assert "GATE PASSED: 9 of 9 checks evaluated" in finished.section
    assert "left out: 1 of 10 checks were not selected" in finished.section


def test_checks_of_the_model_that_has_a_candidate_may_not(two: Project) -> None:
    finished = gated(two, "better", "-k", "prices or recall")
    assert finished.exit_code == 10
    named = (
        "churn-roc_auc, churn-roc_auc-degradation, churn-accuracy-plan=basic, "
        "churn-accuracy-plan=family, churn-accuracy-degradation-plan=basic"
    )
    told = f"GATE NOT PASSED: 7 of 9 checks not evaluated: {named} and 2 more (exit 10)"
    assert told in finished.section


def test_without_a_candidate_all_models_are_held(two: Project) -> None:
    finished = two.run("--checks-gate", "-m", "prices")
    assert finished.exit_code == 10
    assert "9 of 10 checks not evaluated" in finished.text


# Mail.


def test_no_mail_is_sent_about_a_candidate(tmp_path: Path) -> None:
    project = challenged(tmp_path, MAIL + ALONE)
    finished = project.run("--checks-candidate=churn=models/worse.skops")
    assert finished.exit_code == 1
    assert NO_MAIL in finished.section
    assert list(finished.report_dir.glob("*.eml")) == []
    assert "MAIL NOT DELIVERED" in project.run().text


def test_without_a_mail_to_send_none_is_spoken_of(tmp_path: Path) -> None:
    project = challenged(tmp_path, MAIL + ALONE)
    worse = "--checks-candidate=churn=models/worse.skops"
    assert "no mail" not in project.run("--checks-gate", worse).text
    passing = project.write("thresholds.toml", MAIL + ALONE.replace("0.95", "0.5"))
    assert "no mail" not in passing.run(worse).text


# Mistakes.


@pytest.mark.parametrize("arguments", [(), ("-n2",)], ids=["plain", "two workers"])
def test_mistakes_in_candidates_are_told_at_once(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    project = churn_project(tmp_path)
    finished = project.run(
        "--checks-candidate=chrun=a.skops", "--checks-candidate=churn=b.skops", *arguments
    )
    assert_refused(
        finished,
        "ERROR: --checks-candidate chrun: thresholds.toml has no model 'chrun'; "
        "did you mean 'churn'? ",
        "ERROR: --checks-candidate churn: 'b.skops': no such file in ",
    )
    assert project.left_behind() == []
