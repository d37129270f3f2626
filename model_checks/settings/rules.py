"""The rules by which bounds are held, on any level of the file."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from model_checks.settings.field_types import Table

__all__ = ["AsOfElsewhere", "Correction", "CorrectionElsewhere", "Rule", "Rules"]

Rule = Literal["estimate", "confident", "tolerant"]


class Rules(Table):
    """The way a bound is held, on any level of the file; None means as on the level above."""

    confidence: Annotated[float, Field(ge=0.01, le=0.999999)] | None = None
    rule: Rule | None = None
    min_rows: Annotated[int, Field(ge=1)] | None = None


def _as_of_is_the_models(_: object) -> None:
    raise ValueError(
        "belongs in [defaults] or the model's table: its rows are judged as of one time"
    )


def _correction_is_the_models(_: object) -> None:
    raise ValueError(
        "belongs in [defaults] or the model's table: its segments are corrected for together"
    )


AsOfElsewhere = Annotated[None, BeforeValidator(_as_of_is_the_models)]
CorrectionElsewhere = Annotated[None, BeforeValidator(_correction_is_the_models)]


Correction = Literal["holm", "benjamini-hochberg", "none"]
