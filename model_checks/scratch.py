"""Folders for what lasts as long as a run, and the removal of those whose run was killed."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

try:
    import fcntl
except ImportError:  # a system without such locks: nothing is taken for abandoned there
    _HAS_LOCKS = False
else:
    _HAS_LOCKS = True

_PREFIX = "model-checks-"
_IN_USE = ".in-use"
"""A file in each folder on which every process that uses the folder holds a lock. A lock goes with
its process, however that ends, where the number of a process may come again."""


class Scratch:
    """A folder that this process uses; if it is not removed in time, the next run takes care of it.

    Parameters
    ----------
    path
        The folder, which another process of the run may have made already.

    Raises
    ------
    OSError
        If the folder can't be made.
    """

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        self.path = path
        self._lock = _lock_of_use(path)

    @classmethod
    def new(cls, parent: str | Path | None = None) -> Self:
        """Make a new folder in another one, or where the system keeps temporary files.

        Raises
        ------
        OSError
            If the folder can't be made.
        """
        return cls(Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove the folder with all that is in it, whoever else uses it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def remove_abandoned(parent: str | Path | None = None) -> None:
    """Remove the folders that killed runs have left in another folder.

    Only folders of this user's are looked at, and only those in which a run has kept a lock: one
    without a sign of use is left alone. What can't be removed stays, and is nobody's mistake.
    """
    with suppress(OSError):
        names = [
            entry.path
            for entry in os.scandir(parent or tempfile.gettempdir())
            if entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False)
        ]
        for name in names:
            with suppress(OSError):
                _remove_unused(Path(name))


def _lock_of_use(folder: Path) -> int | None:
    """Return this process's lock on a folder; None where system or disk has no locks.

    The file is locked before it has the name by which it is looked for.
    """
    if not _HAS_LOCKS:
        return None
    file, part = folder / _IN_USE, folder / f"{_IN_USE}-{os.getpid()}"
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        os.link(part, file)
    except FileExistsError:
        os.close(descriptor)
        descriptor = os.open(file, os.O_RDWR)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except OSError:
        os.close(descriptor)
        return None
    finally:
        part.unlink(missing_ok=True)
    return descriptor


def _remove_unused(folder: Path) -> None:
    """Remove a folder whose lock nobody holds; it is held meanwhile, so that no run can begin."""
    if not _HAS_LOCKS or folder.stat().st_uid != os.getuid():
        return
    descriptor = os.open(folder / _IN_USE, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
