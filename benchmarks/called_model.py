"""The cost of calling a model in batches and judging its answers, beside one call on one frame.

    python benchmarks/called_model.py

The flights of examples/flights, repeated up to as many as the year 2013 had, and the scikit-learn
pipeline of that example. With ``decision_threshold``, ``predict_proba`` alone is called on both
sides; without, ``predict`` is called as well.
"""

import argparse
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from timing import REPOSITORY, in_turn, ratio_of_peaks, ratio_of_times, run, tell
from watched import judging_command

ROWS = 336_776
MOST_TIME, MOST_MEMORY = 1.2, 1.0
PACKAGES = ("pytest", "pytest-html", "duckdb", "pyarrow", "pandas", "scikit-learn", "skops")
_SIDE = str(REPOSITORY / "benchmarks" / "called_side.py")
_FLIGHTS = REPOSITORY / "examples" / "flights"

_SETTINGS = """\
[models.flight_delay]
task   = "binary"
data   = "flights.parquet"
target = "late"
{threshold}

[models.flight_delay.model]
skops         = "flight_delay.skops"
trusted_types = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]

[models.flight_delay.thresholds]
f1      = 0.3
roc_auc = 0.5
"""


def main(runs: int, rows: int) -> int:
    """Run, print the table, and return the exit code."""
    with TemporaryDirectory(prefix="model-checks-called-") as name:
        scores, both = Path(name) / "scores", Path(name) / "both"
        write_case(scores, rows, "decision_threshold = 0.5")
        write_case(both, rows, "")
        side = [sys.executable, _SIDE, "call"]
        commands = {
            "predict_proba": [*side, str(scores), "predict_proba"],
            "checks by scores": judging_command(scores, "--checks-charts=none"),
            "both methods": [*side, str(both), "predict", "predict_proba"],
            "checks": judging_command(both, "--checks-charts=none"),
        }
        costs = in_turn(commands, runs, Path(name) / "bytecode")
    return tell(
        [
            ratio_of_times(
                "checks / predict_proba on one frame, wall time",
                costs["checks by scores"],
                costs["predict_proba"],
                MOST_TIME,
            ),
            ratio_of_times(
                "checks / predict and predict_proba on one frame, wall time",
                costs["checks"],
                costs["both methods"],
                MOST_TIME,
            ),
            ratio_of_peaks(
                "checks / predict and predict_proba on one frame, peak memory",
                costs["checks"],
                costs["both methods"],
                MOST_MEMORY,
            ),
        ],
        PACKAGES,
    )


def write_case(folder: Path, rows: int, threshold: str) -> None:
    """Write the model, the flights repeated to so many rows, and two thresholds."""
    folder.mkdir()
    shutil.copy(_FLIGHTS / "flight_delay.skops", folder)
    run([sys.executable, _SIDE, "write", str(folder), str(rows)])
    (folder / "thresholds.toml").write_text(_SETTINGS.format(threshold=threshold))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A model called in batches, and on one frame.")
    parser.add_argument("--runs", type=int, default=5, help="rounds that count; default: 5")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"default: {ROWS:,}")
    given = parser.parse_args()
    sys.exit(main(given.runs, given.rows))
