"""Results and counts to draw charts of, and what is in a drawing or a picture."""

import io
import itertools

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model_checks.judging.results import Result
from model_checks.measure.curves import (
    Confusion,
    ErrorHistogram,
    LabelOutcomes,
    PredictedAgainstActual,
    RocCurve,
)
from model_checks.metrics import Undefined
from model_checks.plan.checks import Bound, Check, Segment, check_id
from model_checks.report.charts.marks import Dot, Drawing
from support.factories import estimate, result_of

CARRIERS = ("9E", "AA", "B6", "DL", "EV", "F9", "FL", "MQ", "UA", "US", "WN")


def result(
    metric: str = "recall",
    value: float | None = 0.7,
    *,
    segment: Segment = (),
    half: float = 0.05,
    model: str = "churn",
    bound: Bound | None = None,
    average: str | None = None,
) -> Result:
    bound = bound or Bound(0.6, None, None, "estimate")
    name = check_id(model, metric, segment)
    check = Check(
        name, model, "binary", metric, average, segment, bound, 0.95, 30, not segment, None
    )
    if value is None:
        return result_of(check, Undefined("undefined, no row with label 1", 400), 400)
    return result_of(check, estimate(value, value - half, value + half, n=400), 400)


def flights() -> list[Result]:
    """A model as it is: five metrics of the whole, two for each carrier, three origins."""
    found = [result(m, 0.75, model="flights") for m in ("accuracy", "precision", "recall", "f1")]
    found.append(result("roc_auc", 0.5, model="flights"))
    for metric, (k, carrier) in itertools.product(("accuracy", "recall"), enumerate(CARRIERS)):
        segment = (("carrier", carrier),)
        found.append(result(metric, 0.55 + k / 40, segment=segment, model="flights"))
    segments = [(("origin", origin),) for origin in ("EWR", "JFK", "LGA")]
    return found + [result("recall", 0.7, segment=s, model="flights") for s in segments]


def many(count: int) -> list[Result]:
    return [
        result(metric, 0.5 + (k % 40) / 100, segment=(("store", f"store {k}"),))
        for k in range(count // 3)
        for metric in ("accuracy", "recall", "f1")
    ]


def dots(drawing: Drawing) -> list[Dot]:
    return [mark for mark in drawing.marks if isinstance(mark, Dot)]


def texts(drawing: Drawing) -> list[str]:
    return drawing.labels()


def pixels(image: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(image)) as opened:
        assert opened.format == "PNG"
        return np.asarray(opened.convert("RGB"))


LABELS = ("on time", "late")
CONFUSION = Confusion(LABELS, np.array([[900.0, 100.0], [60.0, 140.0]]))
ROC = RocCurve(np.array([0.0, 0.1, 1.0]), np.array([0.0, 0.7, 1.0]))


def classes(count: int) -> Confusion:
    rows = np.random.default_rng(count).poisson(3, (count, count)) + 50.0 * np.eye(count)
    return Confusion(tuple(f"class {k}" for k in range(count)), rows.astype(float))


OUTCOMES = LabelOutcomes(
    ("news", "sport", "art"),
    1200,
    found=np.array([300.0, 30, 0]),
    wrong=np.array([75.0, 0, 0]),
    missed=np.array([25.0, 30, 0]),
)


def outcomes(count: int) -> LabelOutcomes:
    found, wrong, missed = np.random.default_rng(count).poisson(40, (3, count)).astype(float)
    return LabelOutcomes(tuple(f"label {k}" for k in range(count)), 900, found, wrong, missed)


EDGES = np.linspace(0.0, 40.0, 5)
AGAINST = PredictedAgainstActual(EDGES, np.array([[9.0, 1, 0, 0], [0, 5, 0, 0], *[[0] * 4] * 2]))
ERRORS = ErrorHistogram(np.linspace(-20.0, 20.0, 5), np.array([2.0, 4.0, 2.0, 0.0]))
