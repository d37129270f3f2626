"""Scores as probabilities: predictions -> sums of what they cost, and of gaps by confidence."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from model_checks.data.engine import Engine
from model_checks.data.sql import literal
from model_checks.measure.grouping import Grouping, Need, found_by_segment, listed, weighted
from model_checks.measure.paired_means import counted_sums, sums_of
from model_checks.metrics.statistics import JointCosts, ProbabilitySums
from model_checks.plan.checks import Segment
from model_checks.predict.precision import Precision
from model_checks.predict.table import PairedPredictions, Predictions

BINS = 15
"""Bins of equal width (Guo, Pleiss, Sun and Weinberger, 2017); each holds its upper edge."""

_POWERS = (1, 2, 3)


def probability_sums(
    engine: Engine, predictions: Predictions, need: Need
) -> Mapping[Segment, ProbabilitySums]:
    """Return sums over the rows of log losses, squared distances and gaps.

    One query for each segmentation, grouped by the bins of confidence as well: sums over all bins
    are added up here.
    """
    furthest = 1.0 if predictions.task == "binary" else 2.0
    return {
        segment: _sums_of(rows, furthest)
        for segment, rows in found_by_segment(engine, predictions, need, _sums)
    }


def joint_costs(
    engine: Engine, pair: PairedPredictions, need: Need
) -> Mapping[Segment, JointCosts]:
    """Return a pair's sums of both log losses, squared distances, gaps, and of their products.

    One query for each segmentation, grouped by the bins of both confidences as well.
    """
    return {
        segment: _joint_costs(rows)
        for segment, rows in found_by_segment(engine, pair, need, _joint_sums)
    }


def _joint_sums(pair: PairedPredictions, grouping: Grouping) -> str:
    keys, first = listed(grouping.keys(pair)), pair.first
    parts = {"a": (0, pair.scored[:first]), "b": (first, pair.scored[first:])}
    judged = ", ".join(
        f"{sql} as {name}_{side}"
        for side, (start, scored) in parts.items()
        for name, sql in _judged(pair.task, scored, start).items()
    )
    terms = ("loss", "distance", "gap")
    costs = {side: _costs(side, of) for side, of in zip(parts, pair.precisions, strict=True)}
    columns = ", ".join(
        f"{costs[side][name]} as {side}{k}" for side in parts for k, name in enumerate(terms)
    )
    bins = ", ".join(f"{costs[side]['bin']} as bin_{side}" for side in parts)
    return (
        f"select {keys}bin_a, bin_b, count(*), sum(w), {', '.join(sums_of(len(terms)))} "
        f"from (select {keys}w, {bins}, {columns} "
        f"from (select {keys}w, {judged} from {grouping.relation(pair)}) as judged) as binned "
        f"group by {keys}bin_a, bin_b"
    )


def _joint_costs(cells: list[tuple[Any, ...]]) -> JointCosts:
    """Return the sums over all pairs of bins; a gap has the sign of the whole gap of its bin."""
    ordered = np.array(sorted(cells), dtype=float)
    bins, numbers = ordered[:, :2].astype(int), ordered[:, 2:]
    _, _, *_, gap, other, square, square2, product = numbers.T
    signs = []
    for of_bin, gaps in zip(bins.T, (gap, other), strict=True):
        whole = np.bincount(of_bin, gaps)
        signs.append(np.where(whole < 0, -1.0, 1.0)[of_bin])
    of_gaps = (signs[0] @ gap, signs[1] @ other, square.sum(), square2.sum())
    summed = [*numbers.sum(axis=0)[:-5], *of_gaps, (signs[0] * signs[1]) @ product]
    rows, sums = counted_sums([*map(float, summed)])
    return JointCosts(rows, *sums)


def _sums(predictions: Predictions, grouping: Grouping) -> str:
    keys = grouping.keys(predictions)
    relation, task = grouping.relation(predictions), predictions.task
    judged = ", ".join(
        f"{sql} as {name}_a" for name, sql in _judged(task, predictions.scored).items()
    )
    [precision] = predictions.precisions
    costs = ", ".join(f"{sql} as {name}" for name, sql in _costs("a", precision).items())
    sums = [weighted([name] * power) for name in ("loss", "distance") for power in _POWERS]
    sums += [weighted(["gap"] * power) for power in (1, 2)]
    return (
        f"select {listed(keys)}bin, count(*), sum(w), sum(w * w), {', '.join(sums)} "
        f"from (select {listed(keys)}w, {costs} "
        f"from (select {listed(keys)}w, {judged} from {relation}) as judged) as binned "
        f"group by {listed(keys)}bin"
    )


def _costs(side: str, precision: Precision) -> Mapping[str, str]:
    """Return SQL of a row's costs and of its bin, from the columns of one side's ``_judged``.

    A probability that is nearer to 0 or 1 than its type can tell from 1 counts as so far from it,
    as in scikit-learn.
    """
    eps = precision.eps
    least, most = (f"cast({end!r} as double)" for end in (eps, 1 - eps))
    bins = f"cast({BINS * (1 - precision.slack * eps)!r} as double)"
    true, confidence = f"p_true_{side}", f"confidence_{side}"
    clipped = f"when {true} < {least} then {least} when {true} > {most} then {most} else {true}"
    return {
        "loss": f"-ln(case {clipped} end)",
        "distance": f"distance_{side}",
        "gap": f"hit_{side} - {confidence}",
        "bin": f"case when {confidence} > 0 then ceil({confidence} * {bins}) else 1 end",
    }


def _judged(task: str, scored: Sequence[str], start: int = 0) -> Mapping[str, str]:
    """Return SQL of the true label's probability, its distance, the confidence, and the hit.

    Parameters
    ----------
    start
        The number of the first label's score.
    """
    scores = {label: f"s{k}" for k, label in enumerate(scored, start)}
    return _binary(scores) if task == "binary" else _multiclass(scores)


def _binary(scores: Mapping[str, str]) -> Mapping[str, str]:
    [(label, score)] = scores.items()
    own = f"y_true = {literal(label)}"
    # Its sixth power is taken, and Postgres takes a product too small for a double for an error.
    missing = f"case when {own} then 1 - {score} when {score} < 1e-50 then 0 else {score} end"
    return {
        "p_true": f"case when {own} then {score} else 1 - {score} end",
        "distance": f"({missing}) * ({missing})",
        "confidence": score,
        "hit": f"case when {own} then 1 else 0 end",
    }


def _multiclass(scores: Mapping[str, str]) -> Mapping[str, str]:
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
    """Return the sums over all bins, which come in any order."""
    ordered = np.array(sorted(bins), dtype=float)
    _, rows, weight, weight2, *sums = ordered.sum(axis=0).tolist()
    gaps = tuple((gap, square) for *_, gap, square in ordered.tolist())
    losses, squares = tuple(sums[:3]), tuple(sums[3:6])
    return ProbabilitySums(int(rows), weight, weight2, losses, squares, furthest, gaps)
