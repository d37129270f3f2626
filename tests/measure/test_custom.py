"""Metrics that are functions of the user's own, measured for real, by the road that a run takes."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn import metrics as sklearn_metrics
from support.databases import VARIABLE, Somewhere
from support.sample_data import (
    AS_OF,
    measured,
    python_model,
    python_module,
    results_of,
    settings_of,
    valued,
    write_data,
)

from model_checks.data.duckdb import DuckDB
from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.metrics import Asked, Estimate
from model_checks.metrics.custom import own as own_estimate
from model_checks.metrics.intervals import normal_quantile
from model_checks.metrics.statistics import Replicates
from model_checks.pipeline import judge
from model_checks.store.results_json import run_as_json

Columns = Mapping[str, Any]

RIGHT = "float((y_true == y_pred).mean())"
ERROR = "float(abs(y_true - y_pred).mean())"
FAR = 1e9
"""A bound that everything meets."""


def log(rows: int = 200, labels: tuple[Any, Any] = (0, 1), seed: int = 7) -> dict[str, Any]:
    """Labels, predictions that are mostly right, scores, weights and two segments."""
    rng = np.random.default_rng(seed)
    true, wrong = rng.random(rows) < 0.4, rng.random(rows) < 0.2
    predicted = true ^ wrong
    scores = 0.5 + 0.25 * (2.0 * predicted - 1) + rng.normal(0, 0.2, rows)
    return {
        "y": [labels[int(one)] for one in true],
        "p": [labels[int(one)] for one in predicted],
        "s": np.clip(scores, 0.01, 0.99),
        "w": rng.lognormal(0, 0.5, rows),
        "g": ["a" if one else "b" for one in rng.random(rows) < 0.5],
    }


def prices(rows: int = 200) -> dict[str, Any]:
    rng = np.random.default_rng(8)
    true = rng.lognormal(3, 0.5, rows)
    return {"y": true, "p": true * rng.lognormal(0, 0.1, rows), "w": rng.lognormal(0, 0.5, rows)}


def classes(rows: int = 300) -> dict[str, Any]:
    """Three classes, which scores sum to 1 over."""
    rng = np.random.default_rng(9)
    true = rng.integers(0, 3, rows)
    scores = rng.dirichlet([1, 1, 1], rows) + np.eye(3)[true]
    scores /= scores.sum(axis=1, keepdims=True)
    names = ["car", "bus", "rail"]
    columns = {f"s_{name}": scores[:, k] for k, name in enumerate(names)}
    predicted = scores.argmax(axis=1)
    return {"y": [names[k] for k in true], "p": [names[k] for k in predicted], **columns}


SCORES = {"rail": "s_rail", "car": "s_car", "bus": "s_bus"}


def function(folder: Path, *body: str, takes: str = "y_true, y_pred, y_score, weight") -> str:
    """A function beside thresholds.toml, as it is named: statements, or what it answers with."""
    lines = body if len(body) > 1 or body[0].startswith("raise") else [f"return {body[0]}"]
    source = ["import sys, warnings", "import numpy as np", f"def own({takes}):"]
    source += [f"    {line}" for line in lines]
    return python_module(folder, "\n".join(source), "own")["python"]


def result(folder: Path, reference: str, columns: Columns | None = None, **keys: Any) -> Result:
    """The result of a function on some rows: a bound, a seed and max_rows may be given."""
    agreed = {"metric": reference, "max": FAR}
    agreed |= {name: keys.pop(name) for name in ("seed", "max_rows", "max") if name in keys}
    columns = log() if columns is None else columns
    [found] = results_of(folder, columns, thresholds={"own": agreed}, **keys)
    return found


def estimate(folder: Path, reference: str, columns: Columns | None = None, **keys: Any) -> Estimate:
    """What a function was estimated to be."""
    found = result(folder, reference, columns, **keys)
    assert found.verdict is Verdict.PASS, found.message
    return valued(found.estimate)


def interval(found: Estimate) -> tuple[Any, Any, Any]:
    return found.value, found.low, found.high


def complaint(folder: Path, reference: str, columns: Columns | None = None, **keys: Any) -> str:
    """Why a check could not be made, less the names of check and function."""
    found = result(folder, reference, columns, **keys)
    assert found.verdict is Verdict.ERROR, found.message
    start = f"m-own: metric {reference!r}: "
    assert found.message.startswith(start)
    assert "\n" not in found.message
    return found.message.removeprefix(start)


# What it is called with.


@pytest.mark.parametrize(
    ("labels", "answer"),
    [
        ((0, 1), "y_true.dtype == np.int64 and y_pred.dtype == np.int64 and set(y_true) == {0, 1}"),
        ((False, True), "y_true.dtype == np.int64 and set(y_true) == set(y_pred) == {0, 1}"),
        (("0", "1"), "y_true.dtype == np.int64"),
        ((0.5, 1.0), "y_true.dtype == float and set(y_true) == {0.5, 1.0}"),
        (("no", "1"), "y_true.dtype.kind == 'U' and set(y_true) == set(y_pred) == {'no', '1'}"),
        (("01", "1"), "set(y_true) == {'01', '1'}"),
        (("nan", "1"), "set(y_true) == {'nan', '1'}"),
        (("9" * 30, "1"), "set(y_true) == {'9' * 30, '1'}"),
    ],
)
def test_labels_are_numbers_where_all_are_written_so_and_texts_elsewhere(
    tmp_path: Path, labels: tuple[Any, Any], answer: str
) -> None:
    found = estimate(tmp_path, function(tmp_path, f"float({answer})"), log(labels=labels))
    assert found.value == 1


def test_a_binary_model_whose_positives_alone_occur_still_has_numbers(tmp_path: Path) -> None:
    answer = function(tmp_path, "100 * y_true.mean() + 10 * y_pred.min() + y_pred.max()")
    columns = {"y": [1, 1], "s": [0.2, 0.8]}
    assert estimate(tmp_path, answer, columns, score="s").value == 101
    columns = {"y": [0, 0], "s": [0.2, 0.8]}
    keys = {"score": "s", "positive_label": 0}
    assert estimate(tmp_path, answer, columns, **keys).value == 1
    columns = {"y": ["yes", "yes"], "s": [0.2, 0.8]}
    texts = function(tmp_path, "float(set(y_pred) == {'not yes', 'yes'})")
    assert estimate(tmp_path, texts, columns, score="s", positive_label="yes").value == 1


def test_the_rows_stay_together(tmp_path: Path) -> None:
    columns = {"y": [0, 1, 0, 1], "p": [1, 1, 0, 0], "s": [0.9, 0.8, 0.1, 0.2], "w": [4, 3, 1, 2]}
    rows = "sorted(zip(y_true.tolist(), y_pred.tolist(), y_score.tolist(), weight.tolist()))"
    expected = sorted(zip(*columns.values(), strict=True))
    reference = function(tmp_path, f"float({rows} == {expected} or len(set({rows})) < 4)")
    keys = {"prediction": "p", "score": "s", "weight": "w"}
    assert estimate(tmp_path, reference, columns, **keys).value == 1


def test_what_a_model_does_not_have_is_none(tmp_path: Path) -> None:
    reference = function(tmp_path, "float(y_score is None and weight is None)")
    assert estimate(tmp_path, reference).value == 1
    assert estimate(tmp_path, reference, prices(), task="regression").value == 1
    reference = function(tmp_path, "float(y_score is not None and weight is not None)")
    assert estimate(tmp_path, reference, prediction="p", score="s", weight="w").value == 1


def test_numbers_of_a_regression_are_numbers(tmp_path: Path) -> None:
    reference = function(tmp_path, "float(y_true.dtype == y_pred.dtype == float)")
    assert estimate(tmp_path, reference, {"y": [1, 2], "p": [2, 1]}, task="regression").value == 1


def test_scores_of_several_classes_are_in_the_order_of_the_labels(tmp_path: Path) -> None:
    answer = "float((np.array(['bus', 'car', 'rail'])[y_score.argmax(axis=1)] == y_pred).all())"
    keys = {"task": "multiclass", "score": SCORES, "prediction": "p"}
    assert estimate(tmp_path, function(tmp_path, answer), classes(), **keys).value == 1


@pytest.mark.parametrize(
    ("proba", "answer"),
    [
        ("np.column_stack([1 - frame.x, frame.x])", "float(set(y_score) <= {0.25, 0.75})"),
        (None, "float(y_score is None)"),
    ],
)
def test_a_model_that_is_called_is_asked_for_its_scores_if_it_has_some(
    tmp_path: Path, proba: str | None, answer: str
) -> None:
    model = python_model(tmp_path, "(frame.x > 0.5).astype(int)", proba, classes_=[0, 1])
    columns = {"y": [0, 1, 1, 0], "x": [0.25, 0.75, 0.25, 0.25]}
    assert estimate(tmp_path, function(tmp_path, answer), columns, model=model).value == 1


def test_a_regression_that_is_called_has_no_scores(tmp_path: Path) -> None:
    model = python_model(tmp_path, "frame.x", "1 / 0", classes_=[0, 1])
    reference = function(tmp_path, "float(y_score is None)")
    columns = {"y": [0.0, 1.0], "x": [0.5, 0.5]}
    assert estimate(tmp_path, reference, columns, task="regression", model=model).value == 1


@pytest.mark.parametrize(
    ("takes", "answer"),
    [
        ("y_pred, y_true", "1.0 * (y_true == y_pred).mean()"),
        ("y_true, *, y_pred", "1.0 * (y_true == y_pred).mean()"),
        ("y_true, y_pred, beta=2", "1.0 * (y_true == y_pred).mean() * beta / 2"),
        ("**given", "1.0 * (given['y_true'] == given['y_pred']).mean() * (len(given) == 4)"),
        ("y_pred, **given", "1.0 * (given['y_true'] == y_pred).mean() * (len(given) == 3)"),
    ],
)
def test_it_is_given_the_arguments_that_it_names(tmp_path: Path, takes: str, answer: str) -> None:
    columns = log()
    found = estimate(tmp_path, function(tmp_path, answer, takes=takes), columns)
    assert found.value == np.mean(np.array(columns["y"]) == columns["p"])


def test_what_it_does_to_its_arguments_harms_no_other(tmp_path: Path) -> None:
    spoil = function(tmp_path, "y_true[:] = 1", "y_score.sort()", "weight *= 0", "return 1.0")
    honest = function(tmp_path, "float((y_true * y_score * weight).sum())")
    names = {"a": spoil, "b": honest, "c": spoil, "d": honest}
    thresholds = {name: {"metric": one, "max": FAR} for name, one in names.items()}
    keys = {"prediction": "p", "score": "s", "weight": "w", "thresholds": thresholds}
    values = [found.estimate for found in results_of(tmp_path, log(), **keys)]
    assert values[1] == values[3]
    columns = log()
    assert valued(values[1]).value == pytest.approx(
        (columns["y"] * columns["s"] * columns["w"]).sum()
    )


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


# Segments.


def by(columns: Any, reference: str, **keys: Any) -> list[dict[str, Any]]:
    values = {"values": keys.pop("values")} if "values" in keys else {}
    agreed = {"own": {"metric": reference, "max": FAR, **keys}}
    return [{"by": columns, "thresholds": agreed, **values}]


def test_every_segment_is_measured_on_its_own_rows(tmp_path: Path) -> None:
    columns = {**log(), "h": [None if k % 7 == 0 else float(k % 3) for k in range(200)]}
    reference = function(tmp_path, RIGHT)
    segments = [*by("g", reference), *by(["h", "g"], reference)]
    found = results_of(tmp_path, columns, segments=segments)[1:]
    assert len(found) == 2 + 8
    table = pa.table(columns).to_pylist()
    for one in found:
        assert one.estimate is not None
        rows = [
            row["y"] == row["p"]
            for row in table
            if all(
                (None if row[name] is None else str(row[name]).removesuffix(".0")) == value
                for name, value in one.check.segment
            )
        ]
        assert (one.estimate.n, valued(one.estimate).value) == (len(rows), np.mean(rows))


def test_a_segment_without_rows_has_no_data(tmp_path: Path) -> None:
    segments = by("g", function(tmp_path, RIGHT), values=["a", "gone"])
    _, one, gone = results_of(tmp_path, log(), segments=segments)
    assert (one.verdict, gone.verdict) == (Verdict.PASS, Verdict.NO_DATA)
    assert gone.message == (
        "m-own-g=gone: 0 labelled rows, at least 1 are needed; the values of g: 'a', 'b'"
    )


def test_a_segment_with_too_few_rows_has_no_data_whatever_the_function_does(tmp_path: Path) -> None:
    reference = function(tmp_path, "raise ValueError")
    segments = by("g", reference, values=["a"], min_rows=500)
    _, found = results_of(tmp_path, log(), segments=segments)
    assert found.verdict is Verdict.NO_DATA


def test_a_vacant_segmentation_has_no_data(tmp_path: Path) -> None:
    reference = function(tmp_path, "raise ValueError")
    columns = {**log(), "g": ["*"] * 200}
    _, found = results_of(tmp_path, columns, segments=by("g", reference, min_rows=500))
    assert (found.check.id, found.verdict) == ("m-own-g=*", Verdict.NO_DATA)


def test_a_function_is_called_on_no_segment_but_those_it_is_agreed_for(tmp_path: Path) -> None:
    sizes = tmp_path / "sizes"
    reference = function(
        tmp_path,
        f"with open({str(sizes)!r}, 'a') as file: print(len(y_true), file=file)",
        "return 1.0",
    )
    thresholds = {"other": {"metric": function(tmp_path, RIGHT), "min": 0}}
    segments = by("g", reference, values=["a"])
    results_of(tmp_path, log(), thresholds=thresholds, segments=segments)
    assert set(sizes.read_text().split()) == {str(log()["g"].count("a"))}


# Too many rows.


def test_more_rows_than_agreed_are_not_loaded(tmp_path: Path) -> None:
    reference = function(tmp_path, "1.0")
    assert complaint(tmp_path, reference, max_rows=199) == (
        "200 rows would have to be loaded, more than max_rows = 199; set max_rows higher, "
        "or judge a shorter window"
    )
    assert result(tmp_path, reference, max_rows=200).verdict is Verdict.PASS


def test_the_rows_of_a_segmentation_count_together(tmp_path: Path) -> None:
    few = {"own": {"metric": function(tmp_path, "1.0"), "max": FAR, "max_rows": 150}}
    listed = {"by": "g", "values": ["a"], "thresholds": few}
    found = results_of(tmp_path, log(), thresholds=few, segments=[listed])
    assert [one.verdict for one in found] == [Verdict.ERROR, Verdict.PASS]
    every = {"by": "g", "thresholds": few}
    _, *found = results_of(tmp_path, log(), segments=[every])
    assert [one.verdict for one in found] == [Verdict.ERROR, Verdict.ERROR]


def test_a_million_rows_is_the_limit_where_none_is_agreed(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, thresholds={"own": {"metric": "a:b", "min": 0}})
    assert settings.models["m"].thresholds["own"].max_rows == 1_000_000


# What a function may do wrong: an ERROR of its own checks.


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (["raise ValueError('no luck')"], "raised ValueError: no luck"),
        (["raise SystemExit(3)"], "raised SystemExit: 3"),
        (["float('nan')"], "answered with nan, which can be held against no bound"),
        (["-np.inf"], "answered with -inf, which can be held against no bound"),
        (["None"], "answered with a NoneType, which is no number"),
        (["'0.5'"], "answered with a str, which is no number"),
        (["True"], "answered with a bool, which is no number"),
        (["1j"], "answered with a complex, which is no number"),
        (["y_true"], "answered with a ndarray, which is no number"),
        (["np.array([0.5])"], "answered with a ndarray, which is no number"),
        (["np.array('a')"], "answered with a str, which is no number"),
        (["10**400"], "answered with a number that is too large"),
        (["import no_such_module", "return 1"], "raised ModuleNotFoundError: No module named "),
    ],
)
def test_what_is_wrong_with_a_function_is_told_in_a_sentence(
    tmp_path: Path, body: list[str], told: str
) -> None:
    assert complaint(tmp_path, function(tmp_path, *body)).startswith(told)


@pytest.mark.parametrize(
    ("takes", "told"),
    [
        (
            "actual, predicted",
            "takes actual, predicted, but is given only y_true, y_pred, y_score, weight",
        ),
        ("y_true, y_prob", "takes y_prob, but the model has no scores"),
        ("y_true, y_proba=None", "takes y_proba, but the model has no scores"),
        ("y_true, y_score", "takes y_score, but the model has no scores"),
        ("", "takes none of y_true, y_pred, y_score, weight"),
        ("rate=1", "takes none of y_true, y_pred, y_score, weight"),
        ("y_true, /", "raised TypeError: own() got some positional-only arguments passed as "),
    ],
)
def test_arguments_that_there_are_not_are_told(tmp_path: Path, takes: str, told: str) -> None:
    assert complaint(tmp_path, function(tmp_path, "1.0", takes=takes)).startswith(told)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "module MODULE has no 'own'"),
        ("own = 3", "is no function but a int"),
        ("def own(", "can't be imported, it raised SyntaxError: "),
        ("raise SystemExit", "can't be imported, it raised SystemExit"),
        ("import no_such_module", "can't be imported, it raised ModuleNotFoundError: "),
        ("own = max", "does not tell which arguments it takes"),
    ],
)
def test_what_cannot_be_imported_or_called_is_told(tmp_path: Path, source: str, told: str) -> None:
    reference = python_module(tmp_path, source, "own")["python"]
    told = told.replace("MODULE", reference.split(":")[0])
    assert complaint(tmp_path, reference).startswith(told)


def test_other_checks_of_the_model_are_judged(tmp_path: Path) -> None:
    broken, honest = function(tmp_path, "raise ValueError"), function(tmp_path, "1.0")
    thresholds = {
        "accuracy": 0.5,
        "broken": {"metric": broken, "min": 0},
        "gone": {"metric": "no_such_module:own", "min": 0},
        "few": {"metric": honest, "min": 0, "max_rows": 1},
        "honest": {"metric": honest, "min": 0},
    }
    found = results_of(tmp_path, log(), thresholds=thresholds)
    assert {one.check.metric: one.verdict for one in found} == {
        "accuracy": Verdict.PASS,
        "broken": Verdict.ERROR,
        "gone": Verdict.ERROR,
        "few": Verdict.ERROR,
        "honest": Verdict.PASS,
    }


def test_a_module_beside_the_thresholds_is_at_hand_when_the_function_is_called(
    tmp_path: Path,
) -> None:
    helper = python_module(tmp_path, "RATE = 0.25")["python"].split(":")[0]
    reference = function(tmp_path, f"from {helper} import RATE", "return RATE")
    assert estimate(tmp_path, reference).value == 0.25


def test_a_callable_object_is_as_good_as_a_function(tmp_path: Path) -> None:
    source = "class Rate:\n    def __call__(self, y_true):\n        return 0.5\nown = Rate()"
    assert estimate(tmp_path, python_module(tmp_path, source, "own")["python"]).value == 0.5


# On resamples.


def test_a_few_resamples_without_a_value_are_left_out_and_counted(tmp_path: Path) -> None:
    columns = {"y": [1] * 4 + [0] * 46, "p": [1, 1, 0, 0] + [0] * 46}
    reference = function(
        tmp_path, "if not y_true.any(): raise ValueError", "return y_pred[y_true == 1].mean()"
    )
    found = estimate(tmp_path, reference, columns)
    assert found.method == "bootstrap, 983 of 1,000 resamples, seed 0"
    assert found.value == 0.5


@pytest.mark.parametrize("bad", ["float('nan')", "1 / 0"])
def test_many_resamples_without_a_value_are_an_error(tmp_path: Path, bad: str) -> None:
    columns = {"y": [1] * 2 + [0] * 48, "p": [0] * 50}
    reference = function(tmp_path, f"if not y_true.any(): return {bad}", "return 1.0")
    told = complaint(tmp_path, reference, columns)
    assert "nan" in told or "ZeroDivisionError" in told
    assert told.endswith(
        " resamples of the rows, though not on the rows themselves; where so many have no value "
        "there is no interval)"
    )
    assert "(on 51 of the first " in told


def test_what_it_says_a_thousand_times_is_heard_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = function(
        tmp_path, "print('heard')", "warnings.warn('beware', stacklevel=1)", "return 1.0"
    )
    with pytest.warns(UserWarning, match="beware") as caught:
        estimate(tmp_path, reference)
    assert len(caught) == 1
    assert capsys.readouterr().out == "heard\n"


def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    reference = function(tmp_path, "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        estimate(tmp_path, reference)
