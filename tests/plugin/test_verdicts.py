"""Each verdict is an outcome of pytest, told in one clean line."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.project import VERDICTS, Finished, every_verdict

RECALL = (
    "churn-recall: 0.800 (95 % interval 0.711 to 0.867, Wilson, 100 positives) "
    "is below the agreed 0.900"
)
MESSAGES = {
    "churn-recall": RECALL,
    "churn-f1": (
        "churn-f1: 0.800 (95 % interval 0.733 to 0.854, Wilson on Jaccard, 120 true or predicted "
        "positives) is not proven to be at least the agreed 0.750; "
        "about 180 more labelled rows would decide at this value"
    ),
    "churn-accuracy-plan=gone": (
        "churn-accuracy-plan=gone: 0 labelled rows, at least 30 are needed; "
        "the values of plan: 'student', 'basic', 'family'"
    ),
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    project = every_verdict(tmp_path_factory.mktemp("verdicts"))
    return project.run("-v", "-rA", "--junitxml=junit.xml")


def words(finished: Finished) -> dict[str, str]:
    """What ``-v`` says of each check."""
    found = re.findall(r"test_threshold\[(\S+)\] (PASSED|FAILED|ERROR|SKIPPED)", finished.text)
    return dict(found)


def block(finished: Finished, title: str) -> list[str]:
    """The lines under a title in pytest's list of failures and errors."""
    [start] = [k for k, line in enumerate(finished.lines) if line.strip("_ ") == title]
    rest = finished.lines[start + 1 :]
    return rest[: next(k for k, line in enumerate(rest) if line.startswith(("_", "=")))]


def message(case: ElementTree.Element, kind: str) -> str:
    [element] = case.findall(kind)
    return element.attrib["message"]


def test_every_verdict_is_reached(finished: Finished) -> None:
    assert finished.verdicts == VERDICTS
    assert finished.exit_code == 1
    assert finished.results["run"]["exit_status"] == 1


def test_a_verdict_is_an_outcome_of_pytest(finished: Finished) -> None:
    assert words(finished) == {
        "churn-accuracy": "PASSED",
        "churn-precision": "PASSED",
        "churn-recall": "FAILED",
        "churn-f1": "FAILED",
        "churn-roc_auc": "PASSED",
        "churn-recall-plan=basic": "PASSED",
        "churn-recall-plan=family": "PASSED",
        "churn-recall-plan=student": "SKIPPED",
        "churn-accuracy-plan=gone": "FAILED",
        "lost-mae": "ERROR",
        "lost-rmse": "ERROR",
        "prices-mae": "PASSED",
    }


@pytest.mark.parametrize("check", ["churn-recall", "churn-f1", "churn-accuracy-plan=gone"])
def test_a_failure_is_its_message_and_nothing_else(finished: Finished, check: str) -> None:
    told = finished.checks[check]["message"]
    assert block(finished, f"test_threshold[{check}]") == [told]


@pytest.mark.parametrize(("check", "told"), MESSAGES.items())
def test_a_message_says_what_was_measured_and_what_was_agreed(
    finished: Finished, check: str, told: str
) -> None:
    assert finished.checks[check]["message"] == told


def test_a_model_that_can_not_be_measured_is_an_error_in_one_line(finished: Finished) -> None:
    told = f"data 'lost.parquet': no such file in {finished.folder}"
    for metric in ("mae", "rmse"):
        title = f"ERROR at setup of test_threshold[lost-{metric}]"
        assert block(finished, title) == [f"lost-{metric}: {told}"]
    assert finished.results["models"]["lost"]["error"] == told


def test_no_line_leads_into_the_plugin(finished: Finished) -> None:
    assert "model_checks/plugin" not in finished.text
    assert "Traceback" not in finished.text


def test_a_segment_without_a_positive_is_skipped_with_its_reason(finished: Finished) -> None:
    [line] = [line for line in finished.lines if line.startswith("SKIPPED")]
    told = finished.checks["churn-recall-plan=student"]["message"]
    assert told.startswith("churn-recall-plan=student: undefined")
    assert re.fullmatch(rf"SKIPPED \[1\] \S*test_thresholds\.py:\d+: {re.escape(told)}", line)


def test_our_section_counts_each_model(finished: Finished) -> None:
    assert finished.section[:3] == [
        "churn   3 failed, 1 skipped, 5 passed; 240 labelled rows of 240",
        "lost    2 could not be measured; no rows read",
        "prices  1 passed; 100 labelled rows of 100",
    ]


def test_our_section_lists_what_passed_with_a_warning(finished: Finished) -> None:
    warned = [line for line in finished.section if line.startswith("warning: ")]
    precision, roc_auc = (line.removeprefix("warning: ") for line in warned)
    assert precision == finished.checks["churn-precision"]["message"]
    assert precision.endswith("is at least the agreed 0.700, but below the warning at 0.850")
    assert roc_auc == finished.checks["churn-roc_auc"]["message"]
    assert roc_auc.endswith(
        "is not proven to be below the agreed 0.790, so it is tolerated; "
        "about 220 more labelled rows would decide at this value"
    )


def test_our_section_says_where_the_results_are(finished: Finished) -> None:
    assert "results: reports/results.json" in finished.section


def test_junit_has_one_case_for_each_check(finished: Finished) -> None:
    assert list(finished.junit()) == [f"test_threshold[{check}]" for check in VERDICTS]


@pytest.mark.parametrize("check", VERDICTS)
def test_junit_has_the_figures_as_properties(finished: Finished, check: str) -> None:
    case = finished.junit()[f"test_threshold[{check}]"]
    told = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
    result = finished.checks[check]
    figures = {} if result["n"] is None else {"n": str(result["n"])}
    if result["value"] is not None:
        figures |= {name: repr(result[name]) for name in ("value", "low", "high", "confidence")}
        figures["method"] = result["method"]
    open_or_proven = ("p_value", "adjusted_p_value", "rows_to_decide")
    figures |= {name: repr(result[name]) for name in open_or_proven if result[name] is not None}
    assert told == {"verdict": result["verdict"], **figures}


def test_a_failure_in_junit_is_one_clean_line(finished: Finished) -> None:
    case = finished.junit()["test_threshold[churn-recall]"]
    assert message(case, "failure") == RECALL
    assert [element.text for element in case.findall("failure")] == [RECALL]


def test_an_error_in_junit_is_one_clean_line(finished: Finished) -> None:
    case = finished.junit()["test_threshold[lost-mae]"]
    told = finished.checks["lost-mae"]["message"]
    assert message(case, "error") == f'failed on setup with "{told}"'


def test_a_skip_in_junit_has_its_reason(finished: Finished) -> None:
    case = finished.junit()["test_threshold[churn-recall-plan=student]"]
    assert message(case, "skipped") == finished.checks["churn-recall-plan=student"]["message"]


def test_the_report_has_a_row_for_each_check(finished: Finished) -> None:
    outcomes = {row["check"]: row["result"] for row in finished.report_rows()}
    assert list(outcomes) == list(VERDICTS)
    assert outcomes["churn-recall"] == "Failed"
    assert outcomes["lost-mae"] == "Error"
    assert outcomes["churn-recall-plan=student"] == "Skipped"


def test_a_row_of_the_report_has_the_figures(finished: Finished) -> None:
    [row] = [row for row in finished.report_rows() if row["check"] == "churn-recall"]
    told = {name: row[name] for name in ("value", "interval", "agreed", "rows")}
    assert told == {
        "value": "0.800",
        "interval": "0.711 to 0.867",
        "agreed": "at least 0.900",
        "rows": "100 positives",
    }
    assert row["log"] == RECALL


def test_the_report_folder_holds_what_was_announced(finished: Finished) -> None:
    written = sorted(path.name for path in Path(finished.report_dir).iterdir())
    assert written == ["report.html", "results.json", "summary.html"]
