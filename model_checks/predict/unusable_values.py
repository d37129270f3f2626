"""The values of answers and weights that no metric can be computed from, as SQL."""

from collections.abc import Iterator, Mapping, Sequence

from model_checks.data.columns import number_of, sql_of
from model_checks.data.values import is_float
from model_checks.predict.column_names import column_shown, is_answered
from model_checks.predict.columns import AnswerColumns
from model_checks.settings import Model
from model_checks.text import first_few

_MOST_OFF = 0.01
"""Largest distance of a row's summed probabilities from 1, as where they have only 2 digits."""

_WEIGHTS = (1e-30, 1e30)
"""The least and greatest weight: sums of weights times ranks stay within what a float can hold."""

Condition = tuple[str, str]
"""A mistake of rows, in words, and SQL that holds for these rows."""


def unusable_values(
    model: Model, answers: AnswerColumns, types: Mapping[str, str], *, probabilities: bool
) -> dict[str, str]:
    """Return what no metric can be computed from, each with SQL that holds for such rows.

    Parameters
    ----------
    probabilities
        Whether a metric takes the scores for probabilities.
    """
    conditions = [*_missing(model, answers, types)]
    if probabilities:
        conditions += _improbable(answers, types)
    if model.weight:
        conditions += _unfit_weights(model.weight, types)
    for target in model.targets:
        if is_float(types[target]):
            conditions.append((f"target {target!r} is infinite", f"isinf({sql_of(target, types)})"))
    return dict(conditions)


def _missing(model: Model, answers: AnswerColumns, types: Mapping[str, str]) -> Iterator[Condition]:
    asked = [("score", name) for name in answers.scores.values()]
    asked += [("prediction", name) for name in answers.predictions]
    asked += [("weight", model.weight)] if model.weight else []
    for key, name in asked:
        shown, column = f"{key} {column_shown(name)}", sql_of(name, types)
        null = "missing" if key == "prediction" and is_answered(name) else "null"
        yield f"{shown} is {null}", f"{column} is null"
        if is_float(types[name]):
            yield f"{shown} is NaN", f"isnan({column})"
            yield f"{shown} is infinite", f"isinf({column})"


def _improbable(answers: AnswerColumns, types: Mapping[str, str]) -> Iterator[Condition]:
    """Yield what is wrong with scores as probabilities, each by itself or a row's together."""
    for name in answers.scores.values():
        number = number_of(name, types)
        yield f"score {column_shown(name)} is no probability", f"{number} < 0 or {number} > 1"
    if not answers.parts:
        return
    off = _MOST_OFF + answers.precision_in(types).eps + 1e-9  # 0.33 three times is not off by more
    named = f"of the {answers.side}"
    if not answers.precision:
        named = first_few([*map(column_shown, answers.parts)], 5)
    what = f"the sum of the scores {named}"
    total = _added([number_of(name, types) for name in answers.parts])
    yield f"{what} is not 1, to within {_MOST_OFF:g},", f"abs({total} - 1) > {off!r}"


def _unfit_weights(weight: str, types: Mapping[str, str]) -> Iterator[Condition]:
    shown, number = f"weight {weight!r}", number_of(weight, types)
    low, high = _WEIGHTS
    yield f"{shown} is negative", f"{number} < 0"
    small = f"{number} > 0 and {number} < {low!r}"
    large = f"{number} > {high!r} and not isnan({number}) and not isinf({number})"
    yield f"{shown} is neither 0 nor from {low:g} to {high:g}", f"{small} or {large}"


def _added(terms: Sequence[str], most: int = 30) -> str:
    """Return SQL of a sum in parts, for no engine takes an expression nested for each of many.

    >>> _added(["a", "b", "c"], most=2)
    '((a + b) + (c))'
    """
    while len(terms) > 1:
        parts = [terms[k : k + most] for k in range(0, len(terms), most)]
        terms = [f"({' + '.join(part)})" for part in parts]
    return terms[0]
