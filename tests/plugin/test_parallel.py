"""Under pytest-xdist: the same results, everything measured once, and a worker that dies."""

from pathlib import Path
from typing import Any

import pytest
from support.project import EVERY_VERDICT, VERDICTS, Finished, Project, called_model, every_verdict

# Whole sessions with several workers, each of several seconds.
pytestmark = pytest.mark.slow

ONCE = """
import os
import pathlib
from model_checks.data.model_rows import ModelRows

find_segments = ModelRows.find_segments

def counted(rows, **asked):
    with pathlib.Path("queried").open("a") as file:
        file.write(f"{rows.name} {rows.as_of.isoformat()}\\n")
    return find_segments(rows, **asked)

ModelRows.find_segments = counted
"""
CALL = "pathlib.Path('calls').open('a').write(f'{len(frame)}\\n')"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return every_verdict(tmp_path_factory.mktemp("plain")).run()


@pytest.fixture(
    scope="module", params=["load", "loadfile", "worksteal"], ids=lambda name: f"--dist={name}"
)
def parallel(request: pytest.FixtureRequest, plain: Finished) -> Finished:
    """The same project, judged by two workers."""
    return Project(plain.folder).run(
        "-n2", f"--dist={request.param}", "--checks-report-dir=parallel"
    )


def comparable(finished: Finished) -> dict[str, Any]:
    """``results.json`` without what differs from run to run."""
    changing = {"id", "started", "finished", "as_of"}
    run = {name: one for name, one in finished.results["run"].items() if name not in changing}
    return {**finished.results, "run": run}


def test_two_workers_come_to_the_same_results(plain: Finished, parallel: Finished) -> None:
    assert comparable(parallel) == comparable(plain)
    assert parallel.exit_code == plain.exit_code == 1


def test_two_workers_keep_the_order_of_the_file(parallel: Finished) -> None:
    assert list(parallel.verdicts) == list(VERDICTS)


def test_two_workers_tell_the_same_in_our_section(plain: Finished, parallel: Finished) -> None:
    places = ("results: ", "report: ")
    assert [line for line in parallel.section if not line.startswith(places)] == [
        line for line in plain.section if not line.startswith(places)
    ]
    assert "results: parallel/results.json" in parallel.section


def test_two_workers_leave_nothing_behind(plain: Finished, parallel: Finished) -> None:
    assert Project(plain.folder).left_behind() == []


def test_every_row_of_the_report_is_there(parallel: Finished) -> None:
    rows = parallel.report_rows()
    assert sorted(row["check"] for row in rows) == sorted(VERDICTS)


@pytest.fixture(scope="module", params=[(), ("-n2",)], ids=["plain", "two workers"])
def counted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A run that wrote down each call of the model, and each query for segment values."""
    project = called_model(tmp_path_factory.mktemp("once"), CALL).write("once_probe.py", ONCE)
    finished = project.run("-p", "once_probe", *request.param)
    assert finished.exit_code == 0
    assert len(finished.checks) == 7
    return project


def test_a_model_is_called_once_for_all_of_its_checks(counted: Project) -> None:
    assert (counted.folder / "calls").read_text() == "200\n"


def test_segment_values_are_queried_once_for_each_model(counted: Project) -> None:
    queried = (counted.folder / "queried").read_text().splitlines()
    assert sorted(line.split()[0] for line in queried) == ["called", "prices"]


def test_now_is_one_moment_in_all_processes(counted: Project) -> None:
    queried = (counted.folder / "queried").read_text().splitlines()
    [now] = {line.split()[1].replace("+00:00", "Z") for line in queried}
    run = Finished(0, "", counted.folder, counted.folder / "reports").results["run"]
    assert run["as_of"] == run["started"] == now


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A model that takes its process with it, and has more checks than workers may die."""
    metrics = "accuracy = 0.7, recall = 0.7, precision = 0.7, f1 = 0.7"
    body = "pathlib.Path('deaths').open('a').write('one\\n'); os._exit(3)"
    project = called_model(tmp_path_factory.mktemp("crashed"), body, metrics)
    (project.folder / "spill").mkdir()
    project.write("thresholds.toml", f'[engine]\ntemp_directory = "spill"\n{project.toml()}')
    return project.run("-n2", "--junitxml=junit.xml", "-v")


def test_a_dead_worker_is_red(crashed: Finished) -> None:
    assert crashed.exit_code == 1
    assert crashed.results["run"]["exit_status"] == 1


def test_a_dead_worker_leaves_nothing_behind(crashed: Finished) -> None:
    assert Project(crashed.folder).left_behind() == []
    assert list((crashed.folder / "spill").iterdir()) == []


def test_all_checks_of_the_model_that_killed_it_are_errors(crashed: Finished) -> None:
    verdicts = crashed.verdicts
    assert len(verdicts) == 13
    assert {verdicts.pop("prices-mae"), *verdicts.values()} == {"PASS", "ERROR"}
    assert set(verdicts.values()) == {"ERROR"}
    assert crashed.checks["called-f1"]["message"] == "called-f1: the process that measured it died"


def test_a_model_that_killed_a_worker_is_not_tried_again(crashed: Finished) -> None:
    assert (crashed.folder / "deaths").read_text() == "one\n"


def test_the_other_models_are_judged(crashed: Finished) -> None:
    assert crashed.section[:2] == [
        "called  12 could not be measured; no rows read",
        "prices  1 passed; 100 labelled rows of 100",
    ]


def test_the_terminal_names_the_check_during_which_it_died(crashed: Finished) -> None:
    assert "node down" in crashed.text
    titles = [line.strip("_ ") for line in crashed.lines if "ERROR at setup of" in line]
    wanted = [name for name in crashed.checks if name.startswith("called-")]
    assert sorted(titles) == sorted(f"ERROR at setup of test_threshold[{name}]" for name in wanted)


def test_the_report_and_junit_count_it(crashed: Finished) -> None:
    outcomes = [row["result"] for row in crashed.report_rows()]
    assert sorted(outcomes) == ["Error"] * 12 + ["Passed"]
    suite = (crashed.folder / "junit.xml").read_text()
    assert 'errors="12" failures="0" skipped="0" tests="13"' in suite
    for name, case in crashed.junit().items():
        told = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
        assert told["verdict"] == ("PASS" if "prices" in name else "ERROR")


def test_the_facts_of_the_model_say_why(crashed: Finished) -> None:
    facts = crashed.results["models"]["called"]
    assert facts["source"] == "called:model"
    assert facts["error"] == "the process that measured it died"


def test_paths_are_of_the_folder_where_pytest_was_started(tmp_path: Path) -> None:
    every_verdict(tmp_path).write("pytest.ini", "[pytest]").write(
        "below/agreed.toml", EVERY_VERDICT
    )
    below = Project(tmp_path / "below")
    finished = below.run(
        "-n2", "--checks-file=agreed.toml", "--checks-report-dir=reports", "-m", "lost"
    )
    assert (tmp_path / "below" / "reports" / "results.json").exists()
    assert finished.results["models"]["lost"]["error"].endswith(str(below.folder))


@pytest.mark.parametrize("own", [None, "active"])
def test_threads_of_a_model_do_not_keep_a_core_busy_waiting(
    tmp_path: Path, own: str | None
) -> None:
    body = "pathlib.Path('policy').write_text(os.environ['OMP_WAIT_POLICY'])"
    project = called_model(tmp_path, body)
    project.run(**({"OMP_WAIT_POLICY": own} if own else {}))
    assert (tmp_path / "policy").read_text() == (own or "passive")
