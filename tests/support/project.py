"""Somebody else's project: a thresholds.toml beside logged predictions, and pytest run in it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
from pyarrow import parquet

REPOSITORY = Path(__file__).parents[2]
TIMEOUT = 60.0
PACKAGE = ("--pyargs", "model_checks")

CHURN = """
[models.churn]
task = "binary"
data = "churn.parquet"
target = "left"
prediction = "predicted"
score = "p"
thresholds = { accuracy = 0.7, recall = 0.7 }
"""

PRICES = """
[models.prices]
task = "regression"
data = "prices.parquet"
target = "paid"
prediction = "predicted"
thresholds = { mae = 2 }
"""


class _Markup(HTMLParser):
    """The tags and the text of a piece of HTML, as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: dict[str, str] = {}
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name: value or "" for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@dataclass(frozen=True)
class Finished:
    """What a session has left: how it ended, what it printed, and the files it wrote."""

    exit_code: int
    text: str
    folder: Path
    report_dir: Path

    @cached_property
    def results(self) -> dict[str, Any]:
        """``results.json``."""
        document: dict[str, Any] = json.loads((self.report_dir / "results.json").read_bytes())
        return document

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """The checks of ``results.json`` by id, in its order."""
        return {check["id"]: check for check in self.results["checks"]}

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each check."""
        return {name: check["verdict"] for name, check in self.checks.items()}

    @property
    def lines(self) -> list[str]:
        """The terminal's lines."""
        return self.text.splitlines()

    @property
    def section(self) -> list[str]:
        """The lines of our own section in the terminal."""
        starts = [k for k, line in enumerate(self.lines) if line.strip("= ") == "model checks"]
        assert len(starts) == 1, self.text
        after = self.lines[starts[0] + 1 :]
        return after[: next(k for k, line in enumerate(after) if line.startswith(("=", "-")))]

    def junit(self, file: str = "junit.xml") -> dict[str, ElementTree.Element]:
        """The test cases of JUnit's XML by name."""
        tree = ElementTree.parse(self.folder / file)
        return {case.attrib["name"]: case for case in tree.iter("testcase")}

    def report(self, file: str = "") -> str:
        """The page as written: ours, or another file of the folder."""
        path = self.folder / file if file else self.report_dir / "report.html"
        return path.read_text("utf-8")

    def report_data(self, file: str = "") -> dict[str, Any]:
        """What the page's script draws its rows from."""
        data: dict[str, Any] = json.loads(_Markup(self.report(file)).attributes["data-jsonblob"])
        return data

    def report_rows(self, file: str = "") -> list[dict[str, Any]]:
        """The rows of the page."""
        return [row for rows in self.report_data(file)["tests"].values() for row in rows]


def tags_in(html: str) -> list[str]:
    """The elements that a browser makes of a text."""
    return _Markup(html).tags


def handlers_in(html: str) -> list[str]:
    """The attributes by which an element would run a script."""
    return [name for name in _Markup(html).attributes if name.startswith("on")]


def text_in(html: str) -> str:
    """The text that a browser shows of it."""
    return _Markup(html).text


@dataclass(frozen=True)
class Project:
    """A folder in which pytest can be run.

    Attributes
    ----------
    path
        Where Python finds model_checks: the repository, or where it was installed.
    """

    folder: Path
    path: Path = REPOSITORY

    def write(self, name: str, text: str) -> "Project":
        """Write a file."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, "utf-8")
        return self

    def toml(self) -> str:
        """What was agreed."""
        return (self.folder / "thresholds.toml").read_text("utf-8")

    def log(self, name: str, columns: Mapping[str, Sequence[object]]) -> "Project":
        """Write logged predictions as Parquet."""
        parquet.write_table(pa.table(dict(columns)), self.folder / name)
        return self

    def command(self, *arguments: str) -> list[str]:
        """Run pytest; from the repository, the plugin has to be named since nobody installed it."""
        named = ["-p", "model_checks.plugin"] if self.path == REPOSITORY else []
        return [sys.executable, "-m", "pytest", *named, *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        """This process's own without what pytest reads, and a place for temporary files."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        self.temporary.mkdir(exist_ok=True)
        path = f"{self.path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}".strip(os.pathsep)
        return {**kept, "PYTHONPATH": path, "TMPDIR": str(self.temporary), "COLUMNS": "200", **more}

    @property
    def temporary(self) -> Path:
        """Where the session puts temporary files."""
        return self.folder / "tmp"

    def left_behind(self) -> list[str]:
        """What of ours is still there among the temporary files."""
        return sorted(path.name for path in self.temporary.glob("model-checks*"))

    def pytest(self, *arguments: str, **environment: str) -> Finished:
        """Run pytest in the folder."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        given = [
            one.partition("=")[2] for one in arguments if one.startswith("--checks-report-dir=")
        ]
        reports = self.folder / (given[0] if given else "reports")
        return Finished(done.returncode, done.stdout + done.stderr, self.folder, reports)

    def run(self, *arguments: str, **environment: str) -> Finished:
        """Run the checks, without charts unless the arguments say otherwise."""
        charts = (
            ()
            if any(one.startswith("--checks-charts") for one in arguments)
            else ("--checks-charts=none",)
        )
        return self.pytest(*PACKAGE, *charts, *arguments, **environment)

    def interrupt(self, *arguments: str, ready: str, by: signal.Signals) -> Finished:
        """Run the checks, and send a signal once a file called ``ready`` is there."""
        with (self.folder / "terminal.txt").open("w+") as terminal:
            process = subprocess.Popen(
                self.command(*PACKAGE, "--checks-charts=none", *arguments),
                cwd=self.folder,
                env=self.environment(),
                stdout=terminal,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_heed_ctrl_c,  # noqa: PLW1509 (no thread runs beside it)
            )
            try:
                until = time.monotonic() + TIMEOUT
                while not (self.folder / ready).exists():
                    assert time.monotonic() < until, "the session never came so far"
                    assert process.poll() is None, "the session ended too early"
                    time.sleep(0.02)
                os.killpg(process.pid, by)  # as a terminal and a job's runner do
                process.wait(TIMEOUT)
            finally:
                process.kill()
                process.wait()
            terminal.seek(0)
            text = terminal.read()
        return Finished(process.returncode, text, self.folder, self.folder / "reports")


def _heed_ctrl_c() -> None:
    """Where the tests run in the background Ctrl-C is ignored, as in what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def in_the_clone(folder: Path, *arguments: str, what: str = "model_checks") -> Finished:
    """``pytest model_checks`` in the repository, with all that it writes in another folder."""
    clone = Project(folder)
    reports = folder / "reports"
    command = [sys.executable, "-m", "pytest", what, "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--checks-report-dir", str(reports), *arguments],
        cwd=REPOSITORY,
        env={**clone.environment(), "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    return Finished(done.returncode, done.stdout + done.stderr, folder, reports)


def churn_log(rows: int = 200, *, wrong: int = 40) -> dict[str, list[object]]:
    """As many rows of either label, of which so many are predicted wrongly; two plans."""
    labels = [k % 2 for k in range(rows)]
    predicted = [1 - label if k < wrong else label for k, label in enumerate(labels)]
    return {
        "left": list(labels),
        "predicted": list(predicted),
        "p": [0.25 + 0.5 * one for one in predicted],
        "plan": ["basic" if k % 4 < 2 else "family" for k in range(rows)],
    }


def price_log(rows: int = 100, *, error: float = 1.0) -> dict[str, list[object]]:
    """Prices that are all predicted wrongly by about the same amount."""
    return {
        "paid": [float(k) for k in range(rows)],
        "predicted": [k + error * (1.0 if k % 2 else -0.9) for k in range(rows)],
    }


def churn_project(folder: Path, toml: str = CHURN, *, wrong: int = 40) -> Project:
    """A project with one log, of a model that is right in 160 of 200 rows."""
    return (
        Project(folder).write("thresholds.toml", toml).log("churn.parquet", churn_log(wrong=wrong))
    )


def two_models(folder: Path, toml: str = CHURN + PRICES) -> Project:
    """A project with a classifier and a regression."""
    return churn_project(folder, toml).log("prices.parquet", price_log())


EVERY_VERDICT = (
    """
[models.churn]
task = "binary"
data = "churn.parquet"
target = "left"
prediction = "predicted"
score = "p"

[models.churn.thresholds]
accuracy = 0.7
precision = { min = 0.7, warn = 0.85 }
recall = 0.9
f1 = { min = 0.75, rule = "confident" }
roc_auc = { min = 0.79, rule = "tolerant" }

[[models.churn.segments]]
by = "plan"
thresholds = { recall = 0.5 }

[[models.churn.segments]]
by = "plan"
values = ["gone"]
thresholds = { accuracy = 0.5 }

[models.lost]
task = "regression"
data = "lost.parquet"
target = "paid"
prediction = "predicted"
thresholds = { mae = 2, rmse = 2 }
"""
    + PRICES
)
VERDICTS = {
    "churn-accuracy": "PASS",
    "churn-precision": "WARN",
    "churn-recall": "FAIL",
    "churn-f1": "INCONCLUSIVE",
    "churn-roc_auc": "INCONCLUSIVE",
    "churn-recall-plan=basic": "PASS",
    "churn-recall-plan=family": "PASS",
    "churn-recall-plan=student": "NO_DATA",
    "churn-accuracy-plan=gone": "NO_DATA",
    "lost-mae": "ERROR",
    "lost-rmse": "ERROR",
    "prices-mae": "PASS",
}


def every_verdict(folder: Path) -> Project:
    """A project whose checks come to every verdict; no student has left, and one log is lost."""
    log = churn_log()
    students = {"left": 0, "predicted": 0, "p": 0.25, "plan": "student"}
    extended = {name: [*values, *[students[name]] * 40] for name, values in log.items()}
    project = Project(folder).write("thresholds.toml", EVERY_VERDICT)
    return project.log("churn.parquet", extended).log("prices.parquet", price_log())


def called_model(folder: Path, body: str, metrics: str = "accuracy = 0.7, recall = 0.7") -> Project:
    """A project with a log, and a model whose ``predict`` runs ``body`` first."""
    toml = f"""
[models.called]
task = "binary"
model = {{ python = "called:model" }}
data = "churn.parquet"
target = "left"
features = ["predicted"]
thresholds = {{ {metrics} }}
[[models.called.segments]]
by = "plan"
thresholds = {{ {metrics} }}
"""
    module = f"""
import os, pathlib, time
class Model:
    def predict(self, frame):
        {body}
        return frame["predicted"]
model = Model()
"""
    project = Project(folder).write("thresholds.toml", toml + PRICES).write("called.py", module)
    return project.log("churn.parquet", churn_log()).log("prices.parquet", price_log())
