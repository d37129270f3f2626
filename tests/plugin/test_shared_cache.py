"""What one process has computed is there for the others of its run."""

import os
from functools import partial
from pathlib import Path

import pytest

from model_checks.plugin.shared_cache import SharedCache, is_kept


def refuse() -> str:
    raise AssertionError("computed again")


def test_a_value_is_computed_at_the_first_call_only(tmp_path: Path) -> None:
    for once in (SharedCache(None), SharedCache(tmp_path)):
        assert once.get("answer", lambda: "first") == "first"
        assert once.get("answer", refuse) == "first"


def test_another_process_finds_what_was_computed(tmp_path: Path) -> None:
    SharedCache(tmp_path).get("answer", lambda: "first")
    assert SharedCache(tmp_path).get("answer", refuse) == "first"
    assert SharedCache(tmp_path).found("answer") == "first"
    assert is_kept(tmp_path, "answer")


def test_what_nobody_computed_is_not_found(tmp_path: Path) -> None:
    assert SharedCache(tmp_path).found("answer") is None
    assert SharedCache(None).found("answer") is None
    assert not is_kept(tmp_path, "answer")


def test_without_other_processes_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    SharedCache(None).get("answer", lambda: "first")
    assert list(tmp_path.iterdir()) == []


def test_names_that_differ_in_a_suffix_are_kept_apart(tmp_path: Path) -> None:
    for key in ("model churn", "model churn.v1", "model churn.v2"):
        SharedCache(tmp_path).get(key, partial(str, key))
    assert SharedCache(tmp_path).found("model churn.v1") == "model churn.v1"
    assert SharedCache(tmp_path).found("model churn.v2") == "model churn.v2"


def test_an_exception_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="computed again"):
        SharedCache(tmp_path).get("answer", refuse, lambda: "after a death")
    assert SharedCache(tmp_path).get("answer", lambda: "later", lambda: "after a death") == "later"


def die() -> str:
    os._exit(3)


def let_a_process_die(folder: Path) -> None:
    """One that was about to compute the value."""
    child = os.fork()
    if child == 0:
        SharedCache(folder).get("answer", die)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to let die")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_after_a_death_it_is_not_tried_again(tmp_path: Path) -> None:
    let_a_process_die(tmp_path)
    assert SharedCache(tmp_path).get("answer", refuse, lambda: "after a death") == "after a death"
    assert SharedCache(tmp_path).get("answer", refuse, refuse) == "after a death"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to let die")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_after_a_death_it_is_tried_again_where_nothing_else_was_given(tmp_path: Path) -> None:
    let_a_process_die(tmp_path)
    assert SharedCache(tmp_path).get("answer", lambda: "second") == "second"
