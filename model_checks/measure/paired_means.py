"""Terms of two models on the same rows: a pair -> sums of both, of their squares and products."""

from collections.abc import Mapping, Sequence
from functools import partial

from model_checks.data import Engine
from model_checks.measure.grouping import (
    Grouping,
    Need,
    found_by_segment,
    grouped,
    listed,
    weighted,
)
from model_checks.metrics.statistics import JointMeans, JointSums
from model_checks.plan.checks import Segment
from model_checks.predict.table import PairedPredictions

Terms = Mapping[str, Sequence[str]]
"""By name SQL of a term of the first model, and of the same of the second."""


def joint_means(
    engine: Engine, pair: PairedPredictions, need: Need, terms: Terms
) -> Mapping[Segment, JointMeans]:
    """The sums of some terms, by one query for each segmentation."""
    query = partial(_sums, terms=terms)
    return {
        segment: means_of(terms, row)
        for segment, [row] in found_by_segment(engine, pair, need, query)
        if row[0]
    }


def _sums(pair: PairedPredictions, grouping: Grouping, terms: Terms) -> str:
    keys = listed(grouping.keys(pair))
    columns = [
        f"{sql} as {side}{k}"
        for k, both in enumerate(terms.values())
        for side, sql in zip("ab", both, strict=True)
    ]
    return (
        f"select {keys}count(*), sum(w), {', '.join(sums_of(len(terms)))} "
        f"from (select {keys}w, {', '.join(columns)} from {grouping.relation(pair)}) as terms "
        f"{grouped(grouping.keys(pair))}"
    )


def sums_of(terms: int) -> list[str]:
    """SQL of the sums of the terms ``a0`` and ``b0``, ``a1`` and ``b1``, and so on."""
    return [
        weighted([part.format(k) for part in parts])
        for k in range(terms)
        for parts in (["a{}"], ["b{}"], ["a{}", "a{}"], ["b{}", "b{}"], ["a{}", "b{}"])
    ]


def means_of(names: Sequence[str] | Terms, row: Sequence[float]) -> JointMeans:
    """The terms by their names, from a count, the sum of weights, and the sums above."""
    rows, weight, *sums = row
    parts = [sums[start : start + 5] for start in range(0, len(sums), 5)]
    return JointMeans(
        int(rows),
        {
            name: JointSums(weight, (a, b), (a2, b2), product)
            for name, (a, b, a2, b2, product) in zip(names, parts, strict=True)
        },
    )
