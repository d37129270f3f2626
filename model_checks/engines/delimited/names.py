"""Names of columns, and what only looks like them."""

import re
from collections.abc import Iterable

_VALUE = re.compile(r"[-+]?\d+([.,]\d+)*|\d{4}-\d\d-\d\d.*|\d\d?[./]\d\d?[./]\d{2,4}.*", re.ASCII)
"""What a column is rather called by a file without a header; its names are values of a row then."""


def looks_like_values(names: Iterable[str]) -> bool:
    """Tell whether the names of columns are rather values of a row."""
    return any(map(_VALUE.fullmatch, names))
