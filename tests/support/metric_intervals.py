"""Intervals of metrics: what each class says by itself, and that two are the same."""

from collections.abc import Sequence

import numpy as np
import pytest

from model_checks.metrics import Estimate, intervals
from support.metric_columns import Columns, weights_of


def assert_limits(found: Estimate, expected: intervals.Interval) -> None:
    assert found.method == expected.method
    assert found.low == pytest.approx(expected.low, rel=1e-7, abs=1e-9)
    assert found.high == pytest.approx(expected.high, rel=1e-7, abs=1e-9)


def parts_of(
    columns: Columns,
    labels: Sequence[object],
    mix: tuple[float, float],
    importance: Sequence[float],
) -> intervals.Parts:
    """What each label says by itself, from the rows; ``mix`` is the cost of a missed and of a false
    one, and rows of neither kind that costs nothing concern it."""
    weights, shares, sizes, costs = weights_of(columns), [], [], []
    for label in labels:
        true, predicted = columns["y"] == label, columns["p"] == label
        cost = np.where(true & ~predicted, mix[0], 0.0) + np.where(predicted & ~true, mix[1], 0.0)
        hit = true & predicted
        concerned = hit | (cost > 0)
        wrong = weights * (cost > 0)
        shares.append(weights[hit].sum() / weights[concerned].sum())
        sizes.append(weights[concerned].sum() ** 2 / (weights[concerned] ** 2).sum())
        kish = sizes[-1] / weights[concerned].sum()
        more = min(4 / max(kish * wrong.sum(), 1e-9), 1.0)  # of a row that costs the most
        costs.append((kish * (weights @ cost) + more * max(mix)) / (kish * wrong.sum() + more))
    return intervals.Parts(*map(np.array, (importance, shares, sizes, costs)))
