"""What the simulations of coverage share: how often intervals hold a truth that is known.

At nominal 0.95 the coverage must lie in `INSIDE`. Where no closed form is known to get there, a
case is hostile, and has the floor that it must not fall below; where the interval is too long, it
is cautious, which lets a model pass that should fail, but fails none that should pass.
"""

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from model_checks.metrics import METRICS, Asked, Estimate
from model_checks.metrics.intervals import Interval
from model_checks.metrics.statistics import Statistics

Floats = NDArray[np.float64]

Draw = Callable[[np.random.Generator, tuple[int, int]], Floats]

CONFIDENCE = 0.95
INSIDE = (0.925, 0.985)

OF_ERRORS = (
    "mae",
    "rmse",
    "mape",
    "mean_error",
    "median_absolute_error",
    "r2",
    "explained_variance",
)
OF_PROBABILITIES = ("log_loss", "brier", "expected_calibration_error")
OF_RANKS = ("roc_auc", "average_precision")

# Draw, E|e|, E e².
ERRORS: dict[str, tuple[Draw, float, float]] = {
    "normal": (lambda rng, shape: rng.normal(size=shape), math.sqrt(2 / math.pi), 1.0),
    "laplace": (lambda rng, shape: rng.laplace(size=shape), 1.0, 2.0),
    "t5": (
        lambda rng, shape: rng.standard_t(5, size=shape),
        8 * math.sqrt(5) / (6 * math.pi),
        5 / 3,
    ),
    "lognormal": (
        lambda rng, shape: rng.lognormal(size=shape) - math.exp(0.5),
        2 * math.exp(0.5) * (2 * stats.norm.cdf(0.5) - 1),
        (math.e - 1) * math.e,
    ),
}


def coverage(truth: float, intervals: Iterable[Interval]) -> float:
    """How often the intervals hold the truth."""
    return float(np.mean([interval.low <= truth <= interval.high for interval in intervals]))


def intervals_of(
    metric: str, samples: Iterable[Statistics], average: str | None = None, beta: float = 1.0
) -> list[Interval]:
    """The intervals of a metric; samples on which it is undefined, which must be few, have none."""
    asked = Asked(average, CONFIDENCE, beta)
    estimates = [METRICS[metric].estimate(sample, asked) for sample in samples]
    found = [
        Interval(estimate.low, estimate.high, estimate.method)
        for estimate in estimates
        if isinstance(estimate, Estimate)
    ]
    assert len(found) > 0.9 * len(estimates)
    return found


def coverage_of(
    metric: str,
    truth: float,
    samples: Iterable[Statistics],
    average: str | None = None,
    beta: float = 1.0,
) -> float:
    """How often the intervals of a metric hold its truth."""
    return coverage(truth, intervals_of(metric, samples, average, beta))


def value_of(
    metric: str, everybody: Statistics, average: str | None = None, beta: float = 1.0
) -> float:
    """The value of a metric on rows that stand for all there are."""
    found = METRICS[metric].estimate(everybody, Asked(average, CONFIDENCE, beta))
    assert isinstance(found, Estimate)
    return found.value


def assert_inside(found: float) -> None:
    assert INSIDE[0] <= found <= INSIDE[1]


def assert_cautious(found: float) -> None:
    """Rather too long than too short."""
    assert found >= INSIDE[0]


def assert_hostile(found: float, floor: float) -> None:
    """Hold the floor, and notice a corner that is no longer hostile."""
    assert floor <= found < INSIDE[0] + 0.005


def log_normal(rng: np.random.Generator, shape: Sequence[int], spread: float) -> Floats:
    """Weights with this spread; without it all 1."""
    return rng.lognormal(0, spread, tuple(shape))
