"""What a model tells of its features and classes, and what is told where it does not."""

from pathlib import Path
from typing import Any

import pytest
from support.called_models import PROBA, ROWS, SEGMENTS, given, refusal
from support.sample_data import complaint, measured, python_model, python_module


def test_features_come_in_the_order_of_the_model(tmp_path: Path) -> None:
    columns = {"b": [1, 2], "a": [3.5, 4.5]}
    assert given(tmp_path, columns) == "[['b', 'a'], [[1.0, 3.5], [2.0, 4.5]]]"
    assert given(tmp_path, columns, ["a", "b"]) == "[['a', 'b'], [[3.5, 1.0], [4.5, 2.0]]]"


def test_features_named_in_the_settings_come_before_the_models_own(tmp_path: Path) -> None:
    assert given(tmp_path, {"b": [1, 2], "a": [3, 4]}, ["a"]) == "[['a'], [[3], [4]]]"


def test_a_column_of_a_segmentation_may_be_a_feature(tmp_path: Path) -> None:
    columns = {"h": [1, 2], "g": [5, 6]}
    told = given(tmp_path, columns, features=["g", "h"], segments=SEGMENTS)
    assert told == "[['g', 'h'], [[5, 1], [6, 2]]]"


def test_features_may_have_any_name(tmp_path: Path) -> None:
    columns = {'a "b".c': [1, 2], "y_true": [3, 4], "select": [5, 6]}
    told = given(tmp_path, columns)
    assert told == f"[{list(columns)}, [[1, 3, 5], [2, 4, 6]]]"


def test_gaps_in_features_are_the_models_business(tmp_path: Path) -> None:
    columns = {"a": [1, None], "b": ["x", None]}
    assert given(tmp_path, columns) == "[['a', 'b'], [[1.0, 'x'], [nan, nan]]]"


def test_a_missing_feature_is_told(tmp_path: Path) -> None:
    model = python_model(tmp_path, feature_names_in_=[*"xabcdefg"])
    assert complaint(tmp_path, ROWS, model=model) == (
        "data 'data.parquet': lacks features of the model: 'a', 'b', 'c', 'd', 'e' and 1 more"
    )


def test_the_other_class_of_a_model_is_known_where_it_does_not_occur(tmp_path: Path) -> None:
    model = python_model(tmp_path, "['yes'] * 2", classes_=["no", "yes"])
    columns = {"y": ["yes", "yes"], "x": [0, 1]}
    measurement = measured(tmp_path, columns, model=model, positive_label="yes")
    assert measurement.predictions is not None
    assert measurement.predictions.labels == ("no", "yes")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            {"attributes": {"classes_": [0, 1]}, "thresholds": {"roc_auc": 0.5}},
            "has no predict_proba, which metrics of scores and decision_threshold need",
        ),
        (
            {"attributes": {"classes_": [0, 1]}, "decision_threshold": 0.5},
            "has no predict_proba, which metrics of scores and decision_threshold need",
        ),
        (
            {"proba": PROBA, "thresholds": {"roc_auc": 0.5}},
            "has no classes_, which tell what its scores are of",
        ),
        (
            {"attributes": {"classes_": ["no", "yes"]}},
            "positive_label '1' is not among its classes 'no', 'yes'",
        ),
        (
            {"attributes": {"classes_": [*range(2, 9)]}},
            "positive_label '1' is not among its classes '2', '3', '4', '5', '6' and 2 more",
        ),
        ({"attributes": {"classes_": 7}}, "its classes_ are no list but a int"),
        (
            {"attributes": {"classes_": [[0, 1], [0, 1]]}},
            "its classes_ hold a list, which is no label",
        ),
        (
            {"attributes": {"classes_": [[0, 1], [0]]}},
            "its classes_ hold a list, which is no label",
        ),
        (
            {"attributes": {"classes_": [b"0", b"1"]}},
            "its classes_ hold a bytes, which is no label",
        ),
        (
            {"attributes": {"classes_": [1, None]}},
            "its classes_ hold a missing value, which is no label",
        ),
        (
            {"attributes": {"feature_names_in_": None}},
            "does not tell its features; add features = [...]",
        ),
        ({"attributes": {"feature_names_in_": 3}}, "its feature_names_in_ is no list but a int"),
        (
            {"attributes": {"classes_": [0, 1, 2]}},
            (
                "target 'y' and prediction of the model: 3 labels, '0', '1', '2'; "
                "a binary model has two"
            ),
        ),
        (
            {"attributes": {"classes_": [1, 2]}},
            "target 'y': '0' among its labels, which the model does not know; it knows '1', '2'",
        ),
    ],
)
def test_what_a_model_lacks_is_told(tmp_path: Path, keys: dict[str, Any], told: str) -> None:
    assert refusal(tmp_path, "frame.x", **keys) == told


def test_a_property_that_raises_is_told(tmp_path: Path) -> None:
    text = (
        "class Model:\n"
        "    feature_names_in_ = ['x']\n"
        "    @property\n"
        "    def classes_(self): raise RuntimeError('not fitted')\n"
        "    def predict(self, frame): return frame.x\n"
        "model = Model()\n"
    )
    model = python_module(tmp_path, text)
    assert complaint(tmp_path, ROWS, model=model) == (
        f"model '{model['python']}': its classes_ raised RuntimeError: not fitted"
    )
