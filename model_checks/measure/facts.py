"""The facts that one model was judged on: its rows, their window, their times."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ModelFacts:
    """The facts that one model was judged on.

    Attributes
    ----------
    source
        The model's file or object, or that its predictions are logged.
    sha256
        SHA-256 of the model's file; None where there is none.
    rows, labelled, dropped, untimed
        Rows in the window, those with a label, those left out for want of one, and the rows that
        no window holds for want of a time.
    window_start, window_end
        Ends of the window; None where it is open on that side.
    as_of
        The moment that the model was judged at.
    newest_row, newest_label
        Times of the newest row before that moment, and of the newest with a label; None where the
        rows have no times.
    error
        Why the model could not be measured; None if it was.
    notes
        Notes on the model's rows, its answers and its comparison, one sentence each.
    """

    task: str
    source: str
    sha256: str | None = None
    rows: int | None = None
    labelled: int | None = None
    dropped: int | None = None
    untimed: int | None = None
    window_start: datetime | None = None
    window_end: datetime | None = None
    as_of: datetime | None = None
    newest_row: datetime | None = None
    newest_label: datetime | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()
