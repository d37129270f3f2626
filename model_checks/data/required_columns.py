"""The columns that the settings name, looked for among those of the data."""

from collections.abc import Mapping, Sequence

from model_checks.data.columns import Columns, why_unusable
from model_checks.data.csv.special_words import looks_like_values
from model_checks.errors import DataError
from model_checks.text import first_few, nearest, shortened


def require(named: Sequence[tuple[str, str]], types: Mapping[str, str]) -> None:
    """Refuse data that lacks a named column, or has several columns of its name.

    Parameters
    ----------
    named
        Pairs of a setting's key and the column that it names.

    Raises
    ------
    DataError
        If it does; the error names such columns, and what there is.
    """
    missing = {name: key for key, name in named if name not in types}
    doubled = [
        f"{key} {name!r} {why}"
        for name, key in missing.items()
        if (why := why_unusable(name, types))
    ]
    if doubled:
        raise DataError("; ".join(doubled))
    if missing:
        told = [f"{key} {shortened(name)!r} is no column" for name, key in missing.items()]
        names = types.known if isinstance(types, Columns) else types
        known = nearest(next(iter(missing)), names)
        if _has_no_header(named, types):
            known = "its first line has none of the columns that are named; is it one of names?"
        if looks_like_values(names):
            known = "its first line looks like values, not like names"
        raise DataError(f"{first_few(told, 5, '; ')}; {known}")


def _has_no_header(named: Sequence[tuple[str, str]], types: Mapping[str, str]) -> bool:
    """Return whether a CSV has none of several named columns: its first line may be a row."""
    wanted = {name for _, name in named}
    is_csv = isinstance(types, Columns) and types.fields is not None
    return is_csv and len(wanted) > 1 and not wanted & types.keys()
