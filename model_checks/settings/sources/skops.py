"""``{ skops, trusted_types }``: a model that is loaded without running code of its file."""

from pydantic import Field

from model_checks.settings.field_types import Text
from model_checks.settings.model_source import DeployedFile


class SkopsModel(DeployedFile):
    """A skops file; types that skops does not trust by itself are listed."""

    key = "skops"
    loader = "model_checks.predict.sources.skops:load_skops"

    skops: Text
    trusted_types: list[Text] = Field(default_factory=list)
