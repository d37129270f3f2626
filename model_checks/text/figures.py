"""Figures for people: how a number is written, and with how many decimals."""

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

_FEW, _MANY, _HUGE = 100, 1e5, 1e15
"""Sizes below which a number needs its decimals, from which it needs none, and is too long."""

_MOST_DECIMALS = 11


def figure(number: float, digits: int) -> str:
    """Return a number as every text for people shows it.

    >>> figure(1234.5, 3), figure(-0.0, 3), figure(1e300, 3)
    ('1,234.500', '0.000', '1e+300')
    >>> figure(1.23456e-12, 14), figure(0.5, 14)  # so many decimals are not written
    ('1.23e-12', '0.5')
    """
    if math.isinf(number):
        return "infinity" if number > 0 else "minus infinity"
    if digits > _MOST_DECIMALS:
        return _shortest(float(number) + 0.0, digits)
    if abs(number) >= _HUGE:
        return f"{number:.{digits + 3}g}"
    return f"{number:z,.{digits}f}"  # what is rounded to 0 has no sign


def _shortest(number: float, digits: int) -> str:
    """Return a number with as few signs as tell it from others, of so many decimals at most."""
    own = Decimal(repr(number)).as_tuple().exponent
    return repr(round(number, digits) if isinstance(own, int) and -own > digits else number)


def decimals(agreed: Iterable[float], found: Iterable[float] = (), figures: int = 3) -> int:
    """Return with how many decimals numbers are written that are held against others.

    They show three figures of what was agreed, all that were written there, and no number that
    was found as one that was agreed, unless it is the same.

    >>> decimals([0.8], [0.7]), decimals([0.8], [0.7996]), decimals([1e6], [1.1e6])
    (3, 4, 0)
    """
    agreed, found = list(agreed), [number for number in found if math.isfinite(number)]
    sizes = [abs(number) for number in (*agreed, *found) if number]
    digits = 0 if sizes and max(sizes) >= _MANY and min(sizes) >= _FEW else 3
    digits = max([digits, *(_decimals_of(limit, figures) for limit in agreed if limit)])
    return telling_apart(agreed, found, digits)


def telling_apart(agreed: Sequence[float], found: Sequence[float], digits: int) -> int:
    """Return so many decimals, or more, that nothing found is written as something agreed.

    >>> telling_apart([0.8], [0.79, 0.8, 0.79996], 2)
    5
    """
    pairs = [(number, limit) for number in found for limit in agreed if number != limit]
    while any(figure(number, digits) == figure(limit, digits) for number, limit in pairs):
        digits += 1
    return digits


def _decimals_of(number: float, figures: int) -> int:
    parts = Decimal(repr(float(number))).normalize().as_tuple()
    if abs(number) >= _HUGE:
        return max(0, len(parts.digits) - 3)
    assert isinstance(parts.exponent, int)
    return max(-parts.exponent, decimals_for(number, figures))


def decimals_for(number: float, figures: int = 3) -> int:
    """Return the decimals that show so many figures of a number.

    >>> decimals_for(0.0123), decimals_for(12.3), decimals_for(123456.0), decimals_for(0.0)
    (4, 1, 0, 0)
    """
    if not number or not math.isfinite(number):
        return 0
    return max(0, figures - 1 - math.floor(math.log10(abs(number))))


def written(number: float) -> str:
    """Return a written or logged number as text, with at most six of its figures.

    >>> written(0.5), written(20.0), written(1_100_000.0), written(100 / 3)
    ('0.5', '20', '1,100,000', '33.3333')
    """
    short = Decimal(f"{number:.6g}").normalize().as_tuple().exponent
    return figure(number, max(0, -short) if isinstance(short, int) else 0)


def percent(share: float) -> str:
    """Return a share in per cent.

    >>> percent(0.95), percent(0.999)
    ('95 %', '99.9 %')
    """
    return f"{written(100 * share)} %"
