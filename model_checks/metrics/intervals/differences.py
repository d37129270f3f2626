"""Intervals of the distance between two estimates, from the interval of each (MOVER)."""

import math

from model_checks.metrics.intervals.base import Interval, require_within

_BEYOND = 1e-6
"""The most by which rounding may leave a correlation, a ratio of long sums, above 1."""


def difference_interval(
    a: float,
    of_a: Interval,
    b: float,
    of_b: Interval,
    correlation: float = 0.0,
    *,
    paired: bool = False,
) -> Interval:
    """Return the interval of a - b by square-and-add, the method of variance estimates recovery.

    The distance of a limit from its estimate is a standard error, right for that side, times a
    quantile, and so squares of distances add up as variances do (Newcombe, 1998, method 10; Zou and
    Donner, 2008; of correlated estimates Zou, 2007). A limit is infinite where one that it is made
    of is. Limits move outward with confidence, as those of a and b do; if the estimates are
    correlated and one is next to the edge of its range, so that its limit moves much slower, they
    may move inward a little.

    Parameters
    ----------
    a, b
        The estimates, each within its interval.
    of_a, of_b
        Their intervals, both at the confidence that is asked for.
    correlation
        Correlation of the two estimates, not of the rows: 0 where they come from different rows.
    paired
        Whether the estimates come from the same rows, for the method's name alone.

    Examples
    --------
    Newcombe's first case, 56 of 70 against 48 of 80.

    >>> from model_checks.metrics.intervals import wilson_interval
    >>> a, b = 56 / 70, 48 / 80
    >>> of_a, of_b = wilson_interval(a, 70, 0.95), wilson_interval(b, 80, 0.95)
    >>> interval = difference_interval(a, of_a, b, of_b)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0524, 0.3339)
    """
    require_within("a", a, of_a)
    require_within("b", b, of_b)
    r = _correlation(correlation)
    below = _added(a - of_a.low, of_b.high - b, r)
    above = _added(of_a.high - a, b - of_b.low, r)
    method = "MOVER, paired" if paired else "MOVER"
    return Interval(float(a - b - below), float(a - b + above), method)


def relative_interval(
    a: float,
    of_a: Interval,
    b: float,
    of_b: Interval,
    correlation: float = 0.0,
    *,
    paired: bool = False,
) -> Interval:
    """Return the interval of (a - b) / abs(b), by how much a exceeds b as a share of b's size.

    It holds the shares r for which the interval of a - b - r * abs(b) holds 0 (for the ratio of
    positive estimates see Donner and Zou, 2012). Where the interval of b holds 0 the share has no
    limit: on the side away from b if 0 is b's own limit, on both sides if it lies within.

    Parameters
    ----------
    a, of_a, b, of_b, correlation, paired
        As for `difference_interval`; b not 0.

    Examples
    --------
    >>> of_a, of_b = Interval(0.7, 0.9, ""), Interval(0.3, 0.5, "")
    >>> interval = relative_interval(0.8, of_a, 0.4, of_b)
    >>> round(interval.low, 4), round(interval.high, 4)  # 0.8 is 100 % more than 0.4
    (0.5408, 1.7259)

    A share explained of -0.2 is below one of -0.1, by 100 %.

    >>> low = relative_interval(-0.2, Interval(-0.2, -0.2, ""), -0.1, Interval(-0.1, -0.1, "")).low
    >>> round(low, 4)
    -1.0
    """
    require_within("a", a, of_a)
    require_within("b", b, of_b)
    if b == 0:
        raise ValueError("b must not be 0: nothing is a share of it")
    r = _correlation(correlation)
    method = "MOVER, paired" if paired else "MOVER"
    if _straddles(of_b):
        return Interval(-math.inf, math.inf, method)
    # a / |b| less 1 for b above 0, plus 1 for b below
    sign = math.copysign(1.0, b)
    size, of_size = (b, of_b) if b > 0 else (-b, _turned(of_b))
    low = _lowest_ratio(a, a - of_a.low, size, of_size, sign * r) - sign
    high = -_lowest_ratio(-a, of_a.high - a, size, of_size, -sign * r) - sign
    found = (a - b) / size
    return Interval(float(min(low, found)), float(max(high, found)), method)


def magnitude_interval(value: float, interval: Interval) -> Interval:
    """Return the interval of a value's size from that of the value, as of a bias of either sign.

    Examples
    --------
    >>> magnitude_interval(-0.1, Interval(-0.3, 0.1, "Hall"))
    Interval(low=0.0, high=0.3, method='Hall')
    """
    require_within("value", value, interval)
    low, high = sorted((abs(interval.low), abs(interval.high)))
    holds_zero = interval.low <= 0 <= interval.high
    return Interval(0.0 if holds_zero else float(low), float(high), interval.method)


def _correlation(r: float) -> float:
    """Return the correlation, at the edge of -1 to 1 where only rounding put it outside."""
    if not abs(r) <= 1 + _BEYOND:
        raise ValueError(f"correlation must be within -1 and 1, found {r!r}")
    return max(-1.0, min(float(r), 1.0))


def _added(x: float, y: float, r: float) -> float:
    """Return the length of the difference of two errors of sizes x and y, correlated by r."""
    if math.isinf(x) or math.isinf(y):
        return math.inf
    x, y = max(x, 0.0), max(y, 0.0)  # rounding may put them below 0
    larger = max(x, y)
    if larger == 0:
        return 0.0
    x, y = x / larger, y / larger  # squares stay in range
    return larger * math.sqrt((x - y) ** 2 + 2 * (1 - r) * x * y)


def _straddles(interval: Interval) -> bool:
    return interval.low < 0 < interval.high


def _turned(interval: Interval) -> Interval:
    return Interval(-interval.high, -interval.low, interval.method)


def _lowest_ratio(a: float, below: float, b: float, of_b: Interval, r: float) -> float:
    """Return the smallest k at which the lower limit of a - k b is not above 0, for b above 0.

    There (a - k b)² equals the square of the distance, below² + (k d)² - 2 r below k d, where d is
    the distance of b's limit from b: the upper limit for k above 0, else the lower. Of the roots of
    this equation in k the one below a / b is returned.
    """
    if a - below < 0:  # at k = 0 it is below 0 already
        if of_b.low <= 0 or math.isinf(below):
            return -math.inf
        d = b - of_b.low
    else:
        if math.isinf(of_b.high):
            return 0.0
        d = of_b.high - b
    leading, constant = (b - d) * (b + d), (a - below) * (a + below)
    middle = a * b - r * below * d
    root = math.sqrt(max(middle * middle - leading * constant, 0.0))
    if constant == 0 and middle <= 0 <= a - below:
        return 0.0
    if middle >= 0:
        return constant / (middle + root)
    return (middle - root) / leading
