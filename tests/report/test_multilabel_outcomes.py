"""Several labels a row in a report: the chart is drawn from what became of each."""

from pathlib import Path

from support.multilabel import columns_of, everything, parts
from support.project import Project
from support.sample_data import reopened

from model_checks.measure.curves import LabelOutcomes, curves_of
from model_checks.report.charts import detail_chart
from model_checks.settings import load_settings


def test_the_chart_is_drawn_from_what_became_of_each_label(tmp_path: Path) -> None:
    columns = columns_of(200, 26)
    measurement = everything(tmp_path, columns)
    settings = load_settings(tmp_path / "thresholds.toml")
    assert measurement.predictions is not None
    with reopened(settings, measurement.predictions) as engine:
        for segment, true, predicted, _ in parts(columns):
            found = curves_of(engine, measurement.predictions, segment)[0]
            assert isinstance(found, LabelOutcomes)
            assert (found.labels, found.rows) == (("y0", "y1", "y2", "y3"), len(true))
            assert found.found.tolist() == (true & predicted).sum(axis=0).tolist()
            assert found.wrong.tolist() == (~true & predicted).sum(axis=0).tolist()
            assert found.missed.tolist() == (true & ~predicted).sum(axis=0).tolist()
            assert detail_chart("m", segment, (found,)).alt.startswith("m")


TAGS = """
[models.tags]
task = "multilabel"
data = "tags.parquet"
target = ["y0", "y1", "y2", "y3"]
prediction = ["p0", "p1", "p2", "p3"]

[models.tags.thresholds]
accuracy = 0.2
f1 = { min = 0.9, average = "micro" }

[[models.tags.segments]]
by = "g"
thresholds = { recall = 0.5 }
"""


def test_a_session_judges_several_labels_and_draws_what_fails(tmp_path: Path) -> None:
    columns = columns_of(400, 28)
    project = Project(tmp_path).write("thresholds.toml", TAGS).log("tags.parquet", columns)
    finished = project.run("--checks-charts=failed", "-m", "tags and multilabel")
    assert finished.exit_code == 1
    assert finished.verdicts == {
        "tags-accuracy": "PASS",
        "tags-f1": "FAIL",
        **{f"tags-recall-g={value}": "PASS" for value in "abc"},
    }
    assert finished.results["models"]["tags"]["task"] == "multilabel"
    [[picture]] = [row["extras"] for row in finished.report_rows() if row["extras"]]
    assert picture["name"] == "tags"
