"""CSV files as one table of texts, in which columns are matched by name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import pyarrow as pa

from model_checks.data.columns import doubled_names
from model_checks.data.csv.dialect import Dialect, dialect_of, header_of, records
from model_checks.data.csv.fields import batches_of
from model_checks.data.csv.file import CsvFile
from model_checks.data.csv.special_words import looks_like_values
from model_checks.settings.column_roles import Roles
from model_checks.settings.places.files import DataFiles
from model_checks.text import nearest

_MOST_SAMPLED = 20
"""The most files whose first records are sampled."""

_PLACE = ("file", "record")


class CsvTable:
    """The rows of some CSV files, their fields as text; an empty field is null.

    Attributes
    ----------
    names
        Names of the columns that are read.
    others
        Names of the columns that are not read, since nothing asks for them.
    unusable
        Names that stand for several columns, or for none in one of the files, with the reason.

    Raises
    ------
    DataError
        If a file can't be read, or is empty.
    """

    def __init__(self, files: Sequence[CsvFile], data: DataFiles, roles: Roles) -> None:
        self._files = files
        self._data, self._roles = data, roles
        self._needed = set(roles.needed)
        self._encodings = [file.encoding(data.encoding) for file in files]
        self.dialect: Dialect = dialect_of(files[0], self._encodings[0], data, roles.needed)
        self._headers = [
            header_of(file, encoding, self.dialect)
            for file, encoding in zip(files, self._encodings, strict=True)
        ]
        self._places = [header.positions() for header in self._headers]
        self.unusable: dict[str, str] = {}
        known = list(self._known())
        read = [name for name in known if roles.are_read(name)]
        self.names = [name for name in read if name not in self.unusable]
        self.others = [name for name in known if not roles.are_read(name)]

    def schema(
        self, names: Sequence[str], types: Mapping[str, pa.DataType], *, numbered: bool = False
    ) -> pa.Schema:
        """Return the schema of some columns, which are called ``v0``, ``v1``, ...

        Parameters
        ----------
        types
            Types of the columns that are no text.
        numbered
            Whether two columns, ``file`` and ``record``, tell where each row is from.
        """
        fields = [(f"v{k}", types.get(name, pa.string())) for k, name in enumerate(names)]
        return pa.schema(fields + [(place, pa.int64()) for place in _PLACE] * numbered)

    def batches(
        self, names: Sequence[str], schema: pa.Schema, decimal: str
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of all files, in batches.

        Raises
        ------
        DataError
            If a file can't be read to its end as what it was taken for.
        OtherTypeError
            If a field is not of its column's type.
        """
        for number, file in enumerate(self._files):
            own = self._places[number]
            columns = {
                f"v{k}": (own[name], schema.field(k).type)
                for k, name in enumerate(names)
                if name in own
            }
            given = {f"v{k}": file.folders.get(name) for k, name in enumerate(names)}
            record = 0
            for batch in batches_of(
                file,
                self._encodings[number],
                self.dialect,
                self._headers[number],
                columns,
                decimal,
            ):
                yield _filled(batch, schema, given, number, record)
                record += batch.num_rows

    def samples(self, names: Iterable[str], most: int) -> Mapping[str, Sequence[str]]:
        """Return the first fields of some columns, from several files if need be."""
        samples: dict[str, list[str]] = {name: [] for name in names}
        for number, file in enumerate(self._files[:_MOST_SAMPLED]):
            with records(file, self._encodings[number], self.dialect) as found:
                rows = (fields for _, fields in found if fields)
                next(rows, None)  # the header
                first = list(islice(rows, most))
            most -= len(first)
            for name, place in self._places[number].items():
                if name in samples:
                    samples[name] += [fields[place] for fields in first if place < len(fields)]
            if most <= 0:
                break
        for name in samples.keys() - self._places[0].keys():
            samples[name] = [file.folders.get(name) or "" for file in self._files]
        return samples

    def line_of(self, file: int, record: int) -> tuple[str, int]:
        """Return the name of a file, and the line on which its record of a number, from 0, ends."""
        one, encoding = self._files[file], self._encodings[file]
        with records(one, encoding, self.dialect) as found:
            rows = (line for line, fields in found if fields)
            next(rows, None)  # the header
            line = next((line for k, line in enumerate(rows) if k == record), 0)
        return one.shown, line

    def _known(self) -> Iterator[str]:
        """Yield the names that columns have in any file, and note why some can't be used."""
        exact = dict.fromkeys(name for header in self._headers for name in header.names)
        folders = dict.fromkeys(key for file in self._files for key in file.folders)
        for file, header in zip(self._files, self._headers, strict=True):
            doubled = doubled_names(header.names, f" in {file.shown}", cased=True)
            self.unusable = doubled | self.unusable
        for name in exact | folders:
            if why := self._lacking(name):
                self.unusable.setdefault(name, why)
            yield name

    def _lacking(self, name: str) -> str | None:
        """Return why a column can't be read from all files; None if it can."""
        in_files = [name in places for places in self._places]
        if not any(in_files):
            in_files = [name in file.folders for file in self._files]
        if all(in_files):
            return None
        lacking = in_files.index(False)
        instead = self._instead(name, lacking) if name in self._needed else ""
        return f"is no column of {self._files[lacking].shown}{instead}"

    def _instead(self, name: str, lacking: int) -> str:
        """Return what a file has in place of a column, as far as it is plain and shows no value."""
        names = self._headers[lacking].names
        own = dialect_of(
            self._files[lacking], self._encodings[lacking], self._data, self._roles.needed
        )
        if own.delimiter != self.dialect.delimiter:
            other = self.dialect.delimiter
            return f", which has delimiter {own.delimiter!r} where others have {other!r}"
        if looks_like_values(names):
            return ": its first line looks like values, not like names"
        if not self._needed.intersection(names):  # it may be a row, which is not to be shown
            return ": its first line has none of the columns that are named; is it one of names?"
        return f"; {nearest(name, names)}"


def _filled(
    batch: pa.RecordBatch,
    schema: pa.Schema,
    given: Mapping[str, str | None],
    file: int,
    record: int,
) -> pa.RecordBatch:
    """Return a batch with all columns: its file's, its folders', and the place of each row."""
    rows = batch.num_rows
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    if "file" in schema.names:
        columns["file"] = pa.repeat(pa.scalar(file, pa.int64()), rows)
        columns["record"] = pa.array(range(record, record + rows), pa.int64())
    for name, value in given.items():
        if name not in columns:
            columns[name] = pa.repeat(pa.scalar(value, pa.string()), rows)
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)
