"""Rulings in one line: what was measured of a model, and of what it is compared with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.measure.facts import ModelFacts
from model_checks.measure.model import MeasuredBaseline, Measurement
from model_checks.metrics.statistics import (
    Answers,
    ConfusionCounts,
    CustomFunction,
    Deviations,
    Replicates,
    Statistics,
)
from model_checks.pipeline import results_of
from model_checks.plan.checks import Bound, Check, Segment
from model_checks.settings import Rule
from support.factories import check

PLANS: list[Segment] = [(("plan", str(k)),) for k in range(20)]
FACTS = ModelFacts(task="binary", source="churn.skops")
DEPLOYED = "the deployed model 'churn.skops'"


def recalled(share: float, positives: int = 1000, negatives: int = 9000) -> Statistics:
    """Rows of which so many positives were found."""
    found = round(share * positives)
    rows = np.array([[negatives, 0], [positives - found, found]], dtype=float)
    counts = ConfusionCounts(("0", "1"), rows, rows, rows)
    return Statistics.holding(positives + negatives, counts)


def measured(
    current: Statistics | Mapping[Segment, Statistics],
    baseline: Statistics | Mapping[Segment, Statistics] | None = None,
    *,
    source: str = DEPLOYED,
    paired: bool = True,
    error: str | None = None,
) -> Measurement:
    def by_segment(
        one: Statistics | Mapping[Segment, Statistics],
    ) -> Mapping[Segment, Statistics]:
        return {(): one} if isinstance(one, Statistics) else one

    compared = None
    if baseline is not None or error:
        statistics = by_segment({} if baseline is None else baseline)
        compared = MeasuredBaseline(source, statistics, {} if paired else None, error)
    return Measurement(FACTS, by_segment(current), baseline=compared)


def worse(amount: float, rule: Rule = "confident", **changes: Any) -> Check:
    """A check of a degradation of recall."""
    held = Bound(None, amount, None, rule)
    named: dict[str, Any] = {"id": "churn-recall-degradation", "kind": "degradation"}
    return check(held, **{**named, **changes})


def ruled(one: Check, measurement: Measurement, *others: Check) -> Result:
    return results_of([one, *others], measurement)[one.id]


def told(one: Check, measurement: Measurement) -> str:
    return ruled(one, measurement).message.removeprefix(f"{one.label}: ")


def deviating(bias: float, spread: float) -> Statistics:
    n = 1000
    products = {(2, 0): n * spread**2, (3, 0): 0.0, (4, 0): 3 * n * spread**4, (0, 2): 100.0 * n}
    products |= {(0, 4): 30000.0 * n, (1, 2): 0.0, (2, 2): 100 * n * spread**2}
    return Statistics.holding(n, Deviations(n, n, n, bias, False, products))


OWN = CustomFunction("own:cost", Path(), 1, 1000)


def costing(value: float, error: str | None = None) -> Statistics:
    resampled = np.random.default_rng(1).normal(value, 0.1, 1000)
    answers = Answers(None if error else value, resampled, error=error)
    return Statistics.holding(500, Replicates(500, {OWN: answers}))


def nothing(one: Check, measurement: Measurement) -> str:
    found = ruled(one, measurement)
    assert found.verdict is Verdict.NO_DATA
    return found.message.removeprefix(f"{one.label}: ")


CARRIERS = {"AA": (0.235, 200), "UA": (0.42, 300), "DL": (0.3, 500), "B6": (0.35, 100)}


def carriers(values: Mapping[str, tuple[float, int]] = CARRIERS) -> dict[Segment, Statistics]:
    return {(("carrier", name),): recalled(share, n, 1000) for name, (share, n) in values.items()}


def apart(
    amount: float, among: Sequence[Segment], rule: Rule = "estimate", **changes: Any
) -> Check:
    return check(
        Bound(None, amount, None, rule),
        id="churn-recall-gap-carrier",
        kind="gap",
        among=tuple(among),
        **changes,
    )
