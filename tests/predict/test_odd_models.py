"""Odd and misbehaving models: each is an error of its own, or judged rightly, beside others."""

import decimal
import re
import signal
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.odd_models import FILES, KNOWN, ODD, SPOILING, odd_project
from support.project import Finished

from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.metrics import Estimate
from model_checks.pipeline import judge
from model_checks.settings import load_settings

TOLD = {
    **{name: odd.told for name, odd in ODD.items()},
    **dict.fromkeys(SPOILING),
    **{f"file_{name}": told for name, (_, _, told) in FILES.items()},
    "first": None,
    "last": None,
}
FILE_MODELS = [f"file_{name}" for name in FILES]
AT_EVERY_RUN = list(ODD)[::2]
"""The others take their turn where there is time."""
IN_ONE_SESSION = [
    *("cancelled", "panic", "times_out", "skips", "exits_pytest", "exits", "in_del"),
    *("closes_streams", "replaces_streams", "signals", "numpy_raises"),
    *("coroutine", "masked", "mock"),
]
"""One of each kind, and those that a whole session may suffer from most."""


def state() -> list[str]:
    """What of this process all others rest on."""
    return [
        str(Path.cwd()),
        repr(np.geterr()),
        repr(decimal.getcontext().prec),
        repr(warnings.filters),
        repr(sys.path),
        repr((sys.stdout, sys.stderr)),
        repr((signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))),
    ]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterable[dict[str, list[Result]]]:
    """Many of them in one file, judged in this process."""
    project = odd_project(tmp_path_factory.mktemp("odd"), AT_EVERY_RUN, FILES)
    before, limit = state(), sys.getrecursionlimit()
    found: dict[str, list[Result]] = {}
    for result in judge(load_settings(project.folder / "thresholds.toml")).results:
        found.setdefault(result.check.model, []).append(result)
    assert state() == before
    assert sys.getrecursionlimit() >= limit
    yield found
    for name in [name for name in sys.modules if name.startswith("odd_") and name != "odd_models"]:
        del sys.modules[name]


# One of them raises in __del__, of which Python warns wherever it may be.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", [*AT_EVERY_RUN, *FILE_MODELS, "first", "last"])
def test_a_model_is_judged_rightly_or_is_an_error(
    judged: dict[str, list[Result]], name: str
) -> None:
    results = judged[name]
    assert len(results) == (1 if name.startswith("file_") else 2)
    for result in results:
        value = result.estimate.value if isinstance(result.estimate, Estimate) else None
        hold(result.verdict, value, result.message, TOLD[name])


def hold(verdict: str, value: float | None, message: str, told: str | None) -> None:
    if told is None:
        assert verdict == Verdict.PASS, message
        assert value == pytest.approx(KNOWN)
    else:
        assert verdict == Verdict.ERROR
        assert re.search(told, message), message
        assert "\n" not in message
        assert len(message) < 600


def held(finished: Finished, names: Iterable[str]) -> None:
    """A whole session has told each check as it should, and nothing else has happened."""
    for sign in ("INTERNALERROR", "Traceback", "never awaited"):
        assert sign not in finished.text
    assert finished.exit_code == (1 if any(TOLD[name] for name in names) else 0), finished.text
    found: dict[str, list[dict[str, Any]]] = {}
    for check in finished.checks.values():
        found.setdefault(check["model"], []).append(check)
    assert set(found) == {*names, "first", "last"}
    for name, checks in found.items():
        assert len(checks) == (1 if name.startswith("file_") else 2)
        for check in checks:
            hold(check["verdict"], check["value"], check["message"], TOLD[name])


def test_a_session_goes_on_whatever_its_models_do(tmp_path: Path) -> None:
    held(odd_project(tmp_path, IN_ONE_SESSION).run("-q"), IN_ONE_SESSION)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [(), ("-n2",), ("-s",), ("-Werror",)])
def test_a_session_goes_on_whatever_all_models_do(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    held(odd_project(tmp_path, ODD, FILES).run("-q", *arguments), [*ODD, *FILE_MODELS])


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [(), ("-n2",)])
@pytest.mark.parametrize("name", SPOILING)
def test_what_a_model_leaves_behind_spoils_no_other(
    tmp_path: Path, name: str, arguments: tuple[str, ...]
) -> None:
    project = odd_project(tmp_path, [name]).run("-q", *arguments)
    if name == "at_exit":  # Python itself tells what is raised there
        project = Finished(project.exit_code, "", project.folder, project.report_dir)
    held(project, [name])
