"""Whether a mail is due, and what became of it and of those that are left from earlier runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from model_checks.judging.results import Run, run_id
from model_checks.plugin.options import Options
from model_checks.plugin.session import CheckSession
from model_checks.report.charts.picture import Chart
from model_checks.settings import Email
from model_checks.store.files import write_whole
from model_checks.text import told_of


@dataclass(frozen=True)
class Told:
    """What became of the mails of a run.

    Attributes
    ----------
    lines
        For the terminal.
    delivered
        Whether all was as it should be.
    was_due
        Whether there was a mail about this run to be sent.
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


def tell(
    run: Run, charts: Sequence[Chart], session: CheckSession, *, unwritten: Sequence[str] = ()
) -> Told:
    """Write the summary page if there is something to read, and send the mails that are due.

    A mail is due when a check has failed or could not be made, also where something cut the run
    short, but not where a person did; never in a gate, and never where a candidate is judged. What
    earlier runs could not deliver is sent as well. Nothing is sent without an ``[email]`` table.
    Whatever goes wrong is told, and leaves the verdicts, and one of page and mail the other, as
    they are.

    Parameters
    ----------
    unwritten
        What should be in the report folder and is not, one sentence each; the mail says so.
    """
    options, email, folder = session.options, session.settings.email, session.settings.folder
    report = str(options.report_dir / "report.html")

    def compose(more: Sequence[str]) -> EmailMessage:
        from model_checks.notify.email.message import compose

        return compose(run, charts, email, report, unwritten=(*unwritten, *more))

    told = Told()
    if options.email == "dry-run" or run.fell or any(one.warned for one in run.results):
        told += Told(_write_summary(run, charts, options.report_dir))
    reason = "the run was interrupted" if run.by_person else None
    failed = any(result.failed for result in run.results)
    # Whoever has chosen among the checks sees that there was nothing to judge among them.
    is_due = failed or (run.fell and not options.narrowed)
    letter = _Letter(run.id, compose, is_due=is_due, unless=reason)
    return told + _tell(letter, options, email, folder)


def tell_broken(
    options: Options,
    email: Email | None,
    folder: Path,
    *,
    exit_status: int,
    sentences: Sequence[str],
    started: datetime,
    leftovers: bool = True,
) -> Told:
    """Send the mail about a run that came to no verdict, under the conditions of any other.

    Parameters
    ----------
    options
        Those of the run.
    email
        The ``[email]`` table, as far as it can be read; without it nothing is sent.
    folder
        Where ``password_file`` starts from: that of ``thresholds.toml``.
    exit_status
        3 or 4.
    sentences
        What was wrong.
    started
        When the run began.
    leftovers
        Whether to send what earlier runs could not deliver; not while another run is at work in
        the same report folder, which does.
    """

    def compose(more: Sequence[str]) -> EmailMessage:
        from model_checks.notify.email.message import compose_broken
        from model_checks.report.broken_run import Broken

        broken = Broken(run_id(started), started, exit_status, (*sentences, *more))
        return compose_broken(broken, email, str(options.report_dir))

    letter = _Letter(run_id(started), compose, is_due=True)
    return _tell(letter, options, email, folder, leftovers=leftovers)


@dataclass(frozen=True)
class _Letter:
    """The mail about this run: how it is made, and whether it has to be sent.

    Attributes
    ----------
    compose
        Makes it, from sentences on what could not be written in the meantime.
    unless
        Why no mail is sent in this run; None if mails are.
    """

    run_id: str
    compose: Callable[[Sequence[str]], EmailMessage]
    is_due: bool
    unless: str | None = None


def _tell(
    letter: _Letter,
    options: Options,
    email: Email | None,
    folder: Path,
    *,
    leftovers: bool = True,
) -> Told:
    left = _left_in(options.report_dir) if leftovers else []
    if options.email == "dry-run":
        return _guarded(lambda: _dry_run(letter, options.report_dir)) + _announced(left)
    if email is None or options.email == "none" or options.gate:
        return _announced(left)
    unless = letter.unless
    if options.candidates and not unless:
        unless = "a candidate was judged, not what is deployed"
    if unless:
        lines = (f"no mail was sent: {unless}",) if letter.is_due else ()
        return Told(lines, was_due=letter.is_due) + _announced(left)
    if not letter.is_due and not left:
        return Told()
    return _guarded(lambda: _posted(letter, left, options, email, folder))


def _posted(
    letter: _Letter, left: Sequence[Path], options: Options, email: Email, folder: Path
) -> Told:
    """Send the mail about this run, and then what is left; neither is in the other's way."""
    from model_checks.notify.email.outbox import Place
    from model_checks.notify.email.posting import Posting

    posting = Posting(Place(options.report_dir, email, folder))
    own = Told(was_due=letter.is_due)
    if letter.is_due:
        own += _guarded(lambda: posting.send_own(letter.run_id, letter.compose))
    posting.send_left(left)
    return own + Told(tuple(posting.lines), posting.delivered)


def _left_in(report_dir: Path) -> list[Path]:
    """Return the mails that earlier runs have kept, the oldest first."""
    try:
        return sorted(report_dir.glob("unsent-*.eml"))
    except OSError:
        return []  # without a folder nothing is left in it


def _announced(left: Sequence[Path]) -> Told:
    """Say that there is something that this run does not send."""
    if not left:
        return Told()
    from model_checks.notify.email.posting import counted_mails

    return Told((f"{counted_mails(left)}: this run sends none",))


def _guarded(send: Callable[[], Told | None]) -> Told:
    """Send; whatever goes wrong in it is told."""
    try:
        return send() or Told()
    except Exception as error:  # noqa: BLE001 (see tell)
        return Told((f"MAIL NOT WRITTEN: {told_of(error)}",), delivered=False)


def _write_summary(run: Run, charts: Sequence[Chart], folder: Path) -> tuple[str, ...]:
    try:
        from model_checks.report.page import summary_html

        page = summary_html(run, charts, str(folder / "report.html"))
        write_whole(folder / "summary.html", page.encode())
    except Exception as error:  # noqa: BLE001 (see tell)
        return (f"summary.html could not be written: {told_of(error)}",)
    return ()


def _dry_run(letter: _Letter, report_dir: Path) -> Told:
    report_dir.mkdir(parents=True, exist_ok=True)
    path = report_dir / "email.eml"
    write_whole(path, letter.compose(()).as_bytes())
    return Told((f"mail written to {path}, not sent (dry run)",))
