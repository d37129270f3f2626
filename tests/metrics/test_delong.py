"""How AUCs vary, by DeLong: from the sums that the engine returns, against all pairs of rows."""

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from support.metric_columns import (
    binary_columns,
    close_to,
    everything,
    multiclass_columns,
    parts,
    taken,
)
from support.metric_intervals import assert_limits
from support.sample_data import estimated

from model_checks.metrics import intervals
from model_checks.metrics.ranking import _delong_covariance
from model_checks.metrics.statistics import Floats, RankSums


def naive_influence(true: NDArray[np.bool_], score: Floats) -> tuple[float, Floats]:
    """AUC, and what each row adds to its error, pair by pair."""
    wins = np.where(score[true][:, None] > score[~true][None, :], 1.0, 0.0)
    wins += 0.5 * (score[true][:, None] == score[~true][None, :])
    auc = float(wins.mean())
    m, n = wins.shape
    influence = np.zeros(len(true))
    influence[true] = (wins.mean(axis=1) - auc) / math.sqrt(m * (m - 1))
    influence[~true] = (wins.mean(axis=0) - auc) / math.sqrt(n * (n - 1))
    return auc, influence


def covariance_of(ranks: RankSums | None) -> tuple[Floats, Floats]:
    """AUCs and their covariance, from the sums that the engine returned."""
    assert ranks is not None
    own = np.where(ranks.of_label, ranks.weight[:, None], 0.0).sum(axis=0)
    other = ranks.weight.sum() - own
    auc = np.where(ranks.of_label, ranks.sums, 0.0).sum(axis=0) / (own * other)
    return auc, _delong_covariance(ranks, auc, own, other)


@pytest.mark.parametrize("decimals", [12, 1])
@pytest.mark.parametrize("weight", [None, 1.0, 0.25])
def test_delong_variance_is_that_of_all_pairs(
    tmp_path: Path, weight: float | None, decimals: int
) -> None:
    columns = binary_columns(400, 70)
    columns["s"] = np.round(columns["s"], decimals)
    extra = {} if weight is None else {"w": np.full(400, weight)}
    measurement = everything(tmp_path, "binary", {**columns, **extra})
    for segment, rows in parts(columns):
        expected, influence = naive_influence(rows["y"] == 1, rows["s"])
        [auc], [[variance]] = covariance_of(measurement.statistics[segment].of(RankSums))
        assert auc == close_to(expected)
        assert variance == pytest.approx((influence**2).sum(), rel=1e-9)


def test_the_auc_has_the_interval_of_delong(tmp_path: Path) -> None:
    columns = binary_columns(600, 71)
    auc, influence = naive_influence(columns["y"] == 1, columns["s"])
    positives = int(columns["y"].sum())
    variance = float((influence**2).sum())
    found = estimated(everything(tmp_path, "binary", columns), "roc_auc")
    assert found.method == "DeLong, logit"
    assert_limits(found, intervals.auc_interval(auc, variance, positives, 600 - positives, 0.95))


@pytest.mark.parametrize("decimals", [12, 1])
def test_covariance_of_one_versus_rest_aucs_is_that_of_all_pairs(
    tmp_path: Path, decimals: int
) -> None:
    columns = multiclass_columns(300, 72, decimals=decimals)
    thresholds = {"roc_auc": 0.5}  # which takes rounded scores that don't sum to 1
    segments = [{"by": "g", "thresholds": thresholds}]
    keys = {"thresholds": thresholds, "segments": segments}
    measurement = everything(tmp_path, "multiclass", columns, **keys)
    both = [naive_influence(columns["y"] == x, columns[f"s_{x}"]) for x in "abc"]
    influence = np.array([one for _, one in both])
    auc, covariance = covariance_of(measurement.statistics[()].of(RankSums))
    assert auc == close_to([one for one, _ in both])
    assert covariance == pytest.approx(influence @ influence.T, rel=1e-8, abs=1e-12)
    found = estimated(measurement, "roc_auc", "macro")
    value, variance = float(auc.mean()), float(covariance.sum() / 9)
    smallest = min(int((columns["y"] == x).sum()) for x in "abc")
    assert_limits(found, intervals.delta_logit_interval(value, variance, smallest, 0.95))


def test_macro_auc_varies_as_the_bootstrap_says(tmp_path: Path) -> None:
    columns = multiclass_columns(400, 73)
    _, covariance = covariance_of(
        everything(tmp_path, "multiclass", columns).statistics[()].of(RankSums)
    )
    draw = np.random.default_rng(74)
    aucs = []
    for _ in range(400):
        rows = taken(columns, draw.integers(400, size=400))
        aucs.append(np.mean([fast_auc(rows["y"] == x, rows[f"s_{x}"]) for x in "abc"]))
    assert math.sqrt(covariance.sum()) / 3 == pytest.approx(float(np.std(aucs)), rel=0.1)


def fast_auc(true: NDArray[np.bool_], score: Floats) -> float:
    ordered = np.sort(score[~true])
    below = np.searchsorted(ordered, score[true], "left")
    upto = np.searchsorted(ordered, score[true], "right")
    return float((below + upto).mean() / 2 / len(ordered))
