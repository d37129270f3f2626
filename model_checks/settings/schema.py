"""The JSON schema of ``thresholds.toml`` for editors: the settings as a user writes them.

It can't say all that loading the file checks, and never refuses what loading accepts.
``python -m model_checks.settings.schema > model_checks/thresholds.schema.json`` writes it.
"""

import json
import math
import sys
from collections.abc import Mapping
from typing import Any

from model_checks.metrics import METRICS, TASKS, Metric, metrics_of
from model_checks.settings import Data, Deployed, Settings
from model_checks.settings.columns import MOST_LABELS
from model_checks.settings.metric_options import NAME, TAKEN
from model_checks.settings.tagged import Tagged

Schema = dict[str, Any]

_OF_A_FUNCTION = ("metric", "seed", "max_rows")
"""The keys that only thresholds with a custom function have."""

_TOGETHER: Mapping[str, Schema] = {
    "Baseline": {
        "oneOf": [
            {"required": ["data"]},
            {"required": ["model"]},
            {"anyOf": [{"required": ["prediction"]}, {"required": ["score"]}]},
        ],
        "dependentRequired": {"window": ["data"], "as_of": ["data"]},
    },
    "Email": {
        "dependentRequired": {"password_env": ["username"], "password_file": ["username"]},
    },
    "Model": {
        "allOf": [
            {"anyOf": [{"required": ["thresholds"]}, {"required": ["segments"]}]},
            {"anyOf": [{"required": [key]} for key in ("model", "prediction", "score")]},
        ],
        "dependentRequired": {"window": ["time_column"], "as_of": ["time_column"]},
    },
    "Segmentation": {"anyOf": [{"required": ["thresholds"]}, {"required": ["max_gap"]}]},
}
"""The rules on which keys of a table go together, by the table's class."""

_FAMILIES: Mapping[str, type[Tagged]] = {"data": Data, "model": Deployed}
"""Tables of several kinds, by their key."""


def settings_schema() -> Schema:
    """Return the schema, as an object of JSON."""
    generated = _as_written(Settings.model_json_schema(by_alias=True))
    tables = generated["$defs"]
    threshold, gap = tables.pop("Threshold"), tables.pop("Gap")
    for name, together in _TOGETHER.items():
        tables[name] |= together
    metrics = sorted(METRICS.items())
    tables["Thresholds"] = _table_of_metrics(
        {name: _threshold(metric, threshold) for name, metric in metrics}, _own_threshold(threshold)
    )
    tables["Gaps"] = _table_of_metrics(
        {name: _gap(metric, gap) for name, metric in metrics}, _own_gap(gap)
    )
    for name in ("Model", "Segmentation"):
        tables[name]["properties"]["thresholds"] = {"$ref": "#/$defs/Thresholds"}
    one_for_all = {"type": "number", "minimum": 0}
    tables["Segmentation"]["properties"]["max_gap"] = {
        "anyOf": [one_for_all, {"$ref": "#/$defs/Gaps"}]
    }
    for key, family in _FAMILIES.items():
        tables[family.__name__] = _as_written(family.json_schema())
        kinds = {"$ref": f"#/$defs/{family.__name__}"}
        for name in ("Model", "Baseline"):
            bare = {"type": "string", "minLength": 1}
            tables[name]["properties"][key] = {"anyOf": [bare, kinds]}
    of_tasks = [_of_task(task) for task in TASKS]
    tables["Model"]["allOf"] = [*tables["Model"]["allOf"], *of_tasks]
    generated["required"] = ["models"]
    generated["properties"]["models"]["minProperties"] = 1
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "thresholds.toml",
        **generated,
    }


def _as_written(part: Any) -> Any:
    """Return a schema without null, which TOML lacks, and without keys in angle brackets."""
    if isinstance(part, list):
        return [_as_written(one) for one in part]
    if not isinstance(part, dict):
        return part
    if "anyOf" in part:
        some = [one for one in part["anyOf"] if one != {"type": "null"}]
        rest = {key: value for key, value in part.items() if key != "anyOf"}
        part = {**rest, **some[0]} if len(some) == 1 else {**rest, "anyOf": some}
    kept = {key: _as_written(value) for key, value in part.items() if key != "properties"}
    if not isinstance(kept.get("default", False), bool | int | float | str):
        del kept["default"]
    if isinstance(kept.get("title"), str):
        del kept["title"]
    if isinstance(kept.get("description"), str):
        kept["description"] = kept["description"].replace("``", "`")
    if "required" in kept:
        kept["required"] = [key for key in kept["required"] if not key.startswith("<")]
    if "properties" in part:
        kept["properties"] = {
            key: _as_written(value)
            for key, value in part["properties"].items()
            if not key.startswith("<") and value.get("type") != "null"
        }
    return kept


def _table_of_metrics(metrics: Mapping[str, Schema], own: Schema) -> Schema:
    """Return the schema of a table whose keys are metrics, or names of custom metrics."""
    return {
        "type": "object",
        "properties": metrics,
        "patternProperties": {_free_name(): own},
        "additionalProperties": False,
        "minProperties": 1,
    }


def _threshold(metric: Metric, table: Schema) -> Schema:
    """Return the schema of a threshold: a bare number, or a table that suits the metric."""
    number = _number(metric.lowest, metric.highest)
    properties = {**_asked(metric, table), "min": number, "max": number, "warn": number}
    share = properties["max_degradation"]["anyOf"][1]
    amount = _number(0, metric.highest - metric.lowest)
    properties["max_degradation"] = {"anyOf": [amount, share]}
    table = {**table, "properties": properties}
    if metric.direction == "zero":
        bare = {**number, "minimum": 0}
        return {"anyOf": [bare, {**table, "anyOf": _any_of("min", "max", "max_degradation")}]}
    bounds = _any_of("min" if metric.direction == "higher" else "max", "max_degradation")
    if metric.needs_beta:
        return {**table, "required": ["beta"], "anyOf": bounds}
    return {"anyOf": [number, {**table, "anyOf": bounds}]}


def _gap(metric: Metric, table: Schema) -> Schema:
    number = _number(0, metric.highest - metric.lowest)
    properties = {**_asked(metric, table), "max": number}
    return {"anyOf": [number, {**table, "properties": properties}]}


def _number(lowest: float, highest: float) -> Schema:
    edges = {"minimum": lowest, "maximum": highest}
    return {"type": "number", **{edge: one for edge, one in edges.items() if math.isfinite(one)}}


def _any_of(*keys: str) -> list[Schema]:
    return [{"required": [key]} for key in keys]


def _asked(metric: Metric, table: Schema) -> Schema:
    """Return the schemas of a table's keys, without the keys that the metric does not have."""
    averages = sorted({name for names in metric.averages.values() for name in names if name})
    left_out = [*_OF_A_FUNCTION]
    left_out += [] if averages else ["average"]
    left_out += [] if metric.needs_beta else ["beta"]
    properties = {key: one for key, one in table["properties"].items() if key not in left_out}
    return {**properties, "average": {"enum": averages}} if averages else properties


def _free_name() -> str:
    """Return the pattern of the names that a custom metric may have."""
    return f"^(?!({'|'.join(sorted((*METRICS, *TAKEN)))})$){NAME}$"


def _own_threshold(table: Schema) -> Schema:
    bounded = [{"required": ["metric", bound]} for bound in ("min", "max")]
    return {**_of_a_function(table), "anyOf": bounded}


def _own_gap(table: Schema) -> Schema:
    """Return the schema of a custom metric's gap, whose threshold may name the function."""
    return {"anyOf": [_number(0, math.inf), _of_a_function(table)]}


def _of_a_function(table: Schema) -> Schema:
    properties = {
        key: value for key, value in table["properties"].items() if key not in ("average", "beta")
    }
    return {**table, "properties": properties}


def _of_task(task: str) -> Schema:
    others = sorted(METRICS.keys() - metrics_of(task))
    names = {"propertyNames": {"not": {"enum": others}}}
    thresholds = {"thresholds": names}
    columns: Schema = {"type": "string"}
    if task == "multilabel":
        columns = {"type": "array", "minItems": 2, "maxItems": MOST_LABELS}
    return {
        "if": {"properties": {"task": {"const": task}}, "required": ["task"]},
        "then": {
            "properties": {
                **thresholds,
                "target": columns,
                "prediction": columns,
                "segments": {"items": {"properties": {**thresholds, "max_gap": names}}},
            },
        },
    }


def schema_text() -> str:
    """Return the text of the schema file that is shipped."""
    return json.dumps(settings_schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
