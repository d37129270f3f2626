"""Agreement of true and predicted labels beyond chance: Matthews' correlation and Cohen's kappa.

Both are functions of the shares of the confusion counts, (accuracy - chance) / beyond; their
variances are those of multinomial counts, by the delta method.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from model_checks import intervals
from model_checks.aggregates import Aggregates, Floats
from model_checks.metrics.estimate import NO_WEIGHT, Asked, Estimate, estimated, undefined


@dataclass(frozen=True)
class _Shares:
    """Shares of the weight, and what follows from them.

    Attributes
    ----------
    cells
        Shape (K, K): true label by predicted label.
    true, predicted
        Shape (K,): of each label.
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
        """What follows from the share of each cell."""
        true, predicted = cells.sum(axis=1), cells.sum(axis=0)
        return cls(cells, true, predicted, float(np.trace(cells)), float(true @ predicted))


_Kind = Callable[[_Shares], tuple[float, float, Floats]]
"""Shares -> value, beyond, and the derivatives of the value by the cells."""


def mcc(aggregates: Aggregates, asked: Asked) -> Estimate:
    """Matthews' correlation coefficient; of several classes Gorodkin's R_K (2004)."""
    return _agreement(aggregates, asked, _correlation)


def cohen_kappa(aggregates: Aggregates, asked: Asked) -> Estimate:
    """Cohen's kappa (1960): the accuracy beyond chance as a share of what there is beyond it."""
    return _agreement(aggregates, asked, _kappa)


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


def derivatives(metric: str, share: Floats) -> Floats:
    """Shape (K, K): of a metric of this module by the share of each cell; both kinds of label vary.

    Parameters
    ----------
    share
        Shape (K, K): shares of the weight, true label by predicted label.
    """
    _, _, gradient = {"mcc": _correlation, "cohen_kappa": _kappa}[metric](_Shares.of(share))
    return gradient


def _derivatives(shares: _Shares) -> tuple[Floats, Floats]:
    """Shape (K, K) both: of the accuracy and of the chance by the cells."""
    return np.eye(len(shares.cells)), shares.predicted[:, None] + shares.true[None, :]


def _agreement(aggregates: Aggregates, asked: Asked, kind: _Kind) -> Estimate:
    counts = aggregates.confusion
    assert counts is not None
    if not counts.weight.any():
        return undefined(NO_WEIGHT, aggregates, asked.confidence)
    shares = _Shares.of(counts.weight / counts.weight.sum())
    for what, of_labels in (("true", shares.true), ("predicted", shares.predicted)):
        if np.count_nonzero(of_labels) < 2:
            return undefined(f"only one {what} label", aggregates, asked.confidence)
    cells = shares.cells
    found, beyond, gradient = kind(shares)
    value = max(-1.0, min(found, 1.0))
    size = intervals.kish_size(counts.weight.sum(), counts.weight2.sum())
    spread = float((cells * gradient**2).sum() - (cells * gradient).sum() ** 2)
    interval = partial(
        intervals.agreement_interval,
        value,
        max(spread, 0.0) / size,
        (shares.accuracy, beyond),
        size,
    )
    return estimated(value, interval, int(counts.rows.sum()), "rows", asked.confidence)
