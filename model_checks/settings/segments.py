"""``[[models.NAME.segments]]``: the bounds for the values of columns, and for their gaps."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from model_checks.metrics import METRICS, TASKS, Metric, metric_named, metrics_of
from model_checks.settings.error_messages import refuse, table_mistake
from model_checks.settings.field_types import OBJECT, Known, Texts, Whole, is_plain_value
from model_checks.settings.metric_options import (
    Measure,
    missing_beta,
    range_of,
    with_metric_and_task,
)
from model_checks.settings.rules import AsOfElsewhere, CorrectionElsewhere, Rules
from model_checks.settings.thresholds import Thresholds


class Gap(Measure):
    """``max_gap``: how far apart the values of one metric may lie; a bare number is max."""

    max: float

    @classmethod
    def of_number(cls, number: float, _: Metric) -> Mapping[str, Any]:
        """Return the table that a bare number stands for."""
        return {"max": number}

    @field_validator("max")
    @classmethod
    def _can_be_exceeded(cls, widest: float, info: ValidationInfo) -> float:
        metric = metric_named(info.data["metric"])
        if widest < 0:
            raise ValueError("must be at least 0")
        if widest > metric.highest - metric.lowest:
            raise ValueError(f"{metric.name} is {range_of(metric)}, so no gap is so wide")
        return widest


Gaps = dict[str, Gap]


def _gaps(told: object) -> object:
    """Return a table of gaps, or refuse another value; a bare number was made a table before."""
    if isinstance(told, int | float) and not isinstance(told, bool):
        raise ValueError(
            "is for the metrics of thresholds, and there is none; name one, as in { recall = 0.1 }"
        )
    if not isinstance(told, Mapping):
        raise ValueError("must be a number or a table of metrics")
    if not told:
        raise ValueError("must not be empty")
    return told


class Segmentation(Rules):
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
    thresholds: Annotated[Thresholds, Field(min_length=1)] = Field(default_factory=dict)
    max_gap: Annotated[Gaps, BeforeValidator(_gaps)] = Field(default_factory=dict)
    max_segments: Annotated[int, Field(ge=1, le=1_000_000)] = 1000
    as_of: AsOfElsewhere = None
    correction: CorrectionElsewhere = None
    whole: Whole = None

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

    @field_validator("max_gap")
    @classmethod
    def _held_as_the_threshold(cls, gaps: Gaps, info: ValidationInfo) -> Gaps:
        """Return the gaps, each with the options of its metric's threshold that it leaves open."""
        thresholds: Thresholds | None = info.data.get("thresholds")
        if thresholds is None:
            return gaps
        held = {
            metric: gap.like(thresholds[metric]) if metric in thresholds else gap
            for metric, gap in gaps.items()
        }
        missing = [
            f"{metric}: {text}"
            for metric, gap in held.items()
            for text in missing_beta(metric, {"beta": gap.beta})
        ]
        if missing:
            raise table_mistake(*missing)
        return held

    @field_validator("whole")
    @classmethod
    def _something_to_judge(cls, _: None, info: ValidationInfo) -> None:
        refuse(_nothing_to_judge(info.data))

    def listed(self) -> list[tuple[tuple[str, str], ...]] | None:
        """Return the listed values, each as columns with their text; None without a list."""
        if self.values is None:
            return None
        lists = [value if isinstance(value, list) else [value] for value in self.values]
        return [tuple(zip(self.by, map(segment_text, parts), strict=True)) for parts in lists]

    def metrics(self) -> Iterator[str]:
        """Yield the names of the metrics that the segmentation is about."""
        yield from self.thresholds
        yield from self.max_gap


def _nothing_to_judge(known: Known) -> Iterator[str]:
    if known.get("thresholds") == {} and known.get("max_gap") == {}:
        yield "key 'thresholds' is missing, or max_gap"
    if known.get("max_gap") and len(known.get("values") or [0, 0]) < 2:
        yield "max_gap is between values, and values lists only one"


def segment_text(value: object) -> str:
    """Return a value of thresholds.toml as the text that the same value in the data becomes.

    >>> segment_text(True), segment_text(2.0), segment_text("AA")
    ('true', '2', 'AA')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def segments_with_task(raw: object, task: object) -> object:
    """Return a segmentation as written, its thresholds and gaps with their metric and task."""
    if not isinstance(raw, Mapping):
        return raw
    told = dict(raw)
    if "thresholds" in raw:
        told["thresholds"] = with_metric_and_task(raw["thresholds"], task)
    if "max_gap" in raw:
        thresholds = raw.get("thresholds")
        agreed = thresholds if isinstance(thresholds, Mapping) else {}
        told["max_gap"] = _told_gaps(raw["max_gap"], agreed, task)
    if told.get("max_gap") == {} and raw["max_gap"] != {}:
        del told["max_gap"]
    return told


def _told_gaps(written: object, agreed: Mapping[str, object], task: object) -> object:
    """Return the gaps with metric and task; a number leaves out metrics refused already."""
    if isinstance(written, int | float) and not isinstance(written, bool) and agreed:
        known = metrics_of(task) if isinstance(task, str) and task in TASKS else METRICS
        named = [metric for metric in agreed if metric in known or _function_of(agreed[metric])]
        written = dict.fromkeys(named, written)
    if not isinstance(written, Mapping):
        return written
    functions = {metric: _function_of(one) for metric, one in agreed.items()}
    gaps = {metric: _of_function(gap, functions.get(metric)) for metric, gap in written.items()}
    return with_metric_and_task(gaps, task)


def _function_of(threshold: object) -> str | None:
    """Return the custom function that a threshold names, if any."""
    named = threshold.get("metric") if isinstance(threshold, Mapping) else None
    return named if isinstance(named, str) and re.fullmatch(OBJECT, named) else None


def _of_function(gap: object, function: str | None) -> object:
    """Return a gap with the custom function of its threshold, unless it names one itself."""
    if function is None:
        return gap
    if isinstance(gap, int | float) and not isinstance(gap, bool):
        gap = {"max": gap}
    return {"metric": function, **gap} if isinstance(gap, Mapping) else gap
