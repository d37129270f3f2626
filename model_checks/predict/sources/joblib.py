"""joblib: a pickle, which runs code when it is loaded; only the very bytes that were agreed."""

import io
from typing import Any

import joblib

from model_checks.errors import SourceError


def load_joblib(content: bytes, source: str, found: str, agreed: str) -> Any:
    """The model in a joblib file.

    Parameters
    ----------
    content
        The bytes that are loaded.
    found, agreed
        Their SHA-256, and the one in thresholds.toml.

    Raises
    ------
    SourceError
        If the two differ: nothing is loaded then.
    Exception
        Whatever unpickling raises, as where it is no joblib file.
    """
    if found != agreed:
        raise SourceError(
            f"model {source!r}: its sha256 is {found}, thresholds.toml agreed on {agreed}; "
            "nothing was loaded"
        )
    return joblib.load(io.BytesIO(content))
