"""The JSON schema for editors takes what loads, and refuses what is a mistake."""

from pathlib import Path

import jsonschema
import pytest
from support.factories import CHURN, FLIGHTS, RECALL, settings
from support.settings_files import MAIL, SHA, TAGS, Mistakes, as_json, by

import model_checks
from model_checks.settings.schema import schema_text


def test_the_shipped_schema_is_the_generated_one() -> None:
    shipped = Path(model_checks.__file__).parent / "thresholds.schema.json"
    assert shipped.read_text(encoding="utf-8") == schema_text()


def test_the_schema_names_nothing_that_nobody_may_write() -> None:
    text = schema_text()
    assert "<" not in text
    for key in ('"password"', '"null"'):
        assert key not in text


COMPARED = f"{CHURN}time_column = 't'\nthresholds.f1 = {{ min = 0.5, max_degradation = '5%' }}\n"

VALID = [
    FLIGHTS,
    CHURN + RECALL,
    MAIL + CHURN + RECALL,
    CHURN + by("['a', 'b']", "recall = { min = 0.5, max = 1 }", "[['x', 1]]"),
    CHURN.replace('"churn.parquet"', '{ files = "churn.csv" }') + RECALL,
    CHURN.replace('"churn.parquet"', "{ csv = 'a.txt', delimiter = ';' }") + RECALL,
    CHURN.replace('"churn.parquet"', "{ url_env = 'DB', table = 'log.churn' }") + RECALL,
    CHURN.replace('"churn.parquet"', "{ url_env = 'DB', sql = 'select 1' }") + RECALL,
    CHURN.replace('"churn.parquet"', "{ spark = 'sc://spark:15002', table = 't' }") + RECALL,
    CHURN.replace('"churn.parquet"', "{ spark = 'local[*]', files = 'a.csv' }") + RECALL,
    CHURN.replace('"churn.skops"', f"{{ joblib = 'm', allow_pickle = true, sha256 = '{SHA}' }}")
    + RECALL,
    CHURN.replace('"churn.skops"', "{ python = 'a.b:c' }") + RECALL,
    CHURN.replace('model = "churn.skops"', "score = 'p'\npositive_label = true") + RECALL,
    CHURN.replace("binary", "multiclass") + "thresholds.f1 = { min = 0.5, average = 'micro' }\n",
    CHURN.replace("binary", "regression") + "thresholds = { rmse = { max = 5, warn = 4 } }\n",
    CHURN + "thresholds = { a_B9 = { metric = 'a.b:c', min = -5, seed = 0, max_rows = 9 } }\n",
    CHURN + by("'a'", "recalls = { metric = 'a:c', max = 5, min = 1, confidence = 0.9 }"),
    CHURN.replace("binary", "regression") + "thresholds = { mean_error = 2, r2 = -3 }\n",
    CHURN.replace("binary", "regression") + "thresholds.mean_error = { min = -2 }\n",
    CHURN.replace("binary", "regression") + "thresholds.mean_error = { min = -2, max = -1 }\n",
    CHURN + "thresholds = { fbeta = { min = 0.5, beta = 0.5 }, mcc = -1, brier = 2 }\n",
    TAGS,
    TAGS.replace("prediction", "score"),
    f"{COMPARED}baseline = {{ data = 'a.csv', window = '30d', as_of = 2013-01-01 }}\n",
    f"{COMPARED}baseline = {{ data = {{ url_env = 'DB', table = 't' }} }}\n",
    f"{COMPARED}baseline = {{ model = 'old.skops' }}\n",
    f"{COMPARED}baseline = {{ model = {{ python = 'a.b:c' }} }}\n",
    f"{COMPARED}baseline = {{ prediction = 'p', score = 's' }}\ncorrection = 'none'\n",
    f"[defaults]\ncorrection = 'benjamini-hochberg'\n{CHURN}thresholds.recall.max_degradation = 0",
    CHURN + "thresholds.brier = { max = 1, max_degradation = 2 }\n",
    CHURN + by("'a'", "recall = 0.5, f1 = { min = 0.5 }") + "max_gap = 0.1\n",
    CHURN + "[[models.churn.segments]]\nby = 'a'\nmax_gap = { recall = 0, mcc = { max = 2 } }\n",
    CHURN
    + by("'a'", "profit = { metric = 'a:b', min = 5 }")
    + "max_gap = { profit = 30, cost = { metric = 'a:c', max = 5, seed = 3 } }\n",
    CHURN + by("'a'", "fbeta = { min = 0.5, beta = 2 }") + "max_gap.fbeta = 0.1\n",
    CHURN.replace("binary", "regression") + "thresholds.mean_error.max_degradation = '120.5 %'\n",
]


@pytest.mark.parametrize("toml", VALID)
def test_a_file_that_loads_is_valid_for_an_editor(
    schema: jsonschema.Draft202012Validator, toml: str
) -> None:
    assert settings(toml)
    schema.validate(as_json(toml))


MISTAKEN = {
    "no models": "",
    "an empty table of models": "[models]",
    "unknown table": CHURN + RECALL + "[emails]\n",
    "unknown key": f"{CHURN}modle = 'x'\n{RECALL}",
    "unknown metric": f"{CHURN}thresholds = {{ auk = 0.5 }}",
    "metric of another task": f"{CHURN}thresholds = {{ rmse = 50 }}",
    "metric of another task in a segment": CHURN + by("'a'", "rmse = 50"),
    "bound out of range": f"{CHURN}thresholds = {{ recall = 40 }}",
    "no bound": f"{CHURN}thresholds = {{ recall = {{ warn = 0.5 }} }}",
    "bound on the wrong side": f"{CHURN}thresholds = {{ recall = {{ max = 0.5 }} }}",
    "no bound of a bias": CHURN.replace("binary", "regression")
    + "thresholds.mean_error = { warn = 1 }",
    "bias below 0": CHURN.replace("binary", "regression") + "thresholds.mean_error = -1",
    "fbeta without beta": f"{CHURN}thresholds.fbeta = {{ min = 0.5 }}",
    "fbeta as a number": f"{CHURN}thresholds.fbeta = 0.5",
    "beta of recall": f"{CHURN}thresholds.recall = {{ min = 0.5, beta = 2 }}",
    "beta of zero": f"{CHURN}thresholds.fbeta = {{ min = 0.5, beta = 0 }}",
    "correlation below -1": f"{CHURN}thresholds.mcc = -1.1",
    "boolean for a number": f"{CHURN}thresholds = {{ recall = true }}",
    "average that no task has": f"{CHURN}thresholds = {{ f1 = {{ min = 0.5, average = 'x' }} }}",
    "average of accuracy": f"{CHURN}thresholds.accuracy = {{ min = 0.5, average = 'macro' }}",
    "internal key": f"{CHURN}thresholds = {{ recall = {{ min = 0.5, '<metric>' = 'f1' }} }}",
    "function without a bound": f"{CHURN}thresholds.profit = {{ metric = 'a:b', warn = 1 }}",
    "function that is none": f"{CHURN}thresholds.profit = {{ metric = 'a', min = 1 }}",
    "function with an average": (
        f"{CHURN}thresholds.profit = {{ metric = 'a:b', min = 1, average = 'macro' }}"
    ),
    "free name without a function": f"{CHURN}thresholds.profit = {{ min = 1 }}",
    "metric with a function": f"{CHURN}thresholds.f1 = {{ metric = 'a:b', min = 0.5 }}",
    "metric with a seed": f"{CHURN}thresholds.f1 = {{ seed = 7, min = 0.5 }}",
    "metric of another task with a function": (
        f"{CHURN}thresholds.rmse = {{ metric = 'a:b', max = 0.5 }}"
    ),
    "degradation of no size": f"{CHURN}thresholds.recall = {{ max_degradation = -0.1 }}",
    "degradation out of range": f"{CHURN}thresholds.recall = {{ max_degradation = 5 }}",
    "degradation in words": f"{CHURN}thresholds.recall = {{ max_degradation = 'little' }}",
    "degradation of a function without a direction": (
        f"{CHURN}thresholds.profit = {{ metric = 'a:b', max_degradation = 1 }}"
    ),
    "no baseline in a baseline": f"{COMPARED}baseline = {{}}",
    "two baselines": f"{COMPARED}baseline = {{ model = 'a.skops', data = 'a.csv' }}",
    "window of the same rows": f"{COMPARED}baseline = {{ model = 'a.skops', window = '3d' }}",
    "unknown key of a baseline": f"{COMPARED}baseline = {{ file = 'a.csv' }}",
    "wrong correction": f"{CHURN}correction = 'bonferroni'\n{RECALL}",
    "correction of a segmentation": CHURN + by("'a'", "recall = 0.5") + "correction = 'none'\n",
    "gap below 0": CHURN + by("'a'", "recall = 0.5").replace("by", "max_gap = -0.1\nby"),
    "gap of no metric": CHURN + by("'a'", "recall = 0.5").replace("by", "max_gap = {}\nby"),
    "gap without a size": CHURN
    + by("'a'", "recall = 0.5").replace("by", "max_gap.f1.rule = 'estimate'\nby"),
    "gap out of range": CHURN + "[[models.churn.segments]]\nby = 'a'\nmax_gap.recall = 1.5\n",
    "gap of another task": CHURN + "[[models.churn.segments]]\nby = 'a'\nmax_gap.rmse = 1.5\n",
    "no thresholds": CHURN,
    "empty thresholds": f"{CHURN}thresholds = {{}}",
    "neither model nor log": CHURN.replace('model = "churn.skops"', "") + RECALL,
    "two loaders": CHURN.replace('"churn.skops"', "{ skops = 'a', python = 'a:b' }") + RECALL,
    "joblib without consent": CHURN.replace('"churn.skops"', "{ joblib = 'm' }") + RECALL,
    "data from nowhere": CHURN.replace('"churn.parquet"', "{}") + RECALL,
    "no table": CHURN.replace('"churn.parquet"', "{ url_env = 'DB' }") + RECALL,
    "no database": CHURN.replace('"churn.parquet"', "{ table = 't' }") + RECALL,
    "no database for sql": CHURN.replace('"churn.parquet"', "{ sql = 'select 1' }") + RECALL,
    "files from a database": CHURN.replace('"churn.parquet"', "{ url_env = 'DB', files = 'a.csv' }")
    + RECALL,
    "two engines": CHURN.replace(
        '"churn.parquet"', "{ url_env = 'DB', spark = 'local', table = 't' }"
    )
    + RECALL,
    "two sources": CHURN.replace(
        '"churn.parquet"', "{ url_env = 'DB', table = 't', sql = 'select 1' }"
    )
    + RECALL,
    "wrong case of the task": CHURN.replace("binary", "Binary") + RECALL,
    "one target for several labels": TAGS.replace('["a", "b"]', '"a"'),
    "several targets for one label": CHURN.replace('"left"', '["a", "b"]') + RECALL,
    "wrong rule": f"{CHURN}rule = 'estimated'\n{RECALL}",
    "min_rows of zero": f"{CHURN}min_rows = 0\n{RECALL}",
    "window without time": f"{CHURN}window = '3d'\n{RECALL}",
    "wrong window": f"{CHURN}time_column = 't'\nwindow = '3m'\n{RECALL}",
    "segments in one bracket": f"{CHURN}[models.churn.segments]\nby = 'a'\nthresholds.recall = 1",
    "no values": CHURN + by("'a'", "recall = 0.5", "[]"),
    "literal password": f"{MAIL}password = 'hunter2'\n{CHURN}{RECALL}",
    "password without username": f"{MAIL}password_env = 'P'\n{CHURN}{RECALL}",
}


@pytest.mark.parametrize("toml", MISTAKEN.values(), ids=MISTAKEN.keys())
def test_a_mistake_is_shown_by_an_editor_and_when_loading(
    schema: jsonschema.Draft202012Validator, mistakes_in: Mistakes, toml: str
) -> None:
    assert not schema.is_valid(as_json(toml))
    assert mistakes_in(toml)
