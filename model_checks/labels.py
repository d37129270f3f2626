"""Columns of two labels each, as a multilabel model has them: the positive one and another."""

from collections.abc import Mapping

from model_checks.engines import Engine
from model_checks.engines.sql import literal
from model_checks.errors import DataError
from model_checks.text import quoted


def is_positive(text: str, positive: str) -> str:
    """SQL that is 1 where a label's text is the positive one, else 0."""
    return f"case when {text} = {literal(positive)} then 1 else 0 end"


def refuse_third_labels(
    engine: Engine, relation: str, texts: Mapping[str, str], positive: str
) -> None:
    """See that no column has a third label, and that all have the same two.

    Parameters
    ----------
    texts
        What each column is called, with SQL of its labels' text.
    positive
        The label that is positive in all of them; it may occur in none.

    Raises
    ------
    DataError
        That names the labels.
    """
    other = f"case when {{0}} = {literal(positive)} then null else {{0}} end"
    ends = (f"min({other}), max({other})".format(text) for text in texts.values())
    [found] = engine.run(f"select {', '.join(ends)} from {relation}")
    others: dict[str, str] = {}
    for place, least, greatest in zip(texts, found[::2], found[1::2], strict=True):
        if least != greatest:
            raise DataError(
                f"{place}: {_labels(engine, relation, texts[place], positive)} beside "
                f"positive_label {positive!r}; a column of task 'multilabel' has one other label"
            )
        if least is not None:
            others.setdefault(least, place)
    if len(others) > 1:
        told = ", ".join(f"{label!r} in {place}" for label, place in list(others.items())[:5])
        raise DataError(
            f"beside positive_label {positive!r} there is {told}; "
            "all columns of task 'multilabel' have the same two labels"
        )


def _labels(engine: Engine, relation: str, text: str, positive: str) -> str:
    """The labels of a column beside the positive one."""
    labels = f"(select distinct {text} as label from {relation})"
    others = f"from {labels} as labels where label <> {literal(positive)}"
    [(count,)] = engine.run(f"select count(*) {others}")
    first = engine.run(f"select label {others} order by label limit 5")
    return quoted([label for (label,) in first], count)
