"""The labelled rows that a model is judged on: read, held to the window, counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from model_checks.data import GIVEN, Engine
from model_checks.data.columns import Columns, sql_of, why_no_number
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
from model_checks.plan.checks import Segment, SegmentRows
from model_checks.settings import Model, Segmentation
from model_checks.settings.column_roles import columns_named


@dataclass(frozen=True)
class Rows:
    """Where the labelled rows of the window are, and what was counted on the way.

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
        What times there are, in words.
    window
        SQL that holds for the rows of the window, with a label or without.
    time_column, times
        Where the times are, and which; None without a column of times.
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
        """Why no row is left to judge; None if one is."""
        if self.labelled:
            return None
        if self.in_window:
            return f"no labelled row among the {self.in_window:,} rows in the window"
        window = f"from {self.start or 'the beginning'} to {self.end}".replace("+00:00", "")
        return f"no row in the window {window}; {self.span}"


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
    """Return SQL of the window; that there is no row is told before that there are no times."""
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


def segment_rows(engine: Engine, rows: Rows, one: Segmentation) -> SegmentRows:
    """The values of a segmentation's columns, each with its number of labelled rows.

    Raises
    ------
    DataError
        If there are more than may be judged, as where a column tells rows apart.
    """
    texts = [text_of(sql_of(name, rows.types), rows.types[name]) for name in one.by]
    names = [f"g{position}" for position in range(len(texts))]
    columns = ", ".join(f"{text} as {name}" for text, name in zip(texts, names, strict=True))
    values = (
        f"select {', '.join(names)}, count(*) as n from (select {columns} from {rows.relation} "
        f"where {rows.condition}) as judged group by {', '.join(names)}"
    )
    found = engine.run(f"{values} limit {one.max_segments + 1}")
    if len(found) > one.max_segments:
        [(n,)] = engine.run(f"select count(*) from ({values}) as found")
        raise DataError(
            f"segments by {', '.join(one.by)}: {n:,} values, more than max_segments = "
            f"{one.max_segments:,}; list the values to judge, or raise max_segments"
        )
    return {_segment(one.by, values): n for *values, n in found}


def listed_rows(engine: Engine, rows: Rows, listed: Iterable[Segment]) -> SegmentRows:
    """Some segments, each with its number of labelled rows; those that have none are left out."""
    by_columns: dict[tuple[str, ...], list[Segment]] = {}
    for segment in listed:
        by_columns.setdefault(tuple(name for name, _ in segment), []).append(segment)
    found: dict[Segment, int] = {}
    for columns, segments in by_columns.items():
        texts = [text_of(sql_of(name, rows.types), rows.types[name]) for name in columns]
        names = ", ".join(f"g{position}" for position in range(len(texts)))
        named = ", ".join(f"{text} as g{position}" for position, text in enumerate(texts))
        wanted = " or ".join(f"({_equals(segment)})" for segment in segments)
        counted = engine.run(
            f"select {names}, count(*) as n from (select {named} from {rows.relation} "
            f"where {rows.condition}) as judged where {wanted} group by {names}"
        )
        found |= {_segment(list(columns), values): n for *values, n in counted}
    return found


def _equals(segment: Segment) -> str:
    values = [value for _, value in segment if value is not None]
    return conjunction([f"g{position} = {literal(one)}" for position, one in enumerate(values)])


def _segment(names: list[str], values: list[str | None]) -> Segment:
    return tuple(zip(names, values, strict=True))


def label_condition(target: str, types: Mapping[str, str]) -> str:
    """SQL that holds for the rows that have a label in this column."""
    column = sql_of(target, types)
    present = f"{column} is not null"
    return f"{present} and not isnan({column})" if is_float(types[target]) else present


def _require_numbers(model: Model, types: Columns) -> None:
    """Refuse what has to be a number and is none, while its fields can be looked at."""
    numbers = [(key, name) for key, name in columns_named(model) if _is_number_to(model, key)]
    for key, name in numbers if types.fields else []:
        if not is_number(types[name]):
            raise DataError(f"{key} {name!r} {why_no_number(name, types)}")


def _is_number_to(model: Model, key: str) -> bool:
    values = ("target", "prediction") if model.task == "regression" else ()
    return key in ("score", "weight", *values)
