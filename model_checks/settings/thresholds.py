"""What was agreed: bounds for metrics, of a model or of its segments."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from model_checks.metrics import METRICS, TASKS, Metric, metric_named, metrics_of
from model_checks.settings.baseline import Degradation
from model_checks.settings.mistakes import key_mistake, keys_of, nearest, refuse, table_mistake
from model_checks.settings.values import OBJECT, Known, Table, Texts, Whole, is_plain_value

NAME = "[A-Za-z][A-Za-z0-9_]*"
"""What a metric that is a function of somebody's own may be called."""

TAKEN = ("and", "or", "not", *TASKS)
"""Names that mean something else in a marker expression, or as a marker."""

Rule = Literal["estimate", "confident", "tolerant"]


class Judging(Table):
    """How a bound is held, on any level of the file; None is: as on the level above."""

    confidence: Annotated[float, Field(gt=0, lt=1)] | None = None
    rule: Rule | None = None
    min_rows: Annotated[int, Field(ge=1)] | None = None


def _as_of_is_the_models(_: object) -> None:
    raise ValueError(
        "belongs in [defaults] or the model's table: its rows are judged as of one time"
    )


AsOfElsewhere = Annotated[None, BeforeValidator(_as_of_is_the_models)]


def _degradation(written: object) -> Degradation:
    """A number, or a share in percent such as "5%"."""
    if isinstance(written, str) and (share := re.fullmatch(r"(\d+(?:\.\d+)?) ?%", written)):
        return Degradation(float(share[1]) / 100, relative=True)
    if isinstance(written, int | float) and not isinstance(written, bool) and written >= 0:
        return Degradation(float(written), relative=False)
    raise ValueError('must be a number of at least 0, or a share of the baseline such as "5%"')


class _Agreed(NamedTuple):
    """A threshold as it was written, with what it is about."""

    metric: str
    task: str
    written: object


class Threshold(Judging):
    """What was agreed for one metric.

    A bare number is min for a score, max for an error, and for a bias how far it may be from 0.
    """

    metric: str = Field(alias="<metric>")
    task: str = Field(alias="<task>")
    function: str | None = Field(
        default=None, alias="metric", pattern=OBJECT, description="'package.module:function'"
    )
    seed: Annotated[int, Field(ge=0)] = 0
    max_rows: Annotated[int, Field(ge=1)] = 1_000_000
    min: float | None = None
    max: float | None = None
    warn: float | None = None
    average: str | None = None
    beta: Annotated[float, Field(gt=0)] | None = None
    max_degradation: Annotated[Degradation, BeforeValidator(_degradation)] | None = None
    as_of: AsOfElsewhere = None
    whole: Whole = None

    @model_validator(mode="before")
    @classmethod
    def _as_a_table(cls, agreed: Any) -> dict[str, Any]:
        metric, task, written = agreed
        if isinstance(written, Mapping) and "metric" in written:
            _refuse_taken_name(metric)
        else:
            _refuse_unknown_metric(metric, task)
        if isinstance(written, int | float) and not isinstance(written, bool):
            written = _bounds_of(written, METRICS[metric])
        if not isinstance(written, Mapping):
            raise ValueError("must be a number or a table")
        for key in written:
            if key.startswith("<"):  # would be taken for one of those below
                raise table_mistake(f"unknown key {key!r}; {nearest(key, keys_of(cls))}")
        return {**written, "<metric>": metric, "<task>": task}

    @field_validator("seed", "max_rows")
    @classmethod
    def _of_a_function(cls, value: object, info: ValidationInfo) -> object:
        if "function" in info.data and info.data["function"] is None:
            raise ValueError("goes with metric, which names a function of your own")
        return value

    @field_validator("min", "max", "warn")
    @classmethod
    def _within_range(cls, bound: float | None, info: ValidationInfo) -> float | None:
        metric = metric_named(info.data["metric"])
        if bound is not None and not metric.lowest <= bound <= metric.highest:
            raise ValueError(f"{metric.name} is {_range_of(metric)}")
        return bound

    @field_validator("average")
    @classmethod
    def _known_average(cls, average: str | None, info: ValidationInfo) -> str | None:
        metric = metric_named(info.data["metric"])
        known = [name for name in metric.averages.get(info.data["task"], (average,)) if name]
        if average is not None and not known:
            raise ValueError(f"{metric.name} has no averages")
        if average is not None and average not in known:
            raise ValueError(nearest(average, known))
        return average

    @field_validator("beta")
    @classmethod
    def _beta_of_fbeta(cls, beta: float | None, info: ValidationInfo) -> float | None:
        metric = metric_named(info.data["metric"])
        if beta is not None and not metric.needs_beta:
            raise ValueError(f"{metric.name} has no beta")
        return beta

    @field_validator("whole")
    @classmethod
    def _bounds_agree(cls, _: None, info: ValidationInfo) -> None:
        mistakes: list[str] = []
        if {"min", "max", "warn"} <= info.data.keys():
            mistakes += _disagreeing_bounds(info.data)
        needs_beta = metric_named(info.data["metric"]).needs_beta
        if needs_beta and info.data.get("beta", 1.0) is None:
            mistakes.append(
                "beta is missing; with 2, say, recall weighs twice as much as precision"
            )
        refuse(mistakes)


def _bounds_of(number: float, metric: Metric) -> dict[str, float]:
    """What a bare number stands for."""
    if metric.direction == "zero":
        if number < 0:
            raise ValueError("must be at least 0: how far it may be from 0")
        return {"min": -number, "max": number}
    return {"min" if metric.direction == "higher" else "max": number}


def _range_of(metric: Metric) -> str:
    if math.isinf(metric.highest):
        return f"never below {metric.lowest:g}"
    if math.isinf(metric.lowest):
        return f"never above {metric.highest:g}"
    return f"from {metric.lowest:g} to {metric.highest:g}"


def _refuse_taken_name(metric: str) -> None:
    """Of a function of somebody's own: the name is a marker and a part of its checks' ids."""
    if metric in METRICS:
        raise key_mistake(f"{metric} is a metric by itself; give the function another name")
    if not re.fullmatch(NAME, metric):
        raise key_mistake(
            f"metric name {metric!r} must be of letters, digits and '_', and start with a letter"
        )
    if metric in TAKEN:
        raise key_mistake(f"metric name {metric!r} means something else as a marker of its checks")


def _refuse_unknown_metric(metric: str, task: str) -> None:
    if metric not in METRICS:
        known = metrics_of(task) if task in TASKS else METRICS
        raise key_mistake(f"unknown metric {metric!r}; {nearest(metric, known)}")
    if task in TASKS and metric not in metrics_of(task):
        had = ", ".join(metrics_of(task))
        raise key_mistake(f"task {task!r} has no metric {metric!r}; it has: {had}")


def _disagreeing_bounds(known: Known) -> Iterator[str]:
    low, high, warn = known["min"], known["max"], known["warn"]
    direction = metric_named(known["metric"]).direction
    if direction == "higher" and low is None:
        yield "min is missing; without it nothing is too low"
    elif direction == "lower" and high is None:
        yield "max is missing; without it nothing is too high"
    elif low is None and high is None:
        far = "far from 0" if direction == "zero" else "low or too high"
        yield f"min and max are missing; without them nothing is too {far}"
    elif low is not None and high is not None:
        if low > high:
            yield f"min = {low} is above max = {high}"
        if warn is not None:
            yield "warn goes with min or with max, not with both"
    elif warn is not None and low is not None and warn <= low:
        yield f"warn = {warn} is not above min = {low}, so it could never warn"
    elif warn is not None and high is not None and warn >= high:
        yield f"warn = {warn} is not below max = {high}, so it could never warn"


Thresholds = dict[str, Threshold]


class Segmentation(Judging):
    """``[[models.NAME.segments]]``: the same thresholds for every value of a column."""

    by: Texts
    values: (
        Annotated[
            list[Any],
            Field(min_length=1),
            WithJsonSchema(
                {
                    "type": "array",
                    "items": {"type": ["string", "number", "boolean", "array"]},
                    "minItems": 1,
                }
            ),
        ]
        | None
    ) = None
    thresholds: Annotated[Thresholds, Field(min_length=1)]
    max_segments: Annotated[int, Field(ge=1)] = 1000
    as_of: AsOfElsewhere = None

    @field_validator("values")
    @classmethod
    def _one_part_per_column(
        cls, values: list[Any] | None, info: ValidationInfo
    ) -> list[Any] | None:
        columns = info.data.get("by")
        seen = set()
        for value in values or []:
            parts = value if isinstance(value, list) else [value]
            if not all(is_plain_value(part) for part in parts):
                raise ValueError("a value must be a string, a finite number or a boolean")
            if columns and len(parts) != len(columns):
                wanted = "one part" if len(columns) == 1 else f"{len(columns)} parts"
                raise ValueError(f"each value must have {wanted}, one for each column of by")
            text = tuple(segment_text(part) for part in parts)
            if text in seen:
                raise ValueError(f"lists {', '.join(text)!r} more than once")
            seen.add(text)
        return values

    def listed(self) -> list[tuple[tuple[str, str], ...]] | None:
        """The values that are listed, each as its columns with their text; None if none are."""
        if self.values is None:
            return None
        lists = [value if isinstance(value, list) else [value] for value in self.values]
        return [tuple(zip(self.by, map(segment_text, parts), strict=True)) for parts in lists]


def segment_text(value: object) -> str:
    """A value of thresholds.toml as the text that the same value in the data becomes.

    >>> segment_text(True), segment_text(2.0), segment_text("AA")
    ('true', '2', 'AA')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def with_metric_and_task(thresholds: object, task: object) -> object:
    """Thresholds as written, each told which metric and task it is about."""
    if not isinstance(thresholds, Mapping):
        return thresholds
    known_task = task if isinstance(task, str) else ""
    return {metric: _Agreed(metric, known_task, one) for metric, one in thresholds.items()}
