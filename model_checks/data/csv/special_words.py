"""The words of a CSV that pandas takes for something else than words, and what plainly is text."""

import re
from collections.abc import Iterable

MISSING = [
    *("NA", "N/A", "n/a", "#NA", "#N/A", "#N/A N/A", "<NA>", "None", "NULL", "null"),
    *("NaN", "nan", "-NaN", "-nan", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
]
"""The words that pandas takes for a missing value unless it is told not to."""

TRUE, FALSE = ("True", "TRUE", "true"), ("False", "FALSE", "false")
"""The words that pandas takes for booleans."""

_ALMOST_NUMBERS = {"inf", "infinity", "nan", "true", "false"}
_LETTER = re.compile(r"[^\W\d_]")
_VALUE = re.compile(r"[-+]?\d+([.,]\d+)*|\d{4}-\d\d-\d\d.*|\d\d?[./]\d\d?[./]\d{2,4}.*", re.ASCII)
"""Names that look like values, as the first row of a file without a header does."""

_PARTED = re.compile(r"\d[-:/]\d")
_EXPONENT = re.compile(r"[\s\d.,+-]*e[\s\d+-]*", re.IGNORECASE)


def has_text(fields: Iterable[str]) -> bool:
    """Return whether any field is surely no number, boolean, or word for a missing value.

    Its column is text then, whatever else is in it. Dates and times are such fields.

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
    """Return whether any name of a column looks like a value of a row."""
    return any(map(_VALUE.fullmatch, names))
