"""The keys of the plugin's values in pytest's stash, and the file that has the checks."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    # for the strings below, which name these classes
    from model_checks.plugin.session import CheckSession  # noqa: F401
    from model_checks.plugin.signals import Signals  # noqa: F401

session_key = pytest.StashKey["CheckSession"]()
shared_key = pytest.StashKey[dict[str, str]]()
signals_key = pytest.StashKey["Signals"]()
status_key = pytest.StashKey[int]()

CHECKS = Path(__file__).parents[1] / "test_thresholds.py"


def is_checks(path: Path) -> bool:
    """Return whether a file is the file of the checks, by whatever links it is reached."""
    if path == CHECKS or path.name != CHECKS.name:
        return path == CHECKS
    return path.exists() and path.samefile(CHECKS)
