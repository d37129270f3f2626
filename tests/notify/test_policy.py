"""Whom a run is told to: every channel gets the same notice, and none is in another's way."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from support.sample_runs import green_run, mixed_run

from model_checks.notify import policy
from model_checks.notify.base import AlertOptions, DeliveryReport, Notice, Notifier
from model_checks.notify.policy import tell

RED = replace(mixed_run(), id="red")


@dataclass
class Board:
    """A channel that keeps what it is given, or is broken."""

    broken: bool = False
    seen: list[Notice | None] = field(default_factory=list)

    def notify(self, notice: Notice | None) -> DeliveryReport:
        if self.broken:
            raise RuntimeError("the board fell down")
        self.seen.append(notice)
        return DeliveryReport(("told on the board",))


BOARDS: list[Notifier] = []


def first_board(_: AlertOptions, left: Sequence[Path]) -> Notifier | None:
    return BOARDS[0] if BOARDS else None


def second_board(_: AlertOptions, left: Sequence[Path]) -> Notifier | None:
    return BOARDS[1] if len(BOARDS) > 1 else None


def channels(monkeypatch: pytest.MonkeyPatch, *boards: Notifier) -> None:
    """Add channels as anybody would: a function each, and its name in the list."""
    monkeypatch.setattr(sys.modules[__name__], "BOARDS", list(boards))
    named = [f"{__name__}:{function.__name__}" for function in (first_board, second_board)]
    monkeypatch.setattr(policy, "CHANNELS", [*policy.CHANNELS, *named])


def test_every_channel_gets_the_notice_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = Board(), Board()
    channels(monkeypatch, one, other)
    report = tell(RED, [], AlertOptions(tmp_path, None, tmp_path), unwritten=["no page"])
    assert report.delivered
    assert report.was_due
    assert report.lines == ("told on the board",) * 2
    [notice] = one.seen
    assert notice == Notice(RED, str(tmp_path / "report.html"), [], ["no page"])
    assert other.seen == [notice]


def test_a_channel_that_is_broken_is_told_and_in_no_other_s_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = Board()
    channels(monkeypatch, Board(broken=True), sound)
    report = tell(RED, [], AlertOptions(tmp_path, None, tmp_path))
    assert not report.delivered
    assert any("RuntimeError: the board fell down" in line for line in report.lines)
    assert len(sound.seen) == 1


def test_no_channel_is_asked_where_nothing_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board()
    channels(monkeypatch, board)
    assert tell(green_run(), [], AlertOptions(tmp_path, None, tmp_path)) == DeliveryReport()
    assert board.seen == []
