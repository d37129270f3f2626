"""Runs to write mails about, built by the functions that build the real ones."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from model_checks.judging.results import Result, Run, error_of
from model_checks.measure.facts import ModelFacts
from model_checks.metrics import METRICS, AnyEstimate, Estimate, Undefined
from model_checks.metrics.estimate import estimated
from model_checks.metrics.intervals import wilson_interval
from model_checks.plan.build import plan_checks
from model_checks.plan.checks import Check, Segment, SegmentationKey, SegmentRows
from model_checks.report.picture import Chart
from model_checks.settings import Email, Settings
from support.factories import estimate, result_of

FINISHED = datetime(2013, 5, 1, 4, 30, tzinfo=UTC)
# One grey pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)
TWO_MODELS = """
[models.flight_delay]
task = "binary"
data = "flights.parquet"
target = "late"
score = "p_late"
thresholds = { accuracy = 0.75, recall = 0.40, precision = { min = 0.45, warn = 0.50 } }
[[models.flight_delay.segments]]
by = "carrier"
min_rows = 200
thresholds = { recall = 0.25 }

[models.arrival_delay]
task = "regression"
data = "flights.parquet"
target = "arr_delay"
prediction = "predicted"
thresholds = { mae = 25, rmse = 50 }
"""


def share(value: float, n: int = 1000, unit: str = "rows") -> Estimate:
    """A proportion with its interval."""
    return estimated(value, partial(wilson_interval, value, n), n, unit, 0.95)


def error(value: float, n: int = 1000) -> Estimate:
    """A regression's error with its interval."""
    low, high = 0.97 * value, 1.03 * value
    return estimate(value, low, high, n=n, unit="rows", method="Hall")


def planned(toml: str, carriers: Mapping[Segment, int] | None = None) -> tuple[Check, ...]:
    """The checks of a file, with the values that its first model's carriers have in the data."""
    settings = Settings.model_validate(tomllib.loads(toml))
    found: dict[SegmentationKey, SegmentRows] = {
        (name, ("carrier",)): carriers or {} for name in settings.models
    }
    return plan_checks(settings, found).checks


def run_of(results: Iterable[Result], **changes: Any) -> Run:
    """A finished run of these results."""
    kept = list(results)
    facts = ModelFacts(
        task="binary",
        source="logged predictions",
        rows=8265,
        labelled=8140,
        dropped=125,
        window_start=datetime(2013, 4, 1, tzinfo=UTC),
        window_end=datetime(2013, 5, 1, tzinfo=UTC),
    )
    run = Run(
        id="20130501T043000Z",
        started=FINISHED,
        finished=FINISHED,
        as_of=datetime(2013, 5, 1, tzinfo=UTC),
        mode="nightly",
        exit_status=int(any(result.failed for result in kept)),
        versions={"model-checks": "0.1.0", "python": "3.11.7"},
        thresholds_sha256="0123456789abcdef" * 4,
        models={r.check.model: replace(facts, task=r.check.task) for r in kept},
        results=kept,
        planned=len(kept),
    )
    return replace(run, **changes)


def mixed_run() -> Run:
    """A bad night: misses, an error, a warning, a segment without positives, something left out."""
    carriers: dict[Segment, int] = {
        (("carrier", value),): 500 for value in ("AA", "<b>UA</b>", "ZZ")
    }
    estimates: dict[str, AnyEstimate] = {
        "flight_delay-accuracy": share(0.78, 8140),
        "flight_delay-precision": share(0.48, 1500, "predicted positives"),
        "flight_delay-recall": share(0.35, 2300, "positives"),
        "flight_delay-recall-carrier=AA": share(0.2, 111, "positives"),
        "flight_delay-recall-carrier=ZZ": Undefined("undefined, no row with label 1 among 210"),
    }
    results = []
    for check in planned(TWO_MODELS, carriers):
        if check.id in estimates:
            results.append(result_of(check, estimates[check.id], 8140))
        elif check.model == "flight_delay":
            results.append(result_of(check, share(0.1, 150, "positives"), 8140))
        elif check.metric == "mae":
            results.append(result_of(check, error(30.2, 8140), 8140))
        else:
            results.append(error_of(check, "column 'predicted' holds 3 values that are no number"))
    left_out = ["flight_delay by carrier: 2 values with fewer than 200 labelled rows not judged"]
    return run_of(results, planned=len(results) + 4, left_out=left_out)


def green_run() -> Run:
    """A night on which nobody has to act."""
    checks = planned(TWO_MODELS, {(("carrier", "AA"),): 500})
    good = {
        name: share(0.9) if metric.direction == "higher" else error(9.0)
        for name, metric in METRICS.items()
    }
    return run_of(result_of(check, good[check.metric], 1000) for check in checks)


def failing_run(carriers: int, *, value: str = "C{}") -> Run:
    """A run in which the recall of so many segment values is too low."""
    found: dict[Segment, int] = {(("carrier", value.format(i)),): 500 for i in range(carriers)}
    checks = planned(TWO_MODELS, found)
    return run_of(
        result_of(check, share(0.1) if check.segment else share(0.9), 1000)
        for check in checks
        if check.model == "flight_delay"
    )


def chart(
    model: str = "flight_delay", title: str = "Thresholds", alt: str = "recall 0.35"
) -> Chart:
    """A chart of one pixel."""
    return Chart(model, title, alt, PNG)


def email(**changes: Any) -> Email:
    """The settings of a mail to two administrators."""
    table = {
        "sender_email": "Model Checks <checks@example.com>",
        "receiver_email": ["ann@example.com", "bob@example.com"],
        "smtp_host": "localhost",
        "timeout": 5.0,
    }
    return Email.model_validate({**table, **changes})
