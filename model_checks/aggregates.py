"""The sufficient statistics of the rows that every metric is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
AggregateKind = Literal[
    "confusion", "deviations", "median", "moments", "probabilities", "ranks", "relative"
]


@dataclass(frozen=True)
class ConfusionCounts:
    """How often each true label met each predicted label.

    Attributes
    ----------
    labels
        The K labels that occur, true or predicted; binary: negative, then positive.
    rows, weight, weight2
        Shape (K, K), true label by predicted label: rows, sum of weights, sum of squared weights.
    """

    labels: tuple[str, ...]
    rows: Floats
    weight: Floats
    weight2: Floats

    @property
    def count(self) -> int:
        """Rows that were counted."""
        return int(self.rows.sum())


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
        """Rows that were summed over."""
        return self.rows

    def mean(self, power: int) -> float:
        """Weighted mean of ``e ** power``."""
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
        """Rows that were summed over."""
        return self.rows


@dataclass(frozen=True)
class Deviations:
    """Sums over the rows of errors and targets, each less its mean.

    With ``d`` the error ``y_pred - y_true`` less its weighted mean, and ``u`` the target less its
    own. What is left of large numbers after that keeps its digits when it is squared.

    Attributes
    ----------
    rows, weight, weight2
        Rows, sum of weights, sum of squared weights.
    bias
        Weighted mean of the error; None if no row has weight.
    constant
        Whether all rows with weight have the same target.
    products
        (i, j) to the weighted sum of ``d ** i * u ** j``, for those in `DEVIATION_POWERS`.
    """

    rows: int
    weight: float
    weight2: float
    bias: float | None
    constant: bool
    products: Mapping[tuple[int, int], float]

    @property
    def count(self) -> int:
        """Rows that were summed over."""
        return self.rows

    def mean(self, of_error: int, of_target: int) -> float:
        """Weighted mean of ``d ** of_error * u ** of_target``."""
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
        Confidence to the errors that hold the median between them, by their ranks.
    """

    rows: int
    weight: float
    weight2: float
    median: float | None
    limits: Mapping[float, tuple[float, float]]

    @property
    def count(self) -> int:
        """Rows that were ranked."""
        return self.rows


@dataclass(frozen=True)
class ProbabilitySums:
    """Sums over the rows of what scores cost as probabilities.

    Attributes
    ----------
    rows, weight, weight2
        Rows, sum of weights, sum of squared weights.
    log_losses
        The weighted sums of the first, second and third powers of ``-ln`` of the probability that
        the true label was given.
    squares
        The same of the squared distance between the probabilities and the true label's indicators;
        binary: of the positive label alone.
    furthest
        The largest such distance there can be.
    gaps
        For each bin of equal confidence the weighted sums of ``outcome - confidence`` and of its
        square. Binary: the score of the positive label, and whether it is the true one;
        multiclass: the highest score, and whether its label is the true one.
    """

    rows: int
    weight: float
    weight2: float
    log_losses: tuple[float, float, float]
    squares: tuple[float, float, float]
    furthest: float
    gaps: tuple[tuple[float, float], ...]

    @property
    def count(self) -> int:
        """Rows that were summed over."""
        return self.rows


@dataclass(frozen=True)
class RankSums:
    """Sums over the rows of their placements in each score, by true label.

    The placement of a row in score k is, for a row of label k, the weight of the rows of other
    labels that score lower, and for any other row the weight of the rows of label k that score
    lower; equal scores count half. Binary: one score, that of the positive label.

    Attributes
    ----------
    labels
        The C true labels that occur.
    scored
        The K labels that have a score column.
    rows, weight, weight2
        Shape (C,): rows, sum of weights, sum of squared weights of each true label.
    sums
        Shape (C, K): weighted sum of the placements.
    products
        Shape (C, K, K): weighted sum of the products of two placements of the same row.
    precision
        Binary: weighted mean over the positives of the precision at their score, that is among the
        rows that score at least as high; None without a positive, and for several scores.
    """

    labels: tuple[str, ...]
    scored: tuple[str, ...]
    rows: Floats
    weight: Floats
    weight2: Floats
    sums: Floats
    products: Floats
    precision: float | None = None

    @property
    def count(self) -> int:
        """Rows that were ranked."""
        return int(self.rows.sum())

    @cached_property
    def of_label(self) -> NDArray[np.bool_]:
        """Shape (C, K): whether true label c is the one that score k stands for."""
        return np.array([[label == scored for scored in self.scored] for label in self.labels])


@dataclass(frozen=True)
class Aggregates:
    """What was measured on one group of rows; a kind that no threshold needs is None."""

    rows: int
    confusion: ConfusionCounts | None = None
    moments: ErrorMoments | None = None
    ranks: RankSums | None = None
    relative: RelativeErrors | None = None
    deviations: Deviations | None = None
    median: MedianError | None = None
    probabilities: ProbabilitySums | None = None
