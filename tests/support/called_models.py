"""Models that answer what a test has them answer, called for real, and rows to call them with."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from support.sample_data import complaint, measured, python_model, python_module, rows_of

ROWS = {"y": [0, 1, 1, 0], "x": [0, 1, 0, 1], "g": ["a", "a", "b", "b"]}
SEGMENTS = [{"by": "g", "thresholds": {"accuracy": 0.5}}]
NUMBERS = {"y": [1.0, 2.0, 3.0, 4.0], "x": [1.0, 2.0, 3.0, 5.0]}
PROBA = "np.column_stack([1 - frame.x / 4, frame.x / 4])"


def answer(folder: Path, predict: str, *, task: str = "binary", **attributes: Any) -> list[Any]:
    """The predictions that come of what a model answers."""
    rows = NUMBERS if task == "regression" else ROWS
    model = python_model(folder, predict, **attributes)
    measurement = measured(folder, rows, task=task, model=model)
    return [p for (p,) in rows_of(folder, measurement, "y_pred")]


def refusal(folder: Path, predict: str | None, *, task: str = "binary", **keys: Any) -> str:
    """How a model's answer is refused, without the name of the model."""
    attributes = keys.pop("attributes", {})
    reference = python_model(folder, predict, keys.pop("proba", None), **attributes)
    columns = keys.pop("columns", NUMBERS if task == "regression" else ROWS)
    if "g" in columns:
        keys["segments"] = SEGMENTS
    text = complaint(folder, columns, task=task, model=reference, **keys)
    return text.removeprefix(f"model {reference['python']!r}: ")


def frame(n: int = 300) -> pd.DataFrame:
    draw = np.random.default_rng(1)
    return pd.DataFrame({"b": draw.normal(size=n), "a": draw.normal(size=n)})


def labels(rows: pd.DataFrame, kinds: int = 2) -> Any:
    draw = np.random.default_rng(2)
    noisy = rows["a"] - rows["b"] + draw.normal(size=len(rows))
    return pd.qcut(noisy, kinds, labels=False).to_numpy()


def given(folder: Path, columns: dict[str, Any], features: Any = None, **keys: Any) -> str:
    """What a model sees of its frame: it writes it down, for no error tells values."""
    seen = folder / "seen.txt"
    text = (
        "class Model:\n"
        f"    feature_names_in_ = {list(columns)!r}\n"
        "    def predict(self, frame):\n"
        f"        with open({str(seen)!r}, 'w') as file:\n"
        "            file.write(f'{[list(frame.columns), frame.to_numpy().tolist()]}')\n"
        "        raise ValueError('seen')\n"
        "model = Model()\n"
    )
    if features:
        keys["features"] = features
    model = python_module(folder, text)
    assert complaint(folder, {"y": [0, 1], **columns}, model=model, **keys).endswith(": seen")
    return seen.read_text()
