"""From a clone to a mail: the example fails in autumn, and those who are to know are told why."""

import base64
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from support.september import PASSWORD, Session, email_table, judged
from support.smtp_server import MailServer, mail_server, trusted

# Whole sessions on the example's models, each of several seconds.
pytestmark = pytest.mark.slow

AS_OF = "--checks-as-of=2013-10-01"
ONE_MODEL = ("-m", "arrival_delay", "--checks-charts=none")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, MailServer]]:
    folder = tmp_path_factory.mktemp("september")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    with mail_server("starttls", certificate=certificate, login=("checks", PASSWORD)) as server:
        environment = {"SSL_CERT_FILE": trusted(folder, authority)}
        yield judged(folder, AS_OF, email=email_table(server.port), environment=environment), server


def test_the_september_line_fails(told: tuple[Session, MailServer]) -> None:
    session, _ = told
    assert session.exit_code == 1
    assert len(session.results["checks"]) == 43
    assert len(session.failed) == 20
    assert "20 failed, 23 passed" in session.terminal


def test_the_mail_goes_encrypted_to_every_receiver(told: tuple[Session, MailServer]) -> None:
    session, server = told
    mail = server.only
    assert mail.encrypted
    assert mail.user == "checks"
    assert mail.receivers == ("first@example.com", "second@example.com")
    assert "mail sent to first@example.com, second@example.com" in session.terminal


def test_the_mail_names_each_failing_check_with_its_figures_as_text(
    told: tuple[Session, MailServer],
) -> None:
    session, server = told
    body = server.only.message.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert [message for message in session.failed.values() if message not in text] == []


def test_the_mail_names_each_failing_check_with_its_figures_as_html(
    told: tuple[Session, MailServer],
) -> None:
    session, server = told
    body = server.only.message.get_body(("html",))
    assert body is not None
    html = body.get_content()
    for check in session.results["checks"]:
        if check["failed"]:
            assert f">{check['id']}" in html
            assert f"{check['value']:.3f}" in html
            assert f"{check['low']:.3f} to {check['high']:.3f}" in html


def test_every_picture_of_the_mail_is_in_it(told: tuple[Session, MailServer]) -> None:
    _, server = told
    parts = list(server.only.message.walk())
    pictures = {
        part["Content-ID"]: part for part in parts if part.get_content_type() == "image/png"
    }
    body = server.only.message.get_body(("html",))
    assert body is not None
    wanted = {f"<{cid}>" for cid in re.findall(r'src="cid:([^"]+)"', body.get_content())}
    assert wanted == set(pictures)
    assert len(wanted) >= 2
    assert all(part.get_content().startswith(b"\x89PNG") for part in pictures.values())


def test_the_password_is_written_nowhere(told: tuple[Session, MailServer]) -> None:
    session, server = told
    assert server.logins == [("checks", PASSWORD)]
    encoded = base64.b64encode(PASSWORD.encode()).decode()
    everything = session.everything_written()
    assert PASSWORD not in everything
    assert encoded not in everything


def test_without_an_email_table_nothing_is_sent(tmp_path: Path) -> None:
    session = judged(tmp_path, AS_OF, *ONE_MODEL)
    assert session.exit_code == 1
    assert not re.search("^mail|not delivered", session.terminal, re.IGNORECASE | re.MULTILINE)


def test_a_dry_run_writes_the_mail_and_sends_nothing(tmp_path: Path) -> None:
    with mail_server() as server:
        session = judged(tmp_path, AS_OF, "--checks-email-dry-run", email=email_table(server.port))
        assert server.received == []
    assert session.exit_code == 1
    text = (session.folder / "email.eml").read_text("utf-8")
    assert "To: first@example.com, second@example.com" in text
    assert "20 of 43 checks failed" in text


def test_no_email_sends_nothing(tmp_path: Path) -> None:
    with mail_server() as server:
        session = judged(
            tmp_path, AS_OF, "--checks-no-email", *ONE_MODEL, email=email_table(server.port)
        )
        assert server.received == []
    assert session.exit_code == 1


def test_a_gate_sends_nothing(tmp_path: Path) -> None:
    with mail_server() as server:
        session = judged(
            tmp_path, AS_OF, "--checks-gate", *ONE_MODEL, email=email_table(server.port)
        )
        assert server.received == []
    assert session.exit_code == 1


def test_a_passing_run_sends_nothing(tmp_path: Path) -> None:
    with mail_server() as server:
        session = judged(tmp_path, *ONE_MODEL, email=email_table(server.port))
        assert server.received == []
    assert session.exit_code == 0


@pytest.fixture
def nobody_there() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_mail_that_can_not_be_delivered_is_loud_kept_and_changes_no_verdict(
    tmp_path: Path, nobody_there: int
) -> None:
    session = judged(tmp_path, AS_OF, email=email_table(nobody_there))
    assert session.exit_code == 11
    assert "20 failed, 23 passed" in session.terminal
    assert f"MAIL NOT DELIVERED: localhost:{nobody_there}" in session.terminal
    [kept] = session.folder.glob("unsent-*.eml")
    assert "20 of 43 checks failed" in kept.read_text("utf-8")
    assert session.results["run"]["exit_status"] == 11
    assert len(session.failed) == 20
    assert PASSWORD not in session.everything_written()


def test_a_server_with_a_certificate_of_its_own_making_gets_no_password(tmp_path: Path) -> None:
    certificate = trustme.CA().issue_cert("localhost")
    with mail_server("starttls", certificate=certificate, login=("checks", PASSWORD)) as server:
        session = judged(tmp_path, AS_OF, *ONE_MODEL, email=email_table(server.port))
        assert server.logins == []
    assert session.exit_code == 11
    assert "certificate" in session.terminal
    assert PASSWORD not in session.everything_written()


def test_a_receiver_that_is_refused_is_named(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    environment = {"SSL_CERT_FILE": trusted(tmp_path, authority)}
    with mail_server("tls", certificate=certificate, login=("checks", PASSWORD)) as server:
        server.manners.refuse["second@example.com"] = "550 no such person"
        email = email_table(server.port, security="tls")
        session = judged(tmp_path, AS_OF, *ONE_MODEL, email=email, environment=environment)
        assert server.only.receivers == ("first@example.com",)
    assert session.exit_code == 11
    assert "MAIL NOT DELIVERED to second@example.com (550 no such person)" in session.terminal
