"""``[models.NAME]``: a deployed model, its rows, and what was agreed for it."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from model_checks.metrics import METRICS
from model_checks.settings.mistakes import key_mistake, table_mistake
from model_checks.settings.thresholds import (
    Judging,
    Segmentation,
    Thresholds,
    with_metric_and_task,
)
from model_checks.settings.values import Label, Moment, NotYet, Table, Text, Texts, Window

Task = Literal["binary", "multiclass", "regression"]
DATA_SUFFIXES = (".parquet", ".csv", ".csv.gz")


class Deployed(Table):
    """``model = ...``: which loader, of which file; a bare string is a skops file."""

    skops: Text | None = None
    trusted_types: list[Text] = []
    joblib: Text | None = None
    allow_pickle: bool = False
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    python: Annotated[str, Field(pattern=r"^[\w.]+:\w+$")] | None = None

    @model_validator(mode="after")
    def _one_loader(self) -> "Deployed":
        named = [name for name in ("skops", "joblib", "python") if getattr(self, name)]
        if len(named) != 1:
            raise table_mistake("model must name one of skops, joblib, python")
        if self.joblib and not (self.allow_pickle and self.sha256):
            raise table_mistake(
                "a joblib file runs code when it is loaded; "
                "say allow_pickle = true and the file's sha256, or save it with skops"
            )
        if not self.joblib and (self.allow_pickle or self.sha256):
            raise table_mistake("allow_pickle and sha256 go with joblib")
        if not self.skops and self.trusted_types:
            raise table_mistake("trusted_types goes with skops")
        return self

    @property
    def source(self) -> str:
        """The file or object, as thresholds.toml names it."""
        return self.skops or self.joblib or self.python or ""


class Data(Table):
    """``data = ...``: where the rows are; a bare string is a path or glob of files."""

    files: Text
    url_env: NotYet = None
    table: NotYet = None
    sql: NotYet = None
    spark: NotYet = None

    @field_validator("files")
    @classmethod
    def _known_format(cls, files: str) -> str:
        if not files.lower().endswith(DATA_SUFFIXES):
            raise ValueError(f"must end in one of {', '.join(DATA_SUFFIXES)}")
        return files

    @model_validator(mode="before")
    @classmethod
    def _engines_come_later(cls, raw: Any) -> Any:
        later = [key for key in ("url_env", "table", "sql", "spark") if key in raw]
        if later:
            raise table_mistake(
                f"data with {later[0]} is not supported yet; name a Parquet or CSV file"
            )
        return raw


def _string_as(key: str) -> BeforeValidator:
    return BeforeValidator(lambda raw: {key: raw} if isinstance(raw, str) else raw)


def _parse_score(raw: object) -> object:
    columns = raw.values() if isinstance(raw, Mapping) else [raw]
    if not columns or not all(isinstance(column, str) and column for column in columns):
        raise ValueError("must be a column, or for multiclass a table of label = column")
    return raw


class Model(Judging):
    """``[models.NAME]``."""

    task: Task
    model: Annotated[Deployed, _string_as("skops")] | None = None
    data: Annotated[Data, _string_as("files")]
    target: Text
    features: Texts | None = None
    prediction: Text | None = None
    score: Annotated[str | dict[str, str], BeforeValidator(_parse_score)] | None = None
    positive_label: Label = 1
    decision_threshold: float | None = None
    time_column: Text | None = None
    window: Window | None = None
    as_of: Moment | None = None
    weight: Text | None = None
    thresholds: Thresholds = {}
    segments: list[Segmentation] = []
    baseline: NotYet = None

    @model_validator(mode="before")
    @classmethod
    def _tell_thresholds_the_task(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        task, told = raw.get("task"), dict(raw)
        if "thresholds" in raw:
            told["thresholds"] = with_metric_and_task(raw["thresholds"], task)
        if isinstance(raw.get("segments"), list):
            told["segments"] = [
                {**one, "thresholds": with_metric_and_task(one["thresholds"], task)}
                if isinstance(one, Mapping) and "thresholds" in one
                else one
                for one in raw["segments"]
            ]
        return told

    @field_validator("positive_label", "decision_threshold")
    @classmethod
    def _binary_only(cls, value: object, info: ValidationInfo) -> object:
        if info.data.get("task", "binary") != "binary":
            raise ValueError(f"is for task 'binary'; this is {info.data['task']!r}")
        if info.field_name == "decision_threshold" and info.data.get("prediction"):
            raise ValueError("has nothing to decide, since prediction is a column of labels")
        return value

    @field_validator("features")
    @classmethod
    def _features_of_a_model(cls, features: object, info: ValidationInfo) -> object:
        if "model" in info.data and info.data["model"] is None:
            raise ValueError("are given to a model; here the predictions are logged")
        return features

    @field_validator("prediction", "score")
    @classmethod
    def _logged_or_called(cls, column: Any, info: ValidationInfo) -> Any:
        if info.data.get("model"):
            raise ValueError("is a column of logged predictions; here model makes them")
        task = info.data.get("task")
        if info.field_name == "score" and task == "regression":
            raise ValueError("is for classification; a regression is logged in prediction")
        if (
            info.field_name == "score"
            and task
            and (task == "multiclass") != isinstance(column, dict)
        ):
            wanted = "a table of label = column" if task == "multiclass" else "one column"
            raise ValueError(f"must be {wanted} for task {task!r}")
        return column

    @field_validator("window")
    @classmethod
    def _window_needs_time(cls, window: object, info: ValidationInfo) -> object:
        if "time_column" in info.data and info.data["time_column"] is None:
            raise ValueError("needs time_column")
        return window

    @model_validator(mode="after")
    def _can_be_judged(self) -> "Model":
        if not self.thresholds and not self.segments:
            raise table_mistake("a model without thresholds judges nothing; add a thresholds table")
        if self.model is None and self.prediction is None and self.score is None:
            raise table_mistake("model is missing, or prediction or score for logged predictions")
        if self.model is None and self.task == "regression" and self.prediction is None:
            raise table_mistake("prediction is missing")
        ranked = [name for name in self.metrics() if METRICS[name].aggregate == "ranks"]
        if self.model is None and self.score is None and ranked:
            raise table_mistake(f"{ranked[0]} needs score, the column of logged probabilities")
        return self

    def metrics(self) -> Iterable[str]:
        """Names of the metrics that any of its thresholds is about."""
        for thresholds in (self.thresholds, *(one.thresholds for one in self.segments)):
            yield from thresholds


def model_name(name: str) -> str:
    """A name that can be part of a test's id and a marker.

    Raises
    ------
    ValueError
        If it can't.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        raise key_mistake(f"model name {name!r} must be of letters, digits, '_', '.' and '-'")
    return name
