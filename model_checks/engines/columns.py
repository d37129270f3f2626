"""The columns that an engine has, and which of their names stand for several of them."""

from collections.abc import Iterable, Mapping, Sequence


class Columns(dict[str, str]):
    """The type of each column that can be named; a name that several have is left out.

    Attributes
    ----------
    doubled
        What is told of each such name.
    """

    def __init__(self, types: Mapping[str, str], doubled: Mapping[str, str] | None = None) -> None:
        self.doubled = doubled or {}
        super().__init__({name: of for name, of in types.items() if name not in self.doubled})


def doubled_names(names: Iterable[str], where: str = "", *, cased: bool = False) -> dict[str, str]:
    """Tell of the names that several columns have.

    Parameters
    ----------
    where
        What is said of the place, as in " in log.csv".
    cased
        Whether names that differ by their case alone are of different columns.

    >>> doubled_names(["a", "b", "A"], " in log.csv")["A"]
    "is the name of 2 columns in log.csv ('a', 'A')"
    """
    spellings: dict[str, list[str]] = {}
    for name in names:
        spellings.setdefault(name if cased else name.lower(), []).append(name)
    return {
        spelling: f"is the name of {len(same)} columns{where} ({', '.join(map(repr, same))})"
        for same in spellings.values()
        for spelling in same
        if len(same) > 1
    }


def may_be_doubled(names: Sequence[str], mark: str) -> bool:
    """Tell whether an engine may have renamed a column whose name was there: ``a_1`` beside ``a``.

    Parameters
    ----------
    mark
        What it puts between the name and a number.
    """
    known = {name.lower() for name in names}
    parts = [name.lower().rpartition(mark) for name in names]
    return any(number.isdecimal() and name in known for name, _, number in parts)


def why_doubled(name: str, types: Mapping[str, str]) -> str | None:
    """Tell why a name stands for no column, where it stands for several."""
    return types.doubled.get(name) if isinstance(types, Columns) else None
