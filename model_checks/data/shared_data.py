"""Tells whether two ``data`` of the settings share a file or a table, however they name it."""

import glob
import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote, urlsplit

from model_checks.data.files import paths_of
from model_checks.errors import DataError
from model_checks.settings import Data
from model_checks.settings.urls import path_of

_SCHEME = re.compile(r"[A-Za-z][\w+.-]*:", re.ASCII)
_SAME_SCHEME = {"http": "https", "s3a": "s3", "s3n": "s3", "gcs": "gs"}
_BUCKET_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?(?:(?P<s3>s3)[.-](?:[\w-]+\.)*?amazonaws\.com|storage\.googleapis\.com)",
    re.ASCII,
)
"""An object store by way of the web: the bucket stands before the host, or begins the path."""

_WILD = re.compile(r"\*\*/|[*?]|\[[^]]*\]|\{[^}]*\}")


def may_share(one: Data, other: Data, folder: Path) -> bool:
    """Return whether two ``data`` may have a row in common.

    Files on this machine are compared by device and number. Where that can't be looked at, as with
    patterns in an object store, what may be in common is taken to be so.

    Parameters
    ----------
    folder
        The folder in which relative paths start.
    """
    if one.path and other.path:
        local = [_is_local(data) for data in (one, other)]
        if all(local):
            return not _identities(one, folder).isdisjoint(_identities(other, folder))
        return _may_meet(*(_address(data, folder) for data in (one, other)))
    return one.same_table(other)


# Files on this machine.


def _is_local(data: Data) -> bool:
    """Return whether files are on this machine: a path, read by us or by a Spark that is here."""
    files = data.path or ""
    return data.read_here and (not _SCHEME.match(files) or files.startswith("file:"))


def _identities(data: Data, folder: Path) -> set[tuple[int, int]]:
    """Return the device and number of each file, which all of its names share."""
    try:
        paths = _in_folders if data.reads_folders else paths_of
        states = [path.stat() for path in paths(data.path or "", folder)]
    except (DataError, OSError, ValueError):  # reported where the rows are read
        return set()
    return {(state.st_dev, state.st_ino) for state in states}


def _in_folders(files: str, folder: Path) -> Iterator[Path]:
    """Yield the files that a path or glob names, and all in folders that it names."""
    files = re.sub(r"^file:(//)?(?=/)", "", files)
    for name in glob.glob(files, root_dir=folder, recursive=True):  # noqa: PTH207 (may be absolute)
        path = folder / name
        yield from path.rglob("*") if path.is_dir() else [path]


# Files elsewhere.


def _address(data: Data, folder: Path) -> str:
    """Return an address in one spelling, whichever of its spellings it is given in."""
    files = path_of(data.path or "")
    if not _SCHEME.match(files):
        return f"file:{posixpath.normpath(folder.absolute() / files).lstrip('/')}"
    parts = urlsplit(files.replace("?", "%3F").replace("#", "%23"))  # signs of a pattern or a key
    scheme = _SAME_SCHEME.get(parts.scheme.lower(), parts.scheme.lower())
    host = re.sub(r":(80|443)$", "", parts.netloc.rpartition("@")[2].lower())
    path = unquote(parts.path).lstrip("/")
    if scheme == "https" and (store := _BUCKET_HOST.fullmatch(host)):
        scheme = "s3" if store["s3"] else "gs"
        host, path = (store["bucket"], path) if store["bucket"] else ("", path)
    return f"{scheme}:{posixpath.normpath(f'/{host}/{path}').lstrip('/')}"


def _may_meet(one: str, other: str) -> bool:
    """Return whether two patterns may name the same file.

    >>> _may_meet("s3:log/log-*.parquet", "s3:log/log-2026.parquet")
    True
    >>> _may_meet("s3:log/2012-*.parquet", "s3:log/2013-*.parquet")
    False
    """
    patterns = [pattern for pattern in (one, other) if _WILD.search(pattern)]
    if len(patterns) == 2:  # compare what stands before the first wildcard and after the last
        starts, ends = zip(*(_literal_ends(pattern) for pattern in patterns), strict=True)
        return _one_begins(*starts) and _one_begins(*(end[::-1] for end in ends))
    for name, pattern in ((one, other), (other, one)):
        loose = _WILD.sub("*", pattern)
        if fnmatchcase(name, loose) or fnmatchcase(name, f"{loose}/*"):
            return True
    return False


def _literal_ends(pattern: str) -> tuple[str, str]:
    parts = _WILD.split(pattern)
    return parts[0], parts[-1]


def _one_begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
