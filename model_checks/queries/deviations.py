"""Errors and targets about their means: predictions -> sums of products of their powers."""

from collections.abc import Mapping, Sequence

from model_checks.aggregates import DEVIATION_POWERS, Deviations
from model_checks.engines import Engine
from model_checks.plan import Segment
from model_checks.predictions import Predictions
from model_checks.queries.grouping import Grouping, Need, found_by_segment, grouped, listed
from model_checks.queries.moments import weighted


def deviation_sums(
    engine: Engine, predictions: Predictions, need: Need
) -> Mapping[Segment, Deviations]:
    """Sums of powers of what errors and targets differ from their means.

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
        f"from {relation} as weighed {grouped(keys)}) as means on {_same(keys)}) as deviations "
        f"{grouped(keys)}"
    )


def _same(keys: Sequence[str]) -> str:
    """SQL that holds where two relations have the same segment, be it null.

    Of equalities alone, which every engine can join by: not all can by ``is not distinct from``.
    """
    null = "case when {} is null then 1 else 0 end"
    conditions = ["1 = 1"]
    for key in keys:
        ones = [f"{side}.{key}" for side in ("own", "means")]
        conditions.append(" = ".join(f"coalesce({one}, '')" for one in ones))
        conditions.append(" = ".join(null.format(one) for one in ones))
    return " and ".join(conditions)


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
