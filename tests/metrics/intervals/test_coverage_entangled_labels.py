"""How often intervals hold the truth where the labels of a row depend on each other strongly."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from support.covering import INSIDE
from support.multilabel import AVERAGES, SCORES, Labels, aggregates_of
from support.sample_data import valued

from model_checks.metrics import METRICS, Asked
from model_checks.metrics.statistics import Floats, LabelSums, Statistics

REPEATS = 2000


def entangled(
    draw: np.random.Generator, n: int, recalls: Floats, *, dependence: float, shift: float
) -> tuple[Labels, Labels]:
    """Rows that have many labels or none, and that are found as a whole or not."""

    def normal() -> Floats:
        common, own = draw.normal(size=(n, 1)), draw.normal(size=(n, len(recalls)))
        mixed: Floats = np.sqrt(dependence) * common + np.sqrt(1 - dependence) * own
        return mixed

    true, ease = normal() > shift, normal()
    return true, np.where(true, ease < stats.norm.ppf(recalls), ease > stats.norm.ppf(0.92))


def labels_apart(statistics: Statistics) -> Statistics:
    """The same sums, as if the labels of a row had nothing to do with each other."""
    sums = statistics.of(LabelSums)
    apart, size = np.zeros_like(sums.products), range(len(sums.labels))
    apart[:, size, :, size] = sums.products[:, size, :, size]
    return statistics.adding(replace(sums, products=apart))


def coverage(
    n: int, recalls: Floats, *, dependence: float, shift: float
) -> dict[tuple[str, str], tuple[float, float]]:
    """For every metric and average, of the intervals and of those of independent labels."""
    draw = np.random.default_rng(25)
    keys = {"dependence": dependence, "shift": shift}
    asked = [(metric, average) for metric in SCORES for average in AVERAGES]
    everyone = aggregates_of(*entangled(draw, 400_000, recalls, **keys))
    truth = {(m, a): valued(METRICS[m].estimate(everyone, Asked(a))).value for m, a in asked}
    held = {key: np.zeros(2) for key in asked}
    for _ in range(REPEATS):
        sample = aggregates_of(*entangled(draw, n, recalls, **keys))
        for kind, statistics in enumerate((sample, labels_apart(sample))):
            for metric, average in asked:
                found = valued(METRICS[metric].estimate(statistics, Asked(average)))
                held[metric, average][kind] += found.low <= truth[metric, average] <= found.high
    return {key: (own / REPEATS, naive / REPEATS) for key, (own, naive) in held.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "recalls", "dependence", "shift"),
    [
        (300, [0.9, 0.85, 0.8, 0.75, 0.7], 0.8, 0.5),
        (500, [0.9] * 10, 0.9, 1.0),
        (100, [0.98] * 5, 0.8, 0.5),  # all found in some samples: Wilson's
    ],
)
def test_intervals_cover_where_labels_depend_on_each_other(
    n: int, recalls: list[float], dependence: float, shift: float
) -> None:
    found = coverage(n, np.array(recalls), dependence=dependence, shift=shift)
    for key, (own, naive) in found.items():
        assert INSIDE[0] <= own <= INSIDE[1], (key, own)
        assert naive < 0.9, (key, naive)


@pytest.mark.slow
def test_intervals_cover_where_labels_are_independent() -> None:
    found = coverage(300, np.array([0.9, 0.8, 0.7]), dependence=0.0, shift=0.7)
    for key, (own, naive) in found.items():
        assert INSIDE[0] <= own <= INSIDE[1], (key, own)
        assert INSIDE[0] <= naive <= INSIDE[1], (key, naive)


@pytest.mark.slow
def test_few_rows_that_are_found_as_a_whole_are_hostile_to_recall() -> None:
    # about 50 rows of 300 have any label, and with it most of them
    found = coverage(300, np.array([0.9] * 10), dependence=0.9, shift=1.0)
    for average in AVERAGES:
        assert 0.91 <= found["recall", average][0] < INSIDE[0] + 0.01
        assert found["recall", average][1] < 0.65
