"""The jobs of docs/promotion.md, run step by step in a project with a good and a bad candidate.

What needs a forge is not run: its actions, which only fetch and keep files, and the installation of
packages; both are held to be no more than that. The registry is MLflow's, on SQLite.
"""

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.challengers import TOML, challenged
from support.project import REPOSITORY, Project

pytestmark = pytest.mark.slow

DOCUMENT = REPOSITORY / "docs" / "promotion.md"
MLFLOW = REPOSITORY / ".mlflow" / "bin"
ACTIONS = {"actions/checkout", "actions/setup-python", "actions/upload-artifact"}
FETCH = "Fetch what is in force"
LOOSENED = TOML.replace("0.01", "0.5").replace('"2%"', '"90%"').replace("0.05 }", "0.5 }")
REGISTER = """
import sys
from mlflow import MlflowClient
client = MlflowClient()
client.create_registered_model("churn")
for folder in sys.argv[1:]:
    client.create_model_version("churn", source=folder)
client.set_registered_model_alias("churn", "champion", "1")
"""
CHAMPION = """
from mlflow import MlflowClient
print(MlflowClient().get_model_version_by_alias("churn", "champion").version)
"""


def blocks(language: str) -> list[str]:
    """The code of the document in a language."""
    fenced = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return fenced.findall(DOCUMENT.read_text("utf-8"))


def job_with(key: str) -> dict[Any, Any]:
    """The document's YAML that has a key."""
    [found] = [job for block in blocks("yaml") if key in (job := yaml.safe_load(block))]
    assert isinstance(found, dict)
    return found


def write_command(path: Path, *command: str) -> None:
    """A command of a name that the jobs use, which is another one's here."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def environment(project: Project, **more: str) -> dict[str, str]:
    """Where ``pytest`` is this one with the plugin, and ``python`` and ``mlflow`` are MLflow's."""
    commands = project.folder / "bin"
    run = [sys.executable, "-m", "pytest", "-p", "model_checks.plugin", "--checks-charts=none"]
    write_command(commands / "pytest", *run)
    write_command(commands / "python", str(MLFLOW / "python"))
    write_command(commands / "mlflow", str(MLFLOW / "mlflow"))
    return project.environment(
        PATH=f"{commands}{os.pathsep}{os.environ['PATH']}",
        MLFLOW_TRACKING_URI=f"sqlite:///{project.folder}/registry.db",
        MLFLOW_DISABLE_TELEMETRY="true",
        CI_DEFAULT_BRANCH="main",
        GIT_CONFIG_GLOBAL=os.devnull,
        **more,
    )


def bash(
    script: str, folder: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """A script as a runner has it run: it ends at the first command that fails."""
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=dict(variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments],
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("latin-1")


def offered(folder: Path, candidate: str) -> Project:
    """The project with one of its models as the candidate, where the jobs look for it."""
    project = challenged(folder)
    (folder / "candidates").mkdir()
    shutil.copy(folder / "models" / f"{candidate}.skops", folder / "candidates" / "churn.skops")
    return project


# On GitHub.


@pytest.fixture(scope="module")
def steps() -> list[dict[str, Any]]:
    [job] = job_with("jobs")["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    return found


def test_the_job_on_github_is_started_by_a_candidate(steps: list[dict[str, Any]]) -> None:
    workflow = job_with("jobs")
    assert workflow[True] == {"push": {"branches": ["candidate/**"]}}  # YAML 1.1 reads on as true
    assert workflow["permissions"] == {"contents": "write"}
    names = [step.get("name") for step in steps if "run" in step]
    assert names == ["Install", FETCH, "Gate", "Promote"]
    assert {step["uses"].partition("@")[0] for step in steps if "uses" in step} == ACTIONS
    assert not any("continue-on-error" in step for step in steps)
    assert [step.get("name") for step in steps if "if" in step] == ["Keep the report"]
    [install] = [step["run"] for step in steps if step.get("name") == "Install"]
    assert install == "pip install -r requirements.txt"


def run_steps(project: Project, steps: list[dict[str, Any]]) -> dict[str, int]:
    """The exit code of each step that was run; a step that fails is the last."""
    codes: dict[str, int] = {}
    variables = environment(project)
    for step in steps:
        if "run" in step and step["name"] != "Install":
            done = bash(step["run"], project.folder, variables)
            codes[step["name"]] = done.returncode
            if done.returncode:
                break
    return codes


def in_a_repository(project: Project, proposed: str = TOML) -> Path:
    """The project on ``main``, and on a branch with what is proposed; both pushed, and where to."""
    remote = project.folder.parent / f"{project.folder.name}.git"
    git(project.folder, "init", "-q", "-b", "main")
    git(project.folder, "add", "models", "churn.parquet", "thresholds.toml")
    git(project.folder, "commit", "-q", "-m", "Deploy a model")
    git(project.folder.parent, "init", "-q", "--bare", str(remote))
    git(project.folder, "remote", "add", "origin", str(remote))
    git(project.folder, "push", "-q", "origin", "main")
    git(project.folder, "checkout", "-q", "-b", "candidate/churn")
    project.write("thresholds.toml", proposed).write("candidates/README", "One at a time.")
    git(project.folder, "add", "candidates", "thresholds.toml")
    git(project.folder, "commit", "-q", "-m", "Offer a candidate")
    git(project.folder, "push", "-q", "-u", "origin", "candidate/churn")
    return remote


@pytest.mark.parametrize(
    ("candidate", "proposed", "codes"),
    [
        ("better", TOML, {FETCH: 0, "Gate": 0, "Promote": 0}),
        ("worse", TOML, {FETCH: 0, "Gate": 1}),
        ("worse", LOOSENED, {FETCH: 0, "Gate": 10}),
        ("better", LOOSENED, {FETCH: 0, "Gate": 10}),
    ],
    ids=["better", "worse", "worse and loosened", "better and loosened"],
)
def test_the_job_on_github_promotes_what_passed_the_gate(
    tmp_path: Path,
    steps: list[dict[str, Any]],
    candidate: str,
    proposed: str,
    codes: dict[str, int],
) -> None:
    (tmp_path / "clone").mkdir()
    project = offered(tmp_path / "clone", candidate)
    remote = in_a_repository(project, proposed)
    before = git(remote, "rev-parse", "candidate/churn")
    assert run_steps(project, steps) == codes
    promoted = git(remote, "show", "candidate/churn:models/churn.skops").encode("latin-1")
    is_candidate = promoted == (project.folder / "candidates" / "churn.skops").read_bytes()
    passed = "Promote" in codes
    assert is_candidate is passed
    assert (git(remote, "rev-parse", "candidate/churn") == before) is not passed
    assert (project.folder / "reports" / "junit.xml").exists()


def test_the_job_on_github_stops_where_there_is_no_candidate(
    tmp_path: Path, steps: list[dict[str, Any]]
) -> None:
    (tmp_path / "clone").mkdir()
    project = challenged(tmp_path / "clone")
    in_a_repository(project)
    assert run_steps(project, steps) == {FETCH: 0, "Gate": 4}


def test_the_job_on_github_stops_where_nothing_is_in_force(
    tmp_path: Path, steps: list[dict[str, Any]]
) -> None:
    (tmp_path / "clone").mkdir()
    project = offered(tmp_path / "clone", "better")
    remote = in_a_repository(project)
    git(remote, "branch", "-q", "-D", "main")
    [(step, code)] = run_steps(project, steps).items()
    assert step == FETCH
    assert code != 0


# On GitLab, with MLflow.

needs_mlflow = pytest.mark.skipif(
    not MLFLOW.exists(),
    reason="no folder .mlflow; python3 -m venv .mlflow && .mlflow/bin/pip install mlflow-skinny "
    "sqlalchemy alembic",
)


def test_the_job_on_gitlab_promotes_only_after_the_gate() -> None:
    jobs = job_with("gate")
    assert list(jobs) == ["gate", "promote"]
    gate, promote = jobs.values()
    assert (gate["stage"], promote["stage"], promote["needs"]) == ("test", "deploy", ["gate"])
    assert "allow_failure" not in gate
    assert gate["artifacts"]["when"] == "always"
    assert gate["artifacts"]["paths"] == ["reports/"]
    installs = [*gate["before_script"], *promote["before_script"]]
    assert all(re.fullmatch(r"pip install [\w.\- ]+", line) for line in installs)


def registry(project: Project) -> dict[str, str]:
    """A registry with the better model as version 2 and the worse as version 3; 1 is deployed."""
    variables = environment(project)
    folders = []
    for version, name in enumerate(("churn", "better", "worse"), 1):
        folder = project.folder / "registry" / str(version)
        folder.mkdir(parents=True)
        shutil.copy(project.folder / "models" / f"{name}.skops", folder / "churn.skops")
        folders.append(str(folder))
    [script] = [block for block in blocks("python") if "promote.py" in block]
    project.write("promote.py", script)
    done = bash(shlex.join(["python", "-c", REGISTER, *folders]), project.folder, variables)
    assert done.returncode == 0, done.stderr
    return variables


def champion(project: Project, variables: Mapping[str, str]) -> str:
    return bash(shlex.join(["python", "-c", CHAMPION]), project.folder, variables).stdout.strip()


def run_jobs(project: Project, variables: Mapping[str, str]) -> dict[str, int]:
    """The exit code of each job that was run; what is needed by another comes before it."""
    codes: dict[str, int] = {}
    for name, job in job_with("gate").items():
        if any(codes[needed] for needed in job.get("needs", [])):
            continue
        codes[name] = bash("\n".join(job["script"]), project.folder, variables).returncode
    return codes


@needs_mlflow
@pytest.mark.parametrize(
    ("version", "proposed", "codes", "promoted"),
    [
        ("2", TOML, {"gate": 0, "promote": 0}, "2"),
        ("3", TOML, {"gate": 1}, "1"),
        ("3", LOOSENED, {"gate": 10}, "1"),
    ],
    ids=["better", "worse", "worse and loosened"],
)
def test_the_job_on_gitlab_moves_the_alias_after_a_green_gate(
    tmp_path: Path, version: str, proposed: str, codes: dict[str, int], promoted: str
) -> None:
    (tmp_path / "clone").mkdir()
    project = challenged(tmp_path / "clone")
    in_a_repository(project, proposed)
    variables = {**registry(project), "VERSION": version}
    assert champion(project, variables) == "1"
    assert run_jobs(project, variables) == codes
    assert champion(project, variables) == promoted


@needs_mlflow
def test_the_alias_stays_unless_that_very_file_passed_the_gate(tmp_path: Path) -> None:
    tmp_path = tmp_path / "clone"
    tmp_path.mkdir()
    project = challenged(tmp_path)
    in_a_repository(project)
    variables = {**registry(project), "VERSION": "2"}
    assert run_jobs(project, variables) == {"gate": 0, "promote": 0}
    judged = json.loads((tmp_path / "reports" / "results.json").read_bytes())

    def told(version: str, model: str = "churn", **run: object) -> str:
        changed = {**judged, "run": {**judged["run"], **run}}
        project.write("results.json", json.dumps(changed))
        command = ["python", "promote.py", "results.json", model, version]
        done = bash(shlex.join(command), tmp_path, variables)
        assert done.returncode == 1
        return done.stderr.splitlines()[-1]

    assert told("3") == "churn stays: version 3 is not what was judged"
    assert told("1", exit_status=10) == "churn stays: no gate was passed (gate, exit 10)"
    assert told("1", mode="watch") == "churn stays: no gate was passed (watch, exit 0)"
    assert told("1", "fares") == "fares stays: no file of it was judged"
    assert champion(project, variables) == "2"


# The document.


def test_the_candidates_of_the_document_are_understood(tmp_path: Path) -> None:
    [shell] = [block for block in blocks("sh") if block.startswith("--checks-candidate")]
    project = challenged(tmp_path)
    (tmp_path / "candidates").mkdir()
    for suffix in ("skops", "joblib"):
        (tmp_path / "candidates" / f"churn.{suffix}").write_bytes(b"none")
    for line in shell.splitlines():
        arguments = shlex.split(line.replace("…", "0" * 64))
        finished = project.run("--collect-only", "-q", *arguments)
        assert finished.exit_code == 0, finished.text


@pytest.mark.parametrize(("candidate", "passed"), [("better", True), ("worse", False)])
def test_the_gate_of_the_document_in_python_is_the_same(
    tmp_path: Path, candidate: str, passed: bool
) -> None:
    offered(tmp_path, candidate)
    [script] = [block for block in blocks("python") if "with_candidates" in block]
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=Project(tmp_path).environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode == 0) is passed, done.stderr
    assert ("AssertionError: ['churn-" in done.stderr) is not passed


def test_the_first_command_of_the_document_is_a_gate(tmp_path: Path) -> None:
    project = offered(tmp_path, "better")
    command = shlex.split(blocks("sh")[0].replace("model_checks", "--pyargs model_checks", 1))
    assert command[0] == "pytest"
    assert project.pytest(*command[1:], "--checks-charts=none").exit_code == 0
