"""Joint statistics of two models' answers to the same rows: sums over both at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_checks.metrics.statistics.floats import Floats


@dataclass(frozen=True)
class JointCounts:
    """Counts of how often each true label met each pair of labels that two models predicted.

    Only combinations that occur are here: a thousand labels would have a billion of them.

    Attributes
    ----------
    size
        How many labels there are.
    true, first, second
        Shape (n,): the positions of the true label and of the labels that the models predicted.
    rows, weight
        Shape (n,): rows and sum of weights.
    """

    size: int
    true: NDArray[np.intp]
    first: NDArray[np.intp]
    second: NDArray[np.intp]
    rows: Floats
    weight: Floats

    @property
    def count(self) -> int:
        """Return the number of rows that were counted."""
        return int(self.rows.sum())


@dataclass(frozen=True)
class JointSums:
    """Sums over the rows of a term of two models: ``a`` of the first, ``b`` of the second.

    Attributes
    ----------
    weight
        Sum of weights.
    sums, squares
        Weighted sums of ``a`` and of ``b``, and of their squares.
    product
        Weighted sum of ``a * b``.
    """

    weight: float
    sums: tuple[float, float]
    squares: tuple[float, float]
    product: float


@dataclass(frozen=True)
class JointErrors:
    """Sums of two models' absolute errors, and of their squares."""

    count: int
    absolute: JointSums
    squared: JointSums


@dataclass(frozen=True)
class JointRelativeErrors:
    """Sums of two models' absolute errors over the target."""

    count: int
    relative: JointSums


@dataclass(frozen=True)
class JointMedians:
    """Sums of whether each row's absolute error is at most its model's median."""

    count: int
    within: JointSums


@dataclass(frozen=True)
class JointCosts:
    """Sums of the costs of two models' scores as probabilities.

    Attributes
    ----------
    gaps
        Sums of outcome less confidence, with the sign of the whole gap of the row's bin.
    """

    count: int
    log_losses: JointSums
    squares: JointSums
    gaps: JointSums


@dataclass(frozen=True)
class JointDeviations:
    """Sums over the rows of products of two models' errors, each less its mean.

    Attributes
    ----------
    products
        Shape (3, 3): at (i, j) the weighted sum of the first model's error to the power of i times
        the second model's to the power of j.
    """

    count: int
    products: Floats
