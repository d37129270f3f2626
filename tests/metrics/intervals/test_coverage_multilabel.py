"""How often the intervals of multilabel models hold the truth, by simulation."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import special
from support.covering import (
    Floats,
    assert_hostile,
    assert_inside,
    coverage_of,
    log_normal,
    value_of,
)
from support.multilabel import Labels, aggregates_of

from model_checks.metrics.statistics import Statistics

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Rows:
    """How often each label is true, then predicted, and predicted though false.

    Attributes
    ----------
    together
        How much labels, and mistakes, of a row go together.
    """

    n: int
    prevalence: Sequence[float]
    hits: Sequence[float]
    false_alarms: Sequence[float]
    together: float = 0.3

    def draw(self, rng: np.random.Generator, n: int) -> tuple[Labels, Labels]:
        """True and predicted labels, shape (n, L) both."""
        true = self._level(rng, n) < np.array(self.prevalence)
        ease = self._level(rng, n)
        hit, alarm = np.array(self.hits), np.array(self.false_alarms)
        return true, np.where(true, ease < hit, ease > 1 - alarm)

    def _level(self, rng: np.random.Generator, n: int) -> Floats:
        shared, own = rng.normal(size=(n, 1)), rng.normal(size=(n, len(self.prevalence)))
        mixed = math.sqrt(self.together) * shared + math.sqrt(1 - self.together) * own
        levels: Floats = special.ndtr(mixed)
        return levels


CASES = {
    "five labels": Rows(200, [0.3, 0.3, 0.2, 0.2, 0.1], [0.8] * 5, [0.05] * 5),
    "that go together": Rows(200, [0.3, 0.3, 0.2, 0.2, 0.1], [0.8] * 5, [0.05] * 5, 0.8),
    "one of 10 rows": Rows(500, [0.4, 0.2, 0.02], [0.9, 0.8, 0.8], [0.05, 0.03, 0.005]),
    "well predicted": Rows(100, [0.4, 0.3, 0.2], [0.98] * 3, [0.01] * 3),
    "40 rows": Rows(40, [0.4, 0.3, 0.2], [0.8] * 3, [0.1] * 3),
}


def samples_of(rows: Rows, spread: float) -> Iterator[Statistics]:
    rng = np.random.default_rng(115)
    for _ in range(1500):
        yield aggregates_of(*rows.draw(rng, rows.n), log_normal(rng, (rows.n,), spread))


def everybody(rows: Rows) -> Statistics:
    return aggregates_of(*rows.draw(np.random.default_rng(116), 1_000_000))


@pytest.mark.parametrize(
    ("case", "spread"), [*((case, 0.0) for case in CASES), ("five labels", 0.5)]
)
def test_multilabel(case: str, spread: float) -> None:
    rows = CASES[case]
    samples, whole = list(samples_of(rows, spread)), everybody(rows)
    truth = value_of("accuracy", whole)
    assert_inside(coverage_of("accuracy", truth, samples))
    for metric in ("precision", "recall", "f1", "fbeta"):
        for average in ("macro", "micro", "weighted"):
            truth = value_of(metric, whole, average, 2.0)
            assert_inside(coverage_of(metric, truth, samples, average, 2.0))


def test_micro_fbeta_of_four_mistakes_in_all_is_hostile() -> None:
    # where they are all cheap ones they do not show how often a dear one is made
    rows = CASES["well predicted"]
    truth = value_of("fbeta", everybody(rows), "micro", 0.5)
    found = coverage_of("fbeta", truth, samples_of(rows, 0.0), "micro", 0.5)
    assert_hostile(found, floor=0.90)
