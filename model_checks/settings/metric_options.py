"""The metric of a bound, from the table of metrics or a custom function, with its options."""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from model_checks.metrics import METRICS, TASKS, Metric, metric_named, metrics_of
from model_checks.settings.error_messages import key_mistake, keys_of, shown, table_mistake
from model_checks.settings.field_types import OBJECT
from model_checks.settings.rules import AsOfElsewhere, CorrectionElsewhere, Rules
from model_checks.text import nearest

NAME = "[A-Za-z][A-Za-z0-9_]*"
"""The pattern of a custom metric's name."""

LONGEST_NAME = 100
"""The most characters of a model's or custom metric's name: files and checks are named by it."""

TAKEN = ("and", "or", "not", *TASKS)
"""Names that mean something else in a marker expression, or as a marker."""


class Agreed(NamedTuple):
    """The bounds on a metric as they were written, with the metric and the model's task."""

    metric: str
    task: str
    written: object


class Measure(Rules):
    """A metric with its options, and how the bound on it is held."""

    metric: str = Field(alias="<metric>")
    task: str = Field(alias="<task>")
    function: str | None = Field(
        default=None, alias="metric", pattern=OBJECT, description="'package.module:function'"
    )
    seed: Annotated[int, Field(ge=0)] = 0
    max_rows: Annotated[int, Field(ge=1)] = 1_000_000
    average: str | None = None
    beta: Annotated[float, Field(gt=0)] | None = None
    as_of: AsOfElsewhere = None
    correction: CorrectionElsewhere = None

    @model_validator(mode="before")
    @classmethod
    def _as_a_table(cls, agreed: Any) -> dict[str, Any]:
        metric, task, written = agreed
        if isinstance(written, Mapping) and "metric" in written:
            _refuse_taken_name(metric)
        else:
            _refuse_unknown_metric(metric, task)
        if isinstance(written, int | float) and not isinstance(written, bool):
            written = cls.of_number(written, METRICS[metric])
        if not isinstance(written, Mapping):
            raise ValueError("must be a number or a table")
        for key in written:
            if key.startswith("<"):  # would be taken for a key added below
                raise table_mistake(f"unknown key {shown(key)}; {nearest(key, keys_of(cls))}")
        return {**written, "<metric>": metric, "<task>": task}

    @classmethod
    def of_number(cls, number: float, metric: Metric) -> Mapping[str, Any]:
        """Return the table that a bare number stands for."""
        raise NotImplementedError

    @field_validator("seed", "max_rows")
    @classmethod
    def _of_a_function(cls, value: object, info: ValidationInfo) -> object:
        if "function" in info.data and info.data["function"] is None:
            raise ValueError("goes with metric, which names a function of your own")
        return value

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

    def like(self, other: "Measure") -> Self:
        """Return the measure with each key that it leaves out taken from another."""
        said = self.model_fields_set
        asked = (*Rules.model_fields, "average", "beta", "function", "seed", "max_rows")
        return self.model_copy(
            update={name: getattr(other, name) for name in asked if name not in said}
        )


def missing_beta(metric: str, known: Mapping[str, Any]) -> list[str]:
    """Return the mistake that ``beta`` is missing, where the metric needs it."""
    if not metric_named(metric).needs_beta or known.get("beta", 1.0) is not None:
        return []
    return ["beta is missing; with 2, say, recall weighs twice as much as precision"]


def range_of(metric: Metric) -> str:
    """Return the range of a metric in words; it must be bounded on one side."""
    if math.isinf(metric.highest):
        return f"never below {metric.lowest:g}"
    if math.isinf(metric.lowest):
        return f"never above {metric.highest:g}"
    return f"from {metric.lowest:g} to {metric.highest:g}"


def with_metric_and_task(agreed: object, task: object) -> object:
    """Return a table of metrics as written, each value with its metric and the task."""
    if not isinstance(agreed, Mapping):
        return agreed
    known_task = task if isinstance(task, str) else ""
    return {metric: Agreed(metric, known_task, one) for metric, one in agreed.items()}


def _refuse_taken_name(metric: str) -> None:
    """Refuse a custom metric's name that is taken, or unfit for a marker or a check's id."""
    if metric in METRICS:
        raise key_mistake(f"{metric} is a metric by itself; give the function another name")
    if len(metric) > LONGEST_NAME:
        told = f"metric name {shown(metric)} is longer than {LONGEST_NAME} characters"
        raise key_mistake(told)
    if not re.fullmatch(NAME, metric):
        raise key_mistake(
            f"metric name {metric!r} must be of letters, digits and '_', and start with a letter"
        )
    if metric in TAKEN:
        raise key_mistake(f"metric name {metric!r} means something else as a marker of its checks")


def _refuse_unknown_metric(metric: str, task: str) -> None:
    if metric not in METRICS:
        known = metrics_of(task) if task in TASKS else METRICS
        raise key_mistake(f"unknown metric {shown(metric)}; {nearest(metric, known)}")
    if task in TASKS and metric not in metrics_of(task):
        had = ", ".join(metrics_of(task))
        raise key_mistake(f"task {task!r} has no metric {metric!r}; it has: {had}")
