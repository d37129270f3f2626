"""The placement of each row by itself, which several scores of the same row need.

Their products tell how the curves of several classes depend on each other (DeLong's covariance).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_checks.measure.ranking.ties import Codes, Runs, differs, tied
from model_checks.metrics.statistics import Floats


def whole_ties(
    batches: Iterable[Sequence[NDArray[Any]]],
) -> Iterator[list[NDArray[Any]]]:
    """Yield batches of columns, sorted by the first of them, cut anew so that no tie is parted.

    Only the last tie is held back, however many rows it has.
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
    """Yield each value of a sorted array, with the slice where it is.

    >>> list(runs_of(np.array([2, 2, 5])))
    [(2, slice(0, 2, None)), (5, slice(2, 3, None))]
    """
    runs = Runs.of(code)
    for group, first, last in zip(runs.groups, runs.first, runs.last, strict=True):
        yield int(group), slice(int(first), int(last) + 1)


class RowPlacements:
    """A placer of each row in one score, for rows that have to be looked at one by one.

    Parameters
    ----------
    groups
        Number of groups.
    """

    def __init__(self, groups: int) -> None:
        self._below = np.zeros((2, groups))

    def placed(
        self, score: Floats, positive: NDArray[np.bool_], weight: Floats, code: Codes
    ) -> Floats:
        """Return the placements of a batch, shape (n,), in its order.

        Parameters
        ----------
        score
            Shape (n,), ascending, all above the scores of earlier batches: ties are in one batch.
        positive, weight, code
            Shape (n,): class, weight and group.
        """
        order = np.argsort(code, kind="stable")
        code, score, positive = code[order], score[order], positive[order]
        ties = tied(score, positive, weight[order], code)
        runs = Runs.of(ties.code)
        opposite = (runs.before(ties.weight, self._below) + 0.5 * ties.weight)[::-1]
        self._below[:, runs.groups] += runs.sums(ties.weight)
        tie = np.cumsum(differs(code) | differs(score)) - 1
        placements = np.empty(len(score))
        placements[order] = opposite[positive.astype(np.uint8), tie]
        return placements
