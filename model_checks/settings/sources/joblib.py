"""``{ joblib, allow_pickle, sha256 }``: a pickle, whose very bytes are agreed on."""

from collections.abc import Iterator

from pydantic import ConfigDict, Field

from model_checks.settings.field_types import Known, Text, Whole
from model_checks.settings.model_source import DeployedFile
from model_checks.settings.tagged import refused_together


def _not_agreed(known: Known) -> Iterator[str]:
    if not (known["allow_pickle"] and known["sha256"]):
        yield (
            "a joblib file runs code when it is loaded; say allow_pickle = true and the file's "
            "sha256, or save it with skops"
        )


class JoblibModel(DeployedFile):
    """A joblib file, which runs code when it is loaded."""

    model_config = ConfigDict(json_schema_extra={"required": ["joblib", "allow_pickle", "sha256"]})

    key = "joblib"
    loader = "model_checks.predict.sources.joblib:load_joblib"

    joblib: Text
    allow_pickle: bool = False
    sha256: str | None = Field(
        default=None, pattern="^[0-9a-f]{64}$", description="64 hexadecimal digits in lower case"
    )
    whole: Whole = None

    _agreed = refused_together(_not_agreed)

    @property
    def agreed_sha256(self) -> str | None:
        """Return the SHA-256 of the bytes that may be loaded."""
        return self.sha256
