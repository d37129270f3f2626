"""Deployed models, loaded the way thresholds.toml says and no other; one library per file."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_checks.errors import SourceError
from model_checks.settings import Deployed


@dataclass(frozen=True)
class LoadedModel:
    """Anything with ``predict``, and the SHA-256 of the bytes it was loaded from, if any."""

    model: Any
    source: str
    sha256: str | None


def load_model(deployed: Deployed, folder: Path) -> LoadedModel:
    """Load a model.

    Parameters
    ----------
    deployed
        Which loader, of which file or object.
    folder
        Where relative paths start.

    Raises
    ------
    SourceError
        If the file is absent, is not of the format that was named, or is not to be trusted.
    """
    if deployed.python:
        from model_checks.sources.python import load_object

        return _with_predict(load_object(deployed.python, folder), deployed.source, None)
    content = _content(folder / deployed.source, deployed.source)
    sha256 = hashlib.sha256(content).hexdigest()
    if deployed.skops:
        from model_checks.sources.skops import load_skops

        model = load_skops(content, deployed.source, deployed.trusted_types)
    else:
        from model_checks.sources.joblib import load_joblib

        model = load_joblib(content, deployed.source, sha256, deployed.sha256 or "")
    return _with_predict(model, deployed.source, sha256)


def _content(path: Path, source: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise SourceError(f"model {source!r}: {reason} in {path.parent}") from None
    if not content:
        raise SourceError(f"model {source!r}: the file is empty")
    return content


def _with_predict(model: Any, source: str, sha256: str | None) -> LoadedModel:
    if isinstance(model, type):
        raise SourceError(f"model {source!r}: a class; name an instance of it")
    if not callable(getattr(model, "predict", None)):
        raise SourceError(f"model {source!r}: a {type(model).__name__} has no predict")
    return LoadedModel(model, source, sha256)
