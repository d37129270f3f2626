"""``thresholds.toml``, read and checked: every mistake at once, nothing silently ignored."""

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError, field_validator

from model_checks.errors import SettingsError
from model_checks.settings.email import Email
from model_checks.settings.mistakes import key_mistake, sentences
from model_checks.settings.model import Data, Deployed, Model, model_name
from model_checks.settings.thresholds import Judging, Rule, Segmentation, Threshold
from model_checks.settings.values import Moment, Table, parse_moment

__all__ = [
    "Data",
    "Defaults",
    "Deployed",
    "Email",
    "Judging",
    "Model",
    "Rule",
    "Segmentation",
    "Settings",
    "Threshold",
    "load_settings",
    "parse_moment",
]


class Defaults(Judging):
    """``[defaults]``: what holds where nothing nearer says otherwise."""

    as_of: Moment | None = None


class Settings(Table):
    """The whole file."""

    email: Email | None = None
    defaults: Defaults = Defaults()
    models: dict[Annotated[str, AfterValidator(model_name)], Model]

    _path: Path = PrivateAttr(default=Path("thresholds.toml"))
    _sha256: str = PrivateAttr(default="")

    @field_validator("models")
    @classmethod
    def _not_empty(cls, models: dict[str, Model]) -> dict[str, Model]:
        if not models:
            raise key_mistake("no model to judge; add a table [models.NAME]")
        return models

    @property
    def folder(self) -> Path:
        """Where relative paths start."""
        return self._path.parent

    @property
    def file(self) -> str:
        """The file's name, for messages."""
        return self._path.name

    @property
    def sha256(self) -> str:
        """Of the file's bytes."""
        return self._sha256


def load_settings(path: Path) -> Settings:
    """Read and check the file.

    Raises
    ------
    SettingsError
        With every mistake: the table, the key, what was found and the nearest known name.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise SettingsError([f"{path}: {reason}; name another with --thresholds FILE"]) from None
    try:
        raw = tomllib.loads(content.decode("utf-8"))
        settings = Settings.model_validate(raw)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path.name}: not valid TOML: {error}"]) from None
    except ValidationError as error:
        raise SettingsError(sentences(error, Settings, path.name)) from None
    settings._path = path.resolve()
    settings._sha256 = hashlib.sha256(content).hexdigest()
    return settings
