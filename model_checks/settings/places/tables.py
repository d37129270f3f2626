"""What data places share that name a table: its name in one spelling, and what they refuse."""

from collections.abc import Iterator, Sequence

from model_checks.settings.field_types import Known

_DEFAULT_SCHEMAS = ("public", "main", "dbo", "default", "spark_catalog")


READ_BY_DUCKDB = {
    key: f"{key} is of files that DuckDB reads; have the table or the SQL say it"
    for key in ("delimiter", "quote", "decimal", "encoding", "time_format", "time_unit")
}
"""Advice of keys that say how files are read, where another engine reads the rows."""


def parts_of_table(table: str, database: str = "") -> tuple[str, ...]:
    """Return the parts of a table's name, less the schema that it would be looked for in anyhow.

    >>> parts_of_table('public."Log"'), parts_of_table("log.churn", database="log")
    (('log',), ('churn',))
    """
    parts = [part.strip('"`[]') for part in table.casefold().split(".")]
    while len(parts) > 1 and parts[0] in (*_DEFAULT_SCHEMAS, database):
        parts = parts[1:]
    return tuple(parts)


def one_of(keys: Sequence[str], known: Known) -> Iterator[str]:
    """Tell that a table has none of some keys, or several."""
    named = [key for key in keys if known[key]]
    if len(named) != 1:
        yield f"must name one of {', '.join(keys)}" + (", not several" if named else "")
