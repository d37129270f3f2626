"""Absolute errors by rank: predictions -> their median, with the errors that hold it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from model_checks.data.engine import Engine
from model_checks.measure.grouping import Grouping, Need, found_by_segment, grouped, listed, same
from model_checks.measure.paired_means import counted_sums, sums_of
from model_checks.metrics.intervals import normal_quantile
from model_checks.metrics.intervals.quantiles import confidence_of
from model_checks.metrics.statistics import JointMedians, MedianError
from model_checks.plan.checks import Segment
from model_checks.predict.table import PairedPredictions, Predictions

_LADDER = tuple(confidence_of(z) for z in (0.5, 1.0, 1.4, 1.7, 2.3, 2.6, 3.0, 3.4, 4.0, 5.0))
"""Confidences between which a p-value is rounded up, where one is asked for."""

_ROUNDING = 1e-12
"""A running sum nearer to half of all weight than this share differs from it by rounding."""


def median_errors(
    engine: Engine, predictions: Predictions, need: Need
) -> Mapping[Segment, MedianError]:
    """Return the weighted median of the absolute error, with limits at each confidence asked for.

    One query for each segmentation. The limits are Woodruff's (1952): the errors at the rank shares
    1/2 -+ z / (2 sqrt(n)), with n the effective number of rows. To z is added the first term that
    Student's quantile has more, without which few rows would get too short an interval.

    Each confidence is a limit more in the query. So p-values are made of a few confidences, and an
    interval at a confidence between two of them is that of the higher.
    """
    inverted = any(asked.any_confidence for asked in need.asked)
    levels = sorted({asked.confidence for asked in need.asked} | set(_LADDER if inverted else ()))
    return {
        segment: _median(levels, *row)
        for segment, [row] in found_by_segment(
            engine, predictions, need, partial(_quantiles, levels=levels)
        )
        if row[0]
    }


def joint_medians(
    engine: Engine, pair: PairedPredictions, need: Need
) -> Mapping[Segment, JointMedians]:
    """Return in how many rows of a pair each error is at most its model's median.

    An estimate of a median varies as this share does. The medians of each segment are joined to its
    rows.
    """
    return {
        segment: _joint_medians(row)
        for segment, [row] in found_by_segment(engine, pair, need, _within_medians)
        if row[0]
    }


def _joint_medians(row: Sequence[float]) -> JointMedians:
    rows, [within] = counted_sums(row)
    return JointMedians(rows, within)


def _within_medians(pair: PairedPredictions, grouping: Grouping) -> str:
    keys, relation = grouping.keys(pair), grouping.relation(pair)
    columns = "".join(f"own.{key} as {key}, " for key in keys)
    sides = {"a": "y_pred", "b": "q_pred"}
    within = ", ".join(
        f"case when abs(own.{predicted} - own.y_true) "
        f"<= {side}.least / cast(2 as double) + {side}.most / cast(2 as double) "
        f"then 1 else 0 end as {side}0"
        for side, predicted in sides.items()
    )
    joins = " ".join(
        f"join ({_quantiles(pair, grouping, [], predicted)}) as {side} on {same(keys, 'own', side)}"
        for side, predicted in sides.items()
    )
    return (
        f"select {listed(keys)}count(*), sum(w), {', '.join(sums_of(1))} "
        f"from (select {columns}own.w as w, {within} from {relation} as own {joins}) as within "
        f"{grouped(keys)}"
    )


def _quantiles(
    predictions: Predictions,
    grouping: Grouping,
    levels: Sequence[float],
    predicted: str = "y_pred",
) -> str:
    keys = grouping.keys(predictions)
    partition = f"partition by {', '.join(keys)}" if keys else ""
    running = f"{partition} order by e rows between unbounded preceding and current row"
    quantiles = [
        f"min(case when upto >= total * {_number(0.5 - _ROUNDING)} then e end) as least",
        f"min(case when upto > total * {_number(0.5 + _ROUNDING)} then e end) as most",
    ]
    for k in range(len(levels)):
        # Where the lower is below all weight, the upper is above it: no error is a limit.
        within = f"case when below{k} > 0 and upto >="
        quantiles += [f"min({within} {limit}{k} then e end)" for limit in ("below", "above")]
    columns = ", ".join([*keys, "e", "upto", "total", "total2", *_limits(levels)])
    return (
        f"select {listed(keys)}count(*) as n, max(total) as whole, max(total2) as whole2, "
        f"{', '.join(quantiles)} from (select {columns} "
        f"from (select {listed(keys)}e, sum(w) over ({running}) as upto, "
        f"sum(w) over ({partition}) as total, sum(w * w) over ({partition}) as total2 "
        f"from (select {listed(keys)}w, abs({predicted} - y_true) as e "
        f"from {grouping.relation(predictions)}) as errors) as ranked) as limited {grouped(keys)}"
    )


def _limits(levels: Sequence[float]) -> Iterator[str]:
    """Yield SQL of the running weights at each level's limits; sqrt(total2) is total / sqrt(n)."""
    for k, level in enumerate(levels):
        z = normal_quantile(level)
        more = f"(1 + {_number((z * z + 1) / 4)} * total2 / nullif(total * total, 0))"
        half = f"{_number(z / 2)} * sqrt(total2) * {more}"
        yield f"total * {_number(0.5)} - {half} as below{k}"
        yield f"total * {_number(0.5)} + {half} as above{k}"


def _number(value: float) -> str:
    return f"cast({value!r} as double)"


def _median(
    levels: Sequence[float], rows: int, weight: float, weight2: float, *errors: float | None
) -> MedianError:
    middle, below, above = errors[:2], errors[2::2], errors[3::2]
    limits = {
        level: (0.0 if low is None else low, math.inf if high is None else high)
        for level, low, high in zip(levels, below, above, strict=True)
    }
    known = [error for error in middle if error is not None]
    # The sum of both may be too large for a float where neither is.
    median = sum(error / 2 for error in known) if len(known) == 2 else None
    return MedianError(int(rows), weight, weight2, median, limits)
