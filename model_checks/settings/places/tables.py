"""The common parts of data places with tables: one spelling of names, and refused keys."""

from collections.abc import Iterator, Sequence

from model_checks.settings.field_types import Known

_DEFAULT_SCHEMAS = ("public", "main", "dbo", "default", "spark_catalog")


READ_BY_DUCKDB = {
    key: f"{key} is of files that DuckDB reads; have the table or the SQL say it"
    for key in ("delimiter", "quote", "decimal", "encoding", "time_format", "time_unit")
}
"""Advice on keys that say how files are read, for places that DuckDB does not read."""


def parts_of_table(table: str, database: str = "") -> tuple[str, ...]:
    """Return the parts of a table's name, without a default schema or the database.

    >>> parts_of_table('public."Log"'), parts_of_table("log.churn", database="log")
    (('log',), ('churn',))
    """
    parts = [part.strip('"`[]') for part in table.casefold().split(".")]
    while len(parts) > 1 and parts[0] in (*_DEFAULT_SCHEMAS, database):
        parts = parts[1:]
    return tuple(parts)


def one_of(keys: Sequence[str], known: Known) -> Iterator[str]:
    """Yield a mistake if a table has none of some keys, or several."""
    named = [key for key in keys if known[key]]
    if len(named) != 1:
        yield f"must name one of {', '.join(keys)}" + (", not several" if named else "")
