"""``package.module:name``: loads an object of a user's own module."""

import importlib
from typing import Any

from model_checks.errors import SourceError
from model_checks.settings.sources.python import PythonModel


def load_model_object(deployed: PythonModel, _: None) -> Any:
    """Import the object that is a model, as ``load_object`` does."""
    return load_object(deployed.python, "model")


def load_object(reference: str, what: str) -> Any:
    """Import a module, and return its object of a name.

    Parameters
    ----------
    reference
        ``package.module:name``.
    what
        The word for the object in a message.

    Raises
    ------
    SourceError
        If the module has no such name.
    Exception
        Whatever importing it raises.
    """
    module_name, _, name = reference.partition(":")
    module = importlib.import_module(module_name)
    found = getattr(module, name, module)
    if found is module:
        raise SourceError(f"{what} {reference!r}: module {module_name} has no {name!r}")
    return found
