"""What CONTRIBUTING.md and the hooks of git have people run is what CI runs."""

import re
from pathlib import Path

import pytest
import yaml
from support.project import REPOSITORY

HOOKS = [
    hook
    for repo in yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())["repos"]
    for hook in repo["hooks"]
]
CI = (REPOSITORY / ".ci" / "run").read_text("utf-8") + (REPOSITORY / "README.md").read_text("utf-8")
GUIDE = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_a_hook_runs_what_ci_runs_and_downloads_nothing(hook: dict[str, str]) -> None:
    assert hook["entry"] in CI
    assert hook["entry"].replace(" --check", "") in GUIDE
    assert hook["language"] == "system"


def test_what_the_guide_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https:)([^)]+)\)", GUIDE)
    assert {"CHANGELOG.md", "docs/design.md"} <= set(links)
    assert [name for name in links if not (REPOSITORY / name).exists()] == []


def test_files_that_ci_names_are_there() -> None:
    named = [Path(name) for name in re.findall(r"tests/[\w/]+\.py", CI)]
    assert named
    assert [name for name in named if not (REPOSITORY / name).is_file()] == []
