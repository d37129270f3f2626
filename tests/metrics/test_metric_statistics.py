"""Statistics of several kinds, of the same rows."""

import pytest

from model_checks.errors import MeasurementError, StatisticsError
from model_checks.metrics import METRICS, Asked
from model_checks.metrics.statistics import (
    ErrorMoments,
    MedianError,
    RankSums,
    RelativeErrors,
    Statistics,
)

MOMENTS = ErrorMoments(3, 3.0, 3.0, {1: 6.0}, 3.0)
RELATIVE = RelativeErrors(3, 3.0, 3.0, 0, (1.0, 1.0, 1.0))


def test_what_was_gathered_is_found_by_its_kind() -> None:
    found = Statistics.holding(3, MOMENTS).adding(RELATIVE)
    assert (found.of(ErrorMoments), found.of(RelativeErrors)) == (MOMENTS, RELATIVE)
    assert found.find(MedianError) is None


@pytest.mark.parametrize(
    ("gathered", "there"),
    [((RELATIVE, MOMENTS), "ErrorMoments, RelativeErrors"), ((), "none")],
)
def test_what_was_not_gathered_is_an_error_of_ours(
    gathered: tuple[ErrorMoments, ...], there: str
) -> None:
    told = rf"^RankSums of these 3 rows were not gathered; there are: {there}$"
    with pytest.raises(StatisticsError, match=told):
        Statistics.holding(3, *gathered).of(RankSums)
    assert issubclass(StatisticsError, MeasurementError)


def test_a_metric_asks_for_its_own_statistics() -> None:
    with pytest.raises(StatisticsError, match=r"^MedianError of these 3 rows were not gathered"):
        METRICS["median_absolute_error"].estimate(Statistics.holding(3, MOMENTS), Asked())
