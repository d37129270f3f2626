"""The type that a column of a CSV is tried as first."""

import re
from collections.abc import Iterable

import pyarrow as pa

from model_checks.data.csv.special_words import FALSE, TRUE, has_text

_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_FRACTION = r"[+-]?(?:\d+(?:\{0}\d*)?|\{0}\d+)(?:[eE][+-]?\d+)?"


def likely_type(fields: Iterable[str], decimal: str) -> pa.DataType | None:
    """Return the type of a column by its first fields; None where they leave it open.

    Text is certain whatever comes; any other type may be disproved by a later field.

    >>> likely_type(["1", "2.5"], "."), likely_type(["1", "NA"], ".")
    (DataType(double), None)
    """
    values = {*fields} - {""}
    whole = [value for value in values if re.fullmatch(r"[+-]?\d+", value, re.ASCII)]
    if not values or not all(map(_WHOLE.fullmatch, whole)):  # a number may be too large
        return None
    if has_text(values):
        return pa.string()
    if values.issubset((*TRUE, *FALSE)):
        return pa.bool_()
    if len(whole) == len(values):
        return pa.int64()
    fraction = re.compile(_FRACTION.replace("{0}", decimal), re.ASCII)
    return pa.float64() if all(map(fraction.fullmatch, values)) else None
