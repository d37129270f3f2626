"""Two models that answer to the same rows, and what is measured of them, in one line."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from model_checks.measure.model import MeasuredBaseline, Measurement
from model_checks.measure.planning import plan_of
from model_checks.metrics import METRICS, metrics_of
from model_checks.plan.checks import Check, Segment
from model_checks.settings import Baseline, Settings
from support.sample_data import AS_OF, agreed, measured_for, settings_of

Columns = dict[str, Any]


def with_baseline(settings: Settings, **keys: Any) -> Settings:
    """The model ``m`` with a baseline."""
    baseline = Baseline.model_validate(keys)
    model = settings.models["m"].model_copy(update={"baseline": baseline})
    return settings.model_copy(update={"models": {"m": model}})


def checks_of(settings: Settings) -> list[Check]:
    """Of the levels, and beside each of how much worse it is than the baseline's."""
    levels = plan_of(settings, {"m": AS_OF}, gate=False).checks
    worse = [replace(one, id=f"{one.id}-degradation", kind="degradation") for one in levels]
    return [*levels, *worse]


def with_averages(checks: list[Check]) -> list[Check]:
    """Each check, by every average that its metric has."""
    return [
        replace(check, average=average)
        for check in checks
        for average in METRICS[check.metric].averages[check.task]
    ]


def measured_beside(
    folder: Path, columns: Columns | None, baseline: Mapping[str, Any], **keys: Any
) -> Measurement:
    """The model ``m``, measured together with a baseline."""
    settings = with_baseline(settings_of(folder, columns, **keys), **baseline)
    return measured_for(settings, checks_of(settings), folder)


def baseline_of(measurement: Measurement) -> MeasuredBaseline:
    """What was measured of it, without an error."""
    assert measurement.facts.error is None, measurement.facts.error
    found = measurement.baseline
    assert found is not None
    assert found.error is None, found.error
    return found


def correlations(
    measurement: Measurement, checks: list[Check]
) -> dict[tuple[str, str | None, Segment], float]:
    """Of all checks of a degradation, by metric, average and segment."""
    found = baseline_of(measurement)
    assert found.pairs is not None
    return {
        (one.metric, one.average, one.segment): METRICS[one.metric].correlation(
            found.pairs[one.segment],
            (measurement.statistics[one.segment], found.statistics[one.segment]),
            one.asked,
        )
        for one in checks
        if one.kind == "degradation"
    }


def two_models(task: str, rows: int, seed: int) -> tuple[Columns, Columns, Columns]:
    """Columns, and the keys of two models in them that often agree; scores are often tied.

    Probabilities of several classes add up to 1.
    """
    draws = np.random.default_rng(seed)
    columns: Columns = {
        "w": draws.choice([0.5, 1.0, 2.5], rows).tolist(),
        "g": draws.choice(["a", "b"], rows).tolist(),
    }
    if task == "regression":
        true, common = 1e6 + draws.normal(0, 3, rows), draws.standard_t(5, rows)
        columns |= {"y": true, "p": true + common + draws.normal(0.3, 0.5, rows)}
        columns |= {"q": true + common + draws.normal(-0.2, 1, rows)}
        return columns, {"prediction": "p"}, {"prediction": "q"}
    if task == "multilabel":
        common = draws.normal(0, 1, (rows, 3)) + draws.normal(0, 0.7, (rows, 1))
        for name in "ypq":
            noise = draws.normal(0, 0.5, (rows, 3))
            columns |= {f"{name}{k}": v for k, v in enumerate((common + noise > 0.3).T.astype(int))}
        names = {name: [f"{name}{k}" for k in range(3)] for name in "ypq"}
        return columns, {"target": names["y"], "prediction": names["p"]}, {"prediction": names["q"]}
    labels = ["0", "1"] if task == "binary" else ["x", "y", "z"]
    common = draws.normal(0, 1, (rows, len(labels)))
    true = np.argmax(common + draws.gumbel(0, 0.6, common.shape), axis=1)
    columns["y"] = [labels[k] for k in true]
    keys: dict[str, Columns] = {}
    for name in "pq":
        odds = np.exp(np.round(1.5 * (common + draws.normal(0, 0.4, common.shape))))
        scores = odds / odds.sum(axis=1, keepdims=True)
        columns[name] = [labels[k] for k in np.argmax(odds, axis=1)]
        columns |= {f"{name}{k}": values for k, values in enumerate(scores.T)}
        score = f"{name}1" if task == "binary" else {x: f"{name}{k}" for k, x in enumerate(labels)}
        keys[name] = {"prediction": name, "score": score}
    return columns, keys["p"], keys["q"]


def everything(task: str, *, weighted: bool = False) -> Columns:
    """Keys by which all metrics of a task are asked for, of the whole and by segment."""
    thresholds = agreed(metrics_of(task))
    keys: Columns = {"task": task, "thresholds": thresholds}
    keys["segments"] = [{"by": "g", "thresholds": thresholds}]
    return keys | ({"weight": "w"} if weighted else {})
