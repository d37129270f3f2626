"""The picture, tried as pixels: marks, texts, size, and what settings may not change."""

import io
import subprocess
import sys
from collections.abc import Callable, Sequence

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image
from support.charts import (
    AGAINST,
    CONFUSION,
    ERRORS,
    OUTCOMES,
    ROC,
    classes,
    flights,
    many,
    outcomes,
    pixels,
    result,
)

from model_checks.report.charts import (
    outcomes_chart,
    overview_chart,
    regression_chart,
    roc_and_confusion_chart,
)
from model_checks.report.charts.canvas import SCALE, png
from model_checks.report.charts.canvas.text import text_width
from model_checks.report.charts.marks import WIDTH, Box, Dot, Drawing, Label, Line, Mark, Raster
from model_checks.report.picture import Chart


def test_marks_appear_where_they_are_put_in_their_colour() -> None:
    grid = np.array([[[200, 0, 0], [0, 200, 0]], [[0, 0, 200], [0, 0, 0]]], dtype=np.uint8)
    marks: list[Mark] = [
        Box(10, 10, 20, 20, "#c1271d"),
        Dot(100, 20, "circle", "#157f6b", 10),
        Line([(200, 5), (200, 35)], "#1f5f99", 4),
        Raster(300, 10, 40, 20, grid),
    ]
    image = pixels(png(Drawing(40, marks))).astype(int)
    assert image.shape == (40 * SCALE, WIDTH * SCALE, 3)

    def at(x: float, y: float) -> list[int]:
        found: list[int] = image[int(y * SCALE), int(x * SCALE)].tolist()
        return found

    for point, colour in (
        ((20, 20), (193, 39, 29)),
        ((100, 20), (21, 127, 107)),
        ((200, 20), (31, 95, 153)),
        ((305, 12), (200, 0, 0)),
        ((335, 12), (0, 200, 0)),
        ((305, 28), (0, 0, 200)),
        ((335, 28), (0, 0, 0)),
        ((150, 20), (255, 255, 255)),
        ((0, 0), (255, 255, 255)),
    ):
        assert at(*point) == pytest.approx(colour, abs=12), point


@pytest.mark.parametrize("align", ["left", "centre", "right"])
@pytest.mark.parametrize("rotated", [False, True])
def test_a_text_is_aligned_to_its_point(align: str, rotated: bool) -> None:
    label = Label(300, 100, "HHHHHHHH", 12, align=align, rotated=rotated)  # type: ignore[arg-type]
    ys, xs = np.nonzero(pixels(png(Drawing(200, [label]))).min(axis=2) < 128)
    along, across = (200 * SCALE - ys, xs) if rotated else (xs, ys)
    point = ((200 - 100) if rotated else 300) * SCALE
    width = text_width("HHHHHHHH", 12) * SCALE
    start = point - {"left": 0, "centre": width / 2, "right": width}[align]
    assert along.min() == pytest.approx(start, abs=6)
    assert along.max() == pytest.approx(start + width, abs=6)
    middle = (300 if rotated else 100) * SCALE
    assert (across.min() + across.max()) / 2 == pytest.approx(middle, abs=2)


def all_charts() -> Sequence[Callable[[], Chart]]:
    return (
        lambda: overview_chart("flights", flights()),
        lambda: overview_chart("m", [result()]),
        lambda: overview_chart("m", many(300)),
        lambda: roc_and_confusion_chart("m", "t", ROC, CONFUSION),
        lambda: roc_and_confusion_chart("m", "t", None, classes(12)),
        lambda: outcomes_chart("m", "t", OUTCOMES),
        lambda: outcomes_chart("m", "t", outcomes(200)),
        lambda: regression_chart("m", "t", AGAINST, ERRORS),
    )


@pytest.mark.parametrize("draw", all_charts(), ids=range(len(all_charts())))
def test_a_chart_is_small_wide_as_a_mail_and_the_same_each_time(draw: Callable[[], Chart]) -> None:
    first = draw()
    assert first == draw()
    image = pixels(first.png)
    assert image.shape[1] == WIDTH * SCALE
    assert 50 * SCALE < image.shape[0] < 900 * SCALE
    assert image[0, 0].tolist() == [255, 255, 255]
    assert len(first.png) < 45_000
    with Image.open(io.BytesIO(first.png)) as opened:
        assert set(opened.info) <= {"dpi", "srgb"}


def test_the_users_settings_neither_change_a_chart_nor_are_changed() -> None:
    before = overview_chart("flights", flights()).png
    odd = {
        "text.usetex": True,
        "text.hinting": "force_autohint",
        "font.family": ["no such font"],
        "font.size": 30.0,
        "lines.linewidth": 9.0,
        "lines.dashed_pattern": [9.0, 9.0],
        "path.sketch": (9.0, 9.0, 9.0),
        "figure.dpi": 10.0,
        "savefig.dpi": 10.0,
    }
    with mpl.rc_context(odd):  # type: ignore[arg-type]
        kept = dict(mpl.rcParams)
        assert overview_chart("flights", flights()).png == before
        assert dict(mpl.rcParams) == kept


def test_a_chart_is_drawn_without_pyplot_without_figures_and_without_the_engine() -> None:
    code = (
        "import sys; from model_checks.report.charts import overview_chart\n"
        "assert overview_chart('m', []).png\n"
        "print(sorted({'matplotlib.pyplot', 'matplotlib.figure', 'duckdb'} & set(sys.modules)))"
    )
    command = [sys.executable, "-W", "error::UserWarning", "-c", code]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout == "[]\n"
