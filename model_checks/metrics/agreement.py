"""Agreement of true and predicted labels beyond chance: Matthews' correlation and Cohen's kappa.

Both are functions of the shares of the confusion counts, (accuracy - chance) / beyond; their
variances are those of multinomial counts, by the delta method.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from model_checks.metrics import intervals
from model_checks.metrics.estimate import (
    NO_WEIGHT,
    Asked,
    Estimate,
    Undefined,
    estimated,
    undefined,
)
from model_checks.metrics.statistics import ConfusionCounts, Floats

_FEW_BY_CHANCE = 5
"""The variance is not to be trusted where fewer rows would be right by chance (Cochran, 1954), the
commonest label apart."""

_SOFTENING = 3
"""Rows that are added where few would be right by chance, spread over all cells, in the manner of
Agresti and Coull (1998); one more is too cautious, one less not careful enough."""


@dataclass(frozen=True)
class _Shares:
    """Shares of the weight by cell, by label, and in all.

    Attributes
    ----------
    cells
        Shape (K, K): true label by predicted label.
    true, predicted
        Shape (K,): share of each true or predicted label.
    accuracy, chance
        The share of rows that are right, and the share that would be if labels met by chance.
    """

    cells: Floats
    true: Floats
    predicted: Floats
    accuracy: float
    chance: float

    @classmethod
    def of(cls, cells: Floats) -> "_Shares":
        """Return the shares that follow from the share of each cell."""
        true, predicted = cells.sum(axis=1), cells.sum(axis=0)
        return cls(cells, true, predicted, float(np.trace(cells)), float(true @ predicted))


_Kind = Callable[[_Shares], tuple[float, float, Floats]]
"""Shares -> value, beyond, and the derivatives of the value by the cells."""


def mcc(counts: ConfusionCounts, asked: Asked) -> Estimate | Undefined:
    """Return Matthews' correlation coefficient; of several classes Gorodkin's R_K (2004)."""
    return _agreement(counts, asked, _correlation)


def cohen_kappa(counts: ConfusionCounts, asked: Asked) -> Estimate | Undefined:
    """Return Cohen's kappa (1960): accuracy beyond chance, as a share of the most there can be."""
    return _agreement(counts, asked, _kappa)


def _kappa(shares: _Shares) -> tuple[float, float, Floats]:
    beyond = 1 - shares.chance
    value = (shares.accuracy - shares.chance) / beyond
    hits, by_chance = _derivatives(shares)
    gradient = (hits - (1 - value) * by_chance) / beyond
    return value, beyond, gradient


def _correlation(shares: _Shares) -> tuple[float, float, Floats]:
    true, predicted = (float(1 - one @ one) for one in (shares.true, shares.predicted))
    beyond = math.sqrt(true * predicted)
    value = (shares.accuracy - shares.chance) / beyond
    hits, by_chance = _derivatives(shares)
    by_beyond = shares.true[:, None] / true + shares.predicted[None, :] / predicted
    gradient = (hits - by_chance) / beyond + value * by_beyond
    return value, beyond, gradient


def mcc_gradient(share: Floats, _: Asked) -> Floats:
    """Return the derivatives of Matthews' correlation by the share of each cell, shape (K, K)."""
    return _correlation(_Shares.of(share))[2]


def cohen_kappa_gradient(share: Floats, _: Asked) -> Floats:
    """Return the derivatives of Cohen's kappa by the share of each cell, shape (K, K)."""
    return _kappa(_Shares.of(share))[2]


def _derivatives(shares: _Shares) -> tuple[Floats, Floats]:
    """Return the derivatives of the accuracy and of the chance by the cells, shape (K, K) both."""
    return np.eye(len(shares.cells)), shares.predicted[:, None] + shares.true[None, :]


def _agreement(counts: ConfusionCounts, asked: Asked, kind: _Kind) -> Estimate | Undefined:
    if not counts.weight.any():
        return undefined(NO_WEIGHT, counts)
    shares = _Shares.of(counts.weight / counts.weight.sum())
    for what, of_labels in (("true", shares.true), ("predicted", shares.predicted)):
        if np.count_nonzero(of_labels) < 2:
            return undefined(f"only one {what} label", counts)
    size = intervals.kish_size(counts.weight.sum(), counts.weight2.sum())
    value, beyond, variance = _varying(shares, size, kind)
    softened = None
    if size * (shares.chance - (shares.true * shares.predicted).max()) < _FEW_BY_CHANCE:
        soft = shares.cells * size + _SOFTENING / shares.cells.size
        softened = _varying(_Shares.of(soft / soft.sum()), size + _SOFTENING, kind)[::2]
    accuracy = (shares.accuracy, beyond)
    interval = partial(
        intervals.agreement_interval, value, variance, accuracy, size, softened=softened
    )
    return estimated(value, interval, int(counts.rows.sum()), "rows", asked.confidence)


def _varying(shares: _Shares, size: float, kind: _Kind) -> tuple[float, float, float]:
    """Return the value, beyond, and the variance of the value on so many rows."""
    value, beyond, gradient = kind(shares)
    cells = shares.cells
    spread = float((cells * gradient**2).sum() - (cells * gradient).sum() ** 2)
    return max(-1.0, min(value, 1.0)), beyond, max(spread, 0.0) / size
