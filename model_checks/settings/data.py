"""``data = ...``: the place of a model's rows, and how they are to be read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from model_checks.settings.tagged import Tagged
from model_checks.text.redaction import without_secrets


class Data(Tagged):
    """``data = ...``: where rows are; a bare string is a path, a glob or an address of files.

    Attributes
    ----------
    engine
        The dotted name of the function that opens an engine, imported when rows are read: called
        with this table, the settings and the roles of columns.
    reader
        The engine's name in messages.
    needs
        The requirement to install where a package is missing.
    reads_folders
        Whether a path may name a folder, all files of which are read.
    """

    bare = "files"
    engine: ClassVar[str]
    reader: ClassVar[str]
    needs: ClassVar[str] = "model-checks"
    reads_folders: ClassVar[bool] = False

    if TYPE_CHECKING:  # the keys are those of the kind

        def __init__(self, **keys: Any) -> None: ...

    @classmethod
    def kinds(cls) -> Mapping[str, type[Tagged]]:
        """Return the kinds of data places by their key."""
        return PLACES

    @property
    def path(self) -> str | None:
        """Return the path, glob or address of files; None where rows are in a table."""
        return None

    @property
    def read_here(self) -> bool:
        """Return whether a path is one of this machine."""
        return True

    @property
    def source(self) -> str:
        """Return the place as messages name it, without the secrets in an address."""
        return without_secrets(self.path or str(getattr(self, self.key)))

    def same_table(self, other: "Data") -> bool:
        """Return whether this and another place, not of files, are of one table."""
        return self == other


PLACES: dict[str, type[Data]] = {}
"""The kinds of data places by their keys; ``places`` has a line for each, read at validation."""
