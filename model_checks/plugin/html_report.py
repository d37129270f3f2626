"""The pytest-html report: started once a check is collected, with figures and charts in it."""

import base64
from collections.abc import Generator, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pytest

from model_checks.judging.results import Result, Run
from model_checks.plugin.environment import redact
from model_checks.plugin.outcome import attached, undrawn
from model_checks.plugin.session import CheckSession
from model_checks.plugin.writers import REPORT, Writers
from model_checks.report.picture import Chart
from model_checks.report.sentence import significance_text
from model_checks.report.table_row import NOTHING, row_of
from model_checks.report.wording import facts_text

PAGE = "report.html"
_COLUMNS = ("check", "value", "interval", "agreed", "rows")


def start_report(config: pytest.Config, hooks: "ReportHooks", folder: Path) -> None:
    """Start pytest-html's report, as if ``--html`` had been given; if it was, the user's is kept.

    pytest-html starts in ``pytest_configure``, when nobody knows yet whether there is a check: so
    it is started here, late, and told what it has missed. It writes bit by bit: so it is given
    another name, and ``finish`` gives the page its own once it is whole.
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
    hooks.page = folder / PAGE
    part = folder / f".{PAGE}-part"
    config.option.htmlpath = str(part)
    config.option.self_contained_html = True
    html.pytest_configure(config)
    [report] = [plugin for plugin in manager.get_plugins() if isinstance(plugin, BaseReport)]
    hooks.part, hooks.writer = part, report
    report.pytest_sessionstart(_SessionOf(config))


class _SessionOf:
    """A session with only the attributes that pytest-html reads when it starts."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config


def _strip_credentials(config: pytest.Config) -> None:
    """Redact the metadata, which may have grown since it was gathered, as under xdist."""
    from pytest_metadata.plugin import metadata_key

    redact(config.stash.setdefault(metadata_key, {}))


class ReportHooks:
    """A plugin with pytest-html's hooks.

    Attributes
    ----------
    page
        Where our own report is to be; None where somebody asked for a report of their own, which
        has had its title and its columns since before there was a check.
    part, writer
        The unfinished file of the page, and the object of pytest-html that writes it.
    undrawn
        Overviews that could not be drawn, and why.
    """

    def __init__(self, session: CheckSession) -> None:
        self.page: Path | None = None
        self.part: Path | None = None
        self.writer: object | None = None
        self.undrawn: list[str] = []
        self._session = session
        self._overviews: Sequence[Chart] = ()
        self._run: Run | None = None

    def show(self, report: pytest.TestReport, chart: Chart | None) -> None:
        """Put a chart into the report's row.

        It goes into a user's own report as HTML, which is part of the page: a picture may become a
        file, which checks whose ids differ in a sign or two would share.
        """
        if chart:
            from pytest_html import extras

            png = base64.b64encode(chart.png).decode()
            image = extras.png(png, name=escape(chart.title))
            vars(report)["extras"] = [
                *getattr(report, "extras", []),
                image if self.page else extras.html(_image(chart)),
            ]

    def draw_overviews(self, run: Run) -> Sequence[Chart]:
        """Draw one chart per model, unless charts are not wanted."""
        self._run = run
        if self._session.options.charts != "none":
            self._overviews = [chart for name in run.models if (chart := self._overview(name, run))]
        return self._overviews

    def finish(self, config: pytest.Config, writers: Writers) -> None:
        """Give the page its name if it is whole, and remove it if it is not."""
        if self.page is None or self.part is None:
            return
        config.pluginmanager.unregister(self.writer)  # or it would tell of the other name
        self.writer = None
        with writers.noting(PAGE):
            if REPORT in writers.failed:
                self.part.unlink(missing_ok=True)
            else:
                self.part.replace(self.page)

    def _overview(self, name: str, run: Run) -> Chart | None:
        if self._session.signals.received:  # whoever stops a run does not wait for pictures
            return None
        try:
            from model_checks.report.charts import overview_chart

            return overview_chart(name, run.of_model(name))
        except Exception as error:  # noqa: BLE001 (a picture changes no verdict)
            self.undrawn.append(undrawn(name, error))
            return None

    def pytest_html_report_title(self, report: Any) -> None:
        """Set the title of the page."""
        report.title = "Model checks"

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Add the columns for the figures to the table's header."""
        cells[1:2] = [
            f'<th class="sortable" data-column-type="{name}">{name.title()}</th>'
            for name in _COLUMNS
        ]

    @pytest.hookimpl(wrapper=True)
    def pytest_html_results_table_row(
        self, report: pytest.TestReport, cells: list[str]
    ) -> Generator[None, object, object]:
        """Add the figures of a check to its row; another test keeps its name and has none.

        Most rows are of a setup or teardown that passed, which pytest-html makes and leaves out;
        without cells it leaves them out at once. What a teardown has printed goes into the row of
        its test, however.
        """
        if self.page:
            outcome = attached(report)
            texts = _figures(outcome.result) if outcome else [report.nodeid, "", "", "", ""]
            pairs = zip(_COLUMNS, texts, strict=True)
            cells[1:2] = [f'<td class="col-{name}">{escape(text)}</td>' for name, text in pairs]
        result = yield
        if self.page and report.when != "call" and report.passed and not report.sections:
            cells.clear()
        return result

    def pytest_html_results_table_html(self, report: pytest.TestReport, data: list[str]) -> None:
        """Show the message of a result in its row, even where it passed."""
        outcome = attached(report)
        if outcome:
            result = outcome.result
            lines = [
                result.message,
                *([told] if (told := significance_text(result.significance)) else []),
            ]
            data[:] = ["<br>".join(map(escape, lines))]

    def pytest_html_results_summary(self, prefix: list[str], session: pytest.Session) -> None:
        """Show the rows judged, the notes and the overview charts above the table."""
        _strip_credentials(session.config)  # what workers sent since the start
        if self._run:
            prefix += judged_lines(self._run)
            facts = self._run.models.values()
            notes = [*(note for one in facts for note in one.notes), *self._run.notes]
            prefix += [f"<p>Note: {escape(line)}</p>" for line in notes]
            prefix += [f"<p>{escape(line)}</p>" for line in self._run.left_out]
        images = "".join(_image(chart) for chart in self._overviews)
        prefix.append(
            f'<div style="display: flex; flex-wrap: wrap; align-items: flex-start">{images}</div>'
        )


def judged_lines(run: Run) -> list[str]:
    """Return a paragraph for each model: as of when it was judged, and on which rows."""
    return [
        f"<p><b>{escape(name)}</b>: {escape(facts_text(facts))}</p>"
        for name, facts in run.models.items()
    ]


def _image(chart: Chart) -> str:
    source = f"data:image/png;base64,{base64.b64encode(chart.png).decode()}"
    style = 'width="600" style="margin: 0 24px 16px 0"'
    return f'<img {style} alt="{escape(chart.alt)}" src="{source}">'


def _figures(result: Result) -> list[str]:
    """Return the texts of the columns; the verdict stands in place of a missing value."""
    row = row_of(result)
    n = "" if row.n == NOTHING else f"{row.n} {row.unit}"
    if row.value == NOTHING:
        return [result.check.label, result.verdict.value, "", row.agreed, n]
    return [result.check.label, row.value, row.interval, row.agreed, n]
