"""Writes files whole or not at all."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step: whoever reads it sees all of the old or all of the new.

    The umask decides who may read it, as with any file that a program makes: a temporary file of
    Python's would be its owner's alone.
    """
    part = path.with_name(f".{path.name}-{os.urandom(8).hex()}")
    file = part.open("xb")  # "x" neither follows nor overwrites what another has put there
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
    """Sync a folder, where the system can, so that a new name in it survives a power cut."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
