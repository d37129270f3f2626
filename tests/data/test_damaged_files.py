"""Damaged logs: each is an error of its model that names it, in planning as in measuring."""

from pathlib import Path

import pytest
from support.damaged_files import DAMAGES, damaged
from support.project import churn_project
from support.sample_data import valued

from model_checks.judging.results import Run
from model_checks.judging.verdict import Verdict
from model_checks.pipeline import judge
from model_checks.settings import load_settings


def run_in(folder: Path) -> Run:
    return judge(load_settings(folder / "thresholds.toml"))


def hold(folder: Path, seed: int) -> None:
    kind, name = damaged(folder, seed)
    toml = f"""
[models.damaged]
task = "binary"
data = "{name}"
target = "left"
prediction = "predicted"
thresholds = {{ accuracy = 0.7 }}
[[models.damaged.segments]]
by = "plan"
thresholds = {{ recall = 0.7 }}
"""
    (folder / "thresholds.toml").write_text(toml)
    results = run_in(folder).results
    errors = [one.message for one in results if one.verdict is Verdict.ERROR]
    values = [
        valued(one.estimate).value for one in results if one.estimate and not one.check.segment
    ]
    if kind in ("header", "nulls") or not errors:  # which need not concern any row that counts
        assert all(value == pytest.approx(0.98, abs=0.001) for value in values)
    else:
        assert len(errors) == len(results)
        assert all(name in message for message in errors), errors
    assert all("\n" not in message for message in errors)


@pytest.mark.parametrize("seed", range(3 * len(DAMAGES)))
def test_a_damaged_log_is_an_error_that_names_it(tmp_path: Path, seed: int) -> None:
    hold(tmp_path, seed)


@pytest.mark.slow
def test_damaged_logs_are_errors_that_name_them(tmp_path: Path) -> None:
    for seed in range(30, 330):
        hold(tmp_path, seed)


def test_the_other_models_of_a_damaged_log_are_judged(tmp_path: Path) -> None:
    _, name = damaged(tmp_path, 70)
    project = churn_project(tmp_path)
    toml = project.toml().replace("models.churn]", "models.damaged]")
    project.write("thresholds.toml", project.toml() + toml.replace("churn.parquet", name))
    run = run_in(tmp_path)
    assert run.exit_status == 1
    assert {one.check.id: one.verdict for one in run.results} == {
        "churn-accuracy": Verdict.PASS,
        "churn-recall": Verdict.PASS,
        "damaged-accuracy": Verdict.ERROR,
        "damaged-recall": Verdict.ERROR,
    }
