"""Values of custom functions on some rows and on resamples of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model_checks.metrics.statistics.floats import Floats


@dataclass(frozen=True)
class CustomFunction:
    """A custom metric's function, with the limits and the seed of its resamples.

    Attributes
    ----------
    reference
        Name of the function, as ``package.module:function``.
    folder
        Folder that it may be imported from, beside installed packages.
    seed
        Seed of the resamples.
    max_rows
        How many rows may be loaded for the function.
    """

    reference: str
    folder: Path
    seed: int
    max_rows: int


@dataclass(frozen=True)
class Answers:
    """The values of one custom function.

    Attributes
    ----------
    value
        Value on the rows; None if it could not be computed.
    resampled
        Shape (R,): values on the resamples on which it could be computed.
    failed
        Number of resamples on which it could not be computed.
    error
        Why there is no value or no interval, in a sentence; None if there are both.
    """

    value: float | None
    resampled: Floats
    failed: int = 0
    error: str | None = None

    @classmethod
    def none(cls, error: str) -> "Answers":
        """Return answers without a value or an interval, and the reason."""
        return cls(None, np.zeros(0), error=error)


@dataclass(frozen=True)
class Replicates:
    """The values of custom functions on some rows, by function."""

    rows: int
    answers: Mapping[CustomFunction, Answers]

    @property
    def count(self) -> int:
        """Return the rows that the functions were called with."""
        return self.rows
