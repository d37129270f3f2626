"""Columns of two labels each, as a multilabel model has them: the positive one and another."""

from collections.abc import Mapping, Sequence

from model_checks.data.engine import Engine
from model_checks.data.sql import literal
from model_checks.errors import DataError
from model_checks.predict.vocabulary import refuse_unlikely_pair
from model_checks.text import quoted


def is_positive(text: str, positive: str) -> str:
    """Return SQL that is 1 where a label's text is the positive one, else 0."""
    return f"case when {text} = {literal(positive)} then 1 else 0 end"


def refuse_third_labels(
    engine: Engine, relation: str, texts: Mapping[str, str], targets: int, positive: str
) -> None:
    """Refuse columns that have a third label, or not the same two as the others.

    Parameters
    ----------
    texts
        Each column's name in messages, with SQL of its labels' text.
    targets
        How many of the columns, the first ones, hold what is true; the others, in the same order,
        what is predicted.
    positive
        The label that is positive in all of them; it may occur in none.

    Raises
    ------
    DataError
        If there are such columns; the error names the labels.
    """
    columns = ", ".join(_ends(text, positive) for text in texts.values())
    [told] = engine.run(f"select {columns} from {relation}")
    found: dict[str, list[str]] = {}
    for place, least, greatest, occurs in zip(texts, *(told[k::3] for k in range(3)), strict=True):
        if least != greatest:
            raise DataError(
                f"{place}: {_labels(engine, relation, texts[place], positive)} beside "
                f"positive_label {positive!r}; a column of task 'multilabel' has one other label"
                f"{_counterpart(engine, relation, texts, targets, place)}"
            )
        found[place] = [*([] if least is None else [least]), *([positive] if occurs else [])]
    _refuse_second_pair(found, positive)
    sides = {"targets": [*found][:targets], "predictions": [*found][targets:]}
    of_sides = {
        side: sorted(set[str]().union(*(found[place] for place in places)))
        for side, places in sides.items()
        if places
    }
    for label in set[str]().union(*found.values()) - {positive}:
        refuse_unlikely_pair(of_sides, (), (label, positive))


def _ends(text: str, positive: str) -> str:
    """Return SQL of the first and last label beside the positive one, and whether that occurs."""
    other = f"case when {text} = {literal(positive)} then null else {text} end"
    return f"min({other}), max({other}), max({is_positive(text, positive)})"


def _refuse_second_pair(found: Mapping[str, Sequence[str]], positive: str) -> None:
    """Refuse columns that have different labels beside the positive one."""
    others: dict[str, str] = {}
    for place, labels in found.items():
        for label in set(labels) - {positive}:
            others.setdefault(label, place)
    if len(others) > 1:
        told = ", ".join(f"{label!r} in {place}" for label, place in list(others.items())[:5])
        raise DataError(
            f"beside positive_label {positive!r} there is {told}; "
            "all columns of task 'multilabel' have the same two labels"
        )


def _counterpart(
    engine: Engine, relation: str, texts: Mapping[str, str], targets: int, place: str
) -> str:
    """Return words on a column's counterpart, where the two have no label in common."""
    columns = list(texts)
    if len(columns) == targets:
        return ""
    other = columns[(columns.index(place) + targets) % len(columns)]
    ones, others = (_distinct(relation, texts[one]) for one in (place, other))
    [(shared,)] = engine.run(
        f"select count(*) from {ones} as ones join {others} as others on ones.label = others.label"
    )
    if shared:
        return ""
    [(count,)] = engine.run(f"select count(*) from {others} as others")
    first = engine.run(f"select label from {others} as others order by label limit 5")
    return f"; {other} has {quoted([label for (label,) in first], count)}, no label in common"


def _distinct(relation: str, text: str) -> str:
    return f"(select distinct {text} as label from {relation})"


def _labels(engine: Engine, relation: str, text: str, positive: str) -> str:
    """Return the labels of a column beside the positive one, in words."""
    others = f"from {_distinct(relation, text)} as labels where label <> {literal(positive)}"
    [(count,)] = engine.run(f"select count(*) {others}")
    first = engine.run(f"select label {others} order by label limit 5")
    return quoted([label for (label,) in first], count)
