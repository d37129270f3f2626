"""What is read of the rows: those with a label, and the values of segments with their counts."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from support.opened_rows import DAYS, Reader, by, judged, opened, segment_rows
from support.sample_data import damaged_parquet

from model_checks.errors import DataError
from model_checks.text import label_text, quoted

# Labels


@pytest.mark.parametrize(
    "labels",
    [
        pa.array([1, None, 0]),
        pa.array([1.0, float("nan"), 0.0]),
        pa.array([1.0, float("nan"), 0.0], pa.float32()),
        pa.array(["a", None, "b"]),
        pa.array([True, None, False]),
        pa.array([Decimal("1.5"), None, Decimal(2)]),
    ],
)
def test_rows_without_a_label_are_counted_and_left_out(
    engine: Reader, tmp_path: Path, labels: pa.Array
) -> None:
    rows = opened(engine, tmp_path, {"y": labels, "p": [0, 0, 0]})
    assert (rows.in_window, rows.labelled) == (3, 2)
    assert len(judged(engine, rows)) == 2


def test_no_labelled_row_is_told(engine: Reader, tmp_path: Path) -> None:
    rows = opened(engine, tmp_path, {"y": pa.array([None, None], "int64"), "p": [1, 0]})
    assert rows.nothing == "no labelled row among the 2 rows in the window"


def test_an_infinite_number_is_a_label(engine: Reader, tmp_path: Path) -> None:
    assert opened(engine, tmp_path, {"y": [float("inf"), 1.0], "p": [1, 0]}).labelled == 2


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (True, "1"),
        (False, "0"),
        (1, "1"),
        (1.0, "1"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (10**20, str(10**20)),
        ("1.0", "1.0"),
        (float("inf"), "inf"),
    ],
)
def test_a_label_of_the_settings_is_the_text_that_the_data_becomes(label: Any, text: str) -> None:
    assert label_text(label) == text


# Segments

SEGMENTS: dict[str, tuple[Any, dict[str | None, int]]] = {
    "words": (["b", "a", "b"], {"a": 1, "b": 2}),
    "booleans": ([True, False, True], {"true": 2, "false": 1}),
    "whole numbers": ([1, 2, 1], {"1": 2, "2": 1}),
    "floats": ([1.0, 2.5, 1.0], {"1": 2, "2.5": 1}),
    "large floats": ([1e17, -1e16, 1e17], {"1" + "0" * 17: 2, "-1" + "0" * 16: 1}),
    "decimals": ([Decimal("1.50"), Decimal("2.00"), Decimal("1.50")], {"1.5": 2, "2": 1}),
    "dates": ([DAYS[0], DAYS[1], DAYS[0]], {"2013-04-01": 2, "2013-04-02": 1}),
    "times": (
        [datetime(2013, 4, 1, 12), datetime(2013, 4, 1), datetime(2013, 4, 1)],  # noqa: DTZ001
        {"2013-04-01 12:00:00": 1, "2013-04-01 00:00:00": 2},
    ),
    "nulls": (["a", None, None], {"a": 1, None: 2}),
    "NaN": ([1.0, float("nan"), None], {"1": 1, None: 2}),
    "infinite": ([float("inf"), float("-inf"), 0.0], {"inf": 1, "-inf": 1, "0": 1}),
    "SQL and quotes": (["'; drop", 'a"b', "'; drop"], {"'; drop": 2, 'a"b': 1}),
    "empty words": (["", " ", ""], {"": 2, " ": 1}),
    "dictionary": (pa.array(["a", "b", "a"]).dictionary_encode(), {"a": 2, "b": 1}),
    "lists": ([[1, 2], [3], [1, 2]], {"[1, 2]": 2, "[3]": 1}),
}


@pytest.mark.parametrize("kind", SEGMENTS)
def test_segment_values_are_texts(engine: Reader, tmp_path: Path, kind: str) -> None:
    values, expected = SEGMENTS[kind]
    rows = opened(engine, tmp_path, {"y": [0, 1, 1], "p": [0, 1, 1], "g": values})
    found = segment_rows(engine, rows, by("g"))
    assert found == {(("g", text),): n for text, n in expected.items()}


def test_segments_count_labelled_rows_of_the_window_alone(engine: Reader, tmp_path: Path) -> None:
    columns = {
        "y": [0, None, 1, 1],
        "p": [0, 0, 0, 0],
        "g": ["a", "b", "a", "c"],
        "h": [1, 1, 2, 1],
        "t": [DAYS[0], DAYS[0], DAYS[0], DAYS[4]],
    }
    rows = opened(engine, tmp_path, columns, time_column="t")
    assert segment_rows(engine, rows, by("g")) == {(("g", "a"),): 2}
    both = segment_rows(engine, rows, by("h", "g"))
    assert both == {(("h", "1"), ("g", "a")): 1, (("h", "2"), ("g", "a")): 1}


def test_names_of_columns_may_hold_anything(engine: Reader, tmp_path: Path) -> None:
    names = ['a "b"', "c.d", "it's; drop table given", "select", "ü ✈"]
    columns = {name: [0, 1] for name in names} | {"given": ["x", "y"]}
    target, prediction, weight, *segments = names
    keys: dict[str, Any] = {"target": target, "prediction": prediction, "weight": weight}
    keys["segments"] = [{"by": [*segments, "given"], "thresholds": {"accuracy": 0.5}}]
    rows = opened(engine, tmp_path, columns, **keys)
    assert rows.labelled == 2
    assert len(segment_rows(engine, rows, by(*segments, "given"))) == 2


def test_a_list_of_labels_is_told_in_short() -> None:
    assert quoted([]) == ""
    assert quoted(list("abcde")) == "'a', 'b', 'c', 'd', 'e'"
    assert quoted(list("abcdefg")) == "'a', 'b', 'c', 'd', 'e' and 2 more"


def test_a_file_that_goes_bad_in_the_middle_is_told(engine: Reader, tmp_path: Path) -> None:
    damaged_parquet(tmp_path / "data.parquet", "p")
    rows = opened(engine, tmp_path)
    with pytest.raises(DataError, match=r"^DuckDB: "):
        list(engine.batches(f"select p from {rows.relation}", 1000))


def test_a_column_with_too_many_values_is_refused(engine: Reader, tmp_path: Path) -> None:
    columns = {"y": [0, 1] * 30, "p": [0, 1] * 30, "g": list(range(60)), "h": ["a", "b", None] * 20}
    rows = opened(engine, tmp_path, columns)
    assert len(segment_rows(engine, rows, by("g", most=60))) == 60
    assert len(segment_rows(engine, rows, by("h", most=3))) == 3
    with pytest.raises(
        DataError, match=r"segments by g, h: 60 values, more than max_segments = 59"
    ):
        segment_rows(engine, rows, by("g", "h", most=59))
