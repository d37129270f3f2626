"""``[engine]``: how much of the machine the measuring may use."""

from typing import Annotated

from pydantic import Field

from model_checks.settings.values import Table, Text


class Limits(Table):
    """``[engine]``; None is the engine's own default."""

    memory_limit: str | None = Field(
        default=None,
        pattern=r"^[1-9][0-9]*(\.[0-9]+)? ?([KMGT]i?B)$",
        description='an amount of memory, such as "2GB" or "512MiB"',
    )
    threads: Annotated[int, Field(ge=1)] | None = None
    temp_directory: Text | None = None
