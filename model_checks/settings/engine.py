"""``[engine]``: how much of the machine the measuring may use."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from model_checks.settings.field_types import Origin, Table, Text


class Limits(Table):
    """``[engine]``: what DuckDB may use; None leaves the machine usable for others.

    Attributes
    ----------
    temp_directory
        Where what does not fit into memory goes, and what a called model answers; relative to the
        file. None is where the system keeps such things.
    """

    memory_limit: str | None = Field(
        default=None,
        pattern=r"^[1-9][0-9]*(\.[0-9]+)? ?([KMGT]i?B)$",
        description='an amount of memory, such as "2GB" or "512MiB"',
    )
    threads: Annotated[int, Field(ge=1, le=1024)] | None = None
    temp_directory: Text | None = None

    @field_validator("temp_directory")
    @classmethod
    def _beside_the_file(cls, folder: str | None, info: ValidationInfo) -> str | None:
        origin = info.context
        if folder and isinstance(origin, Origin):
            return str(origin.path.parent / _expanded(folder))
        return folder


def _expanded(folder: str) -> Path:
    try:
        return Path(folder).expanduser()
    except RuntimeError:
        raise ValueError("starts with '~', but there is no such user with a home folder") from None
