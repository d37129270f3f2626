"""``[models.NAME.thresholds]``: bounds for metrics and for functions of the user's own."""

import math

import jsonschema
import pytest
from support.factories import CHURN, RECALL, settings
from support.settings_files import KNOWN_METRICS, KNOWN_OF_THRESHOLD, Mistakes, as_json, by

from model_checks.metrics import METRICS

METRICS_OF_REGRESSION = (
    "explained_variance, mae, mape, max_error, mean_error, median_absolute_error, r2, rmse"
)
NO_BETA = "beta is missing; with 2, say, recall weighs twice as much as precision"


# What loads.


def test_a_bare_number_is_at_least_for_a_score_and_at_most_for_an_error() -> None:
    loaded = settings("""
[models.delay]
task = "regression"
prediction = "predicted"
data = { files = "log-*.csv.gz" }
target = "arr_delay"
thresholds = { mae = 25, rmse = 50.5 }
""")
    thresholds = loaded.models["delay"].thresholds
    assert (thresholds["mae"].min, thresholds["mae"].max) == (None, 25)
    assert (thresholds["rmse"].min, thresholds["rmse"].max) == (None, 50.5)
    assert settings(CHURN + RECALL).models["churn"].thresholds["recall"].min == 0.5


# Mistakes in thresholds.


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("auk = 0.5", f"] unknown metric 'auk'; known: {KNOWN_METRICS}"),
        ("AUC = 0.5", f"] unknown metric 'AUC'; did you mean 'roc_auc'? known: {KNOWN_METRICS}"),
        (
            "Recall = 0.5",
            f"] unknown metric 'Recall'; did you mean 'recall'? known: {KNOWN_METRICS}",
        ),
        ("rmse = 50", f"] task 'binary' has no metric 'rmse'; it has: {KNOWN_METRICS}"),
        ("recall = true", "] recall = true: must be a number or a table"),
        ("recall = '0.5'", "] recall = '0.5': must be a number or a table"),
        ("recall = [0.5]", "] recall = [0.5]: must be a number or a table"),
        ("recall = nan", "] recall = nan: must be a finite number"),
        ("recall = -inf", "] recall = -inf: must be a finite number"),
        ("recall = 1.5", "] recall = 1.5: recall is from 0 to 1"),
        ("recall = 40", "] recall = 40: recall is from 0 to 1"),
        ("recall = -0.1", "] recall = -0.1: recall is from 0 to 1"),
        ("recall = {}", ".recall] min is missing; without it nothing is too low"),
        ("recall = { warn = 0.5 }", ".recall] min is missing; without it nothing is too low"),
        ("recall = { max = 0.5 }", ".recall] min is missing; without it nothing is too low"),
        ("recall = { min = nan }", ".recall] min = nan: must be a finite number"),
        ("recall = { min = -inf }", ".recall] min = -inf: must be a finite number"),
        ("recall = { min = true }", ".recall] min = true: must be a number"),
        ("recall = { min = '0.5' }", ".recall] min = '0.5': must be a number"),
        ("recall = { min = 1.01 }", ".recall] min = 1.01: recall is from 0 to 1"),
        ("recall = { min = 0, max = 2 }", ".recall] max = 2: recall is from 0 to 1"),
        ("recall = { min = 0.5, warn = 5 }", ".recall] warn = 5: recall is from 0 to 1"),
        ("recall = { min = 0.5, warn = nan }", ".recall] warn = nan: must be a finite number"),
        (
            "recall = { min = 0.5, warn = 0.4 }",
            ".recall] warn = 0.4 is not above min = 0.5, so it could never warn",
        ),
        (
            "recall = { min = 0.5, warn = 0.5 }",
            ".recall] warn = 0.5 is not above min = 0.5, so it could never warn",
        ),
        (
            "recall = { min = 0.5, max = 0.9, warn = 0.6 }",
            ".recall] warn goes with min or with max, not with both",
        ),
        ("recall = { min = 0.7, max = 0.6 }", ".recall] min = 0.7 is above max = 0.6"),
        (
            "recall = { min = 0.5, averag = 'x' }",
            ".recall] unknown key 'averag'; did you mean 'average'? known: " + KNOWN_OF_THRESHOLD,
        ),
        (
            "recall = { min = 0.5, metric = 'f1' }",
            "] recall is a metric by itself; give the function another name",
        ),
        (
            "recall = { min = 0.5, seed = 7 }",
            ".recall] seed = 7: goes with metric, which names a function of your own",
        ),
        (
            "recall = { min = 0.5, max_rows = 7 }",
            ".recall] max_rows = 7: goes with metric, which names a function of your own",
        ),
        (
            "recall = { min = 0.5, '<metric>' = 'f1' }",
            ".recall] unknown key '<metric>'; did you mean 'metric'? known: " + KNOWN_OF_THRESHOLD,
        ),
        (
            "recall = { min = 0.5, '<whole>' = 1 }",
            ".recall] unknown key '<whole>'; known: " + KNOWN_OF_THRESHOLD,
        ),
        ("recall = { min = 0.5, average = 'macro' }", ".recall] average = 'macro': known: binary"),
        ("recall = { min = 0.5, average = 3 }", ".recall] average = 3: must be a string"),
        ("mcc = -1.5", "] mcc = -1.5: mcc is from -1 to 1"),
        ("cohen_kappa = { min = 2 }", ".cohen_kappa] min = 2: cohen_kappa is from -1 to 1"),
        ("brier = 2.5", "] brier = 2.5: brier is from 0 to 2"),
        ("log_loss = -1", "] log_loss = -1: log_loss is never below 0"),
        ("log_loss = { min = 0.5 }", ".log_loss] max is missing; without it nothing is too high"),
        ("fbeta = 0.5", f".fbeta] {NO_BETA}"),
        ("fbeta = { min = 0.5 }", f".fbeta] {NO_BETA}"),
        ("fbeta = { min = 0.5, beta = 0 }", ".fbeta] beta = 0: must be a number above 0"),
        ("fbeta = { min = 0.5, beta = inf }", ".fbeta] beta = inf: must be a finite number"),
        ("fbeta = { min = 0.5, beta = '2' }", ".fbeta] beta = '2': must be a number"),
        ("fbeta = { beta = 2 }", ".fbeta] min is missing; without it nothing is too low"),
        ("f1 = { min = 0.5, beta = 2 }", ".f1] beta = 2: f1 has no beta"),
        (
            "accuracy = { min = 0.5, average = 'macro' }",
            ".accuracy] average = 'macro': accuracy has no averages",
        ),
        (
            "recall = { min = 0.5, as_of = 2013-05-01 }",
            (
                ".recall] as_of = 2013-05-01: belongs in [defaults] or the model's table: its rows "
                "are judged as of one time"
            ),
        ),
    ],
)
def test_a_mistake_in_a_threshold_is_told(mistakes_in: Mistakes, written: str, told: str) -> None:
    toml = f"{CHURN}\n[models.churn.thresholds]\n{written}\n"
    assert mistakes_in(toml) == [f"[models.churn.thresholds{told}"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("rmse = -1", "] rmse = -1: rmse is never below 0"),
        ("rmse = inf", "] rmse = inf: must be a finite number"),
        ("rmse = { min = 10 }", ".rmse] max is missing; without it nothing is too high"),
        (
            "rmse = { max = 50, warn = 60 }",
            ".rmse] warn = 60.0 is not below max = 50.0, so it could never warn",
        ),
        (
            "rmse = { max = 50, warn = 50 }",
            ".rmse] warn = 50.0 is not below max = 50.0, so it could never warn",
        ),
        (
            "recall = 0.5",
            f"] task 'regression' has no metric 'recall'; it has: {METRICS_OF_REGRESSION}",
        ),
        ("r2 = 1.1", "] r2 = 1.1: r2 is never above 1"),
        ("r2 = { max = 0.5 }", ".r2] min is missing; without it nothing is too low"),
        ("mean_error = -1", "] mean_error = -1: must be at least 0: how far it may be from 0"),
        ("mean_error = true", "] mean_error = true: must be a number or a table"),
        (
            "mean_error = { warn = 1 }",
            ".mean_error] min and max are missing; without them nothing is too far from 0",
        ),
        (
            "mean_error = { min = -1, max = 1, warn = 0.5 }",
            ".mean_error] warn goes with min or with max, not with both",
        ),
        ("mean_error = { min = 2, max = -2 }", ".mean_error] min = 2.0 is above max = -2.0"),
    ],
)
def test_a_mistake_in_the_threshold_of_an_error_is_told(
    mistakes_in: Mistakes, written: str, told: str
) -> None:
    assert mistakes_in(f"""
[models.delay]
task = "regression"
model = "delay.skops"
data = "log.parquet"
target = "delay"
[models.delay.thresholds]
{written}
""") == [f"[models.delay.thresholds{told}"]


# Thresholds on functions of the user's own.


def agreed(name: str, keys: str) -> str:
    return f"{CHURN}\n[models.churn.thresholds]\n{name} = {{ {keys} }}\n"


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel", "regression"])
def test_a_function_may_be_agreed_for_every_task(task: str) -> None:
    toml = agreed("profit", "metric = 'my_package.scoring:profit', min = -3.2, warn = 0")
    if task == "multilabel":
        toml = toml.replace('"left"', '["left", "right"]')
    profit = settings(toml.replace("binary", task)).models["churn"].thresholds["profit"]
    assert profit.function == "my_package.scoring:profit"
    assert (profit.min, profit.warn, profit.seed, profit.max_rows) == (-3.2, 0, 0, 1_000_000)


def test_a_function_may_be_agreed_for_segments() -> None:
    keys = "metric = 'a:b', max = 9000, seed = 7, max_rows = 500_000"
    model = settings(CHURN + by("'plan'", f"cost = {{ {keys} }}")).models["churn"]
    cost = model.segments[0].thresholds["cost"]
    assert (cost.function, cost.max, cost.seed, cost.max_rows) == ("a:b", 9000, 7, 500_000)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("metric = 'a:b'", "min and max are missing; without them nothing is too low or too high"),
        (
            "metric = 'a:b', warn = 1",
            "min and max are missing; without them nothing is too low or too high",
        ),
        ("metric = 'a:b', min = 2, max = 1", "min = 2.0 is above max = 1.0"),
        (
            "metric = 'a:b', min = 1, max = 2, warn = 1.5",
            "warn goes with min or with max, not with both",
        ),
        (
            "metric = 'a:b', max = -1, warn = 0",
            "warn = 0.0 is not below max = -1.0, so it could never warn",
        ),
        ("metric = 'a:b', min = nan", "min = nan: must be a finite number"),
        ("metric = 'accuracy', min = 1", "metric = 'accuracy': must be 'package.module:function'"),
        ("metric = 'a.b', min = 1", "metric = 'a.b': must be 'package.module:function'"),
        ("metric = ':b', min = 1", "metric = ':b': must be 'package.module:function'"),
        ("metric = '', min = 1", "metric = '': must be 'package.module:function'"),
        ("metric = 3, min = 1", "metric = 3: must be a string"),
        ("metric = 'a:b', min = 1, seed = -1", "seed = -1: must be a number of at least 0"),
        ("metric = 'a:b', min = 1, seed = 1.5", "seed = 1.5: must be a whole number"),
        ("metric = 'a:b', min = 1, max_rows = 0", "max_rows = 0: must be a number of at least 1"),
        ("metric = 'a:b', min = 1, average = 'macro'", "average = 'macro': profit has no averages"),
        ("metric = 'a:b', min = 1, function = 'c:d'", "unknown key 'function'; known: {}"),
    ],
)
def test_a_mistake_in_the_threshold_of_a_function_is_told(
    mistakes_in: Mistakes, keys: str, told: str
) -> None:
    told = told.format(KNOWN_OF_THRESHOLD)
    assert mistakes_in(agreed("profit", keys)) == [f"[models.churn.thresholds.profit] {told}"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("accuracy", "accuracy is a metric by itself; give the function another name"),
        ("rmse", "rmse is a metric by itself; give the function another name"),
        *(
            (
                name,
                f"metric name {name!r} must be of letters, digits and '_', and start with a letter",
            )
            for name in ("a-b", "a b", "_a", "7a", "a.b", "a=b", "é", "")
        ),
        *(
            (name, f"metric name {name!r} means something else as a marker of its checks")
            for name in ("and", "or", "not", "binary", "regression")
        ),
    ],
)
def test_a_name_that_a_function_can_not_have_is_told(
    mistakes_in: Mistakes, schema: jsonschema.Draft202012Validator, name: str, told: str
) -> None:
    toml = agreed(f"'{name}'", "metric = 'a:b', min = 1")
    assert mistakes_in(toml) == [f"[models.churn.thresholds] {told}"]
    assert not schema.is_valid(as_json(toml))


def test_a_bare_number_for_a_name_that_is_no_metric_is_a_mistake(mistakes_in: Mistakes) -> None:
    toml = f"{CHURN}\n[models.churn.thresholds]\nprofit = 3\n"
    assert mistakes_in(toml) == [
        f"[models.churn.thresholds] unknown metric 'profit'; known: {KNOWN_METRICS}"
    ]


def test_a_model_and_a_metric_can_not_be_called_the_same(mistakes_in: Mistakes) -> None:
    own = "profit = { metric = 'a:b', min = 1 }"
    toml = (
        CHURN
        + by("'plan'", own)
        + (CHURN + RECALL).replace("churn]", "profit]").replace("churn.thr", "profit.thr")
    )
    (line,) = mistakes_in(toml)
    assert line == (
        "[models.churn] metric 'profit' is called as a model is; both are markers of checks, "
        "so rename one"
    )


def test_an_average_that_multiclass_does_not_have_is_told(mistakes_in: Mistakes) -> None:
    toml = CHURN.replace("binary", "multiclass")
    assert mistakes_in(f"{toml}thresholds = {{ f1 = {{ min = 0.5, average = 'micros' }} }}\n") == [
        (
            "[models.churn.thresholds.f1] average = 'micros': did you mean 'micro'? "
            "known: macro, micro, weighted"
        )
    ]


@pytest.mark.parametrize(
    "thresholds", ["3", "'recall'", "[{ recall = 0.5 }]", "[]", "true", "2013-05-01"]
)
def test_thresholds_are_a_table(mistakes_in: Mistakes, thresholds: str) -> None:
    (line,) = mistakes_in(f"{CHURN}thresholds = {thresholds}\n")
    assert line.startswith("[models.churn] thresholds = ")
    assert line.endswith(": must be a table")


def test_every_metric_has_its_bounds_checked(mistakes_in: Mistakes) -> None:
    for name, metric in METRICS.items():
        task = next(iter(metric.averages))
        edges = {metric.lowest: metric.lowest - 0.001, metric.highest: metric.highest + 0.001}
        for edge, outside in edges.items():
            if math.isinf(edge):
                continue
            written = f"{{ min = {outside}, max = {outside}, beta = 2 }}"
            if not metric.needs_beta:
                written = written.replace(", beta = 2", "")
            toml = CHURN.replace("binary", task) + f"thresholds = {{ {name} = {written} }}\n"
            lines = mistakes_in(toml)
            assert len(lines) == 2
            for line in lines:
                assert f"= {outside}: {name} is " in line


@pytest.mark.parametrize(
    ("task", "written", "low", "high"),
    [
        ("binary", "mcc = -0.2", -0.2, None),
        ("binary", "fbeta = { min = 0.5, beta = 2 }", 0.5, None),
        ("binary", "brier = 0.2", None, 0.2),
        ("regression", "r2 = -3", -3, None),
        ("regression", "mean_error = 2", -2, 2),
        ("regression", "mean_error = { max = 2 }", None, 2),
        ("regression", "mean_error = { min = -2 }", -2, None),
        ("regression", "mean_error = { max = -2 }", None, -2),
        ("regression", "max_error = 30", None, 30),
    ],
)
def test_a_number_is_the_bound_on_the_side_where_a_metric_is_worse(
    task: str, written: str, low: float | None, high: float | None
) -> None:
    toml = CHURN.replace("binary", task) + f"thresholds = {{ {written} }}\n"
    [threshold] = settings(toml).models["churn"].thresholds.values()
    assert (threshold.min, threshold.max) == (low, high)
