"""Terms of two models on the same rows: a pair -> sums of both, of their squares and products."""

from collections.abc import Iterator, Sequence
from functools import partial

from model_checks.data.engine import Engine
from model_checks.measure.grouping import (
    Grouping,
    Need,
    found_by_segment,
    grouped,
    listed,
    weighted,
)
from model_checks.metrics.statistics import JointSums
from model_checks.plan.checks import Segment
from model_checks.predict.table import PairedPredictions

Terms = Sequence[Sequence[str]]
"""SQL of each term, for the first model and for the second."""


def joint_sums(
    engine: Engine, pair: PairedPredictions, need: Need, terms: Terms
) -> Iterator[tuple[Segment, int, list[JointSums]]]:
    """Yield each segment with its rows and the sums of some terms, by one query a segmentation."""
    query = partial(_sums, terms=terms)
    for segment, [row] in found_by_segment(engine, pair, need, query):
        if row[0]:
            yield segment, *counted_sums(row)


def _sums(pair: PairedPredictions, grouping: Grouping, terms: Terms) -> str:
    keys = listed(grouping.keys(pair))
    columns = [
        f"{sql} as {side}{k}"
        for k, both in enumerate(terms)
        for side, sql in zip("ab", both, strict=True)
    ]
    return (
        f"select {keys}count(*), sum(w), {', '.join(sums_of(len(terms)))} "
        f"from (select {keys}w, {', '.join(columns)} from {grouping.relation(pair)}) as terms "
        f"{grouped(grouping.keys(pair))}"
    )


def sums_of(terms: int) -> list[str]:
    """Return SQL of the sums of the terms ``a0`` and ``b0``, ``a1`` and ``b1``, and so on."""
    return [
        weighted([part.format(k) for part in parts])
        for k in range(terms)
        for parts in (["a{}"], ["b{}"], ["a{}", "a{}"], ["b{}", "b{}"], ["a{}", "b{}"])
    ]


def counted_sums(row: Sequence[float]) -> tuple[int, list[JointSums]]:
    """Return the rows and the sums of each term, from a count, the sum of weights, and the sums."""
    rows, weight, *sums = row
    parts = [sums[start : start + 5] for start in range(0, len(sums), 5)]
    return int(rows), [JointSums(weight, (a, b), (a2, b2), ab) for a, b, a2, b2, ab in parts]
