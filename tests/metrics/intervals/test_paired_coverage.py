"""How often intervals of a paired degradation hold the truth, and how long they are, simulated.

The samples are the segments of one table, so that all that is said of a pair comes by the road that
a run takes: the truth is what the models come to on all samples together.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.covering import INSIDE
from support.paired_data import Columns, baseline_of, measured_beside
from support.sample_data import BETA, agreed, valued

from model_checks.metrics import METRICS, Asked, metrics_of
from model_checks.metrics.degradation import DegradationTerms, degradation

pytestmark = pytest.mark.slow

CAUTIOUS = {"expected_calibration_error"}
"""Its own interval reaches further down than chance does: see the design."""
SAMPLES, ROWS = 1200, 300
TASKS = ["binary", "multiclass", "multilabel", "regression"]


@dataclass(frozen=True)
class Found:
    """Of one metric: how often the truth was held, and the mean length beside that of unpaired."""

    coverage: float
    shorter: float
    correlation: float


def drawn(task: str) -> tuple[Columns, Columns, Columns]:
    """Rows of two models that agree on most of them, with the keys of each."""
    draws = np.random.default_rng(41)
    rows = SAMPLES * ROWS
    columns: Columns = {"g": np.repeat(np.arange(SAMPLES), ROWS)}
    if task == "regression":
        true, common = 1e6 + draws.normal(0, 3, rows), draws.normal(0, 1, rows)
        columns |= {"y": true, "p": true + 0.4 + common + draws.normal(0, 0.5, rows)}
        columns |= {"q": true + 0.5 + common + draws.normal(0, 0.4, rows)}
        return columns, {"prediction": "p"}, {"prediction": "q"}
    if task == "multilabel":
        common = draws.normal(0, 1, (rows, 3)) + draws.normal(0, 0.7, (rows, 1))
        for name, spread in zip("ypq", (0.5, 0.3, 0.4), strict=True):
            found = common + draws.normal(0, spread, (rows, 3)) > 0.3
            columns |= {f"{name}{k}": v for k, v in enumerate(found.T.astype(int))}
        names = {name: [f"{name}{k}" for k in range(3)] for name in "ypq"}
        return columns, {"target": names["y"], "prediction": names["p"]}, {"prediction": names["q"]}
    labels = np.array(["0", "1"] if task == "binary" else ["x", "y", "z"])
    common = draws.normal(0, 1, (rows, len(labels)))
    columns["y"] = labels[np.argmax(common + draws.gumbel(0, 0.5, common.shape), axis=1)]
    keys: dict[str, Columns] = {}
    for name, spread in (("p", 0.25), ("q", 0.3)):
        odds = np.exp(4 * (common + draws.normal(0, spread, common.shape)))
        columns[name] = labels[np.argmax(odds, axis=1)]
        scores = odds / odds.sum(axis=1, keepdims=True)
        columns |= {f"{name}{k}": values for k, values in enumerate(scores.T)}
        score: Any = {x: f"{name}{k}" for k, x in enumerate(labels)}
        keys[name] = {"prediction": name, "score": f"{name}1" if task == "binary" else score}
    return columns, keys["p"], keys["q"]


def simulated(folder: Path, task: str) -> dict[tuple[str, str | None], Found]:
    """What was found of all metrics of a task, by metric and average."""
    columns, own, rival = drawn(task)
    thresholds = agreed(metrics_of(task))
    segments = [{"by": "g", "thresholds": thresholds, "max_segments": SAMPLES}]
    keys = {"task": task, "thresholds": thresholds, "segments": segments}
    found = measured_beside(folder, columns, rival, **keys, **own)
    base = baseline_of(found)
    assert base.pairs is not None
    if task != "regression":
        assert 0.8 <= agreement(columns) <= 0.95
    judged = {}
    known = [metric for metric in thresholds if METRICS[metric].varies_jointly]
    for metric, average in ((m, a) for m in known for a in METRICS[m].averages[task]):
        asked, held, lengths, correlated = Asked(average, beta=BETA), [], [], []
        best = METRICS[metric].direction
        assert best != "agreed"
        terms = DegradationTerms(best, relative=False, paired=True)
        truth: float | None = None
        for segment, pair in base.pairs.items():
            rows = found.statistics[segment], base.statistics[segment]
            r = METRICS[metric].correlation(pair, rows, asked)
            one, other = (valued(METRICS[metric].estimate(of, asked)) for of in rows)
            paired = valued(degradation(one, other, replace(terms, correlation=r)))
            if not segment:
                truth = paired.value
                continue
            apart = valued(degradation(one, other, terms))
            assert truth is not None
            held.append(paired.low <= truth <= paired.high)
            lengths.append([of.high - of.low for of in (paired, apart)])
            correlated.append(r)
        assert len(held) == SAMPLES
        paired_length, apart_length = np.mean(lengths, axis=0)
        judged[metric, average] = Found(
            float(np.mean(held)), float(paired_length / apart_length), float(np.mean(correlated))
        )
    return judged


def agreement(columns: Columns) -> float:
    """How much of what they predict is the same of both models."""
    names = ["p"] if "p" in columns else ["p0", "p1", "p2"]
    same = [columns[name] == columns[name.replace("p", "q")] for name in names]
    return float(np.mean(same))


@pytest.mark.parametrize("task", TASKS)
def test_paired_intervals_hold_the_truth_and_are_shorter(tmp_path: Path, task: str) -> None:
    for (metric, average), found in simulated(tmp_path, task).items():
        most = 1.0 if metric in CAUTIOUS else INSIDE[1]
        assert INSIDE[0] <= found.coverage <= most, (metric, average, found)
        assert found.shorter < 0.8, (metric, average, found)
