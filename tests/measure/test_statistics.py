"""The SQL's aggregates against the same sums over plain lists, for the whole and for segments."""

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from support.sample_data import (
    agreed,
    came_to,
    estimated,
    label_columns,
    label_keys,
    measured,
    python_model,
    reason,
    write_data,
)

from model_checks.data.duckdb import DuckDB
from model_checks.measure.model import Measurement
from model_checks.metrics import METRICS
from model_checks.metrics.statistics import (
    ConfusionCounts,
    Deviations,
    ErrorMoments,
    LabelSums,
    MedianError,
    ProbabilitySums,
    RankSums,
    RelativeErrors,
)

AGGREGATES = {
    "binary": ["accuracy", "roc_auc", "log_loss"],
    "multiclass": ["accuracy", "roc_auc", "log_loss"],
    "multilabel": ["f1"],
    "regression": ["mae", "mape", "r2", "median_absolute_error"],
}


def aggregated(folder: Path, columns: dict[str, Any], task: str, **keys: Any) -> Measurement:
    """Every kind of aggregate of a task, by segment too if there are columns to segment by."""
    thresholds = dict.fromkeys(AGGREGATES[task], 0.5)
    by = keys.pop("by", None)
    if by:
        keys["segments"] = [{"by": by, "thresholds": thresholds}]
    return measured(folder, columns, task=task, thresholds=thresholds, **keys)


BINARY: dict[str, Any] = {
    "y": [1, 1, 0, 0, 1, 0],
    "p": [1, 0, 0, 1, 1, 0],
    "s": [0.9, 0.4, 0.4, 0.7, 0.4, 0.1],
    "w": [1.0, 2.0, 0.5, 3.0, 0.0, 1.5],
    "g": ["a", "a", "a", "b", "b", None],
}


def test_confusion_counts_are_rows_weights_and_squares(tmp_path: Path) -> None:
    measurement = aggregated(tmp_path, BINARY, "binary", score="s", prediction="p", weight="w")
    counts = measurement.statistics[()].of(ConfusionCounts)
    assert counts.labels == ("0", "1")
    assert counts.rows.tolist() == [[2, 1], [1, 2]]
    assert counts.weight.tolist() == [[2, 3], [2, 1]]
    assert counts.weight2.tolist() == [[2.5, 9], [4, 1]]


def test_every_segment_has_aggregates_and_knows_its_rows(tmp_path: Path) -> None:
    measurement = aggregated(tmp_path, BINARY, "binary", score="s", prediction="p", by="g")
    rows = {segment: statistics.rows for segment, statistics in measurement.statistics.items()}
    assert rows == {(): 6, (("g", "a"),): 3, (("g", "b"),): 2, (("g", None),): 1}
    for statistics in measurement.statistics.values():
        assert statistics.find(ErrorMoments) is None
        assert (
            statistics.of(ConfusionCounts).rows.sum()
            == statistics.of(RankSums).rows.sum()
            == statistics.rows
        )


def test_columns_of_a_segmentation_are_taken_together(tmp_path: Path) -> None:
    columns = {**BINARY, "h": [1.0, 1.5, 1.0, float("nan"), 1.0, None]}
    measurement = aggregated(tmp_path, columns, "binary", score="s", prediction="p", by=["h", "g"])
    expected = Counter(zip(["1", "1.5", "1", None, "1", None], columns["g"], strict=True))
    found = {
        tuple(value for _, value in segment): statistics.rows
        for segment, statistics in measurement.statistics.items()
        if segment
    }
    assert found == expected
    assert all(
        [column for column, _ in segment] == ["h", "g"]
        for segment in measurement.statistics
        if segment
    )


def test_listed_values_of_several_columns_are_held_to_one_by_one(tmp_path: Path) -> None:
    both = {"by": ["h", "g"], "thresholds": {"accuracy": 0.5}}
    values = [["x", "a"], ["x", "b"], ["y", "b"]]
    columns = {**BINARY, "g": list("aabbac"), "h": list("xyyxxx")}
    measurement = aggregated(
        tmp_path,
        columns,
        "binary",
        score="s",
        prediction="p",
        segments=[{**both, "values": values}],
    )
    found = {
        tuple(value for _, value in segment): statistics.rows
        for segment, statistics in measurement.statistics.items()
        if segment
    }
    assert found == {("x", "a"): 2, ("x", "b"): 1, ("y", "b"): 1}


def test_several_segmentations_have_their_own_aggregates(tmp_path: Path) -> None:
    segments = [
        {"by": "g", "thresholds": {"accuracy": 0.5}},
        {"by": "h", "thresholds": {"roc_auc": 0.5}},
    ]
    columns = {**BINARY, "h": [True, True, True, False, False, True]}
    measurement = measured(tmp_path, columns, score="s", prediction="p", segments=segments)
    by_g = measurement.statistics[(("g", "a"),)]
    by_h = measurement.statistics[(("h", "true"),)]
    assert (by_g.find(ConfusionCounts) is None, by_g.find(RankSums) is None) == (False, True)
    assert (by_h.find(ConfusionCounts) is None, by_h.find(RankSums) is None) == (True, False)
    assert measurement.statistics[()].find(RankSums) is None


def naive_placements(
    true: list[Any], score: list[float], weight: list[float], label: Any
) -> list[float]:
    """The opposite weight below each row, ties counting half."""
    return [
        sum(
            w * (1.0 if s < own_score else 0.5 if s == own_score else 0.0)
            for t, s, w in zip(true, score, weight, strict=True)
            if (t == label) != (own == label)
        )
        for own, own_score in zip(true, score, strict=True)
    ]


def test_rank_sums_are_those_of_the_placements(tmp_path: Path) -> None:
    measurement = aggregated(tmp_path, BINARY, "binary", score="s", prediction="p", weight="w")
    ranks = measurement.statistics[()].of(RankSums)
    assert ranks.scored == ("1",)
    places = naive_placements(BINARY["y"], BINARY["s"], BINARY["w"], 1)
    for position, label in enumerate(ranks.labels):
        rows = [
            (w, place)
            for y, w, place in zip(BINARY["y"], BINARY["w"], places, strict=True)
            if str(y) == label
        ]
        assert ranks.rows[position] == len(rows)
        assert ranks.weight[position] == sum(w for w, _ in rows)
        assert ranks.weight2[position] == sum(w * w for w, _ in rows)
        assert ranks.sums[position].tolist() == [sum(w * place for w, place in rows)]
        squares = sum(w * place**2 for w, place in rows)
        assert ranks.products[position].tolist() == [[squares]]


def test_rank_sums_of_several_scores_hold_their_products(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    true = draw.choice(["a", "b", "c"], 60).tolist()
    tenths = draw.multinomial(10, [1 / 3] * 3, 60).T / 10
    scores = {label: column.tolist() for label, column in zip("abc", tenths, strict=True)}
    weight = np.round(draw.random(60), 2).tolist()
    columns = {"y": true, "w": weight, **{f"s_{x}": scores[x] for x in "abc"}}
    table = {x: f"s_{x}" for x in "abc"}
    measurement = aggregated(tmp_path, columns, "multiclass", score=table, weight="w")
    ranks = measurement.statistics[()].of(RankSums)
    places = np.array([naive_placements(true, scores[x], weight, x) for x in "abc"])
    for position, label in enumerate(ranks.labels):
        rows = np.array(true) == label
        own = places[:, rows]
        weights = np.array(weight)[rows]
        assert ranks.sums[position] == pytest.approx(own @ weights, rel=1e-12)
        assert ranks.products[position] == pytest.approx((own * weights) @ own.T, rel=1e-12)


def test_label_sums_are_those_of_the_outcomes_and_their_products(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    true, predicted = draw.integers(2, size=(2, 60, 4))
    weight = np.round(draw.random(60), 2)
    columns = {**label_columns(true, predicted), "w": weight, "g": draw.choice(["a", "b"], 60)}
    keys = {**label_keys(columns), "weight": "w"}
    measurement = aggregated(tmp_path, columns, by="g", **keys)
    for segment, rows in (((), weight > -1), ((("g", "b"),), columns["g"] == "b")):
        found, w = measurement.statistics[segment].of(LabelSums), weight[rows]
        assert found is not None
        assert found.labels == ("y0", "y1", "y2", "y3")
        y, p = true[rows], predicted[rows]
        outcomes = np.stack([y * p, (1 - y) * p, y * (1 - p)])
        products = np.einsum("i,jik,lim->jklm", w, outcomes, outcomes)
        assert found.products == pytest.approx(products, rel=1e-12)
        assert found.sums == pytest.approx(np.einsum("i,jik->jk", w, outcomes), rel=1e-12)
        assert (found.rows, found.count) == (rows.sum(), rows.sum())
        exact = w[(y == p).all(axis=1)].sum()
        numbers = (found.weight, found.weight2, found.exact)
        assert numbers == pytest.approx((w.sum(), (w**2).sum(), exact), rel=1e-12)


def test_error_moments_are_sums_of_powers(tmp_path: Path) -> None:
    columns = {"y": [1.0, 2.0, 3.0], "p": [2.0, 0.0, 3.5], "w": [1.0, 2.0, 0.5]}
    measurement = aggregated(tmp_path, columns, "regression", weight="w")
    moments = measurement.statistics[()].of(ErrorMoments)
    assert (moments.rows, moments.weight, moments.weight2) == (3, 3.5, 5.25)
    for power, total in moments.powers.items():
        assert total == pytest.approx(1 + 2 * 2**power + 0.5 * 0.5**power)
    assert set(moments.powers) == {1, 2, 3, 4, 6}
    assert moments.largest == 2


def test_the_largest_error_is_of_a_row_that_has_weight(tmp_path: Path) -> None:
    columns = {"y": [1.0, 2.0, 3.0], "p": [2.0, 0.0, 30.0], "w": [1.0, 2.0, 0.0]}
    measurement = aggregated(tmp_path, columns, "regression", weight="w")
    moments = measurement.statistics[()].of(ErrorMoments)
    assert moments.largest == 2


def test_relative_errors_leave_out_targets_of_zero_and_count_them(tmp_path: Path) -> None:
    columns = {"y": [-1.0, 2.0, 0.0, 0.0], "p": [2.0, 1.0, 3.0, 3.0], "w": [1.0, 2.0, 0.5, 0.0]}
    measurement = aggregated(tmp_path, columns, "regression", weight="w")
    relative = measurement.statistics[()].of(RelativeErrors)
    assert (relative.rows, relative.weight, relative.weight2) == (4, 3.5, 5.25)
    assert relative.zeros == 1
    assert relative.powers == pytest.approx([3**k + 2 * 0.5**k for k in (1, 2, 3)])


def test_deviations_are_from_the_means_of_each_segment(tmp_path: Path) -> None:
    draw = np.random.default_rng(2)
    true, weight = draw.normal(1e6, 1, 90), draw.random(90)
    predicted = true + draw.normal(-1e5, 2, 90)
    names = [["a", None, "b", ""][k % 4] for k in range(90)]
    columns: dict[str, Any] = {"y": true, "p": predicted, "w": weight, "g": names}
    columns["h"] = [None if k % 3 else "x" for k in range(90)]
    measurement = aggregated(tmp_path, columns, "regression", weight="w", by=["g", "h"])
    assert len(measurement.statistics) == 1 + 4 * 2
    for segment, statistics in measurement.statistics.items():
        rows = np.array([all(columns[c][k] == v for c, v in segment) for k in range(90)])
        w, error = weight[rows], predicted[rows] - true[rows]
        d, u = (x - np.average(x, weights=w) for x in (error, true[rows]))
        deviations = statistics.of(Deviations)
        assert deviations.rows == rows.sum()
        assert deviations.bias == pytest.approx(np.average(error, weights=w), rel=1e-14)
        assert not deviations.constant
        for (i, j), total in deviations.products.items():
            scale = float((w * abs(d) ** i * abs(u) ** j).sum())
            assert total == pytest.approx(float((w * d**i * u**j).sum()), abs=1e-9 * scale)


def test_a_constant_target_is_noticed_whatever_rounding_does_to_its_mean(tmp_path: Path) -> None:
    columns = {"y": [0.1] * 3 + [7.0], "p": [0.1, 0.2, 0.3, 0.4], "w": [1.0, 1.0, 1.0, 0.0]}
    measurement = aggregated(tmp_path, columns, "regression", weight="w")
    deviations = measurement.statistics[()].of(Deviations)
    assert deviations.constant


def test_the_median_error_has_limits_at_each_confidence_asked_for(tmp_path: Path) -> None:
    errors = np.random.default_rng(3).permutation(np.arange(1.0, 101))
    agreed = {"median_absolute_error": {"max": 1, "confidence": 0.9}}
    segments = [{"by": "g", "thresholds": {"median_absolute_error": {"max": 1}}}]
    columns = {"y": np.zeros(100), "p": errors, "g": ["x"] * 100}
    keys = {"task": "regression", "thresholds": agreed, "segments": segments}
    median = measured(tmp_path, columns, **keys).statistics[()].of(MedianError)
    assert median.median == 50.5
    # Half of the rows less and more 1.645 * 5 of them, and 1.96 * 5, and a little for Student.
    assert median.limits == {0.9: (42, 59), 0.95: (41, 60)}


def test_the_median_error_has_further_limits_where_a_p_value_is_asked_for(tmp_path: Path) -> None:
    columns = {"y": np.zeros(100), "p": np.arange(1.0, 101)}
    agreed = {"median_absolute_error": {"max": 60, "rule": "tolerant"}}
    median = (
        measured(tmp_path, columns, task="regression", thresholds=agreed)
        .statistics[()]
        .of(MedianError)
    )
    limits = [median.limits[level] for level in sorted(median.limits)]
    assert len(limits) > 10
    assert limits == sorted(limits, key=lambda pair: pair[1] - pair[0])
    assert median.limits[0.95] == (41, 60)


def test_few_rows_set_no_limits_to_the_median(tmp_path: Path) -> None:
    columns = {"y": [0.0, 0.0, 0.0, 0.0], "p": [1.0, 2.0, 3.0, 9.0]}
    measurement = aggregated(tmp_path, columns, "regression")
    median = measurement.statistics[()].of(MedianError)
    assert median.limits == {0.95: (0, math.inf)}


def test_the_median_of_weights_stands_where_half_of_them_lies(tmp_path: Path) -> None:
    columns = {"y": [0.0] * 5, "p": [1.0, 2.0, 3.0, 4.0, 5.0]}
    # A tenth is not exact in a float: half of the weight lies at 2 all the same.
    for weight, expected in (
        ([0.1, 0.2, 0.0, 0.1, 0.2], 3.0),
        ([0.1, 0.5, 0.0, 0.2, 0.4], 3.0),
        ([0.1, 0.1, 0.0, 0.3, 0.0], 4.0),
        ([0.0, 1.0, 0.0, 0.0, 0.0], 2.0),
    ):
        measurement = aggregated(tmp_path, {**columns, "w": weight}, "regression", weight="w")
        median = measurement.statistics[()].of(MedianError)
        assert median.median == expected


def test_probability_sums_are_of_losses_distances_and_gaps(tmp_path: Path) -> None:
    keys = {"score": "s", "prediction": "p", "weight": "w"}
    found = aggregated(tmp_path, BINARY, "binary", **keys).statistics[()].of(ProbabilitySums)
    true, score, weight = (np.array(BINARY[name]) for name in "ysw")
    assert (found.rows, found.weight, found.weight2) == (6, 8.0, 16.5)
    given = np.where(true == 1, score, 1 - score)
    for power in (1, 2, 3):
        loss = (weight * (-np.log(given)) ** power).sum()
        assert found.log_losses[power - 1] == pytest.approx(loss)
        square = (weight * (1 - given) ** (2 * power)).sum()
        assert found.squares[power - 1] == pytest.approx(square)
    gap = true - score
    bins = [score == value for value in (0.1, 0.4, 0.7, 0.9)]
    expected = [((weight * gap)[rows].sum(), (weight * gap**2)[rows].sum()) for rows in bins]
    assert np.array(sorted(found.gaps)) == pytest.approx(np.array(sorted(expected)))


@pytest.mark.parametrize("edge", [k / 15 for k in range(16)])
def test_a_bin_of_confidence_holds_its_upper_edge(tmp_path: Path, edge: float) -> None:
    inside = [max(edge - 0.03, 0.0), edge]
    outside = [edge + 0.03] if edge < 1 else [edge - 1 / 15]
    columns = {"y": [0, 0, 1], "p": [0, 0, 0], "s": [*inside, *outside]}
    found = aggregated(tmp_path, columns, "binary", score="s", prediction="p")
    probabilities = found.statistics[()].of(ProbabilitySums)
    assert len(probabilities.gaps) == (1 if edge == 0 else 2)


@pytest.mark.parametrize(
    "names",
    [
        # Those that the SQL itself uses, turned round.
        {"y": "y_pred", "p": "y_true", "s": "w", "w": "s0", "g": "given"},
        {"y": "g0", "p": "w", "s": "y_true", "w": "e", "g": "y_pred"},
        {"y": "p0", "p": "upto0", "s": "ties0", "w": "label", "g": "s0"},
        {"y": 'a "b"', "p": "c.d", "s": "e f", "w": "it's", "g": "select"},
        {"y": "ü", "p": "{x}", "s": "100%", "w": "a\nb", "g": "; drop table given"},
        {"y": "model_checks", "p": "count(*)", "s": "1", "w": "null", "g": "*"},
    ],
)
def test_columns_may_have_any_name(tmp_path: Path, names: dict[str, str]) -> None:
    plain = aggregated(tmp_path, BINARY, "binary", score="s", prediction="p", weight="w", by="g")
    renamed = {names[column]: values for column, values in BINARY.items()}
    keys = {"target": names["y"], "prediction": names["p"], "score": names["s"]}
    measurement = aggregated(tmp_path, renamed, "binary", weight=names["w"], by=names["g"], **keys)
    for value in ("a", "b", None):
        for metric in AGGREGATES["binary"]:
            one = came_to(plain, metric, segment=(("g", value),))
            assert came_to(measurement, metric, segment=((names["g"], value),)) == one


@pytest.mark.parametrize("value", ["it's", "'; drop table given; --", "a\nb", "", "null", "NaN"])
def test_values_of_segments_may_be_anything(tmp_path: Path, value: str) -> None:
    columns = {**BINARY, "g": [value, value, value, None, "x", "x"]}
    measurement = aggregated(tmp_path, columns, "binary", score="s", prediction="p", by="g")
    rows = {segment: statistics.rows for segment, statistics in measurement.statistics.items()}
    assert rows == {(): 6, (("g", value),): 3, (("g", None),): 1, (("g", "x"),): 2}


SEGMENT_COLUMNS = {
    "words": pa.array(["a", None, "b", "a"]),
    "booleans": pa.array([True, None, False, True]),
    "small numbers": pa.array([1, None, 2, 1], pa.int8()),
    "floats": pa.array([1.5, float("nan"), 2.0, 1.5]),
    "decimals": pa.array([1, None, 2, 1]).cast(pa.decimal128(30, 3)),
    "dates": pa.array([1, None, 2, 1], pa.int32()).cast(pa.date32()),
    "times": pa.array([1, None, 2, 1], pa.timestamp("s")),
    "times in a zone": pa.array([1, None, 2, 1], pa.timestamp("us", "Asia/Tokyo")),
    "nanoseconds": pa.array([1, None, 2, 1], pa.timestamp("ns")),
    "times of day": pa.array([1, None, 2, 1], pa.time64("us")),
    "bytes": pa.array([b"\x00a", None, b"b", b"\x00a"]),
    "dictionaries": pa.array(["a", None, "b", "a"]).dictionary_encode(),
    "lists": pa.array([[1], None, [2, 3], [1]]),
    "structures": pa.array([{"a": 1}, None, {"a": 2}, {"a": 1}]),
}


@pytest.mark.parametrize("kind", SEGMENT_COLUMNS)
def test_a_model_that_is_called_has_the_segments_of_a_log(tmp_path: Path, kind: str) -> None:
    columns: dict[str, Any] = {"y": [0, 1, 1, 0], "p": [0, 1, 0, 1], "x": [0, 1, 0, 1]}
    columns["g"] = SEGMENT_COLUMNS[kind]
    keys = {"segments": [{"by": "g", "thresholds": {"accuracy": 0.5}}]}
    logged = measured(tmp_path, columns, **keys)
    called = measured(tmp_path, columns, model=python_model(tmp_path, "frame.x"), **keys)
    assert {len(segment) for segment in logged.statistics} == {0, 1}
    assert set(called.statistics) == set(logged.statistics)
    for segment in logged.statistics:
        one, other = (estimated(m, "accuracy", segment=segment) for m in (logged, called))
        assert one == other


def test_every_kind_of_aggregate_is_asked_for_here() -> None:
    asked = {
        METRICS[name].form_for(task).statistic
        for task, names in AGGREGATES.items()
        for name in names
    }
    assert asked == {
        metric.form_for(task).statistic for metric in METRICS.values() for task in metric.averages
    }


def queries_of(folder: Path, monkeypatch: pytest.MonkeyPatch, task: str, **keys: Any) -> list[str]:
    """All SQL that measuring a model sends."""
    sent: list[str] = []
    run, batches = DuckDB.run, DuckDB.batches

    def run_and_note(engine: DuckDB, sql: str) -> Any:
        sent.append(sql)
        return run(engine, sql)

    def stream_and_note(engine: DuckDB, sql: str, size: int) -> Any:
        sent.append(sql)
        return batches(engine, sql, size)

    with monkeypatch.context() as patch:
        patch.setattr(DuckDB, "run", run_and_note)
        patch.setattr(DuckDB, "batches", stream_and_note)
        measured(folder, task=task, **keys)
    return sent


@pytest.mark.parametrize("task", AGGREGATES)
def test_the_number_of_queries_does_not_depend_on_thresholds_and_segment_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    metrics = [name for name, metric in METRICS.items() if task in metric.averages]
    by_kind = {METRICS[name].form_for(task).statistic: name for name in metrics}
    keys: dict[str, Any] = {"prediction": "p", "data": "few.parquet"}
    if task == "binary":
        keys["score"] = "s"
    if task == "multiclass":
        keys["score"] = {"0": "s0", "1": "s1", "2": "s"}
    if task == "multilabel":
        keys |= {"target": ["y", "y1"], "prediction": ["p", "p1"]}

    def count(values: int, names: list[str], segmentations: int) -> int:
        rows = np.arange(1200)
        columns: dict[str, Any] = {"y": rows % 2, "p": rows // 2 % 2, "s": rows / 1200}
        rest = 1 - columns["s"]
        columns |= {"s0": rest * (rows % 7) / 7, "s1": rest * (7 - rows % 7) / 7}
        columns |= {"y1": rows % 3 % 2, "p1": rows % 5 % 2}
        columns |= {f"g{k}": rows // (k + 3) % values for k in range(segmentations)}
        write_data(tmp_path / "few.parquet", columns)
        thresholds = agreed(names)
        segments = [{"by": f"g{k}", "thresholds": thresholds} for k in range(segmentations)]
        keys["thresholds"], keys["segments"] = thresholds, segments
        return len(queries_of(tmp_path, monkeypatch, task, **keys))

    few = list(by_kind.values())
    assert count(200, metrics, 1) == count(2, few, 1)
    one, two, three = (count(5, metrics, segmentations) for segmentations in (1, 2, 3))
    per_segmentation = two - one
    assert three - two == per_segmentation
    # One for the values of the segmentation, one for each kind, and what rank sums start from.
    assert per_segmentation <= 1 + len(by_kind)


def test_a_model_of_one_class_has_its_only_score_placed(tmp_path: Path) -> None:
    model = python_model(tmp_path, "['a'] * len(frame)", "np.ones((len(frame), 1))", classes_=["a"])
    columns = {"y": ["a", "a"], "x": [1, 2]}
    measurement = aggregated(tmp_path, columns, "multiclass", model=model)
    assert "only one class" in str(reason(measurement, "roc_auc"))
