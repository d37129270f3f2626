"""Labels of every type beside those of every other: scikit-learn's value, or both label sets."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from sklearn.metrics import accuracy_score, f1_score
from support.databases import VARIABLE, Somewhere
from support.paired_data import measured_beside
from support.sample_data import complaint, estimated, label_keys, measured, python_model

TRUE = np.array([1, 0, 1, 1, 0, 0, 1, 0])
PREDICTED = np.array([1, 0, 0, 1, 0, 1, 1, 0])
THRESHOLDS = {"accuracy": 0.5, "f1": 0.5}

TEXTS: Mapping[str, tuple[str, str]] = {
    "bool": ("0", "1"),
    "int": ("0", "1"),
    "float": ("0", "1"),
    "decimal": ("0", "1"),
    "numeral": ("0", "1"),
    "numerals": ("0", "1"),
    "fraction": ("0.0", "1.0"),
    "truth": ("False", "True"),
    "word": ("no", "yes"),
    "words": ("no", "yes"),
}
"""What the labels 0 and 1 are as text, in each form that a column may have."""


def column(form: str, positions: Any) -> Any:
    """The labels at some positions, in a form: an Arrow array as Parquet stores it."""
    texts = pa.array([TEXTS[form][k] for k in positions])
    if form == "bool":
        return pa.array(positions == 1)
    if form in ("int", "float", "decimal"):
        kinds = {"int": pa.int16(), "float": pa.float32(), "decimal": pa.decimal128(9, 2)}
        return pa.array(positions.astype(np.int16)).cast(kinds[form])
    return texts.dictionary_encode() if form in ("numerals", "words") else texts


ANSWERS = {
    "bool": "frame.x.to_numpy() == 1",
    "pandas bool": "pd.Series(frame.x == 1, dtype='boolean')",
    "python bool": "[one == 1 for one in frame.x]",
    "int": "frame.x.to_numpy(np.uint8)",
    "pandas int": "frame.x.astype('Int64')",
    "float": "frame.x.to_numpy(float)",
    "python float": "[float(one) for one in frame.x]",
    "category": "frame.x.astype('category')",
    "numeral": "frame.x.astype(str)",
    "fraction": "frame.x.astype(float).astype(str)",
    "truth": "np.array([str(one == 1) for one in frame.x])",
    "word": "np.array(['no', 'yes'])[frame.x]",
    "word objects": "[['no', 'yes'][one] for one in frame.x]",
    "word category": "pd.Categorical.from_codes(frame.x, ['no', 'yes'])",
}
"""What a model answers with where its feature is 0 or 1."""


MARKED = ("decimal", "numerals", "fraction", "words", "pandas", "python", "objects", "category")
"""Those of which the others tell as much are tried apart."""


def marked(forms: Iterable[str], tasks: tuple[str, ...]) -> list[Any]:
    """Each form in each task: a quick choice of them, and the others marked as slow."""
    return [
        pytest.param(form, task, marks=pytest.mark.slow)
        if task == "binary" or set(form.split()).intersection(MARKED)
        else (form, task)
        for form in forms
        for task in tasks
    ]


def told_sets(target: str, prediction: str, column_shown: str) -> str:
    sets = [", ".join(map(repr, sorted(TEXTS[form]))) for form in (target, prediction)]
    return f"target 'y' has {sets[0]}; {column_shown} has {sets[1]}"


def scikit_learns(target: str) -> tuple[float, float]:
    """Accuracy and F1 of the labels as texts."""
    labels = np.array(TEXTS[target])
    found = accuracy_score(labels[TRUE], labels[PREDICTED])
    return found, f1_score(labels[TRUE], labels[PREDICTED], pos_label=labels[1])


def hold_against_scikit_learn(
    folder: Path, task: str, target: str, prediction: str, keys: dict[str, Any], where: str
) -> None:
    if task == "binary":
        keys |= {"positive_label": TEXTS[target][1], "thresholds": THRESHOLDS}
    if set(TEXTS[target]) != set(TEXTS[prediction]):
        assert told_sets(target, prediction, where) in complaint(folder, task=task, **keys)
        return
    accuracy, f1 = scikit_learns(target)
    found = measured(folder, task=task, **keys)
    assert estimated(found, "accuracy").value == pytest.approx(accuracy)
    if task == "binary":
        assert estimated(found, "f1").value == pytest.approx(f1)


@pytest.mark.parametrize(("target", "task"), marked(TEXTS, ("multiclass", "binary")))
def test_logged_labels_of_every_two_types_are_judged_as_by_scikit_learn(
    tmp_path: Path, target: str, task: str
) -> None:
    for prediction in TEXTS:
        columns = {"y": column(target, TRUE), "p": column(prediction, PREDICTED)}
        parquet.write_table(pa.table(columns), tmp_path / "data.parquet")
        hold_against_scikit_learn(tmp_path, task, target, prediction, {}, "prediction 'p'")


@pytest.mark.parametrize(("answer", "task"), marked(ANSWERS, ("multiclass", "binary")))
def test_answers_of_every_type_are_judged_as_by_scikit_learn(
    tmp_path: Path, answer: str, task: str
) -> None:
    kind = answer.removesuffix(" objects").removesuffix(" category").split()[-1]
    prediction = "int" if kind == "category" else kind
    model = python_model(tmp_path, ANSWERS[answer])
    where = "prediction of the model"
    for target in ("bool", "numeral", "words"):
        columns = {"y": column(target, TRUE), "x": PREDICTED}
        parquet.write_table(pa.table(columns), tmp_path / "data.parquet")
        hold_against_scikit_learn(tmp_path, task, target, prediction, {"model": model}, where)


@pytest.mark.parametrize("first", ["bool", "int", "float"])
@pytest.mark.parametrize("second", ["bool", "int", "float"])
def test_scikit_learn_takes_numbers_and_booleans_for_the_same_labels_as_well(
    first: str, second: str
) -> None:
    true, predicted = column(first, TRUE).to_pandas(), column(second, PREDICTED).to_pandas()
    assert accuracy_score(true, predicted) == scikit_learns("int")[0]


# Sets without a common label.


@pytest.mark.parametrize(
    ("true", "predicted", "sets"),
    [
        (["A", "B"], ["A ", "B "], "target 'y' has 'A', 'B'; prediction 'p' has 'A ', 'B '"),
        (["Yes", "No"], ["yes", "no"], "has 'No', 'Yes'; prediction 'p' has 'no', 'yes'"),
        ([1, 2], ["1.0", "2.0"], "has '1', '2'; prediction 'p' has '1.0', '2.0'"),
        (["01", "02"], [1, 2], "has '01', '02'; prediction 'p' has '1', '2'"),
        ([True, False], ["t", "f"], "has '0', '1'; prediction 'p' has 'f', 't'"),
        (list("abcdefgh"), list("ABCDEFGH"), "'e' and 3 more; prediction 'p' has 'A', 'B', 'C'"),
    ],
)
def test_labels_that_share_none_are_told(
    tmp_path: Path, true: list[Any], predicted: list[Any], sets: str
) -> None:
    columns = {"y": true, "p": predicted}
    text = complaint(tmp_path, columns, task="multiclass")
    assert sets in text
    assert text.endswith(": no label in common; both are to write a label in the same way")


def test_labels_of_csv_files_are_held_against_each_other_as_well(tmp_path: Path) -> None:
    columns = {"y": ["Paris", "Rome"], "p": ["paris", "rome"]}
    text = complaint(tmp_path, columns, task="multiclass", data="data.csv")
    assert text.startswith("target 'y' has 'Paris', 'Rome'; prediction 'p' has 'paris', 'rome'")


def test_a_baseline_whose_labels_are_others_is_an_error_of_what_compares(tmp_path: Path) -> None:
    columns = {"y": ["a", "b"], "p": ["a", "b"], "q": ["A", "B"]}
    keys = {"task": "multiclass", "prediction": "p"}
    found = measured_beside(tmp_path, columns, {"prediction": "q"}, **keys)
    assert found.facts.error is None
    assert found.baseline is not None
    assert str(found.baseline.error).startswith("target 'y' has 'a', 'b'; prediction 'q' has 'A'")


def test_labels_that_share_one_are_judged(tmp_path: Path) -> None:
    columns = {"y": ["a", "b", "c"], "p": ["d", "c", "c"]}
    found = measured(tmp_path, columns, task="multiclass")
    assert estimated(found, "accuracy").value == pytest.approx(1 / 3)


def test_a_model_that_knows_both_sets_may_be_wrong_on_every_row(tmp_path: Path) -> None:
    columns = {"y": ["a", "a"], "p": ["b", "b"], "s_a": [0.1, 0.2], "s_b": [0.9, 0.8]}
    keys = {"task": "multiclass", "prediction": "p", "score": {"a": "s_a", "b": "s_b"}}
    assert estimated(measured(tmp_path, columns, **keys), "accuracy").value == 0
    model = python_model(tmp_path, "['b'] * len(frame)", classes_=["a", "b"])
    called = {"y": ["a", "a"], "x": [1, 2]}
    found = measured(tmp_path, called, task="multiclass", model=model)
    assert estimated(found, "accuracy").value == 0


@pytest.mark.parametrize(
    ("true", "predicted", "positive"),
    [(0, 1, 1), (1, 0, 1), ("no", "yes", "yes"), (-1, 1, 1), (False, "1", 1), ("1", False, 1)],
)
def test_a_binary_model_may_be_wrong_on_every_row(
    tmp_path: Path, true: Any, predicted: Any, positive: Any
) -> None:
    columns = {"y": [true] * 3, "p": [predicted] * 3}
    found = measured(tmp_path, columns, positive_label=positive)
    assert estimated(found, "accuracy").value == 0


@pytest.mark.parametrize(
    ("true", "predicted", "positive"),
    [
        ("no", 1, 1),
        (True, "yes", "yes"),
        ("true", 0, "true"),
        ("true", "yes", "yes"),
        ("Yes", "yes", "yes"),
        ("A ", "A", "A"),
        ("1.0", "1", 1),
        ("01", 1, 1),
        ("\ufb01t", "fit", "fit"),
        ("A\u200b", "A", "A"),
    ],
)
def test_two_labels_that_are_no_pair_are_an_error_that_shows_both_sets(
    tmp_path: Path, true: Any, predicted: Any, positive: Any
) -> None:
    columns = {"y": [true] * 3, "p": [predicted] * 3}
    text = complaint(tmp_path, columns, positive_label=positive)
    assert text.startswith("target 'y' has '")
    assert "; prediction 'p' has '" in text


def test_a_label_in_two_spellings_is_no_pair_where_the_predictions_have_both(
    tmp_path: Path,
) -> None:
    columns = {"y": ["yes"] * 2, "p": ["yes", "Yes"]}
    assert complaint(tmp_path, columns, positive_label="yes") == (
        "target 'y' has 'yes'; prediction 'p' has 'Yes', 'yes'; 'Yes' beside positive_label 'yes' "
        "looks like the same label, written in another way"
    )


def test_two_spellings_that_are_both_true_are_two_labels(tmp_path: Path) -> None:
    columns = {"y": ["a", "A"], "p": ["a", "a"]}
    found = measured(tmp_path, columns, positive_label="A")
    assert estimated(found, "accuracy").value == 0.5


@pytest.mark.parametrize("keys", [{"score": "s"}, {"prediction": "p"}])
def test_a_positive_label_of_another_kind_than_the_only_label_is_told(
    tmp_path: Path, keys: dict[str, Any]
) -> None:
    columns = {"y": ["yes"] * 2, "p": ["yes"] * 2, "s": [0.1, 0.2]}
    text = complaint(tmp_path, columns, **keys)
    assert text.startswith("positive_label '1' is not among the labels of target 'y'")
    assert text.endswith(": 'yes'")


def test_negatives_alone_are_judged(tmp_path: Path) -> None:
    columns = {"y": ["no"] * 2, "p": ["no"] * 2}
    found = measured(tmp_path, columns, positive_label="yes")
    assert estimated(found, "accuracy").value == 1


def test_both_sets_are_told_where_a_positive_label_is_in_neither(tmp_path: Path) -> None:
    columns = {"y": ["no", "yes"], "p": ["nein", "ja"]}
    assert complaint(tmp_path, columns).endswith(
        "(target 'y' has 'no', 'yes'; prediction 'p' has 'ja', 'nein')"
    )


# Several labels a row.


LABELS: dict[str, Any] = {"y0": [0, 1], "y1": [1, 1], "p0": [0, 1], "p1": [1, 0]}


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (
            {"p0": ["no", "yes"], "p1": ["yes", "no"]},
            (
                "prediction 'p0': 'no', 'yes' beside positive_label '1'; a column of task "
                "'multilabel' has one other label; target 'y0' has '0', '1', no label in common"
            ),
        ),
        ({"p0": ["no"] * 2, "p1": ["no"] * 2}, "'0' in target 'y0', 'no' in prediction 'p0'"),
        (
            {"y0": [1, 1], "p0": ["yes"] * 2, "p1": ["yes"] * 2},
            "targets has '1'; predictions has 'yes': no label in common",
        ),
        (
            {"y0": ["1.0"] * 2, "y1": ["1.0"] * 2, "p1": [1, 1], "p0": [1, 1]},
            "targets has '1.0'; predictions has '1': no label in common",
        ),
    ],
)
def test_labels_of_several_columns_that_share_none_are_told(
    tmp_path: Path, columns: dict[str, Any], told: str
) -> None:
    assert told in complaint(tmp_path, {**LABELS, **columns}, **label_keys(LABELS))


def test_several_labels_may_be_wrong_in_every_row(tmp_path: Path) -> None:
    columns = {"y0": [1, 1], "y1": [1, 1], "p0": [0, 0], "p1": [False, False]}
    found = measured(tmp_path, columns, **label_keys(columns))
    assert estimated(found, "accuracy").value == 0


def test_a_label_may_hold_braces(tmp_path: Path) -> None:
    columns = {name: np.where(np.array(some) == 1, "{a}", "b{") for name, some in LABELS.items()}
    found = measured(tmp_path, columns, positive_label="{a}", **label_keys(LABELS))
    assert estimated(found, "accuracy").value == 0.5


def test_labels_are_told_alike_of_a_database(tmp_path: Path, database: Somewhere) -> None:
    columns = {**LABELS, "p0": ["no", "yes"], "p1": ["yes", "no"]}
    database.write("predictions", columns)
    somewhere = {"url_env": VARIABLE, "table": "predictions"}
    text = complaint(tmp_path, data=somewhere, **label_keys(LABELS))
    assert text.endswith("target 'y0' has '0', '1', no label in common")
