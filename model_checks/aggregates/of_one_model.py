"""What is summed up over a model's rows: all that its metrics are functions of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
AggregateKind = Literal[
    "confusion",
    "deviations",
    "labels",
    "median",
    "moments",
    "probabilities",
    "ranks",
    "relative",
    "replicates",
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
class OwnFunction:
    """A metric of somebody's own, and how it is to be resampled.

    Attributes
    ----------
    reference
        ``package.module:function``.
    folder
        Where it may be imported from, beside what is installed.
    seed
        Of the resamples.
    max_rows
        How many rows may be loaded for it.
    """

    reference: str
    folder: Path
    seed: int
    max_rows: int


@dataclass(frozen=True)
class Answers:
    """What one function came to.

    Attributes
    ----------
    value
        On the rows; None if it could not be computed.
    resampled
        Shape (R,): on resamples of the rows, those on which it could be computed.
    failed
        On how many others it could not.
    error
        Why there is no value or no interval, in a sentence; None if there are both.
    """

    value: float | None
    resampled: Floats
    failed: int = 0
    error: str | None = None

    @classmethod
    def none(cls, error: str) -> "Answers":
        """No value and no interval, and why."""
        return cls(None, np.zeros(0), error=error)


@dataclass(frozen=True)
class Replicates:
    """What functions of somebody's own came to on some rows."""

    rows: int
    answers: Mapping[OwnFunction, Answers]

    @property
    def count(self) -> int:
        """Rows that they were called with."""
        return self.rows


@dataclass(frozen=True)
class LabelSums:
    """Sums over the rows of what became of each label of a multilabel model.

    A row has three indicators for each label: 1 if the label was rightly predicted (a true
    positive), wrongly predicted (a false positive), or missed (a false negative), else 0.

    Attributes
    ----------
    labels
        The L labels.
    rows, weight, weight2
        Rows, sum of weights, sum of squared weights.
    exact
        Weight of the rows in which every label is right.
    products
        Shape (3, L, 3, L), outcome by label: weighted sum of the product of two indicators of the
        same row. The labels of a row depend on each other, and this is how much.
    """

    labels: tuple[str, ...]
    rows: int
    weight: float
    weight2: float
    exact: float
    products: Floats

    @property
    def count(self) -> int:
        """Rows that were summed over."""
        return self.rows

    @property
    def sums(self) -> Floats:
        """Shape (3, L): weight of each label's true positives, false positives, false negatives."""
        diagonal: Floats = np.einsum("jkjk->jk", self.products)
        return diagonal  # the square of an indicator is the indicator


@dataclass(frozen=True)
class Aggregates:
    """What was measured on one group of rows; a kind that no threshold needs is None."""

    rows: int
    confusion: ConfusionCounts | None = None
    moments: ErrorMoments | None = None
    ranks: RankSums | None = None
    labels: LabelSums | None = None
    relative: RelativeErrors | None = None
    deviations: Deviations | None = None
    median: MedianError | None = None
    probabilities: ProbabilitySums | None = None
    replicates: Replicates | None = None
