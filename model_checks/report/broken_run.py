"""The summary of a run that judged nothing, since it ended in an error of its own."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from model_checks.data.times import moment_text
from model_checks.report.summary import Shown, Summary
from model_checks.text import clean, counted

_ENDED = {
    3: (
        "the run ended in an internal error",
        "The checks were not all made: what the run has printed says where it stopped",
    ),
    4: ("no check was made", "No model was judged: mend what is named below and run it again"),
}
"""The outcome in a few words and what follows from it, by exit status."""


@dataclass(frozen=True)
class Broken:
    """A run that came to no verdict.

    Attributes
    ----------
    sentences
        The errors that ended the run, one sentence each.
    """

    id: str
    started: datetime
    exit_status: int
    sentences: Sequence[str]


def summary_of_broken(broken: Broken, report: str, most: int) -> Summary:
    """Return the summary of a broken run, with at most ``most`` sentences, each cleaned.

    Parameters
    ----------
    report
        The path or URL where a report would have been.
    """
    host = clean(platform.node() or "a host without a name", 80)
    _, counts = _ENDED.get(broken.exit_status, _ENDED[4])
    return Summary(
        headline=broken_headline(broken),
        good=False,
        counts=counts,
        as_of=f"Started {moment_text(broken.started)} on {host}",
        report=clean(report, 2000),
        wrong=Shown.first(most, (clean(one, 600) for one in broken.sentences)),
        footer=f"Run {broken.id}; exit status {broken.exit_status}",
    )


def broken_headline(broken: Broken) -> str:
    """Return the outcome in a few words.

    If all errors are of one TOML file, it names the file; another single error it quotes.
    """
    ended, _ = _ENDED.get(broken.exit_status, _ENDED[4])
    files = {one.partition(": ")[0] for one in broken.sentences}
    file = files.pop() if len(files) == 1 else ""
    if file.endswith(".toml"):
        return f"{ended}: {counted(len(broken.sentences), 'mistake')} in {clean(file, 60)}"
    if len(broken.sentences) == 1:
        return f"{ended}: {clean(broken.sentences[0], 90)}"
    return f"{ended}: {counted(len(broken.sentences), 'mistake')}" if broken.sentences else ended
