"""joblib: loads a pickle, which runs code, and therefore only the very bytes agreed on."""

import io
from typing import Any

import joblib

from model_checks.settings import Deployed


def load_joblib(_: Deployed, content: bytes) -> Any:
    """Return the model in a joblib file, whose bytes have the SHA-256 that was agreed.

    Raises
    ------
    Exception
        Whatever unpickling raises, as where it is no joblib file.
    """
    return joblib.load(io.BytesIO(content))
