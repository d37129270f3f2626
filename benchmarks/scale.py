"""The growth of the cost of judging with the rows, with the segmentations, with the checks.

    python benchmarks/scale.py rows
    python benchmarks/scale.py segmentations
    python benchmarks/scale.py checks

The logs are in a temporary folder; with ``--folder`` they are kept, and used again.
"""

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from agreement import refuse_different
from timing import (
    REPOSITORY,
    Figure,
    difference_of_times,
    in_turn,
    ratio_of_times,
    run,
    tell,
)
from watched import Segmentation, judging_command, write_log, write_thresholds

FEW_ROWS = 10_000
MEMORY_LIMIT, MOST_MEMORY = "2GB", 3e9
MOST_OVER_LINEAR = 1.3
MOST_FOR_ANOTHER = 4 / 3
MOST_SECONDS = 2.0
SAME = 1e-12
PACKAGES = ("pytest", "pytest-html", "duckdb", "numpy", "matplotlib")


def rows(folder: Path, cases: Path, runs: int, most: int) -> list[Figure]:
    """Time ten times the rows, in 20 segments, in bounded memory, and hold values to the truth.

    The time of a log of few rows is subtracted from both: starting up does not grow, and would make
    the growth look less than linear.
    """
    sizes = {"start": FEW_ROWS, "tenth": most // 10, "whole": most}
    commands = {}
    for name, size in sizes.items():
        log = folder / f"log-{size}-20.parquet"
        write_log(log, size, [20])
        write_thresholds(cases / name, log, [Segmentation(1)], MEMORY_LIMIT)
        commands[name] = judging_command(cases / name)
        _find_truth(log)
    costs = in_turn(commands, runs, cases / "bytecode")
    for name, size in sizes.items():
        truth = folder / f"log-{size}-20.json"
        refuse_different(cases / name / "report" / "results.json", truth, SAME)
    times = ([cost.seconds for cost in costs[name]] for name in sizes)
    growth = [
        (whole - start) / (most / (most // 10)) / (tenth - start)
        for start, tenth, whole in zip(*times, strict=True)
    ]
    peaks = [cost.peak / MOST_MEMORY for cost in costs["whole"]]
    return [
        Figure(f"{most // 10:,} to {most:,} rows, time / linear", growth, MOST_OVER_LINEAR),
        Figure(f"{most:,} rows, peak memory / {MOST_MEMORY / 1e9:g} GB", peaks, 1.0),
    ]


def _find_truth(log: Path) -> None:
    truth = log.with_suffix(".json")
    if not truth.exists():
        run([sys.executable, str(REPOSITORY / "benchmarks" / "truth.py"), str(log), str(truth)])


def segmentations(folder: Path, cases: Path, runs: int, size: int) -> list[Figure]:
    """Time one, two and three segmentations of 20 values on the same rows."""
    log = folder / f"log-{size}-20-20-20.parquet"
    write_log(log, size, [20, 20, 20])
    names = ("one", "two", "three")
    commands = {}
    for last, name in enumerate(names, 1):
        write_thresholds(cases / name, log, [Segmentation(k) for k in range(1, last + 1)])
        commands[name] = judging_command(cases / name)
    costs = in_turn(commands, runs, cases / "bytecode")
    for last, name in enumerate(names, 1):
        _refuse_other_number(cases / name, 5 + 100 * last)
    one, two, three = (costs[name] for name in names)
    return [
        ratio_of_times(
            f"{size:,} rows in two segmentations / in one, time", two, one, MOST_FOR_ANOTHER
        ),
        ratio_of_times(
            f"{size:,} rows in three segmentations / in two, time", three, two, MOST_FOR_ANOTHER
        ),
    ]


def checks(folder: Path, cases: Path, runs: int, size: int) -> list[Figure]:
    """Time ten checks and a thousand, on all rows and in listed values of a segmentation of 200."""
    log = folder / f"log-{size}-200.parquet"
    write_log(log, size, [200])
    commands = {}
    listed = {"few": 1, "many": 199}
    for name, values in listed.items():
        write_thresholds(cases / name, log, [Segmentation(1, values)])
        commands[name] = judging_command(cases / name)
    costs = in_turn(commands, runs, cases / "bytecode")
    for name, values in listed.items():
        _refuse_other_number(cases / name, 5 + 5 * values)
    name = f"1,000 checks of {size:,} rows less 10 checks, seconds"
    return [difference_of_times(name, costs["many"], costs["few"], MOST_SECONDS)]


def _refuse_other_number(case: Path, number: int) -> None:
    """Stop if there were more or fewer checks than are to be compared."""
    made = len(json.loads((case / "report" / "results.json").read_text())["checks"])
    if made != number:
        raise SystemExit(f"{made:,} checks were made, {number:,} are to be compared")


WORK = {
    "rows": (rows, 100_000_000),
    "segmentations": (segmentations, 10_000_000),
    "checks": (checks, 10_000_000),
}


def main(work: str, runs: int, size: int | None, folder: Path | None) -> int:
    """Run, print the table, and return the exit code."""
    compared, usual = WORK[work]
    size = size or usual
    with TemporaryDirectory(prefix="model-checks-scale-") as name:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        figures = compared((folder or Path(name)).absolute(), Path(name), runs, size)
    return tell(figures, PACKAGES)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="How the cost of judging grows.")
    parser.add_argument("work", choices=WORK)
    parser.add_argument("--runs", type=int, default=3, help="rounds that count; default: 3")
    parser.add_argument(
        "--rows", type=int, help="default: 100,000,000 for rows, 10,000,000 for the others"
    )
    parser.add_argument("--folder", type=Path, help="where to keep the logs; default: they go")
    given = parser.parse_args()
    sys.exit(main(given.work, given.runs, given.rows, given.folder))
