"""``thresholds.toml``, read and checked: every mistake at once, nothing silently ignored."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError, field_validator

import model_checks.settings.places  # fills the registry of data places
import model_checks.settings.sources  # noqa: F401 (fills that of model sources)
from model_checks.errors import SettingsError
from model_checks.settings.baseline import Baseline, Degradation
from model_checks.settings.data import Data
from model_checks.settings.email import Email
from model_checks.settings.engine import Limits
from model_checks.settings.error_messages import key_mistake, refuse, sentences
from model_checks.settings.field_types import Moment, Origin, Table, parse_moment
from model_checks.settings.files import read_regular
from model_checks.settings.model import Model, model_name
from model_checks.settings.model_source import Deployed
from model_checks.settings.rules import Correction, Rule, Rules
from model_checks.settings.segments import Gap, Segmentation, segment_text
from model_checks.settings.thresholds import Threshold
from model_checks.settings.toml_text import MOST_BYTES, tables_in
from model_checks.text import nearest

__all__ = [
    "Baseline",
    "Correction",
    "Data",
    "Defaults",
    "Degradation",
    "Deployed",
    "Email",
    "Gap",
    "Limits",
    "Model",
    "Rule",
    "Rules",
    "Segmentation",
    "Settings",
    "Threshold",
    "email_of",
    "load_settings",
    "parse_moment",
    "parse_settings",
    "segment_text",
]


class Defaults(Rules):
    """``[defaults]``: what holds where nothing nearer says otherwise."""

    as_of: Moment | None = None
    correction: Correction | None = None


class Settings(Table):
    """The whole file."""

    email: Email | None = None
    engine: Limits = Limits()
    defaults: Defaults = Defaults()
    models: Annotated[
        dict[Annotated[str, AfterValidator(model_name)], Model], Field(validate_default=True)
    ] = Field(default_factory=dict)

    _origin: Origin = PrivateAttr(default=Origin(Path("thresholds.toml"), ""))
    _candidates: frozenset[str] = PrivateAttr(default=frozenset())
    _written: "Settings | None" = PrivateAttr(default=None)

    @field_validator("models")
    @classmethod
    def _not_empty(cls, models: dict[str, Model]) -> dict[str, Model]:
        if not models:
            raise key_mistake("no model to judge; add a table [models.NAME]")
        refuse(
            f"[models.{name}] metric {metric!r} is called as a model is; both are markers of "
            "checks, so rename one"
            for name, model in models.items()
            for metric in dict.fromkeys(model.metrics())
            if metric in models
        )
        return models

    def model_post_init(self, context: Any) -> None:
        """Keep the file of the settings, which ``parse_settings`` hands over as context."""
        if isinstance(context, Origin):
            self._origin = context

    def with_candidates(self, candidates: Mapping[str, Deployed]) -> "Settings":
        """Return the settings with candidates in place of the deployed models.

        A deployed model becomes the baseline, on the same rows, in place of the file's baseline.

        Raises
        ------
        SettingsError
            If a candidate's name is that of no model.
        """
        if unknown := [name for name in candidates if name not in self.models]:
            raise SettingsError(
                f"{self.file} has no model {name!r}; {nearest(name, self.models)}"
                for name in unknown
            )
        models = {
            name: model.challenged_by(candidates[name]) if name in candidates else model
            for name, model in self.models.items()
        }
        changed = self.model_copy(update={"models": models})
        changed._candidates = frozenset(candidates)  # noqa: SLF001 (our own)
        changed._written = self.written  # noqa: SLF001 (our own)
        return changed

    @property
    def written(self) -> "Settings":
        """Return the settings as the file has them, without candidates."""
        return self._written or self

    @property
    def candidates(self) -> frozenset[str]:
        """Return the names of the models that a candidate stands in for."""
        return self._candidates

    def spilling_to(self, folder: Path) -> "Settings":
        """Return the settings with ``folder`` for whatever does not fit into memory."""
        engine = self.engine.model_copy(update={"temp_directory": str(folder)})
        return self.model_copy(update={"engine": engine})

    @property
    def folder(self) -> Path:
        """Return the folder of the file, where relative paths start."""
        return self._origin.path.parent

    @property
    def file(self) -> str:
        """Return the file's name, for messages."""
        return self._origin.path.name

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the file's bytes."""
        return self._origin.sha256


def load_settings(path: Path) -> Settings:
    """Read and check a settings file.

    Raises
    ------
    SettingsError
        With every mistake: the table, the key, what was found and the nearest known name.
    """
    try:
        content = read_regular(path, MOST_BYTES)
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise SettingsError([f"{path}: {reason}; name another with --checks-file FILE"]) from None
    return parse_settings(content, path)


def email_of(path: Path) -> Email | None:
    """Return the ``[email]`` table of a file that has mistakes elsewhere.

    None if there is no such table, if it has a mistake of its own, or if the file can't be read.
    """
    try:
        written = tables_in(read_regular(path, MOST_BYTES).decode("utf-8-sig"))
        return Email.model_validate(written["email"]) if "email" in written else None
    except (OSError, ValueError):
        return None


def parse_settings(content: bytes, path: Path) -> Settings:
    """Return the settings in a file's content; relative paths start at the folder of ``path``.

    Raises
    ------
    SettingsError
        With every mistake, as ``load_settings``.
    """
    try:
        written = tables_in(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError([f"{path.name}: not UTF-8 (at line {line})"]) from None
    except ValueError as error:
        raise SettingsError([f"{path.name}: {error}"]) from None
    origin = Origin(path.resolve(), hashlib.sha256(content).hexdigest())
    try:
        return Settings.model_validate(written, context=origin)
    except ValidationError as error:
        raise SettingsError(sentences(error, Settings, path.name, written)) from None
