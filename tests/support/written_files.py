"""Files in a folder, written and measured in one line, for tests of how files are read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from model_checks.judging.verdict import Verdict
from support.sample_data import estimated, measured, python_model, results_of

Content = str | bytes | Mapping[str, Any]


def write(folder: Path, files: Mapping[str, Content]) -> None:
    """Files by their name: texts and bytes as they are, columns as Parquet."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, newline="", encoding="utf-8")
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            parquet.write_table(pa.table(dict(content)), path)


def accuracy(folder: Path, data: Any, **keys: Any) -> float:
    """The accuracy of what lies in a folder."""
    [value] = [estimated(measured(folder, data=data, **keys), "accuracy").value]
    assert value is not None
    return value


def error(folder: Path, data: Any, **keys: Any) -> str:
    """Why a model can't be judged."""
    [result] = results_of(folder, data=data, **keys)
    assert result.verdict is Verdict.ERROR, result.message
    return result.message


def lines(*rows: str, header: str = "y,p", times: int = 1) -> str:
    return "".join(f"{row}\n" for row in (header, *rows * times))


RECORDING = """
class Model:
    feature_names_in_ = {features!r}

    def predict(self, frame):
        frame.to_pickle({file!r})
        return [0] * len(frame)

model = Model()
"""


def fed(folder: Path, data: Any, features: list[str], **keys: Any) -> pd.DataFrame:
    """What a model is called with."""
    file = folder / "frames.pickle"
    model = python_model(folder, RECORDING.format(features=features, file=str(file)))
    measured(folder, data=data, model=model, **keys)
    frame: pd.DataFrame = pd.read_pickle(file)
    return frame


def write_columns(path: Path, columns: Mapping[str, Any]) -> None:
    frame = pd.DataFrame(dict(columns))
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
