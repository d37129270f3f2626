"""Data files, thresholds files and measurements in one line, for tests that measure for real."""

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from model_checks.data.engine import Engine
from model_checks.data.model_rows import ModelRows
from model_checks.errors import Interrupted
from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.measure.model import Measurement, measure, reopen
from model_checks.measure.planning import plan_of
from model_checks.metrics import METRICS, AnyEstimate, Asked, Estimate, Undefined
from model_checks.pipeline import judge
from model_checks.plan.checks import Check, Segment
from model_checks.predict.batches import Progress
from model_checks.predict.table import Predictions
from model_checks.settings import Settings, load_settings

BETA = 2.0
"""Of every ``fbeta`` that is estimated."""

AS_OF = datetime(2013, 5, 1, tzinfo=UTC)

THRESHOLDS: dict[str, dict[str, Any]] = {
    "binary": {"accuracy": 0.5},
    "multiclass": {"accuracy": 0.5},
    "multilabel": {"accuracy": 0.5},
    "regression": {"mae": 1.0},
}


def agreed(metrics: Iterable[str], bound: float = 0.5) -> dict[str, Any]:
    """Thresholds for some metrics."""
    return {
        name: {"min": bound, "beta": BETA} if METRICS[name].needs_beta else bound
        for name in metrics
    }


def toml(value: object) -> str:
    """A value as TOML writes it.

    >>> toml({"a b": [1, True, "it's"]})
    '{ "a b" = [1, true, "it\\'s"] }'
    """
    if isinstance(value, Mapping):
        pairs = (f"{json.dumps(str(key))} = {toml(one)}" for key, one in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def write_data(path: Path, columns: Mapping[str, Any]) -> None:
    """Columns as a Parquet or CSV file, whichever the suffix says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        parquet.write_table(pa.table(dict(columns)), path)
    else:
        frame = pd.DataFrame(dict(columns))
        frame.astype(dict.fromkeys(frame.select_dtypes("float32"), float)).to_csv(path, index=False)


def damaged_parquet(path: Path, column: str) -> None:
    """A file with labels ``y`` that can be read, and a column that goes bad in the middle."""
    rows = 400_000
    table = pa.table({"y": [0, 1] * (rows // 2), column: [f"{k % 999}" for k in range(rows)]})
    parquet.write_table(table, path, row_group_size=rows // 20)
    place = parquet.read_metadata(path).row_group(15).column(1)
    half = place.total_compressed_size // 2
    content = bytearray(path.read_bytes())
    content[place.data_page_offset : place.data_page_offset + half] = b"\xff" * half
    path.write_bytes(content)


def settings_of(
    folder: Path,
    columns: Mapping[str, Any] | None = None,
    *,
    task: str = "binary",
    data: str | Mapping[str, str] = "data.parquet",
    defaults: Mapping[str, Any] | None = None,
    **keys: Any,
) -> Settings:
    """A thresholds file with one model ``m``, and its data if there is any to write."""
    if columns is not None:
        assert isinstance(data, str)
        write_data(folder / data, columns)
    keys = {"task": task, "data": data, "target": "y", "thresholds": THRESHOLDS[task], **keys}
    if "model" not in keys and "score" not in keys:
        keys.setdefault("prediction", "p")
    written = [f"[defaults]\n{_pairs({'min_rows': 1, **(defaults or {})})}"]
    written.append(f"[models.m]\n{_pairs(keys)}")
    (folder / "thresholds.toml").write_text("\n".join(written), encoding="utf-8")
    return load_settings(folder / "thresholds.toml")


def _pairs(keys: Mapping[str, Any]) -> str:
    return "\n".join(f"{key} = {toml(value)}" for key, value in keys.items())


def label_columns(true: Any, predicted: Any) -> dict[str, Any]:
    """What is true and predicted of each label, shape (n, L): ``y0``, ``y1``, ..., ``p0``, ..."""
    columns = {f"y{k}": labels for k, labels in enumerate(np.asarray(true).T)}
    return columns | {f"p{k}": labels for k, labels in enumerate(np.asarray(predicted).T)}


def label_keys(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a multilabel model that name such columns."""
    keys = {
        key: [name for name in columns if re.fullmatch(rf"{letter}\d+", name)]
        for key, letter in (("target", "y"), ("prediction", "p"))
    }
    return {"task": "multilabel", **keys}


def measured(folder: Path, columns: Mapping[str, Any] | None = None, **keys: Any) -> Measurement:
    """The model ``m``, measured on some columns without an error."""
    measurement = measurement_of(settings_of(folder, columns, **keys), folder)
    assert measurement.facts.error is None, measurement.facts.error
    return measurement


def measurement_of(settings: Settings, folder: Path) -> Measurement:
    """The model ``m``, measured for all of its checks, whatever comes of it."""
    checks = plan_of(settings, {"m": AS_OF}, gate=False).checks
    return measured_for(settings, checks, folder)


def measured_for(
    settings: Settings,
    checks: Sequence[Check],
    folder: Path,
    progress: Progress | None = None,
    *,
    interrupted: Interrupted | None = None,
) -> Measurement:
    """The model ``m``, measured for some checks."""
    with ModelRows(settings, "m", AS_OF) as rows:
        return measure(rows, checks, folder, progress, interrupted=interrupted)


@contextmanager
def reopened(settings: Settings, predictions: Predictions) -> Iterator[Engine]:
    """The engine in which predictions of the model ``m`` are looked at again."""
    with ModelRows(settings, "m", AS_OF) as rows, reopen(rows, predictions) as engine:
        yield engine


def rows_of(folder: Path, measurement: Measurement, columns: str) -> list[tuple[Any, ...]]:
    """Some columns of the predictions, seen by an engine that comes later."""
    assert measurement.predictions is not None
    settings = load_settings(folder / "thresholds.toml")
    with reopened(settings, measurement.predictions) as engine:
        return engine.run(f"select {columns} from {measurement.predictions.relation}")


def valued(found: AnyEstimate | None) -> Estimate:
    """What is known to have a value."""
    assert isinstance(found, Estimate), found
    return found


def came_to(
    measurement: Measurement, metric: str, average: str | None = None, segment: Segment = ()
) -> AnyEstimate:
    """A metric of what was measured, by its default average unless another is named."""
    default = METRICS[metric].averages[measurement.facts.task][0]
    asked = Asked(average or default, beta=BETA)
    return METRICS[metric].estimate(measurement.statistics[segment], asked)


def estimated(
    measurement: Measurement, metric: str, average: str | None = None, segment: Segment = ()
) -> Estimate:
    """The same of a metric that has a value."""
    return valued(came_to(measurement, metric, average, segment))


def reason(
    measurement: Measurement, metric: str, average: str | None = None, segment: Segment = ()
) -> str | None:
    """Why a metric is undefined; None if it has a value."""
    found = came_to(measurement, metric, average, segment)
    return found.reason if isinstance(found, Undefined) else None


def results_of(
    folder: Path, columns: Mapping[str, Any] | None = None, **keys: Any
) -> Sequence[Result]:
    """What becomes of the checks of the model ``m``, by the road that a run takes."""
    return judge(settings_of(folder, columns, **keys), as_of=AS_OF).results


def complaint(folder: Path, columns: Mapping[str, Any] | None = None, **keys: Any) -> str:
    """The one sentence in which all checks of the model ``m`` end in ERROR."""
    results = results_of(folder, columns, **keys)
    assert {result.verdict for result in results} == {Verdict.ERROR}
    [text] = {result.message.removeprefix(f"{result.check.label}: ") for result in results}
    assert "\n" not in text
    assert "Traceback" not in text
    return text.replace(str(folder), "FOLDER")


_MODULES = itertools.count()


def python_model(
    folder: Path, predict: str | None = "frame.x", proba: str | None = None, **attributes: Any
) -> dict[str, str]:
    """A model in a module of its own beside thresholds.toml, as the settings name it.

    Parameters
    ----------
    predict, proba
        What its methods return, an expression in ``frame``; None leaves the method out.
    attributes
        Of the class, beside the feature names, which are ``["x"]`` unless given.
    """
    lines = ["import numpy as np", "import pandas as pd", "class Model:"]
    given = {"feature_names_in_": ["x"], **attributes}
    lines += [f"    {name} = {value!r}" for name, value in given.items()]
    methods = {"predict": predict, "predict_proba": proba}
    for name, answer in methods.items():
        if answer is not None:
            lines += [f"    def {name}(self, frame):", f"        return {answer}"]
    return python_module(folder, "\n".join([*lines, "model = Model()"]))


def python_module(folder: Path, text: str, name: str = "model") -> dict[str, str]:
    """A module beside thresholds.toml, as the settings name an object in it."""
    module = f"deployed_{next(_MODULES)}"
    (folder / f"{module}.py").write_text(text, encoding="utf-8")
    return {"python": f"{module}:{name}"}
