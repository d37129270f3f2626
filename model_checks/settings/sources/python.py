"""``{ python }``: an object of a user's own module."""

from pydantic import Field

from model_checks.settings.field_types import OBJECT
from model_checks.settings.model_source import Deployed


class PythonModel(Deployed):
    """An object that is imported."""

    key = "python"
    loader = "model_checks.predict.sources.python:load_model_object"

    python: str = Field(pattern=OBJECT, description="'package.module:name'")

    @property
    def module(self) -> str:
        """Return the module, with the object's name."""
        return self.python
