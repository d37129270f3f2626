"""The best that some rows could show: the interval of a perfect result.

Each function takes the task, the average, the number of rows (above 0) and the confidence, and
returns the interval with the highest lower limit that so many rows could give, of an error with the
lowest upper one; None where it is not known. Some metrics rest on some of the rows alone, such as
the positives. Where it is not known how many those are, all rows stand for them, so that no result
could do better.
"""

import math
from collections.abc import Callable

from model_checks.metrics.intervals import (
    Interval,
    f1_interval,
    newcombe_auc_interval,
    wilson_interval,
)

Best = Callable[[str, str | None, float, float], Interval | None]


def proportion(_: str, __: str | None, rows: float, confidence: float) -> Interval:
    """Return the best interval of a share of the rows."""
    return wilson_interval(1.0, rows, confidence)


def share(task: str, average: str | None, rows: float, confidence: float) -> Interval | None:
    """Return the best interval of a share of the rows that concern a class, or of their mean."""
    return proportion(task, average, rows, confidence) if _is_known(task, average) else None


def f1(task: str, average: str | None, rows: float, confidence: float) -> Interval | None:
    """Return the best interval of F1."""
    return f1_interval(rows, 0.0, 0.0, rows, confidence) if _is_known(task, average) else None


def area(task: str, _: str | None, rows: float, confidence: float) -> Interval | None:
    """Return the best interval of a ROC AUC: of classes of one size, which tell the most."""
    if task != "binary":
        return None
    return newcombe_auc_interval(1.0, rows / 2, rows / 2, confidence)


def agreement(task: str, average: str | None, rows: float, confidence: float) -> Interval:
    """Return the best interval of agreement beyond chance: of two labels of one share.

    With more labels the interval tends to that of a share.
    """
    accuracy = proportion(task, average, rows, confidence)
    if task != "binary":
        return accuracy
    return Interval(2 * accuracy.low - 1, 1.0, accuracy.method)


def unlimited(_: str, __: str | None, ___: float, ____: float) -> Interval:
    """Return the interval of an error that no number of rows bounds from above."""
    return Interval(0.0, math.inf, "no upper limit")


def _is_known(task: str, average: str | None) -> bool:
    """Return whether the sizes of the classes that are averaged over don't matter."""
    return task != "multilabel" and average != "weighted"
