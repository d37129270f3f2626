"""Whether a mail is due, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from model_checks.files import write_whole
from model_checks.plugin.session import CheckSession
from model_checks.results import Chart, Run

_INTERRUPTED = 2


@dataclass(frozen=True)
class Told:
    """What became of the mail: a line for the terminal, and whether all was as it should be."""

    line: str | None
    delivered: bool = True


def tell(run: Run, charts: Sequence[Chart], session: CheckSession) -> Told:
    """Write the summary page, and send the mail if one is due.

    A mail is due when a check has failed or could not be made, in a run that was not interrupted;
    never in a gate. Nothing is sent without an ``[email]`` table.
    """
    from model_checks.alerts.message import compose, summary_html

    options, email = session.options, session.settings.email
    folder = options.report_dir
    report = str(folder / "report.html")
    write_whole(folder / "summary.html", summary_html(run, charts, report).encode())
    if options.email == "dry-run":
        message = compose(run, charts, email, report)
        return Told(f"mail written to {_kept(message, folder / 'email.eml')}, not sent (dry run)")
    if email is None or options.email == "none" or options.gate:
        return Told(None)
    if not any(result.failed for result in run.results):
        return Told(None)
    if run.exit_status == _INTERRUPTED:
        return Told("no mail was sent: the run was interrupted")
    return _sent(compose(run, charts, email, report), run, session)


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
        return Told(f"MAIL NOT DELIVERED: {error}; kept as {kept}", delivered=False)
    if delivery.refused:
        told = "; ".join(f"{name} ({reason})" for name, reason in delivery.refused.items())
        kept = _kept(message, unsent)
        return Told(f"MAIL NOT DELIVERED to {told}; kept as {kept}", delivered=False)
    reduced = f", {delivery.reduced}" if delivery.reduced else ""
    return Told(f"mail sent to {', '.join(delivery.accepted)}{reduced}")


def _kept(message: EmailMessage, path: Path) -> Path:
    write_whole(path, message.as_bytes())
    return path
