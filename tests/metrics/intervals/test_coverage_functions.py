"""How often the bootstrap of functions of the user's own holds the truth, by simulation."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from support.covering import (
    CONFIDENCE,
    ERRORS,
    Draw,
    Floats,
    assert_hostile,
    assert_inside,
    coverage,
)

from model_checks.metrics.intervals import bootstrap_interval

pytestmark = pytest.mark.slow

Statistic = Callable[[Floats], Floats]
"""Of samples, shape (..., n), each along the last axis."""

GAINS = np.array([20.0, -5.0, -15.0, 0.0])  # of a true and a false positive, and so on
CELLS = (0.118, 0.082, 0.082, 0.718)


def f1_of(cells: Floats) -> Floats:
    true, wrong = (cells == 0).sum(axis=-1), ((cells == 1) | (cells == 2)).sum(axis=-1)
    return np.asarray(2 * true / np.maximum(2 * true + wrong, 1), float)


def root_mean_square(errors: Floats) -> Floats:
    return np.asarray(np.sqrt((errors**2).mean(axis=-1)), float)


def mean(values: Floats) -> Floats:
    return np.asarray(values.mean(axis=-1), float)


def ninth_decile(values: Floats) -> Floats:
    return np.asarray(np.quantile(values, 0.9, axis=-1), float)


# Draw, function, truth.
FUNCTIONS: dict[str, tuple[Draw, Statistic, float]] = {
    "mean of normal": (lambda rng, shape: rng.normal(size=shape), mean, 0.0),
    "mean of lognormal": (lambda rng, shape: rng.lognormal(size=shape), mean, math.exp(0.5)),
    "share": (lambda rng, shape: (rng.random(shape) < 0.85).astype(float), mean, 0.85),
    "profit": (
        lambda rng, shape: GAINS.take(rng.choice(4, shape, p=CELLS)),
        mean,
        float(GAINS @ np.array(CELLS)),
    ),
    "F1": (
        lambda rng, shape: rng.choice(4, shape, p=CELLS).astype(float),
        f1_of,
        2 * CELLS[0] / (2 * CELLS[0] + CELLS[1] + CELLS[2]),
    ),
    "RMSE of normal": (ERRORS["normal"][0], root_mean_square, 1.0),
    "RMSE of Laplace": (ERRORS["laplace"][0], root_mean_square, math.sqrt(2)),
    "RMSE of t5": (ERRORS["t5"][0], root_mean_square, math.sqrt(5 / 3)),
    "ninth decile": (lambda rng, shape: rng.exponential(size=shape), ninth_decile, math.log(10)),
}


def bootstrap_coverage(name: str, n: int, repeats: int = 1000) -> float:
    draw, function, truth = FUNCTIONS[name]
    rng = np.random.default_rng(106)
    found = []
    for _ in range(repeats):
        sample = draw(rng, (1, n))[0]
        replicates = function(sample[rng.integers(0, n, (1000, n))])
        found.append(bootstrap_interval(float(function(sample)), replicates, n, CONFIDENCE))
    return coverage(truth, found)


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("mean of normal", 30),
        ("mean of normal", 100),
        ("mean of lognormal", 300),
        ("share", 30),
        ("share", 100),
        ("profit", 100),
        ("profit", 300),
        ("F1", 100),
        ("RMSE of normal", 100),
        ("RMSE of Laplace", 300),
        ("ninth decile", 100),
    ],
)
def test_bootstrap(name: str, n: int) -> None:
    assert_inside(bootstrap_coverage(name, n))


@pytest.mark.parametrize(
    ("name", "n", "floor"),
    [
        ("mean of lognormal", 30, 0.86),
        ("RMSE of normal", 30, 0.88),
        ("RMSE of Laplace", 30, 0.82),
        ("RMSE of Laplace", 100, 0.88),
        ("RMSE of t5", 30, 0.81),
        ("RMSE of t5", 100, 0.86),
        ("ninth decile", 30, 0.85),
    ],
)
def test_bootstrap_of_few_rows_with_heavy_tails_is_hostile(name: str, n: int, floor: float) -> None:
    assert_hostile(bootstrap_coverage(name, n), floor)
