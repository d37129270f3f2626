"""What is measured in a real Postgres and a real SQLite, against DuckDB on the same rows."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from databases import VARIABLE, Somewhere
from sample_data import agreed, measured

from model_checks.aggregates import RankSums
from model_checks.measuring import Measurement
from model_checks.metrics import metrics_of

HERE = {"url_env": VARIABLE, "table": "predictions"}


def in_order(ranks: RankSums) -> RankSums:
    """By label: engines return groups in any order."""
    order = np.argsort(ranks.labels)
    kept = {"labels": tuple(np.array(ranks.labels)[order].tolist())}
    arrays = ("rows", "weight", "weight2", "sums", "products")
    return replace(ranks, **kept, **{name: getattr(ranks, name)[order] for name in arrays})


def assert_alike(one: Any, other: Any) -> None:
    """Two values equal to 1e-12, and in all that is no number to the letter."""
    if isinstance(one, RankSums):
        one, other = in_order(one), in_order(other)
    if is_dataclass(one):
        assert type(one) is type(other)
        for field in fields(one):
            if field.name != "relation":  # times and texts are written as the engine has them
                assert_alike(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, Mapping):
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert_alike(value, other[key])
    elif isinstance(one, np.ndarray | float):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-300)
    elif isinstance(one, tuple) and any(is_dataclass(part) for part in one):
        assert len(one) == len(other)
        for part, its in zip(one, other, strict=True):
            assert_alike(part, its)
    else:
        assert one == other


def assert_measured_alike(
    folder: Path, database: Somewhere, columns: Mapping[str, Any], **keys: Any
) -> Measurement:
    """All that DuckDB measures on some columns, and what the database does."""
    database.write("predictions", columns)
    by_duckdb = measured(folder, columns, **keys)
    there = measured(folder, data=HERE, **keys)
    assert_alike(by_duckdb, there)
    return there


def logged(task: str, seed: int, rows: int = 500) -> tuple[dict[str, Any], dict[str, Any]]:
    """Predictions at random with ties among the scores, and the keys that name their columns."""
    draws = np.random.default_rng(seed)
    columns: dict[str, Any] = {
        "g": draws.choice(["a", "b", "it's", "Ä:p0 %s", None], rows).tolist(),
        "n": draws.choice([1.0, 1.5, -2.0, 1e17, float("nan")], rows).tolist(),
        "b": draws.choice([True, False, None], rows).tolist(),
        "w": draws.choice([0.0, 0.25, 1.0, 3.7], rows).tolist(),
    }
    if task == "regression":
        columns["y"] = draws.normal(5, 3, rows).tolist()
        columns["p"] = (np.array(columns["y"]) + draws.standard_t(4, rows)).tolist()
        return columns, {"prediction": "p"}
    labels = ["no", "yes"] if task == "binary" else ["x", "y", "z"]
    columns["y"] = draws.choice(labels, rows).tolist()
    columns["p"] = draws.choice(labels, rows).tolist()
    scores = draws.integers(0, 40, (len(labels), rows)) / 40
    columns |= {f"s_{label}": score.tolist() for label, score in zip(labels, scores, strict=True)}
    if task == "binary":
        return columns, {"prediction": "p", "score": "s_yes", "positive_label": "yes"}
    return columns, {"prediction": "p", "score": {label: f"s_{label}" for label in labels}}


SEGMENTS = [["g"], ["n"], ["b"], ["g", "b"]]


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_aggregate_is_as_of_duckdb(
    tmp_path: Path, database: Somewhere, task: str, weight: str | None
) -> None:
    for seed in range(3):
        columns, keys = logged(task, seed)
        keys |= {"weight": weight} if weight else {}
        thresholds = agreed(metrics_of(task))
        segments = [{"by": by, "thresholds": thresholds} for by in SEGMENTS]
        there = assert_measured_alike(
            tmp_path,
            database,
            columns,
            task=task,
            thresholds=thresholds,
            segments=segments,
            **keys,
        )
        assert len(there.aggregates) > 20
