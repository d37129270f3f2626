"""The interface of every channel: a notice goes in, lines for the terminal come out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from model_checks.judging.results import Run
from model_checks.report.broken_run import Broken
from model_checks.report.picture import Chart


@dataclass(frozen=True)
class Notice:
    """A message for administrators about a run, also about one that came to no verdict.

    Attributes
    ----------
    report
        Path of the whole report, or where it would have been.
    unwritten
        Sentences on what should be in the report folder and is not.
    """

    run: Run | Broken
    report: str
    charts: Sequence[Chart] = ()
    unwritten: Sequence[str] = ()

    def with_unwritten(self, more: Sequence[str]) -> "Notice":
        """Return the notice with more sentences on what could not be written."""
        return replace(self, unwritten=(*self.unwritten, *more))


@dataclass(frozen=True)
class DeliveryReport:
    """The outcome of sending the notices of a run.

    Attributes
    ----------
    lines
        Lines for the terminal.
    delivered
        Whether nothing that was to be sent or written failed.
    was_due
        Whether the run gave reason for an alert.
    """

    lines: tuple[str, ...] = ()
    delivered: bool = True
    was_due: bool = False

    def __add__(self, other: "DeliveryReport") -> "DeliveryReport":
        return DeliveryReport(
            (*self.lines, *other.lines),
            self.delivered and other.delivered,
            self.was_due or other.was_due,
        )


class Notifier(Protocol):
    """A channel that reaches the administrators."""

    def notify(self, notice: Notice | None) -> DeliveryReport:
        """Send a notice to everybody, and also those that earlier runs could not deliver.

        Parameters
        ----------
        notice
            The notice about this run; None if none is due.
        """
