"""E-mail as a channel: what a mail says, and how it is handed to a server."""

from collections.abc import Sequence
from pathlib import Path

from model_checks.notify.base import AlertOptions, Notifier


def email_channel(options: AlertOptions, left: Sequence[Path]) -> Notifier | None:
    """Return what sends mails, where there is an ``[email]`` table; else nothing is loaded."""
    if options.email is None:
        return None
    from model_checks.notify.email.notifier import EmailNotifier
    from model_checks.notify.email.outbox import Outbox

    return EmailNotifier(Outbox(options.report_dir, options.email, options.folder), left)
