"""How often differences, shares and gaps of independent estimates hold the truth, by simulation."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pytest
from scipy import stats
from support.covering import CONFIDENCE, Floats, assert_cautious, assert_inside, coverage

from model_checks.metrics.intervals import (
    Interval,
    auc_interval,
    difference_interval,
    explained_interval,
    gap_interval,
    relative_interval,
    rmse_interval,
    wilson_interval,
)

pytestmark = pytest.mark.slow

REPEATS = 3000

Estimated = tuple[float, Interval]
Draw = Callable[[np.random.Generator, float, int], Estimated]
"""A generator, the truth and the rows to an estimate with its interval."""


def share(rng: np.random.Generator, truth: float, n: int) -> Estimated:
    found = rng.binomial(n, truth) / n
    return found, wilson_interval(found, n, CONFIDENCE)


def rmse(rng: np.random.Generator, truth: float, n: int) -> Estimated:
    e = rng.laplace(0, truth / 2**0.5, n)
    second, fourth, sixth = (float((e**power).mean()) for power in (2, 4, 6))
    return second**0.5, rmse_interval(n, second, fourth, sixth, CONFIDENCE)


def auc(rng: np.random.Generator, truth: float, n: int) -> Estimated:
    """With a fifth of the rows positive."""
    m = n // 5
    positives, negatives = rng.normal(stats.norm.ppf(truth) * 2**0.5, 1, m), rng.normal(0, 1, n - m)
    above = np.searchsorted(np.sort(negatives), positives) / len(negatives)
    below = 1 - np.searchsorted(np.sort(positives), negatives) / m
    value = float(above.mean())
    variance = float(above.var(ddof=1) / m + below.var(ddof=1) / len(negatives))
    return value, auc_interval(value, variance, m, n - m, CONFIDENCE)


def r2(rng: np.random.Generator, truth: float, n: int) -> Estimated:
    """Of a prediction that is a multiple of the signal, and worse than the mean below 0."""
    # target s + e of variance 1 + 1, prediction k s: error variance (1 - k)² + 1
    factor = 1 - (2 * (1 - truth) - 1) ** 0.5
    signal, noise = rng.normal(0, 1, n), rng.normal(0, 1, n)
    target, error = signal + noise, (1 - factor) * signal + noise
    squares, spread = error**2, (target - target.mean()) ** 2
    ratio = float(squares.mean() / spread.mean())
    added = float(((squares / squares.mean() - spread / spread.mean()) ** 2).mean())
    return 1 - ratio, explained_interval(ratio, added, n, CONFIDENCE)


KINDS: dict[str, Draw] = {"share": share, "rmse": rmse, "auc": auc, "r2": r2}

PAIRS = [
    ("share", (0.85, 500), (0.85, 500)),
    ("share", (0.9, 100), (0.8, 60)),
    ("share", (0.97, 200), (0.95, 2000)),
    ("rmse", (3.0, 100), (3.0, 1000)),
    ("rmse", (2.0, 300), (4.0, 100)),
    ("auc", (0.8, 500), (0.85, 300)),
    ("auc", (0.95, 1000), (0.93, 500)),
    ("r2", (0.3, 200), (0.4, 200)),
    ("r2", (-0.4, 200), (-0.3, 500)),
]


def pairs(
    kind: str, a: tuple[float, int], b: tuple[float, int]
) -> list[tuple[float, Interval, float, Interval]]:
    rng = np.random.default_rng(120)
    return [(*KINDS[kind](rng, *a), *KINDS[kind](rng, *b)) for _ in range(REPEATS)]


@pytest.mark.parametrize(("kind", "a", "b"), PAIRS)
def test_a_difference(kind: str, a: tuple[float, int], b: tuple[float, int]) -> None:
    found = [difference_interval(*pair) for pair in pairs(kind, a, b)]
    assert_inside(coverage(a[0] - b[0], found))


@pytest.mark.parametrize(("kind", "a", "b"), PAIRS)
def test_a_difference_as_a_share(kind: str, a: tuple[float, int], b: tuple[float, int]) -> None:
    found = [relative_interval(*pair) for pair in pairs(kind, a, b)]
    assert_inside(coverage((a[0] - b[0]) / abs(b[0]), found))


def test_a_difference_of_aucs_is_cautious_where_few_are_misplaced_in_both() -> None:
    found = [difference_interval(*pair) for pair in pairs("auc", (0.97, 500), (0.97, 500))]
    assert_cautious(coverage(0.0, found))


def correlated(rng: np.random.Generator, n: int, r: float) -> Floats:
    """Shape (n, 2): pairs of normal errors."""
    one, two = rng.normal(size=(2, n))
    return np.stack([one, r * one + (1 - r * r) ** 0.5 * two], axis=1)


@pytest.mark.parametrize("r", [-0.5, 0.5, 0.9])
def test_a_difference_of_shares_on_the_same_rows(r: float) -> None:
    # rows are right where their error is below a cut; it is the errors that go together
    rng, n, truths = np.random.default_rng(121), 300, np.array([0.9, 0.85])
    found, cuts = [], stats.norm.ppf(truths)
    for _ in range(REPEATS):
        right = (correlated(rng, n, r) < cuts).astype(float)
        a, b = right.mean(axis=0).tolist()
        both = float(np.corrcoef(right.T)[0, 1])
        of_a, of_b = wilson_interval(a, n, CONFIDENCE), wilson_interval(b, n, CONFIDENCE)
        found.append(difference_interval(a, of_a, b, of_b, both, paired=True))
    assert_inside(coverage(0.05, found))


# Gaps.

SIZES = {2: [300, 150], 5: [300, 150, 100, 500, 200], 20: [300, 150, 100, 500] * 5}


def gap_coverage(truths: Sequence[float], repeats: int = 1000) -> float:
    rng = np.random.default_rng(122)
    sizes = SIZES[len(truths)]
    found = []
    for values in rng.binomial(sizes, truths, (repeats, len(truths))) / sizes:
        at = [partial(wilson_interval, value, n) for value, n in zip(values, sizes, strict=True)]
        found.append(gap_interval(values.tolist(), at, CONFIDENCE))
    return coverage(max(truths) - min(truths), found)


@pytest.mark.parametrize("k", SIZES)
def test_a_gap_of_equal_truths(k: int) -> None:
    assert_inside(gap_coverage([0.8] * k))


@pytest.mark.parametrize("k", [2, 5])
def test_a_gap_of_truths_that_are_spread_out(k: int) -> None:
    assert_inside(gap_coverage(np.linspace(0.5, 0.9, k).tolist()))


@pytest.mark.parametrize(
    "truths",
    [
        [0.6] + [0.8] * 4,
        [0.6] + [0.8] * 19,
        [0.5, *[0.7] * 18, 0.9],
        np.linspace(0.5, 0.9, 20).tolist(),
    ],
)
def test_a_gap_is_cautious_where_many_might_be_the_furthest(truths: list[float]) -> None:
    # the limits let for the choice among them
    assert_cautious(gap_coverage(truths))
