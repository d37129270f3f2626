"""How much two models' estimates vary together, against what each row adds to either of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support.metric_columns import reference
from support.paired_data import (
    Columns,
    baseline_of,
    checks_of,
    correlations,
    everything,
    measured_beside,
    two_models,
    with_averages,
)
from support.sample_data import label_columns, settings_of

from model_checks.metrics import METRICS, TASKS, metric_named
from model_checks.plan.checks import Check

Array = NDArray[Any]


ALONE = {"median_absolute_error", "roc_auc"}
"""Held to what they are by definition, in tests of their own."""

REFERENCES = {name for name, metric in METRICS.items() if metric.varies_jointly} - ALONE


def influence(value: Callable[[Array], float], weight: Array) -> Array:
    """How a value changes with the weight of each row, in small steps."""
    found, step = np.empty(len(weight)), 1e-4
    for row in range(len(weight)):
        more, less = weight.copy(), weight.copy()
        more[row], less[row] = weight[row] + step, weight[row] - step
        found[row] = (value(more) - value(less)) / (2 * step)
    return found


def correlated(one: Array, other: Array, weight: Array) -> float:
    about = [values - np.average(values, weights=weight) for values in (one, other)]
    square, other_square, product = (
        (weight * a * b).sum() for a, b in ((about[0],) * 2, (about[1],) * 2, about)
    )
    return float(product / np.sqrt(square * other_square))


class Rows:
    """The rows of a segment, with the answers of one of the two models."""

    def __init__(self, columns: Columns, segment: str | None, name: str) -> None:
        rows = np.array([segment in (None, g) for g in columns["g"]])
        self.w = np.array(columns["w"])[rows]
        several = "y" not in columns
        read = [f"y{k}" for k in range(3)] if several else ["y"]
        answered = [f"{name}{k}" for k in range(3)] if several else [name]
        self.y = np.column_stack([np.array(columns[one])[rows] for one in read])
        self.p = np.column_stack([np.array(columns[one])[rows] for one in answered])
        if not several:
            self.y, self.p = self.y[:, 0], self.p[:, 0]
        scores = [
            np.array(columns[f"{name}{k}"])[rows] for k in range(3) if f"{name}{k}" in columns
        ]
        self.s = np.column_stack(scores) if scores else self.p

    def influence(self, check: Check, weight: Array) -> Array:
        return influence(lambda weights: abs(self._value(check, weights)), weight)

    def _value(self, check: Check, weight: Array) -> float:
        """Of a bias the size is compared; other metrics of these models are above 0."""
        read: Columns = {"y": self.y, "p": self.p}
        if self.y.ndim == 2:
            read = label_columns(self.y, self.p)
        elif check.task == "binary":
            read |= {"s": self.s[:, 1]}
        elif check.task == "multiclass":
            read |= {f"s_{label}": scores for label, scores in zip("xyz", self.s.T, strict=True)}
        if check.task == "binary":
            read |= {name: (read[name] == "1").astype(int) for name in "yp"}
        found = reference(check.metric, check.task, check.average, {**read, "w": weight})
        assert found is not None
        return found


@pytest.mark.slow
@pytest.mark.parametrize("weighted", [False, True], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("task", TASKS)
def test_correlations_are_those_of_what_each_row_adds(
    tmp_path: Path, task: str, weighted: bool
) -> None:
    columns, own, other = two_models(task, 64, 3)
    keys = {**everything(task, weighted=weighted), **own}
    found = measured_beside(tmp_path, columns, other, **keys)
    checks = with_averages(checks_of(settings_of(tmp_path, **keys)))
    judged = correlations(found, checks)
    assert len(judged) >= 3 * 4
    for check in checks:
        segment = dict(check.segment).get("g")
        if check.kind == "level" or check.metric not in REFERENCES or segment == "b":
            continue
        one, two = Rows(columns, segment, "p"), Rows(columns, segment, "q")
        weight = one.w if weighted else np.ones(len(one.w))
        expected = correlated(one.influence(check, weight), two.influence(check, weight), weight)
        key = (check.metric, check.average, check.segment)
        assert judged[key] == pytest.approx(expected, abs=2e-5), key
        assert abs(expected) < 0.9999, key


def test_correlations_of_medians_are_those_of_the_rows_within(tmp_path: Path) -> None:
    columns, own, other = two_models("regression", 200, 4)
    keys = {**everything("regression"), **own}
    checks = [
        one
        for one in checks_of(settings_of(tmp_path, columns, **keys))
        if one.metric == "median_absolute_error"
    ]
    for (_, _, segment), found in correlations(
        measured_beside(tmp_path, columns, other, **keys), checks
    ).items():
        one, two = (Rows(columns, dict(segment).get("g"), name) for name in "pq")
        errors = [abs(rows.p - rows.y) for rows in (one, two)]
        within = [(error <= np.median(error)).astype(float) for error in errors]
        assert found == pytest.approx(np.corrcoef(*within)[0, 1], abs=1e-12)


def delong(y: Array, scores: Array, labels: list[str]) -> Array:
    """Covariance of areas from the components of each row, by all pairs."""
    parts = []
    for score, label in zip(scores.T, labels, strict=True):
        own, rest = score[y == label], score[y != label]
        above = (own[:, None] > rest) + 0.5 * (own[:, None] == rest)
        part = np.zeros(len(y))
        part[y == label] = (above.mean(axis=1) - above.mean()) / np.sqrt(len(own) * (len(own) - 1))
        part[y != label] = (above.mean(axis=0) - above.mean()) / np.sqrt(
            len(rest) * (len(rest) - 1)
        )
        parts.append(part)
    products: Array = np.array(parts) @ np.array(parts).T
    return products


@pytest.mark.parametrize("task", ["binary", "multiclass"])
@pytest.mark.parametrize("turned", [False, True], ids=["same order", "other order of the scores"])
def test_correlations_of_areas_are_delongs(tmp_path: Path, task: str, turned: bool) -> None:
    columns, own, other = two_models(task, 150, 5)
    if turned and task == "multiclass":
        other = {**other, "score": dict(reversed(other["score"].items()))}
    keys = {**everything(task), **own}
    checks = checks_of(settings_of(tmp_path, columns, **keys))
    areas = [one for one in with_averages(checks) if one.metric == "roc_auc"]
    labels = ["1"] if task == "binary" else ["x", "y", "z"]
    for (_, average, segment), found in correlations(
        measured_beside(tmp_path, columns, other, **keys), areas
    ).items():
        one, two = (Rows(columns, dict(segment).get("g"), name) for name in "pq")
        scores = [rows.s[:, 1:] if task == "binary" else rows.s for rows in (one, two)]
        covariance = delong(one.y, np.column_stack(scores), labels * 2)
        counts = np.array([(one.y == label).sum() for label in labels], float)
        mean = counts if average == "weighted" else np.ones(len(labels))
        means = np.kron(np.eye(2), mean)
        of_both = means @ covariance @ means.T
        expected = of_both[0, 1] / np.sqrt(of_both[0, 0] * of_both[1, 1])
        assert found == pytest.approx(expected, abs=1e-9)
        assert 0.2 < found < 0.99


def test_biases_of_either_sign_vary_against_each_other(tmp_path: Path) -> None:
    draws = np.random.default_rng(7)
    y, noise = draws.normal(0, 1, 100), draws.normal(0, 1, 100)
    columns = {"y": y, "p": y + noise + 1, "q": y + noise - 1, "g": ["a"] * 100}
    keys = {**everything("regression"), "prediction": "p"}
    checks = checks_of(settings_of(tmp_path, columns, **keys))
    judged = correlations(measured_beside(tmp_path, columns, {"prediction": "q"}, **keys), checks)
    assert judged["mean_error", None, ()] == pytest.approx(-1.0)


def test_what_does_not_vary_is_not_correlated(tmp_path: Path) -> None:
    labels = [0, 1] * 10
    columns = {"y": labels, "p": labels, "q": [1, *labels[1:]], "s": np.array(labels) * 0.9}
    columns |= {"t": np.linspace(0, 1, 20), "g": ["a"] * 20}
    keys = {**everything("binary"), "prediction": "p", "score": "s"}
    checks = checks_of(settings_of(tmp_path, columns, **keys))
    base = {"prediction": "q", "score": "t"}
    judged = correlations(measured_beside(tmp_path, columns, base, **keys), checks)
    assert {judged[name, None, ()] for name in ("accuracy", "balanced_accuracy", "npv")} == {0.0}
    assert judged["recall", "binary", ()] == judged["roc_auc", "binary", ()] == 0.0


def test_a_function_of_ones_own_is_not_known_to_be_correlated(tmp_path: Path) -> None:
    columns, own, other = two_models("binary", 50, 8)
    keys = {**everything("binary"), **own}
    found = measured_beside(tmp_path, columns, other, **keys)
    base = baseline_of(found)
    assert base.pairs is not None
    check = checks_of(settings_of(tmp_path, **keys))[0]
    both = found.statistics[()], base.statistics[()]
    assert metric_named("profit").correlation(base.pairs[()], both, check.asked) == 0.0
