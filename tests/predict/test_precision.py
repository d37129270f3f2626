"""Scores in the type that they were logged or answered in, as numpy and scikit-learn take them."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn import metrics as sklearn_metrics
from support.paired_data import baseline_of, measured_beside
from support.sample_data import complaint, estimated, measured, python_model, rows_of

from model_checks.measure.probability import BINS
from model_checks.metrics.statistics import ProbabilitySums
from model_checks.predict.precision import (
    DOUBLE,
    HALF,
    SINGLE,
    decimal_literal,
    precision_of_array,
    widest,
)

KINDS = {HALF: np.float16, SINGLE: np.float32, DOUBLE: np.float64}
TENTHS = [k / 10 for k in range(11)]
SCORED: dict[str, Any] = {
    "thresholds": {"log_loss": 99.0, "brier": 1.0, "expected_calibration_error": 1.0}
    | dict.fromkeys(("roc_auc", "average_precision"), 0.0)
}


def predicted(folder: Path, columns: Mapping[str, Any], threshold: float, **keys: Any) -> list[Any]:
    found = measured(folder, columns, decision_threshold=threshold, **keys)
    return [label for (label,) in rows_of(folder, found, "y_pred")]


# Thresholds


@pytest.mark.parametrize("threshold", [0.1, 0.7])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_logged_score_meets_a_threshold_in_its_own_type(
    tmp_path: Path, kind: type, threshold: float
) -> None:
    score: Any = np.array(TENTHS, kind)
    columns = {"y": [0, 1] * 5 + [0], "s": score}
    expected = [str(int(met)) for met in score >= threshold]
    assert predicted(tmp_path, columns, threshold, score="s") == expected


@pytest.mark.parametrize(
    ("kind", "threshold"), [("float16", 0.1), ("float32", 0.7), ("float64", 0.7)]
)
@pytest.mark.parametrize("wrapped", ["{}", "pd.DataFrame({})", "[[*row] for row in {}]"])
def test_an_answered_score_meets_a_threshold_in_its_own_type(
    tmp_path: Path, kind: str, threshold: float, wrapped: str
) -> None:
    array = f"np.column_stack([1 - frame.x, frame.x]).astype('{kind}')"
    model = python_model(tmp_path, "1 / 0", wrapped.format(array), classes_=[0, 1])
    columns = {"y": [0, 1] * 5 + [0], "x": TENTHS}
    expected = [str(int(met)) for met in np.array(TENTHS, kind) >= threshold]
    assert predicted(tmp_path, columns, threshold, model=model) == expected


def test_scores_of_batches_of_several_types_are_of_the_widest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model_checks.predict.batches.BATCH_ROWS", 1)
    proba = "np.column_stack([1 - frame.x, frame.x]).astype('f4' if frame.x[0] > 0.5 else 'f8')"
    model = python_model(tmp_path, "1 / 0", proba, classes_=[0, 1])
    columns = {"y": [0, 1], "x": [0.2, 0.7]}
    assert predicted(tmp_path, columns, 0.7, model=model) == ["0", "0"]


@pytest.mark.parametrize("digits", [(2, 1), (18, 4), (38, 37), (38, 20), (5, 2)])
def test_decimals_meet_a_threshold_as_decimals(tmp_path: Path, digits: tuple[int, int]) -> None:
    width, scale = digits
    least = Decimal(1).scaleb(-scale)
    scores = [Decimal("0.7"), Decimal("0.7") - least, Decimal("0.7") + least, Decimal(0)]
    columns = {"y": [0, 1, 0, 1], "s": pa.array(scores, pa.decimal128(width, scale))}
    found = predicted(tmp_path, columns, 0.7, score="s")
    assert found == [str(int(score >= Decimal("0.7"))) for score in scores]
    assert predicted(tmp_path, columns, 300.0, score="s") == ["0"] * 4


def test_the_least_decimal_that_meets_a_threshold_is_of_the_columns_type() -> None:
    assert decimal_literal("DECIMAL(4,2)", 0.701) == "cast(0.71 as decimal(4,2))"
    assert decimal_literal("DECIMAL(4,2)", -0.701) == "cast(-0.7 as decimal(4,2))"
    assert decimal_literal("DECIMAL(4,2)", 1e-9) == "cast(0.01 as decimal(4,2))"
    assert decimal_literal("DECIMAL(4,2)", 99.999) is None
    assert decimal_literal("DECIMAL(38,38)", 1e300) is None
    assert decimal_literal("DECIMAL", 1e300) is None
    assert decimal_literal("DOUBLE", 0.7) is None


@pytest.mark.parametrize("answered", [False, True])
def test_several_labels_meet_a_threshold_in_their_own_types(tmp_path: Path, answered: bool) -> None:
    columns: dict[str, Any] = {"y0": [0, 1], "y1": [1, 0], "x": [0.7, 0.6]}
    columns |= {"s0": np.array([0.7, 0.6], np.float32), "s1": np.array([0.7, 0.6])}
    keys: dict[str, Any] = {"task": "multilabel", "target": ["y0", "y1"]}
    keys["decision_threshold"] = 0.7
    if answered:
        proba = "np.column_stack([frame.x, frame.x]).astype('f4')"
        keys["model"] = python_model(tmp_path, "1 / 0", proba)
    else:
        keys["score"] = ["s0", "s1"]
    found = measured(tmp_path, columns, **keys)
    assert rows_of(tmp_path, found, "p0, p1") == [(1, 1), (0, 0)]


# What scores cost


def of_scikit_learn(true: Any, score: Any) -> dict[str, float]:
    return {
        "log_loss": sklearn_metrics.log_loss(true, score),
        "brier": sklearn_metrics.brier_score_loss(true, score),
        "roc_auc": sklearn_metrics.roc_auc_score(true, score),
        "average_precision": sklearn_metrics.average_precision_score(true, score),
    }


@pytest.mark.parametrize(
    ("kind", "answered"),
    [("float16", True), ("float32", True), ("float32", False), ("float64", False)],
)
def test_a_sure_mistake_costs_what_its_type_can_tell(
    tmp_path: Path, kind: str, answered: bool
) -> None:
    true, score = np.array([0, 1, 1, 0]), np.array([1.0, 0.0, 0.75, 0.125], kind)
    expected = of_scikit_learn(true, score)
    columns = {"y": true, "x": score.astype(float)}
    keys: dict[str, Any] = {"score": "x"}
    if answered:
        proba = f"np.column_stack([1 - frame.x, frame.x]).astype('{kind}')"
        keys = {"model": python_model(tmp_path, "[0, 1, 1, 0]", proba, classes_=[0, 1])}
    else:
        columns["x"] = score
    found = measured(tmp_path, columns, **keys, **SCORED)
    for metric, value in expected.items():
        close = pytest.approx(value, rel=2e-3 if kind == "float16" else 1e-6)
        assert estimated(found, metric).value == close


def test_a_sure_mistake_of_several_classes_costs_what_all_columns_can_tell(tmp_path: Path) -> None:
    true, scores = ["a", "b", "c"], np.eye(3)[[1, 1, 2]]
    keys: dict[str, Any] = {"task": "multiclass", "thresholds": {"log_loss": 99.0}}
    keys["score"] = {label: label for label in "abc"}
    for kinds in (["f4"] * 3, ["f8"] * 3, ["f4", "f8", "f4"], ["f4", "i8", "f4"]):
        columns = {
            label: column.astype(kind)
            for label, column, kind in zip("abc", scores.T, kinds, strict=True)
        }
        array = np.column_stack([*columns.values()])
        found = measured(tmp_path, {"y": true, **columns}, **keys)
        expected = sklearn_metrics.log_loss(true, array)
        assert estimated(found, "log_loss").value == pytest.approx(expected, rel=1e-6)


def test_each_of_two_models_is_judged_in_its_own_type(tmp_path: Path) -> None:
    columns = {"y": [0, 1], "s": np.ones(2, np.float32), "q": np.ones(2)}
    keys = {"thresholds": {"log_loss": 99.0, "expected_calibration_error": 1.0}}
    found = measured_beside(tmp_path, columns, {"score": "q"}, score="s", **keys)
    own = estimated(found, "log_loss").value
    assert own == pytest.approx(15.942385 / 2, rel=1e-6)
    other = baseline_of(found).statistics[()].of(ProbabilitySums)
    assert other.log_losses[0] == pytest.approx(36.0436, rel=1e-5)
    assert baseline_of(found).pairs is not None


# Edges of bins


@pytest.mark.parametrize("precision", KINDS, ids=lambda one: one.kind.__name__)
@pytest.mark.parametrize("k", range(1, BINS))
def test_a_bin_holds_its_upper_edge_as_its_own_type_writes_it(precision: Any, k: int) -> None:
    edge = precision.kind(k / BINS)
    above = np.nextafter(edge, precision.kind(2))
    factor = BINS * (1 - precision.slack * precision.eps)
    assert np.ceil(float(edge) * factor) == k
    if precision is not DOUBLE:
        assert np.ceil(float(above) * factor) == k + 1


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_a_score_on_an_edge_is_in_the_bin_below_it(tmp_path: Path, kind: str) -> None:
    """All that is in one bin with it: 0.2 and 0.17, and 0 and 0.05."""
    score = np.array([0.2, 0.17, 0.0, 0.05], kind)
    columns = {"y": [1, 0, 0, 1], "s": score}
    found = measured(tmp_path, columns, score="s", **SCORED)
    gaps = abs(1 - score[:2].sum()) + abs(1 - score[2:].sum())
    assert estimated(found, "expected_calibration_error").value == pytest.approx(gaps / 4, rel=1e-6)


# Sums


def three_scores(*rows: tuple[float, float, float], kind: str = "f8") -> dict[str, Any]:
    scores = np.array(rows, kind).T
    true = np.array([*"abc"] * len(rows))[: len(rows)]
    return {"y": true, **dict(zip(("s_a", "s_b", "s_c"), scores, strict=True))}


THREE: dict[str, Any] = {"task": "multiclass", "score": {label: f"s_{label}" for label in "abc"}}


@pytest.mark.parametrize("metric", ["log_loss", "brier", "expected_calibration_error"])
def test_scores_that_do_not_sum_to_1_are_no_probabilities(tmp_path: Path, metric: str) -> None:
    columns = three_scores((0.99, 0.3, 0.2), (0.2, 0.5, 0.3), (0.1, 0.3, 0.58))
    text = complaint(tmp_path, columns, thresholds={metric: 1.0}, **THREE)
    assert text == (
        "the sum of the scores 's_a', 's_b', 's_c' is not 1, to within 0.01, "
        "in 2 of 3 labelled rows"
    )


def test_scores_that_nothing_takes_for_probabilities_need_not_sum_to_1(tmp_path: Path) -> None:
    columns = three_scores((2.0, 1.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 3.0))
    found = measured(tmp_path, columns, thresholds={"accuracy": 0.5, "roc_auc": 0.5}, **THREE)
    assert estimated(found, "accuracy").value == 1


@pytest.mark.filterwarnings("ignore:The y_prob values do not sum to one:UserWarning")
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_scores_that_were_rounded_are_judged_as_they_are(tmp_path: Path, kind: str) -> None:
    rows = [(0.33, 0.33, 0.33), (0.67, 0.17, 0.17), (0.3334, 0.3333, 0.3334)]
    columns = three_scores(*rows, kind=kind)
    thresholds = {"log_loss": 9.0, "brier": 2.0, "expected_calibration_error": 1.0}
    found = measured(tmp_path, columns, thresholds=thresholds, **THREE)
    true, scores = columns["y"], np.column_stack([columns[f"s_{label}"] for label in "abc"])
    expected = sklearn_metrics.log_loss(true, scores)
    assert estimated(found, "log_loss").value == pytest.approx(expected, rel=1e-6)
    expected = sklearn_metrics.brier_score_loss(true, scores)
    assert estimated(found, "brier").value == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("task", "classes"), [("binary", [0, 1]), ("multiclass", [0, 1, 2])])
def test_a_called_model_is_asked_for_probabilities_too(
    tmp_path: Path, task: str, classes: list[int]
) -> None:
    proba = f"np.column_stack([frame.x, *[1 - frame.x] * {len(classes) - 1}])"
    model = python_model(tmp_path, "[0, 1, 1, 0]", proba, classes_=classes)
    columns = {"y": [0, 1, 1, 0], "x": [0.5, 0.6, 0.7, 1.0]}
    keys = {"thresholds": {"log_loss": 9.0}, "task": task, "model": model}
    if task == "binary":
        measured(tmp_path, columns, **keys)
        proba = "np.column_stack([np.ones(4), frame.x])"  # of which one column alone is judged
        keys["model"] = python_model(tmp_path, "[0, 1, 1, 0]", proba, classes_=classes)
    text = complaint(tmp_path, columns, **keys)
    rows = 4 if task == "binary" else 3
    assert text == (
        f"the sum of the scores of the model is not 1, to within 0.01, in {rows} of 4 labelled rows"
    )


# Types


def test_numbers_that_are_put_together_have_the_widest_type() -> None:
    for one, other in product(KINDS, KINDS):
        array = np.array([1], KINDS[one]), np.array([1], KINDS[other])
        expected = {kind: name for name, kind in KINDS.items()}[np.concatenate(array).dtype.type]
        assert widest([one, other]) == expected
        assert precision_of_array(array[0]) == one
    assert precision_of_array(np.array([1])) == DOUBLE


def test_a_threshold_beyond_a_type_stays_what_it_is() -> None:
    assert HALF.nearest(1e9) == 1e9
    assert SINGLE.nearest(-1e300) == -1e300
