"""Compares what a model's bounds are of in two files: rows, labels, predictions, a baseline."""

from collections.abc import Iterator, Mapping

from model_checks.plan.loosening.notation import told
from model_checks.settings import Settings
from model_checks.text import label_text

_OF_OTHERS = {
    "task": "another task",
    "data": "other rows",
    "target": "other labels",
    "prediction": "other predictions",
    "score": "other predictions",
    "positive_label": "another label",
    "decision_threshold": "other predictions",
    "weight": "other weights",
    "time_column": "other rows",
    "window": "other rows",
    "as_of": "other rows",
    "baseline": "another comparison",
}
"""Keys of a model that say what is judged, each with what bounds are of where it has changed."""


def judged_otherwise(name: str, before: Settings, after: Settings) -> Iterator[str]:
    """Yield a sentence on each key whose change makes a model's bounds be of something else.

    A baseline where there was none is left out: it is one more thing that the model is held to.
    """
    ones, others = _what_is_judged(name, before), _what_is_judged(name, after)
    for key, of_others in _OF_OTHERS.items():
        one, other = ones[key], others[key]
        if one != other and not (key == "baseline" and one is None):
            yield f"{name}: {told(key, other, one)}: the bounds are of {of_others}"


def _what_is_judged(name: str, settings: Settings) -> Mapping[str, object]:
    """Return the keys that say what is judged, with what holds where they are left out."""
    model = settings.models[name]
    found = {key: getattr(model, key) for key in _OF_OTHERS}
    found["positive_label"] = label_text(model.positive_label)
    found["as_of"] = model.time_column and (model.as_of or settings.defaults.as_of)
    if found["decision_threshold"] is None and not (model.model or model.prediction):
        found["decision_threshold"] = 0.5
    return found
