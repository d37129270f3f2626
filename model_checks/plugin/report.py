"""The pytest-html report: started once a check is collected, with figures and charts in it."""

import base64
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import pytest

from model_checks.plugin.outcome import attached
from model_checks.plugin.session import CheckSession
from model_checks.results import Chart, Result, Run

_COLUMNS = ("check", "value", "interval", "agreed", "rows")


def start_report(config: pytest.Config, hooks: "ReportHooks", path: Path) -> None:
    """Start pytest-html's report, as if ``--html`` had been given; if it was, the user's is kept.

    pytest-html starts in ``pytest_configure``, when nobody knows yet whether there is a check: so
    it is started here, late, and told what it has missed.
    """
    manager = config.pluginmanager
    if not manager.has_plugin("html"):
        return
    from pytest_html import plugin as html
    from pytest_html.basereport import BaseReport

    manager.register(hooks, "model_checks report")
    _strip_credentials(config)
    if config.getoption("htmlpath"):
        return
    config.option.htmlpath = str(path)
    config.option.self_contained_html = True
    html.pytest_configure(config)
    [report] = [plugin for plugin in manager.get_plugins() if isinstance(plugin, BaseReport)]
    hooks.has_columns = True
    report.pytest_sessionstart(_SessionOf(config))


class _SessionOf:
    """As much of a session as pytest-html asks for when it starts."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config


def _strip_credentials(config: pytest.Config) -> None:
    """The environment that the report shows has URLs of the CI in it, some with a password."""
    from pytest_metadata.plugin import metadata_key

    metadata = config.stash[metadata_key]
    for key, value in metadata.items():
        if isinstance(value, str):
            metadata[key] = re.sub(r"//[^/@\s]+@", "//", value)


class ReportHooks:
    """pytest-html's hooks.

    Attributes
    ----------
    has_columns
        Whether the report is ours and has columns for the figures.
    """

    def __init__(self, session: CheckSession) -> None:
        self.has_columns = False
        self._session = session
        self._overviews: Sequence[Chart] = ()
        self._run: Run | None = None

    def show(self, report: pytest.TestReport, chart: Chart | None) -> None:
        """Put a chart into the report's row."""
        if chart:
            from pytest_html import extras

            image = extras.png(base64.b64encode(chart.png).decode(), name=escape(chart.title))
            vars(report)["extras"] = [*getattr(report, "extras", []), image]

    def draw_overviews(self, run: Run) -> Sequence[Chart]:
        """One chart per model, unless charts are not wanted."""
        self._run = run
        if self._session.options.charts != "none":
            from model_checks.charts import overview_chart

            self._overviews = [overview_chart(name, run.of_model(name)) for name in run.models]
        return self._overviews

    def pytest_html_report_title(self, report: Any) -> None:
        """Name the page."""
        report.title = "Model checks"

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Columns for the figures."""
        if self.has_columns:
            cells[1:2] = [
                f'<th class="sortable" data-column-type="{name}">{name.title()}</th>'
                for name in _COLUMNS
            ]

    def pytest_html_results_table_row(self, report: pytest.TestReport, cells: list[str]) -> None:
        """The figures of a check; another test keeps its name and has none."""
        if self.has_columns:
            outcome = attached(report)
            texts = _figures(outcome[0]) if outcome else [report.nodeid, "", "", "", ""]
            pairs = zip(_COLUMNS, texts, strict=True)
            cells[1:2] = [f'<td class="col-{name}">{escape(text)}</td>' for name, text in pairs]

    def pytest_html_results_table_html(self, report: pytest.TestReport, data: list[str]) -> None:
        """What a result says, also where it passed."""
        outcome = attached(report)
        if outcome:
            data[:] = [escape(outcome[0].message)]

    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """What was judged, and the overview charts, above the table."""
        if self._run:
            prefix += [f"<p>{escape(line)}</p>" for line in self._run.left_out]
        images = "".join(
            f'<img width="600" style="margin: 0 24px 16px 0" alt="{escape(chart.alt)}" '
            f'src="data:image/png;base64,{base64.b64encode(chart.png).decode()}">'
            for chart in self._overviews
        )
        prefix.append(f'<div style="display: flex; flex-wrap: wrap">{images}</div>')


def _figures(result: Result) -> list[str]:
    check, estimate = result.check, result.estimate
    bound = " and ".join(
        f"{word} {limit:g}"
        for word, limit in (("≥", check.bound.min), ("≤", check.bound.max))
        if limit is not None
    )
    if estimate is None or estimate.value is None:
        return [check.id, result.verdict.value, "", bound, f"{estimate.n:,}" if estimate else ""]
    interval = f"{estimate.low:.3f} to {estimate.high:.3f}"
    return [check.id, f"{estimate.value:.3f}", interval, bound, f"{estimate.n:,} {estimate.unit}"]
