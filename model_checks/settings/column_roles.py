"""The roles of the columns of a model's rows, which decide how the fields of a file are read."""

from collections.abc import Iterator
from dataclasses import dataclass

from model_checks.settings.columns import listed
from model_checks.settings.model import Model


@dataclass(frozen=True)
class Roles:
    """The columns that the settings name, by how they are read.

    Attributes
    ----------
    needed
        All columns that the settings name, the target first.
    words
        Columns of labels and segments: of a CSV only empty fields are missing there, NA is a word.
    numbers
        Columns of numbers: scores, weights, and of a regression targets and predictions.
    time
        The column of times.
    features
        Columns that a model is called with, as far as the settings name them.
    every
        Whether all other columns are needed as well, as where a model names its features itself.
    """

    needed: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    time: str | None = None
    features: frozenset[str] = frozenset()
    every: bool = True

    def are_read(self, name: str) -> bool:
        """Return whether a column is needed."""
        return self.every or name in self.needed

    def may_be_fed(self, name: str) -> bool:
        """Return whether a model may be called with a column."""
        return self.every or name in self.features


NO_ROLES = Roles()
"""The roles where nothing is known of what columns are for: every column is read."""


def roles_of(model: Model, *, called: bool = True) -> Roles:
    """Return the roles of the columns of a model's rows.

    Parameters
    ----------
    called
        Whether models may be called on the rows; False where the rows are only counted.
    """
    labels, numbers = set(model.targets), set(model.scores)
    named = [name for _, name in columns_named(model)]
    labels.update(model.predictions)
    if baseline := model.baseline:
        labels.update(listed(baseline.prediction))
        scores = baseline.score
        others = list(scores.values()) if isinstance(scores, dict) else listed(scores)
        numbers.update(others)
        named += [*listed(baseline.prediction), *others]
    words = labels.union(*(one.by for one in model.segments))
    if model.task == "regression":
        numbers |= labels
    if model.weight:
        numbers.add(model.weight)
    calls = model.model or (model.baseline and model.baseline.model)
    return Roles(
        needed=tuple(dict.fromkeys(named)),
        words=frozenset(words),
        numbers=frozenset(numbers),
        time=model.time_column,
        features=frozenset(model.features or ()),
        every=called and calls is not None,
    )


def columns_named(model: Model) -> list[tuple[str, str]]:
    """Return every column of the rows that the settings name, with the key that names it."""
    return [(key, name) for key, name in _named(model) if name is not None]


def _named(model: Model) -> Iterator[tuple[str, str | None]]:
    yield from (("target", target) for target in model.targets)
    yield from (("time_column", model.time_column), ("weight", model.weight))
    yield from (("prediction", prediction) for prediction in model.predictions)
    yield from (("score", score) for score in model.scores)
    yield from (("features", feature) for feature in model.features or [])
    yield from (("segments", column) for one in model.segments for column in one.by)
