"""``model = ...``: a deployed model, and which loader it takes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from model_checks.settings.tagged import Tagged


class Deployed(Tagged):
    """``model = ...``: which loader, of which file or object; a bare string is a skops file.

    Attributes
    ----------
    loader
        The dotted name of what loads it: called with this table and, where it is a file, with its
        content, else None; it is imported when a model is loaded. What it returns has ``predict``.
    needs
        What is to be installed where a package is missing.
    """

    bare = "skops"
    loader: ClassVar[str]
    needs: ClassVar[str] = "model-checks"

    if TYPE_CHECKING:  # the keys are those of the kind

        def __init__(self, **keys: Any) -> None: ...

    @classmethod
    def kinds(cls) -> Mapping[str, type[Tagged]]:
        """Return the kinds of model sources by their key."""
        from model_checks.settings.sources import SOURCES  # which derive from this class

        return SOURCES

    @property
    def source(self) -> str:
        """The file or object, as thresholds.toml names it."""
        return str(getattr(self, self.key))

    @property
    def file(self) -> str | None:
        """The file it is loaded from, of which there is a SHA-256; None if it is none."""
        return None

    @property
    def agreed_sha256(self) -> str | None:
        """The SHA-256 that its file must have, or nothing is loaded; None for any."""
        return None

    @property
    def module(self) -> str | None:
        """The module it is imported from, whose objects share what they change of the process."""
        return None


class DeployedFile(Deployed):
    """A model in a file, which is read whole before it is loaded."""

    @property
    def file(self) -> str:
        """The file, as thresholds.toml names it."""
        return self.source
