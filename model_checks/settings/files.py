"""The reading of regular files: no pipe or device, which might never end."""

import errno
import stat
from pathlib import Path

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def no_file(mode: int) -> str | None:
    """Return words for the mode of a pipe, device or socket; None for that of a file or folder.

    >>> no_file(stat.S_IFIFO), no_file(stat.S_IFREG)
    ('a pipe, not a file', None)
    """
    kind = _KINDS.get(stat.S_IFMT(mode))
    return f"{kind}, not a file" if kind else None


def read_regular(path: Path, most: int | None = None) -> bytes:
    """Read the content of a file; no pipe or device is opened, which might never end.

    Parameters
    ----------
    most
        The most bytes that the file may have; None for any number.

    Raises
    ------
    OSError
        If the path is no file, has more bytes, or can't be read.
    """
    if what := no_file(path.stat().st_mode):
        raise OSError(errno.EINVAL, f"is {what}", str(path))
    with path.open("rb") as file:
        content = file.read() if most is None else file.read(most + 1)
    if most is not None and len(content) > most:
        raise OSError(errno.EFBIG, f"is larger than {most:,} bytes", str(path))
    return content
