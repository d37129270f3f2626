"""How often the intervals of functions of the confusion counts hold the truth, by simulation."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from scipy import stats
from support.covering import (
    CONFIDENCE,
    INSIDE,
    OF_ERRORS,
    OF_PROBABILITIES,
    OF_RANKS,
    Floats,
    assert_hostile,
    assert_inside,
    coverage_of,
    value_of,
)

from model_checks.metrics import METRICS
from model_checks.metrics.intervals import wilson_interval
from model_checks.metrics.statistics import ConfusionCounts, Statistics

pytestmark = pytest.mark.slow

REPEATS = 2000


# Proportions: no draw needed, the binomial distribution says it exactly.


def wilson_coverage(n: int, p: float) -> float:
    chances = stats.binom.pmf(np.arange(n + 1), n, p)
    intervals = [wilson_interval(hits / n, n, CONFIDENCE) for hits in range(n + 1)]
    held = np.array([interval.low <= p <= interval.high for interval in intervals])
    return float(chances @ held)


@pytest.mark.parametrize("n", [30, 100, 500, 1000])
def test_wilson(n: int) -> None:
    found = [wilson_coverage(n, p) for p in np.linspace(5 / n, 1 - 5 / n, 161)]
    assert_inside(min(found))
    assert_inside(max(found))
    assert np.mean(found) == pytest.approx(CONFIDENCE, abs=0.005)


@pytest.mark.parametrize("n", [30, 100, 500, 1000])
def test_wilson_is_hostile_where_less_than_one_row_is_expected_to_differ(n: int) -> None:
    found = [wilson_coverage(n, expected / n) for expected in np.linspace(0.05, 1, 200)]
    assert_hostile(min(found), floor=0.83)


# Confusion counts: rows with one true and one predicted label.

Share = tuple[tuple[float, ...], ...]


def shares_of(prior: Sequence[float], recalls: Sequence[float]) -> Floats:
    """Shares of true by predicted label; mistakes fall on the others as often as they occur."""
    share = np.array(prior) / np.sum(prior)
    found = np.outer(share * (1 - np.array(recalls)) / (1 - share), share)
    np.fill_diagonal(found, share * recalls)
    return found


def counted(
    rows: Floats, weight: Floats | None = None, weight2: Floats | None = None
) -> Statistics:
    labels = tuple("abcdefghijklmnopqrstuvwxyz"[: len(rows)])
    weight, weight2 = (rows if one is None else one for one in (weight, weight2))
    return Statistics.holding(int(rows.sum()), ConfusionCounts(labels, rows, weight, weight2))


def samples_of(shares: Floats, n: int, spread: float = 0.0) -> Iterator[Statistics]:
    """Samples of n rows each, with lognormal weights of this spread."""
    rng = np.random.default_rng(111)
    if not spread:
        yield from map(counted, drawn_counts(rng, shares, n))
        return
    cells = shares.size
    drawn = rng.choice(cells, (REPEATS, n), p=shares.ravel())
    weights = rng.lognormal(0, spread, drawn.shape)
    at = (drawn + np.arange(REPEATS)[:, None] * cells).ravel()
    sums = (
        np.bincount(at, weights.ravel() ** power, REPEATS * cells).reshape(REPEATS, *shares.shape)
        for power in (0, 1, 2)
    )
    yield from map(counted, *sums)


def drawn_counts(rng: np.random.Generator, shares: Floats, n: int) -> Floats:
    drawn = rng.multinomial(n, shares.ravel(), REPEATS).reshape(REPEATS, *shares.shape)
    return drawn.astype(float)


def confusion_coverage(
    metric: str,
    shares: Floats,
    n: int,
    average: str | None = None,
    *,
    beta: float = 1.0,
    spread: float = 0.0,
) -> float:
    truth = value_of(metric, counted(shares * 1e9), average, beta)
    return coverage_of(metric, truth, samples_of(shares, n, spread), average, beta)


# Name of a case to the shares of the labels, their recalls and the rows.
BINARY: dict[str, tuple[Sequence[float], Sequence[float], int]] = {
    "even, 30 rows": ([0.5, 0.5], [0.8, 0.8], 30),
    "even, 500 rows": ([0.5, 0.5], [0.8, 0.8], 500),
    "good, 200 rows": ([0.5, 0.5], [0.96, 0.94], 200),
    "10 % positives, 500 rows": ([0.9, 0.1], [0.98, 0.6], 500),
    "2 % positives, 1000 rows": ([0.98, 0.02], [0.99, 0.6], 1000),
    "1 % positives, 2000 rows": ([0.99, 0.01], [0.995, 0.7], 2000),
}
TEN_POSITIVES = ([0.99, 0.01], [0.995, 0.7], 1000)

SEVERAL: dict[str, tuple[Sequence[float], Sequence[float], int]] = {
    "three, 60 rows": ([0.4, 0.25, 0.35], [0.75, 0.8, 0.86], 60),
    "three, 300 rows": ([0.4, 0.25, 0.35], [0.75, 0.8, 0.86], 300),
    "a class of 30": ([0.9, 0.07, 0.03], [0.97, 0.9, 0.7], 1000),
    "a class of 10": ([0.95, 0.04, 0.01], [0.97, 0.9, 0.9], 1000),
    "three classes of 10": ([0.6, 0.37, 0.01, 0.01, 0.01], [0.9, 0.9, 0.8, 0.7, 0.9], 1000),
    "five, 200 rows": ([0.4, 0.3, 0.15, 0.1, 0.05], [0.9, 0.8, 0.7, 0.8, 0.6], 200),
    "twenty of 50": ([0.05] * 20, [0.8] * 20, 1000),
    "ten of 20, good": ([0.1] * 10, [0.95] * 10, 200),
}

OF_COUNTS = ("accuracy", "precision", "recall", "specificity", "npv", "f1", "fbeta")
BEYOND_CHANCE = ("balanced_accuracy", "mcc", "cohen_kappa")
AVERAGED = ("precision", "recall", "f1", "fbeta")


def test_no_metric_is_left_out() -> None:
    simulated = {*OF_COUNTS, *BEYOND_CHANCE, *OF_ERRORS, *OF_PROBABILITIES, *OF_RANKS}
    # the largest error of a sample has no upper limit, and no lower truth
    assert simulated | {"max_error"} == set(METRICS)


def average_of(metric: str) -> str | None:
    return "binary" if metric in AVERAGED else None


@pytest.mark.parametrize("case", BINARY)
@pytest.mark.parametrize("metric", [*OF_COUNTS, *BEYOND_CHANCE])
def test_binary(metric: str, case: str) -> None:
    prior, recalls, n = BINARY[case]
    shares = shares_of(prior, recalls)
    assert_inside(confusion_coverage(metric, shares, n, average_of(metric), beta=2))


@pytest.mark.parametrize("metric", [*OF_COUNTS, *BEYOND_CHANCE])
def test_binary_with_ten_positives(metric: str) -> None:
    prior, recalls, n = TEN_POSITIVES
    shares = shares_of(prior, recalls)
    assert_inside(confusion_coverage(metric, shares, n, average_of(metric), beta=0.5))


@pytest.mark.parametrize("metric", [*OF_COUNTS, *BEYOND_CHANCE])
def test_binary_with_weights(metric: str) -> None:
    shares = shares_of([0.7, 0.3], [0.9, 0.7])
    found = confusion_coverage(metric, shares, 200, average_of(metric), beta=2, spread=0.7)
    assert_inside(found)


@pytest.mark.parametrize(
    ("n", "tp", "fp", "fn"),
    [
        (50, 0.36, 0.14, 0.14),  # F1 0.72
        (100, 0.118, 0.082, 0.082),  # F1 0.59
        (200, 0.48, 0.02, 0.02),  # F1 0.96
        (1000, 0.014, 0.008, 0.006),  # 2 % positives
    ],
)
@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_f1_and_fbeta(n: int, tp: float, fp: float, fn: float, beta: float) -> None:
    shares = np.array([[1 - tp - fp - fn, fp], [fn, tp]])
    assert_inside(confusion_coverage("fbeta", shares, n, "binary", beta=beta))
    assert_inside(confusion_coverage("f1", shares, n, "binary"))


@pytest.mark.parametrize("case", SEVERAL)
@pytest.mark.parametrize("average", ["macro", "weighted"])
@pytest.mark.parametrize("metric", AVERAGED)
def test_averages_over_classes(metric: str, average: str, case: str) -> None:
    prior, recalls, n = SEVERAL[case]
    assert_inside(confusion_coverage(metric, shares_of(prior, recalls), n, average, beta=2))


@pytest.mark.parametrize("case", SEVERAL)
@pytest.mark.parametrize("metric", ["accuracy", *BEYOND_CHANCE])
def test_several_classes(metric: str, case: str) -> None:
    prior, recalls, n = SEVERAL[case]
    assert_inside(confusion_coverage(metric, shares_of(prior, recalls), n))


@pytest.mark.parametrize("average", ["macro", "weighted", "micro"])
@pytest.mark.parametrize("metric", AVERAGED)
def test_averages_with_weights(metric: str, average: str) -> None:
    prior, recalls, _ = SEVERAL["three, 300 rows"]
    shares = shares_of(prior, recalls)
    assert_inside(confusion_coverage(metric, shares, 200, average, beta=2, spread=0.7))


@pytest.mark.parametrize("metric", BEYOND_CHANCE)
def test_agreement_of_several_classes_with_weights(metric: str) -> None:
    prior, recalls, _ = SEVERAL["three, 300 rows"]
    assert_inside(confusion_coverage(metric, shares_of(prior, recalls), 200, spread=0.7))


# Agreement beyond chance, where few rows decide.


@pytest.mark.parametrize(
    ("share", "n"),
    [
        (((0.25, 0.25), (0.25, 0.25)), 50),
        (((0.1, 0.4), (0.4, 0.1)), 50),
        (((0.97, 0.01), (0.01, 0.01)), 1000),
        (((0.9, 0.05), (0.045, 0.005)), 500),  # 2.5 rows are both
        (((0.985, 0.005), (0.008, 0.002)), 1000),  # 2 are
        (((0.81, 0.09), (0.09, 0.01)), 200),  # right by chance alone
        (((0.5, 0.01), (0.47, 0.02)), 200),  # 6 predicted positives
        (((0.8, 0.05, 0.02), (0.04, 0.02, 0.01), (0.03, 0.02, 0.01)), 200),
    ],
)
@pytest.mark.parametrize("metric", ["mcc", "cohen_kappa"])
def test_mcc_and_kappa(metric: str, share: Share, n: int) -> None:
    assert_inside(confusion_coverage(metric, np.array(share), n))


@pytest.mark.parametrize("metric", ["mcc", "cohen_kappa"])
def test_mcc_and_kappa_are_cautious_where_hardly_a_row_is_both(metric: str) -> None:
    found = confusion_coverage(metric, np.array([[0.9, 0.05], [0.045, 0.005]]), 100)
    assert INSIDE[1] < found < 1
