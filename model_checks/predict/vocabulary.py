"""The labels of a target beside those of a prediction: whether both can be of one vocabulary."""

import itertools
import math
import unicodedata
from collections.abc import Collection, Mapping, Sequence

from model_checks.errors import DataError
from model_checks.text import quoted

Found = Mapping[str, Sequence[str]]
"""Each column's name in messages, with the labels in it; the target comes first."""

_TRUTHS = ("true", "false")


def sets_shown(found: Found) -> str:
    """Return the labels of each column, in words.

    >>> sets_shown({"target 'y'": ["no", "yes"], "prediction 'p'": ["0", "1"]})
    "target 'y' has 'no', 'yes'; prediction 'p' has '0', '1'"
    """
    return "; ".join(f"{place} has {quoted(labels)}" for place, labels in found.items())


def sets_beside(found: Found) -> str:
    """Return the labels of each column in brackets, to follow a sentence; empty where all agree."""
    sets = [frozenset(labels) for labels in found.values()]
    return f" ({sets_shown(found)})" if len(set(sets)) > 1 else ""


def share_none(found: Found) -> bool:
    """Return whether several columns have labels, but none in common."""
    sets = [set(labels) for labels in found.values() if labels]
    return len(sets) > 1 and not set.intersection(*sets)


def refuse_disjoint_labels(found: Found, known: Collection[str] = ()) -> None:
    """Refuse true and predicted labels that can't be of one vocabulary.

    Parameters
    ----------
    known
        The labels that the model knows. What is among them is of its vocabulary, and nothing that
        was misread: such a model is wrong on every row.

    Raises
    ------
    DataError
        If they have none in common, or one in two spellings; the error shows the labels.
    """
    occurring = set[str]().union(*found.values())
    if occurring.issubset(known):
        return
    if share_none(found):
        raise DataError(_strangers(found))
    if twice := _two_spellings(found):
        one, other = twice
        raise DataError(
            f"{sets_shown(found)}; {one!r} and {other!r} look like one label, written in two ways"
        )


def refuse_unlikely_pair(found: Found, known: Collection[str], pair: tuple[str, str]) -> None:
    """Refuse two labels that can't be those of a binary model, unless a column has both.

    Where all rows are of one label and all are predicted to be of the other, the model is wrong on
    each: or the same label is written in two ways.

    Parameters
    ----------
    pair
        The label that is not positive, and the positive one, of which one may occur nowhere.

    Raises
    ------
    DataError
        If one is a number and the other a word, or one is the other in another spelling.
    """
    same = alike(*pair)
    columns = list(found.values())[: 1 if same else None]
    if any(set(pair).issubset(labels) for labels in (*columns, known)):
        return
    other, positive = pair
    if share_none(found) and (same or _kind(other) != _kind(positive)):
        raise DataError(_strangers(found))
    if same:
        raise DataError(
            f"{sets_shown(found)}; {other!r} beside positive_label {positive!r} looks like the "
            "same label, written in another way"
        )
    if _kind(other) != _kind(positive):
        raise DataError(
            f"positive_label {positive!r} is not among the labels of {' and '.join(found)}: "
            f"{quoted([other])}"
        )


def _two_spellings(found: Found) -> tuple[str, str] | None:
    """Return a label that only one column has, and its other spelling that only another has."""
    columns = [set(labels) for labels in found.values()]
    for one, other in itertools.permutations(columns, 2):
        own = {_spelling(label): label for label in sorted(one - other)}
        for label in sorted(other - one):
            if _spelling(label) in own:
                return own[_spelling(label)], label
    return None


def _spelling(label: str) -> str | float:
    number = _number(label)
    return _folded(label) if number is None else number


def _strangers(found: Found) -> str:
    return f"{sets_shown(found)}: no label in common; both are to write a label in the same way"


def alike(one: str, other: str) -> bool:
    """Return whether two labels look like one in two spellings.

    >>> alike("Yes", "yes "), alike("1.0", "1"), alike("no", "yes")
    (True, True, False)
    """
    numbers = [_number(one), _number(other)]
    return _folded(one) == _folded(other) or (None not in numbers and numbers[0] == numbers[1])


def _folded(label: str) -> str:
    shown = (sign for sign in label if unicodedata.category(sign) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFKC", "".join(shown)).casefold().strip()


def _kind(label: str) -> str:
    """Return what a label is written as: both labels of a model are rarely of different kinds.

    >>> [_kind(label) for label in ("1", "-0.5", "False", "no", "nan")]
    ['number', 'number', 'truth', 'word', 'word']
    """
    if _number(label) is not None:
        return "number"
    return "truth" if _folded(label) in _TRUTHS else "word"


def _number(label: str) -> float | None:
    try:
        number = float(label)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
