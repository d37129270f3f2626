"""The dialect of a CSV file: its delimiter and its quote, set or found in its first records."""

import csv
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from model_checks.data.csv.file import CsvFile
from model_checks.errors import DataError
from model_checks.settings.places.files import DataFiles

_DELIMITERS = (",", ";", "\t", "|")
_QUOTES = ('"', "'")
_SAMPLED = 100
"""Records at the beginning whose length is compared with the header's."""

LONGEST = 2**22
"""The most characters of a field, and bytes of a record; in a longer one a quote is open."""


@dataclass(frozen=True)
class Dialect:
    """The signs that part and quote the fields of a file.

    Attributes
    ----------
    said
        Whether the settings name the delimiter.
    """

    delimiter: str
    quote: str
    said: bool

    def __str__(self) -> str:
        """Return the dialect in words."""
        return f"delimiter {self.delimiter!r} and quote {self.quote!r}"


@dataclass(frozen=True)
class Header:
    """The first line of a file that is not empty, which names its columns.

    Attributes
    ----------
    names
        Names of the columns, in order; an empty name is replaced as pandas does.
    empty_lines
        How many empty lines come before the header.
    """

    names: tuple[str, ...]
    empty_lines: int

    def positions(self) -> dict[str, int]:
        """Return the position of each column, from 0; of several with one name the first."""
        return {name: place for place, name in reversed([*enumerate(self.names)])}


@contextmanager
def records(
    file: CsvFile, encoding: str, dialect: Dialect
) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Open the records of a file, each with the line that it ends on: slow, so for a few only.

    Raises
    ------
    DataError
        If the file can't be read or decoded, or a field is too long to be one.
    """
    before = csv.field_size_limit(LONGEST)
    with file.text(encoding) as text:
        reader = csv.reader(text, delimiter=dialect.delimiter, quotechar=dialect.quote)
        try:
            yield ((reader.line_num, record) for record in reader)
        except csv.Error:
            raise DataError(
                f"{file.shown}, line {reader.line_num:,}: a field is longer than {LONGEST:,} "
                "characters; is a quote left open?"
            ) from None
        finally:
            csv.field_size_limit(before)  # the limit is the whole process's


def header_of(file: CsvFile, encoding: str, dialect: Dialect) -> Header:
    """Return the header of a file.

    Raises
    ------
    DataError
        If the file has no line, or can't be read.
    """
    with records(file, encoding, dialect) as found:
        for empty, (_, record) in enumerate(found):
            if record:
                return Header(_names(record), empty)
    raise DataError(f"{file.shown} is an empty file")


def _names(record: Sequence[str]) -> tuple[str, ...]:
    return tuple(name or f"Unnamed: {place}" for place, name in enumerate(record))


def dialect_of(file: CsvFile, encoding: str, data: DataFiles, named: Iterable[str]) -> Dialect:
    """Return the dialect of a file: as the settings say, and as it plainly is where they don't.

    Plain is the dialect by which the first line has most of the named columns; of several the one
    by which most of the first records are as long as that line.

    Raises
    ------
    DataError
        If the file can't be read.
    """
    delimiters = [data.delimiter] if data.delimiter else [*_DELIMITERS]
    wanted, said = set(named), data.delimiter is not None
    best, named_by_best = None, -1
    for quote in [data.quote] if data.quote else _QUOTES:
        candidates = [Dialect(delimiter, quote, said) for delimiter in delimiters]
        fitting = {one: _fit(file, encoding, one, wanted) for one in candidates}
        one = max(candidates, key=fitting.__getitem__)  # the first of equally good ones
        # An apostrophe may be a letter of a field: it is a quote if more names are found by it.
        if fitting[one][0] > named_by_best:
            best, named_by_best = one, fitting[one][0]
    assert best
    return best


def _fit(
    file: CsvFile, encoding: str, dialect: Dialect, wanted: set[str]
) -> tuple[int, float, int]:
    """Return how well a dialect fits: named columns, share of records of full length, columns."""
    with records(file, encoding, dialect) as found:
        sample = [record for _, record in itertools.islice(found, _SAMPLED) if record]
    if not sample:
        return 0, 0.0, 0
    header, *rest = sample
    named = len(wanted.intersection(Header(_names(header), 0).positions()))
    alike = sum(len(record) == len(header) for record in rest) / max(len(rest), 1)
    return named, alike if len(header) > 1 else 0.0, len(header)
