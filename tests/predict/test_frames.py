"""The frames that a model is called with: whatever the batch, of the types that all rows have."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from support.sample_data import AS_OF, estimated, measured, python_model, settings_of

from model_checks.data import open_engine
from model_checks.data.rows import open_rows
from model_checks.data.sql import identifier
from model_checks.predict.frames import Frames

ROWS = 6
NAMES = ["x", "a b"]


def frames(folder: Path, column: pa.Array, size: int) -> list[pd.DataFrame]:
    """The frames of batches of a column, which is there twice."""
    data = {"y": [0, 1] * (ROWS // 2), "p": [0] * ROWS, **dict.fromkeys(NAMES, column)}
    settings = settings_of(folder, data)
    model = settings.models["m"]
    with open_engine(model.data, settings) as engine:
        made = Frames(engine, rows := open_rows(engine, model, AS_OF), NAMES)
        names = ", ".join(map(identifier, NAMES))
        sql = f"select {names} from {rows.relation} where {rows.condition}"
        return [made.frame(batch) for batch in engine.batches(sql, size)]


COLUMNS = {
    "whole numbers": pa.array([1, 2, 3, 4, 5, 6], pa.int16()),
    "whole numbers with a gap": pa.array([1, 2, 3, None, 5, 6], pa.int16()),
    "large numbers with a gap": pa.array([1, 2, 3, None, 5, 6], pa.uint64()),
    "nothing at all": pa.array([None] * 6, pa.int32()),
    "floats": pa.array([1.5, None, float("nan"), 4, 5, 6], pa.float32()),
    "booleans": pa.array([True, False, True, True, False, True]),
    "booleans with a gap": pa.array([True, False, True, None, False, True]),
    "words with a gap": pa.array(["a", None, "b", "c", "d", "e"]),
    "dates": pa.array([1, None, 2, 3, 4, 5], pa.int32()).cast(pa.date32()),
    "times": pa.array([1, 2, None, 3, 4, 5], pa.timestamp("us")),
    "nanoseconds": pa.array([1, 2, None, 3, 4, 5], pa.timestamp("ns")),
}


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize("kind", COLUMNS)
def test_every_batch_has_the_types_of_all_rows(tmp_path: Path, kind: str, size: int) -> None:
    made = frames(tmp_path, COLUMNS[kind], size)
    whole = pa.table(dict.fromkeys(NAMES, COLUMNS[kind])).to_pandas()
    for frame in made:
        assert frame.dtypes.to_dict() == whole.dtypes.to_dict()
    pd.testing.assert_frame_equal(pd.concat(made, ignore_index=True), whole)


@pytest.mark.parametrize("size", [1, 100])
def test_times_with_a_zone_come_in_utc(tmp_path: Path, size: int) -> None:
    column = pa.array([1_367_366_400, None, 1, 2, 3, 4], pa.timestamp("s", "Asia/Tokyo"))
    made = pd.concat(frames(tmp_path, column, size), ignore_index=True)
    expected = pa.chunked_array([column]).to_pandas().dt.tz_convert("UTC")
    assert made["x"].dt.tz_convert("UTC").tolist()[0] == expected[0]
    assert str(made["x"].iloc[0]) == "2013-05-01 00:00:00+00:00"
    assert made["x"].isna().tolist() == expected.isna().tolist()


@pytest.mark.parametrize("size", [1, 100])
def test_decimals_come_as_floats(tmp_path: Path, size: int) -> None:
    values = [Decimal("1.25"), None, Decimal("-3.50"), Decimal(0), Decimal(7), Decimal("0.1")]
    made = pd.concat(frames(tmp_path, pa.array(values, pa.decimal128(30, 2)), size))
    assert made["x"].dtype == float
    expected = [None if value is None else float(value) for value in values]
    assert made["x"].astype(object).where(made["x"].notna(), None).tolist() == expected


TARGETS: dict[str, Any] = {
    "decimals": pa.array([0, 1, 1, 0]).cast(pa.decimal128(30, 2)),
    "booleans": pa.array([False, True, True, False]),
    "booleans with a gap": pa.array([False, True, True, False, None]),
    "whole numbers with a gap": pa.array([0, 1, 1, 0, None], pa.int8()),
    "floats with a gap": pa.array([0.0, 1.0, 1.0, 0.0, float("nan")]),
}


@pytest.mark.parametrize("kind", TARGETS)
def test_labels_of_any_type_are_held_to_what_a_model_answers(tmp_path: Path, kind: str) -> None:
    true = TARGETS[kind]
    columns = {"y": true, "x": [0, 1, 0, 1, 0][: len(true)]}
    measurement = measured(tmp_path, columns, model=python_model(tmp_path))
    assert measurement.facts.labelled == 4
    assert estimated(measurement, "accuracy").value == 0.5


def test_a_weight_of_decimals_survives(tmp_path: Path) -> None:
    weight = pa.array([1, 2, 3, 2]).cast(pa.decimal128(30, 2))
    columns = {"y": [0, 1, 1, 0], "x": [0, 1, 0, 1], "w": weight}
    measurement = measured(tmp_path, columns, model=python_model(tmp_path), weight="w")
    assert estimated(measurement, "accuracy").value == pytest.approx(3 / 8)


@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_a_window_holds_times_with_and_without_a_zone(tmp_path: Path, zone: str | None) -> None:
    times = [int(AS_OF.timestamp()) + hours * 3600 for hours in (-25, -24, -1, 0)]
    columns = {"y": [0, 1, 1, 0], "x": [0, 1, 0, 1], "t": pa.array(times, pa.timestamp("s", zone))}
    keys = {"time_column": "t", "window": "1d"}
    measurement = measured(tmp_path, columns, model=python_model(tmp_path), **keys)
    assert measurement.facts.labelled == 2
    assert estimated(measurement, "accuracy").value == 0.5
