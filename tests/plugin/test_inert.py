"""A session without a check is left alone; one with checks imports no more than it needs."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from support.project import Project

OTHER = """
import sys

import pytest

@pytest.mark.parametrize("check", ["churn-recall", "b"])
def test_threshold(check, request):
    heavy = {"duckdb", "pydantic", "numpy", "matplotlib", "pyarrow", "pandas", "filelock"}
    ours = {name for name in sys.modules if name.startswith("model_checks")}
    assert heavy & sys.modules.keys() == set()
    modules = ("model_checks", "model_checks.plugin")
    assert ours == {*modules, "model_checks.plugin.options", "model_checks.plugin.stash"}
    assert not [name for name in request.config.stash._storage if "Check" in str(name)]

def test_failing():
    assert False, "as it should"
"""
PROBE = """
import json, pathlib, sys

def pytest_unconfigure():
    pathlib.Path("modules.json").write_text(json.dumps(sorted(sys.modules)))
"""
TEN_THRESHOLDS = """
[models.churn]
task = "binary"
data = "churn.parquet"
target = "left"
prediction = "predicted"
score = "p"
thresholds = { accuracy = 0.7, precision = 0.7, recall = 0.7, f1 = 0.7, roc_auc = 0.7 }
[[models.churn.segments]]
by = "plan"
values = ["basic"]
thresholds = { accuracy = 0.7, precision = 0.7, recall = 0.7, f1 = 0.7, roc_auc = 0.7 }
"""


@pytest.mark.parametrize("processes", [(), ("-n2",)], ids=["plain", "two workers"])
def test_a_session_without_a_check_is_left_alone(
    tmp_path: Path, processes: tuple[str, ...]
) -> None:
    project = Project(tmp_path).write("test_thresholds.py", OTHER)
    finished = project.pytest("test_thresholds.py", *processes)
    assert "1 failed, 2 passed" in finished.text
    assert "assert False" in finished.text
    assert "model checks" not in finished.text
    assert not finished.report_dir.exists()
    assert project.left_behind() == []


def test_settings_are_not_even_read_in_a_session_without_a_check(tmp_path: Path) -> None:
    project = Project(tmp_path).write("thresholds.toml", "[not TOML")
    project.write("test_other.py", "def test_other(): pass\n")
    assert project.pytest("--checks-as-of=2013-05-01").exit_code == 0


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A log of 10,000 rows in which nine of ten are right, and ten thresholds."""
    rows = range(10_000)
    left = [k % 2 for k in rows]
    predicted = [1 - label if k % 20 in (6, 7) else label for k, label in enumerate(left)]
    columns = {
        "left": left,
        "predicted": predicted,
        "p": [(one + k / 10_000) / 2 for k, one in enumerate(predicted)],
        "plan": ["basic" if k % 4 < 2 else "family" for k in rows],
    }
    folder = tmp_path_factory.mktemp("light")
    parquet.write_table(pa.table(columns), folder / "churn.parquet")
    return Project(folder).write("thresholds.toml", TEN_THRESHOLDS).write("probe.py", PROBE)


def imported(project: Project, *arguments: str) -> set[str]:
    """The modules that were loaded when the session had ended."""
    finished = project.run("-p", "probe", *arguments)
    assert list(finished.verdicts.values()) == ["PASS"] * 10
    assert finished.exit_code == 0
    assert project.left_behind() == []
    return set(json.loads((project.folder / "modules.json").read_text()))


def test_the_standing_road_imports_no_heavy_library(light: Project) -> None:
    heavy = {"sklearn", "scipy", "scipy.stats", "pandas", "sqlalchemy", "sqlglot"}
    heavy |= {"matplotlib", "matplotlib.pyplot", "skops", "joblib", "smtplib", "filelock"}
    modules = imported(light, "--checks-charts=none")
    assert heavy & modules == set()
    assert {"duckdb", "numpy", "pydantic"} <= modules


def test_an_overview_imports_what_draws_and_no_more(light: Project) -> None:
    modules = imported(light, "--checks-charts=failed")
    assert {"matplotlib.pyplot", "pandas", "sklearn", "scipy", "skops"} & modules == set()
    assert "model_checks.report.charts.overview" in modules
