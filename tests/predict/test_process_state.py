"""What somebody's code changes of the process is changed for that code alone."""

import decimal
import io
import os
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.sample_data import measured, python_module, rows_of

from model_checks.predict.sources.process_state import ProcessState, process_state_of


def streams_closed() -> None:
    sys.stdout.close()
    sys.stdout.buffer.close()
    error: Any = sys.stderr
    error.detach().close()
    io.TextIOWrapper(sys.stdout.buffer).close()


def _forget_the_path() -> None:
    sys.path.clear()


def handlers() -> object:
    return signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)


CHANGES: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "working folder": (lambda: os.chdir(os.sep), Path.cwd),
    "numpy's errors": (lambda: np.seterr(all="raise"), np.geterr),
    "decimals": (
        lambda: setattr(decimal.getcontext(), "prec", 3),
        lambda: decimal.getcontext().prec,
    ),
    "warnings": (lambda: warnings.simplefilter("once"), lambda: list(warnings.filters)),
    "recursion": (lambda: sys.setrecursionlimit(700), sys.getrecursionlimit),
    "search path": (_forget_the_path, lambda: list(sys.path)),
    "no search path": (lambda: setattr(sys, "path", None), lambda: list(sys.path or [])),
    "streams": (lambda: setattr(sys, "stdout", None), lambda: (sys.stdout, sys.stderr)),
    "closed": (streams_closed, lambda: (sys.stdout.closed, sys.stderr.closed)),
    "signals": (
        lambda: [signal.signal(one, signal.SIG_IGN) for one in (signal.SIGINT, signal.SIGTERM)],
        handlers,
    ),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("raising", [False, True])
def test_what_was_changed_is_put_back(what: str, raising: bool) -> None:
    change, seen = CHANGES[what]
    before = seen()
    with suppress(ZeroDivisionError), ProcessState().entered():
        change()
        assert 1 / (0 if raising else 1) == 1
    assert seen() == before


@pytest.mark.parametrize("what", ["working folder", "numpy's errors", "decimals", "warnings"])
def test_what_was_changed_is_found_again(what: str) -> None:
    change, seen = CHANGES[what]
    theirs, before = ProcessState(), seen()
    with theirs.entered():
        change()
        changed = seen()
    with ProcessState().entered():
        assert seen() == before
    with theirs.entered():
        assert seen() == changed != before


def test_what_the_search_path_gained_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    with ProcessState().entered():
        sys.path.append("added")
    assert sys.path[-1] == "added"


def test_a_folder_that_is_gone_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(tmp_path)
    with ProcessState().entered():
        os.chdir(gone)
        gone.rmdir()
    assert Path.cwd() == tmp_path


def test_objects_of_one_module_share_what_importing_it_has_changed() -> None:
    one, other = process_state_of("shop.models:churn"), process_state_of("shop.models:prices")
    assert one is other
    assert one is not process_state_of("shop.metrics:profit")


def test_a_stream_that_is_lent_can_be_written_to(capsys: pytest.CaptureFixture[str]) -> None:
    with ProcessState().entered():
        sys.stdout.write("hello\n")
        sys.stdout.flush()
        sys.stdout.buffer.write(b"bytes\n")
        sys.stdout.close()
        sys.stderr.write("on\n")
        sys.stdout.write("still here\n")
    sys.stdout.write("ours\n")
    assert capsys.readouterr() == ("hello\nbytes\nstill here\nours\n", "on\n")


def test_a_handler_that_a_signal_itself_has_put_aside_stays_so() -> None:
    """A second Ctrl-C is to end a run on the spot: that is the first one's doing, not a model's."""

    def handle(*_: Any) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, handle)
    try:
        with pytest.raises(KeyboardInterrupt), ProcessState().entered():
            os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_model_reads_a_file_beside_it_that_it_went_to_when_it_was_loaded(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "factor.txt").write_text("2")
    text = (
        f"import os\nfrom pathlib import Path\nos.chdir({str(tmp_path / 'place')!r})\n"
        "class Model:\n    feature_names_in_ = ['x']\n"
        "    def predict(self, frame): return frame.x * int(Path('factor.txt').read_text())\n"
        "model = Model()\n"
    )
    before = Path.cwd()
    rows = {"y": [1.0, 2.0], "x": [1.0, 2.0]}
    measurement = measured(tmp_path, rows, task="regression", model=python_module(tmp_path, text))
    assert Path.cwd() == before
    assert [p for (p,) in rows_of(tmp_path, measurement, "y_pred")] == [2.0, 4.0]
