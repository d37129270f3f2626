"""A run that came to no verdict is told of: by whatever can still be read of the settings."""

import os
import platform
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from support.project import text_in
from support.sample_runs import email
from support.smtp_server import MailServer, mail_server

from model_checks.notify.base import AlertOptions, DeliveryReport
from model_checks.notify.email.message import compose_broken
from model_checks.notify.policy import tell_broken
from model_checks.report.broken_run import Broken
from model_checks.settings import Email, email_of

STARTED = datetime(2013, 5, 1, 4, 30, tzinfo=UTC)
MISTAKES = [
    "thresholds.toml: [models.churn] unknown key 'predictoin'; did you mean 'prediction'?",
    "thresholds.toml: [models.churn.thresholds] unknown metric 'recal'; did you mean 'recall'?",
]
TABLE = """
[email]
sender_email = "checks@example.com"
receiver_email = "oncall@example.com"
smtp_host = "localhost"
"""


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as one:
        yield one


def composed(status: int, sentences: list[str]) -> EmailMessage:
    broken = Broken("20130501T043000000000Z", STARTED, status, sentences)
    written = compose_broken(broken, email(), "/srv/checks/reports").as_bytes()
    parsed = message_from_bytes(written, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def bodies(message: EmailMessage) -> list[str]:
    parts = [message.get_body((kind,)) for kind in ("plain", "html")]
    assert all(parts)
    text, html = (part.get_content() for part in parts if part)
    return [" ".join(told.split()) for told in (text, text_in(html))]


@pytest.mark.parametrize(
    ("status", "sentences", "subject"),
    [
        (4, MISTAKES, "no check was made: 2 mistakes in thresholds.toml"),
        (4, MISTAKES[:1], "no check was made: 1 mistake in thresholds.toml"),
        (
            4,
            ["--checks-report-dir reports: Permission denied"],
            "no check was made: --checks-report-dir reports: Permission denied",
        ),
        (
            4,
            ["--checks-candidate a: no", "--checks-candidate b: no"],
            "no check was made: 2 mistakes",
        ),
        (3, ["RuntimeError: boom"], "the run ended in an internal error: RuntimeError: boom"),
        (3, [], "the run ended in an internal error"),
    ],
)
def test_the_subject_says_what_was_wrong(status: int, sentences: list[str], subject: str) -> None:
    assert composed(status, sentences)["Subject"].strip() == f"model-checks: {subject}"


def test_text_and_html_have_the_mistakes_the_place_and_what_to_do() -> None:
    for told in bodies(composed(4, MISTAKES)):
        assert "No check was made: 2 mistakes in thresholds.toml" in told
        assert "No model was judged: mend what is named below and run it again." in told
        assert f"Started 2013-05-01 04:30 UTC on {platform.node()}." in told
        assert "/srv/checks/reports" in told
        assert all(mistake in told for mistake in MISTAKES)
        assert "exit status 4" in told
    for told in bodies(composed(3, ["RuntimeError: boom"])):
        assert "what the run has printed says where it stopped" in told


def test_mistakes_are_cleaned_and_counted() -> None:
    hostile = "x\r\nBcc: spy@example.com\x1b[31m <script>alert(1)</script>" + "y" * 5000
    message = composed(4, [hostile, *(f"mistake {k}" for k in range(2000))])
    assert "Bcc" not in message
    html = message.get_body(("html",))
    assert html is not None
    assert len(html.get_content()) < 80_000
    assert "<script" not in html.get_content()
    text, page = bodies(message)
    assert "\x1b" not in text
    assert "mistake 998" in text
    assert "And 1,001 more mistakes" in text
    assert "more mistakes" in page


# Its settings.


@pytest.mark.parametrize(
    "elsewhere",
    ["", "[models.churn]\ntask = 3\n", "[nothing]\nx = 1\n", "[[models]]\n", "[engine]\nx = nan"],
)
def test_the_table_is_read_beside_mistakes(elsewhere: str, tmp_path: Path) -> None:
    (tmp_path / "thresholds.toml").write_text(TABLE + elsewhere)
    found = email_of(tmp_path / "thresholds.toml")
    assert found is not None
    assert found.receiver_email == ["oncall@example.com"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "email = 3\n",
        TABLE + "x = \n",
        TABLE + "password = 'hunter2'\n",
        TABLE.replace("smtp_host", "smtp_hots"),
        TABLE + "x = 'ü'\n",
        TABLE + "[deep]\nx = " + "[" * 5000 + "]" * 5000,
    ],
    ids=["none", "no table", "no TOML", "password", "misspelt", "not UTF-8", "deep"],
)
def test_a_table_that_can_not_be_read_is_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "thresholds.toml").write_bytes(content.encode("latin-1"))
    assert email_of(tmp_path / "thresholds.toml") is None


def test_a_file_that_is_none_has_no_table(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    for path in (tmp_path / "pipe.toml", tmp_path, tmp_path / "gone.toml"):
        assert email_of(path) is None


# Its delivery.


def told(
    folder: Path, settings: Email | None, leftovers: bool = True, **changes: Any
) -> DeliveryReport:
    usual = AlertOptions(folder / "reports", settings, folder)
    return tell_broken(
        replace(usual, **changes),
        exit_status=4,
        sentences=MISTAKES,
        started=STARTED,
        leftovers=leftovers,
    )


def local(port: int) -> Email:
    return email(smtp_port=port, security="none", smtp_host="127.0.0.1")


def test_it_is_sent_though_there_is_no_report_folder_yet(
    server: MailServer, tmp_path: Path
) -> None:
    found = told(tmp_path, local(server.port))
    assert found == DeliveryReport(("mail sent to ann@example.com, bob@example.com",), was_due=True)
    assert "2 mistakes in thresholds.toml" in server.only.message["Subject"]
    assert list((tmp_path / "reports").iterdir()) == []


def test_it_is_kept_where_nobody_takes_it_and_sent_with_the_next(
    server: MailServer, tmp_path: Path
) -> None:
    server.manners.sender_reply = "550 5.1.0 no"
    first = told(tmp_path, local(server.port))
    assert not first.delivered
    assert "refuses the sender" in first.lines[0]
    assert [one.name for one in (tmp_path / "reports").iterdir()] == [
        "unsent-20130501T043000000000Z.eml"
    ]
    server.manners.sender_reply = None
    told(tmp_path, local(server.port), leftovers=False)
    assert len(server.received) == 1
    told(tmp_path, local(server.port))
    assert len(server.received) == 3
    assert list((tmp_path / "reports").iterdir()) == []


def test_a_report_folder_that_is_none_is_told_in_the_mail(
    server: MailServer, tmp_path: Path
) -> None:
    (tmp_path / "reports").write_text("no folder")
    assert told(tmp_path, local(server.port)).delivered
    [text, page] = bodies(server.only.message)
    for one in (text, page):
        assert "this mail is all there is" in one
        assert all(mistake in one for mistake in MISTAKES)


@pytest.mark.parametrize(
    "changes",
    [{"is_gate": True}, {"has_candidates": True}, {"sending": "none"}, {"sending": "dry-run"}],
)
def test_it_is_sent_under_the_conditions_of_any_mail(
    changes: dict[str, Any], server: MailServer, tmp_path: Path
) -> None:
    assert told(tmp_path, local(server.port), **changes).delivered
    assert told(tmp_path, None).delivered
    assert not server.received
    assert (tmp_path / "reports" / "email.eml").exists() == (changes == {"sending": "dry-run"})
