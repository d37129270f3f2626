"""``[models.NAME.baseline]``: what a model must not be worse than."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from model_checks.metrics import metric_named
from model_checks.settings.columns import (
    Columns,
    Score,
    one_column_twice,
    require_columns_of_task,
    require_score_of_task,
)
from model_checks.settings.data import Data
from model_checks.settings.field_types import Known, Moment, Table, Whole, Window
from model_checks.settings.model_source import Deployed
from model_checks.settings.tagged import refused_together


class Degradation(NamedTuple):
    """A ``max_degradation``: by how much a model may be worse than its baseline.

    Attributes
    ----------
    amount
        In the metric's unit; if relative, as a share of the baseline's size, 0.05 for "5%".
    """

    amount: float
    relative: bool


def _mixed_kinds(known: Known) -> Iterator[str]:
    logged = known["prediction"] is not None or known["score"] is not None
    kinds = [known["data"] is not None, known["model"] is not None, logged]
    if sum(kinds) != 1:
        several = ", not several" if any(kinds) else ""
        yield f"must name one of data, model, or logged prediction and score{several}"
    elif known["data"] is None:
        for key in ("window", "as_of"):
            if known[key] is not None:
                yield f"{key} is of other rows; another model is judged on the model's own"


class Baseline(Table):
    """``[models.NAME.baseline]``: the same model on other rows, or another on the same rows.

    ``data`` are other rows, all of them unless a window is named; ``model`` is another model, and
    ``prediction`` or ``score`` what another model has answered, logged beside the labels.
    """

    model: Deployed | None = None
    prediction: Columns | None = None
    score: Score | None = None
    data: Data | None = None
    window: Window | None = None
    as_of: Moment | None = None
    whole: Whole = None

    _one_of_a_kind = refused_together(_mixed_kinds)

    @property
    def paired(self) -> bool:
        """Return whether the baseline is another model, judged on the same rows."""
        return self.data is None


def mistakes_of_baseline(baseline: Baseline, model: Known, compared: Iterable[str]) -> list[str]:
    """Return the mistakes that a baseline and the table of its model make together.

    Parameters
    ----------
    model
        The model's fields that are right in themselves.
    compared
        The metrics that have a ``max_degradation``.
    """
    compared = tuple(dict.fromkeys(compared))
    mistakes = [
        *_of_other_rows(baseline, model),
        *_of_task(baseline, model),
        *_same_columns(baseline, model),
    ]
    if {"thresholds", "segments"} <= model.keys():
        mistakes += _of_what_is_compared(baseline, compared)
    return mistakes


def _of_other_rows(baseline: Baseline, model: Known) -> Iterator[str]:
    for key in ("window", "as_of"):
        if getattr(baseline, key) and "time_column" in model and model["time_column"] is None:
            yield f"{key} needs the model's time_column"
    timed = baseline.window or baseline.as_of
    if baseline.data and baseline.data == model.get("data") and not timed:
        yield "data has the rows that are judged among its own; name a window or as_of before them"


def _of_task(baseline: Baseline, model: Known) -> Iterator[str]:
    task = model.get("task")
    if not task:
        return
    for key in ("prediction", "score"):
        columns = getattr(baseline, key)
        try:
            if columns is not None:
                require_columns_of_task(key, columns, task, model.get("target"))
                if key == "score":
                    require_score_of_task(columns, task)
        except ValueError as error:
            yield f"{key} {error}"
    if task == "multilabel" and baseline.prediction and baseline.score:
        yield "prediction and score are both given; for task 'multilabel' keep one"


def _same_columns(baseline: Baseline, model: Known) -> Iterator[str]:
    yield from one_column_twice(
        {
            "target": model.get("target"),
            "weight": model.get("weight"),
            "prediction": baseline.prediction,
            "score": baseline.score,
        }
    )
    for key in ("prediction", "score"):
        columns, own = getattr(baseline, key), model.get(key)
        if columns is not None and columns == own:
            yield f"{key} is the model's own, which is never worse than itself"


def _of_what_is_compared(baseline: Baseline, compared: tuple[str, ...]) -> Iterator[str]:
    if not compared:
        yield "is compared with nothing; add max_degradation to a threshold"
    scored = [name for name in compared if metric_named(name).needs_scores]
    if scored and baseline.prediction and not baseline.score:
        yield f"max_degradation of {', '.join(scored)} needs score, a column of probabilities"
