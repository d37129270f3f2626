"""Logs that were damaged on their way, each in a way of its own that a seed decides."""

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from support.project import churn_log

_ROWS = 2_000


def _csv() -> bytes:
    return pd.DataFrame(churn_log(_ROWS)).to_csv(index=False).encode()


def _parquet() -> bytes:
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table(churn_log(_ROWS)), sink, row_group_size=500)
    return bytes(sink.getvalue())


def _overwritten(content: bytes, draw: Random, start: int, end: int) -> bytes:
    damaged = bytearray(content)
    place = draw.randrange(start, end)
    n = min(draw.randrange(1, 200), end - place)
    damaged[place : place + n] = draw.randbytes(n)
    return bytes(damaged)


def _gzip_overwritten(draw: Random) -> bytes:
    content = gzip.compress(_csv(), mtime=0)
    return _overwritten(content, draw, 2, len(content))


def _gzip_cut(draw: Random) -> bytes:
    content = gzip.compress(_csv(), mtime=0)
    return content[: draw.randrange(1, len(content))]


def _gzip_of_nothing(_: Random) -> bytes:
    return gzip.compress(b"", mtime=0)


def _header_overwritten(draw: Random) -> bytes:
    return _overwritten(_parquet(), draw, 0, 4)


def _pages_overwritten(draw: Random) -> bytes:
    content = _parquet()
    return _overwritten(content, draw, 4, len(content) - _footer(content))


def _footer_overwritten(draw: Random) -> bytes:
    content = _parquet()
    return _overwritten(content, draw, len(content) - _footer(content), len(content))


def _footer(content: bytes) -> int:
    return int.from_bytes(content[-8:-4], "little") + 8


def _parquet_cut(draw: Random) -> bytes:
    content = _parquet()
    return content[: draw.randrange(1, len(content))]


def _nulls(draw: Random) -> bytes:
    content = _csv()
    place = draw.randrange(len(content))
    return content[:place] + bytes(draw.randrange(1, 200)) + content[place:]


def _no_text(draw: Random) -> bytes:
    content = _csv()
    place = draw.randrange(len(content))
    return content[:place] + b"\xff\xfe\xc3" + content[place:]


def _long_line(draw: Random) -> bytes:
    return draw.choice([b"", _csv()]) + b"a" * 10_000_000


DAMAGES: Mapping[str, tuple[str, Callable[[Random], bytes]]] = {
    "overwritten": (".csv.gz", _gzip_overwritten),
    "cut": (".csv.gz", _gzip_cut),
    "nothing": (".csv.gz", _gzip_of_nothing),
    "header": (".parquet", _header_overwritten),
    "pages": (".parquet", _pages_overwritten),
    "footer": (".parquet", _footer_overwritten),
    "half": (".parquet", _parquet_cut),
    "nulls": (".csv", _nulls),
    "no_text": (".csv", _no_text),
    "long_line": (".csv", _long_line),
}


def damaged(folder: Path, seed: int) -> tuple[str, str]:
    """Write a damaged log; its kind of damage and its name."""
    kinds = list(DAMAGES)
    kind = kinds[seed % len(kinds)]
    suffix, content = DAMAGES[kind]
    name = f"{kind}_{seed}{suffix}"
    (folder / name).write_bytes(content(Random(seed)))
    return kind, name
