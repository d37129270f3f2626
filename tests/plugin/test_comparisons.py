"""Degradations, gaps and corrected segments, from the file to all that a person sees of them."""

from pathlib import Path
from typing import Any

import pytest
from support.project import Finished, Project, text_in

TOML = """
[models.churn]
task = "binary"
data = "churn.parquet"
target = "left"
prediction = "predicted"
rule = "tolerant"
baseline = { prediction = "before" }

[models.churn.thresholds]
accuracy = { min = 0.7, max_degradation = 0.01 }
recall = { max_degradation = "30%", rule = "confident" }
f1 = { max_degradation = 0.3, rule = "estimate" }
precision = { max_degradation = 0.1, rule = "confident", min_rows = 5000 }

[[models.churn.segments]]
by = "plan"
thresholds = { recall = 0.8 }
max_gap = { recall = { max = 0.05, rule = "estimate" }, accuracy = { max = 0.9 } }

[models.holdout]
task = "binary"
data = "churn.parquet"
target = "left"
prediction = "predicted"
baseline = { data = "holdout.parquet" }
thresholds = { recall = { max_degradation = 0.1, rule = "confident" } }
"""
PLANS = 10
WORSE = (
    "churn-accuracy-degradation: accuracy is 0.040 worse (95 % interval 0.032 to 0.049, MOVER, "
    "paired), 0.010 was agreed: missed; 0.800 against 0.840 of logged predictions 'before' on the "
    "same 2,000 rows"
)


def log(rows: int, wrong_in_ten: int, *, helped: int = 0) -> dict[str, list[Any]]:
    """As many rows of either label; the model before was right in some that this one is not."""
    labels = [k % 2 for k in range(rows)]
    hard = [(k // 2) % 10 < wrong_in_ten for k in range(rows)]
    easier = [is_hard and (k // 20) % 5 >= helped for k, is_hard in enumerate(hard)]
    return {
        "left": list(labels),
        "predicted": [1 - y if is_hard else y for y, is_hard in zip(labels, hard, strict=True)],
        "before": [1 - y if is_hard else y for y, is_hard in zip(labels, easier, strict=True)],
        "plan": [f"p{k // 2 % PLANS % 7}" for k in range(rows)],
    }


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder: Path = tmp_path_factory.mktemp("comparisons")
    project = Project(folder).write("thresholds.toml", TOML)
    project.log("churn.parquet", log(2000, 2, helped=1))
    project.log("holdout.parquet", log(400, 1))
    return project.run("--junitxml=junit.xml", "--checks-email-dry-run", "--checks-charts=failed")


def test_each_comes_to_its_verdict(finished: Finished) -> None:
    kept = {name: verdict for name, verdict in finished.verdicts.items() if "plan=" not in name}
    assert kept == {
        "churn-accuracy": "PASS",
        "churn-accuracy-degradation": "FAIL",
        "churn-recall-degradation": "PASS",
        "churn-f1-degradation": "PASS",
        "churn-precision-degradation": "NO_DATA",
        "churn-recall-gap-plan": "FAIL",
        "churn-accuracy-gap-plan": "PASS",
        "holdout-recall-degradation": "INCONCLUSIVE",
    }
    assert finished.exit_code == 1


def test_the_terminal_has_one_line_for_a_degradation(finished: Finished) -> None:
    assert finished.lines.count(WORSE) == 1


def test_a_baseline_on_other_rows_is_told_with_them(finished: Finished) -> None:
    message = finished.checks["holdout-recall-degradation"]["message"]
    assert "recall is 0.100 worse (95 % interval " in message
    assert message.count("0.800 on 2,000 rows against 0.900 on 400 rows of holdout.parquet") == 1


def test_results_have_the_baseline_and_the_gap(finished: Finished) -> None:
    baseline = finished.checks["churn-accuracy-degradation"]["baseline"]
    assert (baseline["source"], baseline["value"]) == ("logged predictions 'before'", 0.84)
    assert baseline["degradation"]["value"] == pytest.approx(0.04)
    gap = finished.checks["churn-recall-gap-plan"]["gap"]
    assert (gap["max_gap"], gap["over"]) == (0.05, ["plan"])
    assert gap["largest"]["value"] - gap["smallest"]["value"] == pytest.approx(
        finished.checks["churn-recall-gap-plan"]["value"]
    )


def test_segments_are_corrected_together(finished: Finished) -> None:
    segments = [check for name, check in finished.checks.items() if "plan=" in name]
    assert len(segments) == 7
    assert {check["correction"] for check in segments} == {"holm"}
    assert all(check["p_value"] <= check["adjusted_p_value"] for check in segments)


def test_junit_has_the_figures_of_a_degradation(finished: Finished) -> None:
    case = finished.junit()["test_threshold[churn-accuracy-degradation]"]
    told = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
    kept = finished.checks["churn-accuracy-degradation"]
    assert told["value"] == repr(kept["value"])
    assert told["baseline"] == "logged predictions 'before'"
    for name in ("value", "low", "high"):
        assert told[f"baseline_{name}"] == repr(kept["baseline"][name])
        assert told[f"degradation_{name}"] == repr(kept["baseline"]["degradation"][name])
    assert told["p_value"] == repr(kept["p_value"])
    assert "adjusted_p_value" not in told


def test_the_report_shows_by_how_much_it_is_worse(finished: Finished) -> None:
    rows = {}
    for row in finished.report_rows():
        name, *figures = [text_in(cell) for cell in row["resultsTableRow"][1:6]]
        rows[name] = (figures, row)
    figures, row = rows["churn-accuracy-degradation"]
    assert figures == [
        "0.040 worse",
        "0.032 to 0.049",
        "at most 0.010 worse than 0.840",
        "2,000 rows",
    ]
    assert WORSE in text_in(row["log"])
    assert "p-value 3.7e-11" in text_in(row["log"])
    assert rows["churn-recall-degradation"][0][2] == "at most 30 % worse than 0.840"
    assert rows["churn-recall-gap-plan"][0][2] == "at most 0.0500"
    _, row = rows["churn-recall-plan=p0"]
    assert "after Holm's correction over 7 segment checks" in text_in(row["log"])


def test_a_row_has_the_loss_beside_the_interval_of_the_loss(finished: Finished) -> None:
    page = " ".join(text_in(finished.report("reports/summary.html")).split())
    assert "0.040 worse0.030 too much0.032 to 0.049at most 0.010 worse than 0.840" in page


def test_page_and_mail_have_the_baseline_beside_the_value(finished: Finished) -> None:
    page = " ".join(text_in(finished.report("reports/summary.html")).split())
    assert "at most 0.010 worse than 0.840" in page
    assert "95 % interval of the degradation, MOVER, paired" in page
    assert "0.800 against 0.840 of logged predictions 'before'; rule tolerant" in page
    assert "gap by plan" in page
    mail = (finished.report_dir / "email.eml").read_text()
    assert "churn-accuracy-degradation" in mail
