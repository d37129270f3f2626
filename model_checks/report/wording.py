"""The wording of a summary's parts, each fit to be shown anywhere and never too long."""

import math

from model_checks.data.times import moment_text
from model_checks.measure.facts import ModelFacts
from model_checks.metrics.rounding import excess
from model_checks.plan.checks import Bound, Check, segment_in_words
from model_checks.report.figures import Figures
from model_checks.text import clean, counted, one_line


def more_text(n: int, noun: str, which: str = "") -> str:
    """Return a sentence on items that are not shown; empty where all are.

    >>> more_text(40, "failing check", "of this model")
    'And 40 more failing checks of this model: see the report.'
    """
    if not n:
        return ""
    number, _, named = counted(n, noun).partition(" ")
    return f"And {number} more {named}{' ' * bool(which)}{which}: see the report."


def window_text(facts: ModelFacts) -> str:
    """Return in words which rows a model was judged on."""
    start, end = facts.window_start, facts.window_end
    if start and end:
        from_ = moment_text(start).removesuffix(" UTC")
        return f"rows from {from_} to before {moment_text(end)}"
    if start:
        return f"rows from {moment_text(start)} on"
    return f"rows before {moment_text(end)}" if end else "all rows"


def facts_text(facts: ModelFacts) -> str:
    """Return one line on the rows that a model was judged on, and as of when."""
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
    """Return the times of the newest row and label in words, where rows have times."""
    named = {"newest row": facts.newest_row, "newest label": facts.newest_label}
    texts = {name: moment_text(moment) for name, moment in named.items() if moment}
    if len(texts) == 2 and len(set(texts.values())) == 1:
        return [f"newest row and label {texts['newest row']}"]
    return [f"{name} {text}" for name, text in texts.items()]


def metric_text(check: Check) -> str:
    """Return the metric's name with its options, marked if its degradation is meant."""
    name = check.metric_name
    return f"{name}, degradation" if check.kind == "degradation" else name


def segment_text(check: Check) -> str:
    """Return the rows that a check is about in words: all, a segment, or the values of columns."""
    if check.kind == "gap":
        words = f"gap by {', '.join(check.columns)}" if check.columns else "gap"
    elif check.stands_for_all:
        words = f"by {', '.join(check.columns)}"
    else:
        words = segment_in_words(check.segment) or "all rows"
    return one_line(words, 120)


def miss_text(value: float, bound: Bound, figures: Figures) -> str:
    """Return by how much a value misses its bound, or that it is only not proven."""
    if math.isnan(value):
        return "no value"
    if bound.min is not None and excess(value, bound.min) < 0:
        return f"{figures.text(bound.min - value)} too low"
    if bound.max is not None and excess(value, bound.max) > 0:
        return f"{figures.text(value - bound.max)} too high"
    return "not proven"


def unjudged_text(name: str, checks: int) -> str:
    """Return a sentence on a model that was not judged.

    >>> unjudged_text("churn", 4)
    'churn: none of its 4 checks was evaluated'
    """
    which = "its only check was not evaluated"
    if checks != 1:
        which = f"none of its {checks:,} checks was evaluated" if checks else "no check was made"
    return f"{name}: {which}"
