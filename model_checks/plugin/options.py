"""The options of the command line, with paths in full."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from model_checks.notify.policy import AlertOptions
from model_checks.plugin import only_looks, report_dir
from model_checks.settings import Email


@dataclass(frozen=True)
class Options:
    """The options of the command line that concern the checks; ``here`` is the working folder.

    Attributes
    ----------
    narrowed
        Whether somebody has chosen among the checks, as by ``-k`` or by naming one.
    collect_only
        Whether they are listed and not made.
    """

    root: Path
    here: Path
    thresholds: Path
    report_dir: Path
    as_of: datetime | None
    gate: bool
    candidates: tuple[str, ...]
    charts: str
    email: str
    against: Path | None = None
    allow_loosened: bool = False
    narrowed: bool = False
    collect_only: bool = False

    @classmethod
    def of(cls, config: pytest.Config) -> "Options":
        """Read off pytest's configuration; a path that was given starts at the working folder."""
        here, root = config.invocation_params.dir, config.rootpath
        thresholds, against = config.getoption("thresholds"), config.getoption("against")
        sending = "none" if config.getoption("no_email") else "send"
        return cls(
            root=root,
            here=here,
            thresholds=here / thresholds if thresholds else root / "thresholds.toml",
            report_dir=report_dir(config),
            as_of=config.getoption("as_of"),
            gate=config.getoption("gate"),
            candidates=tuple(config.getoption("candidate")),
            charts=config.getoption("charts"),
            email="dry-run" if config.getoption("email_dry_run") else sending,
            against=None if against is None else here / against,
            allow_loosened=config.getoption("allow_loosened"),
            narrowed=_narrowed(config),
            collect_only=only_looks(config),
        )

    def for_alerts(self, email: Email | None, folder: Path) -> AlertOptions:
        """Return what of them decides on alerts, beside the ``[email]`` table and its folder."""
        return AlertOptions(
            self.report_dir,
            email,
            folder,
            sending=self.email,
            is_gate=self.gate,
            has_candidates=bool(self.candidates),
            narrowed=self.narrowed,
        )


def _narrowed(config: pytest.Config) -> bool:
    """Return whether the command line chooses among the tests that it names."""
    chosen = ("keyword", "markexpr", "lf", "deselect", "stepwise")
    return any(config.getoption(name, None) for name in chosen) or any(
        "::" in argument for argument in config.args
    )
