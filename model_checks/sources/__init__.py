"""Deployed models and functions, loaded as thresholds.toml says; one library per file."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_checks.errors import SourceError
from model_checks.files import read_regular
from model_checks.settings import Deployed


@dataclass(frozen=True)
class LoadedModel:
    """Anything with ``predict``, and the SHA-256 of the bytes it was loaded from, if any."""

    model: Any
    source: str
    sha256: str | None

    def attribute(self, name: str) -> Any:
        """What the model has under a name; None if it has nothing there.

        Raises
        ------
        SourceError
            If the model raises when it is asked.
        """
        try:
            return getattr(self.model, name, None)
        except Exception as error:  # a property runs somebody's code
            raise SourceError(f"model {self.source!r}: its {name} {raised(error)}") from error


def load_model(deployed: Deployed, folder: Path) -> LoadedModel:
    """Load a model.

    Parameters
    ----------
    deployed
        Which loader, of which file or object.
    folder
        Where relative paths start; modules beside thresholds.toml can be imported by the model.

    Raises
    ------
    SourceError
        If the file is absent, is not of the format that was named, or is not to be trusted.
    """
    source = deployed.source
    content = None if deployed.python else _content(folder / source, source)
    sha256 = None if content is None else hashlib.sha256(content).hexdigest()
    with importable(folder):
        loaded = LoadedModel(_loaded(deployed, content, sha256), source, sha256)
    if isinstance(loaded.model, type):
        raise SourceError(f"model {source!r}: is a class; name an instance of it")
    if not callable(loaded.attribute("predict")):
        raise SourceError(f"model {source!r}: a {type(loaded.model).__name__} has no predict")
    return loaded


def raised(error: BaseException) -> str:
    r"""That somebody's code raised, and what, in one line.

    >>> raised(ValueError("no\nsuch value"))
    'raised ValueError: no such value'
    """
    try:
        text = " ".join(str(error).split())[:300]
    except Exception:  # noqa: BLE001 (its text is somebody's code as well)
        text = ""
    name = type(error).__name__
    return f"raised {name}: {text}" if text else f"raised {name}"


def _loaded(deployed: Deployed, content: bytes | None, sha256: str | None) -> Any:
    source = deployed.source
    try:
        if content is None or sha256 is None:
            from model_checks.sources.python import load_object

            return load_object(source, "model")
        if deployed.skops:
            from model_checks.sources.skops import load_skops

            return load_skops(content, source, deployed.trusted_types)
        from model_checks.sources.joblib import load_joblib

        return load_joblib(content, source, sha256, deployed.sha256 or "")
    except SourceError:
        raise
    except (Exception, SystemExit) as error:  # loading may run anybody's code
        raise SourceError(f"model {source!r}: can't be loaded, it {raised(error)}") from error


def _content(path: Path, source: str) -> bytes:
    try:
        content = read_regular(path)
    except FileNotFoundError:
        raise SourceError(f"model {source!r}: no such file in {path.parent}") from None
    except (OSError, ValueError) as error:  # ValueError: a null character
        raise SourceError(f"model {source!r}: can't be read ({error})") from None
    if not content:
        raise SourceError(f"model {source!r}: the file is empty")
    return content


@contextmanager
def importable(folder: Path) -> Iterator[None]:
    """Let modules in a folder be imported, where no others have their names.

    Before the others, a ``sklearn.py`` there would be taken for the library.
    """
    before = list(sys.path)
    sys.path.append(str(folder))
    try:
        yield
    finally:
        if sys.path == [*before, str(folder)]:  # else the model has changed it, and needs it so
            sys.path[:] = before
