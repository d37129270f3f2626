"""Options collide with nobody else's, and whoever gives one by its old name is told the new one."""

from pathlib import Path

import pytest
from support.project import PACKAGE, REPOSITORY, Project, churn_project

OLD = {
    "--thresholds": "--checks-file",
    "--report-dir": "--checks-report-dir",
    "--as-of": "--checks-as-of",
    "--gate": "--checks-gate",
    "--candidate": "--checks-candidate",
    "--against": "--checks-against",
    "--allow-loosened": "--checks-allow-loosened",
    "--charts": "--checks-charts",
    "--no-email": "--checks-no-email",
    "--email-dry-run": "--checks-email-dry-run",
}
THEIR_OPTIONS = """
def pytest_addoption(parser):
    for name in {}:
        parser.addoption(name)
"""
THEIR_TEST = f"""
def test_theirs(request):
    for name in {list(OLD)}:
        assert request.config.getoption(name) == "theirs"
        assert getattr(request.config.option, name[2:].replace("-", "_")) == "theirs"
"""
POINT = "[pytest11]\nmodel_checks.plugin = model_checks.plugin\n"


@pytest.fixture(params=["entry point", "conftest"])
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    """A project with the plugin on pytest's path; its tests lie in a folder of their own."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "model_checks").symlink_to(REPOSITORY / "model_checks")
    project = Project(churn_project(tmp_path).folder, site)
    project.write("pytest.ini", "[pytest]\ntestpaths = theirs\n")
    project.write("theirs/test_theirs.py", THEIR_TEST)
    if request.param == "conftest":
        return project.write("conftest.py", 'pytest_plugins = ["model_checks.plugin"]\n')
    info = "site/model_checks-1.dist-info"
    project.write(f"{info}/METADATA", "Metadata-Version: 2.1\nName: model-checks\nVersion: 1\n")
    return project.write(f"{info}/entry_points.txt", POINT)


def registering(project: Project, *names: str) -> Project:
    """The project with options of its own."""
    return project.write("theirs/conftest.py", THEIR_OPTIONS.format(list(names)))


def hints(project: Project, *arguments: str) -> list[str]:
    """What pytest's refusal of its arguments tells of ours."""
    finished = project.pytest(*arguments)
    assert finished.exit_code == 4
    assert "error: unrecognized arguments: " in finished.text
    assert "Traceback" not in finished.text
    return [line for line in finished.lines if "model_checks" in line]


@pytest.mark.parametrize(
    "processes",
    [(), pytest.param(("-n2",), marks=pytest.mark.slow)],
    ids=["plain", "two workers"],
)
def test_a_project_may_have_every_old_name_for_itself(
    project: Project, processes: tuple[str, ...]
) -> None:
    theirs = [f"{name}=theirs" for name in OLD]
    ours = ("--checks-charts=none", "--checks-report-dir=reports")
    finished = registering(project, *OLD).pytest("theirs", *PACKAGE, *theirs, *ours, *processes)
    assert finished.exit_code == 0, finished.text
    assert "3 passed" in finished.text
    assert finished.results["run"]["mode"] == "watch"


def test_an_old_name_is_answered_with_the_new_one(project: Project) -> None:
    assert hints(project, "--gate") == ["  model_checks: --gate is now --checks-gate"]


def test_every_old_name_is_known(tmp_path: Path) -> None:
    told = ", ".join(f"{old} is now {new}" for old, new in OLD.items())
    given = [f"{name}=1" for name in OLD]
    assert hints(Project(tmp_path), *given, *given) == [f"  model_checks: {told}"]


def test_an_old_name_in_the_settings_of_pytest_is_answered_as_well(project: Project) -> None:
    project.write("pytest.ini", "[pytest]\naddopts = --as-of 2013-05-01\n")
    assert hints(project) == ["  model_checks: --as-of is now --checks-as-of"]


def test_a_name_that_is_theirs_is_not_told_as_ours(project: Project) -> None:
    told = hints(registering(project, "--gate"), "--gate=theirs", "--charts=all")
    assert told == ["  model_checks: --charts is now --checks-charts"]


@pytest.mark.parametrize(
    "argument", ["--gat", "--checks-gat", "--checks-no", "--no-emails", "--file=a.toml"]
)
def test_what_is_no_old_name_is_left_to_pytest(tmp_path: Path, argument: str) -> None:
    """Nor is a part of a name taken for the whole, whichever it is: pytest allows none."""
    assert hints(Project(tmp_path), argument) == []


def test_another_mistake_is_told_as_pytest_tells_it(tmp_path: Path) -> None:
    finished = Project(tmp_path).pytest("--checks-charts=some", "--gate")
    assert finished.exit_code == 4
    assert "error: argument --checks-charts: invalid choice: 'some'" in finished.text
    assert "is now" not in finished.text


def test_an_old_name_beside_a_plea_for_help_gets_help(tmp_path: Path) -> None:
    finished = Project(tmp_path).pytest("--gate", "--help")
    assert finished.exit_code == 0
    assert "--checks-gate" in finished.text
