"""What a model is compared with, on the same rows or on others, and whom its errors concern."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from support.alike import assert_alike, logged, logged_labels
from support.databases import VARIABLE, Somewhere
from support.paired_data import (
    Columns,
    baseline_of,
    checks_of,
    correlations,
    everything,
    measured_beside,
    two_models,
    with_baseline,
)
from support.sample_data import (
    agreed,
    estimated,
    measured,
    measured_for,
    measurement_of,
    python_model,
    settings_of,
    write_data,
)

from model_checks.measure.model import Measurement
from model_checks.measure.statistics import find_pairs
from model_checks.metrics import TASKS, metrics_of
from model_checks.metrics.statistics import ConfusionCounts, JointCounts, ProbabilitySums

NAN = float("nan")
ROWS: Columns = {
    "y": [1, 1, 0, 0, 1, 0],
    "p": [1, 0, 0, 1, 1, 0],
    "q": [1, 1, 0, 1, 0, 0],
    "x": [0.9, 0.4, 0.3, 0.7, 0.6, 0.1],
    "z": [0.8, 0.6, 0.4, 0.9, 0.2, 0.3],
    "g": ["a", "a", "a", "b", "b", "b"],
}
BOTH = {"prediction": "q", "score": "z"}
SCORED: Columns = {"thresholds": {"accuracy": 0.5, "roc_auc": 0.5}}


def scorer(folder: Path, feature: str) -> dict[str, str]:
    """A binary model whose score is a feature."""
    return python_model(
        folder,
        f"(frame.{feature} > 0.5).astype(int)",
        f"np.column_stack([1 - frame.{feature}, frame.{feature}])",
        feature_names_in_=[feature],
        classes_=[0, 1],
    )


def either(folder: Path, feature: str, predictions: str, *, called: bool) -> dict[str, Any]:
    """The same answers, by a model that is called or logged."""
    if called:
        return {"model": scorer(folder, feature)}
    return {"prediction": predictions, "score": feature}


# Another model on the same rows


def test_called_or_logged_makes_no_difference(tmp_path: Path) -> None:
    found = []
    for current, other in product([True, False], repeat=2):
        folder = tmp_path / f"{current}-{other}"
        folder.mkdir()
        baseline = either(folder, "z", "q", called=other)
        own = either(folder, "x", "p", called=current)
        segments = [{"by": "g", **SCORED}]
        columns = {**ROWS, "p": [int(x > 0.5) for x in ROWS["x"]]}
        columns["q"] = [int(z > 0.5) for z in ROWS["z"]]
        one = measured_beside(folder, columns, baseline, **own, **SCORED, segments=segments)
        found.append((baseline_of(one), one.statistics))
    first = found[0]
    assert first[0].pairs is not None
    assert len(first[0].pairs) == 3
    for base, statistics in found[1:]:
        assert_alike(first[0].pairs, base.pairs)
        assert_alike(first[0].statistics, base.statistics)
        assert_alike(first[1], statistics)


def test_joint_counts_are_those_of_the_rows(tmp_path: Path) -> None:
    base = baseline_of(measured_beside(tmp_path, ROWS, {"prediction": "q"}, weight="x"))
    assert base.pairs is not None
    joint = base.pairs[()].of(JointCounts)
    cells = [*zip(joint.true, joint.first, joint.second, joint.rows, joint.weight, strict=True)]
    assert cells == [
        (0, 0, 0, 2, pytest.approx(0.4)),
        (0, 1, 1, 1, 0.7),
        (1, 0, 1, 1, 0.4),
        (1, 1, 0, 1, 0.6),
        (1, 1, 1, 1, 0.9),
    ]
    assert base.pairs[()].rows == 6


def test_the_baseline_is_measured_as_the_model_would_be_in_its_place(tmp_path: Path) -> None:
    for task in TASKS:
        columns, own, other = two_models(task, 200, 1)
        keys = everything(task, weighted=True)
        base = baseline_of(measured_beside(tmp_path, columns, other, **keys, **own))
        alone = measured(tmp_path, columns, **{**keys, **own, **other})
        assert_alike(alone.statistics, base.statistics)


def test_two_models_are_called_on_the_same_batches(tmp_path: Path) -> None:
    told = tmp_path / "calls"
    models = []
    for name in "ab":
        model = python_model(
            tmp_path, f"frame.x + os.system(f'echo {name}{{len(frame)}} >> {told}')"
        )
        module = tmp_path / f"{model['python'].partition(':')[0]}.py"
        module.write_text(f"import os\n{module.read_text()}")
        models.append(model)
    columns = {"y": [0, 1] * 3000, "x": [0, 1] * 3000}
    heard: list[tuple[int, int]] = []
    settings = with_baseline(settings_of(tmp_path, columns, model=models[0]), model=models[1])
    tell = lambda done, total: heard.append((done, total))  # noqa: E731
    found = measured_for(settings, checks_of(settings), tmp_path, tell)
    baseline_of(found)
    assert told.read_text().split() == ["a1024", "b1024", "a4096", "b4096", "a880", "b880"]
    assert heard == [(1024, 6000), (5120, 6000), (6000, 6000)]


def test_each_model_is_told_by_the_sum_of_its_own_file(tmp_path: Path) -> None:
    found = measured_beside(
        tmp_path, ROWS, {"model": scorer(tmp_path, "z")}, model=scorer(tmp_path, "x"), **SCORED
    )
    base = baseline_of(found)
    assert (found.facts.sha256, base.sha256) == (None, None)
    assert base.source.startswith("deployed_")
    logged_one = baseline_of(measured_beside(tmp_path, ROWS, {"prediction": "q"}))
    assert logged_one.source == "logged predictions 'q'"


def test_features_of_the_settings_serve_a_baseline_that_tells_none(tmp_path: Path) -> None:
    model = python_model(tmp_path, "(frame.x > 0.5).astype(int)", feature_names_in_=None)
    telling = python_model(tmp_path, "(frame.z > 0.5).astype(int)", feature_names_in_=["z"])
    keys = {"model": model, "features": ["x"]}
    for other, expected in ((model, 1.0), (telling, 4 / 6)):
        base = baseline_of(measured_beside(tmp_path, ROWS, {"model": other}, **keys))
        confusion = base.statistics[()].of(ConfusionCounts)
        assert confusion.rows.trace() / 6 == pytest.approx(expected - (expected == 1) * 1 / 3)


def test_labels_are_those_of_both(tmp_path: Path) -> None:
    columns = {"y": list("abcab"), "p": list("abcab"), "q": list("dbbab")}
    found = measured_beside(
        tmp_path, columns, {"prediction": "q"}, task="multiclass", prediction="p"
    )
    base = baseline_of(found)
    assert base.pairs is not None
    joint = base.pairs[()].of(JointCounts)
    assert (joint.size, joint.first.max(), joint.second.max()) == (4, 2, 3)


def test_models_may_know_different_classes(tmp_path: Path) -> None:
    columns, own, other = two_models("multiclass", 300, 2)
    columns["q9"] = np.zeros(300)
    other["score"] = {**other["score"], "v": "q9"}
    thresholds = agreed(set(metrics_of("multiclass")) - {"roc_auc"})
    keys = {"task": "multiclass", "thresholds": thresholds, **own}
    found = measured_beside(tmp_path, columns, other, **keys)
    same = measured_beside(tmp_path, columns, {**other, "score": {**other["score"]}}, **keys)
    checks = checks_of(settings_of(tmp_path, **keys))
    assert correlations(found, checks) == correlations(same, checks)
    assert baseline_of(found).statistics[()].find(ProbabilitySums)


def test_each_model_may_read_off_its_scores_a_label_that_is_true_of_no_row(tmp_path: Path) -> None:
    columns = {"y": list("aabb"), "a": [0.4, 0.1, 0.3, 0.2], "b": [0.3, 0.2, 0.6, 0.7]}
    columns |= {"c": [0.3, 0.7, 0.1, 0.1], "d": [0.9, 0.0, 0.0, 0.0]}
    own, other = ({label: label for label in labels} for labels in ("abc", "abd"))
    found = measured_beside(tmp_path, columns, {"score": other}, task="multiclass", score=own)
    base = baseline_of(found)
    assert base.pairs is not None
    joint = base.pairs[()].of(JointCounts)
    assert (joint.size, joint.first.max(), joint.second.max()) == (4, 2, 3)


def test_a_label_that_is_true_of_no_row_counts_for_no_weighted_area(tmp_path: Path) -> None:
    columns, own, other = two_models("multiclass", 300, 2)
    thresholds = {"roc_auc": {"min": 0.5, "average": "weighted"}}
    keys: Columns = {"task": "multiclass", "thresholds": thresholds}
    found = []
    for more in ({}, {"v": "q9"}):
        columns["q9"] = np.linspace(0, 1, 300)
        scores = {"score": {**own["score"], **more}}, {"score": {**more, **other["score"]}}
        one, two = {**own, **scores[0]}, {**other, **scores[1]}
        measurement = measured_beside(tmp_path, columns, two, **keys, **one)
        checks = checks_of(settings_of(tmp_path, **keys, **one))
        area = estimated(measurement, "roc_auc", "weighted")
        found.append((area, correlations(measurement, checks)))
    assert found[0] == found[1]


def test_a_stand_in_for_the_other_label_is_no_third_one(tmp_path: Path) -> None:
    columns = {"y": [1, 1, 1], "s": [0.9, 0.2, 0.8], "q": [1, 0, 1]}
    base = baseline_of(measured_beside(tmp_path, columns, {"prediction": "q"}, score="s"))
    assert base.pairs is not None
    assert base.pairs[()].of(JointCounts).size == 2


def test_many_labels_are_counted_where_they_meet(tmp_path: Path) -> None:
    labels = [f"label {k}" for k in range(1000)]
    columns = {"y": labels, "p": labels[::-1], "q": labels}
    found = measured_beside(
        tmp_path, columns, {"prediction": "q"}, task="multiclass", prediction="p"
    )
    base = baseline_of(found)
    assert base.pairs is not None
    assert len(base.pairs[()].of(JointCounts).true) == 1000


# What goes wrong with the baseline concerns the comparison alone


def told(found: Measurement) -> str:
    """Why the baseline could not be measured, where the model was."""
    assert found.facts.error is None
    assert found.statistics
    assert found.baseline is not None
    assert found.baseline.error is not None
    assert not found.baseline.statistics
    return found.baseline.error


LATE = "[0] * len(frame) if len(frame) != 4096 else 1 / 0"


@pytest.mark.parametrize(
    ("predict", "keys", "why"),
    [
        ("1 / 0", {}, "predict raised ZeroDivisionError"),
        (LATE, {}, "predict raised ZeroDivisionError"),
        (
            "[None, *[0] * (len(frame) - 1)]",
            {},
            "prediction of the baseline is missing in 3 of 6,00",
        ),
        ("['dog'] * len(frame)", {}, "prediction of the baseline: 3 labels, '0', '1', 'dog'"),
        ("[[0]]", {}, "predict answered with"),
        ("frame.x", {"feature_names_in_": ["w"]}, "lacks features of the model: 'w'"),
        ("frame.x", {"classes_": ["a"]}, "positive_label '1' is not among its classes 'a'"),
        ("['\\ud800'] * len(frame)", {}, "the answers of the model can't be kept"),
    ],
)
@pytest.mark.parametrize("called", [True, False])
def test_a_model_to_compare_with_may_fail(
    tmp_path: Path, predict: str, keys: dict[str, Any], why: str, called: bool
) -> None:
    columns = {"y": [0, 1] * 3000, "x": [0, 1] * 3000}
    own: dict[str, Any] = {"model": python_model(tmp_path)} if called else {"prediction": "x"}
    found = measured_beside(
        tmp_path, columns, {"model": python_model(tmp_path, predict, **keys)}, **own
    )
    assert why in told(found)
    assert estimated(found, "accuracy").value == 1.0


def test_a_model_to_compare_with_may_be_absent(tmp_path: Path) -> None:
    found = measured_beside(tmp_path, ROWS, {"model": "absent.skops"})
    assert told(found).startswith("model 'absent.skops': no such file in ")


@pytest.mark.parametrize(
    ("columns", "baseline", "why"),
    [
        ({"q": [1, None, 1, 1, 1, 1]}, BOTH, "prediction 'q' is null in 1 of 6"),
        ({"q": [1, 2, 1, 1, 1, 1]}, BOTH, "target 'y' and prediction 'q': 3 labels"),
        ({}, {"prediction": "r"}, "data 'data.parquet': prediction 'r' is no column"),
        ({}, {"prediction": "q", "score": "g"}, "score 'g' is of type VARCHAR, which is no number"),
        ({"z": [NAN] * 6}, BOTH, "score 'z' is NaN in 6 of 6"),
        ({}, {"prediction": "q"}, "logged predictions 'q' have no score, which is compared"),
    ],
)
def test_logged_answers_to_compare_with_may_be_unusable(
    tmp_path: Path, columns: Columns, baseline: dict[str, Any], why: str
) -> None:
    found = measured_beside(
        tmp_path, {**ROWS, **columns}, baseline, prediction="p", score="x", **SCORED
    )
    assert why in told(found)


def test_scores_that_are_no_probabilities_matter_where_such_are_compared(tmp_path: Path) -> None:
    columns = {**ROWS, "z": [7.0, *ROWS["z"][1:]]}
    keys: Columns = {
        "prediction": "p",
        "score": "x",
        "thresholds": {"log_loss": 9.0, "roc_auc": 0.1},
    }
    assert "score 'z' is no probability in 1 of 6" in told(
        measured_beside(tmp_path, columns, BOTH, **keys)
    )
    settings = with_baseline(settings_of(tmp_path, **keys), **BOTH)
    checks = [one for one in checks_of(settings) if one.kind == "level" or one.metric == "roc_auc"]
    baseline_of(measured_for(settings, checks, tmp_path))


def test_an_error_of_the_model_itself_leaves_nothing_to_compare(tmp_path: Path) -> None:
    found = measured_beside(
        tmp_path, ROWS, {"prediction": "q"}, model=python_model(tmp_path, "1 / 0")
    )
    assert found.facts.error is not None
    assert "ZeroDivisionError" in found.facts.error
    assert found.baseline is None


def test_nothing_is_compared_unless_a_check_asks(tmp_path: Path) -> None:
    settings = with_baseline(settings_of(tmp_path, ROWS), model="absent.skops")
    assert measurement_of(settings, tmp_path).baseline is None
    no_data_reason = [
        replace(one, no_data_reason="nothing to compare with") for one in checks_of(settings)
    ]
    assert measured_for(settings, no_data_reason, tmp_path).baseline is None


def test_segments_are_compared_where_a_check_asks(tmp_path: Path) -> None:
    segments = [{"by": "g", "thresholds": {"f1": 0.1}}]
    settings = with_baseline(settings_of(tmp_path, ROWS, segments=segments), prediction="q")
    checks = [one for one in checks_of(settings) if one.kind == "level" or not one.segment]
    base = baseline_of(measured_for(settings, checks, tmp_path))
    assert base.pairs is not None
    assert base.pairs.keys() == base.statistics.keys() == {()}


def test_a_gap_has_its_segments_measured(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, ROWS)
    [level] = checks_of(settings)[:1]
    among = ((("g", "a"),), (("g", "b"),))
    with_segments = settings_of(tmp_path, segments=[{"by": "g", "thresholds": {"f1": 0.1}}])
    gap = replace(level, id="m-gap", kind="gap", among=among)
    found = measured_for(with_segments, [gap], tmp_path)
    assert found.statistics.keys() == set(among)


# The same model on other rows

OTHER = {"y": [1, 0, 1, 1], "p": [1, 0, 0, 0], "x": [0.9, 0.1, 0.2, 0.3], "g": ["a", "b", "b", "c"]}


@pytest.mark.parametrize("called", [True, False])
def test_other_rows_are_measured_as_its_own_would_be(tmp_path: Path, called: bool) -> None:
    keys: dict[str, Any] = either(tmp_path, "x", "p", called=called) | SCORED
    keys["segments"] = [{"by": "g", **SCORED}]
    write_data(tmp_path / "other.parquet", OTHER)
    found = measured_beside(tmp_path, ROWS, {"data": "other.parquet"}, **keys)
    base = baseline_of(found)
    assert (base.source, base.pairs, base.sha256) == ("other.parquet", None, None)
    assert_alike(measured(tmp_path, OTHER, **keys).statistics, base.statistics)
    assert [path.name for path in tmp_path.glob("*.*baseline*")] == []


TIMED = {
    "y": [1, 0, 1],
    "p": [1, 0, 0],
    "t": [date(2012, 1, 1), date(2013, 4, 29), date(2013, 6, 1)],
}


@pytest.mark.parametrize(
    ("keys", "rows"),
    [
        ({}, 3),
        ({"window": "10d"}, 1),
        ({"as_of": datetime(2013, 1, 1, tzinfo=UTC)}, 1),
        ({"window": "30d", "as_of": datetime(2013, 6, 2, tzinfo=UTC)}, 1),
    ],
)
def test_all_of_other_rows_count_unless_a_window_is_named(
    tmp_path: Path, keys: Mapping[str, Any], rows: int
) -> None:
    write_data(tmp_path / "other.parquet", TIMED)
    columns = {"y": [1], "p": [1], "t": [date(2013, 4, 30)]}
    base = {"data": "other.parquet", **keys}
    found = measured_beside(tmp_path, columns, base, time_column="t", window="2d")
    assert baseline_of(found).statistics[()].rows == rows


def test_other_rows_need_no_time_unless_a_window_is_named(tmp_path: Path) -> None:
    write_data(tmp_path / "other.parquet", OTHER)
    columns = {"y": [1], "p": [1], "t": [date(2013, 4, 30)]}
    found = measured_beside(
        tmp_path, columns, {"data": "other.parquet"}, time_column="t", window="2d"
    )
    assert baseline_of(found).statistics[()].rows == 4
    windowed = {"data": "other.parquet", "window": "2d"}
    found = measured_beside(tmp_path, columns, windowed, time_column="t", window="2d")
    assert told(found).startswith("data 'other.parquet': time_column 't' is no column")


def test_other_rows_without_a_label_are_none(tmp_path: Path) -> None:
    write_data(tmp_path / "other.parquet", {"y": pa.array([None], "int64"), "p": [1]})
    assert baseline_of(measured_beside(tmp_path, ROWS, {"data": "other.parquet"})).statistics == {}


def test_other_rows_may_be_unreadable(tmp_path: Path) -> None:
    found = measured_beside(tmp_path, ROWS, {"data": "other.parquet"})
    assert told(found).startswith("data 'other.parquet': no such file in ")
    assert estimated(found, "accuracy").value == pytest.approx(4 / 6)


# Wherever the rows are


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_pair_is_measured_in_a_database_as_by_duckdb(
    tmp_path: Path, database: Somewhere, task: str, weight: str | None
) -> None:
    columns, keys = logged(task, 1)
    keys |= {"weight": weight} if weight else {}
    other: Columns = {"prediction": "q"}
    columns["q"] = columns["p"][1:] + columns["p"][:1]
    for name in [name for name in columns if name.startswith("s_")]:
        own = np.array(columns[name])
        columns[f"t{name[1:]}"] = ((own + np.roll(own, 1)) / 2).tolist()
    if task != "regression":
        labels = ("x", "y", "z")
        other["score"] = "t_go" if task == "binary" else {one: f"t_{one}" for one in labels}
    thresholds = agreed(metrics_of(task))
    segments = [{"by": by, "thresholds": thresholds} for by in (["g"], ["n", "b"])]
    keys |= {"task": task, "thresholds": thresholds, "segments": segments}
    here = measured_beside(tmp_path, columns, other, **keys)
    database.write("predictions", columns)
    there = measured_beside(
        tmp_path, None, other, **keys, data={"url_env": VARIABLE, "table": "predictions"}
    )
    assert len(baseline_of(there).statistics) > 15
    assert_alike(baseline_of(here), baseline_of(there))


def test_pairs_of_labels_are_measured_in_a_database_as_by_duckdb(
    tmp_path: Path, database: Somewhere
) -> None:
    columns, keys = logged_labels("prediction")
    columns |= {f"q{k}": columns[f"p{k}"][1:] + columns[f"p{k}"][:1] for k in range(3)}
    other = {"prediction": ["q0", "q1", "q2"]}
    here = measured_beside(tmp_path, columns, other, **keys)
    database.write("predictions", columns)
    there = measured_beside(
        tmp_path, None, other, **keys, data={"url_env": VARIABLE, "table": "predictions"}
    )
    assert_alike(baseline_of(here), baseline_of(there))


DATED: Columns = {**ROWS, "t": [datetime(2013, 4, day, tzinfo=UTC) for day in range(20, 26)]}


@pytest.mark.parametrize(
    "baseline",
    [
        {"data": "./data.parquet"},
        {"data": "../{folder}/data.parquet"},
        {"data": "{path}/data.parquet"},
        {"data": "data.parquet", "window": "30d"},
        {"data": "./data.parquet", "window": "30d", "as_of": datetime(2013, 4, 24, tzinfo=UTC)},
    ],
)
def test_rows_that_are_judged_are_no_baseline(tmp_path: Path, baseline: dict[str, Any]) -> None:
    places = {"folder": tmp_path.name, "path": str(tmp_path)}
    named = {**baseline, "data": baseline["data"].format(**places)}
    found = measured_beside(tmp_path, DATED, named, time_column="t", window="8d")
    assert found.baseline is not None
    assert found.baseline.error == (
        "it has rows that are judged among its own; end its window by 2013-04-23 00:00 UTC"
    )


def test_rows_before_those_that_are_judged_are_a_baseline(tmp_path: Path) -> None:
    before = {"data": "data.parquet", "as_of": datetime(2013, 4, 23, tzinfo=UTC)}
    found = measured_beside(tmp_path, DATED, before, time_column="t", window="8d")
    assert baseline_of(found).statistics[()].rows == 3


def test_a_model_that_is_told_the_target_is_refused(tmp_path: Path) -> None:
    model = scorer(tmp_path, "y")
    found = measurement_of(settings_of(tmp_path, ROWS, model=model), tmp_path)
    assert found.facts.error is not None
    assert found.facts.error.endswith("its features hold the target: 'y'")


def test_rows_that_come_before_a_pair_is_measured_are_an_error_of_what_compares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = find_pairs

    def find_later(*given: Any) -> Any:
        write_data(tmp_path / "data.parquet", {name: [*v, v[0]] for name, v in ROWS.items()})
        return find(*given)

    monkeypatch.setattr("model_checks.measure.baseline.find_pairs", find_later)
    found = measured_beside(tmp_path, ROWS, BOTH, **SCORED, score="x")
    assert found.facts.error is None
    assert told(found).startswith("6 labelled rows became 7 while the rows were read; ")
