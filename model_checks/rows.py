"""The labelled rows that a model is judged on: read, held to the window, counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from model_checks.engines.duckdb import Engine, conjunction, identifier, literal, scan
from model_checks.errors import DataError
from model_checks.plan import Segment, SegmentRows
from model_checks.settings import Model, Settings
from model_checks.settings.mistakes import nearest

_FLOATS = ("FLOAT", "DOUBLE")
_NUMBERS = (*_FLOATS, "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL", "UTINYINT")
_NUMBERS = (*_NUMBERS, "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
_TIMES = ("DATE", "TIMESTAMP")


@dataclass(frozen=True)
class Rows:
    """Where the labelled rows of the window are, and what was counted on the way.

    Attributes
    ----------
    setup
        SQL that makes the relation.
    relation
        The table or view of all rows given.
    condition
        SQL that holds for the labelled rows of the window.
    types
        Type of each column.
    given, in_window, labelled, untimed
        Counts of rows: all, in the window, with a label in it, and without a time.
    start, end
        The window, [start, end); None where it is open.
    """

    setup: str
    relation: str
    condition: str
    types: dict[str, str]
    given: int
    in_window: int
    labelled: int
    untimed: int
    start: datetime | None
    end: datetime | None
    span: str

    @property
    def nothing(self) -> str | None:
        """Why no row is left to judge; None if one is."""
        if self.labelled:
            return None
        if self.in_window:
            return f"no labelled row among the {self.in_window:,} rows in the window"
        window = f"from {self.start or 'the beginning'} to {self.end}".replace("+00:00", "")
        return f"no row in the window {window}; {self.span}"


def open_rows(engine: Engine, model: Model, settings: Settings, as_of: datetime) -> Rows:
    """Read a model's data and count what there is to judge.

    Parameters
    ----------
    engine
        Keeps the rows as a table (CSV) or a view (Parquet) called ``given``.
    model, settings
        What the file says.
    as_of
        The end of the window, exclusive.

    Raises
    ------
    DataError
        If a file is absent or empty, can't be read, or lacks a column; or if the time column holds
        no times.
    """
    files = model.data.files
    source = scan(files, settings.folder)
    kind = "view" if files.lower().endswith(".parquet") else "table"
    try:
        setup = f"create or replace temp {kind} given as select * from {source}"
        engine.run(setup)
        types = engine.columns("given")
    except DataError as error:
        raise DataError(f"data {files!r}: {error}") from error
    _require(_columns_named(model), types, files)
    time, label = _time_condition(model, types, as_of), label_condition(model.target, types)
    counts = ["count(*)", f"count(case when {time} then 1 end)"]
    counts.append(f"count(case when {time} and {label} then 1 end)")
    column = identifier(model.time_column) if model.time_column else "1"
    counts += [f"count(*) - count({column})", f"min({column})", f"max({column})"]
    [row] = engine.run(f"select {', '.join(counts)} from given")
    given, in_window, labelled, untimed, first, last = row
    if not given:
        raise DataError(f"data {files!r}: has no rows")
    return Rows(
        setup=setup,
        relation="given",
        condition=f"{time} and {label}",
        types=types,
        given=given,
        in_window=in_window,
        labelled=labelled,
        untimed=untimed,
        start=as_of - model.window if model.window else None,
        end=as_of if model.time_column else None,
        span=f"{model.time_column} runs from {first} to {last}",
    )


def segment_rows(engine: Engine, rows: Rows, columns: Iterable[str]) -> SegmentRows:
    """The values of some columns taken together, each with its number of labelled rows."""
    names = list(columns)
    texts = [text_of(identifier(name), rows.types[name]) for name in names]
    group = ", ".join(str(position + 1) for position in range(len(names)))
    found = engine.run(
        f"select {', '.join(texts)}, count(*) from {rows.relation} "
        f"where {rows.condition} group by {group}"
    )
    return {_segment(names, values): n for *values, n in found}


def _segment(names: list[str], values: list[str | None]) -> Segment:
    return tuple(zip(names, values, strict=True))


def text_of(sql: str, kind: str) -> str:
    """SQL for a value as text: 1 and 1.0 are the same, a NaN is null."""
    if not _is(kind, (*_FLOATS, "DECIMAL")):
        return f"cast({sql} as varchar)"
    whole = f"{sql} = floor({sql}) and abs({sql}) < 1e15"
    text = f"case when {whole} then cast(cast({sql} as bigint) as varchar) else cast({sql} as varchar) end"
    return f"case when not isnan({sql}) then {text} end" if _is(kind, _FLOATS) else text


def label_of(sql: str, kind: str) -> str:
    """SQL for a label as text: as other values, but true is 1 and false is 0."""
    return f"cast(cast({sql} as integer) as varchar)" if kind == "BOOLEAN" else text_of(sql, kind)


def label_text(label: str | float | bool) -> str:
    """A label of the settings or of a model's classes as the text that ``label_of`` gives.

    >>> label_text(True), label_text(1.0), label_text("late")
    ('1', '1', 'late')
    """
    if isinstance(label, float) and not label.is_integer():
        return repr(label)
    return label if isinstance(label, str) else str(int(label))


def is_number(kind: str) -> bool:
    """Whether a column of this type can be a regression's target or prediction, or a score."""
    return _is(kind, _NUMBERS)


def is_float(kind: str) -> bool:
    """Whether a column of this type can hold NaN and infinity."""
    return _is(kind, _FLOATS)


def label_condition(target: str, types: dict[str, str]) -> str:
    """SQL that holds for the rows that have a label."""
    column = identifier(target)
    present = f"{column} is not null"
    return f"{present} and not isnan({column})" if is_float(types[target]) else present


def _time_condition(model: Model, types: dict[str, str], as_of: datetime) -> str:
    name = model.time_column
    if name is None:
        return "true"
    if not _is(types[name], _TIMES):
        raise DataError(
            f"time_column {name!r} is of type {types[name]}, which is no date or timestamp"
        )
    zoned = "TIME ZONE" in types[name]
    column = identifier(name) if zoned else f"cast({identifier(name)} as timestamp)"

    def moment(value: datetime) -> str:
        kind = "timestamptz" if zoned else "timestamp"
        return f"{kind} {literal(value.isoformat(sep=' ') if zoned else _naive(value))}"

    conditions = [f"{column} < {moment(as_of)}"]
    if model.window:
        conditions.append(f"{column} >= {moment(as_of - model.window)}")
    return f"({conjunction(conditions)})"


def _naive(value: datetime) -> str:
    return value.replace(tzinfo=None).isoformat(sep=" ")


def _columns_named(model: Model) -> list[tuple[str, str]]:
    """Every column that the settings name, with the key that names it."""
    scores = model.score.values() if isinstance(model.score, dict) else [model.score]
    named = [("target", model.target), ("time_column", model.time_column), ("weight", model.weight)]
    named += [("prediction", model.prediction), *(("score", score) for score in scores)]
    named += [("features", feature) for feature in model.features or []]
    named += [("segments", column) for segmentation in model.segments for column in segmentation.by]
    return [(key, name) for key, name in named if name is not None]


def _require(named: Iterable[tuple[str, str]], types: dict[str, str], files: str) -> None:
    missing = [f"{key} {name!r} is no column" for key, name in named if name not in types]
    if missing:
        first = next(name for _, name in named if name not in types)
        raise DataError(f"data {files!r}: {'; '.join(missing)}; {nearest(first, types)}")


def _is(kind: str, kinds: tuple[str, ...]) -> bool:
    return kind.split("(")[0].split(" ")[0] in kinds or kind.startswith("TIMESTAMP") and "TIMESTAMP" in kinds
