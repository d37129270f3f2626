"""What the README tells people to type works as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

from support.project import REPOSITORY, called_model

README = (REPOSITORY / "README.md").read_text("utf-8")


def test_the_line_for_cron_works_outside_a_clone(tmp_path: Path) -> None:
    [line] = re.findall(r"^15 3 \* \* \* (.*)$", README, re.MULTILINE)
    project = called_model(tmp_path, "assert os.environ['MODEL_CHECKS_EMAIL_PASSWORD'] == 'secret'")
    project.write("password.env", "MODEL_CHECKS_EMAIL_PASSWORD=secret\n")
    tool = tmp_path / ".venv" / "bin" / "pytest"
    tool.parent.mkdir(parents=True)
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pytest -p model_checks.plugin "$@"\n')
    tool.chmod(0o755)
    command = line.replace("/srv/models", str(tmp_path))
    assert command != line
    environment = {**project.environment(), "MODEL_CHECKS_EMAIL_PASSWORD": ""}
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=os.sep, env=environment, timeout=60, check=False
    )
    log = (tmp_path / "nightly.log").read_text("utf-8")
    assert done.returncode == 0, log
    assert (tmp_path / "reports" / "results.json").exists()
