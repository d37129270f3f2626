"""The plan of a run: checks, each with a stable id, and the segments that they are of."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from model_checks.metrics import Asked
from model_checks.metrics.statistics import CustomFunction
from model_checks.settings import Correction, Rule, segment_text
from model_checks.text import one_line, shortened
from model_checks.text.figures import written

__all__ = [
    "Bound",
    "Check",
    "Kind",
    "Plan",
    "Segment",
    "SegmentRows",
    "SegmentationKey",
    "check_id",
    "plain",
    "segment_in_words",
    "segment_text",
    "value_text",
    "values_text",
]

Segment = tuple[tuple[str, str | None], ...]
"""Columns with their values, as text; the empty tuple stands for all rows."""

SegmentRows = Mapping[Segment, int]
"""The values that a segmentation has in the rows judged, with how many labelled rows each."""

SegmentationKey = tuple[str, tuple[str, ...]]
"""A model's name and the columns of a segmentation."""

Kind = Literal["level", "degradation", "gap"]

_PLAIN = re.compile(r"[^A-Za-z0-9._+-]+")
_HASH = re.compile(r"~[0-9a-f]{12}")


@dataclass(frozen=True)
class Bound:
    """An agreed bound: at least ``min``, at most ``max``, worth a warning past ``warn``."""

    min: float | None
    max: float | None
    warn: float | None
    rule: Rule

    @property
    def limit(self) -> float:
        """Return the lower limit, or else the upper, which is all that a degradation or gap has."""
        limit = self.max if self.min is None else self.min
        assert limit is not None  # there is no threshold without either
        return limit


@dataclass(frozen=True)
class Check:
    """A threshold applied to a model, or to one segment of its rows: one pytest test.

    Attributes
    ----------
    explicit
        Whether the check is written in the file, rather than made for a value found in the data.
    beta
        The weight of recall in ``fbeta``; None for any other metric.
    no_data_reason
        Why there is nothing to judge, as where a segmentation has no value: NO_DATA, never green.
    kind
        The quantity that is bounded: the metric, by how much it is worse than the baseline's, or
        the gap between its largest and its smallest value among the segments of a segmentation.
    relative
        Of a degradation: whether the bound is a share of the baseline's size.
    among
        The segments that a gap is between; empty for any other check.
    listed
        Whether the file lists the segments of a gap, rather than their being found in the data.
    correction
        The correction of the p-values of a model's segment checks, for being several.
    """

    id: str
    model: str
    task: str
    metric: str
    average: str | None
    segment: Segment
    bound: Bound
    confidence: float
    min_rows: int
    explicit: bool
    no_data_reason: str | None
    beta: float | None = None
    function: CustomFunction | None = None
    kind: Kind = "level"
    relative: bool = False
    among: tuple[Segment, ...] = ()
    listed: bool = False
    correction: Correction = "holm"

    @property
    def label(self) -> str:
        """Return the check's name in sentences: its id, with the segment where the id hashes it."""
        words = segment_in_words(self.segment)
        if self.among or self.stands_for_all:
            words = f"by {', '.join(map(shortened, self.columns))}"
        return f"{self.id} ({one_line(words, 120)})" if words and _HASH.search(self.id) else self.id

    @property
    def metric_name(self) -> str:
        """Return the metric's name with the options chosen: its beta and its average."""
        chosen = [] if self.beta is None else [f"beta {written(self.beta)}"]
        if self.average not in (None, "binary"):
            chosen.append(str(self.average))
        return f"{self.metric} ({', '.join(chosen)})" if chosen else self.metric

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the check's segment, or of the segments that a gap is between."""
        return tuple(column for column, _ in (*self.among, self.segment)[0])

    @property
    def stands_for_all(self) -> bool:
        """Return whether the check stands for a whole segmentation, no value of which is judged."""
        return self.no_data_reason is not None and any(value == "*" for _, value in self.segment)

    @property
    def asked(self) -> Asked:
        """Return the options with which the check asks for its metric."""
        inverted = self.bound.rule != "estimate" or self.kind == "gap"
        return Asked(self.average, self.confidence, self.beta or 1.0, self.function, inverted)


@dataclass(frozen=True)
class Plan:
    """The checks of a run.

    Attributes
    ----------
    left_out
        Sentences on checks that were left out on purpose.
    notes
        Sentences on what is known of the checks before anything is measured.
    loosened
        The notes that report a bound looser than the one in force.
    """

    checks: tuple[Check, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    loosened: tuple[str, ...] = ()

    def of_model(self, name: str) -> tuple[Check, ...]:
        """Return the checks of one model."""
        return tuple(check for check in self.checks if check.model == name)


def value_text(value: str | None) -> str:
    """Return the value of a column as it stands in sentences, quoted where it may be mistaken.

    >>> [value_text(value) for value in ("AA", None, "null", "", " AA")]
    ['AA', 'null', "'null'", "''", "' AA'"]
    """
    if value is None:
        return "null"
    return repr(value) if value in ("", "null") or value != value.strip() else value


def values_text(segment: Segment) -> str:
    """Return the values of a segment without their columns.

    >>> values_text((("carrier", "AA"), ("origin", None)))
    'AA, null'
    """
    return ", ".join(shortened(value_text(value)) for _, value in segment)


def segment_in_words(segment: Segment) -> str:
    """Return the values of a segment with their columns.

    >>> segment_in_words((("carrier", "AA"), ("origin", None)))
    'carrier = AA, origin is null'
    """
    parts = [
        f"{shortened(column)} is null"
        if value is None
        else f"{shortened(column)} = {shortened(value_text(value))}"
        for column, value in segment
    ]
    return ", ".join(parts)


def check_id(model: str, metric: str, segment: Segment, *, no_data_reason: bool = False) -> str:
    """Return a stable id of plain ASCII, unique among all segments of a metric of a model.

    The check of a segmentation without a value has ``*`` where a value would stand.

    >>> check_id("churn", "profit", (("plan", "basic"),))
    'churn-profit-plan=basic'
    >>> check_id("churn", "profit", (("plan", "<b>"),))
    'churn-profit-plan=b~507ca5a2742e'
    """
    parts = [
        f"{plain(column)}={'*' if no_data_reason else plain(value)}" for column, value in segment
    ]
    return "-".join([model, metric, *([",".join(parts)] if parts else [])])


def plain(text: str | None) -> str:
    """Return a text as part of an id: as it is if plain, else its plain signs and a hash of it.

    Neither ``~`` nor ``*`` is in a plain text, so that a null and the check that stands for all
    values can't be taken for a value.
    """
    if text is None:
        return "~null"
    kept = _PLAIN.sub("", text)[:40]
    if kept == text and text:
        return text
    return f"{kept}~{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
