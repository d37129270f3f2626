"""``python = "package.module:name"``: a model that is an object of somebody's own module."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from model_checks.errors import SourceError


def load_object(reference: str, folder: Path) -> Any:
    """The object under a name of a module.

    Parameters
    ----------
    reference
        ``package.module:name``.
    folder
        Imported from as well, beside what is installed.

    Raises
    ------
    SourceError
        If the module can't be imported or has no such name.
    """
    module_name, _, name = reference.partition(":")
    try:
        with _importable(folder):
            module = importlib.import_module(module_name)
    except Exception as error:  # noqa: BLE001 (importing runs somebody's code)
        text = " ".join(str(error).split())[:200]
        raise SourceError(
            f"model {reference!r}: can't be imported ({type(error).__name__}: {text})"
        ) from error
    if not hasattr(module, name):
        raise SourceError(f"model {reference!r}: module {module_name} has no {name!r}")
    return getattr(module, name)


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
