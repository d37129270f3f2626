"""The properties of a metric, each held to every row of the table, whenever it was added."""

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from support.metric_columns import (
    ALL,
    ALL_COLUMNS,
    SKLEARN,
    Columns,
    assert_equal,
    close_to,
    everything,
    parts,
    reference,
    taken,
)
from support.paired_data import checks_of, correlations, measured_beside, two_models, with_averages
from support.paired_data import everything as everything_beside
from support.sample_data import came_to, estimated, label_columns, settings_of

from model_checks.measure.model import Measurement
from model_checks.metrics import METRICS, TASKS, Estimate, Undefined

DOCS = Path(__file__).parents[2] / "docs"
ROWS = np.arange(300)

EACH = pytest.mark.parametrize(("metric", "task", "average"), ALL)
NAMES = pytest.mark.parametrize("name", METRICS)


def weighted(columns: Columns, weights: object) -> Columns:
    return {**columns, "w": weights}


def some(n: int, columns: Columns) -> Columns:
    return taken(columns, np.random.default_rng(n).integers(300, size=n))


WHOLE_WEIGHTS = np.random.default_rng(2).integers(0, 4, 300)
TWICE = np.tile(ROWS, 2)
VARIANTS: Mapping[str, Callable[[Columns], Columns]] = {
    "plain": lambda columns: columns,
    "in another order": lambda c: taken(c, np.random.default_rng(1).permutation(300)),
    "whole weights": lambda columns: weighted(columns, WHOLE_WEIGHTS),
    "repeated": lambda columns: taken(columns, np.repeat(ROWS, WHOLE_WEIGHTS)),
    "light": lambda columns: weighted(columns, np.full(300, 1e-20)),
    "sevenfold": lambda columns: weighted(columns, np.full(300, 7.0)),
    "heavy": lambda columns: weighted(columns, np.full(300, 1e20)),
    "twice": lambda columns: weighted(taken(columns, TWICE), np.ones(600)),
    "twice, unevenly": lambda c: weighted(taken(c, TWICE), np.repeat([0.1, 1.9], 300)),
    **{f"{n} rows at random": partial(some, n) for n in (2, 7, 30, 300)},
}
PERFECT: Mapping[str, Columns] = {
    "binary": {"y": [0, 1, 1, 0], "p": [0, 1, 1, 0], "s": [0.0, 1.0, 1.0, 0.0]},
    "multiclass": {
        "y": ["a", "b", "c"],
        "p": ["a", "b", "c"],
        **{f"s_{x}": [1.0 if x == y else 0.0 for y in "abc"] for x in "abc"},
    },
    "multilabel": label_columns(np.eye(3, dtype=int), np.eye(3, dtype=int)),
    "regression": {"y": [1.0, 2.0, 3.0], "p": [1.0, 2.0, 3.0]},
}

Measure = Callable[[str, str], Measurement]


@pytest.fixture(scope="module")
def measure(tmp_path_factory: pytest.TempPathFactory) -> Measure:
    """All metrics of a task, measured once on each variant of its columns."""

    @cache
    def measured_once(task: str, variant: str) -> Measurement:
        found = PERFECT[task] if variant == "perfect" else VARIANTS[variant](ALL_COLUMNS[task])
        return everything(tmp_path_factory.mktemp(task), task, found)

    return measured_once


def test_no_metric_and_no_task_is_forgotten() -> None:
    assert {metric for metric, *_ in ALL} == set(METRICS) == set(SKLEARN)
    assert {task for _, task, _ in ALL} == set(TASKS) == set(ALL_COLUMNS) == set(PERFECT)
    assert all(name == metric.name for name, metric in METRICS.items())


@EACH
@pytest.mark.filterwarnings("ignore:y_pred values do not sum to one:UserWarning")
def test_the_value_is_scikit_learns(
    measure: Measure, metric: str, task: str, average: str | None
) -> None:
    for variant in ("plain", "whole weights"):
        for segment, rows in parts(VARIANTS[variant](ALL_COLUMNS[task])):
            found = came_to(measure(task, variant), metric, average, segment)
            assert_equal(found, reference(metric, task, average, rows))


@EACH
def test_the_order_of_the_rows_does_not_matter(
    measure: Measure, metric: str, task: str, average: str | None
) -> None:
    before, after = (
        estimated(measure(task, variant), metric, average)
        for variant in ("plain", "in another order")
    )
    assert_alike(before, after, "value", "low", "high", "n")


@EACH
def test_a_row_of_weight_2_counts_as_two_rows(
    measure: Measure, metric: str, task: str, average: str | None
) -> None:
    repeated, weighed = (
        estimated(measure(task, variant), metric, average)
        for variant in ("repeated", "whole weights")
    )
    assert_alike(repeated, weighed, "value")


@EACH
@pytest.mark.parametrize("weights", ["light", "sevenfold", "heavy"])
def test_the_scale_of_the_weights_does_not_matter(
    measure: Measure, metric: str, task: str, average: str | None, weights: str
) -> None:
    plain, scaled = (
        estimated(measure(task, variant), metric, average) for variant in ("plain", weights)
    )
    assert_alike(plain, scaled, "value", "low", "high", "n")


@EACH
def test_unequal_weights_widen_the_interval(
    measure: Measure, metric: str, task: str, average: str | None
) -> None:
    even, uneven = (
        estimated(measure(task, variant), metric, average)
        for variant in ("twice", "twice, unevenly")
    )
    assert_alike(even, uneven, "value", "n")
    assert width(uneven) > width(even) or width(even) == np.inf


@EACH
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_interval_is_around_the_value_and_within_the_range(
    measure: Measure, metric: str, task: str, average: str | None, variant: str
) -> None:
    row, measurement = METRICS[metric], measure(task, variant)
    for segment in measurement.statistics:
        found = came_to(measurement, metric, average, segment)
        if isinstance(found, Undefined):
            continue
        assert isinstance(found, Estimate)
        assert row.lowest <= found.low <= found.value <= found.high <= row.highest
        assert found.method
        assert type(found.value) is type(found.low) is type(found.high) is float
        assert type(found.n) is int


@EACH
def test_nothing_is_better_than_what_is_all_right(
    measure: Measure, metric: str, task: str, average: str | None
) -> None:
    assert METRICS[metric].is_perfect(estimated(measure(task, "perfect"), metric, average).value)


def assert_alike(one: Estimate, other: Estimate, *names: str) -> None:
    for name in names:
        assert getattr(one, name) == close_to(getattr(other, name)), name


def width(estimate: Estimate) -> float:
    return estimate.high - estimate.low


@pytest.fixture(scope="module")
def beside_itself(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Mapping[tuple[str, str | None], list[float]]]:
    """The correlations of a model with itself, of the whole and by segment, by metric."""

    @cache
    def found(task: str) -> Mapping[tuple[str, str | None], list[float]]:
        folder = tmp_path_factory.mktemp(task)
        columns, own, _ = two_models(task, 64, 9)
        keys = {**everything_beside(task, weighted=True), **own}
        same = {key: own[key] for key in own if key != "target"}
        measurement = measured_beside(folder, columns, same, **keys)
        by_metric: dict[tuple[str, str | None], list[float]] = {}
        checks = with_averages(checks_of(settings_of(folder, **keys)))
        for (metric, average, _), one in correlations(measurement, checks).items():
            by_metric.setdefault((metric, average), []).append(one)
        return by_metric

    return found


@EACH
def test_a_model_varies_as_itself(
    beside_itself: Callable[[str], Mapping[tuple[str, str | None], list[float]]],
    metric: str,
    task: str,
    average: str | None,
) -> None:
    expected = pytest.approx(1.0, abs=1e-9) if METRICS[metric].varies_jointly else 0.0
    found = beside_itself(task)[metric, average]
    assert len(found) == 3
    assert all(one == expected for one in found)


@NAMES
@pytest.mark.parametrize("document", ["settings", "statistics"])
def test_every_metric_is_documented(name: str, document: str) -> None:
    """In a table of its own kind: what it is, and how its interval is computed."""
    text = (DOCS / f"{document}.md").read_text("utf-8")
    first_cells = re.findall(r"^\| ([^|]*) \|", text, re.MULTILINE)
    assert any(f"`{name}`" in cell for cell in first_cells)
