"""Settings, checks and estimates in one line, for tests that care about one part of them."""

import tomllib
from dataclasses import replace
from functools import partial
from typing import Any

from model_checks.judging.decide import decisions
from model_checks.judging.evidence import Evidence
from model_checks.judging.results import Result
from model_checks.metrics import AnyEstimate, Estimate
from model_checks.metrics.intervals import Interval, normal_quantile
from model_checks.plan.checks import Bound, Check
from model_checks.report.sentence import result_of as result_of_decision
from model_checks.settings import Rule, Settings

CHURN = """
[models.churn]
task = "binary"
model = "churn.skops"
data = "churn.parquet"
target = "left"
"""

RECALL = """
[models.churn.thresholds]
recall = 0.5
"""

FLIGHTS = """
[email]
sender_email   = "model-checks@example.com"
receiver_email = ["ml-oncall@example.com"]
smtp_host      = "smtp.example.com"
smtp_port      = 587
security       = "starttls"
username       = "model-checks@example.com"
password_env   = "MODEL_CHECKS_EMAIL_PASSWORD"
report_url     = "https://ci.example.com/reports/latest"

[defaults]
as_of      = 2013-05-01
confidence = 0.95
rule       = "estimate"
min_rows   = 30

[models.flight_delay]
task           = "binary"
model          = "examples/flights/flight_delay.skops"
data           = "examples/flights/flights.parquet"
target         = "late"
positive_label = 1
decision_threshold = 0.5
features       = ["carrier", "origin"]
time_column    = "scheduled"
window         = "30d"
weight         = "w"

[models.flight_delay.thresholds]
accuracy  = 0.75
precision = { min = 0.45, warn = 0.50 }
recall    = { min = 0.40, rule = "tolerant" }
f1        = { min = 0.42, average = "binary" }
roc_auc   = { min = 0.70, max_degradation = 0.03 }

[[models.flight_delay.segments]]
by         = "carrier"
values     = ["AA", "UA"]
min_rows   = 200
thresholds = { recall = 0.25 }

[models.flight_delay.baseline]
data  = "examples/flights/holdout.parquet"
"""


def settings(toml: str) -> Settings:
    """Settings from text rather than from a file."""
    return Settings.model_validate(tomllib.loads(toml))


def bound(
    *,
    min: float | None = None,  # noqa: A002 (as in thresholds.toml)
    max: float | None = None,  # noqa: A002
    warn: float | None = None,
    rule: Rule = "estimate",
) -> Bound:
    return Bound(min, max, warn, rule)


def check(held: Bound, **changes: Any) -> Check:
    """A check of recall, held against a bound."""
    recall = Check(
        id="churn-recall",
        model="churn",
        task="binary",
        metric="recall",
        average="binary",
        segment=(),
        bound=held,
        confidence=0.95,
        min_rows=30,
        explicit=True,
        no_data_reason=None,
    )
    return replace(recall, **changes)


def estimate(
    value: float, low: float | None = None, high: float | None = None, **changes: Any
) -> Estimate:
    """An estimate; without an interval it is known exactly."""
    ends = value if low is None else low, value if high is None else high
    exact = Estimate(
        value=value,
        low=ends[0],
        high=ends[1],
        confidence=0.95,
        n=1021,
        unit="positives",
        method="Wilson",
        interval_at=partial(as_normal, value, *ends),
    )
    return replace(exact, **changes)


def as_normal(value: float, low: float, high: float, confidence: float) -> Interval:
    """What an interval at 0.95 is at another confidence, where it grows as the normal quantile."""
    times = normal_quantile(confidence) / normal_quantile(0.95)
    return Interval(value + times * (low - value), value + times * (high - value), "Wilson")


def result_of(one: Check, found: AnyEstimate, rows: int) -> Result:
    """The result of a check that is judged by itself."""
    evidence = Evidence(one, found, rows)
    [decision] = decisions([evidence])
    return result_of_decision(evidence, decision)
