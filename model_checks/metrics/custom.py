"""Custom metrics: functions of a custom function's values on the rows and on resamples."""

from dataclasses import replace
from functools import partial

from model_checks.metrics import intervals
from model_checks.metrics.estimate import Asked, Estimate, Failed, estimated
from model_checks.metrics.statistics import Answers, Replicates

MOST_CONFIDENT = 0.99
"""At more confidence fewer than five of 1,000 resamples would lie beyond either limit."""

_UNIT = "loaded rows"


def own(replicates: Replicates, asked: Asked) -> Estimate | Failed:
    """Return the estimate of a custom metric: its function's value, with a bootstrap interval."""
    function, confidence = asked.function, asked.confidence
    assert function is not None  # whoever asks for a metric of one's own names its function
    answers = replicates.answers[function]
    value, error = answers.value, answers.error
    if confidence > MOST_CONFIDENT and not error:
        error = (
            f"metric {function.reference!r}: confidence = {confidence:g} is more than resamples "
            f"can tell; it may be up to {MOST_CONFIDENT}"
        )
    if value is None or error:
        return Failed(str(error), replicates.rows, _UNIT)
    interval = partial(_interval, value, answers, replicates.rows, function.seed)
    return estimated(value, interval, replicates.rows, _UNIT, confidence)


def _interval(
    value: float, answers: Answers, rows: int, seed: int, confidence: float
) -> intervals.Interval:
    told = min(confidence, MOST_CONFIDENT)
    found = intervals.bootstrap_interval(value, answers.resampled, rows, told)
    method = f"{found.method}, {_resamples(answers)}, seed {seed}"
    if told < confidence:
        return _extended(replace(found, method=method), value, confidence)
    return replace(found, method=method)


def _extended(found: intervals.Interval, value: float, confidence: float) -> intervals.Interval:
    """Return the interval at more confidence than resamples can tell, as small p-values need it.

    The limits move on from the value as the normal quantile does. They would else come to rest at
    the outermost resamples, and any bound beyond these would be as good as certain.
    """
    times = intervals.normal_quantile(confidence) / intervals.normal_quantile(MOST_CONFIDENT)
    low, high = (value + times * (limit - value) for limit in (found.low, found.high))
    return replace(found, low=low, high=high)


def _resamples(answers: Answers) -> str:
    used = len(answers.resampled)
    of = f"of {used + answers.failed:,} " if answers.failed else ""
    return f"{used:,} {of}resamples"
