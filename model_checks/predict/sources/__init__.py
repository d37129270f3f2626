"""Deployed models and functions, loaded as thresholds.toml says; one library per file.

The class of a model's source, in ``settings/sources``, names the file that loads it.
"""

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from model_checks.errors import MeasurementError, SourceError, guarded
from model_checks.predict.sources.process_state import ProcessState, process_state_of
from model_checks.settings import Deployed
from model_checks.settings.files import read_regular
from model_checks.text import clean, said_by, type_name


@dataclass(frozen=True)
class LoadedModel:
    """A model with ``predict``, and the SHA-256 of the bytes it was loaded from, if any.

    Attributes
    ----------
    process_state
        The changes that it has made to the process, to be entered whenever its code is run.
    """

    model: Any
    source: str
    sha256: str | None
    process_state: ProcessState = field(default_factory=ProcessState)

    def attribute(self, name: str) -> Any:
        """Return the model's attribute of a name; None if it has none.

        Raises
        ------
        SourceError
            If the model raises when the attribute is read.
        """
        with guarded(self.refusal(f"its {name}")), self.process_state.entered():
            return getattr(self.model, name, None)  # a property runs a user's code

    def refusal(self, what: str) -> Callable[[BaseException], SourceError]:
        """Return the function that words an error raised by a part of the model."""
        return lambda error: SourceError(f"model {self.source!r}: {what} {raised(error)}")


def load_model(deployed: Deployed, folder: Path) -> LoadedModel:
    """Load a model.

    Parameters
    ----------
    deployed
        The settings of the model: its loader, and its file or object.
    folder
        Where relative paths start; modules beside thresholds.toml can be imported by the model.

    Raises
    ------
    SourceError
        If the file is absent, is not of the format that was named, or is not to be trusted.
    """
    source = deployed.source
    content = None if deployed.file is None else _content(folder / deployed.file, source)
    sha256 = None if content is None else hashlib.sha256(content).hexdigest()
    if deployed.agreed_sha256 not in (None, sha256):
        raise SourceError(
            f"model {source!r}: its sha256 is {sha256}, thresholds.toml agreed on "
            f"{deployed.agreed_sha256}; nothing was loaded"
        )
    process_state = process_state_of(deployed.module) if deployed.module else ProcessState()
    with guarded(_not_loaded(source)), importable(folder), process_state.entered():
        model = _loader(deployed)(deployed, content)
    loaded = LoadedModel(model, source, sha256, process_state)
    if issubclass(type(model), type):  # by its type, since its __class__ may be a user's code
        raise SourceError(f"model {source!r}: is a class; name an instance of it")
    if not callable(loaded.attribute("predict")):
        raise SourceError(f"model {source!r}: a {type_name(model)} has no predict")
    return loaded


def _not_loaded(source: str) -> Callable[[BaseException], SourceError]:
    return lambda error: SourceError(f"model {source!r}: can't be loaded, it {raised(error)}")


def unforeseen(doing: str) -> Callable[[BaseException], MeasurementError]:
    """Return the function that words an error which nothing nearer to its cause has worded.

    >>> str(unforeseen("measuring")(MemoryError()))
    'measuring raised MemoryError'
    """
    return lambda error: MeasurementError(f"{doing} {raised(error)}")


def raised(error: BaseException, given: Iterable[Any] = ()) -> str:
    r"""Return in one line that a user's code raised, and what.

    Parameters
    ----------
    given
        Columns of the rows that the code was given, whose values are masked in the error's text
        and in its class's name, which may be made of one.

    >>> raised(ValueError("no\nsuch value"))
    'raised ValueError: no such value'
    """
    from model_checks.predict.sources.value_masking import name_without_values, without_values

    columns = list(given)
    name = name_without_values(type_name(error), columns)
    said = without_values(said_by(error), columns)
    return f"raised {clean(f'{name}: {said}' if said else name, 300)}"


def _loader(deployed: Deployed) -> Callable[[Deployed, bytes | None], Any]:
    try:
        loader: Callable[[Deployed, bytes | None], Any] = resolve_name(deployed.loader)
    except ModuleNotFoundError as error:
        raise SourceError(
            f"model {deployed.source!r}: needs the package {error.name!r}: "
            f"pip install {deployed.needs!r}"
        ) from error
    return loader


def _content(path: Path, source: str) -> bytes:
    try:
        content = read_regular(path)
    except FileNotFoundError:
        raise SourceError(f"model {source!r}: no such file in {path.parent}") from None
    except OSError as error:
        raise SourceError(f"model {source!r}: can't be read ({error})") from None
    except ValueError:  # of which each Python says something else
        raise SourceError(f"model {source!r}: has a null character in its path") from None
    if not content:
        raise SourceError(f"model {source!r}: the file is empty")
    return content


@contextmanager
def importable(folder: Path) -> Iterator[None]:
    """Let modules in a folder be imported, unless others have their names.

    The folder comes last: if it came first, a ``sklearn.py`` there would be taken for the library.
    """
    before = list(sys.path)
    sys.path.append(str(folder))
    try:
        yield
    finally:
        if sys.path == [*before, str(folder)]:  # else the model has changed it, and needs it so
            sys.path[:] = before
