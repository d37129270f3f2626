"""The words of a CSV that pandas takes for something else than words, and what plainly is text."""

import re
from collections.abc import Iterable

MISSING = [
    *("NA", "N/A", "n/a", "#NA", "#N/A", "#N/A N/A", "<NA>", "None", "NULL", "null"),
    *("NaN", "nan", "-NaN", "-nan", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
]
"""The words that pandas takes for a missing value unless it is told not to."""

TRUE, FALSE = ("True", "TRUE", "true"), ("False", "FALSE", "false")
"""The words that it takes for booleans."""

_ALMOST_NUMBERS = {"inf", "infinity", "nan", "true", "false"}
_LETTER = re.compile(r"[^\W\d_]")
_VALUE = re.compile(r"[-+]?\d+([.,]\d+)*|\d{4}-\d\d-\d\d.*|\d\d?[./]\d\d?[./]\d{2,4}.*", re.ASCII)
"""What a column is rather called by a file without a header; its names are values of a row then."""

_PARTED = re.compile(r"\d[-:/]\d")
_EXPONENT = re.compile(r"[\s\d.,+-]*e[\s\d+-]*", re.IGNORECASE)


def has_text(fields: Iterable[str]) -> bool:
    """Tell whether a field is for sure no number, boolean, or word for a missing value.

    Then no other field makes its column anything but text. Dates and times are such fields.

    >>> has_text(["1", "west"]), has_text(["2026-05-01"]), has_text(["1", "NA", "1e5", "inf"])
    (True, True, False)
    """
    return any(map(_is_text, fields))


def _is_text(field: str) -> bool:
    bare = field.strip().lower().lstrip("+-")
    if field in MISSING or bare in _ALMOST_NUMBERS or _EXPONENT.fullmatch(field):
        return False
    return bool(_LETTER.search(field) or _PARTED.search(field))


def looks_like_values(names: Iterable[str]) -> bool:
    """Tell whether the names of columns are rather values of a row."""
    return any(map(_VALUE.fullmatch, names))
