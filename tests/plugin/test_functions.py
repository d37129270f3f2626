"""Metrics that are functions of the user's own, as pytest collects, runs and tells them."""

import re
import signal
from pathlib import Path

import pytest
from support.project import (
    CHURN,
    PRICES,
    REPOSITORY,
    Finished,
    Project,
    churn_log,
    price_log,
    text_in,
)

SCORING = """
import pathlib
import time

import numpy as np


def profit(y_true, y_pred):
    return float(np.where(y_pred == 1, np.where(y_true == 1, 20, -5), 0).mean())


def loss(y_true, y_pred, weight=None):
    print("a loss was asked for")
    return float(abs(y_true - y_pred).mean())


def broken(y_true):
    raise ValueError("<b>no luck</b>")


def slow(y_true):
    pathlib.Path("ready").touch()
    time.sleep(0.1)
    return 1.0
"""
KINDS = ("toml", "python", "text")
OWN = """
[models.churn.thresholds.profit]
metric = "scoring:profit"
min = 3.2
seed = 7
"""
SEGMENTS = """
[[models.churn.segments]]
by = "plan"
thresholds = { profit = { metric = "scoring:profit", min = 3.2, max_rows = 200 } }
"""
BROKEN = """
[models.churn.thresholds.broken]
metric = "scoring:broken"
max = 1
[models.churn.thresholds.narrow]
metric = "scoring:profit"
min = 1
max_rows = 100
"""
LOSS = PRICES.replace("mae = 2", "loss = { metric = 'scoring:loss', max = 2 }")
ALONE = CHURN.replace("thresholds = { accuracy = 0.7, recall = 0.7 }", "") + OWN
VERDICTS = {
    "churn-profit": "PASS",
    "churn-broken": "ERROR",
    "churn-narrow": "ERROR",
    "churn-profit-plan=basic": "PASS",
    "churn-profit-plan=family": "PASS",
    "prices-loss": "PASS",
}


def scored(folder: Path, toml: str) -> Project:
    """A project with functions of its own beside what it agreed."""
    project = Project(folder).write("thresholds.toml", toml).write("scoring.py", SCORING)
    return project.log("churn.parquet", churn_log()).log("prices.parquet", price_log())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return scored(tmp_path_factory.mktemp("scored"), ALONE + BROKEN + SEGMENTS + LOSS)


@pytest.fixture(scope="module")
def finished(project: Project) -> Finished:
    return project.run(
        "--checks-charts=all", "--junitxml=junit.xml", "-Werror", "--strict-markers", "-s"
    )


def test_what_a_function_does_wrong_is_an_error_of_its_own_checks(finished: Finished) -> None:
    assert finished.verdicts == VERDICTS
    assert finished.exit_code == 1
    assert (
        "churn-broken: metric 'scoring:broken': raised ValueError: <b>no luck</b>" in finished.lines
    )
    assert (
        "churn-narrow: metric 'scoring:profit': 200 rows would have to be loaded, more than "
        "max_rows = 100; set max_rows higher, or judge a shorter window"
    ) in finished.lines
    assert "Traceback" not in finished.text


def test_report_and_files_say_that_rows_were_loaded(finished: Finished) -> None:
    profit = finished.checks["churn-profit"]
    assert profit["function"] == "scoring:profit"
    assert profit["message"] == (
        "churn-profit: 7.500 (95 % interval 6.125 to 8.850, bootstrap, 1,000 resamples, seed 7, "
        "200 loaded rows) is at least the agreed 3.200"
    )
    [row] = [row for row in finished.report_rows() if profit["message"] in text_in(row["log"])]
    assert "200 loaded rows" in text_in("".join(row["resultsTableRow"]))
    case = finished.junit()["test_threshold[churn-profit]"]
    told = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
    assert told["method"] == "bootstrap, 1,000 resamples, seed 7"


def test_what_a_function_prints_is_printed_once(finished: Finished) -> None:
    assert finished.text.count("a loss was asked for") == 1


def test_a_free_name_is_a_marker(project: Project) -> None:
    found = project.run("--collect-only", "-q", "--strict-markers", "-Werror", "-m", "profit")
    assert [line.split("[")[1] for line in found.lines if "test_threshold[" in line] == [
        "churn-profit]",
        "churn-profit-plan=basic]",
        "churn-profit-plan=family]",
    ]


@pytest.mark.parametrize("arguments", [["-n2"], ["-k", "profit"], ["-m", "loss or churn"]])
def test_the_same_interval_comes_of_every_way_to_run(
    project: Project, finished: Finished, arguments: list[str]
) -> None:
    found = project.run("--checks-report-dir=again", *arguments)
    assert found.checks
    assert found.checks == {name: finished.checks[name] for name in found.checks}


def test_a_free_name_that_is_a_marker_of_their_own_is_refused(tmp_path: Path) -> None:
    project = scored(tmp_path, ALONE).write("pytest.ini", "[pytest]\nmarkers = profit: of ours")
    found = project.run()
    assert found.exit_code == 4
    assert (
        "ERROR: thresholds.toml: [models.churn] the name 'profit' is taken by a pytest marker; "
        "choose another"
    ) in found.lines


@pytest.mark.parametrize(
    ("by", "exit_code"), [(signal.SIGINT, 2), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_function_that_takes_long_can_be_interrupted(
    tmp_path: Path, by: signal.Signals, exit_code: int
) -> None:
    project = scored(tmp_path, ALONE.replace("scoring:profit", "scoring:slow"))
    found = project.interrupt(ready="ready", by=by)
    assert found.exit_code == exit_code
    assert found.verdicts == {}
    assert project.left_behind() == []


def test_the_worked_example_of_the_documentation_can_be_run(tmp_path: Path) -> None:
    section = (
        (REPOSITORY / "docs/settings.md").read_text("utf-8").split("### A metric of your own")[1]
    )
    toml, python, told = (section.split(f"```{kind}\n")[1].split("```")[0] for kind in KINDS)
    model = CHURN.replace("thresholds = { accuracy = 0.7, recall = 0.7 }", "")
    project = scored(tmp_path, model + toml).write("my_package/scoring.py", python)
    finished = project.run()
    assert finished.exit_code == 0
    assert finished.verdicts == {
        name: verdict for name, verdict in VERDICTS.items() if name.startswith("churn-profit")
    }
    numbers = re.compile(r"\d[\d.,]*(?= \(| to|, boot| loaded)")
    shown = finished.checks["churn-profit"]["message"]
    assert numbers.sub("N", shown) == numbers.sub("N", told.strip())
