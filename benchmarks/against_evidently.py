"""Logged rows, five metrics, thresholds and a report: this project against evidently.

    python benchmarks/against_evidently.py --rows 10000000

Both read the same Parquet file, hold the same five metrics against a bound and write an HTML page,
each as a whole process; this project also computes an interval for each. Evidently gets an
environment of its own, made on the first run: it does not work with pandas 3. That the two find the
same five values is checked before anything is compared.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from agreement import refuse_different
from timing import REPOSITORY, in_turn, ratio_of_peaks, ratio_of_times, tell
from watched import judging_command, write_log, write_thresholds

ROWS = 1_000_000
MOST = {1_000_000: (1 / 4, 1.0), 10_000_000: (1 / 18, 1 / 3)}
"""The highest ratios of time and of peak memory, from each number of rows on."""

SAME = 1e-6
EVIDENTLY = "0.7.23"
REQUIRED = (f"evidently=={EVIDENTLY}", "pandas<3", "pyarrow")
PACKAGES = ("pytest", "pytest-html", "duckdb", "matplotlib")


def main(runs: int, rows: int, environment: Path) -> int:
    """Run, print the table, and return the exit code."""
    python = evidently_python(environment)
    side = REPOSITORY / "benchmarks" / "evidently_side.py"
    with TemporaryDirectory(prefix="model-checks-evidently-") as name:
        folder = Path(name)
        log = folder / "log.parquet"
        write_log(log, rows)
        write_thresholds(folder, log)
        written = [str(folder / file) for file in ("theirs.html", "theirs.json")]
        commands = {
            "ours": judging_command(folder),
            "theirs": [str(python), str(side), str(log), *written],
        }
        costs = in_turn(commands, runs, folder / "bytecode")
        refuse_different(folder / "report" / "results.json", folder / "theirs.json", SAME)
        sizes = [(folder / page).stat().st_size for page in ("report/report.html", "theirs.html")]
    ours, theirs = costs["ours"], costs["theirs"]
    most_time, most_memory = MOST[max([min(MOST), *(size for size in MOST if size <= rows)])]
    code = tell(
        [
            ratio_of_times(f"{rows:,} rows / evidently, wall time", ours, theirs, most_time),
            ratio_of_peaks(f"{rows:,} rows / evidently, peak memory", ours, theirs, most_memory),
        ],
        PACKAGES,
    )
    print(f"against {versions_in(python)}")
    print(f"report: {sizes[0] / sizes[1]:.2f} of the size of evidently's")
    return code


def evidently_python(environment: Path) -> Path:
    """Return the interpreter of evidently's environment; make it if the folder is not there.

    Raises
    ------
    SystemExit
        If the environment can't be made, or has another evidently.
    """
    python = environment / "bin" / "python"
    if not environment.exists():
        print(f"making {environment} with {', '.join(REQUIRED)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *REQUIRED]
        if subprocess.run(install, check=False).returncode:
            raise SystemExit(f"evidently could not be installed; remove {environment} to try again")
    if not python.exists() or f"evidently {EVIDENTLY}," not in versions_in(python):
        raise SystemExit(f"{environment} has no evidently {EVIDENTLY}; remove it or name another")
    return python


def versions_in(python: Path) -> str:
    """Return the versions of evidently's environment that figures depend on; empty if missing."""
    asked = "evidently", "pandas", "scikit-learn"
    code = (
        "from importlib.metadata import version; "
        f"print(', '.join(f'{{name}} {{version(name)}}' for name in {asked!r}))"
    )
    told = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return told.stdout.strip()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Logged rows, against evidently.")
    parser.add_argument("--runs", type=int, default=5, help="rounds that count; default: 5")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"default: {ROWS:,}")
    parser.add_argument(
        "--environment",
        type=Path,
        default=REPOSITORY / ".venv-evidently",
        help="evidently's; made if it is not there; default: .venv-evidently in the repository",
    )
    given = parser.parse_args()
    sys.exit(main(given.runs, given.rows, given.environment.absolute()))
