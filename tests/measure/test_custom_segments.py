"""Functions of the user's own on segments, and how many rows they may load."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from support.own_functions import FAR, RIGHT, by, complaint, function, log, result
from support.sample_data import results_of, settings_of, valued

from model_checks.judging.verdict import Verdict

# Segments.


def test_every_segment_is_measured_on_its_own_rows(tmp_path: Path) -> None:
    columns = {**log(), "h": [None if k % 7 == 0 else float(k % 3) for k in range(200)]}
    reference = function(tmp_path, RIGHT)
    segments = [*by("g", reference), *by(["h", "g"], reference)]
    found = results_of(tmp_path, columns, segments=segments)[1:]
    assert len(found) == 2 + 8
    table = pa.table(columns).to_pylist()
    for one in found:
        assert one.estimate is not None
        rows = [
            row["y"] == row["p"]
            for row in table
            if all(
                (None if row[name] is None else str(row[name]).removesuffix(".0")) == value
                for name, value in one.check.segment
            )
        ]
        assert (one.estimate.n, valued(one.estimate).value) == (len(rows), np.mean(rows))


def test_a_segment_without_rows_has_no_data(tmp_path: Path) -> None:
    segments = by("g", function(tmp_path, RIGHT), values=["a", "gone"])
    _, one, gone = results_of(tmp_path, log(), segments=segments)
    assert (one.verdict, gone.verdict) == (Verdict.PASS, Verdict.NO_DATA)
    assert gone.message == (
        "m-own-g=gone: 0 labelled rows, at least 1 are needed; the values of g: 'a', 'b'"
    )


def test_a_segment_with_too_few_rows_has_no_data_whatever_the_function_does(tmp_path: Path) -> None:
    reference = function(tmp_path, "raise ValueError")
    segments = by("g", reference, values=["a"], min_rows=500)
    _, found = results_of(tmp_path, log(), segments=segments)
    assert found.verdict is Verdict.NO_DATA


def test_a_vacant_segmentation_has_no_data(tmp_path: Path) -> None:
    reference = function(tmp_path, "raise ValueError")
    columns = {**log(), "g": ["*"] * 200}
    _, found = results_of(tmp_path, columns, segments=by("g", reference, min_rows=500))
    assert (found.check.id, found.verdict) == ("m-own-g=*", Verdict.NO_DATA)


def test_a_function_is_called_on_no_segment_but_those_it_is_agreed_for(tmp_path: Path) -> None:
    sizes = tmp_path / "sizes"
    reference = function(
        tmp_path,
        f"with open({str(sizes)!r}, 'a') as file: print(len(y_true), file=file)",
        "return 1.0",
    )
    thresholds = {"other": {"metric": function(tmp_path, RIGHT), "min": 0}}
    segments = by("g", reference, values=["a"])
    results_of(tmp_path, log(), thresholds=thresholds, segments=segments)
    assert set(sizes.read_text().split()) == {str(log()["g"].count("a"))}


# Too many rows.


def test_more_rows_than_agreed_are_not_loaded(tmp_path: Path) -> None:
    reference = function(tmp_path, "1.0")
    assert complaint(tmp_path, reference, max_rows=199) == (
        "200 rows would have to be loaded, more than max_rows = 199; set max_rows higher, "
        "or judge a shorter window"
    )
    assert result(tmp_path, reference, max_rows=200).verdict is Verdict.PASS


def test_the_rows_of_a_segmentation_count_together(tmp_path: Path) -> None:
    few = {"own": {"metric": function(tmp_path, "1.0"), "max": FAR, "max_rows": 150}}
    listed = {"by": "g", "values": ["a"], "thresholds": few}
    found = results_of(tmp_path, log(), thresholds=few, segments=[listed])
    assert [one.verdict for one in found] == [Verdict.ERROR, Verdict.PASS]
    every = {"by": "g", "thresholds": few}
    _, *found = results_of(tmp_path, log(), segments=[every])
    assert [one.verdict for one in found] == [Verdict.ERROR, Verdict.ERROR]


def test_a_million_rows_is_the_limit_where_none_is_agreed(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, thresholds={"own": {"metric": "a:b", "min": 0}})
    assert settings.models["m"].thresholds["own"].max_rows == 1_000_000
