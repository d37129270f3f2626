"""What the columns of a model's answers are called, where they are kept and in messages."""

import re
from collections.abc import Sequence
from typing import Literal

Whose = Literal["model", "baseline"]

PREDICTION, SCORE = "prediction", "score"
_COLUMN = re.compile(rf"model_checks (?:{PREDICTION}|{SCORE}) (of the \w+)(?: \d+)?( for .*)?")


def column_names(what: str, whose: Whose, labels: Sequence[str]) -> list[str]:
    """Names of the columns of predictions or scores of some labels; of one it need not be told.

    >>> column_names(SCORE, "model", ["late"])
    ['model_checks score of the model']
    >>> column_names(SCORE, "baseline", ["a", "b"])[1]
    "model_checks score of the baseline 1 for 'b'"
    """
    name = f"model_checks {what} of the {whose}"
    if len(labels) == 1:
        return [name]
    return [f"{name} {position} for {label!r}" for position, label in enumerate(labels)]


def column_shown(column: str) -> str:
    """A column as messages name it: by whose answers it holds, or as the data does.

    >>> column_shown("model_checks score of the model 1 for 'b'"), column_shown("score")
    ("of the model for 'b'", "'score'")
    """
    answered = _COLUMN.fullmatch(column)
    return f"{answered[1]}{answered[2] or ''}" if answered else repr(column)


def is_answered(column: str) -> bool:
    """Whether a column holds what a model answered, rather than what the data has."""
    return bool(_COLUMN.fullmatch(column))
