"""What tests of intervals are drawn from, and an interval as its limits or its length."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from model_checks.metrics.intervals import Interval

repeatable = settings(derandomize=True, deadline=None)

shares = st.floats(0, 1)
inner_shares = st.floats(1e-6, 1 - 1e-6)
sizes = st.floats(1, 1e9)
confidences = st.floats(0.5, 0.9999)
errors = st.lists(st.integers(-(10**6), 10**6).map(lambda x: x / 1000), min_size=3, max_size=40)


def length(interval: Interval) -> float:
    return interval.high - interval.low


def limits(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


def moments(values: list[float]) -> tuple[float, float, float]:
    array = np.abs(values)
    return float(array.mean()), float((array**2).mean()), float((array**3).mean())
