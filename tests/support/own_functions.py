"""Functions of the user's own in one line, rows to call them on, and what came of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.metrics import Estimate
from support.sample_data import python_module, results_of, valued

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


def by(columns: Any, reference: str, **keys: Any) -> list[dict[str, Any]]:
    values = {"values": keys.pop("values")} if "values" in keys else {}
    agreed = {"own": {"metric": reference, "max": FAR, **keys}}
    return [{"by": columns, "thresholds": agreed, **values}]
