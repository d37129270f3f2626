"""A metric that is added, one row and one function, works from thresholds.toml to the mail."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.project import churn_log, text_in
from support.sample_data import AS_OF, settings_of

from model_checks.errors import SettingsError
from model_checks.judging.results import Run
from model_checks.metrics import METRICS, Asked, Estimate, Metric
from model_checks.metrics.estimate import estimated
from model_checks.metrics.intervals import kish_size, wilson_interval
from model_checks.metrics.metric import Form
from model_checks.metrics.statistics import ConfusionCounts
from model_checks.notify.email.message import compose
from model_checks.pipeline import judge
from model_checks.report.charts import overview_chart
from model_checks.report.page import summary_html
from model_checks.store.results_json import run_as_json

KEYS: dict[str, Any] = {
    "target": "left",
    "prediction": "predicted",
    "baseline": {"prediction": "before"},
    "thresholds": {"threat_score": {"min": 0.8, "max_degradation": 0.05}},
    "segments": [
        {"by": "plan", "thresholds": {"threat_score": 0.1}, "max_gap": {"threat_score": 0.05}}
    ],
}
COLUMNS = {**churn_log(), "before": churn_log(wrong=10)["predicted"]}


def threat_score(counts: ConfusionCounts, asked: Asked) -> Estimate:
    """Of the rows that are positive or predicted so, how many are both."""
    weight, weight2 = (float(of.sum() - of[0, 0]) for of in (counts.weight, counts.weight2))
    value = float(counts.weight[1, 1]) / weight
    interval = partial(wilson_interval, value, kish_size(weight, weight2))
    rows = int(counts.rows.sum() - counts.rows[0, 0])
    return estimated(value, interval, rows, "true or predicted positives", asked.confidence)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    row = Metric("threat_score", {"binary": (None,)}, Form(ConfusionCounts, threat_score))
    monkeypatch.setitem(METRICS, row.name, row)
    return judge(settings_of(tmp_path, COLUMNS, **KEYS), as_of=AS_OF)


def test_it_is_judged_with_its_segments_its_baseline_and_its_gap(run: Run) -> None:
    found = {check["id"]: check for check in json.loads(run_as_json(run))["checks"]}
    assert {name: check["verdict"] for name, check in found.items()} == {
        "m-threat_score": "FAIL",
        "m-threat_score-degradation": "FAIL",
        "m-threat_score-plan=basic": "PASS",
        "m-threat_score-plan=family": "PASS",
        "m-threat_score-gap-plan": "PASS",
    }
    whole = found["m-threat_score"]
    assert whole["value"] == pytest.approx(80 / 120)
    assert (whole["n"], whole["unit"]) == (120, "true or predicted positives")
    assert whole["message"] == (
        "m-threat_score: 0.667 (95 % interval 0.578 to 0.745, Wilson, "
        "120 true or predicted positives) is below the agreed 0.800"
    )
    assert found["m-threat_score-degradation"]["baseline"]["value"] == pytest.approx(95 / 105)


def test_it_is_told_on_the_summary_page_in_the_mail_and_on_the_chart(run: Run) -> None:
    chart = overview_chart("m", run.of_model("m"))
    mail = compose(run, [chart], None, "report.html")
    body = mail.get_body(("plain",))
    assert body is not None
    for told in (
        text_in(summary_html(run, [chart], "report.html")),
        str(body.get_content()),
        chart.alt,
    ):
        assert "threat_score" in told
        assert "0.667" in told


def test_without_the_row_its_name_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="unknown metric 'threat_score'"):
        settings_of(tmp_path, COLUMNS, **KEYS)
