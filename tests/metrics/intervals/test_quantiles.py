"""Student's quantile, against SciPy's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats
from support.interval_limits import repeatable

from model_checks.metrics.intervals import student_quantile


@repeatable
@given(
    st.floats(math.log(0.3), math.log(1e8)).map(math.exp),
    st.floats(-12, -0.05).map(lambda x: 1 - 10**x),
)
def test_student_quantile_agrees_with_scipy(dof: float, confidence: float) -> None:
    expected = -special.stdtrit(dof, (1 - confidence) / 2)
    assert student_quantile(dof, confidence) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("dof", [0.5, 1, 2, 29, 99.5, 999.99, 1000, 1e6])
@pytest.mark.parametrize("confidence", [0.001, 0.5, 0.9, 0.95, 0.999])
def test_student_quantile_agrees_with_scipys_distribution(dof: float, confidence: float) -> None:
    expected = stats.t.ppf((1 + confidence) / 2, dof)
    assert student_quantile(dof, confidence) == pytest.approx(expected, rel=1e-9)


def test_student_quantile_that_no_float_holds_is_infinite() -> None:
    assert student_quantile(1e-3, 0.95) == math.inf


@pytest.mark.parametrize("confidence", [5e-324, 1e-310, 1e-17, 1e-12, 1e-10])
@pytest.mark.parametrize("dof", [1e-3, 1.0, 7.0, 999.0, 1000.0])
def test_a_confidence_near_0_has_a_quantile_near_0(confidence: float, dof: float) -> None:
    assert 0 <= student_quantile(dof, confidence) < 1e-6
