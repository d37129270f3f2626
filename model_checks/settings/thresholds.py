"""``[models.NAME.thresholds]``: bounds for metrics."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema, field_validator

from model_checks.metrics import Metric, metric_named
from model_checks.settings.baseline import Degradation
from model_checks.settings.error_messages import refuse
from model_checks.settings.field_types import Known, Whole
from model_checks.settings.metric_options import Measure, missing_beta, range_of

_SHARE = r"\d+(?:\.\d+)? ?%"


def _degradation(written: object) -> Degradation:
    """Return the degradation of a number, or of a share in percent such as "5%"."""
    amount, relative = -1.0, False
    if isinstance(written, str) and re.fullmatch(_SHARE, written, re.ASCII):
        amount, relative = float(written.rstrip(" %")) / 100, True
    elif isinstance(written, int | float) and not isinstance(written, bool):
        amount = float(written)
    if 0 <= amount < math.inf:
        return Degradation(amount, relative)
    raise ValueError('must be a number of at least 0, or a share of the baseline such as "5%"')


class Threshold(Measure):
    """What was agreed for one metric.

    A bare number is min for a score, max for an error, and for a bias how far it may be from 0.
    """

    min: float | None = None
    max: float | None = None
    warn: float | None = None
    max_degradation: (
        Annotated[
            Degradation,
            BeforeValidator(_degradation),
            WithJsonSchema(
                {
                    "anyOf": [
                        {"type": "number", "minimum": 0},
                        {"type": "string", "pattern": f"^{_SHARE}$"},
                    ]
                }
            ),
        ]
        | None
    ) = None
    whole: Whole = None

    @classmethod
    def of_number(cls, number: float, metric: Metric) -> Mapping[str, Any]:
        """Return the table that a bare number stands for."""
        if metric.direction == "zero":
            if number < 0:
                raise ValueError("must be at least 0: how far it may be from 0")
            return {"min": -number, "max": number}
        return {"min" if metric.direction == "higher" else "max": number}

    @field_validator("min", "max", "warn")
    @classmethod
    def _within_range(cls, bound: float | None, info: ValidationInfo) -> float | None:
        metric = metric_named(info.data["metric"])
        if bound is not None and not metric.lowest <= bound <= metric.highest:
            raise ValueError(f"{metric.name} is {range_of(metric)}")
        return bound

    @field_validator("max_degradation")
    @classmethod
    def _can_be_exceeded(
        cls, agreed: Degradation | None, info: ValidationInfo
    ) -> Degradation | None:
        metric = metric_named(info.data["metric"])
        if agreed and not agreed.relative and agreed.amount > metric.highest - metric.lowest:
            raise ValueError(
                f"{metric.name} is {range_of(metric)}, so it can't become worse by so much; "
                f'a share of the baseline is written "{agreed.amount:g}%"'
            )
        if agreed and agreed.relative and agreed.amount >= 1 and _is_share(metric):
            raise ValueError("nothing is worse by all of its baseline; write less than 100 %")
        return agreed

    @field_validator("whole")
    @classmethod
    def _bounds_agree(cls, _: None, info: ValidationInfo) -> None:
        mistakes: list[str] = []
        if {"min", "max", "warn", "max_degradation"} <= info.data.keys():
            mistakes += _disagreeing_bounds(info.data)
        refuse([*mistakes, *missing_beta(info.data["metric"], info.data)])


Thresholds = dict[str, Threshold]


def _is_share(metric: Metric) -> bool:
    """Return whether a metric is a score never below 0, which can't fall by more than it is."""
    return metric.direction == "higher" and metric.lowest == 0


def _disagreeing_bounds(known: Known) -> Iterator[str]:
    low, high, warn = known["min"], known["max"], known["warn"]
    direction = metric_named(known["metric"]).direction
    if known["max_degradation"]:
        bounds = (low is not None) + (high is not None)
        if direction == "agreed" and bounds != 1:
            given = "" if bounds == 0 else ", not both"
            yield f"max_degradation needs min or max{given}, which says what is worse"
        if bounds == 0:
            if warn is not None:
                yield "warn goes with min or max; beside max_degradation alone it would never warn"
            return
    if missing := _missing_bounds(direction, low, high):
        yield missing
    elif low is not None and high is not None:
        if low > high:
            yield f"min = {low} is above max = {high}"
        if warn is not None:
            yield "warn goes with min or with max, not with both"
    elif warn is not None and low is not None and warn <= low:
        yield f"warn = {warn} is not above min = {low}, so it could never warn"
    elif warn is not None and high is not None and warn >= high:
        yield f"warn = {warn} is not below max = {high}, so it could never warn"


def _missing_bounds(direction: str, low: float | None, high: float | None) -> str | None:
    if direction == "higher" and low is None:
        return "min is missing; without it nothing is too low"
    if direction == "lower" and high is None:
        return "max is missing; without it nothing is too high"
    if low is None and high is None:
        far = "far from 0" if direction == "zero" else "low or too high"
        return f"min and max are missing; without them nothing is too {far}"
    return None
