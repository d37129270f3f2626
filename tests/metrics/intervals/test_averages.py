"""Intervals of averages over classes, from what each class says by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.interval_limits import confidences, limits, repeatable, shares

from model_checks.metrics.intervals import (
    Interval,
    Parts,
    averaged_interval,
    delta_logit_interval,
    f1_interval,
    wilson_interval,
)


def parts(shares: list[float], sizes: list[float], cost: float = 1.0) -> Parts:
    """Of classes that count alike."""
    count = len(shares)
    return Parts(*map(np.array, ([1 / count] * count, shares, sizes, [cost] * count)))


def macro(shares: list[float], sizes: list[float], confidence: float = 0.95) -> Interval:
    """Of a macro recall."""
    of = parts(shares, sizes)
    variance = float((of.importance**2 * of.shares * (1 - of.shares) / of.sizes).sum())
    size = 1 / float((of.importance**2 / of.sizes).sum())
    return averaged_interval(float(np.mean(shares)), variance, of, size, confidence)


def test_an_average_of_large_classes_has_the_interval_of_the_delta_method() -> None:
    shares, sizes = [0.9, 0.8, 0.6], [2000.0, 1000.0, 500.0]
    variance = sum(p * (1 - p) / n for p, n in zip(shares, sizes, strict=True)) / 9
    delta = delta_logit_interval(sum(shares) / 3, variance, 1000, 0.95)
    assert limits(macro(shares, sizes)) == pytest.approx(limits(delta), abs=3e-4)


def test_ten_rows_that_are_all_right_do_not_make_an_average_sure() -> None:
    shares, sizes = [0.95, 1.0], [1000.0, 10.0]
    found = macro(shares, sizes)
    delta = delta_logit_interval(0.975, 0.95 * 0.05 / 1000 / 4, 39.6, 0.95)
    assert found.low < delta.low - 0.05
    # about as much as the ten rows by themselves leave open, halved
    assert found.low == pytest.approx(0.975 - (1 - wilson_interval(1, 10, 0.95).low) / 2, abs=0.04)
    assert found.method == "delta, logit, by class"


def test_an_average_of_one_class_has_wilsons_limits_or_wider() -> None:
    found, wilson = macro([0.8], [40]), wilson_interval(0.8, 40, 0.95)
    assert found.low <= wilson.low + 1e-12
    assert found.high >= wilson.high - 1e-12


def test_the_part_of_f1_is_wilson_on_jaccard() -> None:
    f1 = f1_interval(30, 10, 10, 50, 0.95)
    of = Parts(*map(np.array, ([1.0], [0.6], [50.0], [0.5])))
    found = averaged_interval(0.75, 1.0, of, 50, 0.95)  # so large a variance caps the quantile
    alone = averaged_interval(0.75, 1e-9, of, 50, 0.95)
    assert found.low <= f1.low
    assert alone.low >= f1.low


def test_parts_leave_out_what_has_no_rows_or_counts_nothing() -> None:
    importance, right, wrong, paid, kish = (
        np.array(one, float)
        for one in ([0.5, 0.5, 0.0], [8, 0, 3], [2, 0, 1], [1.0, 0, 1], [0.5, 1, 1])
    )
    found = Parts.of(importance, right, wrong, paid, 0.8, kish)
    assert found.importance.tolist() == [0.5]
    assert found.shares.tolist() == [0.8]
    assert found.sizes.tolist() == [5.0]
    # one wrong row after Kish, that costs one half, and one that costs the most
    assert found.costs == pytest.approx([(0.5 + 0.8) / 2])
    one, rights, wrongs, pay = (np.array([of]) for of in (1.0, 30.0, 8.0, 2.0))
    many = Parts.of(one, rights, wrongs, pay, 0.8, one)
    assert many.costs == pytest.approx([(2 + 0.5 * 0.8) / 8.5])


def test_an_average_without_parts_is_that_of_the_delta_method() -> None:
    none = Parts(*(np.zeros(0) for _ in range(4)))
    assert averaged_interval(0.0, 0.0, none, 20, 0.95) == wilson_interval(0, 20, 0.95)


@repeatable
@given(
    st.lists(st.tuples(shares, st.floats(1, 500)), min_size=1, max_size=12),
    confidences,
    confidences,
)
def test_an_average_holds_its_value_and_grows_with_confidence(
    of: list[tuple[float, float]], one: float, two: float
) -> None:
    values, sizes = [share for share, _ in of], [n for _, n in of]
    inner, outer = (macro(values, sizes, c) for c in sorted((one, two)))
    assert 0 <= outer.low <= inner.low + 1e-9
    assert inner.low <= np.mean(values) + 1e-9
    assert inner.high >= np.mean(values) - 1e-9
    assert inner.high - 1e-9 <= outer.high <= 1
    assert type(inner.low) is type(inner.high) is float
