"""The words and figures that a summary is made of: fit to be shown anywhere, and never too long."""

import math

from model_checks.data.times import moment_text
from model_checks.measure.facts import ModelFacts
from model_checks.metrics.rounding import excess
from model_checks.plan.checks import Bound, Check, Segment, segment_in_words
from model_checks.report.sentence import figure
from model_checks.text import clean, counted, one_line


def more_text(n: int, noun: str, which: str = "") -> str:
    """That there is more than is shown, and where; empty where there is not.

    >>> more_text(40, "failing check", "of this model")
    'And 40 more failing checks of this model: see the report.'
    """
    if not n:
        return ""
    number, _, named = counted(n, noun).partition(" ")
    return f"And {number} more {named}{' ' * bool(which)}{which}: see the report."


def window_text(facts: ModelFacts) -> str:
    """The rows that a model was judged on."""
    start, end = facts.window_start, facts.window_end
    if start and end:
        from_ = moment_text(start).removesuffix(" UTC")
        return f"rows from {from_} to before {moment_text(end)}"
    if start:
        return f"rows from {moment_text(start)} on"
    return f"rows before {moment_text(end)}" if end else "all rows"


def facts_text(facts: ModelFacts) -> str:
    """On what a model was judged, and when, as one line."""
    moment = [f"as of {moment_text(facts.as_of)}"] if facts.as_of else []
    parts = [facts.task, clean(facts.source, 120), *moment, window_text(facts)]
    if facts.rows is not None:
        rows = counted(facts.rows, "row")
        parts.append(rows if facts.labelled is None else f"{rows}, {facts.labelled:,} labelled")
    if facts.dropped:
        parts.append(f"{counted(facts.dropped, 'row')} without a label left out")
    if facts.untimed:
        parts.append(f"{counted(facts.untimed, 'row')} without a time left out")
    return clean("; ".join([*parts, *newest_texts(facts)]))


def newest_texts(facts: ModelFacts) -> list[str]:
    """The times of the newest row and the newest label, where rows have times."""
    named = {"newest row": facts.newest_row, "newest label": facts.newest_label}
    texts = {name: moment_text(moment) for name, moment in named.items() if moment}
    if len(texts) == 2 and len(set(texts.values())) == 1:
        return [f"newest row and label {texts['newest row']}"]
    return [f"{name} {text}" for name, text in texts.items()]


def metric_text(check: Check) -> str:
    """The metric, with its average where there is a choice."""
    plain = check.average in (None, "binary")
    metric = check.metric if plain else f"{check.metric}, {check.average}"
    return f"{metric}, degradation" if check.kind == "degradation" else metric


def segment_text(segment: Segment) -> str:
    """The segment in words.

    >>> segment_text((("carrier", "AA"), ("origin", None)))
    'carrier = AA, origin is null'
    """
    if not segment:
        return "all rows"
    return one_line(segment_in_words(segment), 120)


def gap_text(check: Check) -> str:
    """Between the values of which columns a gap is."""
    columns = {column: None for segment in check.among for column, _ in segment}
    return one_line(f"gap by {', '.join(columns)}", 120)


def agreed_text(bound: Bound, digits: int) -> str:
    """The bound in words."""
    if bound.min is not None and bound.max is not None:
        return f"{figure(bound.min, digits)} to {figure(bound.max, digits)}"
    if bound.min is not None:
        return f"at least {figure(bound.min, digits)}"
    return f"at most {figure(bound.limit, digits)}"


def miss_text(value: float, bound: Bound, digits: int) -> str:
    """By how much the value misses the bound, or that only its interval does."""
    if math.isnan(value):
        return "no value"
    if bound.min is not None and excess(value, bound.min) < 0:
        return f"{figure(bound.min - value, digits)} too low"
    if bound.max is not None and excess(value, bound.max) > 0:
        return f"{figure(value - bound.max, digits)} too high"
    return "not proven"


def unjudged_text(name: str, checks: int) -> str:
    """Return that a model was not judged, in words.

    >>> unjudged_text("churn", 4)
    'churn: none of its 4 checks was evaluated'
    """
    which = "its only check was not evaluated"
    if checks != 1:
        which = f"none of its {checks:,} checks was evaluated" if checks else "no check was made"
    return f"{name}: {which}"
