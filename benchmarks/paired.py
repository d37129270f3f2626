"""Ten million logged rows: a model beside another on the same rows, and on as many other rows.

    python benchmarks/paired.py

Whole processes, from the files to the report: five metrics, and by how much each is worse.
"""

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from timing import REPOSITORY, in_turn, ratio_of_times, run, tell
from watched import BOUND, METRICS, judging_command

ROWS = 10_000_000
MOST_TIME = 3.0
MOST_OVER_ALONE = 6.0
PACKAGES = ("pytest", "pytest-html", "duckdb", "numpy", "matplotlib")

_MODEL = """\
[models.log]
task       = "binary"
target     = "label"
prediction = "prediction"
score      = "score"
"""


def main(runs: int, rows: int) -> int:
    """Run, print the table, and return the exit code."""
    maker = REPOSITORY / "benchmarks" / "prediction_log.py"
    with TemporaryDirectory(prefix="model-checks-paired-") as name:
        folder = Path(name)
        log, others = folder / "log.parquet", folder / "others.parquet"
        for path in (log, others):
            run([sys.executable, str(maker), str(rows), str(path), "--rival"])
        baselines = {
            "alone": "",
            "unpaired": f"data = {json.dumps(str(others))}",
            "paired": 'prediction = "rival_prediction"\nscore = "rival_score"',
        }
        commands = {}
        for case, baseline in baselines.items():
            _write_thresholds(folder / case, log, baseline)
            commands[case] = judging_command(folder / case)
        costs = in_turn(commands, runs, folder / "bytecode")
        for case, baseline in baselines.items():
            _refuse_other_number(folder / case, 10 if baseline else 5)
    alone, unpaired, paired = (costs[case] for case in baselines)
    return tell(
        [
            ratio_of_times(f"{rows:,} rows, paired / unpaired, time", paired, unpaired, MOST_TIME),
            ratio_of_times("the same / one model alone, time", paired, alone, MOST_OVER_ALONE),
        ],
        PACKAGES,
    )


def _write_thresholds(folder: Path, log: Path, baseline: str) -> None:
    degradation = ", max_degradation = 0.1" if baseline else ""
    agreed = "\n".join(f"{metric} = {{ min = {BOUND}{degradation} }}" for metric in METRICS)
    text = f"{_MODEL}data = {json.dumps(str(log))}\n\n[models.log.thresholds]\n{agreed}\n"
    text += f"\n[models.log.baseline]\n{baseline}\n" if baseline else ""
    folder.mkdir()
    (folder / "thresholds.toml").write_text(text)


def _refuse_other_number(case: Path, number: int) -> None:
    """Stop if not all of what is compared was judged."""
    checks = json.loads((case / "report" / "results.json").read_text())["checks"]
    passed = [one for one in checks if one["verdict"] == "PASS"]
    if len(passed) != number:
        raise SystemExit(f"{case.name}: {len(passed)} checks passed, {number} are to be compared")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A model beside another on the same rows.")
    parser.add_argument("--runs", type=int, default=3, help="rounds that count; default: 3")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"default: {ROWS:,}")
    given = parser.parse_args()
    sys.exit(main(given.runs, given.rows))
