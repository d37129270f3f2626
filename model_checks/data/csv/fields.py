"""The fields of a CSV file in Arrow batches: Arrow parts and types all of them."""

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
"""The last field of a record that is added after the last one: in an open quote it is lost."""

_NOTHING = {pa.int64(): "0", pa.float64(): "0", pa.bool_(): "False", pa.string(): ""}


_OF_TYPE = re.compile(r"In CSV column #(\d+): (?:Row #\d+: )?CSV conversion error to (\w+): (.*)")
"""The beginning of Arrow's message on a field of another type; after it a row is quoted."""


class OtherTypeError(Exception):
    """The error of a field that is not of the type that its column was read as.

    Attributes
    ----------
    column
        The name that the column was to have; None where any column of whole numbers may be meant.
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
    """Yield some columns of a file in batches; an empty field, quoted or not, is null.

    Parameters
    ----------
    columns
        Each column by the name that it is to have, with its position, from 0, and its type.
    decimal
        The sign before a fraction.

    Raises
    ------
    DataError
        If the file can't be read to its end as what it was taken for; tells file and line.
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
            # The last column shows whether the end was reached, so it is always read.
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
            raise OtherTypeError  # Arrow alone takes 0x1F for a whole number


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
    """A file object for Arrow: a file in UTF-8, with one record more at its end.

    All of it is decoded, also columns that nobody asked for: bytes that are no text show that the
    file is not what it was taken for.

    Attributes
    ----------
    hexadecimal
        Whether the file may hold a hexadecimal number.
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
        """Return the next bytes, or none at the end of the file."""
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
        """Close nothing: whoever has opened the file closes it."""
        self.closed = True


def _until_end(file: CsvFile, found: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield all records but the last one, which was added."""
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
    """Return the error of a file whose fields could not be parted."""
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
