"""The interface of every channel: a notice goes in, lines for the terminal come out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from model_checks.judging.results import Run
from model_checks.report.broken_run import Broken
from model_checks.report.picture import Chart
from model_checks.settings import Email


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


@dataclass(frozen=True)
class AlertOptions:
    """The options that decide, beside the verdicts, whether and how a run sends an alert.

    Attributes
    ----------
    report_dir
        The report folder.
    email
        The ``[email]`` table, as far as it can be read; without it nothing is sent.
    folder
        The folder of ``thresholds.toml``, which ``password_file`` is relative to.
    sending
        "send", "none" or "dry-run".
    is_gate, has_candidates
        Whether a promotion is judged; whether a candidate is, in place of what is deployed.
    narrowed
        Whether somebody has chosen among the checks, and so sees what there was to judge.
    """

    report_dir: Path
    email: Email | None
    folder: Path
    sending: str = "send"
    is_gate: bool = False
    has_candidates: bool = False
    narrowed: bool = False
