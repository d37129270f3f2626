"""The two ways of working: in a clone, and installed beside somebody else's thresholds.toml."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.project import (
    CHURN,
    PACKAGE,
    REPOSITORY,
    Finished,
    Project,
    churn_project,
    in_the_clone,
)

from model_checks.version import __version__

SEPTEMBER = """
flight_delay-accuracy flight_delay-precision flight_delay-recall flight_delay-f1
flight_delay-roc_auc flight_delay-accuracy-carrier=EV flight_delay-accuracy-carrier=MQ
flight_delay-accuracy-carrier=WN flight_delay-recall-carrier=9E flight_delay-recall-carrier=AA
flight_delay-recall-carrier=US flight_delay-recall-origin=JFK flight_delay-roc_auc-origin=EWR
flight_delay-roc_auc-origin=JFK flight_delay-roc_auc-origin=LGA arrival_delay-mae
arrival_delay-mae-carrier=EV arrival_delay-mae-carrier=WN arrival_delay-mae-origin=EWR
arrival_delay-mae-origin=LGA
"""
STRICT = """
[pytest]
addopts = --strict-markers --strict-config -W error
testpaths = theirs
xfail_strict = true
markers = integration: a marker of their own
"""
THEIR_CONFTEST = """
import pytest

@pytest.fixture
def result():
    raise AssertionError("their own fixture of this name")

@pytest.fixture(autouse=True)
def check():
    return "their own"
"""
THEIR_TESTS = """
import pytest

@pytest.mark.integration
def test_theirs(check):
    assert check == "their own"
"""


def without_caches(folder: str, names: list[str]) -> set[str]:
    """What is no part of a checkout."""
    left_out = {"reports", "build", "dist", "__pycache__"}
    return {name for name in names if name in left_out or name.startswith(".")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that a copy of the repository was installed into, without a network."""
    version = importlib.metadata.version("setuptools")
    if int(version.partition(".")[0]) < 77:
        pytest.skip(f"setuptools {version} can't build the package; requirements-dev.txt has one")
    copy = tmp_path_factory.mktemp("copy") / "model-checks"
    shutil.copytree(REPOSITORY, copy, ignore=without_caches)
    site = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(site)]
    command += ["--no-deps", "--no-build-isolation", "--no-index", str(copy)]
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        command, env=quiet, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return site


@pytest.fixture
def project(tmp_path: Path, site: Path) -> Project:
    """A project beside which the package is installed."""
    return Project(churn_project(tmp_path).folder, site)


@pytest.fixture(scope="module")
def april(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return in_the_clone(tmp_path_factory.mktemp("april"), "--checks-charts=none")


@pytest.fixture(scope="module")
def september(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("september")
    return in_the_clone(folder, "--checks-charts=none", "--checks-as-of", "2013-10-01")


def test_the_example_passes_in_a_clone(april: Finished) -> None:
    assert april.exit_code == 0
    assert len(april.checks) == 43
    assert set(april.verdicts.values()) == {"PASS"}
    assert "43 passed" in april.text


def test_the_example_is_judged_as_of_its_own_date(april: Finished) -> None:
    assert april.results["run"]["as_of"] == "2013-05-01T00:00:00Z"
    assert april.results["models"]["flight_delay"]["window"] == {
        "start": "2013-04-01T00:00:00Z",
        "end": "2013-05-01T00:00:00Z",
    }


def test_half_a_year_later_the_example_fails(september: Finished) -> None:
    assert september.exit_code == 1
    assert [name for name, one in september.checks.items() if one["failed"]] == SEPTEMBER.split()
    assert "20 failed, 23 passed" in september.text


def test_what_is_installed_is_whole(site: Path) -> None:
    package = site / "model_checks"
    wanted = ["py.typed", "thresholds.schema.json", "test_thresholds.py", "plugin/run.py"]
    wanted += ["settings/__init__.py", "report/summary.html.jinja", "report/charts/__init__.py"]
    assert [name for name in wanted if not (package / name).exists()] == []
    assert sorted(path.name.partition("-")[0] for path in site.iterdir()) == ["model_checks"] * 2


def test_the_entry_point_is_called_as_the_module(site: Path) -> None:
    [distribution] = importlib.metadata.distributions(path=[str(site)])
    [point] = distribution.entry_points
    told = (point.group, point.name, point.value)
    assert told == ("pytest11", "model_checks.plugin", "model_checks.plugin")


@pytest.mark.parametrize("processes", [(), ("-n2",)], ids=["plain", "two workers"])
def test_installed_it_judges_their_models(project: Project, processes: tuple[str, ...]) -> None:
    finished = project.run(*processes)
    assert finished.exit_code == 0
    assert finished.verdicts == {"churn-accuracy": "PASS", "churn-recall": "PASS"}
    assert f"model-checks-{__version__}" in finished.text.partition("plugins: ")[2].splitlines()[0]
    assert len(finished.report_rows()) == 2
    assert project.left_behind() == []


def test_installed_it_fails_where_a_bound_is_missed(project: Project) -> None:
    project.write("thresholds.toml", CHURN.replace("recall = 0.7", "recall = 0.9"))
    finished = project.run()
    assert finished.exit_code == 1
    assert finished.verdicts["churn-recall"] == "FAIL"
    assert str(project.path) not in finished.text


def test_a_conftest_may_name_the_plugin_as_well(project: Project) -> None:
    project.write("conftest.py", 'pytest_plugins = ["model_checks.plugin"]\n')
    finished = project.run("--trace-config")
    assert finished.exit_code == 0
    [registered] = [line for line in finished.lines if line.startswith("    model_checks.plugin")]
    assert str(project.path) in registered


def test_test_files_of_another_name_do_not_hide_the_checks(project: Project) -> None:
    project.write("pytest.ini", "[pytest]\npython_files = *_test.py\n")
    finished = project.run()
    assert finished.exit_code == 0
    assert finished.verdicts == {"churn-accuracy": "PASS", "churn-recall": "PASS"}


@pytest.fixture
def strict(project: Project) -> Project:
    """With settings, fixtures and tests of their own, and no mercy on a warning."""
    project.write("pytest.ini", STRICT).write("conftest.py", THEIR_CONFTEST)
    return project.write("theirs/test_theirs.py", THEIR_TESTS)


def test_it_gets_along_with_strict_settings_and_fixtures_of_their_own(strict: Project) -> None:
    finished = strict.run("-m", "churn and recall", "--checks-charts=failed")
    assert finished.verdicts == {"churn-recall": "PASS"}
    assert finished.exit_code == 0


def test_their_own_tests_are_left_alone(strict: Project) -> None:
    finished = strict.pytest("-v")
    assert "theirs/test_theirs.py::test_theirs PASSED" in finished.text
    assert "1 passed" in finished.text
    assert "model checks" not in finished.text.partition("plugins: ")[2].partition("\n")[2]
    assert not finished.report_dir.exists()


def test_their_tests_and_the_checks_run_in_one_session(strict: Project) -> None:
    finished = strict.pytest("theirs", *PACKAGE, "--checks-charts=none")
    assert "3 passed" in finished.text
    assert len(finished.checks) == 2
    assert len(finished.report_rows()) == 3


def test_without_the_plugin_no_check_is_green(project: Project) -> None:
    finished = project.pytest(*PACKAGE, "-p", "no:model_checks.plugin")
    assert finished.exit_code == 1
    assert "fixture 'check' not found" in finished.text


# Links.


def collected(folder: Path, *arguments: str, path: Path = REPOSITORY) -> Finished:
    """What pytest collects in a folder."""
    return Project(folder, path).pytest(
        "--collect-only", "-q", "-p", "no:cacheprovider", *arguments
    )


def test_the_checks_of_a_clone_are_found_through_links_and_once(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(REPOSITORY)
    both = ("link/model_checks", str(REPOSITORY / "model_checks"))
    finished = collected(tmp_path, *both, "-o", "python_files=other_*.py")
    found = [line for line in finished.lines if "test_threshold[" in line]
    assert len(found) == len(set(found)) == 43, finished.text
    assert "43/86 tests collected (43 deselected)" in finished.text


@pytest.mark.slow
def test_the_file_of_the_checks_may_be_a_link_itself(tmp_path: Path) -> None:
    churn_project(tmp_path)
    (tmp_path / "checks").mkdir()
    link = tmp_path / "checks" / "test_thresholds.py"
    link.symlink_to(REPOSITORY / "model_checks" / "test_thresholds.py")
    finished = collected(tmp_path, "checks")
    assert "test_threshold[churn-accuracy]" in finished.text
    assert "2 tests collected" in finished.text


@pytest.mark.slow
def test_an_installed_package_may_be_a_link(tmp_path: Path) -> None:
    churn_project(tmp_path)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "model_checks").symlink_to(REPOSITORY / "model_checks")
    (tmp_path / "linked").symlink_to(tmp_path / "site")
    named = ("-p", "model_checks.plugin", "-o", "python_files=other_*.py")
    finished = collected(tmp_path, *named, *PACKAGE, path=tmp_path / "linked")
    assert "2 tests collected" in finished.text
