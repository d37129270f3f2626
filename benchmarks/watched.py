"""A log to be judged, with its thresholds, and the command that judges it."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from timing import REPOSITORY, run

METRICS = ("accuracy", "precision", "recall", "f1", "roc_auc")
BOUND = 0.65
"""A bound that all metrics meet: a failure would be drawn and traced, which is another cost."""

_PLUGINS = ("model-checks", "pytest-html", "pytest-metadata", "pytest-xdist")

_MODEL = """\
[models.log]
task       = "binary"
target     = "label"
prediction = "prediction"
score      = "score"
"""


@dataclass(frozen=True)
class Segmentation:
    """A segmentation of the log, by its number, with how many values to list; None for all."""

    number: int
    values: int | None = None


def write_log(log: Path, rows: int, segments: Sequence[int] = ()) -> None:
    """Write a log with so many values in each segmentation, unless it is there."""
    if not log.exists():
        maker = REPOSITORY / "benchmarks" / "prediction_log.py"
        values = [str(number) for number in segments]
        run([sys.executable, str(maker), str(rows), str(log), "--segments", *values])


def write_thresholds(
    folder: Path,
    log: Path,
    segmentations: Sequence[Segmentation] = (),
    memory_limit: str | None = None,
) -> None:
    """Write ``thresholds.toml``: five thresholds, and five more for each segmentation."""
    agreed = [f"{metric} = {BOUND}" for metric in METRICS]
    engine = f"[engine]\nmemory_limit = {json.dumps(memory_limit)}\n\n" if memory_limit else ""
    text = f"{engine}{_MODEL}data       = {json.dumps(str(log))}\n"
    text += "\n[models.log.thresholds]\n" + "\n".join(agreed) + "\n"
    for one in segmentations:
        text += f'\n[[models.log.segments]]\nby = "segment_{one.number}"\n'
        if one.values is not None:
            values = [f"segment {value}" for value in range(one.values)]
            text += f"values = {json.dumps(values)}\n"
        text += f"thresholds = {{ {', '.join(agreed)} }}\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "thresholds.toml").write_text(text)


def pytest_command(folder: Path, *options: str) -> list[str]:
    """Return the command of pytest as the repository configures it, its cache out of the way.

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
    """Return the command that judges by a folder's thresholds, with the report in ``report``."""
    return pytest_command(
        folder,
        "model_checks",
        f"--checks-file={folder / 'thresholds.toml'}",
        f"--checks-report-dir={folder / 'report'}",
        *options,
    )
