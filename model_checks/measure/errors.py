"""Errors of a regression: predictions -> sums of their powers, and of the products of a pair's."""

import sys
from collections.abc import Mapping

from model_checks.data.engine import Engine
from model_checks.measure.grouping import (
    Grouping,
    Need,
    found_by_segment,
    grouped,
    listed,
    weighted,
)
from model_checks.measure.paired_means import joint_sums
from model_checks.metrics.statistics import (
    ErrorMoments,
    JointErrors,
    JointRelativeErrors,
    RelativeErrors,
)
from model_checks.plan.checks import Segment
from model_checks.predict.table import PairedPredictions, Predictions

_POWERS = (1, 2, 3, 4, 6)
_SMALLEST = f"cast({sys.float_info.epsilon!r} as double)"
"""A target nearer to 0 counts as this far from it, as in scikit-learn."""


def error_moments(
    engine: Engine, predictions: Predictions, need: Need
) -> Mapping[Segment, ErrorMoments]:
    """Return sums of powers of the absolute error, by one query for each segmentation."""
    return {
        segment: _moments(*row)
        for segment, [row] in found_by_segment(engine, predictions, need, _sums)
        if row[0]
    }


def _sums(predictions: Predictions, grouping: Grouping) -> str:
    keys = grouping.keys(predictions)
    powers = ", ".join(weighted(["e"] * power) for power in _POWERS)
    errors = f"(select *, abs(y_pred - y_true) as e from {grouping.relation(predictions)})"
    return (
        f"select {listed(keys)}count(*), sum(w), sum(w * w), max(case when w > 0 then e end), "
        f"{powers} from {errors} as errors {grouped(keys)}"
    )


def _moments(
    rows: int, weight: float, weight2: float, largest: float | None, *sums: float
) -> ErrorMoments:
    return ErrorMoments(rows, weight, weight2, dict(zip(_POWERS, sums, strict=True)), largest)


def joint_errors(
    engine: Engine, pair: PairedPredictions, need: Need
) -> Mapping[Segment, JointErrors]:
    """Return a pair's sums of both absolute errors, of their squares, and of their products."""
    errors = [f"abs({predicted} - y_true)" for predicted in ("y_pred", "q_pred")]
    squares = [f"{error} * {error}" for error in errors]
    return {
        segment: JointErrors(rows, *sums)
        for segment, rows, sums in joint_sums(engine, pair, need, [errors, squares])
    }


def joint_relative_errors(
    engine: Engine, pair: PairedPredictions, need: Need
) -> Mapping[Segment, JointRelativeErrors]:
    """Return a pair's sums of both errors over the target."""
    quotients = [_quotient(predicted) for predicted in ("y_pred", "q_pred")]
    return {
        segment: JointRelativeErrors(rows, *sums)
        for segment, rows, sums in joint_sums(engine, pair, need, [quotients])
    }


def relative_errors(
    engine: Engine, predictions: Predictions, need: Need
) -> Mapping[Segment, RelativeErrors]:
    """Return sums of powers of the error over the target, by one query for each segmentation."""
    return {
        segment: _relative(*row)
        for segment, [row] in found_by_segment(engine, predictions, need, _relative_sums)
        if row[0]
    }


def _relative_sums(predictions: Predictions, grouping: Grouping) -> str:
    keys = grouping.keys(predictions)
    powers = ", ".join(weighted(["q"] * power) for power in (1, 2, 3))
    return (
        f"select {listed(keys)}count(*), sum(w), sum(w * w), "
        f"count(case when y_true = 0 and w > 0 then 1 end), {powers} "
        f"from (select {listed(keys)}w, y_true, {_quotient('y_pred')} as q "
        f"from {grouping.relation(predictions)}) as quotients {grouped(keys)}"
    )


def _quotient(predicted: str) -> str:
    return (
        "case when y_true = 0 then 0 "
        f"when abs(y_true) < {_SMALLEST} then abs({predicted} - y_true) / {_SMALLEST} "
        f"else abs({predicted} - y_true) / abs(y_true) end"
    )


def _relative(
    rows: int, weight: float, weight2: float, zeros: int, *powers: float
) -> RelativeErrors:
    first, second, third = powers
    return RelativeErrors(rows, weight, weight2, zeros, (first, second, third))
