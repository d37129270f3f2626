"""The registry of model sources: the kinds of ``model = ...``, by their keys."""

from model_checks.settings.model_source import SOURCES, Deployed
from model_checks.settings.sources.joblib import JoblibModel
from model_checks.settings.sources.python import PythonModel
from model_checks.settings.sources.skops import SkopsModel

_KINDS: dict[str, type[Deployed]] = {
    "skops": SkopsModel,
    "joblib": JoblibModel,
    "python": PythonModel,
}
SOURCES.update(_KINDS)
