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
from model_checks.settings import Settings
from model_checks.settings.columns import MOST_LABELS
from model_checks.settings.thresholds import NAME, TAKEN

Schema = dict[str, Any]

_OF_A_FUNCTION = ("metric", "seed", "max_rows")
"""Keys of the thresholds that name a function of somebody's own."""

_TOGETHER: Mapping[str, Schema] = {
    "Data": {
        "oneOf": [{"required": [key]} for key in ("files", "table", "sql")],
        "not": {"anyOf": [{"required": ["url_env", key]} for key in ("spark", "files")]},
        "dependentRequired": {"sql": ["url_env"]},
        "dependentSchemas": {
            "table": {"anyOf": [{"required": [key]} for key in ("url_env", "spark")]},
        },
    },
    "Deployed": {
        "oneOf": [{"required": ["skops"]}, {"required": ["joblib"]}, {"required": ["python"]}],
        "dependentRequired": {"joblib": ["allow_pickle", "sha256"]},
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
}
"""What the keys of a table ask of each other."""


def settings_schema() -> Schema:
    """The schema, as an object of JSON."""
    generated = _as_written(Settings.model_json_schema(by_alias=True))
    tables = generated["$defs"]
    threshold = tables.pop("Threshold")
    for name, together in _TOGETHER.items():
        tables[name] |= together
    metrics = {name: _threshold(metric, threshold) for name, metric in sorted(METRICS.items())}
    tables["Thresholds"] = {
        "type": "object",
        "properties": metrics,
        "patternProperties": {_free_name(): _own_threshold(threshold)},
        "additionalProperties": False,
        "minProperties": 1,
    }
    for name in ("Model", "Segmentation"):
        tables[name]["properties"]["thresholds"] = {"$ref": "#/$defs/Thresholds"}
    for key in ("model", "data"):
        properties = tables["Model"]["properties"]
        properties[key] = {"anyOf": [{"type": "string", "minLength": 1}, properties[key]]}
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
    """Leave out what nobody can write: TOML has no null, and keys in angle brackets are ours."""
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


def _threshold(metric: Metric, table: Schema) -> Schema:
    """A bare number, or a table with bounds in the metric's range and the averages that it has."""
    number: Schema = {"type": "number"}
    for edge, limit in (("minimum", metric.lowest), ("maximum", metric.highest)):
        if math.isfinite(limit):
            number[edge] = limit
    properties = {**table["properties"], "min": number, "max": number, "warn": number}
    averages = sorted({name for names in metric.averages.values() for name in names if name})
    properties["average"] = {"enum": averages}
    for key in _OF_A_FUNCTION if averages else (*_OF_A_FUNCTION, "average"):
        del properties[key]
    table = {**table, "properties": properties}
    if not metric.needs_beta:
        del properties["beta"]
    if metric.direction == "zero":
        bare = {**number, "minimum": 0}
        either = [{"required": ["min"]}, {"required": ["max"]}]
        return {"anyOf": [bare, {**table, "anyOf": either}]}
    required = ["min" if metric.direction == "higher" else "max"]
    if metric.needs_beta:
        return {**table, "required": [*required, "beta"]}
    return {"anyOf": [number, {**table, "required": required}]}


def _free_name() -> str:
    """A pattern of the names that a function of somebody's own may have."""
    return f"^(?!({'|'.join(sorted((*METRICS, *TAKEN)))})$){NAME}$"


def _own_threshold(table: Schema) -> Schema:
    properties = {
        key: value for key, value in table["properties"].items() if key not in ("average", "beta")
    }
    bounded = [{"required": ["metric", bound]} for bound in ("min", "max")]
    return {**table, "properties": properties, "anyOf": bounded}


def _of_task(task: str) -> Schema:
    others = sorted(METRICS.keys() - metrics_of(task))
    thresholds = {"thresholds": {"propertyNames": {"not": {"enum": others}}}}
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
                "segments": {"items": {"properties": thresholds}},
            },
        },
    }


def schema_text() -> str:
    """The schema as the file that is shipped."""
    return json.dumps(settings_schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
