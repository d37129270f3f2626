"""The fields of CSV files, in Arrow batches: one library parts all of them."""

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv

from model_checks.data.csv.dialect import LONGEST, Dialect, Header, records
from model_checks.data.csv.file import CsvFile
from model_checks.data.csv.special_words import FALSE, TRUE
from model_checks.errors import DataError
from model_checks.text import counted

_END = "model_checks end of file"
"""Is put into the last field of a record after the last one: in an open quote it is lost."""

_NOTHING = {pa.int64(): "0", pa.float64(): "0", pa.bool_(): "False", pa.string(): ""}


_OF_TYPE = re.compile(r"In CSV column #(\d+): (?:Row #\d+: )?CSV conversion error to (\w+): (.*)")
"""How Arrow begins to say that a field is not of its column's type; a row is quoted after it."""


class OtherTypeError(Exception):
    """A field is not of the type that its column was read as.

    Attributes
    ----------
    column
        The name that the column was to have; None of what only looks like whole numbers.
    """

    def __init__(self, column: str | None = None) -> None:
        super().__init__()
        self.column = column


def batches_of(
    file: CsvFile,
    encoding: str,
    dialect: Dialect,
    header: Header,
    columns: Mapping[str, tuple[int, pa.DataType]],
    decimal: str,
) -> Iterator[pa.RecordBatch]:
    """Return some columns of a file; an empty field, quoted or not, is null.

    Parameters
    ----------
    columns
        Each column, under the name that it is to have, with its place in the file and its type.
    decimal
        The sign before a fraction.

    Raises
    ------
    DataError
        If it can't be read to its end as what it was taken for; tells file and line.
    OtherTypeError
        If a field is not of its column's type.
    """
    names = [f"c{place}" for place in range(len(header.names))]
    types = {names[place]: kind for place, kind in columns.values()}
    included = [names[place] for place, _ in columns.values()]
    every = {name: types.get(name, pa.string()) for name in names}
    with file.opened() as raw:
        ended = _Ended(raw, encoding, _last_record(dialect, [*every.values()]))
        try:
            # The last column tells whether the end was reached.
            others = [name for name in included if name != names[-1]]
            options = _options(dialect, decimal, header, every, [*others, names[-1]])
            with csv.open_csv(pa.PythonFile(ended, "r"), **options) as found:
                for batch in _until_end(file, found):
                    yield batch.select(included).rename_columns([*columns])
        except pa.ArrowException as error:
            other = _OF_TYPE.match(str(error))
            if other and other[3].startswith("invalid UTF8"):
                raise file.undecoded(encoding) from None
            if other:
                places = {place: name for name, (place, _) in columns.items()}
                raise OtherTypeError(places.get(int(other[1]))) from None
            raise _why(file, encoding, dialect, header) from None
        except UnicodeError:
            raise file.undecoded(encoding) from None
        if ended.hexadecimal and pa.int64() in types.values():
            raise OtherTypeError  # which Arrow alone takes for a whole number


def _options(
    dialect: Dialect,
    decimal: str,
    header: Header,
    types: Mapping[str, pa.DataType],
    included: Sequence[str],
) -> dict[str, object]:
    return {
        "read_options": csv.ReadOptions(
            column_names=[*types],
            skip_rows_after_names=header.empty_lines + 1,
            block_size=LONGEST,
        ),
        "parse_options": csv.ParseOptions(
            delimiter=dialect.delimiter, quote_char=dialect.quote, newlines_in_values=True
        ),
        "convert_options": csv.ConvertOptions(
            include_columns=included,
            column_types=types,
            strings_can_be_null=True,
            null_values=[""],
            true_values=TRUE,
            false_values=FALSE,
            decimal_point=decimal,
        ),
    }


def _last_record(dialect: Dialect, types: Sequence[pa.DataType]) -> str:
    *others, last = types
    fields = [_NOTHING[kind] for kind in others]
    return dialect.delimiter.join([*fields, _END if last == pa.string() else _NOTHING[last]])


class _Ended:
    """A file in UTF-8, and after it one record more; a file object as Arrow takes one.

    All of it is decoded, also columns that nobody asked for: bytes that are no text tell that it is
    not what it was taken for.

    Attributes
    ----------
    hexadecimal
        Whether there may be a number in it that is written so.
    """

    def __init__(self, file: BinaryIO, encoding: str, last: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._is_utf8 = encoding == "utf-8"
        self._last = f"\n{last}\n"
        self._before = b""
        self.closed = False
        self.hexadecimal = False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; none at the end."""
        if not self._last:
            return b""
        part = self._file.read(size)
        text = self._decoder.decode(part, final=len(part) < size)
        read = self._looked_at(part if self._is_utf8 else text.encode())
        if len(part) == size:
            return read or self.read(size)
        last, self._last = self._last, ""  # Arrow wants a whole line in the first part
        return read + last.encode()

    def _looked_at(self, part: bytes) -> bytes:
        for sign in (b"0x", b"0X"):
            self.hexadecimal = self.hexadecimal or sign in part or sign in self._before + part[:1]
        self._before = part[-1:]
        return part

    def close(self) -> None:
        """Close nothing: who has opened the file closes it."""
        self.closed = True


def _until_end(file: CsvFile, found: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Return all records but the last one, which was put there."""
    before: pa.RecordBatch | None = None
    for batch in found:
        if batch.num_rows:
            if before is not None:
                yield before
            before = batch
    last = before.columns[-1] if before is not None else None
    if (
        before is None
        or last is None
        or (pa.types.is_string(last.type) and last[-1].as_py() != _END)
    ):
        raise DataError(
            f"{file.shown} ends within a quote: one is left open, or the end is missing"
        )
    yield before.slice(0, before.num_rows - 1)


def _why(file: CsvFile, encoding: str, dialect: Dialect, header: Header) -> DataError:
    """Return what is wrong with a file that could not be parted."""
    expected = len(header.names)
    with records(file, encoding, dialect) as found:
        for line, record in found:
            if record and len(record) != expected:
                tried = f"{dialect}{'' if dialect.said else ', found in its first line'}"
                return DataError(
                    f"{file.shown}, line {line:,}: has {counted(len(record), 'field')} where the "
                    f"first line has {expected:,}, by {tried}"
                )
    return DataError(
        f"{file.shown} is no CSV by {dialect}: a record is longer than {LONGEST:,} bytes, "
        "or a quote is left open"
    )
