"""What a metric could be at best on some rows: the interval of a perfect result."""

import math
from collections.abc import Callable, Mapping

from model_checks.metrics.intervals import (
    Interval,
    f1_interval,
    newcombe_auc_interval,
    wilson_interval,
)


def best_interval(
    metric: str, task: str, average: str | None, rows: float, confidence: float
) -> Interval | None:
    """The interval with the highest lower limit that rows could give; of an error, the lowest.

    Some metrics rest on some of the rows alone, such as the positives. Where it is not known how
    many those are, all rows stand for them, so that no result could do better.

    Parameters
    ----------
    metric, task, average
        What is asked, as of the table of metrics.
    rows
        How many labelled rows there are, above 0.

    Returns
    -------
    Interval or None
        None where any bound can be met, as by errors of 0, or where it is not known.
    """
    if metric == "max_error":
        return Interval(0.0, math.inf, "no upper limit")
    if task == "multilabel" and metric != "accuracy":
        return None
    if task == "multiclass" and (metric == "roc_auc" or average == "weighted"):
        return None
    best = _BEST.get(metric)
    if metric in ("mcc", "cohen_kappa"):
        best = _agreement if task == "binary" else _share
    return best(rows, confidence) if best else None


def _share(rows: float, confidence: float) -> Interval:
    return wilson_interval(1.0, rows, confidence)


def _f1(rows: float, confidence: float) -> Interval:
    return f1_interval(rows, 0.0, 0.0, rows, confidence)


def _area(rows: float, confidence: float) -> Interval:
    """Of classes of one size, which tell the most."""
    return newcombe_auc_interval(1.0, rows / 2, rows / 2, confidence)


def _agreement(rows: float, confidence: float) -> Interval:
    """Of two labels of one share; of more labels it tends to that of a share."""
    share = _share(rows, confidence)
    return Interval(2 * share.low - 1, 1.0, share.method)


_BEST: Mapping[str, Callable[[float, float], Interval]] = {
    "accuracy": _share,
    "average_precision": _share,
    "balanced_accuracy": _share,
    "f1": _f1,
    "npv": _share,
    "precision": _share,
    "recall": _share,
    "roc_auc": _area,
    "specificity": _share,
}
