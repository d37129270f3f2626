"""``--checks-candidate NAME=MODEL``: models that may be promoted, as they are named there."""

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from model_checks.errors import SettingsError
from model_checks.settings import Settings
from model_checks.settings.error_messages import sentences, shown
from model_checks.settings.field_types import Table
from model_checks.settings.model_source import Deployed
from model_checks.settings.sources.skops import SkopsModel
from model_checks.settings.toml_text import tables_in
from model_checks.text import nearest

_PICKLES = (".joblib", ".pkl", ".pickle")


class _Candidate(Table):
    """A candidate written as a table, as the file would have it."""

    model: Deployed


def candidate(written: str) -> tuple[str, str]:
    """Return the name and the model of ``NAME=MODEL``.

    Raises
    ------
    ValueError
        If the text is not of this form.
    """
    name, _, model = (part.strip() for part in written.partition("="))
    if not name or not model:
        raise ValueError("must be NAME=MODEL, as in churn=new.skops")
    return name, model


def with_candidates(settings: Settings, written: Sequence[str], here: Path) -> Settings:
    """Return settings in which candidates stand for the models that are deployed.

    Parameters
    ----------
    written
        Each candidate as ``NAME=MODEL``, where MODEL is a skops file or a table of TOML.
    here
        The folder where relative paths start.

    Raises
    ------
    SettingsError
        If a candidate is wrong, with every mistake.
    """
    found: dict[str, Deployed] = {}
    mistakes: list[str] = []
    pairs = [candidate(one) for one in written]
    names = [name for name, _ in pairs]
    for name, text in pairs:
        try:
            _require_one_of_a_model(name, names, settings)
            model = _read(name, text, settings.models[name].model)
            found[name] = _located(model, here, settings.folder)
        except SettingsError as error:
            mistakes += [f"--checks-candidate {name}: {mistake}" for mistake in error.mistakes]
    if mistakes:
        raise SettingsError(dict.fromkeys(mistakes))
    return settings.with_candidates(found)


def _require_one_of_a_model(name: str, names: list[str], settings: Settings) -> None:
    if name not in settings.models:
        unknown = f"{settings.file} has no model {name!r}; {nearest(name, settings.models)}"
        raise SettingsError([unknown])
    if names.count(name) > 1:
        raise SettingsError(["is given more than once; a model has one candidate"])


def _read(name: str, text: str, deployed: Deployed | None) -> Deployed:
    if not text.startswith("{"):
        return _skops(name, text, deployed)
    try:
        written = tables_in(f"model = {text}")
    except ValueError as error:
        raise SettingsError([f"{shown(text)} is no table: {error}"]) from None
    try:
        return _Candidate.model_validate(written).model
    except ValidationError as error:
        lines = sentences(error, _Candidate, "", written)
        raise SettingsError(line.removeprefix(": ") for line in lines) from None


def _skops(name: str, path: str, deployed: Deployed | None) -> Deployed:
    """Return the skops file of a bare path, which may hold the types that the deployed one may."""
    if path.lower().endswith(_PICKLES):
        table = f'{{ joblib = "{path}", allow_pickle = true, sha256 = "..." }}'
        told = f"is no skops file; what runs code when it is loaded is given as '{name}={table}'"
        raise SettingsError([f"{shown(path)} {told}"])
    trusted = deployed.trusted_types if isinstance(deployed, SkopsModel) else []
    return SkopsModel(skops=path, trusted_types=trusted)


def _located(model: Deployed, here: Path, beside: Path) -> Deployed:
    """Return a model with its path as from the folder of the file, where the file's paths start."""
    if model.file is None:
        return model
    path = here / Path(model.file).expanduser()
    if not path.is_file():
        reason = "is no file" if path.exists() else "no such file"
        raise SettingsError([f"{model.file!r}: {reason} in {here}"])
    path = Path(os.path.normpath(path))
    told = path.relative_to(beside) if path.is_relative_to(beside) else path
    return model.model_copy(update={model.key: str(told)})
