"""Decides whether an alert is due, and which channels it goes to."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from pkgutil import resolve_name

from model_checks.judging.results import Run, run_id
from model_checks.notify.base import AlertOptions, DeliveryReport, Notice, Notifier
from model_checks.report.broken_run import Broken
from model_checks.report.picture import Chart
from model_checks.store.files import write_whole
from model_checks.text import told_of

CHANNELS = ["model_checks.notify.email:email_channel"]
"""Functions, by name, that return a channel's notifier; or None where the settings name none."""


def tell(
    run: Run, charts: Sequence[Chart], options: AlertOptions, *, unwritten: Sequence[str] = ()
) -> DeliveryReport:
    """Write the summary page if there is something to read, and send the alerts that are due.

    An alert is due when a check has failed or could not be made, also where something cut the run
    short, but not where a person did; never in a gate, and never where a candidate is judged. Mails
    that earlier runs could not deliver are sent as well. Whatever goes wrong is reported, and
    touches neither the verdicts nor the other one of page and alert.

    Parameters
    ----------
    unwritten
        Sentences on what should be in the report folder and is not, for the alert.
    """
    told = DeliveryReport()
    if options.sending == "dry-run" or run.fell or any(one.warned for one in run.results):
        told += DeliveryReport(_write_summary(run, charts, options.report_dir))
    notice = Notice(run, str(options.report_dir / "report.html"), charts, unwritten)
    failed = any(result.failed for result in run.results)
    is_due = failed or (run.fell and not options.narrowed)
    unless = "the run was interrupted" if run.by_person else None
    return told + _tell(notice, options, is_due=is_due, unless=unless)


def tell_broken(
    options: AlertOptions,
    *,
    exit_status: int,
    sentences: Sequence[str],
    started: datetime,
    leftovers: bool = True,
) -> DeliveryReport:
    """Send the alert about a run that came to no verdict, under the conditions of any other.

    Parameters
    ----------
    exit_status
        Exit status of the run, 3 or 4.
    sentences
        Sentences on what was wrong.
    started
        When the run began.
    leftovers
        Whether to send what earlier runs could not deliver; False while another run, which sends
        it, is at work in the same report folder.
    """
    broken = Broken(run_id(started), started, exit_status, sentences)
    notice = Notice(broken, str(options.report_dir))
    return _tell(notice, options, is_due=True, leftovers=leftovers)


def _tell(
    notice: Notice,
    options: AlertOptions,
    *,
    is_due: bool,
    unless: str | None = None,
    leftovers: bool = True,
) -> DeliveryReport:
    """Send a notice by every channel, or say why it is not sent."""
    left = _left_in(options.report_dir) if leftovers else []
    if options.sending == "dry-run":
        return _guarded(lambda: _dry_run(notice, options)) + _announced(left)
    if options.sending == "none" or options.is_gate or not (is_due or left):
        return _announced(left)
    notifiers = _notifiers(options, left)
    if not notifiers:
        return _announced(left)
    if options.has_candidates and not unless:
        unless = "a candidate was judged, not what is deployed"
    if unless:
        lines = (f"no mail was sent: {unless}",) if is_due else ()
        return DeliveryReport(lines, was_due=is_due) + _announced(left)
    told = DeliveryReport(was_due=is_due)
    for notifier in notifiers:
        told += _guarded(partial(notifier.notify, notice if is_due else None))
    return told


def _notifiers(options: AlertOptions, left: Sequence[Path]) -> Sequence[Notifier]:
    """Return the notifiers of the channels that the settings name."""
    made = (resolve_name(channel)(options, left) for channel in CHANNELS)
    return [notifier for notifier in made if notifier]


def _left_in(report_dir: Path) -> list[Path]:
    """Return the mails that earlier runs have kept, the oldest first."""
    try:
        return sorted(report_dir.glob("unsent-*.eml"))
    except OSError:
        return []  # without a folder nothing is left in it


def _announced(left: Sequence[Path]) -> DeliveryReport:
    """Return the line on mails of earlier runs that this run does not send."""
    if not left:
        return DeliveryReport()
    from model_checks.notify.email.notifier import counted_mails

    return DeliveryReport((f"{counted_mails(left)}: this run sends none",))


def _guarded(send: Callable[[], DeliveryReport]) -> DeliveryReport:
    """Send by one channel, and turn whatever goes wrong into a line."""
    try:
        return send()
    except Exception as error:  # noqa: BLE001 (see tell)
        return DeliveryReport((f"MAIL NOT WRITTEN: {told_of(error)}",), delivered=False)


def _write_summary(run: Run, charts: Sequence[Chart], folder: Path) -> tuple[str, ...]:
    try:
        from model_checks.report.page import summary_html

        page = summary_html(run, charts, str(folder / "report.html"))
        write_whole(folder / "summary.html", page.encode())
    except Exception as error:  # noqa: BLE001 (see tell)
        return (f"summary.html could not be written: {told_of(error)}",)
    return ()


def _dry_run(notice: Notice, options: AlertOptions) -> DeliveryReport:
    from model_checks.notify.email.message import compose_notice

    options.report_dir.mkdir(parents=True, exist_ok=True)
    path = options.report_dir / "email.eml"
    write_whole(path, compose_notice(notice, options.email).as_bytes())
    return DeliveryReport((f"mail written to {path}, not sent (dry run)",))
