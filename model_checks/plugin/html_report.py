"""The pytest-html report: started once a check is collected, with figures and charts in it."""

import base64
from collections.abc import Generator, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pytest

from model_checks.judging.results import Result, Run
from model_checks.metrics import Estimate
from model_checks.plugin.environment import redact
from model_checks.plugin.outcome import attached, undrawn
from model_checks.plugin.session import CheckSession
from model_checks.plugin.writers import REPORT, Writers
from model_checks.report.charts.picture import Chart
from model_checks.report.sentence import Size, evidence_text
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
    """As much of a session as pytest-html asks for when it starts."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config


def _strip_credentials(config: pytest.Config) -> None:
    """What came into the metadata since it was gathered, as from the workers under xdist."""
    from pytest_metadata.plugin import metadata_key

    redact(config.stash.setdefault(metadata_key, {}))


class ReportHooks:
    """pytest-html's hooks.

    Attributes
    ----------
    page
        Where our own report is to be; None where somebody asked for a report of their own, which
        has had its title and its columns since before there was a check.
    part, writer
        The file that it is written as, and what of pytest-html's writes it.
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

        Into somebody's own report as HTML, which is part of the page: a picture may become a file,
        and checks whose ids differ in a sign or two would share it.
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
        """One chart per model, unless charts are not wanted."""
        self._run = run
        if self._session.options.charts != "none":
            self._overviews = [chart for name in run.models if (chart := self._overview(name, run))]
        return self._overviews

    def finish(self, config: pytest.Config, writers: Writers) -> None:
        """Give the page its name if it is whole; if it is not, leave nothing of it."""
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
        """Name the page."""
        report.title = "Model checks"

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Columns for the figures."""
        cells[1:2] = [
            f'<th class="sortable" data-column-type="{name}">{name.title()}</th>'
            for name in _COLUMNS
        ]

    @pytest.hookimpl(wrapper=True)
    def pytest_html_results_table_row(
        self, report: pytest.TestReport, cells: list[str]
    ) -> Generator[None, object, object]:
        """The figures of a check; another test keeps its name and has none.

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
        """What a result says, also where it passed."""
        outcome = attached(report)
        if outcome:
            result = outcome.result
            lines = [result.message, *([told] if (told := evidence_text(result.evidence)) else [])]
            data[:] = ["<br>".join(map(escape, lines))]

    def pytest_html_results_summary(self, prefix: list[str], session: pytest.Session) -> None:
        """What was judged, and the overview charts, above the table."""
        _strip_credentials(session.config)  # of the workers under xdist, which has come in since
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
    """As of when each model was judged, and on which rows: a paragraph each."""
    return [
        f"<p><b>{escape(name)}</b>: {escape(facts_text(facts))}</p>"
        for name, facts in run.models.items()
    ]


def _image(chart: Chart) -> str:
    source = f"data:image/png;base64,{base64.b64encode(chart.png).decode()}"
    style = 'width="600" style="margin: 0 24px 16px 0"'
    return f'<img {style} alt="{escape(chart.alt)}" src="{source}">'


def _figures(result: Result) -> list[str]:
    check, estimate = result.check, result.estimate
    rows = f"{estimate.n:,}" if estimate else ""
    judged = result.judged
    if estimate is None or not isinstance(judged, Estimate):
        return [check.label, result.verdict.value, "", _agreed(result), rows]
    rows = f"{rows} {estimate.unit}"
    if check.kind == "degradation":
        size = Size.of(check, judged)
        interval = f"{size.text(judged.low)} to {size.text(judged.high)}"
        return [check.label, size.how(judged.value), interval, _agreed(result), rows]
    interval = f"{judged.low:.3f} to {judged.high:.3f}"
    return [check.label, f"{judged.value:.3f}", interval, _agreed(result), rows]


def _agreed(result: Result) -> str:
    bound, compared = result.check.bound, result.comparison
    if result.check.kind == "degradation":
        amount = f"{100 * bound.limit:g} %" if result.check.relative else f"{bound.limit:g}"
        one = compared.baseline if compared else None
        than = f" than {one.value:.3f}" if isinstance(one, Estimate) else ""
        return f"≤ {amount} worse{than}"
    limits = (("≥", bound.min), ("≤", bound.max))
    return " and ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None)
