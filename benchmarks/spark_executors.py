"""The same checks on the same rows in Spark, with one executor and with two: whole processes.

    python benchmarks/spark_executors.py

It needs Java 17 or newer (``JAVA_HOME``). Spark itself writes the rows. An executor is a process
with one thread, so the machine should have a core for each and some of another for the driver.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from timing import in_turn, ratio_of_times, run, tell
from watched import METRICS, judging_command

MOST = 0.9
MEMORY = 2048
PACKAGES = ("pytest", "pyspark", "sqlglot", "numpy")

_MODEL = """\
[models.log]
task       = "binary"
data       = {{ spark = "local-cluster[{executors},1,{memory}]", files = "../log" }}
target     = "label"
prediction = "prediction"
score      = "score"
thresholds = {{ {agreed} }}

[[models.log.segments]]
by         = "segment"
thresholds = {{ {agreed} }}
"""


def write_log(rows: int, path: Path) -> None:
    """Have Spark write the columns of ``prediction_log.py``, in a folder of 16 files."""
    from pyspark.sql import SparkSession

    with (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .getOrCreate() as spark
    ):
        drawn = spark.range(rows, numPartitions=16).selectExpr(
            "rand(42) as score", "rand(43) as draw", "id % 20 as part"
        )
        drawn.selectExpr(
            "cast(draw < score as int) as label",
            "cast(score >= 0.5 as int) as prediction",
            "score",
            "concat('segment ', part) as segment",
        ).write.parquet(str(path))


def write_case(folder: Path, executors: int) -> Path:
    """Write ``thresholds.toml`` into a folder of its own, and return that."""
    case = folder / str(executors)
    case.mkdir()
    agreed = ", ".join(f"{metric} = 0.65" for metric in METRICS)
    text = _MODEL.format(executors=executors, memory=MEMORY, agreed=agreed)
    (case / "thresholds.toml").write_text(text)
    return case


def main(rows: int, runs: int) -> int:
    """Run, print the table, and return the exit code."""
    with TemporaryDirectory(prefix="model-checks-spark-") as name:
        folder = Path(name)
        run([sys.executable, __file__, f"--rows={rows}", f"--write={folder / 'log'}"])
        commands = {
            executors: judging_command(write_case(folder, int(executors)), "--checks-charts=none")
            for executors in ("1", "2")
        }
        costs = in_turn(commands, runs, folder / "bytecode")
    ratio = ratio_of_times("two executors / one", costs["2"], costs["1"], MOST)
    return tell([ratio], PACKAGES)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="One Spark executor against two.")
    parser.add_argument("--rows", type=int, default=30_000_000, help="default: 30,000,000")
    parser.add_argument("--runs", type=int, default=3, help="rounds that count; default: 3")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        write_log(given.rows, given.write)
    else:
        sys.exit(main(given.rows, given.runs))
