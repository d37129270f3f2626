"""Columns of logged predictions and of several labels: what may be named, and what is told."""

import pytest
from support.factories import CHURN, settings
from support.settings_files import TAGS, Mistakes

from model_checks.settings.columns import MOST_LABELS

SCORE = (
    "must be a column, for multiclass a table of label = column, "
    "or for multilabel a list of columns"
)
COLUMNS = "must be a string, or for multilabel a list of strings"
EACH = "one for each label, for task 'multilabel'"
SAME = "each label needs one, in the same order"


# What loads.


def test_a_multiclass_log_has_a_score_for_every_label() -> None:
    loaded = settings("""
[models.trip]
task = "multiclass"
score = { on_time = "p0", late = "p1" }
data = "log.parquet"
target = "outcome"
thresholds = { roc_auc = { min = 0.7, average = "weighted" } }
""")
    assert loaded.models["trip"].score == {"on_time": "p0", "late": "p1"}


# What is told.


@pytest.mark.parametrize(
    ("task", "written", "told"),
    [
        ("binary", "", "model is missing, or prediction or score for logged predictions"),
        ("binary", "prediction = ''", "prediction = '': must not be empty"),
        ("binary", "prediction = 3", f"prediction = 3: {COLUMNS}"),
        (
            "binary",
            "prediction = 'p'\ndecision_threshold = 0.5",
            (
                "decision_threshold = 0.5: has nothing to decide, since prediction is a column of "
                "labels"
            ),
        ),
        (
            "binary",
            "prediction = 'p'\nfeatures = ['a']",
            "features = ['a']: are given to a model; here the predictions are logged",
        ),
        ("binary", "score = { a = 'p' }", "score = {...}: must be one column for task 'binary'"),
        ("binary", "prediction = 'y'", "target and prediction are the same column, 'y'"),
        ("binary", "score = 'y'", "target and score are the same column, 'y'"),
        (
            "binary",
            "prediction = 'p'\nscore = 'p'",
            "prediction and score are the same column, 'p'",
        ),
        (
            "multiclass",
            "score = 'p'",
            "score = 'p': must be a table of label = column, of every label, for 'multiclass'",
        ),
        (
            "multiclass",
            "score = { a = 'p' }",
            "score = {...}: must be a table of label = column, of every label, for 'multiclass'",
        ),
        (
            "multiclass",
            "score = { a = 'p', b = 'p' }",
            "score a and score b are the same column, 'p'",
        ),
        *(
            ("multiclass", f"score = {score}", f"score = {shown}: {SCORE}")
            for score, shown in [
                ("{}", "{}"),
                ("''", "''"),
                ("3", "3"),
                ("{ a = 'p', b = 3 }", "{...}"),
            ]
        ),
        (
            "multiclass",
            "score = ['p', 'q']",
            (
                "score = ['p', 'q']: must be a table of label = column, of every label, "
                "for 'multiclass'"
            ),
        ),
        ("binary", "score = ['p']", "score = ['p']: must be one column for task 'binary'"),
        (
            "binary",
            "prediction = ['p']",
            "prediction = ['p']: must be one column for task 'binary'",
        ),
        (
            "multiclass",
            "prediction = ['p']",
            "prediction = ['p']: must be one column for task 'multiclass'",
        ),
    ],
)
def test_a_mistake_in_logged_predictions_is_told(
    mistakes_in: Mistakes, task: str, written: str, told: str
) -> None:
    assert mistakes_in(f"""
[models.trip]
task = "{task}"
data = "log.parquet"
target = "y"
{written}
thresholds = {{ recall = 0.5 }}
""") == [f"[models.trip] {told}"]


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_list_of_targets_is_for_multilabel(mistakes_in: Mistakes, task: str) -> None:
    toml = CHURN.replace('"left"', "['left', 'right']").replace("binary", task)
    metric = "rmse" if task == "regression" else "recall"
    assert mistakes_in(f"{toml}thresholds = {{ {metric} = 0.5 }}\n") == [
        f"[models.churn] target = ['left', 'right']: must be one column for task {task!r}"
    ]


def test_a_multilabel_model_lists_a_column_for_each_label() -> None:
    model = settings(TAGS).models["tags"]
    assert (model.targets, model.predictions, model.scores) == (("a", "b"), ("pa", "pb"), ())
    scored = TAGS.replace("prediction", "decision_threshold = 0.4\nscore")
    model = settings(scored).models["tags"]
    assert (model.targets, model.predictions, model.scores) == (("a", "b"), (), ("pa", "pb"))


@pytest.mark.parametrize(
    ("key", "written", "told"),
    [
        ("target", "'a'", f"target = 'a': must be a list of columns, {EACH}"),
        ("prediction", "'pa'", f"prediction = 'pa': must be a list of columns, {EACH}"),
        ("score", "'pa'", f"score = 'pa': must be a list of columns, {EACH}"),
        ("score", "{ a = 'pa', b = 'pb' }", f"score = {{...}}: must be a list of columns, {EACH}"),
        ("target", "[]", "target = []: must not be empty"),
        ("target", "3", f"target = 3: {COLUMNS}"),
        ("target", "['a', '']", "target = ['a', '']: must be a list of columns"),
        ("target", "['a', 3]", "target = ['a', 3]: must be a list of columns"),
        ("target", "['a', ['b']]", "target = ['a', ['b']]: must be a list of columns"),
        ("target", "['a', 'a']", "target = ['a', 'a']: names 'a' more than once"),
        ("prediction", "['pa', 'pa']", "prediction = ['pa', 'pa']: names 'pa' more than once"),
        ("score", "['pa', 3]", "score = ['pa', 3]: must be a list of columns"),
        ("score", "['pa', 'pa']", "score = ['pa', 'pa']: names 'pa' more than once"),
        ("prediction", "['pa']", f"prediction = ['pa']: has 1 column for the 2 of target; {SAME}"),
        (
            "score",
            "['pa', 'pb', 'pc']",
            f"score = ['pa', 'pb', 'pc']: has 3 columns for the 2 of target; {SAME}",
        ),
        ("prediction", "['pa', 'b']", "target and prediction are the same column, 'b'"),
        ("score", "['a', 'pb']", "target and score are the same column, 'a'"),
        (
            "prediction",
            "['pa', 'pb']\nscore = ['sa', 'sb']",
            "prediction and score are both given; for task 'multilabel' keep one",
        ),
        (
            "prediction",
            "['pa', 'pb']\ndecision_threshold = 0.4",
            (
                "decision_threshold = 0.4: has nothing to decide, since prediction is a column of "
                "labels"
            ),
        ),
        ("prediction", "['pa', 'pb']\nweight = 'b'", "target and weight are the same column, 'b'"),
    ],
)
def test_a_mistake_in_the_columns_of_labels_is_told(
    mistakes_in: Mistakes, key: str, written: str, told: str
) -> None:
    line = 'target = ["a", "b"]' if key == "target" else 'prediction = ["pa", "pb"]'
    assert mistakes_in(TAGS.replace(line, f"{key} = {written}")) == [f"[models.tags] {told}"]


def test_one_label_is_binary_and_too_many_are_told(mistakes_in: Mistakes) -> None:
    called = TAGS.replace('prediction = ["pa", "pb"]', "model = 'm.skops'")
    assert mistakes_in(called.replace('["a", "b"]', "['a']")) == [
        (
            "[models.tags] target = ['a']: must have a column for each of several labels; "
            "for one: task = 'binary'"
        )
    ]
    many = [f"label {k}" for k in range(MOST_LABELS + 1)]
    (line,) = mistakes_in(called.replace('["a", "b"]', repr(many)))
    assert line.endswith(": has 201 columns; at most 200 labels can be judged")


def test_scores_of_several_labels_are_not_ranked(mistakes_in: Mistakes) -> None:
    assert mistakes_in(TAGS.replace("accuracy", "roc_auc")) == [
        (
            "[models.tags.thresholds] task 'multilabel' has no metric 'roc_auc'; "
            "it has: accuracy, f1, fbeta, precision, recall"
        )
    ]


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "brier"])
def test_a_metric_of_scores_of_a_log_without_scores_is_a_mistake(
    mistakes_in: Mistakes, metric: str
) -> None:
    logged = CHURN.replace('model = "churn.skops"', 'prediction = "p"')
    by_plan = '[[models.churn.segments]]\nby = "plan"\nthresholds = { METRIC = 0.6 }\n'
    for toml in (f"{logged}thresholds = {{ METRIC = 0.7 }}\n", logged + by_plan):
        assert mistakes_in(toml.replace("METRIC", metric)) == [
            f"[models.churn] {metric} needs score, the column of logged probabilities"
        ]
