"""Peak memory, each time of a process of its own, does not grow with the rows."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from support.sample_data import python_module, settings_of

MODEL = """
import numpy as np
class Model:
    feature_names_in_ = ["x", "c"]
    classes_ = [0, 1]
    def predict(self, frame):
        return (frame.x > 0.5).astype(int)
    def predict_proba(self, frame):
        return np.column_stack([1 - frame.x, frame.x])
model = Model()
"""
MEASURE = """
import sys
from pathlib import Path
from model_checks.pipeline import judge
from model_checks.settings import load_settings
run = judge(load_settings(Path(sys.argv[1])))
assert [facts.error for facts in run.models.values()] == [None], run.models
[peak] = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(int(peak.split()[1]))
"""


def peak_megabytes(folder: Path, rows: int, metric: str) -> float:
    """The largest resident set while so many rows are judged, a fresh process's own."""
    folder.mkdir()
    settings_of(
        folder,
        model=python_module(folder, MODEL),
        thresholds={metric: 0.1},
        segments=[{"by": "c", "thresholds": {metric: 0.1}}],
    )
    text = (folder / "thresholds.toml").read_text()
    (folder / "thresholds.toml").write_text(f'[engine]\nmemory_limit = "128MB"\n{text}')
    duckdb.sql(
        f"copy (select range % 2 as y, (range * 7919 % 1000003) / 1000003.0 as x, 'carrier ' || "
        f"range % 5 as c from range({rows})) to '{folder / 'data.parquet'}' (format parquet)"
    )
    command = [sys.executable, "-c", MEASURE, str(folder / "thresholds.toml")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return int(told.stdout) / 1024


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize(
    ("metric", "few", "most"),
    # With fewer, what DuckDB may hold of them is not full yet.
    [("accuracy", 1_000_000, 1.1), ("roc_auc", 2_000_000, 1.15)],
)
def test_four_million_rows_need_no_more_memory(
    tmp_path: Path, metric: str, few: int, most: float
) -> None:
    before = peak_megabytes(tmp_path / "few", few, metric)
    assert peak_megabytes(tmp_path / "many", 4_000_000, metric) < before * most
