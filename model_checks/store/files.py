"""Files that are read only where they are files, and written whole or not at all."""

import errno
import os
import stat
from pathlib import Path

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def no_file(mode: int) -> str | None:
    """What a thing is that would keep its reader waiting, by its mode; None of files and folders.

    >>> no_file(stat.S_IFIFO), no_file(stat.S_IFREG)
    ('a pipe, not a file', None)
    """
    kind = _KINDS.get(stat.S_IFMT(mode))
    return f"{kind}, not a file" if kind else None


def read_regular(path: Path, most: int | None = None) -> bytes:
    """Return the content of a file; no pipe or device is opened, which might never end.

    Parameters
    ----------
    most
        How many bytes it may have.

    Raises
    ------
    OSError
        If it is no file, has more, or can't be read.
    """
    if what := no_file(path.stat().st_mode):
        raise OSError(errno.EINVAL, f"is {what}", str(path))
    with path.open("rb") as file:
        content = file.read() if most is None else file.read(most + 1)
    if most is not None and len(content) > most:
        raise OSError(errno.EFBIG, f"is larger than {most:,} bytes", str(path))
    return content


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step: whoever reads it sees all of the old or all of the new.

    Who may read it is what the umask says, as of any file that a program makes: a temporary file of
    Python's would be its owner's alone.
    """
    part = path.with_name(f".{path.name}-{os.urandom(8).hex()}")
    file = part.open("xb")  # what another has put there is neither followed nor written over
    try:
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system has a way to."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
