"""The SQL's aggregates against the same sums over plain lists, for the whole and for segments."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sample_data import estimated, measured, python_model, write_data

from model_checks.engines.duckdb import DuckDB
from model_checks.measuring import Measurement
from model_checks.metrics import METRICS

AGGREGATES = {"binary": ["accuracy", "roc_auc"], "multiclass": ["accuracy", "roc_auc"]}
AGGREGATES["regression"] = ["mae"]


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
    counts = measurement.aggregates[()].confusion
    assert counts is not None
    assert counts.labels == ("0", "1")
    assert counts.rows.tolist() == [[2, 1], [1, 2]]
    assert counts.weight.tolist() == [[2, 3], [2, 1]]
    assert counts.weight2.tolist() == [[2.5, 9], [4, 1]]


def test_every_segment_has_aggregates_and_knows_its_rows(tmp_path: Path) -> None:
    measurement = aggregated(tmp_path, BINARY, "binary", score="s", prediction="p", by="g")
    rows = {segment: aggregates.rows for segment, aggregates in measurement.aggregates.items()}
    assert rows == {(): 6, (("g", "a"),): 3, (("g", "b"),): 2, (("g", None),): 1}
    for aggregates in measurement.aggregates.values():
        assert aggregates.confusion is not None
        assert aggregates.ranks is not None
        assert aggregates.moments is None
        assert aggregates.confusion.rows.sum() == aggregates.ranks.rows.sum() == aggregates.rows


def test_columns_of_a_segmentation_are_taken_together(tmp_path: Path) -> None:
    columns = {**BINARY, "h": [1.0, 1.5, 1.0, float("nan"), 1.0, None]}
    measurement = aggregated(tmp_path, columns, "binary", score="s", prediction="p", by=["h", "g"])
    expected = Counter(zip(["1", "1.5", "1", None, "1", None], columns["g"], strict=True))
    found = {
        tuple(value for _, value in segment): aggregates.rows
        for segment, aggregates in measurement.aggregates.items()
        if segment
    }
    assert found == expected
    assert all(
        [column for column, _ in segment] == ["h", "g"]
        for segment in measurement.aggregates
        if segment
    )


def test_several_segmentations_have_their_own_aggregates(tmp_path: Path) -> None:
    segments = [
        {"by": "g", "thresholds": {"accuracy": 0.5}},
        {"by": "h", "thresholds": {"roc_auc": 0.5}},
    ]
    columns = {**BINARY, "h": [True, True, True, False, False, True]}
    measurement = measured(tmp_path, columns, score="s", prediction="p", segments=segments)
    by_g = measurement.aggregates[(("g", "a"),)]
    by_h = measurement.aggregates[(("h", "true"),)]
    assert (by_g.confusion is None, by_g.ranks is None) == (False, True)
    assert (by_h.confusion is None, by_h.ranks is None) == (True, False)
    assert measurement.aggregates[()].ranks is None


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
    ranks = measurement.aggregates[()].ranks
    assert ranks is not None
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
    scores = {label: np.round(draw.random(60), 1).tolist() for label in "abc"}
    weight = np.round(draw.random(60), 2).tolist()
    columns = {"y": true, "w": weight, **{f"s_{x}": scores[x] for x in "abc"}}
    table = {x: f"s_{x}" for x in "abc"}
    measurement = aggregated(tmp_path, columns, "multiclass", score=table, weight="w")
    ranks = measurement.aggregates[()].ranks
    assert ranks is not None
    places = np.array([naive_placements(true, scores[x], weight, x) for x in "abc"])
    for position, label in enumerate(ranks.labels):
        rows = np.array(true) == label
        own = places[:, rows]
        weights = np.array(weight)[rows]
        assert ranks.sums[position] == pytest.approx(own @ weights, rel=1e-12)
        assert ranks.products[position] == pytest.approx((own * weights) @ own.T, rel=1e-12)


def test_error_moments_are_sums_of_powers(tmp_path: Path) -> None:
    columns = {"y": [1.0, 2.0, 3.0], "p": [2.0, 0.0, 3.5], "w": [1.0, 2.0, 0.5]}
    measurement = aggregated(tmp_path, columns, "regression", weight="w")
    moments = measurement.aggregates[()].moments
    assert moments is not None
    assert (moments.rows, moments.weight, moments.weight2) == (3, 3.5, 5.25)
    for power, total in moments.powers.items():
        assert total == pytest.approx(1 + 2 * 2**power + 0.5 * 0.5**power)
    assert set(moments.powers) == {1, 2, 3, 4, 6}


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
            one = estimated(plain, metric, segment=(("g", value),))
            assert estimated(measurement, metric, segment=((names["g"], value),)) == one


@pytest.mark.parametrize("value", ["it's", "'; drop table given; --", "a\nb", "", "null", "NaN"])
def test_values_of_segments_may_be_anything(tmp_path: Path, value: str) -> None:
    columns = {**BINARY, "g": [value, value, value, None, "x", "x"]}
    measurement = aggregated(tmp_path, columns, "binary", score="s", prediction="p", by="g")
    rows = {segment: aggregates.rows for segment, aggregates in measurement.aggregates.items()}
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
    assert {len(segment) for segment in logged.aggregates} == {0, 1}
    assert set(called.aggregates) == set(logged.aggregates)
    for segment in logged.aggregates:
        one, other = (estimated(m, "accuracy", segment=segment) for m in (logged, called))
        assert one == other


def test_every_kind_of_aggregate_is_asked_for_here() -> None:
    asked = {METRICS[name].aggregate for names in AGGREGATES.values() for name in names}
    assert asked == {metric.aggregate for metric in METRICS.values()}


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
    by_kind = {METRICS[name].aggregate: name for name in metrics}
    keys: dict[str, Any] = {"prediction": "p", "data": "few.parquet"}
    if task == "binary":
        keys["score"] = "s"
    if task == "multiclass":
        keys["score"] = {"0": "s0", "1": "s1", "2": "s"}

    def count(values: int, names: list[str], segmentations: int) -> int:
        rows = np.arange(1200)
        columns = {"y": rows % 2, "p": rows // 2 % 2, "s": rows / 1200}
        columns |= {"s0": rows[::-1] / 2400, "s1": rows % 7 / 14}
        columns |= {f"g{k}": rows // (k + 3) % values for k in range(segmentations)}
        write_data(tmp_path / "few.parquet", columns)
        agreed = dict.fromkeys(names, 0.5)
        segments = [{"by": f"g{k}", "thresholds": agreed} for k in range(segmentations)]
        keys["thresholds"], keys["segments"] = agreed, segments
        return len(queries_of(tmp_path, monkeypatch, task, **keys))

    few = list(by_kind.values())
    assert count(200, metrics, 1) == count(2, few, 1)
    one, two, three = (count(5, metrics, segmentations) for segmentations in (1, 2, 3))
    per_segmentation = two - one
    assert three - two == per_segmentation
    # One for the values of the segmentation, one for each kind, and what rank sums start from.
    assert per_segmentation <= 1 + len(by_kind)
