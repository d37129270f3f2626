"""What became of the labels of a multilabel model: predictions -> sums of outcomes and pairs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement

import numpy as np

from model_checks.aggregates import LabelSums
from model_checks.engines import Engine
from model_checks.plan import Segment
from model_checks.predictions import Predictions
from model_checks.queries.grouping import Grouping, Need, by_segment, grouped, listed

MOST_SUMS = 990
"""Of one query: with the few columns beside them no more than a database lets it return."""

OUTCOMES = ("y{0} * p{0}", "(1 - y{0}) * p{0}", "y{0} * (1 - p{0})")
"""A true positive, a false positive, a false negative."""

_Pair = tuple[int, int]
"""Two indicators by their positions, which go through all labels for each outcome in turn."""


def label_sums(engine: Engine, predictions: Predictions, need: Need) -> Mapping[Segment, LabelSums]:
    """Sums of the outcomes of each label and of their products, by one query for each segmentation.

    More than 14 labels take several queries, each with as many of the sums as it may return.
    """
    pairs = list(_pairs(len(predictions.labels)))
    found: dict[Segment, LabelSums] = {}
    for grouping in need.groupings:
        counts: dict[Segment, tuple[float, ...]] = {}
        sums: dict[Segment, list[float]] = defaultdict(list)
        for start in range(0, len(pairs), MOST_SUMS):
            sql = _sums(predictions, grouping, pairs[start : start + MOST_SUMS])
            rows = by_segment(engine.run(sql), grouping.columns)
            for segment, [(n, weight, weight2, exact, *products)] in rows.items():
                counts[segment] = (n, weight, weight2, exact)
                sums[segment] += products
        for segment, products in sums.items():
            found[segment] = _label_sums(predictions.labels, counts[segment], pairs, products)
    return found


def _pairs(labels: int) -> Iterator[_Pair]:
    """Each indicator with itself and with those of other labels; one label has one outcome."""
    for one, other in combinations_with_replacement(range(len(OUTCOMES) * labels), 2):
        if one == other or one % labels != other % labels:
            yield one, other


def _sums(predictions: Predictions, grouping: Grouping, pairs: Sequence[_Pair]) -> str:
    """Rows that are alike are taken together first: there are far fewer kinds of them."""
    labels, keys = range(len(predictions.labels)), grouping.keys(predictions)
    alike = [*keys, *(f"y{k}" for k in labels), *(f"p{k}" for k in labels)]
    kinds = (
        f"(select {listed(alike)}count(*) as n, sum(w) as weight, sum(w * w) as weight2 "
        f"from {grouping.relation(predictions)} {grouped(alike)})"
    )
    indicators = [outcome.format(k) for outcome in OUTCOMES for k in labels]
    named = ", ".join(f"{sql} as x{position}" for position, sql in enumerate(indicators))
    exact = " and ".join(f"y{k} = p{k}" for k in labels)
    outcomes = (
        f"(select {listed(keys)}n, weight, weight2, {named}, "
        f"case when {exact} then weight else 0 end as exact from {kinds} as kinds)"
    )
    products = (
        f"sum(weight * x{one})" if one == other else f"sum(weight * x{one} * x{other})"
        for one, other in pairs
    )
    return (
        f"select {listed(keys)}sum(n), sum(weight), sum(weight2), sum(exact), "
        f"{', '.join(products)} from {outcomes} as outcomes {grouped(keys)}"
    )


def _label_sums(
    labels: tuple[str, ...], counts: Sequence[float], pairs: Sequence[_Pair], sums: Sequence[float]
) -> LabelSums:
    size = (len(OUTCOMES), len(labels))
    products = np.zeros((size[0] * size[1],) * 2)
    ones, others = np.array(pairs).T
    products[ones, others] = products[others, ones] = sums
    rows, weight, weight2, exact = counts
    return LabelSums(labels, int(rows), weight, weight2, exact, products.reshape(size + size))
