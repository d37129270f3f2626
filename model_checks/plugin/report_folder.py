"""The folder that a run writes into: held by that run alone, and empty of old verdicts."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from model_checks.errors import SettingsError

try:
    import fcntl
except ImportError:  # Windows has no locks on folders: there two runs are not told apart
    fcntl = None  # type: ignore[assignment]

_WRITTEN = ("report.html", "results.json", "summary.html", "email.eml")


class ReportFolder:
    """A folder held by one run at a time, by a lock on the folder itself, which leaves no file.

    The system frees the lock when the process ends, however it ends.

    Attributes
    ----------
    is_of_another_run
        Whether the folder could not be had, since another run is writing there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None
        self._made = False
        self.is_of_another_run = False

    def claim(self) -> None:
        """Make the folder, keep other runs out of it, and clear it of what another run has left.

        Raises
        ------
        SettingsError
            If the folder can't be made or written to, or another run is writing there.
        """
        try:
            self._made = self._made or not self.path.exists()
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass  # it can be written to
            self._lock()
            self.clear()
        except BlockingIOError:
            self.is_of_another_run = True
            told = "another run is writing there; wait until it has ended, or name another folder"
            raise SettingsError([f"--checks-report-dir {self.path}: {told}"]) from None
        except OSError as error:
            raise SettingsError([f"--checks-report-dir {self.path}: {error.strerror}"]) from None

    def clear_unless_held(self) -> None:
        """Clear the folder where nothing will be written, unless another run holds it."""
        with suppress(OSError):
            held = self._descriptor is not None
            self._lock()
            self.clear()
            if not held:
                self.release()

    def clear(self) -> None:
        """Remove the files of an earlier run, lest they be taken for what this run has found."""
        for stale in _WRITTEN:
            (self.path / stale).unlink(missing_ok=True)

    def release(self) -> None:
        """Let other runs write into the folder; remove it if it was made and is still empty."""
        if self._made:
            with suppress(OSError):
                self.path.rmdir()
            self._made = False
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _lock(self) -> None:
        if fcntl is None or self._descriptor is not None:
            return
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise
        except OSError:  # a file system without locks
            os.close(descriptor)
        else:
            self._descriptor = descriptor
            os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """Hold nothing in a process that a model has forked off, which may outlive the run."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
