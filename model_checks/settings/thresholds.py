"""What was agreed: bounds for metrics, of a model or of its segments."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from model_checks.metrics import METRICS, TASKS, metrics_of
from model_checks.settings.mistakes import key_mistake, nearest, table_mistake
from model_checks.settings.values import NotYet, Table, Text, Texts

Rule = Literal["estimate", "confident", "tolerant"]


class Judging(Table):
    """How a bound is held, on any level of the file; None is: as on the level above."""

    confidence: Annotated[float, Field(gt=0, lt=1)] | None = None
    rule: Rule | None = None
    min_rows: Annotated[int, Field(ge=1)] | None = None


def _as_of_is_the_models(value: object) -> None:
    raise ValueError(
        "belongs in [defaults] or the model's table: its rows are judged as of one time"
    )


AsOfElsewhere = Annotated[None, BeforeValidator(_as_of_is_the_models), WithJsonSchema({"not": {}})]


class Threshold(Judging):
    """What was agreed for one metric; a bare number is ``min`` for scores and ``max`` for errors."""

    metric: str = Field(alias="<metric>")
    task: str = Field(alias="<task>")
    min: float | None = None
    max: float | None = None
    warn: float | None = None
    average: str | None = None
    max_degradation: NotYet = None
    as_of: AsOfElsewhere = None

    @model_validator(mode="before")
    @classmethod
    def _known_metric(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        metric, task = raw["<metric>"], raw["<task>"]
        if metric not in METRICS:
            known = metrics_of(task) if task in TASKS else METRICS
            raise key_mistake(f"unknown metric {metric!r}; {nearest(metric, known)}")
        if task in TASKS and metric not in metrics_of(task):
            had = ", ".join(metrics_of(task))
            raise key_mistake(f"task {task!r} has no metric {metric!r}; it has: {had}")
        return raw

    @field_validator("min", "max", "warn")
    @classmethod
    def _within_range(cls, bound: float | None, info: ValidationInfo) -> float | None:
        highest = METRICS[info.data["metric"]].highest
        if bound is not None and not 0 <= bound <= highest:
            limits = "never below 0" if highest == float("inf") else f"from 0 to {highest:g}"
            raise ValueError(f"{info.data['metric']} is {limits}")
        return bound

    @field_validator("average")
    @classmethod
    def _known_average(cls, average: str | None, info: ValidationInfo) -> str | None:
        metric = METRICS[info.data["metric"]]
        known = [name for name in metric.averages.get(info.data["task"], (average,)) if name]
        if average is not None and not known:
            raise ValueError(f"{metric.name} has no averages")
        if average is not None and average not in known:
            raise ValueError(nearest(average, known))
        return average

    @model_validator(mode="after")
    def _bounds_agree(self) -> "Threshold":
        low, high, warn = self.min, self.max, self.warn
        if low is None and high is None:
            raise table_mistake("a bound is missing, min or max")
        if low is not None and high is not None and low > high:
            raise table_mistake(f"min = {low} is above max = {high}")
        if warn is not None and low is not None and high is not None:
            raise table_mistake("warn goes with min or with max, not with both")
        if warn is not None and low is not None and warn < low:
            raise table_mistake(f"warn = {warn} is below min = {low}, so it could never warn")
        if warn is not None and high is not None and warn > high:
            raise table_mistake(f"warn = {warn} is above max = {high}, so it could never warn")
        return self


Thresholds = dict[str, Threshold]


class Segmentation(Judging):
    """``[[models.NAME.segments]]``: the same thresholds for every value of a column."""

    by: Texts
    values: Annotated[list[Any], Field(min_length=1)] | None = None
    thresholds: Thresholds
    as_of: AsOfElsewhere = None

    @field_validator("thresholds")
    @classmethod
    def _not_empty(cls, thresholds: Thresholds) -> Thresholds:
        if not thresholds:
            raise key_mistake("segments without thresholds judge nothing; add one")
        return thresholds

    @field_validator("values")
    @classmethod
    def _one_value_per_column(
        cls, values: list[Any] | None, info: ValidationInfo
    ) -> list[Any] | None:
        columns = info.data.get("by")
        for value in values or []:
            parts = value if isinstance(value, list) else [value]
            if not all(isinstance(part, str | int | float | bool) for part in parts):
                raise ValueError("a value must be a string, a number or a boolean")
            if columns and len(parts) != len(columns):
                raise ValueError(f"each value must have {len(columns)} parts, one for each column")
        return values


def with_metric_and_task(thresholds: object, task: object) -> object:
    """Thresholds as written, each told its metric and task, and a bare number made a bound."""
    if not isinstance(thresholds, Mapping):
        return thresholds
    told = {}
    for metric, raw in thresholds.items():
        known = METRICS.get(metric)
        bound = "max" if known and not known.greater_is_better else "min"
        is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
        table = {bound: raw} if is_number else raw
        if isinstance(table, Mapping):
            table = {**table, "<metric>": metric, "<task>": task if isinstance(task, str) else ""}
        told[metric] = table
    return told
