"""The features of a deployed model and the labels that it knows, as it tells them itself."""

from collections import Counter
from collections.abc import Sequence

from model_checks.errors import SourceError
from model_checks.predict.model_output import dimensions, label_of
from model_checks.predict.sources import LoadedModel
from model_checks.settings import Model
from model_checks.text import quoted, type_name


def error_of(loaded: LoadedModel, text: str) -> SourceError:
    """Return an error that names the model that it is of."""
    return SourceError(f"model {loaded.source!r}: {text}")


def has_scores(loaded: LoadedModel) -> bool:
    """Return whether a model has scores, and tells which labels they are of."""
    return callable(loaded.attribute("predict_proba")) and loaded.attribute("classes_") is not None


def features_of(model: Model, loaded: LoadedModel) -> list[str]:
    """Return the columns that a model is called with: those of the settings, or its own.

    Raises
    ------
    SourceError
        If the model tells no features, or one twice.
    """
    names = model.features
    if names is None:
        names = loaded.attribute("feature_names_in_")
    if names is None:
        raise error_of(loaded, "does not tell its features; add features = [...]")
    try:
        features = [str(name) for name in names]
    except TypeError:
        raise error_of(
            loaded, f"its feature_names_in_ is no list but a {type_name(names)}"
        ) from None
    if not features:
        raise error_of(loaded, "tells of no feature; add features = [...]")
    if twice := [name for name, n in Counter(features).items() if n > 1]:
        raise error_of(loaded, f"its features name a column twice: {quoted(twice)}")
    return features


def classes_of(loaded: LoadedModel) -> tuple[str, ...]:
    """Return the labels that a model knows; none if it does not tell.

    Raises
    ------
    SourceError
        If what it has for them are no labels.
    """
    classes = loaded.attribute("classes_")
    if classes is None:
        return ()
    try:
        labels = [label_of(label) for label in classes]
    except TypeError:
        raise error_of(loaded, f"its classes_ are no list but a {type_name(classes)}") from None
    except ValueError as error:
        raise error_of(loaded, f"its classes_ hold {error}") from None
    if None in labels:
        raise error_of(loaded, "its classes_ hold a missing value, which is no label")
    return tuple(label for label in labels if label is not None)


def classes_of_labels(
    loaded: LoadedModel, targets: Sequence[str], positive: str
) -> list[tuple[str | None, ...]]:
    """Return the classes of each target's scores; if the model has none, the positive is last.

    Raises
    ------
    SourceError
        If the classes are no labels, are not one list a target, or lack the positive label.
    """
    given = loaded.attribute("classes_")
    if not isinstance(given, list) or any(dimensions(one) != 1 for one in given):
        given = [["", positive]] * len(targets)
    try:
        classes = [tuple(map(label_of, one)) for one in given]
    except ValueError as error:
        raise error_of(loaded, f"its classes_ hold {error}") from None
    if len(classes) != len(targets):
        found = f"a list of {len(classes):,}, expected {len(targets):,}"
        raise error_of(loaded, f"its classes_ are {found}, one for each label")
    for target, labels in zip(targets, classes, strict=True):
        if len(labels) > 1 and positive not in labels:
            known = quoted([str(label) for label in labels])
            raise error_of(
                loaded,
                f"positive_label {positive!r} is not among its classes {known} of {target!r}",
            )
    return classes
