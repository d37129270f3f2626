"""Counts of true by predicted labels, in all and label by label."""

from dataclasses import dataclass

import numpy as np

from model_checks.metrics.statistics.floats import Floats


@dataclass(frozen=True)
class ConfusionCounts:
    """Counts of how often each true label met each predicted label.

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
        """Return the number of rows that were counted."""
        return int(self.rows.sum())


@dataclass(frozen=True)
class LabelSums:
    """Sums over the rows of the outcomes of each label of a multilabel model.

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
        """Return the number of rows that were summed over."""
        return self.rows

    @property
    def sums(self) -> Floats:
        """Return each label's weight of true positives, false positives and misses, as (3, L)."""
        diagonal: Floats = np.einsum("jkjk->jk", self.products)
        return diagonal  # the square of an indicator is the indicator
