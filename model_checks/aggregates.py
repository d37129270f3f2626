"""The statistics of the rows that every metric is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
AggregateKind = Literal["confusion", "moments", "ranks", "replicates"]


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
class Aggregates:
    """What was measured on one group of rows; a kind that no threshold needs is None."""

    rows: int
    confusion: ConfusionCounts | None = None
    moments: ErrorMoments | None = None
    ranks: RankSums | None = None
    replicates: Replicates | None = None
