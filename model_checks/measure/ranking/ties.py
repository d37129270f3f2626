"""Rows of one group and score taken together, as they stand in a sorted batch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_checks.metrics.statistics import Floats

Codes = NDArray[np.integer]
NEGATIVE, POSITIVE = 0, 1


@dataclass(frozen=True)
class Ties:
    """The rows of one group and score taken together as ties, sorted by group, then by score.

    Attributes
    ----------
    code, score
        Shape (n,): group and score of each tie.
    weight
        Shape (2, n): sum of the weights of each tie's negatives, and of its positives.
    """

    code: Codes
    score: Floats
    weight: Floats


@dataclass(frozen=True)
class Runs:
    """The runs that groups form in values that are sorted by group.

    Attributes
    ----------
    groups, first, last
        Shape (R,): each group that occurs, and the places of its first and last value.
    """

    groups: Codes
    first: NDArray[np.intp]
    last: NDArray[np.intp]

    @classmethod
    def of(cls, code: Codes) -> "Runs":
        """Return the runs of an array of groups."""
        first = np.flatnonzero(differs(code))
        return cls(code[first], first, np.append(first[1:], len(code)) - 1)

    def parted(self, place: Codes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return each run's first among ascending places, and how many it has: shape (R,) both."""
        start = np.searchsorted(place, self.first)
        return start, np.diff(start, append=len(place))

    def spread(self, by_group: Floats) -> Floats:
        """Return values by group, shape (2, G), repeated for each value, shape (2, n)."""
        spread: Floats = np.repeat(by_group[:, self.groups], self.last - self.first + 1, axis=1)
        return spread

    def sums(self, values: Floats) -> Floats:
        """Return the sums of values, shape (2, n), over each run, shape (2, R)."""
        sums: Floats = np.add.reduceat(values, self.first, axis=1)
        return sums

    def before(self, values: Floats, start: Floats) -> Floats:
        """Return running sums up to but without each value, from what each group starts with."""
        upto = np.cumsum(values, axis=1)
        upto -= values
        offset = start[:, self.groups] - upto[:, self.first]
        upto += np.repeat(offset, self.last - self.first + 1, axis=1)
        return upto


def tied(score: Floats, positive: NDArray[np.bool_], weight: Floats | None, code: Codes) -> Ties:
    """Return the ties of rows that are sorted by group, and by score within."""
    both = np.empty((2, len(score)))
    both[POSITIVE] = positive if weight is None else positive * weight
    both[NEGATIVE] = ~positive if weight is None else ~positive * weight
    first = np.flatnonzero(differs(code) | differs(score))
    if len(first) < len(score):
        code, score, both = code[first], score[first], np.add.reduceat(both, first, axis=1)
    return Ties(code, score, both)


def differs(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return whether each value differs from the one before; the first value does."""
    found = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found
