"""``--checks-against FILE``: the file in force, with which a proposed change is compared."""

from pathlib import Path

from model_checks.errors import SettingsError
from model_checks.settings import Settings, parse_settings


def load_in_force(path: Path) -> Settings:
    """Read and check the file in force.

    Raises
    ------
    SettingsError
        If the file is wrong, with every mistake, each of which says that it is of this file.
    """
    try:
        if path.exists() and not path.is_file():  # reading a pipe may never end
            raise SettingsError([f"--checks-against {path}: is no regular file"])
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        absent = isinstance(error, FileNotFoundError)
        reason = "no such file" if absent else getattr(error, "strerror", None) or error
        raise SettingsError([f"--checks-against {path}: {reason}"]) from None
    try:
        return parse_settings(content, path)
    except SettingsError as error:
        raise SettingsError(f"--checks-against {mistake}" for mistake in error.mistakes) from None
