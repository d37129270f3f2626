"""The cost of a small run beside pytest itself: whole processes, one after the other.

    python benchmarks/startup.py

Three commands take turns: pytest on a test that does nothing, with the same plugins; the checks of
a log of 10,000 rows without charts; and the same with the overview chart. There are ten thresholds,
five on all rows and five by segment, and all pass.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from timing import in_turn, ratio_of_times, tell
from watched import Segmentation, judging_command, pytest_command, write_log, write_thresholds

ROWS, SEGMENTS = 10_000, 4
MOST_WITHOUT_CHARTS, MOST_WITH_OVERVIEW = 2.5, 5.0
PACKAGES = ("pytest", "pytest-html", "pytest-xdist", "duckdb", "pydantic", "numpy", "matplotlib")


def main(runs: int) -> int:
    """Run, print the table, and return the exit code."""
    with TemporaryDirectory(prefix="model-checks-startup-") as name:
        folder = Path(name)
        log = folder / "log.parquet"
        write_log(log, ROWS, [SEGMENTS])
        write_thresholds(folder, log, [Segmentation(1)])
        test = folder / "test_nothing.py"
        test.write_text("def test_nothing() -> None:\n    pass\n")
        report = (f"--html={folder / 'nothing.html'}", "--self-contained-html")
        commands = {
            "nothing": pytest_command(folder, "-p", "model_checks.plugin", *report, str(test)),
            "no charts": judging_command(folder, "--checks-charts=none"),
            "overview": judging_command(folder),
        }
        costs = in_turn(commands, runs, folder / "bytecode")
    empty = costs["nothing"]
    return tell(
        [
            ratio_of_times(
                "a small log without charts / an empty test, time",
                costs["no charts"],
                empty,
                MOST_WITHOUT_CHARTS,
            ),
            ratio_of_times(
                "a small log with the overview / an empty test, time",
                costs["overview"],
                empty,
                MOST_WITH_OVERVIEW,
            ),
        ],
        PACKAGES,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What a small run costs beside pytest itself.")
    parser.add_argument("--runs", type=int, default=11, help="rounds that count; default: 11")
    sys.exit(main(parser.parse_args().runs))
