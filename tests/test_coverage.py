"""How often the intervals hold the truth, by simulation from distributions whose truth is known.

At nominal 0.95 the coverage must lie in `INSIDE`. Corners where no closed form is known to get
there are named hostile, and each has the floor it must not fall below.
"""

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from model_checks.aggregates import Aggregates, ConfusionCounts
from model_checks.intervals import (
    Interval,
    auc_interval,
    bootstrap_interval,
    calibration_interval,
    delta_logit_interval,
    explained_interval,
    f1_interval,
    hall_mean_interval,
    hall_signed_interval,
    kish_size,
    rmse_interval,
    wilson_interval,
)
from model_checks.metrics import METRICS, Asked, Estimate

pytestmark = pytest.mark.slow

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
INSIDE = (0.925, 0.985)
REPEATS = 4000


def coverage(truth: float, intervals: Iterable[Interval]) -> float:
    held = [interval.low <= truth <= interval.high for interval in intervals]
    return sum(held) / len(held)


def assert_inside(found: float) -> None:
    assert INSIDE[0] <= found <= INSIDE[1]


def assert_hostile(found: float, floor: float) -> None:
    """Hold the floor, and notice a corner that is no longer hostile."""
    assert floor <= found < INSIDE[0] + 0.005


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


@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_wilson_with_weights(spread: float) -> None:
    rng = np.random.default_rng(101)
    weights = rng.lognormal(0, spread, (REPEATS, 200))
    shares = np.average(rng.random(weights.shape) < 0.85, axis=1, weights=weights)
    sizes = [kish_size(w.sum(), (w**2).sum()) for w in weights]
    pairs = zip(shares, sizes, strict=True)
    assert_inside(coverage(0.85, [wilson_interval(p, n, CONFIDENCE) for p, n in pairs]))


# F1: true positives, false positives and false negatives among n rows.


@pytest.mark.parametrize(
    ("n", "tp", "fp", "fn"),
    [
        (50, 0.36, 0.14, 0.14),  # F1 0.72
        (100, 0.118, 0.082, 0.082),  # F1 0.59
        (200, 0.48, 0.02, 0.02),  # F1 0.96
        (1000, 0.014, 0.008, 0.006),  # 2 % positives
    ],
)
def test_f1(n: int, tp: float, fp: float, fn: float) -> None:
    rng = np.random.default_rng(102)
    counts = rng.multinomial(n, [tp, fp, fn, 1 - tp - fp - fn], REPEATS)
    found = [f1_interval(a, b, c, a + b + c, CONFIDENCE) for a, b, c, _ in counts]
    assert_inside(coverage(2 * tp / (2 * tp + fp + fn), found))


# Averages: macro recall over three classes, with the variance of a mean of proportions.


def macro_recall_coverage(sizes: Sequence[int], recalls: Sequence[float]) -> float:
    rng = np.random.default_rng(103)
    found = rng.binomial(sizes, recalls, (REPEATS, 3)) / np.array(sizes)
    variances = (found * (1 - found) / np.array(sizes)).sum(axis=1) / 9
    size = 9 / sum(1 / n for n in sizes)
    pairs = zip(found.mean(axis=1), variances, strict=True)
    intervals = [delta_logit_interval(v, variance, size, CONFIDENCE) for v, variance in pairs]
    return coverage(float(np.mean(recalls)), intervals)


@pytest.mark.parametrize(
    ("sizes", "recalls"),
    [
        ((200, 100, 50), (0.9, 0.8, 0.6)),
        ((300, 300, 300), (0.99, 0.98, 0.97)),
        ((40, 40, 40), (0.98, 0.98, 0.98)),  # all right in 1 sample of 11: Wilson's
        ((500, 100, 30), (0.95, 0.9, 0.7)),
    ],
)
def test_macro_recall(sizes: Sequence[int], recalls: Sequence[float]) -> None:
    assert_inside(macro_recall_coverage(sizes, recalls))


def test_macro_recall_with_a_class_of_ten_rows_is_hostile() -> None:
    assert_hostile(macro_recall_coverage((1000, 30, 10), (0.97, 0.9, 0.9)), floor=0.88)


# AUC: binormal scores.


def delong(positives: Floats, negatives: Floats) -> tuple[float, float]:
    """The AUC of one sample and DeLong's variance of it, from the placements."""
    m, n = len(positives), len(negatives)
    above = np.searchsorted(np.sort(negatives), positives) / n
    below = 1 - np.searchsorted(np.sort(positives), negatives) / m
    return float(above.mean()), float(above.var(ddof=1) / m + below.var(ddof=1) / n)


def auc_coverage(m: int, n: int, auc: float, ratio: float = 1.0, repeats: int = REPEATS) -> float:
    """Coverage with m positives and n negatives, their deviations in this ratio."""
    rng = np.random.default_rng(104)
    shift = stats.norm.ppf(auc) * math.hypot(1, ratio)
    found = []
    for _ in range(repeats):
        value, variance = delong(rng.normal(shift, ratio, m), rng.normal(0, 1, n))
        found.append(auc_interval(value, variance, m, n, CONFIDENCE))
    return coverage(auc, found)


@pytest.mark.parametrize(
    ("m", "n", "auc"),
    [
        (10, 40, 0.71),
        (15, 85, 0.86),
        (20, 180, 0.96),
        (10, 40, 0.98),
        (50, 50, 0.50),
        (100, 1000, 0.80),
        (100, 1000, 0.96),
        (500, 5000, 0.96),
    ],
)
def test_auc(m: int, n: int, auc: float) -> None:
    assert_inside(auc_coverage(m, n, auc))


def test_auc_with_positives_that_vary_more() -> None:
    assert_inside(auc_coverage(20, 180, 0.86, ratio=2))


def test_auc_is_overcautious_where_few_positives_vary_less() -> None:
    # Hanley and McNeil's variance supposes about equal deviations: too long, which harms nobody
    assert INSIDE[1] < auc_coverage(20, 180, 0.86, ratio=0.5) < 1


@pytest.mark.parametrize(("ratio", "floor"), [(1, 0.9), (2, 0.82)])
def test_auc_near_1_is_hostile_to_delong_with_100_positives(ratio: float, floor: float) -> None:
    # one positive among the hundred is misplaced: its placement is all that the variance sees
    assert_hostile(auc_coverage(100, 1000, 0.99, ratio), floor)


# Errors of a regression.

Draw = Callable[[np.random.Generator, tuple[int, int]], Floats]

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


def errors_of(name: str, n: int, spread: float = 0.0) -> tuple[dict[int, Floats], list[float]]:
    """Means of |e|^power, one for each sample of n errors, and the samples' effective sizes.

    The weights are lognormal with this spread, and so all 1 without it.
    """
    rng = np.random.default_rng(105)
    e = np.abs(ERRORS[name][0](rng, (min(10_000, 2_000_000 // n), n)))
    weights = rng.lognormal(0, spread, e.shape)
    means = {power: np.average(e**power, axis=1, weights=weights) for power in (1, 2, 3, 4, 6)}
    return means, [kish_size(w.sum(), (w**2).sum()) for w in weights]


def mae_coverage(name: str, n: int, spread: float = 0.0) -> float:
    means, sizes = errors_of(name, n, spread)
    rows = zip(sizes, means[1], means[2], means[3], strict=True)
    return coverage(ERRORS[name][1], [hall_mean_interval(*row, CONFIDENCE) for row in rows])


def rmse_coverage(name: str, n: int, spread: float = 0.0) -> float:
    means, sizes = errors_of(name, n, spread)
    rows = zip(sizes, means[2], means[4], means[6], strict=True)
    truth = math.sqrt(ERRORS[name][2])
    return coverage(truth, [rmse_interval(*row, CONFIDENCE) for row in rows])


@pytest.mark.parametrize("n", [30, 100, 500])
@pytest.mark.parametrize("name", ["normal", "laplace", "t5"])
def test_mae(name: str, n: int) -> None:
    assert_inside(mae_coverage(name, n))


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("normal", 30),
        ("normal", 100),
        ("normal", 500),
        ("laplace", 30),
        ("laplace", 100),
        ("laplace", 500),
        ("t5", 500),
    ],
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


# Signed errors.


@pytest.mark.parametrize("bias", [0.0, 0.3])
@pytest.mark.parametrize("n", [30, 100, 500])
@pytest.mark.parametrize("name", ["normal", "laplace", "t5"])
def test_mean_error(name: str, n: int, bias: float) -> None:
    assert_inside(mean_error_coverage(name, n, bias))


def mean_error_coverage(name: str, n: int, bias: float) -> float:
    rng = np.random.default_rng(106)
    e = ERRORS[name][0](rng, (REPEATS, n)) + bias
    means, deviations = e.mean(axis=1), e - e.mean(axis=1, keepdims=True)
    seconds, thirds = ((deviations**power).mean(axis=1) for power in (2, 3))
    rows = zip(means, seconds, thirds, strict=True)
    return coverage(bias, [hall_signed_interval(n, *row, CONFIDENCE) for row in rows])


def test_mean_error_of_few_lognormal_errors_is_hostile() -> None:
    assert_hostile(mean_error_coverage("lognormal", 30, 0.0), floor=0.87)
    assert_inside(mean_error_coverage("lognormal", 100, 0.0))


# The median of absolute errors: by order statistics, whatever the distribution.


@pytest.mark.parametrize("n", [8, 21, 30, 31, 50, 100, 101, 500])
def test_median_absolute_error(n: int) -> None:
    rng = np.random.default_rng(107)
    e = np.abs(rng.normal(size=(REPEATS, n)))
    assert_inside_or_cautious(median_coverage(e, np.ones_like(e), stats.norm.ppf(0.75)))


@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_median_absolute_error_with_weights(spread: float) -> None:
    rng = np.random.default_rng(108)
    e = np.abs(rng.normal(size=(REPEATS, 200)))
    weights = rng.lognormal(0, spread, e.shape)
    assert_inside(median_coverage(e, weights, stats.norm.ppf(0.75)))


def median_coverage(e: Floats, weights: Floats, truth: float) -> float:
    """Coverage of the limits by the formula that the SQL has."""
    z = stats.norm.ppf(0.5 + CONFIDENCE / 2)
    order = np.argsort(e, axis=1)
    e, weights = (np.take_along_axis(one, order, axis=1) for one in (e, weights))
    upto = np.cumsum(weights, axis=1)
    total, inverse = upto[:, -1:], (weights**2).sum(axis=1, keepdims=True) / upto[:, -1:] ** 2
    half = z / 2 * np.sqrt(inverse) * (1 + (z * z + 1) / 4 * inverse)
    assert (half < 0.5).all()
    low, high = ((upto < (0.5 + sign * half) * total).sum(axis=1) for sign in (-1, 1))
    rows = np.arange(len(e))
    return float(np.mean((e[rows, low] <= truth) & (truth <= e[rows, high])))


def assert_inside_or_cautious(found: float) -> None:
    """Few rows leave steps between one rank and the next: rather too long than too short."""
    assert INSIDE[0] <= found <= 0.995


# A share explained: predictions f, targets f + noise.


def explained_coverage(noise: Draw, n: int, share: float, *, biased: bool) -> float:
    """Coverage of R² where this share of the target's variance is explained."""
    rng = np.random.default_rng(109)
    signal = rng.normal(0, math.sqrt(share), (REPEATS, n))
    error = noise(rng, (REPEATS, n)) * math.sqrt(1 - share)
    u, e = signal + error, error
    u = u - u.mean(axis=1, keepdims=True)
    if not biased:
        e = e - e.mean(axis=1, keepdims=True)
    squares, total = (e**2).mean(axis=1), (u**2).mean(axis=1)
    added = e**2 / squares[:, None] - u**2 / total[:, None]
    rows = zip(squares / total, (added**2).mean(axis=1), strict=True)
    return coverage(share, [explained_interval(*row, n, CONFIDENCE) for row in rows])


def laplace(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return rng.laplace(0, math.sqrt(0.5), shape)


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("n", [30, 100, 500])
def test_r2_and_explained_variance(n: int, share: float, biased: bool) -> None:
    assert_inside(explained_coverage(ERRORS["normal"][0], n, share, biased=biased))


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_r2_of_laplace_errors(share: float) -> None:
    assert_inside(explained_coverage(laplace, 500, share, biased=True))


@pytest.mark.parametrize(("n", "floor"), [(30, 0.88), (100, 0.91)])
def test_r2_of_few_laplace_errors_is_hostile(n: int, floor: float) -> None:
    assert_hostile(explained_coverage(laplace, n, 0.9, biased=True), floor)


def test_r2_of_targets_with_a_heavy_tail_is_hostile() -> None:
    rng = np.random.default_rng(110)
    y, e = rng.lognormal(size=(REPEATS, 500)), rng.normal(size=(REPEATS, 500))
    u = y - y.mean(axis=1, keepdims=True)
    squares, total = (e**2).mean(axis=1), (u**2).mean(axis=1)
    added = ((e**2 / squares[:, None] - u**2 / total[:, None]) ** 2).mean(axis=1)
    rows = zip(squares / total, added, strict=True)
    found = [explained_interval(*row, 500, CONFIDENCE) for row in rows]
    assert_hostile(coverage(1 - 1 / ((math.e - 1) * math.e), found), floor=0.80)


# Metrics of confusion counts, by the functions that measure them.


def confusion_coverage(
    metric: str, share: Sequence[Sequence[float]], n: int, beta: float = 1.0
) -> float:
    """Coverage with these shares of true by predicted label; where it is undefined, not counted."""
    rng = np.random.default_rng(111)
    shares = np.array(share) / np.sum(share)
    labels = tuple("abcdef"[: len(shares)])

    def found(counts: Floats) -> Estimate:
        confusion = ConfusionCounts(labels, counts, counts, counts)
        average = "binary" if metric == "fbeta" else None
        aggregates = Aggregates(int(counts.sum()), confusion=confusion)
        return METRICS[metric].estimate(aggregates, Asked(average, CONFIDENCE, beta))

    truth = found(shares).value
    assert truth is not None
    drawn = rng.multinomial(n, shares.ravel(), 2000).reshape(-1, *shares.shape).astype(float)
    estimates = [one for one in map(found, drawn) if one.low is not None and one.high is not None]
    assert len(estimates) > 1900
    return float(np.mean([(e.low or 0.0) <= truth <= (e.high or 0.0) for e in estimates]))


EVEN, SKEWED = ((0.4, 0.1), (0.1, 0.4)), ((0.88, 0.02), (0.04, 0.06))
GOOD = ((0.49, 0.01), (0.01, 0.49))
THREE = ((0.3, 0.05, 0.05), (0.02, 0.2, 0.03), (0.03, 0.02, 0.3))


@pytest.mark.parametrize(
    ("share", "n"),
    [
        (EVEN, 30),
        (EVEN, 500),
        (SKEWED, 100),
        (SKEWED, 500),
        (GOOD, 50),
        (GOOD, 100),
        (THREE, 60),
        (THREE, 300),
        (((0.25, 0.25), (0.25, 0.25)), 50),
        (((0.1, 0.4), (0.4, 0.1)), 50),
        (((0.97, 0.01), (0.01, 0.01)), 1000),
    ],
)
@pytest.mark.parametrize("metric", ["mcc", "cohen_kappa"])
def test_mcc_and_kappa(metric: str, share: Sequence[Sequence[float]], n: int) -> None:
    assert_inside(confusion_coverage(metric, share, n))


@pytest.mark.parametrize("metric", ["mcc", "cohen_kappa"])
def test_mcc_and_kappa_with_three_rows_in_a_corner_are_hostile(metric: str) -> None:
    # few rows are both, and their number is all that the variance sees
    assert_hostile(confusion_coverage(metric, ((0.9, 0.05), (0.045, 0.005)), 500), floor=0.86)


@pytest.mark.parametrize(("share", "n"), [(EVEN, 60), (SKEWED, 500), (GOOD, 200), (THREE, 100)])
def test_balanced_accuracy(share: Sequence[Sequence[float]], n: int) -> None:
    assert_inside(confusion_coverage("balanced_accuracy", share, n))


def test_balanced_accuracy_with_ten_positives_is_hostile() -> None:
    assert_hostile(confusion_coverage("balanced_accuracy", SKEWED, 100), floor=0.88)


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(
    ("share", "n"), [(EVEN, 50), (((0.7, 0.09), (0.09, 0.12)), 100), (SKEWED, 1000), (GOOD, 100)]
)
def test_fbeta(share: Sequence[Sequence[float]], n: int, beta: float) -> None:
    assert_inside(confusion_coverage("fbeta", share, n, beta))


# Average precision: binormal scores.


def precision_coverage(m: int, n: int, auc: float) -> float:
    """Coverage of the average precision with m positives and n negatives."""
    rng = np.random.default_rng(112)
    shift = stats.norm.ppf(auc) * math.sqrt(2)
    at = np.linspace(-8, 10, 20_001)
    above, wrong = m * stats.norm.sf(at - shift), n * stats.norm.sf(at)
    density = stats.norm.pdf(at - shift) * (at[1] - at[0])
    truth = float((above / (above + wrong) * density).sum())
    found = []
    for _ in range(1000):
        positives, negatives = np.sort(rng.normal(shift, 1, m)), np.sort(rng.normal(0, 1, n))
        higher = m - np.arange(m)
        value = float((higher / (higher + n - np.searchsorted(negatives, positives))).mean())
        variance = value * (1 - value) / m
        found.append(delta_logit_interval(value, variance, m, CONFIDENCE))
    return coverage(truth, found)


@pytest.mark.parametrize(
    ("m", "n", "auc"),
    [(10, 40, 0.71), (20, 180, 0.86), (100, 1000, 0.8), (500, 5000, 0.9), (20, 2000, 0.9)],
)
def test_average_precision(m: int, n: int, auc: float) -> None:
    assert_inside(precision_coverage(m, n, auc))


@pytest.mark.parametrize(("m", "n", "auc"), [(50, 50, 0.5), (50, 50, 0.9), (100, 100, 0.99)])
def test_average_precision_is_overcautious_where_positives_are_as_many(
    m: int, n: int, auc: float
) -> None:
    # the binomial variance is the most that there can be: too long, which harms nobody
    assert INSIDE[1] - 0.005 < precision_coverage(m, n, auc)


# Probabilities: log loss, Brier score and calibration of scores that are drawn from a beta.

Curve = Callable[[Floats], Floats]
BINS = 15


def calibrated(p: Floats) -> Floats:
    return p


def overconfident(p: Floats) -> Floats:
    return p + 0.1 * np.where(p > 0.5, -1, 1)


def squared(p: Floats) -> Floats:
    return p * p


def scored(n: int, curve: Curve, repeats: int) -> tuple[Floats, Floats]:
    """Scores, and what came true at the rate that the curve has there."""
    rng = np.random.default_rng(113)
    p = rng.random((repeats, n))
    return p, (rng.random(p.shape) < curve(p)).astype(float)


def calibration_coverage(n: int, curve: Curve) -> float:
    p, hit = scored(n, curve, 1500)
    bins = np.maximum(np.ceil(p * BINS), 1).astype(int) - 1
    at = (np.arange(300_000) + 0.5) / 300_000
    truth = np.abs((curve(at) - at).reshape(BINS, -1).mean(axis=1)).mean()
    found = []
    for row_bins, gap in zip(bins, hit - p, strict=True):
        sums, squares = (np.bincount(row_bins, gap**k, BINS) / n for k in (1, 2))
        pairs = list(zip(sums.tolist(), squares.tolist(), strict=True))
        found.append(calibration_interval(pairs, n, CONFIDENCE))
    return coverage(float(truth), found)


@pytest.mark.parametrize("curve", [calibrated, overconfident, squared])
@pytest.mark.parametrize("n", [100, 500, 2000, 10_000])
def test_expected_calibration_error(n: int, curve: Curve) -> None:
    # below by chance alone: the lower limit lets for what it may add, so rather too long
    assert INSIDE[0] <= calibration_coverage(n, curve) <= 1


def test_thirty_rows_are_hostile_to_calibration() -> None:
    # two rows a bin: each has a gap, and the upper limit is that of a mean
    assert calibration_coverage(30, calibrated) >= 0.90


@pytest.mark.parametrize("n", [30, 100, 500])
@pytest.mark.parametrize("curve", [calibrated, overconfident, squared])
def test_log_loss_and_brier(n: int, curve: Curve) -> None:
    p, hit = scored(n, curve, REPEATS)
    at = (np.arange(1_000_000) + 0.5) / 1_000_000
    rate = curve(at)
    costs = {
        "log loss": (
            -np.log(np.where(hit, p, 1 - p)),
            -rate * np.log(at) - (1 - rate) * np.log1p(-at),
        ),
        "Brier": ((hit - p) ** 2, rate * (1 - at) ** 2 + (1 - rate) * at**2),
    }
    for cost, expected in costs.values():
        first, second, third = ((cost**power).mean(axis=1) for power in (1, 2, 3))
        rows = zip(first, second, third, strict=True)
        found = [hall_mean_interval(n, *row, CONFIDENCE) for row in rows]
        assert_inside(coverage(float(expected.mean()), found))


# Functions of the user's own: the expanded percentile bootstrap, whatever the function.

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
