"""The bar on a terminal while a model is called: seen in a pseudo-terminal, with pytest in it."""

import os
import re
import sys
from pathlib import Path

import pexpect
import pytest
from support.project import PACKAGE, REPOSITORY, TIMEOUT
from support.sample_data import python_module, settings_of

from model_checks.plugin.progress import progress_text

# Whole sessions on a terminal of their own, each of several seconds.
pytestmark = pytest.mark.slow

DRAWN = re.compile(r"\r?\n\r([^\x1b\r\n]*)\x1b\[K\x1b\[A\x1b\[(\d+)G")
SLOW = """
import time

class Model:
    feature_names_in_ = ["x"]
    def predict(self, frame):
        print("a word of the model")
        time.sleep(0.4)
        return frame.x
model = Model()
"""


def seen(folder: Path, *options: str, model: str = SLOW, logged: bool = False) -> str:
    """What a terminal of 80 columns is sent while pytest runs in it."""
    columns = {"y": [0, 1] * 100_000, "x": [0, 1] * 100_000}
    named = {"prediction": "x"} if logged else {"model": python_module(folder, model)}
    settings_of(folder, columns, **named)
    arguments = [
        "-m",
        "pytest",
        *PACKAGE,
        "-p",
        "no:cacheprovider",
        "--checks-charts=none",
        *options,
    ]
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    paths = {"PYTHONPATH": str(REPOSITORY), "PYTEST_PLUGINS": "model_checks.plugin"}
    terminal: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        arguments,
        cwd=str(folder),
        env=kept | paths | {"TERM": "xterm", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=TIMEOUT,
    )
    text: str = terminal.read()
    terminal.close()
    return text


def test_a_bar_tells_rows_rate_and_time_left_and_goes(tmp_path: Path) -> None:
    text = seen(tmp_path)
    *drawn, (last, _) = DRAWN.findall(text)
    assert drawn
    for line, _ in drawn:
        assert re.match(
            r"m +\d+ %  [\d,]+ of 200,000 rows  [\d,]+/s  \d+:\d\d:\d\d left  \[=*", line
        )
        assert len(line) < 80
    assert last == ""
    written = DRAWN.sub("", text)
    assert "test_thresholds.py ." in written
    assert "rows/s" not in written
    assert "a word of the model" not in text  # captured before and after the bar was drawn


@pytest.mark.parametrize("verbose", [False, True])
def test_pytest_goes_on_where_it_was(tmp_path: Path, verbose: bool) -> None:
    text = seen(tmp_path, *(["-v"] if verbose else []))
    for match in DRAWN.finditer(text):
        line = DRAWN.sub("", text[: match.start()]).splitlines()[-1]
        assert int(match[2]) == len(line) % 80 + 1


@pytest.mark.parametrize(
    "options", [["-q"], ["-s"], ["-n", "1"], ["-p", "no:terminal"]], ids=" ".join
)
def test_there_is_no_bar(tmp_path: Path, options: list[str]) -> None:
    assert not DRAWN.search(seen(tmp_path, *options))


def test_logged_predictions_have_no_bar(tmp_path: Path) -> None:
    assert not DRAWN.search(seen(tmp_path, logged=True))


def test_the_bar_goes_where_the_model_fails(tmp_path: Path) -> None:
    failing = SLOW.replace(
        "return frame.x",
        "Model.calls = getattr(Model, 'calls', 0) + 1; return "
        "frame.x if Model.calls < 4 else 1 / 0",
    )
    text = seen(tmp_path, model=failing)
    assert [line for line, _ in DRAWN.findall(text)][-1] == ""
    assert "ZeroDivisionError" in text


@pytest.mark.parametrize("width", [0, 20, 60, 79, 200])
def test_the_line_fits(width: int) -> None:
    assert len(progress_text("a_long_name_of_a_model", 5, 123_456_789, 3.0, width)) <= width
