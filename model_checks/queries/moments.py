"""Errors of a regression: predictions -> sums of their powers."""

from collections.abc import Mapping

from model_checks.aggregates import ErrorMoments
from model_checks.engines import Engine
from model_checks.plan import Segment
from model_checks.predictions import Predictions
from model_checks.queries.grouping import Grouping, Need, by_segment, grouped, listed

_POWERS = (1, 2, 3, 4, 6)


def error_moments(
    engine: Engine, predictions: Predictions, need: Need
) -> Mapping[Segment, ErrorMoments]:
    """Sums of powers of the absolute error, by one query for each segmentation."""
    return {
        segment: _moments(*row)
        for grouping in need.groupings
        for segment, [row] in by_segment(
            engine.run(_sums(predictions, grouping)), grouping.columns
        ).items()
        if row[0]
    }


def _sums(predictions: Predictions, grouping: Grouping) -> str:
    keys = grouping.keys(predictions)
    powers = ", ".join(f"sum(w * {' * '.join(['e'] * power)})" for power in _POWERS)
    errors = f"(select *, abs(y_pred - y_true) as e from {grouping.relation(predictions)})"
    return (
        f"select {listed(keys)}count(*), sum(w), sum(w * w), {powers} "
        f"from {errors} as errors {grouped(keys)}"
    )


def _moments(rows: int, weight: float, weight2: float, *sums: float) -> ErrorMoments:
    return ErrorMoments(rows, weight, weight2, dict(zip(_POWERS, sums, strict=True)))
