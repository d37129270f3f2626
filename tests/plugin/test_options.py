"""pytest's own options, and plugins left out, mean what they always do."""

import re
from pathlib import Path

import pytest
from support.project import VERDICTS, Finished, Project, every_verdict

OUTCOMES = "3 failed, 6 passed, 1 skipped, 2 errors"
FOLDER = ["report.html", "results.json", "summary.html"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return every_verdict(tmp_path_factory.mktemp("options")).folder


def run(folder: Path, *arguments: str) -> Finished:
    """With a report folder of its own for each run."""
    reports = "-".join(re.sub(r"\W", "", argument) for argument in arguments)
    return Project(folder).run(f"--checks-report-dir=reports/{reports}", *arguments)


def test_without_pytest_html_there_is_no_report_but_all_the_rest(folder: Path) -> None:
    finished = run(folder, "-p", "no:html", "--checks-charts=failed", "--checks-email-dry-run")
    assert finished.verdicts == VERDICTS
    assert sorted(path.name for path in finished.report_dir.iterdir()) == ["email.eml", *FOLDER[1:]]
    assert "Content-Type: image/png" in (finished.report_dir / "email.eml").read_text("utf-8")
    assert [line for line in finished.section if "could not be drawn" in line] == []


@pytest.mark.parametrize("plugins", [["metadata"], ["xdist", "cacheprovider", "junitxml"]])
def test_other_plugins_can_be_left_out(folder: Path, plugins: list[str]) -> None:
    left_out = [part for plugin in plugins for part in ("-p", f"no:{plugin}")]
    finished = run(folder, *left_out)
    assert finished.verdicts == VERDICTS
    assert finished.exit_code == 1
    assert sorted(path.name for path in finished.report_dir.iterdir()) == FOLDER
    assert "Traceback" not in finished.text


@pytest.mark.parametrize("style", ["short", "native"])
def test_a_failure_is_one_line_in_any_style(folder: Path, style: str) -> None:
    finished = run(folder, f"--tb={style}", "-k", "churn and recall")
    message = finished.checks["churn-recall"]["message"]
    at = finished.lines.index(message)
    assert finished.lines[at - 1].strip("_ ") == "test_threshold[churn-recall]"
    assert finished.lines[at + 1].strip("= ") == "model checks"


def test_quiet_is_quiet_and_tells_every_outcome_on_request(folder: Path) -> None:
    finished = run(folder, "-q", "-rA")
    assert "test session starts" not in finished.text
    assert finished.section[1] == "lost    2 could not be measured; no rows read"
    found = re.findall(
        r"^(PASSED|FAILED|ERROR) \S*test_threshold\[(\S+)\]", finished.text, re.MULTILINE
    )
    assert {name for _, name in found} == VERDICTS.keys() - {"churn-recall-plan=student"}
    assert OUTCOMES in finished.text


def test_a_session_may_have_other_tests_as_well(folder: Path) -> None:
    project = Project(folder).write("test_other.py", "def test_other(): assert False, 'theirs'\n")
    finished = project.run("test_other.py", "-k", "prices or other")
    assert finished.verdicts == {"prices-mae": "PASS"}
    assert finished.exit_code == 1
    assert "assert False" in finished.text
    rows = [row["resultsTableRow"][1] for row in finished.report_rows()]
    assert rows == [
        '<td class="col-check">prices-mae</td>',
        '<td class="col-check">test_other.py::test_other</td>',
    ]


def test_the_options_are_in_the_help(folder: Path) -> None:
    finished = Project(folder).pytest("--help")
    group = finished.text.partition("model checks:")[2].partition("\n\n")[0]
    options = re.findall(r"^ +(--[a-z-]+)", group, re.MULTILINE)
    assert options == [
        "--checks-file",
        "--checks-report-dir",
        "--checks-as-of",
        "--checks-gate",
        "--checks-candidate",
        "--checks-against",
        "--checks-allow-loosened",
        "--checks-charts",
        "--checks-no-email",
        "--checks-email-dry-run",
    ]
