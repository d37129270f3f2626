"""The sufficient statistics of the rows that every metric is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
AggregateKind = Literal["confusion", "labels", "moments", "ranks"]


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
    """

    rows: int
    weight: float
    weight2: float
    powers: Mapping[int, float]

    @property
    def count(self) -> int:
        """Rows that were summed over."""
        return self.rows

    def mean(self, power: int) -> float:
        """Weighted mean of ``e ** power``."""
        return self.powers[power] / self.weight


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
    """

    labels: tuple[str, ...]
    scored: tuple[str, ...]
    rows: Floats
    weight: Floats
    weight2: Floats
    sums: Floats
    products: Floats

    @property
    def count(self) -> int:
        """Rows that were ranked."""
        return int(self.rows.sum())

    @cached_property
    def of_label(self) -> NDArray[np.bool_]:
        """Shape (C, K): whether true label c is the one that score k stands for."""
        return np.array([[label == scored for scored in self.scored] for label in self.labels])


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
