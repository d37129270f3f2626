"""What charts are drawn from: counted in the engine, and true to the rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score, roc_curve
from support.sample_data import measured, reopened

from model_checks.measure.curves import Confusion, RocCurve, curves_of
from model_checks.settings import load_settings

SCORES = {
    "probabilities": "u",
    "probabilities of a rare event": "1e-4 * u ** 4",
    "probabilities of a sure event": "1 - 1e-9 * u",
    "most near one end": "np.where(u < 0.999, u / 1000, u)",
    "beyond 0 and 1": "1000 * u - 300",
    "few values": "np.round(u, 1)",
    "one value": "0 * u + 0.5",
    "huge values": "(u - 0.5) * 1.7e308",
}


def drawn(expression: str) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    """Labels and scores, of which the higher are the more often positive."""
    draw = np.random.default_rng(3)
    u = draw.random(20_000)
    y = (draw.random(20_000) < 0.02 + 0.9 * u).astype(int)
    return y, eval(expression, {"u": u, "np": np})


def curve_of(folder: Path, columns: dict[str, Any]) -> RocCurve:
    keys = {"score": "s", "thresholds": {"roc_auc": 0.1}}
    predictions = measured(folder, columns, **keys).predictions
    assert predictions is not None
    with reopened(load_settings(folder / "thresholds.toml"), predictions) as engine:
        curve = curves_of(engine, predictions, ())[0]
    assert isinstance(curve, RocCurve)
    return curve


@pytest.mark.parametrize("expression", SCORES.values(), ids=SCORES.keys())
def test_a_roc_curve_is_some_points_of_the_exact_one(tmp_path: Path, expression: str) -> None:
    y, score = drawn(expression)
    curve = curve_of(tmp_path, {"y": y, "s": score})
    order = np.unique(score, return_inverse=True)[1]
    exact = roc_curve(y, order, drop_intermediate=False)[:2]
    positives, negatives = y.sum(), (1 - y).sum()

    def counts(rates: Any) -> set[tuple[int, int]]:
        pairs = zip(*rates, strict=True)
        return {(round(fpr * negatives), round(tpr * positives)) for fpr, tpr in pairs}

    found = (curve.false_positive_rate, curve.true_positive_rate)
    assert counts(found) <= counts(exact)
    assert {(0, 0), (negatives, positives)} <= counts(found)
    assert len(curve.true_positive_rate) <= 202
    area = np.trapezoid(curve.true_positive_rate, curve.false_positive_rate)
    assert area == pytest.approx(roc_auc_score(y, order), abs=0.002)


def test_a_matrix_has_the_class_that_wins_by_its_scores_and_is_true_of_no_row(
    tmp_path: Path,
) -> None:
    columns = {"y": ["a", "b", "a"], "a": [0.7, 0.1, 0.2], "b": [0.2, 0.8, 0.2]}
    columns |= {"c": [0.1, 0.1, 0.6], "d": [0.0, 0.0, 0.0]}
    score = {label: label for label in "abcd"}
    predictions = measured(tmp_path, columns, task="multiclass", score=score).predictions
    assert predictions is not None
    with reopened(load_settings(tmp_path / "thresholds.toml"), predictions) as engine:
        confusion = curves_of(engine, predictions, ())[-1]
    assert isinstance(confusion, Confusion)
    assert confusion.labels == ("a", "b", "c")
    assert confusion.rows.tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]


def test_a_roc_curve_of_one_class_goes_straight(tmp_path: Path) -> None:
    curve = curve_of(tmp_path, {"y": [1, 1], "s": [0.2, 0.4]})
    assert curve.false_positive_rate.tolist() == [0.0, 0.0, 0.0]
    assert curve.true_positive_rate.tolist() == [0.0, 0.5, 1.0]
