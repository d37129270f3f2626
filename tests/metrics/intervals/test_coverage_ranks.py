"""How often the intervals of functions of the ranks hold the truth, by simulation."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from scipy import stats
from support.covering import (
    INSIDE,
    Floats,
    assert_cautious,
    assert_hostile,
    assert_inside,
    coverage_of,
    log_normal,
)

from model_checks.metrics.statistics import RankSums, Statistics

pytestmark = pytest.mark.slow

REPEATS = 3000


def ranked(scores: Floats, labels: Floats, weights: Floats, scored: Sequence[int]) -> Statistics:
    """Rank sums of rows with these scores, a column for each label that is scored."""
    count = 1 + int(labels.max())
    placements = np.empty_like(scores)
    for column, label in enumerate(scored):
        own, score = labels == label, scores[:, column]
        for some, others in ((own, ~own), (~own, own)):
            placements[some, column] = placed(score[some], score[others], weights[others])
    of_label = (labels[:, None] == np.arange(count)).astype(float)
    weighted = of_label * weights[:, None]
    names = "abcdefgh"
    sums = RankSums(
        tuple(names[:count]),
        tuple(names[label] for label in scored),
        of_label.sum(axis=0),
        weighted.sum(axis=0),
        (weighted * weights[:, None]).sum(axis=0),
        weighted.T @ placements,
        np.einsum("nc,nj,nk->cjk", weighted, placements, placements),
        precision_at(scores[:, 0], labels == scored[0], weights) if len(scored) == 1 else math.nan,
    )
    return Statistics.holding(len(labels), sums)


def placed(scores: Floats, among: Floats, weights: Floats) -> Floats:
    """Weight of those among which a score lies higher, equal ones counting half."""
    order = np.argsort(among)
    upto = np.concatenate([[0], np.cumsum(weights[order])])
    left, right = (np.searchsorted(among[order], scores, side) for side in ("left", "right"))
    found: Floats = (upto[left] + upto[right]) / 2
    return found


def precision_at(scores: Floats, positive: Floats, weights: Floats) -> float:
    """Mean precision at the positives' scores."""
    order = np.argsort(-scores)
    last = np.searchsorted(-scores[order], -scores[positive], "right") - 1
    hits, all_rows = (np.cumsum((weights * some)[order]) for some in (positive, 1.0))
    return float(np.average((hits / all_rows)[last], weights=weights[positive]))


# Two classes: scores of positives and negatives that are normal, the former with this deviation.


def binormal(
    m: int, n: int, shift: float, ratio: float, *, spread: float = 0.0, cuts: Floats | None = None
) -> Iterator[Statistics]:
    rng = np.random.default_rng(104)
    labels = np.repeat([1.0, 0.0], [m, n])
    for _ in range(min(REPEATS, 1_500_000 // (m + n))):
        scores = np.concatenate([rng.normal(shift, ratio, m), rng.normal(0, 1, n)])
        if cuts is not None:
            scores = np.digitize(scores, cuts).astype(float)
        yield ranked(scores[:, None], labels, log_normal(rng, labels.shape, spread), [1])


def auc_coverage(m: int, n: int, auc: float, ratio: float = 1.0, spread: float = 0.0) -> float:
    shift = stats.norm.ppf(auc) * math.hypot(1, ratio)
    samples = binormal(m, n, shift, ratio, spread=spread)
    return coverage_of("roc_auc", auc, samples, "binary")


@pytest.mark.parametrize("ratio", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(
    ("m", "n", "auc"),
    [
        (10, 40, 0.71),
        (10, 40, 0.98),
        (10, 1000, 0.9),
        (15, 85, 0.86),
        (20, 180, 0.96),
        (50, 50, 0.50),
        (100, 100, 0.99),
        (100, 1000, 0.80),
        (100, 1000, 0.96),
        (100, 1000, 0.98),
        (100, 1000, 0.99),
        (300, 300, 0.995),
        (500, 1500, 0.99),
        (500, 1500, 0.998),
    ],
)
def test_auc(m: int, n: int, auc: float, ratio: float) -> None:
    assert_inside(auc_coverage(m, n, auc, ratio))


@pytest.mark.parametrize(("m", "n", "auc"), [(20, 180, 0.9), (100, 1000, 0.8), (100, 1000, 0.99)])
def test_auc_with_weights(m: int, n: int, auc: float) -> None:
    assert_inside(auc_coverage(m, n, auc, spread=0.5))


def tied_truth(shift: float, cuts: Floats) -> float:
    """AUC of scores that only tell between which cuts they lie."""
    ends = np.concatenate([[-np.inf], cuts, [np.inf]])
    positives, negatives = np.diff(stats.norm.cdf(ends, shift)), np.diff(stats.norm.cdf(ends))
    return float(positives @ (np.cumsum(negatives) - negatives / 2))


@pytest.mark.parametrize("levels", [5, 12])
@pytest.mark.parametrize(
    ("m", "n", "auc"), [(20, 180, 0.7), (20, 180, 0.9), (30, 970, 0.98), (100, 1000, 0.9)]
)
def test_auc_with_heavy_ties(m: int, n: int, auc: float, levels: int) -> None:
    shift = stats.norm.ppf(auc) * math.sqrt(2)
    cuts = np.linspace(-1, shift + 1, levels - 1)
    samples = binormal(m, n, shift, 1.0, cuts=cuts)
    assert_inside(coverage_of("roc_auc", tied_truth(shift, cuts), samples, "binary"))


def test_auc_of_two_scores_is_hostile_where_one_positive_has_the_lower() -> None:
    # in one sample of 12 no positive has it, and in one of 4 but one
    shift = stats.norm.ppf(0.995) * math.hypot(1, 2)
    cuts = np.array([shift / 2])
    above, wrong = stats.norm.sf(cuts[0], shift, 2), stats.norm.sf(cuts[0])
    truth = above * (1 - wrong) + (above * wrong + (1 - above) * (1 - wrong)) / 2
    samples = binormal(30, 970, shift, 2.0, cuts=cuts)
    assert_hostile(coverage_of("roc_auc", truth, samples, "binary"), floor=0.87)


# Several classes: a score for each, higher by so much where it is the true label.


def one_vs_rest(prior: Sequence[float], apart: float, n: int) -> Iterator[Statistics]:
    rng = np.random.default_rng(114)
    count = len(prior)
    for _ in range(1000):
        labels = rng.choice(count, n, p=prior).astype(float)
        if len(np.unique(labels)) < count:
            continue
        own = labels[:, None] == np.arange(count)
        noise = 0.6 * rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, count))
        yield ranked(apart * own + noise, labels, np.ones(n), range(count))


def several_coverage(prior: Sequence[float], n: int, apart: float, average: str) -> float:
    truth = float(stats.norm.cdf(apart / math.sqrt(2)))
    return coverage_of("roc_auc", truth, one_vs_rest(prior, apart, n), average)


@pytest.mark.parametrize("average", ["macro", "weighted"])
@pytest.mark.parametrize("apart", [0.7, 1.5, 3.0])
@pytest.mark.parametrize(
    ("prior", "n"),
    [((0.4, 0.35, 0.25), 100), ((0.4, 0.35, 0.25), 500), ((0.9, 0.08, 0.02), 500)],
)
def test_auc_of_several_classes(prior: Sequence[float], n: int, apart: float, average: str) -> None:
    assert_inside(several_coverage(prior, n, apart, average))


@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_auc_of_several_classes_is_cautious_where_one_of_ten_rows_is_told_well(
    average: str,
) -> None:
    assert_cautious(several_coverage((0.95, 0.04, 0.01), 1000, 3.0, average))


# Average precision.


def precision_truth(m: int, n: int, shift: float) -> float:
    at = np.linspace(-8, 12, 20_001)
    above, wrong = m * stats.norm.sf(at - shift), n * stats.norm.sf(at)
    density = stats.norm.pdf(at - shift) * (at[1] - at[0])
    return float((above / (above + wrong) * density).sum())


def tied_precision_truth(m: int, n: int, shift: float, cuts: Floats) -> float:
    starts = np.concatenate([[-np.inf], cuts])
    above, wrong = m * stats.norm.sf(starts - shift), n * stats.norm.sf(starts)
    at = -np.diff(np.concatenate([above, [0]])) / m
    return float((above / (above + wrong)) @ at)


def precision_coverage(m: int, n: int, auc: float, spread: float = 0.0) -> float:
    shift = stats.norm.ppf(auc) * math.sqrt(2)
    samples = binormal(m, n, shift, 1.0, spread=spread)
    return coverage_of("average_precision", precision_truth(m, n, shift), samples)


@pytest.mark.parametrize(
    ("m", "n", "auc"),
    [(20, 180, 0.8), (100, 1000, 0.8), (500, 5000, 0.9), (10, 990, 0.8), (20, 1980, 0.9)],
)
def test_average_precision(m: int, n: int, auc: float) -> None:
    assert_inside(precision_coverage(m, n, auc))


def test_average_precision_with_weights() -> None:
    assert_inside(precision_coverage(100, 1000, 0.8, spread=0.5))


@pytest.mark.parametrize("levels", [5, 12])
@pytest.mark.parametrize(("m", "n", "auc"), [(20, 180, 0.8), (100, 1000, 0.9)])
def test_average_precision_with_heavy_ties(m: int, n: int, auc: float, levels: int) -> None:
    shift = stats.norm.ppf(auc) * math.sqrt(2)
    cuts = np.linspace(-1, shift + 1, levels - 1)
    truth, samples = tied_precision_truth(m, n, shift, cuts), binormal(m, n, shift, 1.0, cuts=cuts)
    assert_cautious(coverage_of("average_precision", truth, samples))


@pytest.mark.parametrize(
    ("m", "n", "auc"), [(50, 50, 0.9), (100, 100, 0.99), (10, 40, 0.71), (100, 1000, 0.99)]
)
def test_average_precision_is_cautious_where_positives_are_many_or_told_well(
    m: int, n: int, auc: float
) -> None:
    # the binomial variance is the most that there can be: too long, which harms nobody
    assert INSIDE[1] - 0.01 < precision_coverage(m, n, auc)
