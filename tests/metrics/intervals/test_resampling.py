"""Intervals from resamples, by their percentiles."""

import math

import numpy as np
import pytest
from scipy import stats
from support.interval_limits import limits

from model_checks.metrics.intervals import bootstrap_interval


def test_the_bootstrap_takes_percentiles_further_out_than_the_confidence_says() -> None:
    replicates = np.linspace(0, 1, 10_001)
    for n, confidence in [(10, 0.95), (30, 0.8), (500, 0.99)]:
        t = stats.t.ppf((1 + confidence) / 2, n - 1) * math.sqrt(n / (n - 1))
        tail = stats.norm.cdf(-t)
        found = bootstrap_interval(0.5, replicates, n, confidence)
        assert limits(found) == pytest.approx((tail, 1 - tail), abs=1e-9)
        assert tail < (1 - confidence) / 2
    many = bootstrap_interval(0.5, replicates, 10**6, 0.9)
    assert limits(many) == pytest.approx((0.05, 0.95), abs=1e-5)


def test_the_bootstrap_holds_the_value_even_beyond_all_resamples() -> None:
    replicates = np.linspace(0.2, 0.4, 1000)
    assert bootstrap_interval(0.5, replicates, 100, 0.95).high == 0.5
    assert bootstrap_interval(-0.5, replicates, 100, 0.95).low == -0.5
    assert type(bootstrap_interval(0.3, replicates, 100, 0.95).low) is float


def test_the_bootstrap_of_one_row_has_no_limits() -> None:
    assert limits(bootstrap_interval(1.0, np.ones(1000), 1, 0.95)) == (-math.inf, math.inf)


def test_resamples_that_agree_collapse_to_the_value() -> None:
    assert limits(bootstrap_interval(1.0, np.ones(1000), 100, 0.95)) == (1, 1)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_the_bootstrap_refuses_a_confidence_that_is_no_probability(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        bootstrap_interval(0.5, np.ones(10), 10, confidence)
