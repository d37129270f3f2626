"""Nights of a model that is what it was, and of one that has fallen: who is woken, and how soon.

A night is a draw of each segment's right predictions. What a check's p-value is follows from their
number alone, so it is asked of the package once for each number, and whole years are then looked
up. A night's failing checks follow from the p-values by Holm's own steps.
"""

from functools import cache, partial

import numpy as np
import pytest
from numpy.typing import NDArray
from support.factories import check

from model_checks.judging.decide import decisions
from model_checks.judging.evidence import Evidence
from model_checks.measure.facts import ModelFacts
from model_checks.measure.model import Measurement
from model_checks.metrics.estimate import estimated
from model_checks.metrics.intervals import wilson_interval
from model_checks.metrics.statistics import ConfusionCounts, Statistics
from model_checks.pipeline import results_of
from model_checks.plan.checks import Bound, Check, Segment
from model_checks.settings.rules import Correction

pytestmark = pytest.mark.slow

TRUE, AGREED, FALL, NIGHTS = 0.85, 0.82, 0.10, 365
LEVEL = 0.05
YEARS = 200
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def planned(segments: int, correction: Correction = "holm") -> list[Check]:
    return [
        check(
            Bound(AGREED, None, None, "tolerant"),
            id=f"c{k}",
            metric="accuracy",
            average=None,
            segment=(("plan", str(k)),),
            correction=correction,
        )
        for k in range(segments)
    ]


@cache
def p_values(rows: int) -> Floats:
    """Of being proven bad, by the number of right predictions."""
    found = []
    [one] = planned(1)
    for right in range(rows + 1):
        at = partial(wilson_interval, right / rows, rows)
        [decision] = decisions(
            [Evidence(one, estimated(right / rows, at, rows, "rows", 0.95), rows)]
        )
        assert decision.significance is not None
        found.append(decision.significance.p_value)
    return np.array(found)


def drawn(seed: int, nights: int, accuracies: list[float], rows: int) -> Counts:
    """Shape (nights, segments): right predictions."""
    rng = np.random.default_rng(seed)
    return rng.binomial(rows, accuracies, (nights, len(accuracies)))


def failing(right: Counts, rows: int, correction: Correction = "holm") -> NDArray[np.bool_]:
    """Shape (nights, segments): the checks that fail; Holm's steps written out."""
    p = p_values(rows)[right]
    if correction == "none":
        return np.asarray(p <= LEVEL)
    order = np.argsort(p, axis=1, kind="stable")
    steps = np.take_along_axis(p, order, axis=1) * np.arange(p.shape[1], 0, -1)
    found = np.logical_and.accumulate(steps <= LEVEL, axis=1)
    back = np.empty_like(found)
    np.put_along_axis(back, order, found, axis=1)
    return back


def ruled(right: Counts, rows: int, correction: Correction = "holm") -> list[bool]:
    """The same of one night by the package itself."""
    statistics: dict[Segment, Statistics] = {}
    checks = planned(len(right), correction)
    for one, count in zip(checks, right.tolist(), strict=True):
        cells = np.array([[count, 0.0], [rows - count, 0.0]])
        statistics[one.segment] = Statistics.holding(
            rows, ConfusionCounts(("0", "1"), cells, cells, cells)
        )
    results = results_of(
        checks, Measurement(ModelFacts("binary", "logged predictions"), statistics)
    )
    return [results[one.id].failed for one in checks]


SIZES = [(20, 500), (50, 200)]


@pytest.mark.parametrize(("segments", "rows"), SIZES)
@pytest.mark.parametrize("correction", ["holm", "none"])
def test_the_package_rules_as_the_years_below_are_counted(
    segments: int, rows: int, correction: Correction
) -> None:
    accuracies = [0.75] * 3 + [0.78] * 4 + [TRUE] * (segments - 7)
    right = drawn(1, 40, accuracies, rows)
    counted = failing(right, rows, correction).tolist()
    assert [ruled(night, rows, correction) for night in right] == counted
    assert any(map(any, counted))


@pytest.mark.parametrize(("segments", "rows"), SIZES)
def test_at_most_one_night_in_a_hundred_wakes_anybody_without_a_cause(
    segments: int, rows: int
) -> None:
    right = drawn(2, YEARS * NIGHTS, [TRUE] * segments, rows)
    corrected = failing(right, rows).any(axis=1).mean()
    plain = failing(right, rows, "none").any(axis=1).mean()
    assert corrected <= 0.01
    assert plain > 3 * corrected


@pytest.mark.parametrize(("segments", "rows"), SIZES)
def test_a_fall_of_all_is_seen_on_the_first_night(segments: int, rows: int) -> None:
    right = drawn(3, 20_000, [TRUE - FALL] * segments, rows)
    seen = failing(right, rows).any(axis=1).mean()
    assert seen > 0.99


def test_a_fall_of_one_segment_is_seen_within_two_nights() -> None:
    accuracies = [TRUE - FALL] + [TRUE] * 19
    right = drawn(4, 20_000, accuracies, 500)
    seen = failing(right, 500)[:, 0].mean()
    assert 1 - (1 - seen) ** 2 >= 0.5  # within two nights in half of all cases and more
    first = np.random.default_rng(5).geometric(seen, 10_000)
    assert np.median(first) <= 2


def test_a_share_of_false_findings_is_kept_by_benjamini_and_hochberg() -> None:
    """With half of the segments fallen few of those that fail have not."""
    fallen, rows = 10, 500
    right = drawn(6, 300, [TRUE - FALL] * fallen + [AGREED] * 10, rows)
    shares = []
    for night in right:
        failed = np.array(ruled(night, rows, "benjamini-hochberg"))
        shares.append(failed[fallen:].sum() / max(failed.sum(), 1))
    assert np.mean(shares) <= LEVEL
