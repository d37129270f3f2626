"""Outcomes of the labels of a multilabel model: predictions -> sums of outcomes and pairs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement

import numpy as np

from model_checks.data.engine import Engine
from model_checks.measure.grouping import Grouping, Need, by_segment, grouped, listed
from model_checks.metrics.statistics import LabelSums
from model_checks.plan.checks import Segment
from model_checks.predict.table import Predictions

OUTCOMES = ("y{0} * p{0}", "(1 - y{0}) * p{0}", "y{0} * (1 - p{0})")
"""SQL of a true positive, of a false positive, and of a false negative."""

ONE_QUERY, SIDE = 15, 10
"""Labels of which one query may return all sums, and if there are more, those that are paired with
as many others: a database lets a query return about a thousand columns."""

_Indicator = tuple[int, int]
"""An outcome and a label, by their positions."""

_Pairs = Sequence[tuple[_Indicator, _Indicator]]


def label_sums(engine: Engine, predictions: Predictions, need: Need) -> Mapping[Segment, LabelSums]:
    """Return sums of the labels' outcomes and of their products, by one query a segmentation.

    More than 15 labels take several queries.
    """
    found: dict[Segment, LabelSums] = {}
    tiles = list(_tiles(len(predictions.labels)))
    for grouping in need.groupings:
        counts: dict[Segment, Sequence[float]] = {}
        sums: dict[Segment, list[float]] = defaultdict(list)
        for position, tile in enumerate(tiles):
            rows = engine.run(_sums(predictions, grouping, tile, counted=not position))
            for segment, [values] in by_segment(rows, grouping.columns).items():
                counts.setdefault(segment, values[:4])
                sums[segment] += values[4:]
        pairs = [pair for tile in tiles for pair in tile]
        for segment, counted in counts.items():
            found[segment] = _label_sums(predictions.labels, counted, pairs, sums[segment])
    return found


def _tiles(labels: int) -> Iterator[_Pairs]:
    """Yield the pairs of indicators for each of as few queries as may be, each with few labels.

    An indicator is paired with itself and with those of other labels, but not with another outcome
    of its label: no row has both.
    """
    side = labels if labels <= ONE_QUERY else SIDE
    groups = [range(start, min(start + side, labels)) for start in range(0, labels, side)]
    outcomes = range(len(OUTCOMES))
    for ones, others in combinations_with_replacement(groups, 2):
        yield [
            ((i, one), (j, other))
            for one in ones
            for other in others
            for i in outcomes
            for j in outcomes
            if one < other or (one == other and i == j)
        ]


def _sums(predictions: Predictions, grouping: Grouping, pairs: _Pairs, *, counted: bool) -> str:
    """Return the query of the sums, which first merges rows with the same labels into a few."""
    keys, labels = grouping.keys(predictions), sorted({k for pair in pairs for _, k in pair})
    alike = [*keys, *(f"y{k}" for k in labels), *(f"p{k}" for k in labels)]
    right = " and ".join(f"y{k} = p{k}" for k in range(len(predictions.labels)))
    exact = f"sum(case when {right} then w else 0 end)" if counted else "0"
    kinds = (
        f"(select {listed(alike)}count(*) as n, sum(w) as weight, sum(w * w) as weight2, "
        f"{exact} as exact from {grouping.relation(predictions)} {grouped(alike)})"
    )
    indicators = ", ".join(
        f"{outcome.format(k)} as x{i}_{k}" for i, outcome in enumerate(OUTCOMES) for k in labels
    )
    outcomes = (
        f"(select {listed(keys)}n, weight, weight2, exact, {indicators} from {kinds} as kinds)"
    )
    products = ", ".join(
        f"sum(weight * x{i}_{one})" if one == other else f"sum(weight * x{i}_{one} * x{j}_{other})"
        for (i, one), (j, other) in pairs
    )
    return (
        f"select {listed(keys)}sum(n), sum(weight), sum(weight2), sum(exact), {products} "
        f"from {outcomes} as outcomes {grouped(keys)}"
    )


def _label_sums(
    labels: tuple[str, ...], counts: Sequence[float], pairs: _Pairs, sums: Sequence[float]
) -> LabelSums:
    products = np.zeros((len(OUTCOMES), len(labels)) * 2)
    for (one, other), value in zip(pairs, sums, strict=True):
        products[one + other] = products[other + one] = value
    rows, weight, weight2, exact = counts
    return LabelSums(labels, int(rows), weight, weight2, exact, products)
