"""A log to be judged, with its thresholds, and the command that judges it."""

import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

from timing import REPOSITORY, run

METRICS = ("accuracy", "precision", "recall", "f1", "roc_auc")
BOUND = 0.65
"""Missed by none of the metrics: a failure would be drawn and traced, which is another cost."""

_PLUGINS = ("model-checks", "pytest-html", "pytest-metadata", "pytest-xdist")

_MODEL = """\
[models.log]
task       = "binary"
data       = "log.parquet"
target     = "label"
prediction = "prediction"
score      = "score"
"""
_SEGMENTS = """
[[models.log.segments]]
by         = "segment"
"""


def write_case(folder: Path, rows: int, *, segments: bool) -> None:
    """Write ``log.parquet`` and ``thresholds.toml``: five thresholds, and five more by segment."""
    maker = REPOSITORY / "benchmarks" / "prediction_log.py"
    run([sys.executable, str(maker), str(rows), str(folder / "log.parquet")])
    agreed = "\n".join(f"{metric} = {BOUND}" for metric in METRICS)
    text = f"{_MODEL}\n[models.log.thresholds]\n{agreed}\n"
    if segments:
        by_segment = ", ".join(f"{metric} = {BOUND}" for metric in METRICS)
        text += f"{_SEGMENTS}thresholds = {{ {by_segment} }}\n"
    (folder / "thresholds.toml").write_text(text)


def pytest_command(folder: Path, *options: str) -> list[str]:
    """Pytest as it is configured in the repository, with its cache out of the way.

    Plugins that happen to be installed beside ours are left out: some of them take longer to
    start than pytest, and would make whatever is compared with it look quick.
    """
    plugins = entry_points(group="pytest11")
    others = [one.name for one in plugins if one.dist and one.dist.name.lower() not in _PLUGINS]
    return [
        *(sys.executable, "-m", "pytest", "-c", str(REPOSITORY / "pytest.ini")),
        *("-o", f"cache_dir={folder / 'cache'}"),
        *(f"-pno:{name}" for name in others),
        *options,
    ]


def judging_command(folder: Path, *options: str) -> Sequence[str]:
    """Judge the log of a folder; the report goes to ``report`` in it."""
    return pytest_command(
        folder,
        "model_checks",
        f"--thresholds={folder / 'thresholds.toml'}",
        f"--report-dir={folder / 'report'}",
        *options,
    )
