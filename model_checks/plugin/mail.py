"""Whether a mail is due, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from model_checks.files import write_whole
from model_checks.plugin.session import CheckSession
from model_checks.results import Chart, Run
from model_checks.text import told_of

_INTERRUPTED = (2, 143)  # by Ctrl-C, by SIGTERM


@dataclass(frozen=True)
class Told:
    """What became of the mail: lines for the terminal, and whether all was as it should be."""

    lines: tuple[str, ...] = ()
    delivered: bool = True


def tell(run: Run, charts: Sequence[Chart], session: CheckSession) -> Told:
    """Write the summary page if there is something to read, and send the mail if one is due.

    A mail is due when a check has failed or could not be made, in a run that was not interrupted;
    never in a gate, and never where a candidate is judged. Nothing is sent without an ``[email]``
    table. Whatever goes wrong is told, and leaves the verdicts, and one of page and mail the other,
    as they are.
    """
    dry = session.options.email == "dry-run"
    if not dry and not any(result.failed or result.warned for result in run.results):
        return Told()
    lines = _write_summary(run, charts, session.options.report_dir)
    try:
        told = _mailed(run, charts, session)
    except Exception as error:  # noqa: BLE001 (see above)
        told = Told((f"MAIL NOT WRITTEN: {_reason(error)}",), delivered=False)
    return Told((*lines, *told.lines), told.delivered)


def _write_summary(run: Run, charts: Sequence[Chart], folder: Path) -> tuple[str, ...]:
    try:
        from model_checks.alerts.message import summary_html

        page = summary_html(run, charts, str(folder / "report.html"))
        write_whole(folder / "summary.html", page.encode())
    except Exception as error:  # noqa: BLE001 (see tell)
        return (f"summary.html could not be written: {_reason(error)}",)
    return ()


def _reason(error: Exception) -> str:
    return told_of(error)


def _mailed(run: Run, charts: Sequence[Chart], session: CheckSession) -> Told:
    options, email = session.options, session.settings.email
    dry, live = options.email == "dry-run", options.email == "send" and not options.gate
    if not dry and not (live and email and any(result.failed for result in run.results)):
        return Told()
    if not dry and run.exit_status in _INTERRUPTED:
        return Told(("no mail was sent: the run was interrupted",))
    if not dry and options.candidates:
        return Told(("no mail was sent: a candidate was judged, not what is deployed",))
    from model_checks.alerts.message import compose

    message = compose(run, charts, email, str(options.report_dir / "report.html"))
    if dry:
        kept = _kept(message, options.report_dir / "email.eml")
        return Told((f"mail written to {kept}, not sent (dry run)",))
    return _sent(message, run, session)


def _sent(message: EmailMessage, run: Run, session: CheckSession) -> Told:
    from model_checks.alerts.delivery import deliver
    from model_checks.errors import DeliveryError

    email = session.settings.email
    assert email is not None
    unsent = session.options.report_dir / f"unsent-{run.id}.eml"
    try:
        delivery = deliver(message, email, session.settings.folder)
    except DeliveryError as error:
        kept = _kept(message, unsent)
        return Told((f"MAIL NOT DELIVERED: {error}; kept as {kept}",), delivered=False)
    if delivery.refused:
        told = "; ".join(f"{name} ({reason})" for name, reason in delivery.refused.items())
        kept = _kept(message, unsent)
        return Told((f"MAIL NOT DELIVERED to {told}; kept as {kept}",), delivered=False)
    reduced = f", {delivery.reduced}" if delivery.reduced else ""
    return Told((f"mail sent to {', '.join(delivery.accepted)}{reduced}",))


def _kept(message: EmailMessage, path: Path) -> Path:
    write_whole(path, message.as_bytes())
    return path
