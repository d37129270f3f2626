"""Work that is done once in a run, however many processes the run has."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

Value = TypeVar("Value")


class Once:
    """Computes a value under a key the first time it is asked for.

    Under pytest-xdist the first worker to ask computes it, under a lock, and leaves it for the
    others in a folder that only this run and user can read. An exception is not kept.

    Parameters
    ----------
    folder
        Where values are left for other processes; None if there are none.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._known: dict[str, object] = {}

    def get(self, key: str, compute: Callable[[], Value]) -> Value:
        """The value under the key."""
        if key not in self._known:
            self._known[key] = self._shared(key, compute) if self._folder else compute()
        return cast("Value", self._known[key])

    def found(self, key: str) -> object | None:
        """The value under the key, if any process of this run has computed it."""
        path = self._path(key)
        if key not in self._known and path is not None and path.exists():
            self._known[key] = _unpickled(path)
        return self._known.get(key)

    def _shared(self, key: str, compute: Callable[[], object]) -> object:
        from filelock import FileLock

        path = self._path(key)
        assert path is not None
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                part = path.with_suffix(".part")
                part.write_bytes(pickle.dumps(compute()))
                part.replace(path)
        return _unpickled(path)

    def _path(self, key: str) -> Path | None:
        return self._folder / f"{key}.pickle" if self._folder else None


def _unpickled(path: Path) -> object:
    return pickle.loads(path.read_bytes())  # noqa: S301 (written by this very run)
