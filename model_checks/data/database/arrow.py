"""Rows of a database -> an Arrow batch: the only rows that leave are those a model is called on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from model_checks.errors import DataError

Column = tuple[pa.DataType, Callable[[Any], Any]]


def batch_of(types: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    """Return some rows as one batch.

    Parameters
    ----------
    types
        Name and type of each column. They, and not the values, decide about the batch's types, so
        that these are the same for all batches.

    Raises
    ------
    DataError
        If a value is not what its column's type says.
    """
    arrays = [
        _array(name, kind, values)
        for (name, kind), values in zip(types.items(), zip(*rows, strict=True), strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(types))


def _array(name: str, kind: str, values: Sequence[Any]) -> pa.Array:
    arrow, read = _column(kind)
    try:
        return pa.array([None if value is None else read(value) for value in values], arrow)
    except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
        raise DataError(
            f"column {name!r} holds what is no {kind} ({type(error).__name__})"
        ) from None


def _column(kind: str) -> Column:
    if kind.startswith("DECIMAL"):
        return pa.float64(), float
    return _COLUMNS.get(kind, (pa.string(), str))


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value  # SQLite has texts


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


_COLUMNS: Mapping[str, Column] = {
    "BOOLEAN": (pa.bool_(), bool),
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT"), (pa.int64(), int)),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"), (pa.uint64(), int)),
    **dict.fromkeys(("HUGEINT", "UHUGEINT"), (pa.float64(), float)),
    "FLOAT": (pa.float32(), float),
    "DOUBLE": (pa.float64(), float),
    "DATE": (pa.date32(), _day),
    "TIMESTAMP": (pa.timestamp("us"), _moment),
    "TIMESTAMP WITH TIME ZONE": (pa.timestamp("us", "UTC"), _moment),
}
