"""Rows in the order of a score -> their placements: the arithmetic behind ROC AUC, in numpy alone.

The placement of a row is the weight of the rows of the opposite class that score lower, and half of
that of those that score the same. Rows come in batches of any size, sorted by their score; each
belongs to a group, such as a value of a segmentation, and is placed among the rows of its group.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_checks.aggregates import Floats
from model_checks.plan import Segment

Codes = NDArray[np.integer]
NEGATIVE, POSITIVE = 0, 1
_TINY = 1e-300  # above 0 where no weight is


@dataclass(frozen=True)
class Totals:
    """What is known of the segments before their rows are placed.

    Attributes
    ----------
    segments
        The S segments that have rows; the place of one here is its code.
    rows, weight, weight2
        Shape (S, C): rows, sum of weights and sum of squared weights of each true label.
    """

    segments: tuple[Segment, ...]
    rows: Floats
    weight: Floats
    weight2: Floats

    @property
    def unweighted(self) -> bool:
        """Whether all weights are 1: only then do both of their sums count the rows."""
        return bool((self.rows == self.weight).all() and (self.rows == self.weight2).all())


@dataclass(frozen=True)
class Placed:
    """Sums over the placements of a segmentation's rows.

    Attributes
    ----------
    sums
        Shape (S, C, K): weighted sum of the placements, by segment, true label and score.
    products
        Shape (S, C, K, K): weighted sum of the products of two placements of the same row.
    precision
        Shape (S,): weighted sum over the positives of the precision at their score; None where
        there are several scores.
    """

    sums: Floats
    products: Floats
    precision: Floats | None = None


@dataclass(frozen=True)
class _Ties:
    """Rows of one group and score taken together, sorted by group, then by score.

    Attributes
    ----------
    code, score
        Shape (n,): group and score of each.
    weight
        Shape (2, n): sum of the weights of its negatives, and of its positives.
    """

    code: Codes
    score: Floats
    weight: Floats


class BinaryPlacements:
    """Sums of the placements, and of their squares, for each group and class.

    Only a few numbers are kept for each group: what has come so far, and the last tie, which may go
    on in the next batch.

    Parameters
    ----------
    groups
        G, how many there are.
    totals
        Shape (2, G): weight of the negatives and of the positives of each group; needed for the
        precision alone.

    Attributes
    ----------
    sums, squares
        Shape (2, G): weighted sums of the placements of negatives and positives.
    precision
        Shape (G,): weighted sum over the positives of the precision at their score.
    """

    def __init__(self, groups: int, totals: Floats | None = None) -> None:
        self._totals = totals
        self._below = np.zeros((2, groups))
        self._open_score = np.full(groups, np.nan)
        self._open_weight = np.zeros((2, groups))
        self.sums = np.zeros((2, groups))
        self.squares = np.zeros((2, groups))
        self.precision = np.zeros(groups)

    def add(
        self,
        score: Floats,
        positive: NDArray[np.bool_],
        weight: Floats | None = None,
        code: Codes | None = None,
    ) -> None:
        """Take in a batch.

        Parameters
        ----------
        score
            Shape (n,), ascending, none below those that came before.
        positive, weight, code
            Shape (n,): class, weight (None: 1 for each row) and group (None: 0).
        """
        if not len(score):
            return
        has_ties = weight is not None or bool((score[1:] == score[:-1]).any())
        if code is None:
            code = np.zeros(len(score), dtype=np.uint8)
        else:
            order = np.argsort(code, kind="stable")  # by counting, where codes are short integers
            code, score, positive = code[order], score[order], positive[order]
            weight = None if weight is None else weight[order]
        runs = _Runs.of(code)
        if has_ties or (self._open_score[runs.groups] == score[runs.first]).any():
            self._add_ties(_ties(score, positive, weight, code))
        else:
            self._add_rows(runs, score, positive)

    def _add_ties(self, ties: _Ties) -> None:
        runs = _Runs.of(ties.code)
        goes_on = self._open_score[runs.groups] == ties.score[runs.first]
        self._place_open(runs.groups[~goes_on])
        ties.weight[:, runs.first[goes_on]] += self._open_weight[:, runs.groups[goes_on]]
        self._open_score[runs.groups] = ties.score[runs.last]
        self._open_weight[:, runs.groups] = ties.weight[:, runs.last]
        closed = np.ones(len(ties.code), dtype=bool)
        closed[runs.last] = False
        self._place(ties.code[closed], ties.weight[:, closed])

    def _add_rows(self, runs: "_Runs", score: Floats, positive: NDArray[np.bool_]) -> None:
        """As ``_add_ties``, for rows that all weigh 1 and differ in score: counting is enough."""
        self._place_open(runs.groups)
        self._open_score[runs.groups] = score[runs.last]
        self._open_weight[POSITIVE, runs.groups] = positive[runs.last]
        self._open_weight[NEGATIVE, runs.groups] = ~positive[runs.last]
        kind = positive.astype(np.int8)
        kind[runs.last] = -1
        counts = [self._place_rows(runs, kind, which) for which in (NEGATIVE, POSITIVE)]
        self._below[:, runs.groups] += counts

    def _place_rows(self, runs: "_Runs", kind: NDArray[np.int8], which: int) -> NDArray[np.intp]:
        """Place the rows of one class; returns how many each group has."""
        row = np.flatnonzero(kind == which)
        start = np.searchsorted(row, runs.first)
        counts = np.diff(start, append=len(row))
        there, groups = counts > 0, runs.groups
        before = np.arange(len(row))
        # Before a row are rows of its own class and of the other; those of the group count.
        place = (row - before).astype(float)
        place += np.repeat(self._below[1 - which, groups] - (runs.first - start), counts)
        self.sums[which, groups[there]] += np.add.reduceat(place, start[there])
        if self._totals is not None and which == POSITIVE:
            own = self._totals[POSITIVE, groups] - self._below[POSITIVE, groups] + start
            above = np.repeat(own, counts) - before
            others = np.repeat(self._totals[NEGATIVE, groups], counts) - place
            self.precision[groups[there]] += np.add.reduceat(above / (above + others), start[there])
        place *= place
        self.squares[which, groups[there]] += np.add.reduceat(place, start[there])
        return counts

    def close(self) -> None:
        """Take in the last ties, when all rows have come."""
        self._place_open(np.arange(len(self._open_score)))

    def _place_open(self, groups: Codes) -> None:
        groups = groups[~np.isnan(self._open_score[groups])]
        self._place(groups, self._open_weight[:, groups])
        self._open_score[groups] = np.nan

    def _place(self, code: Codes, weight: Floats) -> None:
        """Place ties, sorted by group, above all that was placed before."""
        if not len(code):
            return
        runs = _Runs.of(code)
        below = runs.before(weight, self._below)
        opposite = (below + 0.5 * weight)[::-1]
        terms = weight * opposite
        self.sums[:, runs.groups] += runs.sums(terms)
        terms *= opposite
        self.squares[:, runs.groups] += runs.sums(terms)
        if self._totals is not None:
            above = runs.spread(self._totals) - below
            shares = weight[POSITIVE] * above[POSITIVE] / np.maximum(above.sum(axis=0), _TINY)
            self.precision[runs.groups] += np.add.reduceat(shares, runs.first)
        self._below[:, runs.groups] += runs.sums(weight)


@dataclass(frozen=True)
class _Runs:
    """Where the groups lie in values that are sorted by group.

    Attributes
    ----------
    groups, first, last
        Shape (R,): each group that occurs, and the places of its first and last value.
    """

    groups: Codes
    first: NDArray[np.intp]
    last: NDArray[np.intp]

    @classmethod
    def of(cls, code: Codes) -> "_Runs":
        first = np.flatnonzero(_differs(code))
        return cls(code[first], first, np.append(first[1:], len(code)) - 1)

    def spread(self, by_group: Floats) -> Floats:
        """Shape (2, G), by group, as shape (2, n), by value."""
        spread: Floats = np.repeat(by_group[:, self.groups], self.last - self.first + 1, axis=1)
        return spread

    def sums(self, values: Floats) -> Floats:
        """Shape (2, n) as shape (2, R)."""
        sums: Floats = np.add.reduceat(values, self.first, axis=1)
        return sums

    def before(self, values: Floats, start: Floats) -> Floats:
        """Running sums up to but without each value, from what each group starts with."""
        upto = np.cumsum(values, axis=1)
        upto -= values
        offset = start[:, self.groups] - upto[:, self.first]
        upto += np.repeat(offset, self.last - self.first + 1, axis=1)
        return upto


def whole_ties(
    batches: Iterable[Sequence[NDArray[Any]]],
) -> Iterator[list[NDArray[Any]]]:
    """Batches of columns, sorted by the first of them, cut anew so that no tie is parted.

    What is held back is the last tie, however many rows it has.
    """
    held: list[Sequence[NDArray[Any]]] = []
    for columns in batches:
        score = columns[0]
        if not len(score):
            continue
        if held and held[-1][0][-1] == score[-1]:
            held.append(columns)
            continue
        cut = int(np.searchsorted(score, score[-1]))
        whole = [*held, [values[:cut] for values in columns]]
        held = [[values[cut:] for values in columns]]
        if any(len(part[0]) for part in whole):
            yield [np.concatenate(parts) for parts in zip(*whole, strict=True)]
    if held:
        yield [np.concatenate(parts) for parts in zip(*held, strict=True)]


def runs_of(code: Codes) -> Iterator[tuple[int, slice]]:
    """Each value of a sorted array, and where it is.

    >>> list(runs_of(np.array([2, 2, 5])))
    [(2, slice(0, 2, None)), (5, slice(2, 3, None))]
    """
    runs = _Runs.of(code)
    for group, first, last in zip(runs.groups, runs.first, runs.last, strict=True):
        yield int(group), slice(int(first), int(last) + 1)


class RowPlacements:
    """The placement of each row in one score, where rows have to be looked at one by one.

    Parameters
    ----------
    groups
        How many there are.
    """

    def __init__(self, groups: int) -> None:
        self._below = np.zeros((2, groups))

    def placed(
        self, score: Floats, positive: NDArray[np.bool_], weight: Floats, code: Codes
    ) -> Floats:
        """Shape (n,): the placements of a batch, in its order.

        Parameters
        ----------
        score
            Shape (n,), ascending, all above those that came before: ties are in one batch.
        positive, weight, code
            Shape (n,): class, weight and group.
        """
        order = np.argsort(code, kind="stable")
        code, score, positive = code[order], score[order], positive[order]
        ties = _ties(score, positive, weight[order], code)
        runs = _Runs.of(ties.code)
        opposite = (runs.before(ties.weight, self._below) + 0.5 * ties.weight)[::-1]
        self._below[:, runs.groups] += runs.sums(ties.weight)
        tie = np.cumsum(_differs(code) | _differs(score)) - 1
        placements = np.empty(len(score))
        placements[order] = opposite[positive.astype(np.uint8), tie]
        return placements


def _ties(score: Floats, positive: NDArray[np.bool_], weight: Floats | None, code: Codes) -> _Ties:
    """Rows that are sorted by group, and by score within."""
    both = np.empty((2, len(score)))
    both[POSITIVE] = positive if weight is None else positive * weight
    both[NEGATIVE] = ~positive if weight is None else ~positive * weight
    first = np.flatnonzero(_differs(code) | _differs(score))
    if len(first) < len(score):
        code, score, both = code[first], score[first], np.add.reduceat(both, first, axis=1)
    return _Ties(code, score, both)


def _differs(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Whether each value differs from the one before; the first one does."""
    found = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found
