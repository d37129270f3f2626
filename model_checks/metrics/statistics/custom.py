"""What functions of somebody's own came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model_checks.metrics.statistics.floats import Floats


@dataclass(frozen=True)
class OwnFunction:
    """A metric of somebody's own, and how it is to be resampled.

    Attributes
    ----------
    reference
        ``package.module:function``.
    folder
        Where it may be imported from, beside what is installed.
    seed
        Of the resamples.
    max_rows
        How many rows may be loaded for it.
    """

    reference: str
    folder: Path
    seed: int
    max_rows: int


@dataclass(frozen=True)
class Answers:
    """What one function came to.

    Attributes
    ----------
    value
        On the rows; None if it could not be computed.
    resampled
        Shape (R,): on resamples of the rows, those on which it could be computed.
    failed
        On how many others it could not.
    error
        Why there is no value or no interval, in a sentence; None if there are both.
    """

    value: float | None
    resampled: Floats
    failed: int = 0
    error: str | None = None

    @classmethod
    def none(cls, error: str) -> "Answers":
        """No value and no interval, and why."""
        return cls(None, np.zeros(0), error=error)


@dataclass(frozen=True)
class Replicates:
    """What functions of somebody's own came to on some rows."""

    rows: int
    answers: Mapping[OwnFunction, Answers]

    @property
    def count(self) -> int:
        """Rows that they were called with."""
        return self.rows
