"""Parquet files -> a view: the columns that all of them have, and those that their folders give."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from model_checks.data.columns import Columns, doubled_names, may_be_doubled
from model_checks.data.duckdb.time_values import are_days, moments_in
from model_checks.data.duckdb.type_inference import inferred, value_sql
from model_checks.data.engine import GIVEN
from model_checks.data.files import NO_VALUE, folder_values, listed
from model_checks.data.sql import identifier, literal
from model_checks.errors import DataError
from model_checks.settings.column_roles import Roles
from model_checks.settings.places.files import DataFiles
from model_checks.text import nearest
from model_checks.text.redaction import without_secrets

Run = Callable[[str], list[tuple[Any, ...]]]

_FILE = "model_checks file"
"""The column of the files' names, itself named as no file's own column is likely to be."""

_FAMILIES = {
    "StringType": "texts",
    "EnumType": "texts",
    "TimestampType": "times",
    "DateType": "times",
    "NullType": "",
    "IntType": "numbers",
    "DecimalType": "numbers",
    "Float16Type": "numbers",
    "BOOLEAN": "booleans",
    "INT32": "numbers",
    "INT64": "numbers",
    "INT96": "times",
    "FLOAT": "numbers",
    "DOUBLE": "numbers",
    "BYTE_ARRAY": "texts",
}
"""Kinds of values by Parquet's logical or physical type; a column of nulls goes with every kind."""


@dataclass(frozen=True)
class _Schema:
    """The top-level columns that some files share, in order, each with its kind of values.

    Attributes
    ----------
    files
        The files with these columns, in order; messages name the first.
    """

    files: list[str]
    columns: Sequence[tuple[str, str]]

    @property
    def shown(self) -> str:
        return without_secrets(self.files[0])

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.columns]


def read_parquet(
    run: Run, names: Sequence[str], base: str | None, data: DataFiles, roles: Roles
) -> Columns:
    """Make some Parquet files the relation ``given``, and return its columns.

    Parameters
    ----------
    names
        Names of the files, as DuckDB takes them; an address may be a glob.
    base
        The folder below which folders ``key=value`` give columns; None where no file is in one.

    Raises
    ------
    DataError
        If a file can't be read, or the time column holds what is no time.
    """
    scan = _scan(names)
    types = {name: kind for name, kind, *_ in run(f"describe select * from {scan}")}
    del types[_FILE]
    schemas = _schemas(run, names, types)
    named, unusable = _told_apart(schemas, [*types])
    unusable = {**_mixed(schemas), **_lacking(schemas, roles), **unusable}
    folders, lacking = _folders(run, schemas, base)
    unusable |= lacking
    own = {name: named.get(name, name) for schema in schemas for name in schema.names}
    given = {name: (identifier(sql), types[sql]) for name, sql in own.items() if sql in types}
    time = _time(run, scan, {**folders, **given}, data, roles.time)
    replaced = {own[name]: sql for name, sql in time.items() if name in own}
    added = {name: sql for name, (sql, _) in folders.items()} | {
        name: sql for name, sql in time.items() if name not in own
    }
    columns = [f"* exclude ({identifier(_FILE)})"]
    if replaced:
        columns[0] += f" replace ({_named(replaced)})"
    run(
        f"create or replace temp view {GIVEN} as "
        f"select {', '.join([*columns, *([_named(added)] if added else [])])} from {scan}"
    )
    kinds = types
    if replaced or added:
        kinds = {name: kind for name, kind, *_ in run(f"describe {GIVEN}")}
    names_of = {sql: name for name, sql in named.items()}
    fed = _fed(roles.time)
    return Columns(
        {names_of.get(sql, sql): kind for sql, kind in kinds.items() if sql != fed},
        unusable,
        named=named,
        features={roles.time: (fed, kinds[fed])} if roles.time and fed in kinds else None,
    )


def _named(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{sql} as {identifier(name)}" for name, sql in columns.items())


def _fed(time: str | None) -> str:
    """Return the name of the time column as a model is given it."""
    return f"{time} as a feature"


def _time(
    run: Run,
    scan: str,
    columns: Mapping[str, tuple[str, str]],
    data: DataFiles,
    name: str | None,
) -> dict[str, str]:
    """Return SQL of times that are texts or whole numbers, and of their column as it is."""
    if name is None or name not in columns:
        return {}
    column, kind = columns[name]
    moments = moments_in(column, kind, data)
    if moments is None:
        return {}
    bad = f"{column} is not null and ({moments.value}) is null"
    [(found, days)] = run(
        f"select count(case when {bad} then 1 end), {are_days(f'({moments.value})')} from {scan}"
    )
    if found:
        [(file, text)] = run(
            f"select {identifier(_FILE)}, cast({column} as varchar) from {scan} "
            f"where {bad} order by 1 limit 1"
        )
        raise DataError(
            f"time_column {name!r}: in {without_secrets(file)} it has {moments.unfit(text, data)}"
        )
    value = f"cast({moments.value} as date)" if days else moments.value
    return {name: value, _fed(name): column}


def _scan(names: Sequence[str]) -> str:
    """Return SQL that reads some Parquet files as one table.

    A file's statistics don't tell whether a column has a NaN. Unless told that it may have one,
    DuckDB concludes from them that it has none, and ``isnan`` is false even where there is one.
    """
    return (
        f"read_parquet({listed(names)}, union_by_name = true, can_have_nan = true, "
        f"hive_partitioning = false, filename = {literal(_FILE)})"
    )


def _schemas(run: Run, names: Sequence[str], types: Mapping[str, str]) -> list[_Schema]:
    """Return the schemas of the files; of a single file mostly the columns that DuckDB tells."""
    if len(names) == 1 and _is_plain(names[0]) and not may_be_doubled([*types], "_"):
        return [_Schema([names[0]], [(name, "") for name in types])]
    rows = run(
        "select file_name, name, num_children, coalesce(cast(logical_type as varchar), type) "
        f"from parquet_schema({listed(names)})"
    )
    alike: dict[Any, list[str]] = {}
    for file, of_file in groupby(rows, key=itemgetter(0)):
        alike.setdefault(tuple(row[1:] for row in of_file), []).append(str(file))
    return [_Schema(files, top_level(nodes)) for nodes, files in alike.items()]


def _is_plain(name: str) -> bool:
    """Return whether a name is that of one file, rather than a pattern."""
    return not any(sign in name for sign in "*?[")


def top_level(schema: Any) -> list[tuple[str, str]]:
    """Return the names of a Parquet file's columns, each with its kind of values.

    Parameters
    ----------
    schema
        Name, number of parts and type of each node of the tree, the root first, each before its
        parts.

    >>> top_level([("root", 2, None), ("place", 1, None), ("x", None, "INT32"), ("a", None, "x")])
    [('place', 'others'), ('a', 'others')]
    """
    names, left = [], [1]  # how many nodes are still to come on each level
    for name, parts, kind in schema:
        if len(left) == 2:
            family = "others" if parts else _FAMILIES.get(str(kind).partition("(")[0], "others")
            names.append((name, family))
        left[-1] -= 1
        left.append(parts or 0)
        while left and not left[-1]:
            left.pop()
    return names


def _told_apart(
    schemas: Sequence[_Schema], given: Sequence[str]
) -> tuple[Mapping[str, str], dict[str, str]]:
    """Return SQL names where they are not the columns' own, and why other columns can't be used.

    DuckDB takes capitals for small letters and renames the second column of a name, so that only
    its place tells which it is.
    """
    unusable: dict[str, str] = {}
    for schema in schemas:
        where = f" in {schema.shown}"
        unusable = doubled_names(schema.names, where, cased=True) | unusable
    first = schemas[0].names
    if all(schema.names == first for schema in schemas[1:]):
        of_name = reversed([*zip(first, given, strict=True)])
        return {name: sql for name, sql in of_name if name != sql}, unusable
    for schema in schemas:
        where = f" in {schema.shown}, other files having others,"
        unusable = doubled_names(schema.names, where) | unusable
    return {}, unusable


def _lacking(schemas: Sequence[_Schema], roles: Roles) -> dict[str, str]:
    """Return why the columns that are not in every file can't be used."""
    sets = [{*schema.names} for schema in schemas]
    found = {}
    for name in dict.fromkeys(name for schema in schemas for name in schema.names):
        for schema, names in zip(schemas, sets, strict=True):
            if name not in names:
                known = f"; {nearest(name, names)}" if name in roles.needed else ""
                found[name] = f"is no column of {schema.shown}{known}"
                break
    return found


def _mixed(schemas: Sequence[_Schema]) -> dict[str, str]:
    """Return why the columns whose kind of values differs between files can't be used."""
    first: dict[str, tuple[str, str]] = {}
    found = {}
    for schema in schemas:
        for name, kind in schema.columns:
            before, file = first.setdefault(name, (kind, schema.shown)) if kind else ("", "")
            if before != kind:
                found[name] = f"holds {before} in {file} and {kind} in {schema.shown}"
    return found


def _folders(
    run: Run, schemas: Sequence[_Schema], base: str | None
) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Return SQL and type of columns that all folders give, and why others can't be used."""
    if base is None:
        return {}, {}
    values = {file: folder_values(file, base) for schema in schemas for file in schema.files}
    own = {name.lower() for schema in schemas for name in schema.names}
    found, lacking = {}, {}
    for key in dict.fromkeys(key for given in values.values() for key in given):
        if key.lower() in own:
            continue
        without = next((file for file, given in values.items() if key not in given), None)
        if without is None:
            found[key] = _folder_value(run, key, base, [given[key] for given in values.values()])
        else:
            lacking[key] = f"is given by no folder of {without_secrets(without)}"
    return found, lacking


def _folder_value(run: Run, key: str, base: str, values: Sequence[str | None]) -> tuple[str, str]:
    """Return SQL of the value that a file's folder gives, and the type of all values together."""
    texts = ", ".join("null" if one is None else literal(one) for one in dict.fromkeys(values))
    of = inferred(run, f"(select unnest([{texts}]::varchar[]) as v)", {"v": True})["v"]
    below = f"substr({identifier(_FILE)}, {len(base) + 1})"
    text = f"regexp_extract({below}, {literal(f'^(?:.*/)?{re.escape(key)}=([^/]*)/')}, 1)"
    value = f"nullif(nullif(url_decode({text}), ''), {literal(NO_VALUE)})"
    return value_sql(value, of), of.kind
