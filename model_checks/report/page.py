"""A run and its charts as a static page that needs nothing beside itself."""

import base64
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from model_checks.judging.results import Run
from model_checks.report.picture import Chart
from model_checks.report.summary import Picture, Summary, summary_of
from model_checks.report.wording import more_text
from model_checks.text import clean

_MOST_ON_PAGE = 5000


def summary_html(run: Run, charts: Sequence[Chart], report: str) -> str:
    """Return a run as a static page that needs no other file.

    Parameters
    ----------
    run
        The run, with its results.
    charts
        The charts, which are embedded in the page.
    report
        The path or URL of the whole report.
    """
    pictures = [
        picture_of(chart, f"data:image/png;base64,{base64.b64encode(chart.png).decode('ascii')}")
        for chart in charts
    ]
    return page_html(summary_of(run, pictures, report, _MOST_ON_PAGE))


def page_html(summary: Summary) -> str:
    """Return a summary as a page of HTML."""
    fields = {name: getattr(summary, name) for name in summary.__dataclass_fields__}
    return _template().render(**fields, link=summary.link, more_text=more_text)


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("summary.html.jinja")


def picture_of(chart: Chart, src: str) -> Picture:
    """Return a chart as a page or a mail shows it, with the address that its bytes have there."""
    return Picture(clean(chart.model, 80), clean(chart.title, 120), clean(chart.alt), src)
