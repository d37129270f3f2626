"""Errors and targets about their means: predictions -> sums of products of their powers."""

from collections.abc import Mapping

import numpy as np

from model_checks.data.engine import Engine
from model_checks.measure.grouping import (
    Grouping,
    Need,
    found_by_segment,
    grouped,
    listed,
    same,
    weighted,
)
from model_checks.metrics.statistics import DEVIATION_POWERS, Deviations, JointDeviations
from model_checks.plan.checks import Segment
from model_checks.predict.table import PairedPredictions, Predictions

_JOINT_POWERS = ((0, 0), (2, 0), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2))
"""Powers whose products are summed; (1, 0) and (0, 1) are left out, as their sums are 0."""


def deviation_sums(
    engine: Engine, predictions: Predictions, need: Need
) -> Mapping[Segment, Deviations]:
    """Return sums of powers of the differences of errors and targets from their means.

    One query for each segmentation: the means of each segment are joined to its rows.
    """
    return {
        segment: _deviations(*row)
        for segment, [row] in found_by_segment(engine, predictions, need, _sums)
        if row[0]
    }


def _sums(predictions: Predictions, grouping: Grouping) -> str:
    keys = grouping.keys(predictions)
    relation = grouping.relation(predictions)
    means = ", ".join(
        f"sum(w * ({value})) / nullif(sum(w), 0) as {name}"
        for name, value in {"bias": "y_pred - y_true", "centre": "y_true"}.items()
    )
    targets = "case when w > 0 then y_true end"
    ends = f"min({targets}) as low, max({targets}) as high"
    columns = "".join(f"own.{key} as {key}, " for key in keys)
    products = (weighted(["d"] * i + ["u"] * j) for i, j in DEVIATION_POWERS)
    return (
        f"select {listed(keys)}count(*), sum(w), sum(w * w), max(bias), max(low), max(high), "
        f"{', '.join(products)} from (select {columns}own.w as w, bias, low, high, "
        "own.y_pred - own.y_true - bias as d, own.y_true - centre as u "
        f"from {relation} as own join (select {listed(keys)}{means}, {ends} "
        f"from {relation} as weighed {grouped(keys)}) as means on {same(keys, 'own', 'means')}) "
        f"as deviations {grouped(keys)}"
    )


def joint_deviations(
    engine: Engine, pair: PairedPredictions, need: Need
) -> Mapping[Segment, JointDeviations]:
    """Return a pair's sums of products of both errors, each less its mean in the segment."""
    return {
        segment: _joint_deviations(*row)
        for segment, [row] in found_by_segment(engine, pair, need, _joint_sums)
        if row[0]
    }


def _joint_deviations(rows: int, *sums: float) -> JointDeviations:
    products = np.zeros((3, 3))
    for powers, value in zip(_JOINT_POWERS, sums, strict=True):
        products[powers] = np.nan if value is None else value  # None: no row has weight
    return JointDeviations(int(rows), products)


def _joint_sums(pair: PairedPredictions, grouping: Grouping) -> str:
    keys, relation = grouping.keys(pair), grouping.relation(pair)
    columns = "".join(f"own.{key} as {key}, " for key in keys)
    errors = {"a": "y_pred - y_true", "b": "q_pred - y_true"}
    means = ", ".join(
        f"sum(w * ({error})) / nullif(sum(w), 0) as mean_{side}" for side, error in errors.items()
    )
    about = ", ".join(f"{error} - mean_{side} as {side}" for side, error in errors.items())
    products = ", ".join(weighted(["a"] * i + ["b"] * j) for i, j in _JOINT_POWERS)
    return (
        f"select {listed(keys)}count(*), {products} from (select {columns}own.w as w, {about} "
        f"from {relation} as own join (select {listed(keys)}{means} "
        f"from {relation} as weighed {grouped(keys)}) as means on {same(keys, 'own', 'means')}) "
        f"as deviations {grouped(keys)}"
    )


def _deviations(
    rows: int,
    weight: float,
    weight2: float,
    bias: float | None,
    low: float | None,
    high: float | None,
    *sums: float,
) -> Deviations:
    products = dict(zip(DEVIATION_POWERS, sums, strict=True))
    return Deviations(rows, weight, weight2, bias, low == high, products)
