"""``[models.NAME]``: a deployed model, its rows, and what was agreed for it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from model_checks.metrics import METRICS, TASKS, metric_named
from model_checks.settings.baseline import Baseline, mistakes_of_baseline
from model_checks.settings.columns import (
    Columns,
    Score,
    listed,
    one_column_twice,
    require_columns_of_task,
    require_score_of_task,
)
from model_checks.settings.data import Data
from model_checks.settings.error_messages import key_mistake, refuse, shown, table_mistake
from model_checks.settings.field_types import Known, Label, Moment, Text, Texts, Whole, Window
from model_checks.settings.metric_options import LONGEST_NAME, with_metric_and_task
from model_checks.settings.model_source import Deployed
from model_checks.settings.overlapping_segments import agreed_twice
from model_checks.settings.rules import Correction, Rules
from model_checks.settings.segments import Segmentation, segments_with_task
from model_checks.settings.thresholds import Thresholds

Task = Literal["binary", "multiclass", "multilabel", "regression"]


def _list_of_tables(raw: object) -> object:
    if isinstance(raw, Mapping):
        raise key_mistake("segments is a table; write [[models.NAME.segments]], in two brackets")
    return raw


class Model(Rules):
    """``[models.NAME]``."""

    task: Task
    model: Deployed | None = None
    data: Data
    target: Columns
    features: Texts | None = None
    prediction: Columns | None = None
    score: Score | None = None
    positive_label: Label = 1
    decision_threshold: float | None = None
    time_column: Text | None = None
    window: Window | None = None
    as_of: Moment | None = None
    correction: Correction | None = None
    weight: Text | None = None
    thresholds: Annotated[Thresholds, Field(min_length=1)] = Field(default_factory=dict)
    segments: Annotated[
        list[Segmentation], Field(min_length=1), BeforeValidator(_list_of_tables)
    ] = Field(default_factory=list)
    baseline: Baseline | None = None
    whole: Whole = None

    @model_validator(mode="before")
    @classmethod
    def _tell_thresholds_the_task(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        task, told = raw.get("task"), dict(raw)
        if "thresholds" in raw:
            told["thresholds"] = with_metric_and_task(raw["thresholds"], task)
        if isinstance(raw.get("segments"), list):
            told["segments"] = [segments_with_task(one, task) for one in raw["segments"]]
        return told

    @field_validator("target", "prediction", "score")
    @classmethod
    def _one_for_each_label(cls, columns: object, info: ValidationInfo) -> object:
        if (task := info.data.get("task")) and info.field_name:
            require_columns_of_task(info.field_name, columns, task, info.data.get("target"))
        return columns

    @field_validator("positive_label", "decision_threshold")
    @classmethod
    def _two_labels_only(cls, value: object, info: ValidationInfo) -> object:
        if info.data.get("task", "binary") not in ("binary", "multilabel"):
            raise ValueError(f"is for task 'binary' or 'multilabel'; this is {info.data['task']!r}")
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
    def _logged_not_called(cls, column: object, info: ValidationInfo) -> object:
        if info.data.get("model"):
            raise ValueError("is a column of logged predictions; here model makes them")
        return column

    @field_validator("score")
    @classmethod
    def _score_of_the_task(cls, score: object, info: ValidationInfo) -> object:
        if task := info.data.get("task"):
            require_score_of_task(score, task)
        return score

    @field_validator("window", "as_of")
    @classmethod
    def _needs_time(cls, value: object, info: ValidationInfo) -> object:
        if "time_column" in info.data and info.data["time_column"] is None:
            raise ValueError("needs time_column")
        return value

    @field_validator("baseline")
    @classmethod
    def _can_be_compared_with(
        cls, baseline: Baseline | None, info: ValidationInfo
    ) -> Baseline | None:
        if baseline:
            known = info.data
            compared = _compared(known.get("thresholds", {}), known.get("segments", []))
            if mistakes := mistakes_of_baseline(baseline, known, compared):
                raise table_mistake(*mistakes)
        return baseline

    @field_validator("whole")
    @classmethod
    def _can_be_judged(cls, _: None, info: ValidationInfo) -> None:
        known = info.data
        refuse(
            [
                *_nothing_to_judge(known),
                *_nothing_to_judge_it_by(known),
                *_two_kinds_of_log(known),
                *_no_column_of_times(known),
                *one_column_twice(known),
                *agreed_twice(known.get("segments", [])),
            ]
        )

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the columns of true values: one, or for multilabel one for each label."""
        return listed(self.target)

    @property
    def predictions(self) -> tuple[str, ...]:
        """Return the columns of logged predictions, in the order of the targets."""
        return listed(self.prediction)

    @property
    def scores(self) -> tuple[str, ...]:
        """Return the columns of logged scores, in the order of the settings."""
        return tuple(self.score.values()) if isinstance(self.score, dict) else listed(self.score)

    def metrics(self) -> Iterable[str]:
        """Return the names of the metrics that any threshold, or gap between segments, is about."""
        return _metrics(self.thresholds, self.segments)

    def compared(self) -> Iterable[str]:
        """Return the names of the metrics that must not be worse than the baseline's."""
        return _compared(self.thresholds, self.segments)

    def challenged_by(self, candidate: Deployed) -> "Model":
        """Return the settings of a candidate, with the deployed model as its baseline."""
        deployed = Baseline.model_construct(
            model=self.model, prediction=self.prediction, score=self.score
        )
        changes = {"model": candidate, "prediction": None, "score": None, "baseline": deployed}
        return self.model_copy(update=changes)


def _no_column_of_times(known: Known) -> Iterator[str]:
    data = known.get("data")
    if data and "time_column" in known and known["time_column"] is None:
        for key in ("time_format", "time_unit"):
            if getattr(data, key, None):
                yield f"{key} is of time_column, which is missing"


def _metrics(thresholds: Thresholds, segments: list[Segmentation]) -> Iterator[str]:
    yield from thresholds
    for segmentation in segments:
        yield from segmentation.metrics()


def _compared(thresholds: Thresholds, segments: list[Segmentation]) -> Iterator[str]:
    for one in (thresholds, *(segmentation.thresholds for segmentation in segments)):
        yield from (name for name, threshold in one.items() if threshold.max_degradation)


def _nothing_to_judge(known: Known) -> Iterator[str]:
    if not {"model", "prediction", "score"} <= known.keys() or known["model"]:
        return
    if known["prediction"] is None and known["score"] is None:
        yield "model is missing, or prediction or score for logged predictions"
        return
    if known["score"] is None and {"thresholds", "segments"} <= known.keys():
        metrics = _metrics(known["thresholds"], known["segments"])
        scored = [name for name in dict.fromkeys(metrics) if metric_named(name).needs_scores]
        if scored:
            yield f"{', '.join(scored)} needs score, the column of logged probabilities"


def _nothing_to_judge_it_by(known: Known) -> Iterator[str]:
    if known.get("thresholds") == {} and known.get("segments") == []:
        yield "a model without thresholds judges nothing; add a thresholds table"


def _two_kinds_of_log(known: Known) -> Iterator[str]:
    if known.get("task") == "multilabel" and known.get("prediction") and known.get("score"):
        yield "prediction and score are both given; for task 'multilabel' keep one"


def model_name(name: str) -> str:
    """Return a model's name, if it can be part of a test's id and a marker.

    Raises
    ------
    ValueError
        If it can't be.
    """
    if len(name) > LONGEST_NAME:
        told = f"model name {shown(name)} is longer than {LONGEST_NAME} characters"
        raise key_mistake(told)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        raise key_mistake(
            f"model name {name!r} must be of letters, digits, '_', '.' and '-', "
            "and start with a letter or digit"
        )
    if name in ("and", "or", "not", *METRICS, *TASKS):
        raise key_mistake(f"model name {name!r} means something else as a marker of its checks")
    return name
