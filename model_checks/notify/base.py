"""What every channel is given, and what it answers: a notice goes in, sentences come out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from model_checks.judging.results import Run
from model_checks.report.broken_run import Broken
from model_checks.report.charts.picture import Chart


@dataclass(frozen=True)
class Notice:
    """What an administrator should read: a run, or one that came to no verdict.

    Attributes
    ----------
    report
        Where the whole report is, or would have been.
    unwritten
        What should be in the report folder and is not, one sentence each.
    """

    run: Run | Broken
    report: str
    charts: Sequence[Chart] = ()
    unwritten: Sequence[str] = ()

    def with_unwritten(self, more: Sequence[str]) -> "Notice":
        """Return the notice that tells of so many more things that could not be written."""
        return replace(self, unwritten=(*self.unwritten, *more))


@dataclass(frozen=True)
class Told:
    """What became of the notices of a run.

    Attributes
    ----------
    lines
        For the terminal.
    delivered
        Whether all was as it should be.
    was_due
        Whether there was something about this run to be told.
    """

    lines: tuple[str, ...] = ()
    delivered: bool = True
    was_due: bool = False

    def __add__(self, other: "Told") -> "Told":
        return Told(
            (*self.lines, *other.lines),
            self.delivered and other.delivered,
            self.was_due or other.was_due,
        )


class Notifier(Protocol):
    """A channel by which administrators are told."""

    def notify(self, notice: Notice | None) -> Told:
        """Tell everybody of a notice, and again what earlier runs could not deliver.

        Parameters
        ----------
        notice
            None where nothing about this run is due.
        """
