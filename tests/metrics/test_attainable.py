"""What a metric could be at best: no result on as many rows is surer, and a perfect one as sure."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.sample_data import measured, valued

from model_checks.metrics import METRICS, Asked, Estimate, metric_named, metrics_of
from model_checks.metrics.intervals import wilson_interval

SCORES = [name for name, metric in METRICS.items() if metric.direction == "higher"]
UNKNOWN = {"fbeta", "r2", "explained_variance"}


def nearly_perfect(rows: int, wrong: int, classes: int, seed: int) -> dict[str, Any]:
    """Rows that are all right but for some; all labels occur."""
    rng = np.random.default_rng(seed)
    true = np.arange(rows) % classes if seed % 2 else np.minimum(np.arange(rows), classes - 1)
    predicted = true.copy()
    missed = rng.choice(rows, wrong, replace=False)
    predicted[missed] = (true[missed] + 1) % classes
    scores = np.full((rows, classes), 0.1 / classes)
    scores[np.arange(rows), predicted] += 0.8 + 0.1 * rng.random(rows)
    names = {f"s{k}": scores[:, k] for k in range(classes)}
    return {"y": true, "p": predicted, **names}


@pytest.mark.parametrize("rows", [12, 60, 199, 450])
@pytest.mark.parametrize("classes", [2, 3])
def test_no_result_is_surer_than_the_best(tmp_path: Path, rows: int, classes: int) -> None:
    task = "binary" if classes == 2 else "multiclass"
    score = "s1" if classes == 2 else {str(k): f"s{k}" for k in range(classes)}
    best = {
        (name, average): interval
        for name in metrics_of(task)
        for average in METRICS[name].averages[task]
        if (interval := METRICS[name].best_interval(task, average, rows, 0.95))
    }
    assert len(best) > 8
    keys = {"task": task, "prediction": "p", "score": score}
    for seed, wrong in enumerate([0, 0, 1, 1, 2, 3, 5, 8]):
        columns = nearly_perfect(rows, wrong, classes, seed)
        agreed = dict.fromkeys([name for name, _ in best], 0.5)
        found = measured(tmp_path, columns, **keys, thresholds=agreed)
        for (name, average), limits in best.items():
            estimate = METRICS[name].estimate(found.statistics[()], Asked(average))
            if isinstance(estimate, Estimate):
                assert estimate.low <= limits.low + 1e-9, (name, average, wrong)


@pytest.mark.parametrize("name", ["accuracy", "mcc", "cohen_kappa", "roc_auc", "balanced_accuracy"])
def test_a_perfect_result_on_even_classes_is_the_best(tmp_path: Path, name: str) -> None:
    columns = nearly_perfect(100, 0, 2, seed=1)
    keys = {"prediction": "p", "score": "s1", "thresholds": {name: 0.5}}
    average = METRICS[name].averages["binary"][0]
    asked = Asked(average, 0.9)
    found = measured(tmp_path, columns, **keys).statistics[()]
    estimate = valued(METRICS[name].estimate(found, asked))
    best = METRICS[name].best_interval("binary", average, 100, 0.9)
    assert best
    assert (estimate.low, estimate.high) == pytest.approx((best.low, best.high))


def test_every_score_has_a_best_or_is_known_to_have_none() -> None:
    known = {name for name in SCORES if METRICS[name].best_interval("binary", None, 100, 0.95)}
    assert known == set(SCORES) - UNKNOWN


def test_an_error_can_be_0() -> None:
    errors = {name for name, metric in METRICS.items() if metric.direction != "higher"}
    for name in errors - {"max_error"}:
        metric = METRICS[name]
        assert metric.best_interval(next(iter(metric.averages)), None, 100, 0.95) is None
    most = METRICS["max_error"].best_interval("regression", None, 10**9, 0.95)
    assert most
    assert most.high == np.inf


def test_a_share_rests_on_all_rows_at_best() -> None:
    best = METRICS["recall"].best_interval("binary", None, 89, 0.95)
    assert best == wilson_interval(1.0, 89, 0.95)
    assert METRICS["recall"].best_interval("multilabel", "micro", 89, 0.95) is None
    assert metric_named("profit").best_interval("binary", None, 89, 0.95) is None
