"""The cost of deciding when all is measured: 1,000 segment checks of five metrics, with Holm.

    python benchmarks/judging.py

One process, no engine: the aggregates of 200 segments are made up, from 40 to 2,000 rows each, and
the time counts from there to a result with its sentence for every check, under both rules that look
at the interval. No result of an earlier round is kept.
"""

import argparse
import sys
import time

import numpy as np
from timing import REPOSITORY, Figure, tell

sys.path.insert(0, str(REPOSITORY))  # a clone is not installed

from model_checks.measure.facts import ModelFacts
from model_checks.measure.model import Measurement
from model_checks.metrics.intervals import student_quantile
from model_checks.metrics.statistics import ConfusionCounts, ErrorMoments, RankSums, Statistics
from model_checks.pipeline import results_of
from model_checks.plan.checks import Bound, Check, Segment
from model_checks.settings import Rule

SEGMENTS = 200
BOUNDS = {
    "accuracy": Bound(0.82, None, None, "tolerant"),
    "recall": Bound(0.72, None, None, "tolerant"),
    "f1": Bound(0.74, None, None, "tolerant"),
    "roc_auc": Bound(0.82, None, None, "tolerant"),
    "rmse": Bound(None, 1.1, None, "tolerant"),
}
MOST_SECONDS = 0.2


def main(runs: int) -> int:
    """Run, print the table, and return the exit code."""
    measurement = Measurement(ModelFacts("binary", "made up"), _aggregates(1))
    rules: tuple[Rule, ...] = ("tolerant", "confident")
    figures = []
    for rule in rules:
        checks = _checks(measurement, rule)
        seconds = []
        for _ in range(runs + 1):
            student_quantile.cache_clear()
            started = time.perf_counter()
            results = results_of(checks, measurement)
            seconds.append(time.perf_counter() - started)
        verdicts = {result.verdict.value for result in results.values()}
        print(f"{rule}: {len(results):,} checks, {', '.join(sorted(verdicts))}", file=sys.stderr)
        name = f"{len(checks):,} checks with Holm, rule {rule}, seconds"
        figures.append(Figure(name, seconds[1:], MOST_SECONDS))
    return tell(figures, ("numpy",))


def _checks(measurement: Measurement, rule: Rule) -> list[Check]:
    return [
        Check(
            id=f"made_up-{metric}-{segment[0][1]}",
            model="made_up",
            task="binary",
            metric=metric,
            average=None if metric in ("accuracy", "rmse") else "binary",
            segment=segment,
            bound=Bound(held.min, held.max, held.warn, rule),
            confidence=0.95,
            min_rows=30,
            explicit=False,
            no_data_reason=None,
        )
        for metric, held in BOUNDS.items()
        for segment in measurement.statistics
    ]


def _aggregates(seed: int) -> dict[Segment, Statistics]:
    """Return statistics of a model that meets its bounds, with good and bad luck by segment."""
    rng = np.random.default_rng(seed)
    found: dict[Segment, Statistics] = {}
    for k, rows in enumerate(rng.integers(40, 2000, SEGMENTS).tolist()):
        score = rng.normal(size=rows)
        true = rng.random(rows) < 0.4
        score = score + 1.8 * true
        predicted = score > 0.95
        cells = np.array(
            [[np.sum((true == a) & (predicted == b)) for b in (0, 1)] for a in (0, 1)], dtype=float
        )
        errors = np.abs(rng.normal(size=rows))
        found[(("segment", str(k)),)] = Statistics.holding(
            rows,
            ConfusionCounts(("0", "1"), cells, cells, cells),
            ErrorMoments(
                rows,
                float(rows),
                float(rows),
                {power: float(np.sum(errors**power)) for power in (1, 2, 3, 4, 6)},
                float(errors.max()),
            ),
            _ranks(score, true),
        )
    return found


def _ranks(score: np.ndarray, true: np.ndarray) -> RankSums:
    """Return the sums of the placements of scores without ties."""
    below = np.subtract.outer(score[true], score[~true]) > 0
    placements = [(~below).sum(axis=0).astype(float), below.sum(axis=1).astype(float)]
    counts = np.array([float(np.sum(~true)), float(np.sum(true))])
    return RankSums(
        labels=("0", "1"),
        scored=("1",),
        rows=counts,
        weight=counts,
        weight2=counts,
        sums=np.array([[one.sum()] for one in placements]),
        products=np.array([[[float(one @ one)]] for one in placements]),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What deciding costs when all is measured.")
    parser.add_argument("--runs", type=int, default=11, help="rounds that count; default: 11")
    sys.exit(main(parser.parse_args().runs))
