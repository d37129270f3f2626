"""Ten million logged rows, five metrics overall and in 20 segments, against scikit-learn.

    python benchmarks/against_sklearn.py

Ours is a whole process, from a Parquet file to the report, with an interval for each of the 105
values. Of scikit-learn's only the computing counts, of rows that are in memory already.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from agreement import refuse_different
from timing import REPOSITORY, Cost, in_turn, ratio_of_times, tell
from watched import Segmentation, judging_command, write_log, write_thresholds

ROWS, SEGMENTS = 10_000_000, 20
MOST_TIME = 1 / 4
SAME = 1e-9
PACKAGES = ("pytest", "pytest-html", "duckdb", "numpy", "matplotlib", "scikit-learn")


def main(runs: int, rows: int) -> int:
    """Run, print the table, and return the exit code."""
    side = REPOSITORY / "benchmarks" / "sklearn_side.py"
    with TemporaryDirectory(prefix="model-checks-sklearn-") as name:
        folder = Path(name)
        log, values, seconds = (folder / one for one in ("log.parquet", "theirs.json", "seconds"))
        write_log(log, rows, [SEGMENTS])
        write_thresholds(folder, log, [Segmentation(1)])
        commands = {
            "ours": judging_command(folder),
            "theirs": [sys.executable, str(side), str(log), str(values), str(seconds)],
        }
        costs = in_turn(commands, runs, folder / "bytecode")
        refuse_different(folder / "report" / "results.json", values, SAME)
        computing = _computing(costs["theirs"], seconds)
    name = f"{rows:,} rows in {SEGMENTS} segments / scikit-learn in memory, time"
    return tell([ratio_of_times(name, costs["ours"], computing, MOST_TIME)], PACKAGES)


def _computing(costs: Sequence[Cost], seconds: Path) -> list[Cost]:
    """Return the costs with the seconds of computing that the runs have written themselves."""
    told = [float(line) for line in seconds.read_text().splitlines()]
    counted = told[len(told) - len(costs) :]  # not the round that warmed up
    return [replace(cost, seconds=one) for cost, one in zip(costs, counted, strict=True)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Logged rows with segments, against scikit-learn.")
    parser.add_argument("--runs", type=int, default=5, help="rounds that count; default: 5")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"default: {ROWS:,}")
    given = parser.parse_args()
    sys.exit(main(given.runs, given.rows))
