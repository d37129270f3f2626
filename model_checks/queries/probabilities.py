"""Scores as probabilities: predictions -> sums of what they cost, and of gaps by confidence."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from model_checks.aggregates import ProbabilitySums
from model_checks.engines import Engine
from model_checks.engines.sql import literal
from model_checks.plan import Segment
from model_checks.predictions import Predictions
from model_checks.queries.grouping import Grouping, Need, found_by_segment, listed
from model_checks.queries.moments import weighted

BINS = 15
"""Of equal width (Guo, Pleiss, Sun and Weinberger, 2017); each holds its upper edge."""

_LEAST = sys.float_info.epsilon
"""A probability nearer to 0 or 1 counts as this far from it, as in scikit-learn."""

_POWERS = (1, 2, 3)


def probability_sums(
    engine: Engine, predictions: Predictions, need: Need
) -> Mapping[Segment, ProbabilitySums]:
    """Sums over the rows of log losses, squared distances and gaps.

    One query for each segmentation, grouped by the bins of confidence as well: what is not of a
    bin is added up here.
    """
    furthest = 1.0 if predictions.task == "binary" else 2.0
    return {
        segment: _sums_of(rows, furthest)
        for segment, rows in found_by_segment(engine, predictions, need, _sums)
    }


def _sums(predictions: Predictions, grouping: Grouping) -> str:
    keys = grouping.keys(predictions)
    judged = _binary if predictions.task == "binary" else _multiclass
    relation = grouping.relation(predictions)
    judgement = ", ".join(f"{sql} as {name}" for name, sql in judged(predictions.scored).items())
    least, most = (f"cast({end!r} as double)" for end in (_LEAST, 1 - _LEAST))
    clipped = f"when p_true < {least} then {least} when p_true > {most} then {most} else p_true"
    bins = f"case when confidence > 0 then ceil(confidence * {BINS}) else 1 end"
    sums = [weighted([name] * power) for name in ("loss", "distance") for power in _POWERS]
    sums += [weighted(["gap"] * power) for power in (1, 2)]
    return (
        f"select {listed(keys)}bin, count(*), sum(w), sum(w * w), {', '.join(sums)} "
        f"from (select {listed(keys)}w, distance, -ln(case {clipped} end) as loss, "
        f"hit - confidence as gap, {bins} as bin "
        f"from (select {listed(keys)}w, {judgement} from {relation}) as judged) as binned "
        f"group by {listed(keys)}bin"
    )


def _binary(scored: Sequence[str]) -> Mapping[str, str]:
    """SQL of the true label's probability, its distance, the confidence, and whether it hit."""
    own = f"y_true = {literal(scored[0])}"
    # Its sixth power is taken, and Postgres takes a product too small for a double for an error.
    missing = f"case when {own} then 1 - s0 when s0 < 1e-50 then 0 else s0 end"
    return {
        "p_true": f"case when {own} then s0 else 1 - s0 end",
        "distance": f"({missing}) * ({missing})",
        "confidence": "s0",
        "hit": f"case when {own} then 1 else 0 end",
    }


def _multiclass(scored: Sequence[str]) -> Mapping[str, str]:
    scores = {label: f"s{k}" for k, label in enumerate(scored)}
    distances = [
        f"case when y_true = {literal(label)} then (1 - {s}) * (1 - {s}) "
        f"when {s} < 1e-50 then 0 else {s} * {s} end"
        for label, s in scores.items()
    ]
    given = " ".join(f"when y_true = {literal(label)} then {s}" for label, s in scores.items())
    highest = f"greatest({', '.join(scores.values())})"
    top = " ".join(f"when {s} = {highest} then {literal(label)}" for label, s in scores.items())
    return {
        "p_true": f"case {given} end",
        "distance": " + ".join(distances),
        "confidence": highest,
        "hit": f"case when y_true = case {top} end then 1 else 0 end",
    }


def _sums_of(bins: list[tuple[Any, ...]], furthest: float) -> ProbabilitySums:
    """Of all bins, which come in any order."""
    ordered = np.array(sorted(bins), dtype=float)
    _, rows, weight, weight2, *sums = ordered.sum(axis=0).tolist()
    gaps = tuple((gap, square) for *_, gap, square in ordered.tolist())
    losses, squares = tuple(sums[:3]), tuple(sums[3:6])
    return ProbabilitySums(int(rows), weight, weight2, losses, squares, furthest, gaps)
