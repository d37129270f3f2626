"""Columns of a model's rows: one for a role or, for task multilabel, one for each label."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from model_checks.settings.field_types import Known, each_once, one_or_more_of
from model_checks.text import counted

MOST_LABELS = 200
"""The most labels of a multilabel model: each pair of labels has its own sums, each label four of
some queries' columns, of which a database allows about a thousand."""


def _parse_columns(raw: object) -> object:
    if not isinstance(raw, str | list):
        raise ValueError("must be a string, or for multilabel a list of strings")
    if not raw:
        raise ValueError("must not be empty")
    if isinstance(raw, list):
        if not all(isinstance(column, str) and column for column in raw):
            raise ValueError("must be a list of columns")
        each_once(raw)
    return raw


def _parse_score(raw: object) -> object:
    if isinstance(raw, list):
        return _parse_columns(raw)
    columns = list(raw.values()) if isinstance(raw, Mapping) else [raw]
    if not columns or not all(isinstance(column, str) and column for column in columns):
        raise ValueError(
            "must be a column, for multiclass a table of label = column, "
            "or for multilabel a list of columns"
        )
    return raw


Columns = Annotated[
    str | list[str],
    PlainValidator(_parse_columns),
    one_or_more_of({"type": "string", "minLength": 1}),
]

Score = Annotated[
    str | dict[str, str] | list[str],
    PlainValidator(_parse_score),
    WithJsonSchema(
        {
            "type": ["string", "object", "array"],
            "additionalProperties": {"type": "string"},
            "items": {"type": "string"},
        }
    ),
]


def listed(columns: Any) -> tuple[str, ...]:
    """Return one column, several or none as a tuple of columns.

    >>> listed("y"), listed(["a", "b"]), listed(None)
    (('y',), ('a', 'b'), ())
    """
    return tuple(columns) if isinstance(columns, list) else (columns,) if columns else ()


def require_one_for_each_label(columns: object, targets: object) -> None:
    """Refuse what is no list of columns for the labels of a multilabel model.

    Raises
    ------
    ValueError
        If it is no such list, or too short or too long, in itself or for the targets.
    """
    if not isinstance(columns, list):
        raise ValueError("must be a list of columns, one for each label, for task 'multilabel'")
    if isinstance(targets, list) and len(columns) != len(targets):
        raise ValueError(
            f"has {counted(len(columns), 'column')} for the {len(targets)} of target; "
            "each label needs one, in the same order"
        )
    if len(columns) < 2:
        raise ValueError("must have a column for each of several labels; for one: task = 'binary'")
    if len(columns) > MOST_LABELS:
        raise ValueError(
            f"has {counted(len(columns), 'column')}; at most {MOST_LABELS} labels can be judged"
        )


def require_columns_of_task(key: str, columns: object, task: str, targets: object) -> None:
    """Refuse several columns where a row has one label, and one column where it has several.

    Raises
    ------
    ValueError
        If the columns are not what the key takes for the task.
    """
    if task == "multilabel":
        require_one_for_each_label(columns, targets)
    elif isinstance(columns, list) and key != "score":
        raise ValueError(f"must be one column for task {task!r}")


def require_score_of_task(score: object, task: str) -> None:
    """Refuse scores that a task does not have.

    Raises
    ------
    ValueError
        If the task has no scores, or scores of another form.
    """
    if task == "regression":
        raise ValueError("is for classification; a regression is logged in prediction")
    if task == "binary" and not isinstance(score, str):
        raise ValueError("must be one column for task 'binary'")
    if task == "multiclass" and not (isinstance(score, dict) and len(score) > 1):
        raise ValueError("must be a table of label = column, of every label, for 'multiclass'")


def one_column_twice(known: Known) -> Iterator[str]:
    """Yield words on each column with two roles: a label as its own prediction is never wrong."""
    roles = [
        (key, column)
        for key in ("target", "prediction", "weight")
        for column in listed(known.get(key))
    ]
    score = known.get("score")
    scores = score.items() if isinstance(score, dict) else [("", one) for one in listed(score)]
    roles += [(f"score {label}".strip(), column) for label, column in scores]
    roles += [("features", column) for column in known.get("features") or []]
    first: dict[str, str] = {}
    for role, column in roles:
        if column in first:
            yield f"{first[column]} and {role} are the same column, {column!r}"
        first.setdefault(column, role)
