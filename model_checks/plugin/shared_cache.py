"""Work that is done once in a run, however many processes the run has."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

Value = TypeVar("Value")


class SharedCache:
    """A cache that computes a value under a key the first time it is asked for.

    Under pytest-xdist the first worker to ask computes it, under a lock, and leaves it for the
    others in a folder that only this run and user can read. An exception is not kept.

    Parameters
    ----------
    folder
        Folder where values are left for other processes; None if there are no others.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._known: dict[str, object] = {}

    def get(
        self,
        key: str,
        compute: Callable[[], Value],
        after_death: Callable[[], Value] | None = None,
    ) -> Value:
        """Return the value under the key, and compute it if need be.

        Parameters
        ----------
        compute
            Makes the value.
        after_death
            Makes the value where a process died computing it: to try again could kill every worker.
        """
        if key not in self._known:
            folder = self._folder
            self._known[key] = _shared(folder, key, compute, after_death) if folder else compute()
        return cast("Value", self._known[key])

    def found(self, key: str) -> object | None:
        """Return the value under the key, if any process of this run has computed it."""
        if key not in self._known and self._folder and is_kept(self._folder, key):
            self._known[key] = _unpickled(_path(self._folder, key))
        return self._known.get(key)


def _shared(
    folder: Path, key: str, compute: Callable[[], object], after_death: Callable[[], object] | None
) -> object:
    from filelock import FileLock

    path = _path(folder, key)
    begun = path.with_suffix(".begun")
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            died = begun.exists()
            begun.touch()
            try:
                _write(path, after_death() if died and after_death else compute())
            finally:
                begun.unlink()
    return _unpickled(path)


def is_kept(folder: Path, key: str) -> bool:
    """Return whether a process of the run that shares the folder has computed the value."""
    return _path(folder, key).exists()


def is_begun(folder: Path, key: str) -> bool:
    """Return whether a process of the run computes the value, or has done so."""
    path = _path(folder, key)
    return path.exists() or path.with_suffix(".begun").exists()


def _path(folder: Path, key: str) -> Path:
    return folder / f"{key}.pickle"


def _write(path: Path, value: object) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(value))
    part.replace(path)


def _unpickled(path: Path) -> object:
    return pickle.loads(path.read_bytes())  # noqa: S301 (written by this very run)
