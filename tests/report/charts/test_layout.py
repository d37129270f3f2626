"""Where results go in the overview: blocks, rows, columns, and what is left out."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.charts import CARRIERS, dots, flights, many, result, texts
from support.sample_data import valued

from model_checks.judging.verdict import Verdict
from model_checks.plan.checks import Bound
from model_checks.report.charts import overview_chart
from model_checks.report.charts.interval_row import LOOKS, ROW
from model_checks.report.charts.layout import MOST_ROWS, WORST_FIRST, arranged, tally_text
from model_checks.report.charts.marks import Box
from model_checks.report.charts.overview import overview_drawing


def test_the_whole_comes_first_and_then_a_block_for_each_segmentation() -> None:
    blocks = arranged(flights()[::-1]).blocks
    assert [block.heading for block in blocks] == ["Overall", "By origin", "By carrier"]
    assert [row.label for row in blocks[0].rows][:2] == ["roc_auc", "f1"]
    assert blocks[2].columns == ("recall", "accuracy")
    assert [row.label for row in blocks[2].rows] == list(CARRIERS[::-1])


def test_a_third_metric_of_a_segmentation_begins_a_block_of_its_own() -> None:
    blocks = arranged(many(9)).blocks
    assert [block.columns for block in blocks] == [("accuracy", "recall"), ("f1",)]


def test_a_beta_is_part_of_the_name() -> None:
    one = result("fbeta", 0.7)
    (block,) = arranged([replace(one, check=replace(one.check, beta=0.5))]).blocks
    assert [row.label for row in block.rows] == ["fbeta (beta 0.5)"]


def test_a_bias_lies_between_its_bounds() -> None:
    drawing = overview_drawing(
        "m", [result("mean_error", -1.0, bound=Bound(-2, 2, None, "estimate"))]
    )
    assert {"-1.000", "-1.050 to -0.950", "-2.000 to 2.000"} <= set(texts(drawing))
    (box,) = [mark for mark in drawing.marks if isinstance(mark, Box) and mark.height == ROW]
    (dot,) = [one for one in dots(drawing) if box.y < one.y < box.y + box.height]
    assert dot.x == pytest.approx(box.x + box.width / 4)


def test_an_interval_without_any_limit_runs_out_on_both_sides() -> None:
    one = result("mean_error", 1.0, bound=Bound(-2, 2, None, "estimate"))
    endless = replace(one, estimate=replace(valued(one.estimate), low=-math.inf, high=math.inf))
    drawing = overview_drawing("m", [endless])
    assert "minus infinity to infinity" in texts(drawing)
    assert overview_chart("m", [endless]).png


def test_a_segment_without_a_check_of_a_metric_leaves_its_place_empty() -> None:
    found = [
        result("recall", segment=(("c", "a"),)),
        result("recall", segment=(("c", "b"),)),
        result("accuracy", segment=(("c", "b"),)),
    ]
    (block,) = arranged(found).blocks
    assert [row.results for row in block.rows] == [(found[0], None), (found[1], found[2])]


@given(st.integers(0, 120), st.integers(1, 50))
def test_every_result_is_drawn_or_counted_as_left_out(count: int, most_rows: int) -> None:
    found = many(count) + flights()
    arrangement = arranged(found, most_rows)
    shown = [r for b in arrangement.blocks for row in b.rows for r in row.results if r]
    assert sum(len(block.rows) for block in arrangement.blocks) <= most_rows
    ids = [r.check.id for r in [*shown, *arrangement.left_out]]
    assert sorted(ids) == sorted(r.check.id for r in found)


def test_failing_rows_are_drawn_where_there_is_no_room_for_all() -> None:
    segments = [(("store", f"{k}"),) for k in range(200)]
    failing = {f"{k}" for k in (3, 77, 199)}
    found = [result(value=0.5 if s[0][1] in failing else 0.9, segment=s) for s in segments]
    arrangement = arranged(found)
    (block,) = arrangement.blocks
    assert failing <= {row.label for row in block.rows}
    assert len(block.rows) == MOST_ROWS
    assert not any(r.failed for r in arrangement.left_out)
    rest = 200 - MOST_ROWS
    note = {f"{rest} checks not drawn for want of room", f"{rest} PASS"}
    assert note <= set(texts(overview_drawing("m", found)))


def test_null_empty_and_vacant_segment_values_are_told_apart() -> None:
    values = (None, "", "*", "null")
    found = [result(segment=(("c", value),)) for value in values]
    stands_for_all = replace(found[2].check, no_data_reason="no value of c has 30 labelled rows")
    for check, told in ((found[2].check, "*"), (stands_for_all, "(no value)")):
        found[2] = replace(found[2], check=check)
        labels = [row.label for row in arranged(found).blocks[0].rows]
        assert labels == ["null", "''", told, "'null'"]


def test_an_average_is_named_where_there_was_a_choice() -> None:
    (block,) = arranged([result("f1", average="macro"), result(average="binary")]).blocks
    assert [row.label for row in block.rows] == ["f1 (macro)", "recall"]


def test_every_verdict_has_its_place_its_shape_and_its_colour() -> None:
    assert set(WORST_FIRST) == set(LOOKS) == set(Verdict)
    judged = [look for verdict, look in LOOKS.items() if verdict is not Verdict.NO_DATA]
    assert len({shape for shape, _ in judged}) == len(judged)
    assert len({colour for _, colour in judged}) == len(judged)


def test_counts_of_verdicts_are_told_the_worst_first() -> None:
    found = [result(), result("f1", 0.1), result("accuracy", None)]
    assert tally_text(found) == "1 FAIL, 1 NO DATA, 1 PASS"
