"""Metrics of scores as probabilities: log loss, Brier score and calibration."""

from functools import partial

from model_checks.metrics import intervals
from model_checks.metrics.estimate import (
    NO_WEIGHT,
    Asked,
    Estimate,
    Undefined,
    estimated,
    undefined,
)
from model_checks.metrics.means import Sums, estimated_mean
from model_checks.metrics.statistics import ProbabilitySums


def log_loss(found: ProbabilitySums, asked: Asked) -> Estimate | Undefined:
    """Return the mean of -ln of the probability that the true label was given."""
    sums = Sums(found.rows, found.weight, found.weight2, found.log_losses)
    return estimated_mean(sums, asked.confidence)


def brier(found: ProbabilitySums, asked: Asked) -> Estimate | Undefined:
    """Return the mean squared distance of the probabilities from what came true.

    Binary: of the positive label alone, from 0 to 1; multiclass: summed over labels, from 0 to 2.
    """
    sums = Sums(found.rows, found.weight, found.weight2, found.squares, found.furthest)
    return estimated_mean(sums, asked.confidence)


def expected_calibration_error(found: ProbabilitySums, asked: Asked) -> Estimate | Undefined:
    """Return the mean over the rows of how far confidence is from what came true in their bin."""
    if not found.weight > 0:
        return undefined(NO_WEIGHT, found)
    gaps = [(gap / found.weight, square / found.weight) for gap, square in found.gaps]
    size = intervals.kish_size(found.weight, found.weight2)
    interval = partial(intervals.calibration_interval, gaps, size)
    value = sum(abs(gap) for gap, _ in gaps)
    return estimated(value, interval, found.rows, "rows", asked.confidence)
