"""Kish's size: to how many equal rows weighted ones amount."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.interval_limits import repeatable

from model_checks.metrics.intervals import kish_size


def test_kish_size_of_equal_weights_is_their_count() -> None:
    assert kish_size(7 * 2.5, 7 * 2.5**2) == pytest.approx(7, rel=1e-15)


def test_kish_size_of_no_rows_is_zero() -> None:
    assert kish_size(0, 0) == 0


@repeatable
@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=50))
def test_kish_size_lies_between_one_and_the_number_of_rows(weights: list[float]) -> None:
    size = kish_size(sum(weights), sum(w * w for w in weights))
    assert 1 - 1e-12 <= size <= len(weights) * (1 + 1e-12)
