"""Moments as they may be written, and what is none."""

from datetime import UTC, datetime, timedelta

import pytest
from support.factories import CHURN, RECALL, settings

from model_checks.settings import parse_moment


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2013-05-01", datetime(2013, 5, 1, tzinfo=UTC)),
        ('"2013-05-01"', datetime(2013, 5, 1, tzinfo=UTC)),
        ("2013-05-01T06:00:00", datetime(2013, 5, 1, 6, tzinfo=UTC)),
        ("2013-05-01T06:00:00+02:00", datetime(2013, 5, 1, 4, tzinfo=UTC)),
        ('"2013-05-01T06:00:00Z"', datetime(2013, 5, 1, 6, tzinfo=UTC)),
    ],
)
def test_as_of_is_a_date_or_a_time_in_utc(written: str, moment: datetime) -> None:
    toml = f'{CHURN}time_column = "at"\nas_of = {written}\n{RECALL}'
    found = settings(toml).models["churn"].as_of
    assert found == moment
    assert found.tzinfo is UTC


@pytest.mark.parametrize("value", ["soon", "", 7, None, "2013-13-01", timedelta(1)])
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"must be a date or a time, such as 2013-05-01 or "):
        parse_moment(value)


@pytest.mark.parametrize("edge", ["9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+10:00"])
def test_a_moment_that_leaves_the_calendar_in_utc_is_refused(edge: str) -> None:
    with pytest.raises(ValueError, match="must be a date or a time"):
        parse_moment(datetime.fromisoformat(edge))
