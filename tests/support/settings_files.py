"""Parts of settings files that several tests share, and the words of what is told of them."""

import json
import tomllib
from collections.abc import Callable
from typing import Any

Mistakes = Callable[[str | bytes], list[str]]

KNOWN_OF_MODEL = (
    "as_of, baseline, confidence, correction, data, decision_threshold, features, min_rows, model, "
    "positive_label, prediction, rule, score, segments, target, task, thresholds, time_column, "
    "weight, window"
)
KNOWN_OF_EMAIL = (
    "password_env, password_file, receiver_email, report_url, security, sender_email, smtp_host, "
    "smtp_port, timeout, username"
)
KNOWN_OF_THRESHOLD = (
    "average, beta, confidence, max, max_degradation, max_rows, metric, min, min_rows, rule, seed, "
    "warn"
)
KNOWN_METRICS = (
    "accuracy, average_precision, balanced_accuracy, brier, cohen_kappa, "
    "expected_calibration_error, f1, fbeta, log_loss, mcc, npv, precision, recall, roc_auc, "
    "specificity"
)
MOMENT = "must be a date or a time, such as 2013-05-01 or 2013-05-01T06:00:00Z"
WINDOW = 'must be a number of hours, days or weeks, such as "12h", "30d" or "4w"'
MAILBOX = "must be one mail address, such as 'Model Checks <checks@example.com>'"
MAIL = """
[email]
sender_email = "checks@example.com"
receiver_email = "oncall@example.com"
smtp_host = "smtp.example.com"
"""
SHA = "0123456789abcdef" * 4

TAGS = """
[models.tags]
task = "multilabel"
data = "tags.parquet"
target = ["a", "b"]
prediction = ["pa", "pb"]
thresholds = { f1 = { min = 0.6, average = "micro" }, accuracy = 0.5 }
"""
SUFFIXES = "must end in one of .parquet, .pq, .csv, .csv.gz; another CSV is named by csv = ..."


def by(columns: str, thresholds: str, values: str = "") -> str:
    """A segmentation: a model's table of segments, with what is agreed for their values."""
    listed = f"values = {values}\n" if values else ""
    return f"[[models.churn.segments]]\nby = {columns}\n{listed}thresholds = {{ {thresholds} }}\n"


def as_json(toml: str) -> Any:
    """A file as an editor holds it against the schema: dates are strings."""
    return json.loads(json.dumps(tomllib.loads(toml), default=str))
