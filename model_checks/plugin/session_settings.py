"""The settings of a session: the file that was agreed, its candidates, and the file in force."""

from collections.abc import Collection

import pytest

from model_checks.errors import SettingsError
from model_checks.metrics import METRICS, TASKS
from model_checks.plugin.options import Options
from model_checks.settings import Settings, load_settings


def load_agreed(options: Options, reserved: Collection[str]) -> Settings:
    """Read ``thresholds.toml``, and put the candidates in place of the deployed models.

    Parameters
    ----------
    reserved
        The names of pytest's markers, which no model and no metric may have.

    Raises
    ------
    SettingsError
        If the file has mistakes, or a name is taken.
    """
    settings = load_settings(options.thresholds)
    names = [
        (model, name)
        for model, agreed in settings.models.items()
        for name in dict.fromkeys((model, *agreed.metrics()))
        if name not in METRICS
    ]
    taken = [(model, name) for model, name in names if name in reserved]
    if taken:
        raise SettingsError(
            f"{settings.file}: [models.{model}] the name {name!r} is taken by a pytest marker; "
            "choose another"
            for model, name in taken
        )
    if not options.candidates:
        return settings
    from model_checks.settings.candidates import with_candidates

    return with_candidates(settings, options.candidates, options.here)


def load_in_force(options: Options) -> Settings | None:
    """Return the settings that the bounds are compared with, where a file is named.

    Raises
    ------
    SettingsError
        If that file has mistakes, or looser bounds are allowed without one.
    """
    if options.against:
        from model_checks.settings.in_force import load_in_force as load

        return load(options.against)
    if options.allow_loosened:
        needed = "goes with --checks-against FILE: without it no bound is found looser"
        raise SettingsError([f"--checks-allow-loosened {needed}"])
    return None


def marker_names(config: pytest.Config) -> set[str]:
    """Return the names that pytest's markers have already, the metrics and tasks among them."""
    lines = config.getini("markers")
    return {line.split(":")[0].split("(")[0].strip() for line in lines} | {*METRICS, *TASKS}
