"""What is told of a server that says no: held to servers that say it, code by code."""

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme
from support.sample_runs import email, green_run
from support.smtp_server import conversation, odd_server, over_tls, trusted

from model_checks.errors import DeliveryError
from model_checks.notify.email.delivery import deliver
from model_checks.notify.email.message import compose
from model_checks.notify.email.problems import REFUSED, Stage, fault_of, passes
from model_checks.settings import Email

LATER = "; try again later"
FOR_NOW = [421, 450, 451, 452, 454, 455]
FOR_GOOD = [500, 501, 502, 503, 504, 521, 530, 534, 535, 538, *range(550, 558)]
BANNER, STARTTLS, AUTH = "220 odd.test", "250-odd.test\r\n250 STARTTLS", "250-odd\r\n250 AUTH PLAIN"
SPOKEN = {"hello": "EHLO", "encrypt": "STARTTLS", "sender": "MAIL", "receiver": "RCPT"}


@pytest.fixture(scope="module")
def message() -> EmailMessage:
    return compose(green_run(), [], email(), "reports/report.html")


@pytest.fixture(scope="module")
def certificate() -> trustme.LeafCert:
    return AUTHORITY.issue_cert("localhost")


AUTHORITY = trustme.CA()


def told_at(stage: str, reply: str, message: EmailMessage, **changes: object) -> str:
    """What is told where a real connection is answered so at a stage."""
    replies = {SPOKEN.get(stage, "."): reply}
    if stage == "hello":
        replies["HELO"] = reply
    if stage == "encrypt":
        replies["EHLO"], changes["security"] = STARTTLS, "starttls"
    script = conversation(replies, banner=reply if stage == "greet" else BANNER)
    with odd_server(script) as port:
        place = {"smtp_host": "127.0.0.1", "smtp_port": port, "security": "none"}
        settings = email(**{**place, **changes})
        with pytest.raises(DeliveryError, match=f"^127.0.0.1:{port}: ") as caught:
            deliver(message, settings, Path(), waits=())
    return str(caught.value).removeprefix(f"127.0.0.1:{port}: ")


@pytest.mark.parametrize(
    ("stage", "reply", "what", "remedy"),
    [
        ("greet", "450 4.7.1 slow down", "takes no connection for now", LATER),
        ("greet", "521 5.3.2 no mail here", "the host takes no mail", "check smtp_host"),
        ("greet", "554 5.7.1 blocked", "refuses the connection", "ask its administrator"),
        ("hello", "421 4.3.2 closing", "takes no connection for now", LATER),
        ("hello", "502 what", "does not speak SMTP as it should", "check smtp_host and smtp_port"),
        ("hello", "530 log in", "does not speak SMTP as it should", "check smtp_host and smtp"),
        ("hello", "504 5.5.2 not full", "this machine, which calls itself", "a full host name"),
        ("hello", "550 5.7.1 go away", "this machine, which calls itself", "a full host name"),
        ("encrypt", "454 4.7.0 later", "can't start TLS for now", LATER),
        ("encrypt", "502 unknown", "refuses STARTTLS", "nothing is sent in clear text"),
        ("sender", "421 4.3.2 closing", "the server ended the session", LATER),
        ("sender", "450 4.7.1 greylisted", "does not take the mail for now", LATER),
        ("sender", "451 4.3.0 error", "does not take the mail for now", LATER),
        ("sender", "452 4.3.1 disk full", "no room for the mail, or takes no more", LATER),
        ("sender", "455 no", "does not take the mail for now", LATER),
        ("sender", "501 5.1.7 bad", "refuses the sender checks@example.com", "check sender_email"),
        ("sender", "503 5.5.1 what", "wants something else first", "a login (username)"),
        ("sender", "504 5.5.2 not full", "incomplete", "check sender_email"),
        ("sender", "530 5.7.0 auth", "wants a login or encryption first", "check username"),
        ("sender", "550 5.1.0 no", "refuses the sender checks@example.com", "check sender_email"),
        ("sender", "550 5.7.60 no", "does not let checks@example.com send", "check sender_email"),
        ("sender", "552 5.3.4 big", "the mail is too large", "ask its administrator what it takes"),
        ("sender", "552 too much", "the mail is too large", "ask its administrator what it takes"),
        ("sender", "552 5.3.1 full", "no room for the mail", "ask its administrator"),
        ("sender", "553 5.1.7 bad", "refuses the sender checks@example.com", "check sender_email"),
        ("sender", "554 5.7.1 spam", "takes no mail from here", "ask its administrator"),
        ("sender", "555 SIZE", "does not know the parameters", "ask its administrator"),
        ("sender", "299 odd", "does not speak SMTP as it should", "check smtp_host"),
        ("sender", "550 EHLO command rejected: x", "which calls itself", "a full host name"),
        ("receiver", "450 4.7.1 <x>: Helo command rejected: x", "which calls itself", "full host"),
        ("receiver", "504 5.5.2 <x>: Helo command rejected: x", "which calls itself", "full host"),
        ("receiver", "550 5.7.1 <x>: Helo command rejected: x", "which calls itself", "full host"),
        ("content", "550 5.7.1 <x>: Helo command rejected: x", "which calls itself", "full host"),
        ("receiver", "450 4.7.1 greylisted", "not take mail for this receiver for now", LATER),
        ("receiver", "451 4.7.1 greylisted", "not take mail for this receiver for now", LATER),
        ("receiver", "452 4.5.3 too many", "no room, or takes no more receivers, for now", LATER),
        ("receiver", "452 4.2.2 over quota", "the mailbox is full", "have it emptied"),
        ("receiver", "501 5.1.3 bad", "refuses the receiver", "check receiver_email"),
        ("receiver", "530 auth", "wants a login or encryption first", "check username"),
        ("receiver", "550 5.1.1 unknown", "refuses the receiver", "check receiver_email"),
        ("receiver", "550 5.1.8 no domain", "refuses the sender", "check sender_email"),
        ("receiver", "550 relay not permitted", "does not pass mail on", "a login (username)"),
        ("receiver", "551 try there", "the receiver has moved", "put the new address into"),
        ("receiver", "552 5.2.2 full", "the mailbox is full", "have it emptied"),
        ("receiver", "552 full", "the mailbox is full", "have it emptied"),
        ("receiver", "552 5.3.4 big", "is too large for this receiver", "of its server"),
        ("receiver", "553 5.1.3 bad", "refuses the receiver", "check receiver_email"),
        ("receiver", "554 5.7.1 Relay access denied", "does not pass mail on", "receiver_email"),
        ("receiver", "556 5.1.10 null MX", "the receiver's domain takes no mail", "receiver_em"),
        ("content", "451 4.3.0 error", "does not take the mail for now", LATER),
        ("content", "452 4.3.1 disk full", "no room for the mail", LATER),
        ("content", "550 5.7.26 DMARC", "not believe that the mail is from che", "SPF and DKIM"),
        ("content", "552 5.3.4 big", "the mail is too large", "administrator what it takes"),
        ("content", "552 5.2.2 full", "the mailbox is full", "have it emptied"),
        ("content", "554 5.2.252 send as", "does not let checks@example.com send", "sender_email"),
        ("content", "552 5.7.0 blocked", "the server refuses the mail", "ask its administrator"),
        ("content", "554 5.7.1 spam", "the server refuses the mail", "ask its administrator"),
    ],
)  # fmt: skip
def test_each_refusal_blames_what_is_to_blame(
    stage: str, reply: str, what: str, remedy: str, message: EmailMessage
) -> None:
    told = told_at(stage, reply, message)
    assert what in told
    assert remedy in told
    assert reply in told
    assert "{" not in told


@pytest.mark.parametrize(
    ("reply", "what", "remedy"),
    [
        ("432 4.7.12 transition", "wants the password of me to be changed", "in MAIL_PASSWORD"),
        ("454 4.7.0 temporary", "can't check the login as me for now", LATER),
        ("502 unknown", "a login in the way that it offers", "leave username out"),
        ("525 5.7.13 disabled", "the account me is disabled", "ask the server's administrator"),
        ("534 5.7.9 app", "wants another kind of login for me", "app password"),
        ("535 5.7.8 bad", "refuses the login as me", "check username and the password in MAIL_PA"),
        ("538 5.7.11 bare", "takes no login without encryption", "check smtp_port and security"),
        ("550 5.7.1 no", "refuses the login as me", "check username and the password in MAIL_PASS"),
    ],
)
def test_each_refused_login_is_told_for_what_it_is(
    reply: str,
    what: str,
    remedy: str,
    message: EmailMessage,
    certificate: trustme.LeafCert,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted(tmp_path, AUTHORITY))
    monkeypatch.setenv("MAIL_PASSWORD", "pass")
    script = over_tls(conversation({"EHLO": AUTH, "AUTH": reply}), certificate)
    login = {"username": "me", "password_env": "MAIL_PASSWORD", "security": "tls"}
    with odd_server(script) as port, pytest.raises(DeliveryError, match=re.escape(what)) as caught:
        deliver(message, email(smtp_port=port, **login), Path(), waits=())
    assert remedy in str(caught.value)
    assert reply in str(caught.value)


def test_a_server_that_knows_only_helo_gets_the_mail(message: EmailMessage) -> None:
    heard: list[str] = []
    with odd_server(conversation({"EHLO": "502 what"}, heard=heard)) as port:
        settings: Email = email(smtp_host="127.0.0.1", smtp_port=port, security="none")
        assert deliver(message, settings, Path(), waits=()).accepted
    assert [line.split()[0] for line in heard][:2] == ["ehlo", "helo"]


@pytest.mark.parametrize("stage", list(REFUSED))
def test_no_code_lacks_a_sentence_at_any_stage(stage: Stage) -> None:
    for code in (*FOR_NOW, *FOR_GOOD):
        fault = fault_of(stage, code, "no")
        assert fault.what
        assert ("later" in fault.remedy) == (code < 500)
        assert passes(code) == (code < 500)
