"""Two thousand mutants of a sound thresholds.toml: told in short sentences, or judged."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.mutants import mutant
from support.project import Project

from model_checks.errors import SettingsError
from model_checks.judging.results import Run
from model_checks.notify.email.message import compose
from model_checks.pipeline import judge
from model_checks.report.page import summary_html
from model_checks.settings import parse_settings
from model_checks.store.results_json import run_as_json

SOUND = """
[email]
sender_email = "Checks <checks@example.com>"
receiver_email = ["a@example.com", "b@example.com"]
smtp_host = "smtp.example.com"
smtp_port = 587
security = "starttls"
username = "me"
password_env = "NO_SUCH_PASSWORD"
report_url = "https://ci.example.com/reports"
timeout = 30
[engine]
memory_limit = "500MB"
threads = 1
temp_directory = "large"
[defaults]
as_of = 2013-05-01
confidence = 0.95
rule = "estimate"
min_rows = 20
correction = "holm"
[models.churn]
task = "binary"
data = "log.parquet"
target = "left"
prediction = "predicted"
score = "p"
positive_label = 1
time_column = "at"
window = "30d"
weight = "w"
confidence = 0.9
min_rows = 10
[models.churn.thresholds]
accuracy = 0.5
recall = { min = 0.5, warn = 0.6, rule = "tolerant" }
fbeta = { min = 0.4, beta = 2, confidence = 0.8 }
roc_auc = { min = 0.4, max_degradation = 0.1, min_rows = 5 }
log_loss = { max = 2.5, warn = 2.0 }
profit = { metric = "scoring:profit", min = -5.0, seed = 3, max_rows = 1000 }
[[models.churn.segments]]
by = "plan"
min_rows = 10
max_segments = 10
thresholds = { recall = 0.3, precision = { min = 0.2, max_degradation = "30%" } }
max_gap = { recall = 0.9, f1 = { max = 0.9, rule = "confident" } }
[[models.churn.segments]]
by = ["plan", "region"]
values = [["basic", 1], ["family", 2]]
thresholds = { accuracy = 0.2 }
[models.churn.baseline]
prediction = "other"
score = "q"
[models.prices]
task = "regression"
data = "log.parquet"
target = "paid"
model = { python = "scoring:model" }
features = ["p", "q"]
[models.prices.thresholds]
mae = { max = 2.0, max_degradation = 1 }
mean_error = 2.0
r2 = { min = -5.0, average = "x" }
[models.prices.baseline]
data = "log.parquet"
window = "5d"
as_of = 2013-04-20
[models.kinds]
task = "multiclass"
data = { files = "log.csv" }
target = "plan"
prediction = "guess"
score = { basic = "p", family = "q" }
[models.kinds.thresholds]
f1 = { min = 0.2, average = "macro" }
brier = 2.0
"""
SOUND = SOUND.replace(', average = "x"', "").replace(
    'target = "paid"', 'target = "paid"\ntime_column = "at"\nwindow = "10d"'
)
SCORING = """
import numpy as np

def profit(y_true, y_pred, weight=None):
    return float(np.average(np.where(y_pred == y_true, 1.0, -1.0), weights=weight))

class Model:
    def predict(self, frame):
        return frame["p"].to_numpy() * 2

model = Model()
"""
FEW, MANY, WHOLE = 24, 2000, 20


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which the sound file passes."""
    folder = tmp_path_factory.mktemp("mutants")
    (folder / "large").mkdir()
    rows = range(120)
    columns: dict[str, list[object]] = {
        "left": [k % 2 for k in rows],
        "predicted": [k % 2 if k % 5 else 1 - k % 2 for k in rows],
        "other": [k % 2 if k % 4 else 1 - k % 2 for k in rows],
        "p": [0.3 + k % 2 * 0.4 - k % 5 * 0.02 for k in rows],
        "q": [0.7 - k % 2 * 0.4 + k % 5 * 0.02 for k in rows],
        "w": [1.0 + k % 3 for k in rows],
        "plan": ["basic" if k % 4 < 2 else "family" for k in rows],
        "guess": ["basic" if k % 3 < 2 else "family" for k in rows],
        "region": [1 + k % 2 for k in rows],
        "paid": [k % 2 + k % 7 * 0.1 for k in rows],
        "at": [datetime(2013, 4, 2 + k % 28, 12, tzinfo=UTC) for k in rows],
    }
    project = Project(folder).log("log.parquet", columns).write("scoring.py", SCORING)
    lines = [
        ",".join(columns),
        *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True)),
    ]
    project.write("log.csv", "\n".join(lines) + "\n")
    return folder


def assert_told(mistakes: Sequence[str]) -> None:
    assert mistakes
    for line in mistakes:
        assert line.startswith("thresholds.toml: ")
        assert len(line) <= 2_000
        assert len(line.splitlines()) == 1


def told(run: Run) -> Iterator[str]:
    """All that a run says of its checks."""
    yield from (result.message for result in run.results)
    yield from (*run.notes, *run.left_out)


def assert_told_or_judged(content: bytes, folder: Path) -> str:
    """Assert that nothing else becomes of a file; which of the two it was."""
    try:
        settings = parse_settings(content, folder / "thresholds.toml")
        run = judge(settings)
    except SettingsError as error:
        assert_told(error.mistakes)
        return "told"
    assert len(run.results) == run.planned > 0
    for line in told(run):
        assert 0 < len(line) <= 3_000, line[:500]
    json.loads(run_as_json(run))
    compose(run, [], settings.email, "report.html")
    summary_html(run, [], "report.html")
    return "judged"


def test_the_sound_file_is_judged(place: Path) -> None:
    run = judge(parse_settings(SOUND.encode(), place / "thresholds.toml"))
    assert {result.verdict.value for result in run.results} <= {"PASS", "WARN"}, [*told(run)]


@pytest.mark.parametrize(
    "seeds",
    [range(FEW), pytest.param(range(FEW, MANY), marks=pytest.mark.slow)],
    ids=["few", "many"],
)
def test_a_mutant_is_told_or_judged(place: Path, seeds: range) -> None:
    outcomes = []
    for seed in seeds:
        try:
            outcomes.append(assert_told_or_judged(mutant(SOUND, seed), place))
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
    for outcome in ("told", "judged"):
        assert outcomes.count(outcome) > len(seeds) / 12


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(MANY, MANY + WHOLE))
def test_a_session_on_a_mutant_ends_in_order(place: Path, seed: int) -> None:
    (place / "thresholds.toml").write_bytes(mutant(SOUND, seed))
    finished = Project(place).run("--checks-no-email")
    assert finished.exit_code in (0, 1, 4, 5), finished.text
    assert "Traceback" not in finished.text
    assert "INTERNALERROR" not in finished.text
    if finished.exit_code in (0, 1):
        assert len(finished.checks) == finished.results["run"]["planned"]
    else:
        assert "thresholds.toml" in finished.text
