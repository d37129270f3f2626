"""DuckDB's SQL in the dialects of other engines: the only module to know sqlglot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import Dialect, ErrorLevel, exp, parse_one
from sqlglot.errors import ParseError, UnsupportedError

from model_checks.data.engine import GIVEN
from model_checks.errors import DataError

_BY_VALUE = ("? = cast('NaN' as double)", "abs(?) = cast('Infinity' as double)")
_NEITHER = ("false", "false")

_NAN_AND_INFINITE: Mapping[str, tuple[str, str]] = {
    "bigquery": ("is_nan(?)", "is_inf(?)"),
    "clickhouse": ("isnan(?)", "isinf(?)"),
    "databricks": ("isnan(?)", _BY_VALUE[1]),
    "mysql": _NEITHER,
    "postgres": _BY_VALUE,
    "redshift": _BY_VALUE,
    "snowflake": (_BY_VALUE[0], "abs(?) = cast('inf' as double)"),
    "spark": ("isnan(?)", _BY_VALUE[1]),
    "sqlite": ("false", "abs(?) > 1.7976931348623157e308"),  # SQLite keeps a NaN as a null
    "trino": ("is_nan(?)", "is_infinite(?)"),
    "tsql": _NEITHER,
}
"""Each dialect's tests for a NaN and for an infinity, false where its columns can't hold them."""

DIALECTS = tuple(_NAN_AND_INFINITE)

_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("BIT", "BOOLEAN"), "BOOLEAN"),
    **dict.fromkeys(("INT", "MEDIUMINT"), "INTEGER"),
    **dict.fromkeys(("UINT", "UMEDIUMINT"), "UINTEGER"),
    **dict.fromkeys(("INT128", "INT256"), "HUGEINT"),
    **dict.fromkeys(("UINT128", "UINT256"), "UHUGEINT"),
    **dict.fromkeys(("MONEY", "SMALLMONEY"), "DECIMAL(19,4)"),
    **dict.fromkeys(("BIGDECIMAL", "DECIMAL", "DECIMAL32", "DECIMAL64", "DECIMAL128"), "DECIMAL"),
    **dict.fromkeys(("BPCHAR", "CHAR", "ENUM", "NAME", "NCHAR", "NVARCHAR", "TEXT"), "VARCHAR"),
    **dict.fromkeys(("LONGTEXT", "MEDIUMTEXT", "TINYTEXT", "VARCHAR"), "VARCHAR"),
    **dict.fromkeys(("DATE", "DATE32"), "DATE"),
    **dict.fromkeys(("DATETIME", "DATETIME2", "DATETIME64", "SMALLDATETIME"), "TIMESTAMP"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMPNTZ"), "TIMESTAMP"),
    **dict.fromkeys(("TIMESTAMPTZ", "TIMESTAMPLTZ"), "TIMESTAMP WITH TIME ZONE"),
}


@dataclass(frozen=True)
class Translated:
    """A query in the dialect of an engine.

    Attributes
    ----------
    text
        The SQL, with a named parameter such as ``:p0`` in place of every string. No quoted name in
        it holds a colon and a parameter's name.
    values
        The string that each parameter stands for, by its name without the colon.
    """

    text: str
    values: Mapping[str, str]


@lru_cache(maxsize=256)
def translated(sql: str, dialect: str, given: str = GIVEN) -> Translated:
    r"""Return a query of DuckDB's dialect in another one, with its strings as parameters.

    No ``order by`` in it may meet a null, for where nulls come is left to the engine; nor may an
    argument of ``greatest`` or ``least`` be null. ``isnan`` and ``isinf`` take a float.

    Parameters
    ----------
    given
        The name to give to the relation ``given``.

    Raises
    ------
    DataError
        If the dialect lacks what the query needs.

    Examples
    --------
    >>> translated('''select count(*) from given where isnan(x) or "t" = 'a:b' ''', "postgres")
    ... # doctest: +NORMALIZE_WHITESPACE
    Translated(text='SELECT COUNT(*) FROM given
        WHERE (x = CAST(\'NaN\' AS DOUBLE PRECISION)) OR "t" = :p0', values={'p0': 'a:b'})
    """
    tree = parse_one(sql, read="duckdb")
    values = _take_out_strings(tree, sql)
    _rewrite_tests_of_floats(tree, dialect)
    _leave_nulls_alone(tree, dialect)
    _spell_out_windows(tree)
    _name_subqueries(tree)
    if dialect == "sqlite":
        _write_times_alike(tree)
    if dialect in ("databricks", "spark"):
        _write_texts_alike(tree)
    for table in tree.find_all(exp.Table):
        if table.name == GIVEN and given != GIVEN:
            table.set("this", exp.to_identifier(given))
    try:
        text = tree.sql(dialect=dialect, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise DataError(f"{dialect} lacks what the query needs: {error}") from error
    return Translated(text, values)


def duckdb_type(native: str, dialect: str) -> str:
    """Return DuckDB's name for an engine's type; a type that it has no name for keeps its own.

    A ``DECIMAL`` without its digits may hold a NaN, as Postgres' does whatever its digits.

    >>> duckdb_type("numeric(10,2)", "postgres"), duckdb_type("decimal(10,2)", "spark")
    ('DECIMAL', 'DECIMAL(10,2)')
    >>> duckdb_type("character varying", "postgres"), duckdb_type("mood", "postgres")
    ('VARCHAR', 'MOOD')
    >>> duckdb_type("float", "tsql"), duckdb_type("real", "tsql"), duckdb_type("float", "mysql")
    ('DOUBLE', 'FLOAT', 'FLOAT')
    """
    try:
        kind = exp.DataType.build(native, dialect=dialect)
    except ParseError:
        return native.upper()
    if kind.this.value in ("LOWCARDINALITY", "NULLABLE"):
        [kind] = kind.expressions
    name = kind.this.value
    if dialect == "tsql" and native.upper().startswith("FLOAT"):  # of 53 bits, unlike REAL
        name = "DOUBLE"
    digits = ",".join(str(digit) for digit in kind.expressions)
    if _TYPES.get(name) == "DECIMAL" and digits and dialect != "postgres":
        return f"DECIMAL({digits})" if "," in digits else f"DECIMAL({digits},0)"
    return _TYPES.get(name, native.upper() if kind.args.get("nested") else name)


def _take_out_strings(tree: exp.Expr, sql: str) -> dict[str, str]:
    """Put a parameter in place of each string, one for equal strings, and return their texts."""
    prefix = "p"
    while f":{prefix}" in sql:
        prefix += "p"
    names: dict[str, str] = {}
    for text in [one for one in tree.find_all(exp.Literal) if one.is_string]:
        name = names.setdefault(text.name, f"{prefix}{len(names)}")
        text.replace(exp.Var(this=f":{name}"))
    return {name: text for text, name in names.items()}


def _rewrite_tests_of_floats(tree: exp.Expr, dialect: str) -> None:
    for kind, test in zip((exp.IsNan, exp.IsInf), _NAN_AND_INFINITE[dialect], strict=True):
        for node in list(tree.find_all(kind)):
            told = exp.replace_placeholders(parse_one(test, read="duckdb"), node.this)
            node.replace(exp.paren(told, copy=False))


def _leave_nulls_alone(tree: exp.Expr, dialect: str) -> None:
    """Ask for no order of nulls, and for no care of them, since no query meets any."""
    ordering = Dialect.get_or_raise(dialect).NULL_ORDERING
    for node in tree.find_all(exp.Ordered):
        descending = bool(node.args.get("desc"))
        small = ordering == "nulls_are_small"
        first = descending != small if ordering != "nulls_are_last" else False
        node.set("nulls_first", first)
    for extreme in tree.find_all(exp.Greatest, exp.Least):
        extreme.set("ignore_nulls", None)


def _spell_out_windows(tree: exp.Expr) -> None:
    """Put each named window where it is used: some dialects have no names for them."""
    for select in tree.find_all(exp.Select):
        named = {window.name: window for window in select.args.get("windows") or []}
        select.set("windows", None)
        for use in _uses(select, named):
            window = named[use.alias].copy()
            parts = {key: window.args.get(key) for key in ("partition_by", "order", "spec")}
            use.replace(exp.Window(this=use.this, over="OVER", **parts))


def _uses(select: exp.Select, named: Mapping[str, exp.Expr]) -> Iterator[exp.Window]:
    for window in list(select.find_all(exp.Window)):
        if window.alias in named and window.find_ancestor(exp.Select) is select:
            yield window


def _name_subqueries(tree: exp.Expr) -> None:
    """Give a name to each subquery in a FROM that has none: most dialects ask for one."""
    for number, subquery in enumerate(tree.find_all(exp.Subquery)):
        if isinstance(subquery.parent, exp.From | exp.Join) and not subquery.alias:
            subquery.set("alias", exp.TableAlias(this=exp.to_identifier(f"subquery{number}")))


def _write_times_alike(tree: exp.Expr) -> None:
    """Compare times in UTC, to the millisecond: SQLite keeps them as text."""
    for cast in list(tree.find_all(exp.Cast)):
        if cast.to.this == exp.DataType.Type.TIMESTAMPTZ:
            form = exp.Literal.string("%Y-%m-%d %H:%M:%f")
            cast.replace(exp.Anonymous(this="strftime", expressions=[form, cast.this]))


_SPARK_TEXT = """
case when typeof(:x) = 'timestamp' then concat(cast(:x as string), '+00')
    when typeof(:x) not in ('double', 'float') then cast(:x as string)
    when lower(cast(:x as string)) like '%n%'
    then replace(lower(cast(:x as string)), 'infinity', 'inf')
    when cast(:x as string) not like '%E%' then cast(:x as string)
    when abs(cast(cast(:x as string) as double)) between 1e-4 and 1e16
    then trim(trailing '0' from cast(cast(cast(:x as string) as decimal(38, 21)) as string))
    else regexp_replace(regexp_replace(
        replace(lower(cast(:x as string)), '.0e', 'e'),
        'e([0-9])', 'e+$1'), '([+-])([0-9])$', '$10$2')
end
"""


def _write_texts_alike(tree: exp.Expr) -> None:
    """Write texts as DuckDB does: Spark has 5.0E-4 for 0.0005, and times in UTC without a zone.

    Spark knows ``typeof``, and so which branch to take, before it reads a row.
    """
    form = parse_one(_SPARK_TEXT, read="spark")
    for cast in [one for one in tree.find_all(exp.Cast) if one.to.this == exp.DataType.Type.TEXT]:
        cast.replace(exp.replace_placeholders(form, x=cast.this))
