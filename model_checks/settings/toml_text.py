"""The reading of TOML tables from text, within the limits of any settings file."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from model_checks.settings.error_messages import Location, place, shown

MOST_BYTES = 4 * 2**20
"""The most bytes of a file; nobody has written a larger one."""

_MOST_DEEP = 20
"""The most tables and lists inside each other; a threshold of a segment is the sixth."""
_MOST_DIGITS = 40
"""The most digits: more than any column holds; beyond some 4,300 Python can't write a number."""

_MOST_PARTS = 100
"""The most parts of a dotted name: each is a table in the one before, and reading them takes the
square of their number, so that a longer name is refused before."""

_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_NEXT = rf"(?:[ \t]*+\.[ \t]*+{_PART})"
_NAME = re.compile(
    r'''#.*+|"""(?:[^"\\]|\\[\s\S]|"(?!""))*+(?:"""|\Z)'''
    r"""|'''(?:[^']|'(?!''))*+(?:'''|\Z)"""
    rf"|(?P<long>{_PART}{_NEXT}{{{_MOST_PARTS}}})|{_PART}{_NEXT}*+"
    r"""|["'].*+"""
)
"""A dotted name, or what could be taken for one: a comment, or a string with or without end."""

_TOO_DEEP = f"tables or lists are nested more than {_MOST_DEEP} deep"
_TOO_MANY = f"a dotted name has more than {_MOST_PARTS} parts"
_TOO_LONG = f"has more than {_MOST_DIGITS} digits"


def tables_in(text: str) -> dict[str, Any]:
    """Return the tables that are written in a text of TOML.

    Raises
    ------
    ValueError
        If the text is not TOML, or holds what no setting can be; only the first mistake is named.
    """
    if any(found["long"] for found in _NAME.finditer(text)):
        raise ValueError(_TOO_MANY)
    try:
        written = tomllib.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not valid TOML: {error}") from None
    except ValueError:  # Python's own limit of digits
        raise ValueError(f"a whole number in it {_TOO_LONG}") from None
    for location, value in _all_in(written):
        if len(location) > _MOST_DEEP:
            raise ValueError(_TOO_DEEP)
        if isinstance(value, int) and abs(value) >= 10**_MOST_DIGITS:
            raise ValueError(f"{place(location)} {_TOO_LONG}")
        if isinstance(value, str) and "\0" in value:
            raise ValueError(f"{place(location)} = {shown(value)} holds a null character")
    return written


def _all_in(written: dict[str, Any]) -> Iterator[tuple[Location, object]]:
    """Yield every value in a table, at any depth, in the order of the file, with its place."""
    waiting: list[tuple[Location, object]] = [((), written)]
    while waiting:
        location, value = waiting.pop()
        if location:
            yield location, value
        inner: list[tuple[Location, object]] = []
        if isinstance(value, dict):
            inner = [((*location, key), one) for key, one in value.items()]
        elif isinstance(value, list):
            inner = [((*location, position), one) for position, one in enumerate(value)]
        waiting += reversed(inner)
