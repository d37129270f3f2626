"""The columns that an engine has, their names in its SQL, and which can't be used."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from model_checks.data.sql import identifier


@dataclass(frozen=True)
class Fields:
    """Findings on the fields of a CSV beside the types of its columns.

    Attributes
    ----------
    look
        Finds out why a column does not hold numbers.
    gaps
        SQL names of columns that lack a value in any row.
    huge
        SQL names of columns of whole numbers that are held as text, since they are too large.
    words
        Columns, each with how many of its fields are words that elsewhere mean a missing value.
    others
        Names of columns that were not read, since nothing asked for them.
    """

    look: Callable[[str], str]
    gaps: frozenset[str] = frozenset()
    huge: frozenset[str] = frozenset()
    words: Mapping[str, int] = field(default_factory=dict)
    others: tuple[str, ...] = ()


class Columns(dict[str, str]):
    """The columns that can be named, each with its type.

    Attributes
    ----------
    unusable
        Names that stand for no column, each with the reason: it is that of several, or is no column
        of every file.
    named
        Columns that have another name in SQL, each with that name.
    features
        Columns that are labels or times to the settings, and something else to a model that is
        called with them, each with the SQL name and the type that it has for the model.
    fields
        Findings on the fields of a CSV; None for all other data.
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
        """Return all names of columns, also of those that were not read."""
        return [*self, *(self.fields.others if self.fields else ())]

    def of_kept(self, types: Mapping[str, str]) -> "Columns":
        """Return the columns of a relation in which some of these have kept their SQL names."""
        names = {sql: name for name, sql in self.named.items()}
        return Columns({names.get(sql, sql): kind for sql, kind in types.items()}, named=self.named)


def sql_name(name: str, types: Mapping[str, str]) -> str:
    """Return the name of a column in SQL."""
    return types.named.get(name, name) if isinstance(types, Columns) else name


def sql_of(name: str, types: Mapping[str, str]) -> str:
    """Return the name of a column in SQL, quoted."""
    return identifier(sql_name(name, types))


def number_of(name: str, types: Mapping[str, str]) -> str:
    """Return the SQL of a column as a number."""
    return f"cast({sql_of(name, types)} as double)"


def feature_of(name: str, types: Mapping[str, str]) -> tuple[str, str]:
    """Return the SQL name and type of a column in the form that a model is called with."""
    features = types.features if isinstance(types, Columns) else {}
    return features.get(name) or (sql_name(name, types), types[name])


def doubled_names(names: Iterable[str], where: str = "", *, cased: bool = False) -> dict[str, str]:
    """Return the names that several columns have, each with why it can't be used.

    Parameters
    ----------
    where
        Words on the place of the names, as in " in log.csv".
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
    """Return names made distinct for an engine that takes capitals for small letters.

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
    """Return whether an engine may have renamed a second column of a name: ``a_1`` beside ``a``.

    Parameters
    ----------
    mark
        The text that the engine puts between the name and a number.
    """
    known = {name.lower() for name in names}
    parts = [name.lower().rpartition(mark) for name in names]
    return any(number.isdecimal() and name in known for name, _, number in parts)


def why_unusable(name: str, types: Mapping[str, str]) -> str | None:
    """Return why a name stands for no column; None where no reason is known."""
    return types.unusable.get(name) if isinstance(types, Columns) else None


def why_no_number(name: str, types: Mapping[str, str]) -> str:
    """Return why a column holds no numbers: its type, or the first field that is no number.

    No value of a row is shown.
    """
    if isinstance(types, Columns) and types.fields:
        return types.fields.look(name)
    return f"is of type {types[name]}, which is no number"
