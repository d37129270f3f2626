"""Bounds that are met exactly, by sums that are not exact."""

from fractions import Fraction
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sample_data import results_of

from model_checks.judging.verdict import Verdict
from model_checks.metrics.rounding import difference, excess

ROWS = 10_000_000


@given(st.integers(1, ROWS - 1))
def test_one_row_of_ten_million_is_no_rounding(right: int) -> None:
    bound = right / ROWS
    assert excess((right - 1) / ROWS, bound) < 0 < excess((right + 1) / ROWS, bound)
    assert difference((right + 1) / ROWS, bound) > 0


@pytest.mark.parametrize("seed", range(3))
def test_a_long_sum_is_the_same_in_any_order(seed: int) -> None:
    terms = np.random.default_rng(seed).lognormal(0, 2, 1_000_000)
    one, other = np.cumsum(terms)[-1], np.cumsum(terms[::-1])[-1]
    assert one != other
    assert excess(one, other) == 0 == difference(one, other)


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_difference_is_that_of_the_numbers_as_they_are_written(a: int, b: int) -> None:
    assert difference(a / 1000, b / 1000) == float(Fraction(a - b, 1000))


def test_no_infinity_is_near_another_number() -> None:
    assert excess(np.inf, 1.0) == np.inf
    assert excess(1.0, np.inf) == -np.inf
    assert excess(np.inf, np.inf) == 0


def test_weights_that_add_up_to_the_bound_meet_it(tmp_path: Path) -> None:
    """Of which 0.8 are right, but 0.7999999999999999 in the order in which they are added."""
    weights = [0.1] * 8 + [0.2]
    columns = {"y": [1] * 8 + [0], "p": [1] * 9, "w": weights}
    assert reduce(add, weights[:8]) / reduce(add, weights) < 0.8  # sum() itself may round once
    keys = {"weight": "w", "thresholds": {"accuracy": 0.8}}
    [result] = results_of(tmp_path, columns, **keys)
    assert result.verdict is Verdict.PASS
    assert result.message.endswith("is at least the agreed 0.800")


def test_a_gap_and_a_degradation_of_nothing_are_nothing(tmp_path: Path) -> None:
    errors = np.random.default_rng(1).lognormal(0, 1, 3000)
    shuffled = np.random.default_rng(2).permutation(errors)
    columns = {
        "y": np.zeros(6000),
        "p": np.concatenate([errors, shuffled]),
        "g": ["a"] * 3000 + ["b"] * 3000,
    }
    gap = {"by": "g", "max_gap": {"mae": {"max": 0.0}, "rmse": {"max": 0.0}}}
    results = results_of(tmp_path, columns, task="regression", segments=[gap])
    gaps = [result for result in results if result.check.kind == "gap"]
    assert [result.verdict for result in gaps] == [Verdict.PASS] * 2
