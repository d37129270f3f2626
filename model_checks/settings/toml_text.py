"""The text of thresholds.toml -> what is written in it, as far as any file of settings may go."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from model_checks.settings.error_messages import Location, place, shown

MOST_BYTES = 4 * 2**20
"""A file larger than this is none that anybody has written."""

_MOST_DEEP = 20
"""Tables and lists in each other; a threshold of a segment is the sixth."""
_MOST_DIGITS = 40
"""More than any column holds; beyond some 4,300 Python can't even write a number down."""

_MOST_PARTS = 100
"""A dotted name's every part is a table in the one before, and reading it takes the square of its
length, so that a longer one is refused before."""

_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_NEXT = rf"(?:[ \t]*+\.[ \t]*+{_PART})"
_NAME = re.compile(
    r'''#.*+|"""(?:[^"\\]|\\[\s\S]|"(?!""))*+(?:"""|\Z)'''
    r"""|'''(?:[^']|'(?!''))*+(?:'''|\Z)"""
    rf"|(?P<long>{_PART}{_NEXT}{{{_MOST_PARTS}}})|{_PART}{_NEXT}*+"
    r"""|["'].*+"""
)
"""A dotted name, or what could be taken for one: a comment, a text, whether it ends or not."""

_TOO_DEEP = f"tables or lists are nested more than {_MOST_DEEP} deep"
_TOO_MANY = f"a dotted name has more than {_MOST_PARTS} parts"
_TOO_LONG = f"has more than {_MOST_DIGITS} digits"


def tables_in(text: str) -> dict[str, Any]:
    """What is written in a text of TOML.

    Raises
    ------
    ValueError
        If it is not TOML, or holds what no setting can be; the first such thing alone is told.
    """
    if any(found["long"] for found in _NAME.finditer(text)):
        raise ValueError(_TOO_MANY)
    try:
        written = tomllib.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not valid TOML: {error}") from None
    except ValueError:  # Python's own, of the digits of a number
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
    """All that is in a table, at any depth, in the order of the file, each with its place."""
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
