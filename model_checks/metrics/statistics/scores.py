"""Sums of the costs of scores as probabilities, and of the ranks that they give the rows."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model_checks.metrics.statistics.floats import Floats


@dataclass(frozen=True)
class ProbabilitySums:
    """Sums over the rows of the costs of scores as probabilities.

    Attributes
    ----------
    rows, weight, weight2
        Rows, sum of weights, sum of squared weights.
    log_losses
        The weighted sums of the first, second and third powers of ``-ln`` of the probability that
        the true label was given.
    squares
        The same powers of the squared distance between the probabilities and the true label's
        indicators, summed likewise; binary: of the positive label alone.
    furthest
        The largest squared distance there can be.
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
        """Return the number of rows that were summed over."""
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
        rows that score at least as high; NaN without a positive, and for several scores.
    """

    labels: tuple[str, ...]
    scored: tuple[str, ...]
    rows: Floats
    weight: Floats
    weight2: Floats
    sums: Floats
    products: Floats
    precision: float = math.nan

    @property
    def count(self) -> int:
        """Return the number of rows that were ranked."""
        return int(self.rows.sum())

    @cached_property
    def of_label(self) -> NDArray[np.bool_]:
        """Return whether true label c is the label of score k, shape (C, K)."""
        return np.array([[label == scored for scored in self.scored] for label in self.labels])
