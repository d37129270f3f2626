"""``model = ...``: a deployed model, and which loader it takes."""

from collections.abc import Iterator, Mapping

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from model_checks.settings.error_messages import refuse
from model_checks.settings.field_types import OBJECT, Known, Table, Text, Whole

_LOADERS = ("skops", "joblib", "python")


class Deployed(Table):
    """``model = ...``: which loader, of which file; a bare string is a skops file."""

    skops: Text | None = None
    trusted_types: list[Text] = Field(default_factory=list)
    joblib: Text | None = None
    allow_pickle: bool = False
    sha256: str | None = Field(
        default=None, pattern="^[0-9a-f]{64}$", description="64 hexadecimal digits in lower case"
    )
    python: str | None = Field(default=None, pattern=OBJECT, description="'package.module:name'")
    whole: Whole = None

    @field_validator("whole")
    @classmethod
    def _one_loader(cls, _: None, info: ValidationInfo) -> None:
        if cls.model_fields.keys() - {"whole"} <= info.data.keys():
            refuse(_mixed_loaders(info.data))

    @property
    def source(self) -> str:
        """The file or object, as thresholds.toml names it."""
        return self.skops or self.joblib or self.python or ""


def _mixed_loaders(known: Known) -> Iterator[str]:
    named = [name for name in _LOADERS if known[name]]
    if len(named) != 1:
        yield f"must name one of {', '.join(_LOADERS)}" + (", not several" if named else "")
        return
    if known["joblib"] and not (known["allow_pickle"] and known["sha256"]):
        yield (
            "a joblib file runs code when it is loaded; say allow_pickle = true and the file's "
            "sha256, or save it with skops"
        )
    if not known["joblib"] and (known["allow_pickle"] or known["sha256"]):
        yield "allow_pickle and sha256 go with joblib"
    if not known["skops"] and known["trusted_types"]:
        yield "trusted_types goes with skops"


def string_as(key: str) -> BeforeValidator:
    """Take a bare string for the value of a key of the table."""

    def as_table(raw: object) -> object:
        if not isinstance(raw, str | Mapping):
            raise ValueError("must be a string or a table")
        return {key: raw} if isinstance(raw, str) else raw

    return BeforeValidator(as_table)
