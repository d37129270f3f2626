"""The names of the columns of a model's answers, where they are kept and in messages."""

import re
from collections.abc import Sequence
from typing import Literal

Side = Literal["model", "baseline"]

PREDICTION, SCORE = "prediction", "score"
_COLUMN = re.compile(rf"model_checks (?:{PREDICTION}|{SCORE}) (of the \w+)(?: \d+)?( for .*)?")


def column_names(what: str, side: Side, labels: Sequence[str]) -> list[str]:
    """Return the names of the columns of predictions or scores; they name labels if several.

    >>> column_names(SCORE, "model", ["late"])
    ['model_checks score of the model']
    >>> column_names(SCORE, "baseline", ["a", "b"])[1]
    "model_checks score of the baseline 1 for 'b'"
    """
    name = f"model_checks {what} of the {side}"
    if len(labels) == 1:
        return [name]
    return [f"{name} {position} for {label!r}" for position, label in enumerate(labels)]


def column_shown(column: str) -> str:
    """Return a column as messages name it: by the model that answered it, or as the data does.

    >>> column_shown("model_checks score of the model 1 for 'b'"), column_shown("score")
    ("of the model for 'b'", "'score'")
    """
    answered = _COLUMN.fullmatch(column)
    return f"{answered[1]}{answered[2] or ''}" if answered else repr(column)


def is_answered(column: str) -> bool:
    """Return whether a column holds what a model answered, rather than what the data has."""
    return bool(_COLUMN.fullmatch(column))
