"""Names, texts and conditions as SQL, in DuckDB's dialect, which the other engines translate."""

from collections.abc import Sequence


def identifier(name: str) -> str:
    """Return a column's name, quoted.

    >>> identifier('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text, quoted; a database is given it as a parameter.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def conjunction(conditions: Sequence[str]) -> str:
    """Return conditions joined by AND; none at all is always true."""
    return " and ".join(conditions) or "true"
