"""One CSV file: its bytes, unpacked, its encoding and its text."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO

from model_checks.errors import DataError

_GZIP = b"\x1f\x8b"
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte order marks and their encodings; of two that begin alike the longer comes first."""

_AT_ONCE = 2**20


@dataclass(frozen=True)
class CsvFile:
    """A CSV file on this machine.

    Attributes
    ----------
    path
        Path of the file.
    shown
        Name of the file in messages, such as the address that it was fetched from.
    folders
        The values that folders ``key=value`` below the glob give its rows, as text.
    """

    path: Path
    shown: str
    folders: Mapping[str, str | None] = field(default_factory=dict)

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open the file's bytes, unpacked if they were packed by gzip.

        Raises
        ------
        DataError
            If the file can't be read to its end.
        """
        try:
            with self.path.open("rb") as file:
                packed = file.read(2) == _GZIP
                file.seek(0)
                if not packed and self.path.name.lower().endswith(".gz"):
                    raise DataError(f"{self.shown} is no gzip file")
                if not packed:
                    yield file
                    return
                with gzip.open(file, "rb") as unpacked:
                    yield io.BufferedReader(unpacked, _AT_ONCE)
        except (OSError, EOFError, zlib.error) as error:
            if isinstance(error, OSError) and error.errno is not None:
                why = error.strerror or type(error).__name__
                raise DataError(f"{self.shown} can't be read ({why})") from None
            raise DataError(f"{self.shown} can't be unpacked: it is a damaged gzip file") from None

    def encoding(self, said: str | None) -> str:
        """Return the file's encoding: by its byte order mark, as the settings say, or UTF-8."""
        with self.opened() as file:
            first = file.read(4)
        marked = next((name for mark, name in _MARKS.items() if first.startswith(mark)), None)
        return marked or said or "utf-8"

    @contextmanager
    def text(self, encoding: str, errors: str = "strict") -> Iterator[TextIO]:
        """Open the file as text, with its line ends as they are.

        Raises
        ------
        DataError
            If the file can't be read, or is written in another encoding.
        """
        with self.opened() as file:
            unmarked = "utf-8-sig" if encoding == "utf-8" else encoding
            text = io.TextIOWrapper(file, unmarked, errors, newline="")
            try:
                yield text
            except UnicodeError:
                raise self.undecoded(encoding) from None
            finally:
                text.detach()

    def undecoded(self, encoding: str) -> DataError:
        """Return the error that the file is in another encoding, with the first line to show it."""
        line = 0
        with suppress(UnicodeError), self.text(encoding, "replace") as lines:
            for line, text in enumerate(lines, 1):  # noqa: B007 (the last one is in the message)
                if "\N{REPLACEMENT CHARACTER}" in text:
                    break
        return DataError(
            f"{self.shown}, line {line:,}: is not written in {encoding}; "
            "say its encoding, as in encoding = 'cp1252'"
        )
