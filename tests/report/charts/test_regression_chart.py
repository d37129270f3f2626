"""The charts of a regression: predicted against actual values, and the errors."""

import numpy as np
import pytest
from support.charts import AGAINST, EDGES, ERRORS, pixels, texts

from model_checks.measure.curves import ErrorHistogram, PredictedAgainstActual
from model_checks.report.charts import regression_chart
from model_checks.report.charts.canvas import SCALE
from model_checks.report.charts.marks import WIDTH, Box, Line, Raster
from model_checks.report.charts.regression import mean_error, quantile, regression_drawing


def test_mean_and_quantiles_are_read_off_the_bins() -> None:
    assert mean_error(ERRORS) == pytest.approx((2 * -15 + 4 * -5 + 2 * 5) / 8)
    assert quantile(ERRORS, 0.5) == pytest.approx(-5.0)
    assert quantile(ERRORS, 0.25) == pytest.approx(-10.0)


def test_predicted_values_go_up_and_actual_ones_to_the_right() -> None:
    drawing = regression_drawing("t", AGAINST, ERRORS)
    (raster,) = [m for m in drawing.marks if isinstance(m, Raster)]
    darkness = 255 - raster.colours.astype(int).mean(axis=2)
    assert np.argwhere(darkness > 20).tolist() == [[2, 0], [2, 1], [3, 0]]
    assert darkness[3, 0] > darkness[2, 1] > darkness[2, 0]


def test_uneven_bins_are_drawn_as_wide_as_they_are() -> None:
    edges = np.array([0.0, 10.0, 100.0])
    against = PredictedAgainstActual(edges, np.array([[1.0, 0.0], [0.0, 1.0]]))
    drawing = regression_drawing("t", against, ERRORS)
    (raster,) = [m for m in drawing.marks if isinstance(m, Raster)]
    dark = raster.colours[:, :, 0] < 128
    assert dark[0].mean() == pytest.approx(0.9)
    assert dark[-1].mean() == pytest.approx(0.1)


def test_no_error_and_the_mean_error_are_lines_at_their_values() -> None:
    drawing = regression_drawing("t", AGAINST, ERRORS)
    bars = [m for m in drawing.marks if isinstance(m, Box)]
    assert [round(bar.height / bars[0].height, 3) for bar in bars] == [1, 2, 1]
    upright = [
        m
        for m in drawing.marks
        if isinstance(m, Line)
        and m.points[0][0] == m.points[1][0]
        and m.points[0][0] > bars[0].x
        and abs(m.points[0][1] - m.points[1][1]) > 50
    ]
    zero, mean = (line.points[0][0] for line in upright)
    assert zero == pytest.approx(bars[2].x)
    assert mean == pytest.approx(bars[1].x + (zero - bars[1].x) / 2)
    assert "mean about -5.0" in texts(drawing)


def test_the_alternative_text_of_a_regression_has_its_figures() -> None:
    assert regression_chart("m", "arrival", AGAINST, ERRORS).alt == (
        "arrival: 8 rows; predicted minus actual is about -5.0 on average, its median about -5.0, "
        "and half of the rows lie between -10.0 and 0.0."
    )


def test_a_regression_without_rows_is_an_empty_chart() -> None:
    empty = PredictedAgainstActual(EDGES, np.zeros((4, 4)))
    chart = regression_chart("m", "t", empty, ErrorHistogram(EDGES - 50, np.zeros(4)))
    assert chart.alt == "t: 0 rows."
    assert pixels(chart.png).shape[1] == WIDTH * SCALE
