"""How often the intervals of what scores cost as probabilities hold the truth, by simulation."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from support.covering import (
    OF_PROBABILITIES,
    Draw,
    Floats,
    assert_cautious,
    assert_hostile,
    assert_inside,
    coverage_of,
    log_normal,
    value_of,
)

from model_checks.metrics.statistics import ProbabilitySums, Statistics

pytestmark = pytest.mark.slow

REPEATS = 1500
BINS = 15

Curve = Callable[[Floats], Floats]
"""Scores to how often the label is true there."""


def calibrated(p: Floats) -> Floats:
    return p


def overconfident(p: Floats) -> Floats:
    return p + 0.1 * np.where(p > 0.5, -1, 1)


def squared(p: Floats) -> Floats:
    return p * p


SCORES: dict[str, Draw] = {
    "even": lambda rng, shape: rng.random(shape),
    "sharp": lambda rng, shape: rng.beta(0.3, 0.3, shape).clip(1e-9, 1 - 1e-9),
    "rare": lambda rng, shape: rng.beta(0.5, 20, shape).clip(1e-9, 1 - 1e-9),  # 2.4 % on average
}


def bin_of(confidence: Floats) -> Floats:
    found: Floats = np.maximum(np.ceil(confidence * BINS), 1).astype(int) - 1
    return found


def costs_of(p: Floats, hit: Floats) -> tuple[Floats, Floats]:
    """Log loss and squared distance of each row."""
    return -np.log(np.where(hit, p, 1 - p)), (hit - p) ** 2


def binary(scores: str, curve: Curve, n: int, spread: float = 0.0) -> Iterator[Statistics]:
    rng = np.random.default_rng(113)
    for _ in range(REPEATS):
        p = SCORES[scores](rng, (1, n))[0]
        hit = (rng.random(n) < curve(p)).astype(float)
        weights = log_normal(rng, (n,), spread)
        yield summed(*costs_of(p, hit), 1.0, (bin_of(p), hit - p), weights)


def summed(
    log_losses: Floats,
    squares: Floats,
    furthest: float,
    gaps: tuple[Floats, Floats],
    weights: Floats,
) -> Statistics:
    sums = (np.bincount(gaps[0], weights * gaps[1] ** k, BINS).tolist() for k in (1, 2))
    found = ProbabilitySums(
        len(weights),
        float(weights.sum()),
        float((weights**2).sum()),
        powers_of(log_losses, weights),
        powers_of(squares, weights),
        furthest,
        tuple(zip(*sums, strict=True)),
    )
    return Statistics.holding(len(weights), found)


def powers_of(values: Floats, weights: Floats) -> tuple[float, float, float]:
    first, second, third = (float(weights @ values**k) for k in (1, 2, 3))
    return first, second, third


def truths_of(scores: str, curve: Curve) -> dict[str, float]:
    """Of very many scores, with what comes true on average at each."""
    p = SCORES[scores](np.random.default_rng(117), (1, 2_000_000))[0]
    rate = curve(p)
    (hit_log, hit_square), (miss_log, miss_square) = (
        costs_of(p, np.full_like(p, outcome)) for outcome in (1.0, 0.0)
    )
    gaps = np.bincount(bin_of(p), rate - p, BINS) / len(p)
    return {
        "log_loss": float(np.mean(rate * hit_log + (1 - rate) * miss_log)),
        "brier": float(np.mean(rate * hit_square + (1 - rate) * miss_square)),
        "expected_calibration_error": float(np.abs(gaps).sum()),
    }


def coverages(scores: str, curve: Curve, n: int, spread: float = 0.0) -> dict[str, float]:
    samples = list(binary(scores, curve, n, spread))
    return {
        metric: coverage_of(metric, truth, samples)
        for metric, truth in truths_of(scores, curve).items()
    }


def assert_costs_inside(found: dict[str, float]) -> None:
    """Log loss and Brier score inside; calibration rather too cautious.

    A calibration error is above 0 by chance, and the lower limit lets for what that may add.
    """
    assert_inside(found["log_loss"])
    assert_inside(found["brier"])
    assert_cautious(found["expected_calibration_error"])


@pytest.mark.parametrize("n", [100, 500, 2000])
@pytest.mark.parametrize("curve", [calibrated, overconfident, squared])
@pytest.mark.parametrize("scores", ["even", "sharp"])
def test_probabilities(scores: str, curve: Curve, n: int) -> None:
    assert_costs_inside(coverages(scores, curve, n))


@pytest.mark.parametrize("curve", [calibrated, overconfident, squared])
def test_probabilities_of_thirty_rows(curve: Curve) -> None:
    assert_costs_inside(coverages("even", curve, 30))


def test_probabilities_with_weights() -> None:
    assert_costs_inside(coverages("even", squared, 200, spread=0.5))


@pytest.mark.parametrize("n", [500, 2000])
def test_probabilities_of_a_rare_label(n: int) -> None:
    assert_costs_inside(coverages("rare", calibrated, n))


def test_probabilities_of_two_rare_rows_are_hostile() -> None:
    # 2.4 rows of 100 are positive; in a sample of 11 there is none, and nothing tells what it costs
    found = coverages("rare", calibrated, 100)
    assert_hostile(found["log_loss"], floor=0.88)
    assert_hostile(found["brier"], floor=0.88)
    assert_hostile(found["expected_calibration_error"], floor=0.88)


# Several classes: probabilities of K labels, the label drawn from them or from flatter ones.


def several(n: int, flatter: float, repeats: int) -> Iterator[tuple[Floats, Floats]]:
    """Probabilities, shape (n, K), and the indicators of the true label."""
    rng = np.random.default_rng(118)
    for _ in range(repeats):
        p = rng.dirichlet([0.6, 0.5, 0.3], n).clip(1e-9)
        true = (p**flatter).cumsum(axis=1)
        at = (rng.random((n, 1)) * true[:, -1:] > true).sum(axis=1)
        yield p, np.eye(3)[at]


def of_classes(p: Floats, true: Floats) -> Statistics:
    best = p.argmax(axis=1)
    rows = np.arange(len(p))
    confidence, right = p[rows, best], true[rows, best]
    gaps = (bin_of(np.minimum(confidence, 1.0)), right - confidence)
    log_losses, squares = -np.log((p * true).sum(axis=1)), ((p - true) ** 2).sum(axis=1)
    return summed(log_losses, squares, 2.0, gaps, np.ones(len(p)))


@pytest.mark.parametrize("flatter", [1.0, 0.6])
@pytest.mark.parametrize("n", [100, 500])
def test_probabilities_of_several_classes(n: int, flatter: float) -> None:
    [whole] = (of_classes(*drawn) for drawn in several(1_000_000, flatter, 1))
    samples = [of_classes(*drawn) for drawn in several(n, flatter, REPEATS)]
    truths = {metric: value_of(metric, whole) for metric in OF_PROBABILITIES}
    assert_costs_inside(
        {metric: coverage_of(metric, truth, samples) for metric, truth in truths.items()}
    )
