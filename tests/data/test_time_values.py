"""Times as strangers write them: read as the settings say, and refused where nothing is sure."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from support.sample_data import measured, results_of, settings_of, valued
from support.written_files import fed, lines, write, write_columns

from model_checks.errors import SettingsError
from model_checks.pipeline import judge


@pytest.mark.parametrize(
    ("times", "seen"),
    [
        (["03/04/2026", "05/06/2026"], "00/00/0000"),
        (["03.04.2026", "05.06.2026"], "00.00.0000"),
        (["3-4-2026", "5-6-2026"], "0-0-0000"),
        (["2026-3-4", "2026-5-6"], "0000-0-0"),
        (["2026/03/04", "2026/05/06"], "0000/00/00"),
        (["1 Mar 2026", "2 Mar 2026"], "0 aaa 0000"),
        (["2026-02-30", "2026-03-01"], "0000-00-00"),
        (["2026-03-01", "yesterday"], "aaaaaaaaa"),
        (["2026-03-01 10:00:00 BST", "2026-03-01 10:00:00 IST"], "0000-00-00 00:00:00 aaa"),
        (["2026-03-01 (BC)", "2026-03-01 10:"], "0000-00-00 (aa)"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_text_that_is_no_time_for_sure_is_refused(
    tmp_path: Path, times: list[str], seen: str, suffix: str
) -> None:
    settings = settings_of(
        tmp_path,
        {"y": [0, 1], "p": [0, 1], "at": times},
        data=f"log{suffix}",
        time_column="at",
    )
    [result] = judge(settings).results
    line = ", line " if suffix == ".csv" else ""
    assert f"time_column 'at': in {tmp_path}/log{suffix}{line}" in result.message
    assert f"it looks like {seen!r}; say time_format, as in time_format = '%d.%m.%Y'" in (
        result.message
    )


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("2026-05-04T10:20:30Z", {}),
        ("2026-05-04 12:20:30+02:00", {}),
        ("2026-05-04T12:20:30.000+0200", {}),
        ("2026-05-04 10:20:30", {}),
        ("2026-05-04 10:20:30 UTC", {}),
        ("04.05.2026 10:20:30", {"time_format": "%d.%m.%Y %H:%M:%S"}),
        ("05/04/26 10:20:30 AM", {"time_format": "%m/%d/%y %I:%M:%S %p"}),
        ("20260504102030", {"time_format": "%Y%m%d%H%M%S"}),
        ("04May2026 12:20:30 +0200", {"time_format": "%d%b%Y %H:%M:%S %z"}),
        ("1777890030", {"time_unit": "s"}),
        ("1777890030000", {"time_unit": "ms"}),
        ("1777890030000000", {"time_unit": "us"}),
        ("1777890030000000000", {"time_unit": "ns"}),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_times_are_read_as_they_are_said(
    tmp_path: Path, text: str, keys: dict[str, str], suffix: str
) -> None:
    value: Any = int(text) if "time_unit" in keys and suffix == ".parquet" else text
    columns = {"y": [0, 1], "p": [0, 1], "at": [value, value]}
    write_columns(tmp_path / f"log{suffix}", columns)
    found = measured(tmp_path, data={"files": f"log{suffix}", **keys}, time_column="at")
    told = found.facts.newest_row
    assert told is None or told.isoformat() == "2026-05-04T10:20:30+00:00"
    assert found.signs is not None
    assert found.signs.times is not None
    assert found.signs.times.newest is not None
    assert found.signs.times.newest.isoformat() == "2026-05-04T10:20:30+00:00"


def test_times_without_a_zone_lie_in_a_window_of_utc(tmp_path: Path) -> None:
    rows = ["1,1,2013-04-30", "0,1,2013-04-29", "0,1,2013-05-01T00:00:00Z"]
    write(tmp_path, {"log.csv": lines(*rows, header="y,p,at")})
    [result] = results_of(tmp_path, data="log.csv", time_column="at", window="1d")
    found = valued(result.estimate)
    assert (found.value, found.n) == (1.0, 1)


def test_nanoseconds_with_a_zone_are_times(tmp_path: Path) -> None:
    times = pd.to_datetime(["2026-05-01", "2026-05-02"]).tz_localize("Europe/Oslo")
    frame = pd.DataFrame(
        {"y": [1, 0], "p": [1, 1], "at": times.astype("datetime64[ns, Europe/Oslo]")}
    )
    frame.to_parquet(tmp_path / "data.parquet")
    found = measured(tmp_path, time_column="at")
    assert found.signs is not None
    assert found.signs.times is not None
    assert str(found.signs.times.newest) == "2026-05-01 22:00:00+00:00"
    assert fed(tmp_path, "data.parquet", ["at"])["at"].iloc[0] == times[0]


def test_a_format_of_times_needs_a_column_of_times(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="time_format is of time_column, which is missing"):
        settings_of(tmp_path, data={"csv": "a.csv", "time_format": "%Y%m%d"})
