"""Composes mails: a run and its charts become a message ready to be sent."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import make_msgid, parseaddr

from model_checks.judging.results import Run
from model_checks.notify.base import Notice
from model_checks.report.broken_run import Broken, broken_headline, summary_of_broken
from model_checks.report.page import page_html, picture_of
from model_checks.report.picture import Chart
from model_checks.report.plain_text import plain_text
from model_checks.report.summary import Summary, concerned, headline, summary_of
from model_checks.settings import Email
from model_checks.text import clean, first_few

PLACEHOLDER = "model-checks@localhost"
"""Sender and receiver of a mail that is written to a file and not sent."""

_LARGEST_HTML = 80_000
"""The most bytes of HTML in a mail; Gmail cuts it off at about 102,000."""

_MOST_IN_HTML = (60, 30, 15, 8, 4, 2, 1)
_MOST_IN_TEXT = 1000
_MOST_CHARTS = 12
_IMAGE = re.compile(r'<img (?:(?!alt=)[^<>])*+alt="([^"]*+)"[^<>]*+>')


def compose(
    run: Run,
    charts: Sequence[Chart],
    email: Email | None,
    report: str,
    *,
    unwritten: Sequence[str] = (),
) -> EmailMessage:
    """Return the mail about a run: the same in plain text and in HTML, with the charts inside.

    Parameters
    ----------
    run
        The judged run.
    charts
        Charts to embed; if there are too many, those of models that need a look come first.
    email
        Sender and receivers; None for a mail that is only written to a file.
    report
        Path of the whole report; ``report_url`` is named instead where it is set.
    unwritten
        Sentences on what should be in the report folder and is not.
    """

    def told(most: int) -> Summary:
        return summary_of(run, pictures, where, most, more_pictures=more, unwritten=unwritten)

    where = (email.report_url if email else None) or report
    names = concerned(run)
    ordered = sorted(charts, key=lambda chart: chart.model not in names)
    sent, more = ordered[:_MOST_CHARTS], max(len(ordered) - _MOST_CHARTS, 0)
    ids = [f"chart-{place}@model-checks" for place in range(1, len(sent) + 1)]
    pictures = [picture_of(chart, f"cid:{cid}") for chart, cid in zip(sent, ids, strict=True)]

    message = _addressed(_subject(run), run.finished, email)
    _fill(message, told)
    page = message.get_body(("html",))
    assert page is not None  # `_fill` wrote it
    for chart, cid in zip(sent, ids, strict=True):
        name = f"{cid.partition('@')[0]}.png"
        page.add_related(
            chart.png, "image", "png", cid=f"<{cid}>", filename=name, disposition="inline"
        )
    return message


def compose_notice(notice: Notice, email: Email | None) -> EmailMessage:
    """Return the mail about a run, whether it came to a verdict or not."""
    if isinstance(notice.run, Broken):
        sentences = (*notice.run.sentences, *notice.unwritten)
        return compose_broken(replace(notice.run, sentences=sentences), email, notice.report)
    return compose(notice.run, notice.charts, email, notice.report, unwritten=notice.unwritten)


def compose_broken(broken: Broken, email: Email | None, report: str) -> EmailMessage:
    """Return the mail about a run that came to no verdict, as text and as HTML.

    Parameters
    ----------
    email
        Sender and receivers; None for a mail that is only written to a file.
    report
        Path where a report would have been; ``report_url`` is named instead where it is set.
    """
    where = (email.report_url if email else None) or report
    subject = _as_subject(f"model-checks: {broken_headline(broken)}")
    message = _addressed(subject, broken.started, email)
    _fill(message, lambda most: summary_of_broken(broken, where, most))
    return message


def _fill(message: EmailMessage, told: Callable[[int], Summary]) -> None:
    """Fill a mail with a summary as text and as HTML, with all entries that there is room for."""
    message.set_content(plain_text(told(_MOST_IN_TEXT)), cte="quoted-printable")
    message.add_alternative(_html_for_mail(told), subtype="html", cte="quoted-printable")


def lighter_forms(message: EmailMessage) -> Iterator[tuple[EmailMessage, str]]:
    """Yield a mail for a server that refused it whole: without charts, then as text alone.

    Each comes with the words for what is missing. The Message-ID stays, since nobody has the mail.
    """
    for part in message.walk():
        if part.get_content_type() == "multipart/related":
            yield _without_charts(message), "charts"
            break
    if message.is_multipart():
        yield _text_alone(message), "charts and HTML"


def mail_address(written: str) -> Address:
    """Return a sender or receiver of the settings, its domain in ASCII where that can be."""
    name, plain = parseaddr(written)
    username, _, domain = plain.rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return Address(clean(name, 80).replace("=?", "= ?"), username, domain)


def _html_for_mail(told: Callable[[int], Summary]) -> str:
    """Return the page with as many entries as there is room for in a mail."""
    html = ""
    for most in _MOST_IN_HTML:
        html = page_html(told(most))
        if len(html.encode("utf-8")) < _LARGEST_HTML:
            break
    return html


def _addressed(subject: str, moment: datetime, email: Email | None) -> EmailMessage:
    """Return a message that has its headers, and no content yet."""
    sender = mail_address(email.sender_email if email else PLACEHOLDER)
    receivers = [mail_address(one) for one in (email.receiver_email if email else [PLACEHOLDER])]
    foreign = not all(address.username.isascii() for address in (sender, *receivers))
    message = EmailMessage(policy=SMTP.clone(utf8=foreign))
    message["Subject"] = subject
    message["From"] = sender
    message["To"] = receivers
    message["Date"] = moment.astimezone(UTC)
    # Longer ids would be encoded when the header is folded, and no client would know them again.
    domain = sender.domain if sender.domain.isascii() and len(sender.domain) <= 40 else "localhost"
    message["Message-ID"] = make_msgid(domain=domain)
    message["List-Id"] = f"<model-checks.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    return message


def _subject(run: Run) -> str:
    told = first_few(concerned(run), 3)
    return _as_subject(f"model-checks: {headline(run)}" + (f" ({told})" if told else ""))


def _as_subject(text: str) -> str:
    # "=?" would start an encoded word, which could hold what was just cleaned away.
    return clean(text, 150).replace("=?", "= ?")


def _without_charts(message: EmailMessage) -> EmailMessage:
    """Return the mail with the images replaced by the words that describe them."""
    light = deepcopy(message)
    for part in light.walk():
        if part.get_content_type() != "multipart/related":
            continue
        page = part.get_payload(0)
        assert isinstance(page, MIMEPart)
        html = _IMAGE.sub(r"\1", page.get_content())
        part.clear_content()
        part.set_content(html, subtype="html", cte="quoted-printable")
        break
    return light


def _text_alone(message: EmailMessage) -> EmailMessage:
    light = deepcopy(message)
    body = light.get_body(("plain",))
    assert body is not None  # every mail of ours has one
    text = body.get_content()
    light.clear_content()
    light.set_content(text, cte="quoted-printable")
    return light
