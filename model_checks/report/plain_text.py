"""A run for a reader who sees no HTML."""

import textwrap
from collections.abc import Sequence

from model_checks.report.summary import Summary
from model_checks.report.wording import more_text


def plain_text(summary: Summary) -> str:
    """Return the summary for a reader who sees no HTML."""
    told = summary.headline
    lines = [told[:1].upper() + told[1:], "", f"{summary.counts}.", f"{summary.as_of}."]
    lines.append(f"Report: {summary.report}")
    lines += _section("What went wrong", summary.wrong.items)
    lines += _more(summary.wrong.more, "mistake")
    for model in summary.failing.items:
        lines += _section(
            f"{model.name}: {model.counts}", [row.message for row in model.rows.items]
        )
        lines += _more(model.rows.more, "failing check", "of this model")
    lines += _more(summary.failing.more, "model", "with failing checks")
    troubles = [f"{one.model}: {one.reason} ({one.checks})" for one in summary.troubles.items]
    lines += _section("Could not be measured", troubles)
    lines += _more(summary.troubles.more, "reason")
    lines += _section("Passed with a warning", summary.warnings.items)
    lines += _more(summary.warnings.more, "warning")
    lines += _section("Worth knowing", summary.notes.items)
    lines += _more(summary.notes.more, "note")
    lines += _section("Left out", summary.left_out.items)
    lines += _more(summary.left_out.more, "check", "left out")
    judged = [f"{one.model}: {one.passed}; {one.facts}" for one in summary.judged.items]
    lines += _section("What was judged", judged)
    lines += _more(summary.judged.more, "model")
    return "\n".join([*lines, "", "-- ", _wrapped(summary.footer)]) + "\n"


def _section(title: str, sentences: Sequence[str]) -> list[str]:
    if not sentences:
        return []
    items = [_wrapped(sentence, "  * ", "    ") for sentence in sentences]
    return ["", title, "-" * len(title), *items]


def _more(n: int, noun: str, which: str = "") -> list[str]:
    return [f"    {more_text(n, noun, which)}"] if n else []


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text,
        width=76,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
