"""``[models.NAME]``: the names and keys that a model may have, and those that it needs."""

import json

import pytest
from support.factories import CHURN, RECALL
from support.settings_files import KNOWN_OF_MODEL, MOMENT, WINDOW, Mistakes

LABEL = "must be a string, a number or a boolean"


# Names.


@pytest.mark.parametrize("name", ["a b", "", "é", "-m", "a/b", "a=b", "a[0]", "<b>", "a\nb"])
def test_a_model_name_must_do_as_an_id(mistakes_in: Mistakes, name: str) -> None:
    shown = name if name == "-m" else repr(name)
    assert mistakes_in((CHURN + RECALL).replace("models.churn", f"models.{json.dumps(name)}")) == [
        (
            f"[models.{shown}] model name {name!r} must be of letters, digits, '_', '.' and '-', "
            "and start with a letter or digit"
        )
    ]


@pytest.mark.parametrize("name", ["and", "or", "not", "recall", "rmse", "binary", "regression"])
def test_a_model_name_must_do_as_a_marker(mistakes_in: Mistakes, name: str) -> None:
    assert mistakes_in((CHURN + RECALL).replace("models.churn", f"models.{name}")) == [
        f"[models.{name}] model name {name!r} means something else as a marker of its checks"
    ]


def test_a_mistake_in_a_model_is_told_even_if_its_name_is_one(mistakes_in: Mistakes) -> None:
    toml = (CHURN + RECALL).replace("models.churn", 'models."a b"').replace("0.5", "5")
    assert [line.split("] ")[0] for line in mistakes_in(toml)] == [
        "[models.'a b'",
        "[models.'a b'.thresholds",
    ]


# Keys.


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("x = 1", f"unknown key 'x'; known: {KNOWN_OF_MODEL}"),
        ("Window = '3d'", f"unknown key 'Window'; did you mean 'window'? known: {KNOWN_OF_MODEL}"),
        ('"<whole>" = 1', f"unknown key '<whole>'; known: {KNOWN_OF_MODEL}"),
        ("weight = ''", "weight = '': must not be empty"),
        ("weight = 3", "weight = 3: must be a string"),
        ("features = []", "features = []: must not be empty"),
        ("features = ['a', '']", "features #2 = '': must not be empty"),
        ("features = ['a', 3]", "features #2 = 3: must be a string"),
        ("features = ['a', 'a']", "features = ['a', 'a']: names 'a' more than once"),
        ("features = 3", "features = 3: must be a string or a list of strings"),
        ("positive_label = [1]", f"positive_label = [1]: {LABEL}"),
        ("positive_label = nan", f"positive_label = nan: {LABEL}"),
        ("positive_label = 2013-05-01", f"positive_label = 2013-05-01: {LABEL}"),
        ("decision_threshold = true", "decision_threshold = true: must be a number"),
        ("decision_threshold = nan", "decision_threshold = nan: must be a finite number"),
        ("window = '30d'", "window = '30d': needs time_column"),
        ("as_of = 2013-05-01", "as_of = 2013-05-01: needs time_column"),
        ("time_column = 't'\nwindow = 30", f"window = 30: {WINDOW}"),
        ("time_column = 't'\nwindow = '30'", f"window = '30': {WINDOW}"),
        ("time_column = 't'\nwindow = '0d'", f"window = '0d': {WINDOW}"),
        ("time_column = 't'\nwindow = '-3d'", f"window = '-3d': {WINDOW}"),
        ("time_column = 't'\nwindow = '2 d'", f"window = '2 d': {WINDOW}"),
        ("time_column = 't'\nwindow = '3m'", f"window = '3m': {WINDOW}"),
        ("time_column = 't'\nwindow = '٣d'", f"window = '٣d': {WINDOW}"),
        ("time_column = 't'\nas_of = 'then'", f"as_of = 'then': {MOMENT}"),
        (
            "prediction = 'p'",
            "prediction = 'p': is a column of logged predictions; here model makes them",
        ),
        ("score = 'p'", "score = 'p': is a column of logged predictions; here model makes them"),
        ("segments = 3", "segments = 3: must be a list"),
        ("segments = []", "segments = []: must not be empty"),
        ("segments = [3]", "segments #1 = 3: must be a table"),
        (
            "segments = { by = 'plan', thresholds = { recall = 0.3 } }",
            "segments is a table; write [[models.NAME.segments]], in two brackets",
        ),
        ("features = ['left']", "target and features are the same column, 'left'"),
        ("weight = 'left'", "target and weight are the same column, 'left'"),
    ],
)
def test_a_mistake_in_a_models_table_is_told(
    mistakes_in: Mistakes, written: str, told: str
) -> None:
    assert mistakes_in(f"{CHURN}{written}\n{RECALL}") == [f"[models.churn] {told}"]


@pytest.mark.parametrize("key", ["task", "data", "target"])
def test_a_key_that_a_model_needs_is_asked_for(mistakes_in: Mistakes, key: str) -> None:
    lines = [line for line in CHURN.splitlines() if not line.startswith(f"{key} =")]
    assert mistakes_in("\n".join(lines) + RECALL) == [f"[models.churn] key {key!r} is missing"]


@pytest.mark.parametrize("toml", [CHURN, f"{CHURN}rule = 'tolerant'\n"])
def test_a_model_without_thresholds_is_a_mistake(mistakes_in: Mistakes, toml: str) -> None:
    assert mistakes_in(toml) == [
        "[models.churn] a model without thresholds judges nothing; add a thresholds table"
    ]


def test_an_empty_table_of_thresholds_is_a_mistake_even_beside_segments(
    mistakes_in: Mistakes,
) -> None:
    segments = '[[models.churn.segments]]\nby = "plan"\nthresholds = { recall = 0.5 }\n'
    for toml in (CHURN, CHURN + segments):
        assert mistakes_in(f"{toml}[models.churn.thresholds]\n") == [
            "[models.churn] thresholds = {}: must not be empty"
        ]


@pytest.mark.parametrize(
    ("task", "told"),
    [
        ('"Binary"', "task = 'Binary': did you mean 'binary'? known: {tasks}"),
        ('"clustering"', "task = 'clustering': known: {tasks}"),
        ('["binary"]', "task = ['binary']: did you mean 'binary'? known: {tasks}"),
    ],
)
def test_an_unknown_task_is_told_once(mistakes_in: Mistakes, task: str, told: str) -> None:
    toml = CHURN.replace('"binary"', task) + RECALL
    told = told.format(tasks="binary, multiclass, multilabel, regression")
    assert mistakes_in(toml) == [f"[models.churn] {told}"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "positive_label = 1",
            "positive_label = 1: is for task 'binary' or 'multilabel'; this is 'regression'",
        ),
        (
            "decision_threshold = 0.5",
            "decision_threshold = 0.5: is for task 'binary' or 'multilabel'; this is 'regression'",
        ),
        (
            "score = 'p'",
            "score = 'p': is for classification; a regression is logged in prediction",
        ),
    ],
)
def test_a_regression_has_no_labels(mistakes_in: Mistakes, written: str, told: str) -> None:
    assert mistakes_in(f"""
[models.delay]
task = "regression"
prediction = "predicted"
data = "log.parquet"
target = "delay"
{written}
thresholds = {{ rmse = 50 }}
""") == [f"[models.delay] {told}"]
