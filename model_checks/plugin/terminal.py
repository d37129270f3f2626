"""Writes the summary at the end of the terminal, beside pytest's own report of failures."""

from datetime import datetime
from pathlib import Path

import pytest

from model_checks.judging.gate import Gate
from model_checks.judging.results import Run
from model_checks.notify.base import DeliveryReport
from model_checks.plugin.html_report import PAGE
from model_checks.plugin.options import Options
from model_checks.report.wording import newest_texts, unjudged_text
from model_checks.text import counted, first_few, labelled_rows

_SHOWN = 5
"""The most checks without a verdict, or loosened bounds, that are named in a line."""


def write_summary(
    terminal: pytest.TerminalReporter, run: Run, told: DeliveryReport, options: Options
) -> None:
    """Write a line for each model, then warnings, what was left out, and where to read on."""
    terminal.section("model checks")
    width = max((len(name) for name in run.models), default=0)
    for name in run.models:
        terminal.line(f"{name:<{width}}  {_counts(run, name)}; {_rows(run, name)}")
    _write_sentences(terminal, run)
    for what, name in (("report", PAGE), ("results", "results.json")):
        if (options.report_dir / name).exists():
            terminal.line(f"{what}: {_short(options.report_dir / name, options)}")
    for line in told.lines:
        terminal.line(line, red=not told.delivered, bold=not told.delivered)


def _write_sentences(terminal: pytest.TerminalReporter, run: Run) -> None:
    """Write warnings, notes and whatever is missing from the run, the gravest in red."""
    for result in run.results:
        if result.warned:
            terminal.line(f"warning: {result.message}", yellow=True)
    for facts in run.models.values():
        for sentence in facts.notes:
            terminal.line(f"note: {sentence}", yellow=True)
    for sentence in run.notes:
        terminal.line(f"note: {sentence}", yellow=True)
    for name in run.unjudged:
        planned = len(run.of_model(name))
        terminal.line(f"NOT JUDGED: {unjudged_text(name, planned)}", red=True, bold=True)
    if run.cut_short:
        terminal.line(f"cut short: {run.cut_short}", yellow=True)
    for sentence in run.unwritten:
        terminal.line(f"NOT WRITTEN: {sentence}", red=True, bold=True)
    for sentence in run.left_out:
        terminal.line(f"left out: {sentence}")


def write_gate(
    terminal: pytest.TerminalReporter, gate: Gate, exit_status: int, options: Options
) -> None:
    """Write whether the gate is passed, and why not where it is not."""
    of = f"of {counted(gate.planned, 'check')}"
    if exit_status == 0:
        evaluated = gate.planned - gate.skipped
        skipped = f", {gate.skipped:,} had nothing to measure" if gate.skipped else ""
        terminal.line(f"GATE PASSED: {evaluated:,} {of} evaluated{skipped}", green=True, bold=True)
        return
    reasons = [f"{gate.failed:,} {of} failed"] if gate.failed else []
    if gate.missing:
        named = first_few(gate.missing, _SHOWN)
        reasons.append(f"{len(gate.missing):,} {of} not evaluated: {named}")
    if gate.beside:
        reasons.append(f"{counted(gate.beside, 'check')} of models without a candidate failed")
    if gate.loosened and options.against:
        bounds = counted(len(gate.loosened), "bound")
        are, named = (
            ("is" if len(gate.loosened) == 1 else "are"),
            first_few(gate.loosened, _SHOWN, "; "),
        )
        reasons.append(f"{bounds} {are} looser than in {_short(options.against, options)}: {named}")
    why = "; ".join(reasons) or "the session did not end well"
    terminal.line(f"GATE NOT PASSED: {why} (exit {exit_status})", red=True, bold=True)


def _counts(run: Run, name: str) -> str:
    results = run.of_model(name)
    counts = {
        "failed": sum(r.failed and r.verdict != "ERROR" for r in results),
        "could not be measured": sum(r.verdict == "ERROR" for r in results),
        "skipped": sum(r.skipped for r in results),
        "passed": sum(not r.failed and not r.skipped for r in results),
    }
    return ", ".join(f"{n:,} {word}" for word, n in counts.items() if n)


def _rows(run: Run, name: str) -> str:
    facts = run.models[name]
    if facts.rows is None:
        return "no rows read"
    rows = f"{labelled_rows(facts.labelled or 0)} of {facts.rows:,}"
    if facts.window_end is None:
        return rows
    newest = "".join(f"; {text.removesuffix(' UTC')}" for text in newest_texts(facts))
    end = _moment(facts.window_end)
    start = f"from {_moment(facts.window_start)} " if facts.window_start else "up "
    untimed = f", {facts.untimed:,} without a time left out" if facts.untimed else ""
    return f"{rows} {start}to {end}{untimed}{newest}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


def _short(path: Path, options: Options) -> str:
    root = options.root
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
