import pickle
from functools import partial

import pytest

from model_checks.metrics.estimate import estimated
from model_checks.metrics.gap import gap
from model_checks.metrics.intervals import gap_interval, wilson_interval


def test_a_gap_is_the_largest_less_the_smallest_with_its_own_interval() -> None:
    values = [0.8, 0.9, 0.7]
    found = gap(
        [estimated(v, partial(wilson_interval, v, 200), 200, "rows", 0.9) for v in values], 0.9
    )
    interval = gap_interval(values, [partial(wilson_interval, v, 200) for v in values], 0.9)
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high, found.method) == (interval.low, interval.high, interval.method)
    assert (found.n, found.unit, found.confidence) == (600, "rows", 0.9)
    kept = pickle.loads(pickle.dumps(found))
    assert kept.interval_at(0.9) == interval
