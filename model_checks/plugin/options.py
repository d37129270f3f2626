"""The options of the command line: their names, old and new, and the values given to them."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest


def _moment(text: str) -> datetime:
    from model_checks.settings import parse_moment

    try:
        return parse_moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error}") from None


def _candidate(text: str) -> str:
    from model_checks.settings.candidates import candidate

    try:
        candidate(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error}") from None
    return text


_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "--checks-file": {
        "metavar": "FILE",
        "help": "what was agreed; default: thresholds.toml in the root",
    },
    "--checks-report-dir": {
        "metavar": "DIR",
        "help": "where to write the report; default: reports in the root",
    },
    "--checks-as-of": {
        "metavar": "WHEN",
        "type": _moment,
        "help": "judge as if it were then: a date or a time",
    },
    "--checks-gate": {
        "action": "store_true",
        "help": "judge a promotion: every check evaluated, rule confident, no mail",
    },
    "--checks-candidate": {
        "metavar": "NAME=MODEL",
        "action": "append",
        "type": _candidate,
        "default": [],
        "help": "judge this skops file, or table as in thresholds.toml, in place of the deployed "
        "model, which becomes the baseline; may be given for several models",
    },
    "--checks-against": {
        "metavar": "FILE",
        "help": "the thresholds.toml in force: bounds that are looser now are told, "
        "and shut a gate",
    },
    "--checks-allow-loosened": {
        "action": "store_true",
        "help": "leave a gate open where bounds are looser than in the file of --checks-against",
    },
    "--checks-charts": {
        "choices": ("failed", "all", "none"),
        "default": "failed",
        "help": "which checks get charts of their own (none: no overview either); default: failed",
    },
    "--checks-no-email": {"action": "store_true", "help": "send no mail"},
    "--checks-email-dry-run": {
        "action": "store_true",
        "help": "send no mail, write it as email.eml",
    },
}


def _old_name(option: str) -> str:
    return "--thresholds" if option == "--checks-file" else option.replace("--checks-", "--")


_NEW_NAMES = {_old_name(option): option for option in _OPTIONS}


def add_options(parser: pytest.Parser) -> None:
    """Add all options of the checks, whose names collide with those of no other plugin."""
    group = parser.getgroup("model checks")
    for name, option in _OPTIONS.items():
        group.addoption(name, **option)


def explain_old_names(parser: pytest.Parser) -> None:
    """Tell the new name of an option beside pytest's error that it does not know the old one.

    Other plugins' options are known only when the last ``conftest.py`` is read, and pytest has
    no hook for an error after that. So its parsing is wrapped.
    """
    parse = parser.parse

    def explained(
        args: Sequence[str | os.PathLike[str]], namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        try:
            return parse(args, namespace)
        except pytest.UsageError as error:
            _, unknown = parser.parse_known_and_unknown_args(args)
            renamed = _renamed(unknown)
            if not renamed:
                raise
            raise pytest.UsageError(f"{error}\n  model_checks: {renamed}") from None

    parser.parse = explained  # type: ignore[method-assign]


def _renamed(unknown: Sequence[str]) -> str:
    """Return the old names among arguments that nobody knows, each with the new one."""
    names = dict.fromkeys(argument.partition("=")[0] for argument in unknown)
    return ", ".join(f"{name} is now {_NEW_NAMES[name]}" for name in names if name in _NEW_NAMES)


def report_dir(config: pytest.Config) -> Path:
    """Return the folder of the report; a path that was given starts at the working folder."""
    given = config.getoption("--checks-report-dir")
    return config.invocation_params.dir / given if given else config.rootpath / "reports"


@dataclass(frozen=True)
class Options:
    """The options of the command line that concern the checks; ``here`` is the working folder.

    Attributes
    ----------
    narrowed
        Whether only some of the checks were chosen, as by ``-k`` or by a check's name.
    collect_only
        Whether the checks are listed and not made.
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
        """Return the options in pytest's configuration; given paths start at the working folder."""
        here, root = config.invocation_params.dir, config.rootpath
        file, against = (config.getoption(f"--checks-{name}") for name in ("file", "against"))
        sending = "none" if config.getoption("--checks-no-email") else "send"
        return cls(
            root=root,
            here=here,
            thresholds=here / file if file else root / "thresholds.toml",
            report_dir=report_dir(config),
            as_of=config.getoption("--checks-as-of"),
            gate=config.getoption("--checks-gate"),
            candidates=tuple(config.getoption("--checks-candidate")),
            charts=config.getoption("--checks-charts"),
            email="dry-run" if config.getoption("--checks-email-dry-run") else sending,
            against=None if against is None else here / against,
            allow_loosened=config.getoption("--checks-allow-loosened"),
            narrowed=_narrowed(config),
            collect_only=is_listing_only(config),
        )


def is_listing_only(config: pytest.Config) -> bool:
    """Return whether pytest is only to list tests or the like, so that nothing is judged."""
    looks = ("collectonly", "showfixtures", "show_fixtures_per_test", "cacheshow")
    return any(config.getoption(name, None) for name in looks)


def _narrowed(config: pytest.Config) -> bool:
    """Return whether the command line chooses among the tests in the files that it names."""
    chosen = ("keyword", "markexpr", "lf", "deselect", "stepwise")
    return any(config.getoption(name, None) for name in chosen) or any(
        "::" in argument for argument in config.args
    )
