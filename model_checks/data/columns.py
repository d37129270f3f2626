"""The columns that an engine has, what they are called in its SQL, and which can't be used."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from model_checks.data.sql import identifier


@dataclass(frozen=True)
class Fields:
    """What the fields of a CSV showed beside the types of its columns.

    Attributes
    ----------
    look
        Finds why a column is none of numbers.
    gaps
        What is called so in SQL and lacks a value in any row.
    huge
        What is called so in SQL and holds whole numbers as text, since they are too large.
    words
        How many fields of a column are words by which others tell that a value is missing.
    others
        Names of columns that were not read, since nothing asked for them.
    """

    look: Callable[[str], str]
    gaps: frozenset[str] = frozenset()
    huge: frozenset[str] = frozenset()
    words: Mapping[str, int] = field(default_factory=dict)
    others: tuple[str, ...] = ()


class Columns(dict[str, str]):
    """The type of each column that can be named.

    Attributes
    ----------
    unusable
        What is told of each name that stands for no column: as it is that of several, or is no
        column of every file.
    named
        What a column is called in SQL, where that is another name.
    features
        Columns that are labels or times to the settings, and something else to a model that is
        called with them: what they are called in SQL then, and their type.
    fields
        What is known of the fields of a CSV; None of all other rows.
    """

    def __init__(
        self,
        types: Mapping[str, str],
        unusable: Mapping[str, str] | None = None,
        *,
        named: Mapping[str, str] | None = None,
        features: Mapping[str, tuple[str, str]] | None = None,
        fields: Fields | None = None,
    ) -> None:
        self.unusable = unusable or {}
        self.named = named or {}
        self.features = features or {}
        self.fields = fields
        super().__init__({name: of for name, of in types.items() if name not in self.unusable})

    @property
    def known(self) -> list[str]:
        """All names of columns, also of those that were not read."""
        return [*self, *(self.fields.others if self.fields else ())]

    def of_kept(self, types: Mapping[str, str]) -> "Columns":
        """Return those of another relation, in which some of these have kept their SQL names."""
        names = {sql: name for name, sql in self.named.items()}
        return Columns({names.get(sql, sql): kind for sql, kind in types.items()}, named=self.named)


def sql_name(name: str, types: Mapping[str, str]) -> str:
    """Return what a column is called in SQL."""
    return types.named.get(name, name) if isinstance(types, Columns) else name


def sql_of(name: str, types: Mapping[str, str]) -> str:
    """Return the SQL of a column."""
    return identifier(sql_name(name, types))


def number_of(name: str, types: Mapping[str, str]) -> str:
    """Return the SQL of a column as a number."""
    return f"cast({sql_of(name, types)} as double)"


def feature_of(name: str, types: Mapping[str, str]) -> tuple[str, str]:
    """Return what a column is called in SQL whose values a model is called with, and its type."""
    features = types.features if isinstance(types, Columns) else {}
    return features.get(name) or (sql_name(name, types), types[name])


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


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return names that an engine tells apart which does not tell capitals from small letters.

    >>> distinct_names(["y", "Y", "p"])
    ['y', 'Y (2)', 'p']
    """
    seen: set[str] = set()
    found = []
    for name in names:
        distinct, number = name, 2
        while distinct.lower() in seen:
            distinct, number = f"{name} ({number})", number + 1
        seen.add(distinct.lower())
        found.append(distinct)
    return found


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


def why_unusable(name: str, types: Mapping[str, str]) -> str | None:
    """Tell why a name stands for no column, where something is known of that."""
    return types.unusable.get(name) if isinstance(types, Columns) else None


def why_no_number(name: str, types: Mapping[str, str]) -> str:
    """Tell why a column is none of numbers: with its type, or what stands in it first that is none.

    No value of a row is told.
    """
    if isinstance(types, Columns) and types.fields:
        return types.fields.look(name)
    return f"is of type {types[name]}, which is no number"
