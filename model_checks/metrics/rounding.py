"""Numbers that are the same but for the last digits of the sums that they come from."""

import math

SHARE = 4e-12
"""Of their size two numbers that are the same may differ by so much: sums of ten million terms are
off by a tenth of it, and one row of a billion makes 250 times as much of a difference."""

_DIGITS = 11
"""So many are kept of a difference, counted from the first of what it is the difference of."""


def excess(number: float, limit: float, size: float = 0.0) -> float:
    """Return by how much a number exceeds a limit: 0 where it does so by rounding alone.

    Parameters
    ----------
    size
        Of the numbers that both come from. A limit of 0 has none of its own, and what cancels out
        to 0 is off by the last digits of what cancelled.

    Examples
    --------
    >>> excess(0.7999999999999999, 0.8), excess(0.75, 0.5), excess(-1e-17, 0.0, size=0.3)
    (0.0, 0.25, 0.0)
    """
    if number == limit:
        return 0.0
    apart = number - limit
    near = abs(apart) <= SHARE * max(abs(number), abs(limit), 0.0 if limit else size)
    return 0.0 if near and math.isfinite(apart) else apart


def difference(a: float, b: float) -> float:
    """Return the difference a - b without digits that are only rounding: it can equal a bound.

    >>> 0.8 - 0.7, difference(0.8, 0.7)
    (0.10000000000000009, 0.1)
    """
    size = max(abs(a), abs(b))
    if not 0 < size < math.inf:
        return a - b
    return round(a - b, _DIGITS - math.ceil(math.log10(size)))
