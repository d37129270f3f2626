"""How often the intervals of errors of a regression hold the truth, by simulation."""

import math
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from scipy import stats
from support.covering import (
    CONFIDENCE,
    ERRORS,
    INSIDE,
    Draw,
    Floats,
    assert_hostile,
    assert_inside,
    coverage_of,
    log_normal,
)

from model_checks.metrics.statistics import (
    DEVIATION_POWERS,
    Deviations,
    ErrorMoments,
    MedianError,
    RelativeErrors,
    Statistics,
)

pytestmark = pytest.mark.slow

Drawn = tuple[Floats, Floats]
"""Errors and their weights, shape (R, n) both: a sample in each row."""


def errors_of(name: str, n: int, spread: float = 0.0) -> Drawn:
    rng = np.random.default_rng(105)
    shape = (min(10_000, 2_000_000 // n), n)
    errors = ERRORS[name][0](rng, shape)
    return errors, log_normal(rng, shape, spread)


def sizes_of(weights: Floats) -> Iterator[tuple[int, float, float]]:
    """Rows, sum of weights and of their squares, of each sample."""
    sums = zip(weights.sum(axis=1).tolist(), (weights**2).sum(axis=1).tolist(), strict=True)
    yield from ((weights.shape[1], *both) for both in sums)


def moments_of(drawn: Drawn) -> Iterator[Statistics]:
    errors, weights = np.abs(drawn[0]), drawn[1]
    powers = {power: (weights * errors**power).sum(axis=1).tolist() for power in (1, 2, 3, 4, 6)}
    for k, size in enumerate(sizes_of(weights)):
        sums = {power: found[k] for power, found in powers.items()}
        yield Statistics.holding(size[0], ErrorMoments(*size, sums, float(errors[k].max())))


def mae_coverage(name: str, n: int, spread: float = 0.0) -> float:
    return coverage_of("mae", ERRORS[name][1], moments_of(errors_of(name, n, spread)))


def rmse_coverage(name: str, n: int, spread: float = 0.0) -> float:
    samples = moments_of(errors_of(name, n, spread))
    return coverage_of("rmse", math.sqrt(ERRORS[name][2]), samples)


@pytest.mark.parametrize("n", [30, 100, 500])
@pytest.mark.parametrize("name", ["normal", "laplace", "t5"])
def test_mae(name: str, n: int) -> None:
    assert_inside(mae_coverage(name, n))


@pytest.mark.parametrize(
    ("name", "n"), [*product(["normal", "laplace"], [30, 100, 500]), ("t5", 500)]
)
def test_rmse(name: str, n: int) -> None:
    assert_inside(rmse_coverage(name, n))


@pytest.mark.parametrize("name", ["normal", "laplace"])
def test_mae_and_rmse_with_weights(name: str) -> None:
    assert_inside(mae_coverage(name, 100, spread=0.5))
    assert_inside(rmse_coverage(name, 100, spread=0.5))


@pytest.mark.parametrize(
    ("name", "n", "floor"),
    [
        ("t5", 30, 0.90),
        ("t5", 100, 0.91),
        ("lognormal", 30, 0.78),
        ("lognormal", 100, 0.87),
        ("lognormal", 500, 0.88),
    ],
)
def test_rmse_of_heavy_tails_is_hostile(name: str, n: int, floor: float) -> None:
    assert_hostile(rmse_coverage(name, n), floor)


@pytest.mark.parametrize(("n", "floor"), [(30, 0.84), (100, 0.90)])
def test_mae_of_lognormal_errors_is_hostile(n: int, floor: float) -> None:
    assert_hostile(mae_coverage("lognormal", n), floor)


def relative_of(drawn: Drawn) -> Iterator[Statistics]:
    errors, weights = np.abs(drawn[0]), drawn[1]
    powers = zip(*((weights * errors**k).sum(axis=1).tolist() for k in (1, 2, 3)), strict=True)
    for size, (first, second, third) in zip(sizes_of(weights), powers, strict=True):
        yield Statistics.holding(size[0], RelativeErrors(*size, 0, (first, second, third)))


@pytest.mark.parametrize("spread", [0.0, 0.5])
@pytest.mark.parametrize("n", [30, 100, 500])
@pytest.mark.parametrize("name", ["normal", "laplace", "t5"])
def test_mape(name: str, n: int, spread: float) -> None:
    # of errors that grow with the target: what is drawn is their ratio
    samples = relative_of(errors_of(name, n, spread))
    assert_inside(coverage_of("mape", ERRORS[name][1], samples))


# Signed errors.


def deviations_of(errors: Floats, targets: Floats, weights: Floats) -> Iterator[Statistics]:
    total = weights.sum(axis=1, keepdims=True)
    bias, middle = (
        (weights * values).sum(axis=1, keepdims=True) / total for values in (errors, targets)
    )
    d, u = errors - bias, targets - middle
    products = {(i, j): (weights * d**i * u**j).sum(axis=1).tolist() for i, j in DEVIATION_POWERS}
    for k, size in enumerate(sizes_of(weights)):
        sums = {power: found[k] for power, found in products.items()}
        found = Deviations(*size, float(bias[k, 0]), constant=False, products=sums)
        yield Statistics.holding(size[0], found)


def mean_error_coverage(name: str, n: int, bias: float, spread: float = 0.0) -> float:
    errors, weights = errors_of(name, n, spread)
    samples = deviations_of(errors + bias, errors, weights)
    return coverage_of("mean_error", bias, samples)


@pytest.mark.parametrize("bias", [0.0, 0.3])
@pytest.mark.parametrize("n", [30, 100, 500])
@pytest.mark.parametrize("name", ["normal", "laplace", "t5"])
def test_mean_error(name: str, n: int, bias: float) -> None:
    assert_inside(mean_error_coverage(name, n, bias))


def test_mean_error_with_weights() -> None:
    assert_inside(mean_error_coverage("laplace", 100, 0.3, spread=0.5))


def test_mean_error_of_few_lognormal_errors_is_hostile() -> None:
    assert_hostile(mean_error_coverage("lognormal", 30, 0.0), floor=0.87)
    assert_inside(mean_error_coverage("lognormal", 100, 0.0))


# The median of absolute errors: by order statistics, whatever the distribution.


def medians_of(drawn: Drawn) -> Iterator[Statistics]:
    """With limits by the formula that the SQL has."""
    z = stats.norm.ppf(0.5 + CONFIDENCE / 2)
    e = np.abs(drawn[0])
    order = np.argsort(e, axis=1)
    e, weights = (np.take_along_axis(one, order, axis=1) for one in (e, drawn[1]))
    upto = np.cumsum(weights, axis=1)
    total, inverse = upto[:, -1:], (weights**2).sum(axis=1, keepdims=True) / upto[:, -1:] ** 2
    half = z / 2 * np.sqrt(inverse) * (1 + (z * z + 1) / 4 * inverse)
    assert (half < 0.5).all()
    rows = np.arange(len(e))
    low, median, high = (
        e[rows, (upto < (0.5 + sign * half) * total).sum(axis=1)].tolist() for sign in (-1, 0, 1)
    )
    for k, size in enumerate(sizes_of(weights)):
        limits = {CONFIDENCE: (low[k], high[k])}
        yield Statistics.holding(size[0], MedianError(*size, median[k], limits))


def median_coverage(n: int, spread: float = 0.0) -> float:
    samples = medians_of(errors_of("normal", n, spread))
    return coverage_of("median_absolute_error", stats.norm.ppf(0.75), samples)


@pytest.mark.parametrize("n", [8, 21, 30, 31, 50, 100, 101, 500])
def test_median_absolute_error(n: int) -> None:
    # few rows leave steps between one rank and the next: rather too long than too short
    assert INSIDE[0] <= median_coverage(n) <= 0.995


@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_median_absolute_error_with_weights(spread: float) -> None:
    assert_inside(median_coverage(200, spread))


# A share explained: predictions f, targets f + noise, both of mean 0 and variance 1 as drawn.

SIGNALS: dict[str, Draw] = {
    "normal": ERRORS["normal"][0],
    "uniform": lambda rng, shape: rng.uniform(-math.sqrt(3), math.sqrt(3), shape),
    "laplace": lambda rng, shape: rng.laplace(0, math.sqrt(0.5), shape),
    "t5": lambda rng, shape: rng.standard_t(5, shape) / math.sqrt(5 / 3),
    "exponential": lambda rng, shape: rng.exponential(1, shape) - 1,
    "lognormal": lambda rng, shape: (
        ERRORS["lognormal"][0](rng, shape) / math.sqrt((math.e - 1) * math.e)
    ),
}


def explained_coverage(
    metric: str, signal: str, noise: str, n: int, share: float, spread: float = 0.0
) -> float:
    """Coverage where this share of the target's variance is explained."""
    rng = np.random.default_rng(109)
    shape = (3000, n)
    predicted = math.sqrt(share) * SIGNALS[signal](rng, shape)
    errors = math.sqrt(1 - share) * SIGNALS[noise](rng, shape)
    samples = deviations_of(-errors, predicted + errors, log_normal(rng, shape, spread))
    return coverage_of(metric, share, samples)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("noise", ["normal", "laplace"])
@pytest.mark.parametrize("signal", ["normal", "uniform"])
@pytest.mark.parametrize("n", [100, 500])
@pytest.mark.parametrize("metric", ["r2", "explained_variance"])
def test_a_share_explained(metric: str, n: int, signal: str, noise: str, share: float) -> None:
    assert_inside(explained_coverage(metric, signal, noise, n, share))


@pytest.mark.parametrize("metric", ["r2", "explained_variance"])
def test_a_share_explained_with_weights(metric: str) -> None:
    assert_inside(explained_coverage(metric, "normal", "normal", 200, 0.5, spread=0.5))


@pytest.mark.parametrize(("signal", "noise"), [("t5", "t5"), ("exponential", "normal")])
def test_a_share_explained_of_500_rows_with_tails(signal: str, noise: str) -> None:
    assert_inside(explained_coverage("r2", signal, noise, 500, 0.5))


@pytest.mark.parametrize(
    ("signal", "noise", "n", "floor"),
    [
        ("normal", "laplace", 30, 0.89),
        ("t5", "t5", 30, 0.88),
        ("exponential", "normal", 30, 0.85),
        ("exponential", "normal", 100, 0.89),
        ("normal", "lognormal", 100, 0.74),
        ("normal", "lognormal", 500, 0.83),
        ("lognormal", "normal", 100, 0.73),
        ("lognormal", "normal", 500, 0.81),
    ],
)
def test_a_share_explained_is_hostile_where_few_rows_make_the_variance(
    signal: str, noise: str, n: int, floor: float
) -> None:
    assert_hostile(explained_coverage("r2", signal, noise, n, 0.5), floor)
