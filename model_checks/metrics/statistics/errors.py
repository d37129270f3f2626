"""Sums of the errors of a regression."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ErrorMoments:
    """Sums over the rows of powers of the absolute error ``e = |y_pred - y_true|``.

    Attributes
    ----------
    rows, weight, weight2
        Rows, sum of weights, sum of squared weights.
    powers
        The power k to the weighted sum of ``e ** k``, for k in 1, 2, 3, 4 and 6.
    largest
        The largest ``e`` of a row with weight; None if no row has any.
    """

    rows: int
    weight: float
    weight2: float
    powers: Mapping[int, float]
    largest: float | None

    @property
    def count(self) -> int:
        """Return the number of rows that were summed over."""
        return self.rows

    def mean(self, power: int) -> float:
        """Return the weighted mean of ``e ** power``."""
        return self.powers[power] / self.weight


@dataclass(frozen=True)
class RelativeErrors:
    """Sums over the rows of powers of ``|y_pred - y_true| / |y_true|``.

    Attributes
    ----------
    rows, weight, weight2
        Rows, sum of weights, sum of squared weights.
    zeros
        Rows with weight in which ``y_true`` is 0; they are in no sum.
    powers
        The weighted sums of the first, second and third powers.
    """

    rows: int
    weight: float
    weight2: float
    zeros: int
    powers: tuple[float, float, float]

    @property
    def count(self) -> int:
        """Return the number of rows that were summed over."""
        return self.rows


@dataclass(frozen=True)
class Deviations:
    """Sums over the rows of errors and targets, each less its mean.

    Here ``d`` is the error ``y_pred - y_true`` less its weighted mean, and ``u`` the target less
    its mean. Such differences of large numbers keep their digits when they are squared.

    Attributes
    ----------
    rows, weight, weight2
        Rows, sum of weights, sum of squared weights.
    bias
        Weighted mean of the error; None if no row has weight.
    constant
        Whether all rows with weight have the same target.
    products
        The powers (i, j) to the weighted sum of ``d ** i * u ** j``, for `DEVIATION_POWERS`.
    """

    rows: int
    weight: float
    weight2: float
    bias: float | None
    constant: bool
    products: Mapping[tuple[int, int], float]

    @property
    def count(self) -> int:
        """Return the number of rows that were summed over."""
        return self.rows

    def mean(self, of_error: int, of_target: int) -> float:
        """Return the weighted mean of ``d ** of_error * u ** of_target``."""
        return self.products[of_error, of_target] / self.weight


DEVIATION_POWERS = ((2, 0), (3, 0), (4, 0), (0, 2), (0, 4), (1, 2), (2, 2))


@dataclass(frozen=True)
class MedianError:
    """Quantiles of the absolute error.

    Attributes
    ----------
    rows, weight, weight2
        Rows, sum of weights, sum of squared weights.
    median
        The weighted median; None if no row has weight.
    limits
        The confidence to the errors that hold the median between them, by their ranks.
    """

    rows: int
    weight: float
    weight2: float
    median: float | None
    limits: Mapping[float, tuple[float, float]]

    @property
    def count(self) -> int:
        """Return the number of rows that were ranked."""
        return self.rows
