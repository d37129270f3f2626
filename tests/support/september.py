"""The example's September, judged in a process of its own, with a mail to a server on loopback."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Session:
    """What a run of ``pytest model_checks`` left behind."""

    exit_code: int
    terminal: str
    folder: Path

    @property
    def results(self) -> dict[str, Any]:
        """``results.json``."""
        document: dict[str, Any] = json.loads((self.folder / "results.json").read_text("utf-8"))
        return document

    @property
    def failed(self) -> dict[str, str]:
        """The failing checks' ids and messages."""
        return {one["id"]: one["message"] for one in self.results["checks"] if one["failed"]}

    def everything_written(self) -> str:
        """The terminal and all files, as one text to search in."""
        files = [path.read_text("utf-8", "replace") for path in self.folder.iterdir()]
        return "\n".join([self.terminal, *files])


def judged(
    folder: Path, *arguments: str, email: str = "", environment: dict[str, str] | None = None
) -> Session:
    """Run the example in the clone, with an ``[email]`` table if one is given."""
    text = (ROOT / "thresholds.toml").read_text("utf-8").replace('"examples/', f'"{ROOT}/examples/')
    thresholds = folder / "thresholds.toml"
    thresholds.write_text(f"{email}\n{text}", "utf-8")
    return run_checks(thresholds, *arguments, environment=environment)


def run_checks(
    thresholds: Path, *arguments: str, environment: dict[str, str] | None = None
) -> Session:
    """Run the checks of a ``thresholds.toml`` in the clone, with reports beside the file."""
    reports = thresholds.parent / "reports"
    command = [sys.executable, "-m", "pytest", "model_checks", "--checks-file", str(thresholds)]
    command += [
        "--checks-report-dir",
        str(reports),
        f"--junitxml={reports / 'junit.xml'}",
        *arguments,
    ]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**os.environ, "MODEL_CHECKS_PASSWORD": PASSWORD, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Session(done.returncode, done.stdout + done.stderr, reports)


def email_table(port: int, security: str = "starttls") -> str:
    """An ``[email]`` table for a server on loopback."""
    return f"""
[email]
sender_email   = "Model Checks <checks@example.com>"
receiver_email = ["first@example.com", "second@example.com"]
smtp_host      = "localhost"
smtp_port      = {port}
security       = "{security}"
username       = "checks"
password_env   = "MODEL_CHECKS_PASSWORD"
timeout        = 5
"""
