"""Metrics that are functions of the user's own: what comes of them, the same at any time."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics
from support.databases import VARIABLE, Somewhere
from support.own_functions import (
    ERROR,
    FAR,
    RIGHT,
    SCORES,
    by,
    classes,
    complaint,
    estimate,
    function,
    interval,
    log,
    prices,
    result,
)
from support.sample_data import AS_OF, measured, results_of, settings_of, valued, write_data

from model_checks.data.duckdb import DuckDB
from model_checks.metrics import Asked
from model_checks.metrics.custom import own as own_estimate
from model_checks.metrics.intervals import normal_quantile
from model_checks.metrics.statistics import Replicates
from model_checks.pipeline import judge
from model_checks.store.results_json import run_as_json

# What comes of it.


SKLEARN: list[tuple[str, str, str, dict[str, Any]]] = [
    ("binary", "accuracy_score", "y_true, y_pred", {}),
    ("binary", "balanced_accuracy_score", "y_true, y_pred", {}),
    ("binary", "matthews_corrcoef", "y_true, y_pred", {}),
    ("binary", "roc_auc_score", "y_true, y_score", {}),
    ("binary", "average_precision_score", "y_true, y_score", {}),
    ("regression", "mean_absolute_error", "y_true, y_pred", {}),
    ("regression", "r2_score", "y_true, y_pred", {}),
    ("regression", "mean_pinball_loss", "y_true, y_pred", {}),
]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("task", "name", "takes", "keys"), SKLEARN)
def test_scikit_learns_functions_can_be_named_as_they_are(
    tmp_path: Path, task: str, name: str, takes: str, keys: dict[str, Any], weighted: bool
) -> None:
    columns = log() if task == "binary" else prices()
    keys = {"task": task, "prediction": "p", **({"score": "s"} if task == "binary" else {})}
    if weighted:
        keys["weight"] = "w"
    found = estimate(tmp_path, f"sklearn.metrics:{name}", columns, **keys)
    given = {"y_true": columns["y"], "y_pred": columns["p"], "y_score": columns.get("s")}
    expected = getattr(sklearn_metrics, name)(
        *(np.asarray(given[one]) for one in takes.split(", ")),
        sample_weight=columns["w"] if weighted else None,
    )
    assert found.value == pytest.approx(expected, abs=1e-12)
    value, low, high = interval(found)
    assert low < value < high


def test_scikit_learns_functions_of_several_classes_take_the_scores_as_they_are(
    tmp_path: Path,
) -> None:
    columns = classes()
    answer = "roc_auc_score(y_true, y_score, multi_class='ovr')"
    reference = function(tmp_path, "from sklearn.metrics import roc_auc_score", f"return {answer}")
    keys = {"task": "multiclass", "score": SCORES, "prediction": "p"}
    scores = np.column_stack([columns[f"s_{name}"] for name in ("bus", "car", "rail")])
    expected = sklearn_metrics.roc_auc_score(columns["y"], scores, multi_class="ovr")
    assert estimate(tmp_path, reference, columns, **keys).value == pytest.approx(expected)


def test_the_interval_is_about_that_of_the_closed_form(tmp_path: Path) -> None:
    columns = log(2000)
    found = estimate(tmp_path, function(tmp_path, RIGHT), columns)
    [result] = results_of(tmp_path, columns, thresholds={"accuracy": 0.5})
    shipped = valued(result.estimate)
    assert found.value == shipped.value
    assert found.low == pytest.approx(shipped.low, abs=0.003)
    assert found.high == pytest.approx(shipped.high, abs=0.003)


def test_a_result_says_what_was_done_for_it(tmp_path: Path) -> None:
    reference = function(tmp_path, "20.0 * (y_true * y_pred).mean() - 5.0 * y_pred.mean()")
    found = result(tmp_path, reference, max=3, seed=7)
    assert found.message == (
        "m-own: 3.750 (95 % interval 2.700 to 4.775, bootstrap, 1,000 resamples, seed 7, "
        "200 loaded rows) is above the agreed 3.000"
    )


def test_one_row_does_not_show_how_far_rows_spread(tmp_path: Path) -> None:
    found = result(tmp_path, function(tmp_path, "1.0"), {"y": [1], "p": [1]})
    assert interval(valued(found.estimate)) == (1, -math.inf, math.inf)
    assert "seed 0, 1 loaded row) is " in found.message


def test_the_file_of_results_names_the_function(tmp_path: Path) -> None:
    reference = function(tmp_path, "-0.5")
    thresholds = {"own": {"metric": reference, "min": -1}, "accuracy": 0.1}
    run = judge(settings_of(tmp_path, log(), thresholds=thresholds), as_of=AS_OF)
    own, accuracy = json.loads(run_as_json(run))["checks"]
    assert (own["metric"], own["function"], own["value"]) == ("own", reference, -0.5)
    assert (own["n"], own["unit"]) == (200, "loaded rows")
    assert accuracy["function"] is None


@pytest.mark.parametrize(
    ("answer", "value"),
    [("np.float32(0.5)", 0.5), ("np.array(2)", 2), ("np.int8(3)", 3), ("10**15", 1e15)],
)
def test_any_kind_of_number_is_a_number(tmp_path: Path, answer: str, value: float) -> None:
    found = estimate(tmp_path, function(tmp_path, answer), max=1e16)
    assert found.value == value
    assert type(found.value) is float


def test_the_interval_holds_the_value_even_where_resamples_lie_on_one_side(tmp_path: Path) -> None:
    found = estimate(tmp_path, function(tmp_path, "len(set(y_score)) * 1.0"), score="s")
    assert found.value == found.high == 175
    assert interval(found)[1] < 140


def test_any_confidence_is_read_off_the_same_resamples(tmp_path: Path) -> None:
    reference = function(tmp_path, RIGHT)
    thresholds = {"own": {"metric": reference, "min": 0}}
    measurement = measured(tmp_path, log(), thresholds=thresholds)
    replicates = measurement.statistics[()].of(Replicates)
    [own] = replicates.answers
    widths = []
    for confidence in (0.5, 0.9, 0.99):
        asked = Asked(confidence=confidence, function=own)
        found = valued(own_estimate(replicates, asked))
        _, low, high = interval(found)
        widths.append(high - low)
    assert widths == sorted(set(widths))


def test_beyond_what_resamples_tell_the_limits_move_on_for_small_p_values(tmp_path: Path) -> None:
    reference = function(tmp_path, RIGHT)
    thresholds = {"own": {"metric": reference, "min": 0.5, "rule": "confident"}}
    measurement = measured(tmp_path, log(), thresholds=thresholds)
    replicates = measurement.statistics[()].of(Replicates)
    [own] = replicates.answers
    found = valued(own_estimate(replicates, Asked(confidence=0.95, function=own)))
    last, further = found.interval_at(0.99), found.interval_at(1 - 1e-9)
    times = normal_quantile(1 - 1e-9) / normal_quantile(0.99)
    assert further.low - found.value == pytest.approx(times * (last.low - found.value))
    assert further.high - found.value == pytest.approx(times * (last.high - found.value))
    assert further.low < replicates.answers[own].resampled.min()
    assert found.interval_at(0.9901).low == pytest.approx(last.low, abs=1e-3)


def test_a_confidence_that_resamples_cannot_tell_is_refused(tmp_path: Path) -> None:
    reference = function(tmp_path, RIGHT)
    assert complaint(tmp_path, reference, confidence=0.999) == (
        "confidence = 0.999 is more than resamples can tell; it may be up to 0.99"
    )


# The same wherever and whenever.


def test_the_seed_alone_decides_the_resamples(tmp_path: Path) -> None:
    reference = function(tmp_path, ERROR)
    given: list[dict[str, int]] = [{}, {"seed": 0}, {"seed": 1}]
    zero, also_zero, one = (
        interval(estimate(tmp_path, reference, prices(), task="regression", **seed))
        for seed in given
    )
    assert zero == also_zero
    assert zero[0] == one[0]
    assert zero[1] != one[1]


def test_the_resamples_are_the_same_on_every_machine(tmp_path: Path) -> None:
    columns = {"y": [float(k) for k in range(100)], "p": [k + k % 7 / 2 for k in range(100)]}
    reference = function(tmp_path, ERROR)
    found = estimate(tmp_path, reference, columns, task="regression", seed=3)
    assert interval(found) == (1.475, pytest.approx(1.280206614099402), pytest.approx(1.675))


def test_neither_the_order_of_the_rows_nor_the_file_matters(tmp_path: Path) -> None:
    reference = function(tmp_path, "float((y_score * weight).sum())")
    keys: dict[str, Any] = {"score": "s", "prediction": "p", "weight": "w"}
    columns = {name: np.array(values) for name, values in log().items()}
    one = estimate(tmp_path, reference, columns, **keys)
    order = np.random.default_rng(1).permutation(200)
    shuffled = {name: values[order] for name, values in columns.items()}
    assert interval(estimate(tmp_path, reference, shuffled, **keys)) == interval(one)
    for k, part in enumerate((order[:70], order[70:])):
        rows = {name: values[part] for name, values in columns.items()}
        write_data(tmp_path / f"part{k}.csv", rows)
    parts = estimate(tmp_path, reference, **keys, data="part*.csv")
    assert interval(parts) == interval(one)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_the_same_rows_in_a_database_come_to_the_same_to_the_last_bit(
    tmp_path: Path, database: Somewhere, task: str
) -> None:
    columns = {"binary": log(labels=("no", "yes")), "multiclass": classes(), "regression": prices()}
    columns[task]["g"] = ["a", "it's", None] * 100
    given = {name: list(values)[:200] for name, values in columns[task].items()}
    keys: dict[str, Any] = {"task": task, "prediction": "p"}
    if task == "binary":
        keys |= {"score": "s", "positive_label": "yes", "weight": "w"}
        answer = "float(((y_true == 'yes') * y_score * weight).sum())"
    elif task == "multiclass":
        keys |= {"score": SCORES}
        answer = "float(((y_true == 'bus') * y_score[:, 0]).sum())"
    else:
        answer = ERROR
    reference = function(tmp_path, answer)
    thresholds = {"own": {"metric": reference, "max": FAR}}
    keys |= {"thresholds": thresholds, "segments": by("g", reference)}
    here = results_of(tmp_path, given, **keys)
    assert len(here) == 4
    database.write("predictions", given)
    there = results_of(tmp_path, data={"url_env": VARIABLE, "table": "predictions"}, **keys)
    assert [one.message for one in here] == [one.message for one in there]
    assert [one.estimate for one in here] == [one.estimate for one in there]


def test_the_number_of_queries_depends_on_the_segmentations_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(method: Any) -> Any:
        def note(engine: DuckDB, sql: str, *rest: int) -> Any:
            asked.append(sql)
            return method(engine, sql, *rest)

        return note

    for name in ("run", "batches"):
        monkeypatch.setattr(DuckDB, name, noted(getattr(DuckDB, name)))

    def count(names: list[str], values: int, segmentations: int) -> int:
        columns = log()
        columns |= {f"g{k}": [row % values for row in range(200)] for k in range(segmentations)}
        agreed = {
            name: {"metric": function(tmp_path, "1.0"), "min": 0, "seed": seed}
            for seed, name in enumerate(names)
        }
        segments = [{"by": f"g{k}", "thresholds": agreed} for k in range(segmentations)]
        asked.clear()
        assert results_of(tmp_path, columns, thresholds=agreed, segments=segments)
        return len(asked)

    one = count(["a"], 2, 1)
    assert count(["a", "b", "c"], 5, 1) == one
    assert count(["a"], 2, 2) - one == 3  # its values, its rows counted, its rows loaded


def test_other_thresholds_do_not_matter(tmp_path: Path) -> None:
    reference = function(tmp_path, RIGHT)
    alone = estimate(tmp_path, reference, score="s", prediction="p")
    thresholds = {
        "roc_auc": 0.1,
        "other": {"metric": function(tmp_path, "1.0"), "min": 0, "seed": 5},
        "own": {"metric": reference, "max": FAR},
    }
    segments = [{"by": "g", "thresholds": thresholds}]
    keys = {"thresholds": thresholds, "segments": segments, "score": "s", "prediction": "p"}
    found = {one.check.id: one.estimate for one in results_of(tmp_path, log(), **keys)}
    assert found["m-own"] == alone


def test_more_rows_than_a_batch_are_all_there(tmp_path: Path) -> None:
    rows = 250_000
    columns = {"y": np.arange(rows) % 2, "p": np.arange(rows) % 3 % 2, "g": np.arange(rows) % 5}
    write_data(tmp_path / "data.parquet", columns)
    reference = function(tmp_path, "float(len(y_true) == 50_000)")
    segments = [{"by": "g", "values": [3], "thresholds": {"own": {"metric": reference, "min": 1}}}]
    settings = settings_of(tmp_path, segments=segments, thresholds={"accuracy": 0.1})
    found = judge(settings, as_of=AS_OF).results[1]
    assert (valued(found.estimate).n, valued(found.estimate).value) == (50_000, 1)
