"""The options of alerts, gathered from the command line and the settings."""

from pathlib import Path

from model_checks.notify.base import AlertOptions
from model_checks.plugin.options import Options
from model_checks.settings import Email


def alert_options(options: Options, email: Email | None, folder: Path) -> AlertOptions:
    """Return the options of alerts: the command line, the ``[email]`` table and its folder."""
    return AlertOptions(
        options.report_dir,
        email,
        folder,
        sending=options.email,
        is_gate=options.gate,
        has_candidates=bool(options.candidates),
        narrowed=options.narrowed,
    )
