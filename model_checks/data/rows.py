"""The labelled rows that a model is judged on: read, held to the window, counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from model_checks.data.columns import Columns, sql_of, why_no_number
from model_checks.data.engine import GIVEN, Engine
from model_checks.data.required_columns import require
from model_checks.data.sql import conjunction, literal
from model_checks.data.times import (
    Times,
    moment_written,
    newest_columns,
    window_bounds,
    window_start,
)
from model_checks.data.values import is_float, is_number, text_of
from model_checks.errors import DataError
from model_checks.plan.checks import Segment
from model_checks.settings import Model, Segmentation
from model_checks.settings.column_roles import columns_named


@dataclass(frozen=True)
class Rows:
    """The labelled rows of the window in an engine, with the counts made on the way.

    Attributes
    ----------
    relation
        All rows given.
    condition
        SQL that holds for the labelled rows of the window.
    types
        Type of each column.
    given, in_window, labelled, untimed
        Counts of rows: all, in the window, with a label in it, and without a time.
    start, end
        The window, [start, end); None where it is open.
    span
        The range of the times, in words.
    window
        SQL that holds for the rows of the window, with a label or without.
    time_column, times
        Name of the column of times, and its times; None without such a column.
    """

    relation: str
    condition: str
    types: Columns
    given: int
    in_window: int
    labelled: int
    untimed: int
    start: datetime | None
    end: datetime | None
    span: str
    window: str
    time_column: str | None
    times: Times | None

    @property
    def nothing(self) -> str | None:
        """Return why no row is left to judge; None if there is a row."""
        if self.labelled:
            return None
        if self.in_window:
            return f"no labelled row among the {self.in_window:,} rows in the window"
        window = f"from {self.start or 'the beginning'} to {self.end}".replace("+00:00", "")
        return f"no row in the window {window}; {self.span}"


class LabelCounts(NamedTuple):
    """The labelled and the positive rows of a segment; None for positives that nobody asked for."""

    labelled: int
    positives: int | None = None

    @classmethod
    def of_all(cls, parts: Iterable["LabelCounts"]) -> "LabelCounts":
        """Return the sums of the counts of segments that have all rows between them."""
        each = list(parts)
        positives = [one.positives for one in each if one.positives is not None]
        return cls(sum(one.labelled for one in each), sum(positives) if positives else None)


def open_rows(engine: Engine, model: Model, as_of: datetime) -> Rows:
    """Count what a model's data has to judge.

    Parameters
    ----------
    engine
        Has the rows as ``given``.
    model
        What the file says.
    as_of
        The end of the window, exclusive.

    Raises
    ------
    DataError
        If the data is empty, can't be read, or lacks a column; or if the time column holds no
        times.
    """
    try:
        return _counted(engine, model, as_of)
    except DataError as error:
        raise DataError(f"data {model.data.source!r}: {error}") from error


def _counted(engine: Engine, model: Model, as_of: datetime) -> Rows:
    types = engine.columns(GIVEN)
    require(columns_named(model), types)
    _require_numbers(model, types)
    start, name = window_start(model, as_of), model.time_column
    bounds = _bounds(engine, model, types, start, as_of)
    window = f"({conjunction(bounds)})" if bounds else "true"
    label = conjunction([label_condition(target, types) for target in model.targets])
    column = sql_of(name, types) if name else "1"
    kept = [f"count(case when {rows} then 1 end)" for rows in (window, f"{window} and {label}")]
    counts = ["count(*)", *kept, f"count({column})"]
    ends = [f"cast({end}({column}) as varchar)" for end in ("min", "max")]
    newest = newest_columns(column, bounds[0], label) if name else []
    [(given, in_window, labelled, timed, first, last, *found)] = engine.run(
        f"select {', '.join([*counts, *ends, *newest])} from {GIVEN}"
    )
    _require_rows(given)
    span = f"{name} runs from {first} to {last}"
    return Rows(
        relation=GIVEN,
        condition=f"{window} and {label}",
        types=types,
        given=given,
        in_window=in_window,
        labelled=labelled,
        untimed=given - timed,
        start=start,
        end=as_of if name else None,
        span=span if timed else f"{name} is null in all {given:,} rows",
        window=window,
        time_column=name,
        times=_times([first, last, *found], timed, types[name]) if name else None,
    )


def _bounds(
    engine: Engine, model: Model, types: Columns, start: datetime | None, end: datetime
) -> list[str]:
    """Return SQL of the window; data without rows is refused before a column without times."""
    try:
        return window_bounds(model, types, start, end)
    except DataError:
        [(given,)] = engine.run(f"select count(*) from {GIVEN}")
        _require_rows(given)
        raise


def _require_rows(given: int) -> None:
    if not given:
        raise DataError("has no rows")


def _times(found: Sequence[Any], timed: int, kind: str) -> Times:
    *written, before = found
    oldest, newest, newest_row, newest_label = map(moment_written, written)
    return Times(
        oldest=oldest,
        newest=newest,
        newest_row=newest_row,
        newest_label=newest_label,
        later=timed - before,
        whole_days=kind == "DATE",
        read=datetime.now(UTC),
    )


def require_columns(model: Model, types: Mapping[str, str]) -> None:
    """Refuse data that lacks a column that the settings name.

    Raises
    ------
    DataError
        If it does.
    """
    try:
        require(columns_named(model), types)
    except DataError as error:
        raise DataError(f"data {model.data.source!r}: {error}") from error


def segment_rows(
    engine: Engine, rows: Rows, one: Segmentation, positive: str | None = None
) -> Mapping[Segment, LabelCounts]:
    """Return the values of a segmentation's columns, each with its number of labelled rows.

    Parameters
    ----------
    positive
        SQL that holds for positive rows; None where they need no count.

    Raises
    ------
    DataError
        If there are more values than may be judged, as where a column tells rows apart.
    """
    values = _counted_by(one.by, rows, positive)
    found = engine.run(f"{values} limit {one.max_segments + 1}")
    if len(found) > one.max_segments:
        [(n,)] = engine.run(f"select count(*) from ({values}) as found")
        raise DataError(
            f"segments by {', '.join(one.by)}: {n:,} values, more than max_segments = "
            f"{one.max_segments:,}; list the values to judge, or raise max_segments"
        )
    return _by_segment(one.by, found)


def listed_rows(
    engine: Engine, rows: Rows, listed: Iterable[Segment], positive: str | None = None
) -> Mapping[Segment, LabelCounts]:
    """Return the segments that have labelled rows, each with its number of them."""
    by_columns: dict[tuple[str, ...], list[Segment]] = {}
    for segment in listed:
        by_columns.setdefault(tuple(name for name, _ in segment), []).append(segment)
    found: dict[Segment, LabelCounts] = {}
    for columns, segments in by_columns.items():
        wanted = " or ".join(f"({_equals(segment)})" for segment in segments)
        counted = engine.run(_counted_by(columns, rows, positive, wanted if columns else "true"))
        found |= _by_segment(columns, counted)
    return found


def _counted_by(
    columns: Sequence[str], rows: Rows, positive: str | None, wanted: str = "true"
) -> str:
    """Return SQL of the rows by value of some columns; without columns the whole is one group."""
    texts = [text_of(sql_of(name, rows.types), rows.types[name]) for name in columns]
    named = [f"{text} as g{position}" for position, text in enumerate(texts)]
    keys = [f"g{position}" for position in range(len(texts))]
    named.append(f"{f'case when {positive} then 1 end' if positive else '1'} as positive")
    counts = ["count(*) as n", f"{'count(positive)' if positive else 'null'} as positives"]
    groups = f" group by {', '.join(keys)}" if keys else ""
    return (
        f"select {', '.join([*keys, *counts])} from (select {', '.join(named)} "
        f"from {rows.relation} where {rows.condition}) as judged where {wanted}{groups}"
    )


def _by_segment(
    columns: Sequence[str], found: Iterable[Sequence[Any]]
) -> Mapping[Segment, LabelCounts]:
    return {
        tuple(zip(columns, values, strict=True)): LabelCounts(n, positives)
        for *values, n, positives in found
    }


def _equals(segment: Segment) -> str:
    values = [value for _, value in segment if value is not None]
    return conjunction([f"g{position} = {literal(one)}" for position, one in enumerate(values)])


def label_condition(target: str, types: Mapping[str, str]) -> str:
    """Return SQL that holds for the rows that have a label in this column."""
    column = sql_of(target, types)
    present = f"{column} is not null"
    return f"{present} and not isnan({column})" if is_float(types[target]) else present


def _require_numbers(model: Model, types: Columns) -> None:
    """Refuse a column that must hold numbers and does not, while its fields can be looked at."""
    numbers = [(key, name) for key, name in columns_named(model) if _is_number_to(model, key)]
    for key, name in numbers if types.fields else []:
        if not is_number(types[name]):
            raise DataError(f"{key} {name!r} {why_no_number(name, types)}")


def _is_number_to(model: Model, key: str) -> bool:
    values = ("target", "prediction") if model.task == "regression" else ()
    return key in ("score", "weight", *values)
