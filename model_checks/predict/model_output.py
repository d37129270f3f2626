"""A model's reply, whatever it is -> arrays in the order of the rows and of the classes.

A ValueError tells what is wrong with a reply in words that go on after "answered with".
"""

import inspect
from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_checks.text import label_text, quoted, type_name

Array = NDArray[Any]


def array_of(reply: Any) -> Array:
    """Return a reply as an array, in which masked values are missing."""
    if inspect.iscoroutine(reply):
        reply.close()  # else Python complains that nobody awaited it
    if hasattr(reply, "toarray"):  # a sparse matrix
        reply = reply.toarray()
    reply = _unmasked(reply)
    # Numpy would make texts of a list of mixed types.
    return np.asarray(reply, object if isinstance(reply, list | tuple) else None)


def _unmasked(value: Any) -> Any:
    """Return a value without masked arrays in it, however deep in lists they are."""
    if isinstance(value, list | tuple):
        return [_unmasked(one) for one in value]
    if not isinstance(value, np.ma.MaskedArray):
        return value
    masked, data = np.ma.getmaskarray(value), np.array(np.ma.getdata(value))
    if not value.ndim:
        return None if masked else data[()]
    if data.dtype.kind != "f" and masked.any():
        data = data.astype(object)
        data[masked] = None
    elif masked.any():
        data[masked] = np.nan
    return data


def rows_of(reply: Any, rows: int) -> NDArray[np.intp] | None:
    """Return the position of each row in a reply; None where it is in the order of the frame.

    The frame's index is 0, 1, 2, ...; a reply whose index holds the same numbers in another order
    is of rows that were sorted. Any other index says nothing of the frame's rows.
    """
    index = getattr(reply, "index", None)
    if index is None or callable(index):  # a list has such a method
        return None
    given = np.asarray(index)
    if given.shape != (rows,) or given.dtype.kind not in "iu":
        return None
    places = np.argsort(given, kind="stable")
    expected = np.arange(rows)
    if np.array_equal(given, expected) or not np.array_equal(given[places], expected):
        return None
    return places


def columns_of(reply: Any) -> list[Any] | None:
    """Return the column names of a frame, be it pandas' or another's; None for anything else."""
    names = getattr(reply, "columns", None)
    return None if names is None or callable(names) else list(names)


def order_of(names: Sequence[Any], expected: Sequence[str], *, own: bool) -> list[int]:
    """Return the positions at which a frame has the columns that are expected.

    Numbers that pandas gives to columns without names, and what polars calls them, are no names,
    unless they are the expected ones. A name that is not known is expected as "".

    Parameters
    ----------
    own
        Whether the expected names are the model's own: it can't know others then. Else they are the
        data's, of which it may know none; but it can't know only some of them.

    Raises
    ------
    ValueError
        If the columns have other names, or have what may be names or may count columns.
    """
    texts, unnamed = [_text_of(name) for name in names], _is_unnamed(names)
    others = [text for text in texts if text not in expected]
    expected = [others.pop() if one == "" and others else one for one in expected]
    if sorted(texts) == sorted(expected):
        if unnamed and texts != list(expected):
            raise ValueError(
                f"columns {quoted(texts)}, which are names or count columns, where the order "
                f"is {quoted(expected)}; an array would do, or columns in that order"
            )
        return [texts.index(one) for one in expected]
    if unnamed or (not own and not set(texts) & set(expected)):
        return list(range(len(names)))
    raise ValueError(f"columns {quoted(texts)}, expected {quoted(expected)}")


def _text_of(name: Any) -> str:
    try:
        return label_of(name) or ""
    except ValueError:
        return f"a {type_name(name)}"


def _is_unnamed(names: Sequence[Any]) -> bool:
    numbers = all(isinstance(name, int | np.integer) and name is not True for name in names)
    if numbers:
        return [int(name) for name in names] == list(range(len(names)))
    return list(names) == [f"column_{k}" for k in range(len(names))]


def dimensions(value: Any) -> int:
    """Return the number of dimensions of an array or a frame; zero for anything else."""
    if columns_of(value) is not None:
        return len(getattr(value, "shape", ()))
    return getattr(value, "ndim", 0)


def size_text(sizes: Sequence[int]) -> str:
    """Return the shape of an array in words."""
    return f"{' by '.join(f'{size:,}' for size in sizes)} values"


def labels_of(values: Array) -> list[str | None]:
    """Return labels as texts, always: a model's type may change from batch to batch."""
    if values.dtype.kind == "O":  # objects may not be sortable, as unique needs
        return [label_of(value) for value in values.tolist()]
    distinct, positions = np.unique(values, return_inverse=True)
    texts = [label_of(value) for value in distinct.tolist()]
    return [texts[position] for position in positions]


def numbers_of(values: Array) -> NDArray[np.float64]:
    """Return values as floats, NaN for what is missing."""
    if values.dtype.kind in "iuf":
        return values.astype(float)
    flat = [_number(value) for value in values.ravel().tolist()]
    return np.array(flat, dtype=float).reshape(values.shape)


def label_of(value: Any) -> str | None:
    """Return a label as text, None for a missing one."""
    plain = value.item() if isinstance(value, np.generic) else value
    if _missing(plain):
        return None
    if not isinstance(plain, str | int | float):
        raise ValueError(  # noqa: TRY004 (of a value, not of how we call)
            f"a {type_name(value)}, which is no label"
        )
    return label_text(plain)


def _missing(value: Any) -> bool:
    if value is np.ma.masked:
        return True
    try:
        return value is None or bool(value != value)  # noqa: PLR0124 (a NaN differs from itself)
    except TypeError:  # pandas.NA does not say whether it is equal to anything
        return True
    except ValueError:  # an array does not say it either, and is not missing
        return False


def _number(value: Any) -> float:
    """Return a number as a float, NaN for a missing one."""
    if _missing(value):
        return float("nan")
    if not isinstance(value, Real | Decimal) or isinstance(value, bool):
        raise ValueError(  # noqa: TRY004 (of a value, not of how we call)
            f"a {type_name(value)}, which is no number"
        )
    return float(value)
