"""Rows in the order of a score -> placements: the arithmetic behind ROC AUC, in numpy alone.

The placement of a row is the weight of the rows of the opposite class that score lower, plus half
the weight of those that score the same. Rows come in batches of any size, sorted by their score;
each belongs to a group, such as a value of a segmentation, and is placed among its group's rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_checks.measure.ranking.ties import NEGATIVE, POSITIVE, Codes, Runs, Ties, differs, tied
from model_checks.metrics.statistics import Floats
from model_checks.plan.checks import Segment

_TINY = 1e-300  # above 0 where no weight is


@dataclass(frozen=True)
class Totals:
    """The rows and weights of segments, known before their rows are placed.

    Attributes
    ----------
    segments
        The S segments that have rows; the position of a segment here is its code.
    rows, weight, weight2
        Shape (S, C): rows, sum of weights and sum of squared weights of each true label.
    """

    segments: tuple[Segment, ...]
    rows: Floats
    weight: Floats
    weight2: Floats

    @property
    def unweighted(self) -> bool:
        """Return whether all weights are 1: only then do both of their sums count the rows."""
        return bool((self.rows == self.weight).all() and (self.rows == self.weight2).all())


@dataclass(frozen=True)
class Placed:
    """The sums over the placements of a segmentation's rows.

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


class BinaryPlacements:
    """The running sums of the placements, and of their squares, for each group and class.

    A few numbers are kept for each group: the sums so far, and those of the last tie, which may go
    on in the next batch.

    Parameters
    ----------
    groups
        G, the number of groups.
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
        """Add a batch of rows.

        Parameters
        ----------
        score
            Shape (n,), ascending, none below the scores of earlier batches.
        positive, weight, code
            Shape (n,): class, weight (None: 1 for each row) and group (None: 0).
        """
        if not len(score):
            return
        if code is None:
            code = np.zeros(len(score), dtype=np.uint8)
        else:
            order = np.argsort(code, kind="stable")  # by counting, where codes are short integers
            code, score, positive = code[order], score[order], positive[order]
            weight = None if weight is None else weight[order]
        if weight is None:
            self._add_rows(code, score, positive)
        else:
            self._add_ties(tied(score, positive, weight, code))

    def _add_ties(self, ties: Ties) -> None:
        runs = Runs.of(ties.code)
        goes_on = self._open_score[runs.groups] == ties.score[runs.first]
        self._place_open(runs.groups[~goes_on])
        ties.weight[:, runs.first[goes_on]] += self._open_weight[:, runs.groups[goes_on]]
        self._open_score[runs.groups] = ties.score[runs.last]
        self._open_weight[:, runs.groups] = ties.weight[:, runs.last]
        closed = np.ones(len(ties.code), dtype=bool)
        closed[runs.last] = False
        self._place(ties.code[closed], ties.weight[:, closed])

    def _add_rows(self, code: Codes, score: Floats, positive: NDArray[np.bool_]) -> None:
        """Add rows that all weigh 1, as ``_add_ties`` does: counting is enough, ties are few."""
        new = differs(code) | differs(score)
        runs, first = Runs.of(code), np.flatnonzero(new)
        ties = _CountedTies(first, np.append(first[1:], len(code)), _before(positive))
        opening, closing = (
            np.searchsorted(first, at, "right") - 1 for at in (runs.first, runs.last)
        )
        goes_on = self._open_score[runs.groups] == score[runs.first]
        self._place_open(runs.groups[~goes_on])
        longer = goes_on & (opening != closing)  # the open tie ends here
        held = np.where(longer, self._open_weight[:, runs.groups], 0.0)
        self._below[:, runs.groups] += held
        start = self._below[:, runs.groups] - ties.before(runs.first)
        apart = ties.end - ties.first > 1  # what counting alone can't place
        apart[opening[longer]], apart[closing] = True, False
        kind = positive.astype(np.int8)
        kind[~new] = kind[:-1][~new[1:]] = -1
        kind[first[opening[longer]]] = kind[runs.last] = -1
        for which in (NEGATIVE, POSITIVE):
            self._place_rows(runs, ties, start, np.flatnonzero(kind == which), which)
        added = np.zeros((2, len(first)))
        added[:, opening] = held
        self._place_ties(runs, ties, start, np.flatnonzero(apart), added)
        stays = goes_on & ~longer
        open_weight = ties.weight(closing) + np.where(stays, self._open_weight[:, runs.groups], 0.0)
        self._open_score[runs.groups], self._open_weight[:, runs.groups] = (
            score[runs.last],
            open_weight,
        )
        self._below[:, runs.groups] = start + ties.before(first[closing])

    def _place_rows(
        self, runs: "Runs", ties: "_CountedTies", start: Floats, row: Codes, which: int
    ) -> None:
        """Place rows of one class that tie with none."""
        from_, counts = runs.parted(row)
        there, groups = counts > 0, runs.groups
        positives = ties.positives[row]
        own, others = (
            (row - positives, positives) if which == NEGATIVE else (positives, row - positives)
        )
        place = others + np.repeat(start[1 - which], counts)
        self.sums[which, groups[there]] += np.add.reduceat(place, from_[there])
        if self._totals is not None and which == POSITIVE:
            above = np.repeat(self._totals[POSITIVE, groups] - start[POSITIVE], counts) - own
            wrong = np.repeat(self._totals[NEGATIVE, groups], counts) - place
            self.precision[groups[there]] += np.add.reduceat(above / (above + wrong), from_[there])
        place *= place
        self.squares[which, groups[there]] += np.add.reduceat(place, from_[there])

    def _place_ties(
        self, runs: "Runs", ties: "_CountedTies", start: Floats, tie: Codes, added: Floats
    ) -> None:
        """Place ties of several rows, and those that an earlier batch has begun."""
        from_, counts = runs.parted(ties.first[tie])
        there = counts > 0
        if not there.any():
            return
        groups, at = runs.groups[there], from_[there]
        weight = ties.weight(tie) + added[:, tie]
        below = ties.before(ties.first[tie]) + np.repeat(start, counts, axis=1) - added[:, tie]
        opposite = (below + 0.5 * weight)[::-1]
        self.sums[:, groups] += np.add.reduceat(weight * opposite, at, axis=1)
        self.squares[:, groups] += np.add.reduceat(weight * opposite * opposite, at, axis=1)
        if self._totals is not None:
            above = np.repeat(self._totals[:, runs.groups], counts, axis=1) - below
            shares = weight[POSITIVE] * above[POSITIVE] / np.maximum(above.sum(axis=0), _TINY)
            self.precision[groups] += np.add.reduceat(shares, at)

    def close(self) -> None:
        """Add the last ties, when all rows have come."""
        self._place_open(np.arange(len(self._open_score)))

    def _place_open(self, groups: Codes) -> None:
        groups = groups[~np.isnan(self._open_score[groups])]
        self._place(groups, self._open_weight[:, groups])
        self._open_score[groups] = np.nan

    def _place(self, code: Codes, weight: Floats) -> None:
        """Place ties, sorted by group, above all that was placed before."""
        if not len(code):
            return
        runs = Runs.of(code)
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
class _CountedTies:
    """The ties of rows that all weigh 1, sorted by group, then by score.

    Attributes
    ----------
    first, end
        Shape (T,): the rows at which each tie and the next one begin.
    positives
        Shape (n + 1,): how many positives are before each row, and in all.
    """

    first: NDArray[np.intp]
    end: NDArray[np.intp]
    positives: NDArray[np.intp]

    def before(self, row: Codes) -> Floats:
        """Return the negatives and positives before each row, shape (2, len(row))."""
        positives = self.positives[row]
        return np.array([row - positives, positives], dtype=float)

    def weight(self, tie: Codes) -> Floats:
        """Return the negatives and positives of each tie, shape (2, len(tie))."""
        return self.before(self.end[tie]) - self.before(self.first[tie])


def _before(positive: NDArray[np.bool_]) -> NDArray[np.intp]:
    counts = np.zeros(len(positive) + 1, dtype=np.intp)
    np.cumsum(positive, out=counts[1:])
    return counts
