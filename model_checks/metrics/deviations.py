"""Shares of the target's variance explained: functions of errors and targets together."""

import math
from functools import partial

import numpy as np

from model_checks.metrics import intervals
from model_checks.metrics.estimate import (
    NO_WEIGHT,
    Asked,
    Estimate,
    Undefined,
    always,
    estimated,
    undefined,
)
from model_checks.metrics.intervals import IntervalAt
from model_checks.metrics.means import OUT_OF_RANGE, TOO_LARGE, in_range
from model_checks.metrics.statistics import Deviations, Floats


def r2(deviations: Deviations, asked: Asked) -> Estimate | Undefined:
    """Return the coefficient of determination: 1 - mean squared error over target variance."""
    return _explained(deviations, asked, deviations.bias or 0.0)


def explained_variance(deviations: Deviations, asked: Asked) -> Estimate | Undefined:
    """Return 1 - variance of the error over the target's: R² of a model without its bias."""
    return _explained(deviations, asked, 0.0)


def _explained(deviations: Deviations, asked: Asked, bias: float) -> Estimate | Undefined:
    """Return 1 - mean((d + bias)²) / mean(u²); d and u as in `Deviations`."""
    confidence = asked.confidence
    if not deviations.weight > 0:
        return undefined(NO_WEIGHT, deviations)
    if deviations.constant:
        return undefined("only one value of the target", deviations)
    error, target = deviations.mean(2, 0) + bias * bias, deviations.mean(0, 2)
    if not (math.isfinite(error) and in_range(target)):
        return undefined(TOO_LARGE, deviations)
    fourth = _fourth_moments(deviations, bias)
    interval: IntervalAt
    if error > 0 and not all(map(in_range, (fourth[0], fourth[2]))):
        interval = partial(always, intervals.Interval(-math.inf, 1.0, OUT_OF_RANGE))
    else:
        size = intervals.kish_size(deviations.weight, deviations.weight2)
        variance = _variance_of_log(error, target, fourth) if error > 0 else 0.0
        interval = partial(intervals.explained_interval, error / target, variance, size)
    return estimated(1 - error / target, interval, deviations.rows, "rows", confidence)


def logs_of_ratios(
    one: Deviations, other: Deviations, products: Floats, *, biased: bool
) -> Floats | None:
    """Return the covariance of a row's terms in the logarithms of two models' ratios, shape (2, 2).

    A term is e² / mean(e²) - u² / mean(u²), with the same u; None where either is not defined.

    Parameters
    ----------
    products
        Shape (3, 3): sums of products of both errors about their means, as in `JointDeviations`.
    biased
        Whether e is the error itself, as for R², rather than about its mean.
    """
    both = (one, other)
    if not (one.weight > 0 and other.weight > 0):
        return None
    biases = [of.bias if biased and of.bias else 0.0 for of in both]
    means = [of.mean(2, 0) + bias * bias for of, bias in zip(both, biases, strict=True)]
    target = one.mean(0, 2)
    if not all(map(in_range, (*means, target))):
        return None
    fourth = [_fourth_moments(of, bias) for of, bias in zip(both, biases, strict=True)]
    (_, a_target, of_target), (_, b_target, _) = fourth
    # e² of d + bias, as weights of the powers of d
    a, b = (np.array([bias * bias, 2 * bias, 1.0]) for bias in biases)
    squares = float(a @ (products / one.weight) @ b)
    covariance = (
        squares / means[0] / means[1]
        - a_target / means[0] / target
        - b_target / means[1] / target
        + of_target / target / target
    )
    variances = [
        _variance_of_log(mean, target, moments) for mean, moments in zip(means, fourth, strict=True)
    ]
    return np.array([[variances[0], covariance], [covariance, variances[1]]])


def _fourth_moments(deviations: Deviations, bias: float) -> tuple[float, float, float]:
    """Return the means of e⁴, e²u² and u⁴, where e = d + bias."""
    mean, square = deviations.mean, bias * bias  # a power would raise where this is infinite
    error = mean(4, 0) + 4 * bias * mean(3, 0) + 6 * square * mean(2, 0) + square * square
    both = mean(2, 2) + 2 * bias * mean(1, 2) + square * mean(0, 2)
    return error, both, mean(0, 4)


def _variance_of_log(error: float, target: float, fourth: tuple[float, float, float]) -> float:
    """Return the variance of e² / mean(e²) - u² / mean(u²), a row's term in the ratio's log."""
    of_error, both, of_target = fourth
    terms = (of_error / error / error, both / error / target, of_target / target / target)
    return max(terms[0] - 2 * terms[1] + terms[2], 0.0)
