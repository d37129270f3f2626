"""CSV files -> a table: each column of the type that all of its fields together have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from model_checks.data.columns import Columns, Fields, distinct_names
from model_checks.data.csv.field_shape import decimal_in, look_of, number_pattern
from model_checks.data.csv.fields import OtherTypeError
from model_checks.data.csv.file import CsvFile
from model_checks.data.csv.likely_type import likely_type
from model_checks.data.csv.table import CsvTable
from model_checks.data.duckdb.csv_scan import FIELDS, NO_TIME, CsvScan
from model_checks.data.duckdb.field_kinds import missing_sql
from model_checks.data.duckdb.time_values import are_days, moments_in
from model_checks.data.duckdb.type_inference import Inferred, inferred, value_sql
from model_checks.data.engine import GIVEN
from model_checks.data.sql import identifier, literal
from model_checks.errors import DataError
from model_checks.settings.column_roles import Roles
from model_checks.settings.places.files import DataFiles

_LOOKED_AT = 1_000
"""Records by which the type of a column is guessed; all others prove it."""

_KINDS = {pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN"}


@dataclass(frozen=True)
class _Column:
    """A column of the table.

    Attributes
    ----------
    name
        Name of the column in the files.
    sql
        Name of the column in the table.
    words
        Whether words like NA are kept as words, rather than taken for missing values.
    feature
        Whether it is a column as a model is given it, beside the same column as it is judged.
    """

    name: str
    sql: str
    words: bool = False
    feature: bool = False


class CsvReading:
    """A reading of CSV files into the relation ``given``.

    Columns are read as what their first fields are, and the library that does so refuses a field
    that is something else. Of a column whose first fields tell too little, or that was refused, all
    fields are looked at before it is read.

    Raises
    ------
    DataError
        If the files can't be read as what they were taken for; tells file and line, and no value.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[CsvFile],
        data: DataFiles,
        roles: Roles,
    ) -> None:
        self._connection = connection
        self._data, self._roles = data, roles
        self._table = CsvTable(files, data, roles)
        self._names = self._table.names
        samples = self._table.samples(self._names, _LOOKED_AT)
        self._decimal = data.decimal or decimal_in(self._numbers(samples))
        self._scan = CsvScan(connection, self._table, self._decimal)
        self._likely = {
            name: found
            for name, fields in samples.items()
            if name != roles.time and (found := likely_type(fields, self._decimal)) is not None
        }

    def _numbers(self, samples: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """Yield the fields of columns that have to be numbers."""
        for name in self._roles.numbers.intersection(samples):
            yield from samples[name]

    def read(self) -> Columns:
        """Make the relation ``given``, and return its columns."""
        columns = self._columns()
        if not columns:  # no named column can be used, as the caller will say
            return Columns({}, self._table.unusable, fields=self._fields([], {}))
        likely = dict(self._likely)
        while True:
            try:
                return self._read(columns, likely)
            except OtherTypeError as error:
                fewer = self._without(likely, error.column)
                if len(fewer) == len(likely):  # else this would go on for ever
                    raise
                likely = fewer

    def _without(
        self, likely: Mapping[str, pa.DataType], refused: str | None
    ) -> dict[str, pa.DataType]:
        """Return the types that are still likely; other columns have every field looked at."""
        if refused is None:
            return {name: kind for name, kind in likely.items() if kind != pa.int64()}
        return {name: kind for name, kind in likely.items() if self._field(name) != refused}

    def _columns(self) -> list[_Column]:
        """Return the table's columns, some a second time in the form that a model is given."""
        sql = distinct_names(self._names)
        columns = [
            _Column(name, own, words=name in self._roles.words)
            for name, own in zip(self._names, sql, strict=True)
        ]
        both = [
            one
            for one in columns
            if (one.words or self._is_time(one)) and self._roles.may_be_fed(one.name)
        ]
        taken = distinct_names([*sql, *(f"{one.sql} as a feature" for one in both)])
        fed = zip(both, taken[len(sql) :], strict=True)
        return [*columns, *(_Column(one.name, own, feature=True) for one, own in fed)]

    def _is_time(self, one: _Column) -> bool:
        return one.name == self._roles.time and not one.feature

    def _read(self, columns: Sequence[_Column], likely: Mapping[str, pa.DataType]) -> Columns:
        """Make the relation, reading columns as their likely types, and return its columns."""
        types = {one: self._of_type(one, likely[one.name]) for one in columns if one.name in likely}
        types |= self._inferred(
            [one for one in columns if one not in types and not self._is_time(one)]
        )
        columns = [one for one in columns if not one.feature or self._differs(one, types)]
        listed = [
            f"{self._value(one, types.get(one), likely)} as {identifier(one.sql)}"
            for one in columns
        ]
        try:
            self._scan.run(
                f"create or replace temp table {GIVEN} as select {', '.join(listed)} from {FIELDS}",
                self._names,
                types=likely,
            )
        except duckdb.Error:
            raise self._no_time() from None
        return self._relation_columns(columns, self._proven_types(columns, types, likely))

    def _of_type(self, one: _Column, kind: pa.DataType) -> Inferred:
        """Return what is inferred of a column that was read as one type."""
        of_text = kind == pa.string()
        return Inferred(
            _KINDS.get(kind, "VARCHAR"), gaps=False, missing_words=of_text and not one.words
        )

    def _inferred(self, columns: Sequence[_Column]) -> Mapping[_Column, Inferred]:
        """Return what each column is by all of its fields."""
        if not columns:
            return {}
        names = list(dict.fromkeys(one.name for one in columns))
        fields = {one: f"f{k}" for k, one in enumerate(columns)}
        listed = ", ".join(f"v{names.index(one.name)} as {field}" for one, field in fields.items())
        found = inferred(
            lambda sql: self._scan.run(sql, names),
            f"(select {listed} from {FIELDS})",
            {field: one.words for one, field in fields.items()},
            self._decimal,
        )
        return {one: found[field] for one, field in fields.items()}

    def _differs(self, feature: _Column, types: Mapping[_Column, Inferred]) -> bool:
        """Return whether a model is given something else than the column as it is judged."""
        fed = types[feature]
        own = next((types[one] for one in types if one.name == feature.name and one.words), None)
        return own is None or own.kind != fed.kind or fed.missing_words or own.words > 0

    def _value(self, one: _Column, of: Inferred | None, likely: Mapping[str, pa.DataType]) -> str:
        """Return SQL of a column's values; in the time column it raises at what is no time."""
        field = self._field(one.name)
        if of is not None:
            typed = likely.get(one.name, pa.string()) != pa.string()
            return field if typed else value_sql(field, of, self._decimal)
        moments = moments_in(field, "VARCHAR", self._data)
        assert moments
        value = f"({moments.value})"
        return (
            f"case when {field} is not null and {value} is null "
            f"then error({literal(NO_TIME)}) else {value} end"
        )

    def _field(self, name: str) -> str:
        """Return the name of a column's fields in a scan of all columns."""
        return f"v{self._names.index(name)}"

    def _proven_types(
        self,
        columns: Sequence[_Column],
        types: Mapping[_Column, Inferred],
        likely: Mapping[str, pa.DataType],
    ) -> Mapping[_Column, Inferred]:
        """Return the columns' types, with what all values show of columns read as likely types.

        Raises
        ------
        OtherTypeError
            If the word nan was read as a number.
        """
        at_once = [one for one in columns if one in types and one.name in likely]
        asked = ["count(*)"]
        for one in at_once:
            name = identifier(one.sql)
            asked += [f"count(*) - count({name})"]
            asked += [f"count_if({missing_sql(name)})" if likely[one.name] == pa.string() else "0"]
            asked += [f"count_if(isnan({name}))" if likely[one.name] == pa.float64() else "0"]
        [(_, *found)] = self._connection.execute(
            f"select {', '.join(asked)} from {GIVEN}"
        ).fetchall()
        for one, nans in zip(at_once, found[2::3], strict=True):
            if nans:
                raise OtherTypeError(self._field(one.name))
        counts = zip(at_once, found[::3], found[1::3], strict=True)
        return {**types} | {
            one: replace(types[one], gaps=gaps > 0, words=words if one.words else 0)
            for one, gaps, words in counts
        }

    def _relation_columns(
        self, columns: Sequence[_Column], types: Mapping[_Column, Inferred]
    ) -> Columns:
        """Return the relation's columns, after making its times dates if all are midnights."""
        for one in filter(self._is_time, columns):
            name = identifier(one.sql)
            query = f"select {are_days(name)} from {GIVEN}"
            [(days,)] = self._connection.execute(query).fetchall()
            if days:
                self._connection.execute(f"alter table {GIVEN} alter {name} type date")
        described = self._connection.execute(f"describe {GIVEN}").fetchall()
        kinds = {name: kind for name, kind, *_ in described}
        return Columns(
            {one.name: kinds[one.sql] for one in columns if not one.feature},
            self._table.unusable,
            named={one.name: one.sql for one in columns if not one.feature},
            features={one.name: (one.sql, kinds[one.sql]) for one in columns if one.feature},
            fields=self._fields(columns, types),
        )

    def _fields(self, columns: Sequence[_Column], types: Mapping[_Column, Inferred]) -> Fields:
        known = {one: types[one] for one in columns if one in types}
        return Fields(
            self._no_number,
            gaps=frozenset(one.sql for one, of in known.items() if of.gaps),
            huge=frozenset(one.sql for one, of in known.items() if of.huge),
            words={one.name: of.words for one, of in known.items() if of.words},
            others=tuple(self._table.others),
        )

    def _no_time(self) -> DataError:
        """Return the error that a field of the time column is no time."""
        name = self._roles.time or ""
        moments = moments_in("v0", "VARCHAR", self._data)
        assert moments
        where, text = self._scan.first(name, f"v0 is not null and ({moments.value}) is null")
        return DataError(f"time_column {name!r}: {where} it has {moments.unfit(text, self._data)}")

    def _no_number(self, name: str) -> str:
        """Return why a column is no number, with place and look of the first field that is none."""
        number = literal(number_pattern(self._decimal))
        none = f"not regexp_full_match(lower(v0), {number})"
        if name not in self._roles.words:
            none += f" and not {missing_sql('v0')}"
        where, text = self._scan.first(name, none)
        if not where:
            return "is no column of numbers"
        return f"is text: {where} it has {look_of(text, self._decimal)}"
