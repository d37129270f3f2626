"""Judge deployed models against the bounds agreed in thresholds.toml.

``pytest model_checks`` is the way in; a notebook or a script finds the same road here: ``judge``
what ``load_settings`` has read, look at ``overview_chart``, and ``compose`` the mail. The names are
imported when they are first used, so that a pytest session without a check pays for nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model_checks.notify.email.message import compose
    from model_checks.pipeline import judge
    from model_checks.predict.sources import load_model
    from model_checks.report.charts import overview_chart
    from model_checks.report.page import summary_html
    from model_checks.settings import load_settings, parse_moment, parse_settings
    from model_checks.store.results_json import run_as_json
    from model_checks.version import __version__ as __version__

__all__ = [
    "compose",
    "judge",
    "load_model",
    "load_settings",
    "overview_chart",
    "parse_moment",
    "parse_settings",
    "run_as_json",
    "summary_html",
]

_HOMES = {
    "__version__": "version",
    "compose": "notify.email.message",
    "judge": "pipeline",
    "load_model": "predict.sources",
    "load_settings": "settings",
    "overview_chart": "report.charts",
    "parse_moment": "settings",
    "parse_settings": "settings",
    "run_as_json": "store.results_json",
    "summary_html": "report.page",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
