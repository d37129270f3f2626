"""``model = ...``: a deployed model, and which loader it takes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from model_checks.settings.tagged import Tagged


class Deployed(Tagged):
    """``model = ...``: which loader, of which file or object; a bare string is a skops file.

    Attributes
    ----------
    loader
        The dotted name of the function that loads the model, imported when it is needed: called
        with this table and the file's content, or None; it returns an object with ``predict``.
    needs
        The requirement to install where a package is missing.
    """

    bare = "skops"
    loader: ClassVar[str]
    needs: ClassVar[str] = "model-checks"

    if TYPE_CHECKING:  # the keys are those of the kind

        def __init__(self, **keys: Any) -> None: ...

    @classmethod
    def kinds(cls) -> Mapping[str, type[Tagged]]:
        """Return the kinds of model sources by their key."""
        return SOURCES

    @property
    def source(self) -> str:
        """Return the file or object, as thresholds.toml names it."""
        return str(getattr(self, self.key))

    @property
    def file(self) -> str | None:
        """Return the file that the model is loaded from; None if it is loaded from no file."""
        return None

    @property
    def agreed_sha256(self) -> str | None:
        """Return the SHA-256 that the model's file must have; None if any will do."""
        return None

    @property
    def module(self) -> str | None:
        """Return the module of the model, whose objects share their changes to the process."""
        return None


class DeployedFile(Deployed):
    """A model in a file, which is read whole before it is loaded."""

    @property
    def file(self) -> str:
        """Return the file, as thresholds.toml names it."""
        return self.source


SOURCES: dict[str, type[Deployed]] = {}
"""The kinds of model sources by their keys; ``sources`` has a line for each."""
