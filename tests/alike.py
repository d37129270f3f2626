"""Whether two engines have found the same, and predictions to try it on."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from model_checks.aggregates import ProbabilitySums, RankSums


def in_order(found: Any) -> Any:
    """Rank sums by label, gaps by size: engines return groups in any order."""
    if isinstance(found, ProbabilitySums):
        return replace(found, gaps=tuple(sorted(found.gaps)))
    if not isinstance(found, RankSums):
        return found
    order = np.argsort(found.labels)
    arrays = ("rows", "weight", "weight2", "sums", "products")
    kept: dict[str, Any] = {name: getattr(found, name)[order] for name in arrays}
    return replace(found, labels=tuple(np.array(found.labels)[order].tolist()), **kept)


def assert_alike(one: Any, other: Any) -> None:
    """Two values equal to 1e-12, and in all that is no number to the letter."""
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
    elif isinstance(one, tuple):
        for part, its in zip(one, other, strict=True):
            assert_alike(part, its)
    else:
        assert one == other


def some(draws: np.random.Generator, values: Sequence[Any], rows: int) -> list[Any]:
    return [values[k] for k in draws.integers(0, len(values), rows)]


def logged(task: str, seed: int, rows: int = 500) -> tuple[dict[str, Any], dict[str, Any]]:
    """Predictions at random with ties among the scores, and the keys that name their columns."""
    draws = np.random.default_rng(seed)
    columns: dict[str, Any] = {
        "g": some(draws, ["a", "b", "it's", "Ä:p0 %s", None], rows),
        "n": some(draws, [1.0, 1.5, -2.0, 1e17, float("nan")], rows),
        "b": some(draws, [True, False, None], rows),
        "w": some(draws, [0.0, 0.25, 1.0, 3.7], rows),
    }
    if task == "regression":
        columns["y"] = draws.normal(5, 3, rows).tolist()
        columns["p"] = (np.array(columns["y"]) + draws.standard_t(4, rows)).tolist()
        return columns, {"prediction": "p"}
    labels = ["stay", "go"] if task == "binary" else ["x", "y", "z"]
    columns["y"] = some(draws, labels, rows)
    columns["p"] = some(draws, labels, rows)
    scores = draws.integers(0, 40, (len(labels), rows)) / 40
    columns |= {f"s_{label}": score.tolist() for label, score in zip(labels, scores, strict=True)}
    if task == "binary":
        return columns, {"prediction": "p", "score": "s_go", "positive_label": "go"}
    return columns, {"prediction": "p", "score": {label: f"s_{label}" for label in labels}}
