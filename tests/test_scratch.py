"""Folders of a run: removed with it, or by the next one where it was killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.project import CHURN, Project, called_model, churn_project

from model_checks import scratch
from model_checks.pipeline import judge
from model_checks.scratch import Scratch, remove_abandoned
from model_checks.settings import parse_settings

HOLDER = """
import sys, time
from pathlib import Path
from model_checks.scratch import Scratch
used = [Scratch(Path(name)) for name in sys.argv[1:]]
print("ready", flush=True)
time.sleep(60)
"""


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Holder:
    """Another process that uses folders until it is killed."""

    def __init__(self, *folders: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, *map(str, folders)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def test_a_folder_is_private_and_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    with Scratch.new(tmp_path) as one:
        assert one.path.name.startswith("model-checks-")
        assert one.path.stat().st_mode & 0o777 == 0o700
        (one.path / "large").mkdir()
    assert names_in(tmp_path) == []
    one.remove()


def test_a_folder_is_removed_when_all_that_used_it_were_killed(tmp_path: Path) -> None:
    one, other = tmp_path / "model-checks-one", tmp_path / "model-checks-other"
    first, second = Holder(one, other), Holder(one)
    remove_abandoned(tmp_path)
    assert names_in(tmp_path) == [one.name, other.name]
    first.kill()
    remove_abandoned(tmp_path)
    assert names_in(tmp_path) == [one.name]
    second.kill()
    remove_abandoned(tmp_path)
    assert names_in(tmp_path) == []


def test_a_folder_in_use_by_this_very_process_stays(tmp_path: Path) -> None:
    with Scratch.new(tmp_path) as one, Scratch(one.path):
        remove_abandoned(tmp_path)
        assert one.path.exists()


def test_what_no_run_has_made_stays(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ".in-use").touch()
    folder = tmp_path / "temporary"
    folder.mkdir()
    (folder / "model-checks-mine").mkdir()
    (folder / "model-checks-file").touch()
    (folder / "model-checks-link").symlink_to(outside)
    (folder / "other").mkdir()
    (folder / "other" / ".in-use").touch()
    (folder / "model-checks-linked").mkdir()
    (folder / "model-checks-linked" / ".in-use").symlink_to(outside / ".in-use")
    before = names_in(folder)
    remove_abandoned(folder)
    assert names_in(folder) == before
    assert names_in(outside) == [".in-use"]
    remove_abandoned(folder / "absent")


def test_a_folder_of_another_users_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model-checks-x").mkdir()
    (tmp_path / "model-checks-x" / ".in-use").touch()
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    remove_abandoned(tmp_path)
    assert names_in(tmp_path) == ["model-checks-x"]


def test_without_locks_nothing_is_taken_for_abandoned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "_HAS_LOCKS", False)
    one = Scratch.new(tmp_path)
    remove_abandoned(tmp_path)
    assert one.path.exists()
    one.remove()
    assert names_in(tmp_path) == []


def test_judging_from_python_removes_what_another_left(tmp_path: Path) -> None:
    (tmp_path / "large").mkdir()
    left = tmp_path / "large" / "model-checks-left"
    Holder(left).kill()
    toml = f'[engine]\ntemp_directory = "large"\n{CHURN}'
    churn_project(tmp_path)
    run = judge(parse_settings(toml.encode(), tmp_path / "thresholds.toml"))
    assert not any(result.check.no_data_reason for result in run.results)
    assert names_in(tmp_path / "large") == []


SLEEPING = "pathlib.Path('measuring').touch(); time.sleep(60)"


def killed(project: Project, *arguments: str) -> None:
    """Run the checks, and kill every process of the run while a model is being called."""
    process = subprocess.Popen(
        project.command("--pyargs", "model_checks", "--checks-charts=none", *arguments),
        cwd=project.folder,
        env=project.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + 60
    while not (project.folder / "measuring").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    (project.folder / "measuring").unlink()


@pytest.mark.parametrize(
    "processes",
    [
        pytest.param((), id="plain"),
        pytest.param(("-n2",), id="two workers", marks=pytest.mark.slow),
    ],
)
def test_a_run_removes_what_a_killed_one_left(tmp_path: Path, processes: tuple[str, ...]) -> None:
    project = called_model(tmp_path, SLEEPING)
    (tmp_path / "large").mkdir()
    project.write("thresholds.toml", f'[engine]\ntemp_directory = "large"\n{project.toml()}')
    killed(project, *processes)
    assert project.left_behind()
    assert names_in(tmp_path / "large")
    assert not (tmp_path / "measuring").exists()
    project.write(
        "called.py", (tmp_path / "called.py").read_text().replace("sleep(60)", "sleep(0)")
    )
    finished = project.run(*processes)
    assert finished.exit_code == 0, finished.text
    assert project.left_behind() == []
    assert names_in(tmp_path / "large") == []


# Not even root writes to the last.
@pytest.mark.parametrize("name", ["absent", "file", "/proc"])
def test_a_folder_for_what_is_large_that_is_none_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    toml = f'[engine]\ntemp_directory = "{name}"\n{CHURN}'
    churn_project(tmp_path)
    run = judge(parse_settings(toml.encode(), tmp_path / "thresholds.toml"))
    for result in run.results:
        assert "[engine] temp_directory" in result.message
        assert "can't be written to" in result.message


def test_a_folder_for_what_is_large_that_vanishes_is_an_error_of_the_model(tmp_path: Path) -> None:
    project = called_model(tmp_path, "import shutil; shutil.rmtree('large')")
    (tmp_path / "large").mkdir()
    toml = f'[engine]\ntemp_directory = "large"\n{project.toml()}'
    settings = parse_settings(toml.encode(), tmp_path / "thresholds.toml")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        run = judge(settings)
    told = {result.message for result in run.results if result.check.model == "called"}
    assert all("can't be" in one or "DuckDB: " in one for one in told), told
    assert all(len(one) < 600 for one in told)
