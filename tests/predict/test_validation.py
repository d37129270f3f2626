"""Logged predictions: what is refused, in which words, and what the checked relation holds."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from support.sample_data import complaint, estimated, measured, reason, rows_of

from model_checks.predict.table import Predictions
from model_checks.predict.validation import MOST_LABELS

NAN, INF = float("nan"), float("inf")
SEGMENTS = [{"by": "g", "thresholds": {"accuracy": 0.5}}]


def of(measurement: Any) -> Predictions:
    predictions = measurement.predictions
    assert isinstance(predictions, Predictions)
    return predictions


# What is made of them


def test_the_relation_has_the_common_names(tmp_path: Path) -> None:
    columns = {"y": [True, False], "p": [1, 0], "s": [1, 0], "w": [2, 3], "g": [1.0, NAN]}
    keys = {"score": "s", "prediction": "p", "weight": "w", "segments": SEGMENTS}
    measurement = measured(tmp_path, columns, **keys)
    assert rows_of(tmp_path, measurement, "y_true, y_pred, s0, w, g0") == [
        ("1", "1", 1.0, 2.0, "1"),
        ("0", "0", 0.0, 3.0, None),
    ]
    assert (of(measurement).labels, of(measurement).scored) == (("0", "1"), ("1",))
    assert of(measurement).group(["g"]) == ["g0"]


def test_rows_of_a_csv_file_can_be_read_again(tmp_path: Path) -> None:
    columns = {"y": [1, None, 0], "p": [1, 1, 0]}
    measurement = measured(tmp_path, columns, data="data.csv")
    assert rows_of(tmp_path, measurement, "y_true, y_pred") == [("1", "1"), ("0", "0")]


def test_numbers_of_a_regression_are_floats(tmp_path: Path) -> None:
    columns = {"y": [1, 2], "p": [Decimal("1.5"), Decimal("2.25")], "w": [1, 2]}
    measurement = measured(tmp_path, columns, task="regression", weight="w")
    assert rows_of(tmp_path, measurement, "y_true, y_pred, w") == [
        (1.0, 1.5, 1.0),
        (2.0, 2.25, 2.0),
    ]
    assert (of(measurement).labels, of(measurement).scored) == ((), ())


@pytest.mark.parametrize(
    ("threshold", "expected"), [(None, ["0", "1", "1"]), (0.7, ["0", "0", "1"]), (1e-9, ["1"] * 3)]
)
def test_labels_are_read_off_the_score_where_none_are_logged(
    tmp_path: Path, threshold: float | None, expected: list[str]
) -> None:
    keys = {} if threshold is None else {"decision_threshold": threshold}
    columns = {"y": [0, 1, 1], "s": pa.array([0.25, 0.5, 0.75], pa.float32())}
    measurement = measured(tmp_path, columns, score="s", **keys)
    assert [label for (label,) in rows_of(tmp_path, measurement, "y_pred")] == expected


def test_the_only_label_may_be_the_positive_one(tmp_path: Path) -> None:
    measurement = measured(tmp_path, {"y": [1, 1], "s": [0.9, 0.2]}, score="s")
    assert of(measurement).labels == ("not 1", "1")
    assert estimated(measurement, "recall").value == 0.5


def test_the_only_label_may_be_the_other_one(tmp_path: Path) -> None:
    measurement = measured(tmp_path, {"y": [0, 0], "p": [0, 0]})
    assert of(measurement).labels == ("0", "1")
    assert reason(measurement, "recall") == ("undefined, no row with label 1 among 2 labelled rows")


def test_unlabelled_rows_may_lack_a_prediction(tmp_path: Path) -> None:
    columns = {"y": [1, None, 0], "p": [1, None, 0], "s": [0.9, NAN, 0.1], "w": [1, -1, 1]}
    keys = {"score": "s", "prediction": "p", "weight": "w"}
    assert measured(tmp_path, columns, **keys).facts.dropped == 1


def test_rows_outside_the_window_may_hold_anything(tmp_path: Path) -> None:
    columns = {
        "y": ["0", "1", "x"],
        "p": ["0", "1", None],
        "t": ["2013-04-01"] * 2 + ["2014-01-01"],
    }
    measurement = measured(tmp_path, columns, data="data.csv", time_column="t")
    assert estimated(measurement, "accuracy").value == 1


# Nulls, NaN and infinity


def some(bad: Any, kind: str = "float64") -> pa.Array:
    """Three values, the first and the last of them bad."""
    return pa.array([bad, 1, bad], kind)


@pytest.mark.parametrize(("bad", "told"), [(None, "null"), (NAN, "NaN"), (INF, "infinite")])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_unusable_predictions_are_counted(tmp_path: Path, task: str, bad: Any, told: str) -> None:
    columns = {"y": [0.0, 1.0, 1.0], "p": some(bad), "g": ["a", "a", "b"]}
    bound = {"mae": 1.0} if task == "regression" else {"accuracy": 0.5}
    keys = {"segments": [{"by": "g", "thresholds": bound}], "task": task}
    assert complaint(tmp_path, columns, **keys) == (
        f"prediction 'p' is {told} in 2 of 3 labelled rows"
    )


def test_gaps_in_csv_are_counted(tmp_path: Path) -> None:
    columns = {"y": [0.0, 1.0, 1.0], "p": [NAN, 1.0, NAN]}
    assert complaint(tmp_path, columns, data="data.csv") == (
        "prediction 'p' is null in 2 of 3 labelled rows"
    )


def test_infinity_written_into_csv_is_counted(tmp_path: Path) -> None:
    columns = {"y": [0.0, 1.0, 1.0], "p": [INF, 1.0, 1.0]}
    assert complaint(tmp_path, columns, data="data.csv", task="regression") == (
        "prediction 'p' is infinite in 1 of 3 labelled rows"
    )


def test_nan_written_into_csv_is_a_word_where_it_is_a_label(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("y,p\n0,NaN\n1,1\n1,nan\n")
    assert complaint(tmp_path, data="data.csv").startswith(
        "target 'y' and prediction 'p': 4 labels, '0', '1', 'NaN', 'nan'; a binary model has two"
    )


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize(("bad", "told"), [(None, "null"), (NAN, "NaN"), (-INF, "infinite")])
def test_unusable_scores_are_counted(tmp_path: Path, bad: Any, told: str, kind: str) -> None:
    columns = {"y": [0, 1, 1], "s": some(bad, kind)}
    assert complaint(tmp_path, columns, score="s", thresholds={"roc_auc": 0.5}) == (
        f"score 's' is {told} in 2 of 3 labelled rows"
    )


def test_each_score_is_counted_for_itself(tmp_path: Path) -> None:
    columns = {"y": ["a", "b", "a"], "pa": some(NAN), "pb": [0.5, None, INF]}
    scores = {"a": "pa", "b": "pb"}
    assert complaint(tmp_path, columns, task="multiclass", score=scores) == (
        "score 'pa' is NaN in 2; score 'pb' is null in 1; score 'pb' is infinite in 1 "
        "of 3 labelled rows"
    )


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (None, "null"),
        (NAN, "NaN"),
        (INF, "infinite"),
        (-1.0, "negative"),
        (1e-40, "neither 0 nor from 1e-30 to 1e+30"),
        (1e40, "neither 0 nor from 1e-30 to 1e+30"),
    ],
)
def test_unusable_weights_are_counted(tmp_path: Path, bad: Any, told: str) -> None:
    columns = {"y": [0, 1, 1], "p": [0, 1, 1], "w": some(bad)}
    assert (
        complaint(tmp_path, columns, weight="w") == f"weight 'w' is {told} in 2 of 3 labelled rows"
    )


def test_a_weight_of_minus_infinity_is_told(tmp_path: Path) -> None:
    columns = {"y": [0, 1, 1], "p": [0, 1, 1], "w": some(-INF)}
    assert complaint(tmp_path, columns, weight="w") == (
        "weight 'w' is infinite in 2; weight 'w' is negative in 2 of 3 labelled rows"
    )


def test_whole_weights_may_be_negative_too(tmp_path: Path) -> None:
    columns = {"y": [0, 1, 1], "p": [0, 1, 1], "w": [1, -2, 3]}
    assert complaint(tmp_path, columns, weight="w") == (
        "weight 'w' is negative in 1 of 3 labelled rows"
    )


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_an_infinite_target_is_told(tmp_path: Path, task: str) -> None:
    columns = {"y": some(INF), "p": [0.0, 1.0, 1.0]}
    assert complaint(tmp_path, columns, task=task) == (
        "target 'y' is infinite in 2 of 3 labelled rows"
    )


def test_nan_is_found_whatever_the_statistics_of_the_file_say(tmp_path: Path) -> None:
    # A writer leaves NaN out of a column's bounds; an optimizer must not conclude there is none.
    columns = {"y": [0.0, 1.0] * 5000, "p": [0.0, 1.0] * 4999 + [0.0, NAN]}
    assert complaint(tmp_path, columns) == "prediction 'p' is NaN in 1 of 10,000 labelled rows"
    columns = {"y": [*[0.0, 1.0] * 4999, 0.0, NAN], "p": [0.0, 1.0] * 5000}
    assert measured(tmp_path, columns).facts.dropped == 1


# Types


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"score": "text"}, "score 'text' is of type VARCHAR"),
        ({"score": "flag"}, "score 'flag' is of type BOOLEAN"),
        ({"score": "list"}, "score 'list' is of type DECIMAL(3,1)[]"),
        ({"weight": "text"}, "weight 'text' is of type VARCHAR"),
        ({"task": "regression", "target": "text"}, "target 'text' is of type VARCHAR"),
        ({"task": "regression", "prediction": "text"}, "prediction 'text' is of type VARCHAR"),
        ({"task": "regression", "prediction": "time"}, "prediction 'time' is of type DATE"),
    ],
)
def test_what_has_to_be_a_number_is_told(tmp_path: Path, keys: dict[str, Any], told: str) -> None:
    columns = {
        "y": [0, 1],
        "p": [0, 1],
        "text": ["0.5", "late"],
        "flag": [True, False],
        "list": [[Decimal("10.5")], [Decimal("1.5")]],
        "time": pa.array([0, 1], pa.date32()),
    }
    assert complaint(tmp_path, columns, **keys) == f"{told}, which is no number"


# Labels


def test_a_positive_label_that_does_not_occur_is_told(tmp_path: Path) -> None:
    columns = {"y": ["no", "yes"], "p": ["yes", "no"]}
    assert complaint(tmp_path, columns) == (
        "positive_label '1' is not among the labels of target 'y' and prediction 'p': 'no', 'yes'"
    )


def test_three_labels_are_not_binary(tmp_path: Path) -> None:
    assert complaint(tmp_path, {"y": [0, 1, 0], "p": [0, 1, 2]}) == (
        "target 'y' and prediction 'p': 3 labels, '0', '1', '2'; a binary model has two "
        "(target 'y' has '0', '1'; prediction 'p' has '0', '1', '2')"
    )


def test_of_many_labels_the_first_five_are_told(tmp_path: Path) -> None:
    columns = {"y": np.arange(5000) / 4, "s": np.linspace(0, 1, 5000)}
    assert complaint(tmp_path, columns, score="s") == (
        "target 'y': 5,000 labels, '0', '0.25', '0.5', '0.75', '1' and 4,995 more; "
        "a binary model has two"
    )


def test_labels_that_no_score_is_given_for_are_told(tmp_path: Path) -> None:
    columns = {"y": [*"abcdefgh"], "s_a": [0.5] * 8, "s_b": [0.5] * 8}
    scores = {"a": "s_a", "b": "s_b"}
    assert complaint(tmp_path, columns, task="multiclass", score=scores) == (
        "target 'y': 'c', 'd', 'e', 'f', 'g' and 1 more among its labels, "
        "which the model does not know; it knows 'a', 'b'"
    )


def test_predicted_labels_that_no_score_is_given_for_are_told(tmp_path: Path) -> None:
    columns = {"y": ["a", "b"], "p": ["a", "c"], "s_a": [0.5, 0.1], "s_b": [0.5, 0.9]}
    keys = {"score": {"a": "s_a", "b": "s_b"}, "prediction": "p"}
    assert complaint(tmp_path, columns, task="multiclass", **keys) == (
        "prediction 'p': 'c' among its labels, which the model does not know; it knows 'a', 'b'"
    )


def test_numbers_mistaken_for_labels_are_told(tmp_path: Path) -> None:
    numbers = np.arange(MOST_LABELS + 1) / 7
    assert complaint(tmp_path, {"y": numbers, "p": numbers}, task="multiclass") == (
        "target 'y' and prediction 'p': 1,001 labels, at most 1,000 can be judged; "
        "numbers are judged by task = 'regression'"
    )


def test_as_many_labels_as_are_allowed_are_judged(tmp_path: Path) -> None:
    numbers = np.arange(MOST_LABELS)
    measurement = measured(tmp_path, {"y": numbers, "p": numbers}, task="multiclass")
    assert estimated(measurement, "accuracy").value == 1


# Scores as probabilities


NO_PROBABILITIES = {"y": [0, 1, 1, 0], "p": [0, 1, 1, 0], "s": [-0.1, 1.0, 3.5, 0.0]}


@pytest.mark.parametrize("metric", ["log_loss", "brier", "expected_calibration_error"])
def test_scores_that_are_no_probabilities_are_refused_with_their_number(
    tmp_path: Path, metric: str
) -> None:
    keys: dict[str, Any] = {"score": "s", "prediction": "p", "thresholds": {metric: 0.5}}
    told = "score 's' is no probability in 2 of 4 labelled rows"
    assert complaint(tmp_path, NO_PROBABILITIES, **keys) == told
    in_a_segment = {**keys, "thresholds": {"accuracy": 0.5}}
    in_a_segment["segments"] = [{"by": "y", "thresholds": {metric: 0.5}}]
    assert complaint(tmp_path, NO_PROBABILITIES, **in_a_segment) == told


def test_scores_of_several_classes_are_refused_by_name(tmp_path: Path) -> None:
    columns = {"y": ["a", "b"], "pa": [0.5, 1.5], "pb": [0.5, -0.5]}
    keys = {"task": "multiclass", "score": {"a": "pa", "b": "pb"}, "thresholds": {"brier": 1.0}}
    assert complaint(tmp_path, columns, **keys) == (
        "score 'pa' is no probability in 1; score 'pb' is no probability in 1 of 2 labelled rows"
    )


def test_ranks_need_no_probabilities(tmp_path: Path) -> None:
    keys: dict[str, Any] = {"score": "s", "prediction": "p"}
    keys["thresholds"] = {"roc_auc": 0.5, "average_precision": 0.5}
    measurement = measured(tmp_path, NO_PROBABILITIES, **keys)
    assert estimated(measurement, "roc_auc").value == 1


def test_probabilities_of_a_decimal_type_are_as_good_as_floats(tmp_path: Path) -> None:
    scores = pa.array([0.25, 0.75, 1.0, 0.0]).cast(pa.decimal128(5, 3))
    columns = {"y": [0, 1, 1, 0], "p": [0, 1, 1, 0], "s": scores}
    keys = {"score": "s", "prediction": "p", "thresholds": {"brier": 0.5}}
    measurement = measured(tmp_path, columns, **keys)
    assert estimated(measurement, "brier").value == pytest.approx(2 * 0.25**2 / 4)
