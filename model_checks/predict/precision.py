"""The precision of a score, which follows from the type that it was computed or logged in.

A score of 0.7 in single precision is 0.699999988 in double precision. It is not below 0.7, for in
its own type 0.7 is that very number; so thresholds and edges are taken in that type, as numpy does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from typing import Any

import numpy as np

_DIGITS = re.compile(r"DECIMAL\((\d+),(\d+)\)", re.ASCII)
_MOST_DIGITS = 38


@dataclass(frozen=True)
class Precision:
    """The precision of a type of floats.

    Attributes
    ----------
    kind
        Numpy's type.
    slack
        Number of ``eps``: a score that exceeds an edge of a bin by less counts as the edge, rather
        than as above it. Found by trying every edge, and the score above it.
    """

    kind: type[np.floating[Any]]
    slack: float

    @property
    def eps(self) -> float:
        """Return the distance from 1 to the next larger number."""
        return float(np.finfo(self.kind).eps)

    def nearest(self, number: float) -> float:
        """Return the nearest number of this type; a number that is too large stays what it is.

        >>> SINGLE.nearest(0.7), DOUBLE.nearest(0.7)
        (0.699999988079071, 0.7)
        """
        with np.errstate(all="ignore"):
            found = float(self.kind(number))
        return found if np.isfinite(found) else number


HALF = Precision(np.float16, 0.25)
SINGLE = Precision(np.float32, 0.5)
DOUBLE = Precision(np.float64, 0.0)


def precision_of(kind: str) -> Precision:
    """Return the precision of a column's type; whole numbers and decimals are used as doubles."""
    return SINGLE if kind == "FLOAT" else DOUBLE


def precision_of_array(values: np.ndarray[Any, Any]) -> Precision:
    """Return the precision of what a model answered; of objects, that of an array of them.

    >>> precision_of_array(np.array([np.float32(1), np.float16(0)], object)) == SINGLE
    True
    """
    kinds = {type(one) for one in values.ravel().tolist()} if values.dtype == object else set()
    of_type = {one.kind: one for one in (HALF, SINGLE)}
    kinds = kinds or {values.dtype.type}
    return widest(of_type.get(kind, DOUBLE) for kind in kinds)


def widest(precisions: Iterable[Precision]) -> Precision:
    """Return the precision of numbers that are put together, as columns of one array."""
    return min(precisions, key=lambda one: one.eps, default=DOUBLE)


def decimal_literal(kind: str, number: float) -> str | None:
    """Return SQL of the least decimal of a column's type that is not below a number.

    Return None where the column holds no decimals, or no number as large.

    >>> decimal_literal("DECIMAL(6,3)", 0.70001), decimal_literal("DECIMAL", 0.7)
    ('cast(0.701 as decimal(6,3))', '0.7')
    """
    exact = Decimal(repr(float(number)))
    if kind == "DECIMAL":  # of a database that does not tell its digits
        text = f"{exact:f}"
        return text if len(text) <= _MOST_DIGITS else None
    if not (digits := _DIGITS.fullmatch(kind)):
        return None
    width, scale = int(digits[1]), int(digits[2])
    if abs(exact) >= Decimal(10) ** (width - scale):
        return None
    wide = Context(prec=2 * _MOST_DIGITS)
    fits = exact.quantize(Decimal(1).scaleb(-scale), ROUND_CEILING, wide)
    if abs(fits) >= Decimal(10) ** (width - scale):
        return None
    return f"cast({wide.normalize(fits):f} as decimal({width},{scale}))"
