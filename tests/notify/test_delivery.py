import re
import socket
import time
import traceback
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from support.sample_runs import PNG, chart, email, mixed_run
from support.smtp_server import Script, conversation, mail_server, odd_server, over_tls, trusted

from model_checks.errors import DeliveryError
from model_checks.notify.email.delivery import Delivery, deliver
from model_checks.notify.email.message import compose
from model_checks.notify.email.problems import Problem
from model_checks.settings import Email

HERE = Path()
PASSWORD = "correct horse+battery"
BOTH = ("ann@example.com", "bob@example.com")


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def certificate(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("localhost")


@pytest.fixture
def trust(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted(tmp_path, authority))


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    return {"username": "checks", "password_env": "MAIL_PASSWORD"}


def local(port: int, **changes: object) -> Email:
    return email(**{"smtp_port": port, "security": "none", "smtp_host": "127.0.0.1", **changes})


def sent(settings: Email, waits: Sequence[float] = ()) -> Delivery:
    message = compose(mixed_run(), [chart()], settings, "reports/report.html")
    return deliver(message, settings, HERE, waits=waits)


def answers(problems: Mapping[str, Problem]) -> dict[str, str]:
    return {name: problem.answer for name, problem in problems.items()}


def refusal(script: Script, **changes: object) -> str:
    """What is said of a server that behaves like this."""
    with odd_server(script) as port, pytest.raises(DeliveryError, match=f"127.0.0.1:{port}: ") as e:
        sent(local(port, **changes))
    return str(e.value).removeprefix(f"127.0.0.1:{port}: ")


# What arrives


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_goes_out_encrypted_and_logged_in(
    security: str, certificate: trustme.LeafCert, trust: None, password: dict[str, str]
) -> None:
    with mail_server(security, certificate=certificate, login=("checks", PASSWORD)) as server:
        delivery = sent(email(smtp_port=server.port, security=security, **password))
    assert delivery == Delivery(BOTH)
    assert server.logins == [("checks", PASSWORD)]
    assert server.only.encrypted
    assert server.only.sender == "checks@example.com"
    assert server.only.receivers == BOTH
    assert str(server.only.message["Subject"]).startswith("model-checks: 4 of 8 checks failed")
    assert PASSWORD.encode() not in server.only.content


def test_a_relay_on_loopback_needs_neither_tls_nor_login() -> None:
    with mail_server() as server:
        assert sent(local(server.port)).accepted == BOTH
    assert not server.only.encrypted
    assert server.only.user is None


def test_the_password_may_be_in_a_file(
    certificate: trustme.LeafCert, trust: None, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text(f"{PASSWORD}\n")
    with mail_server("tls", certificate=certificate, login=("checks", PASSWORD)) as server:
        settings = email(
            smtp_port=server.port, security="tls", username="checks", password_file="secret"
        )
        message = compose(mixed_run(), [], settings, "reports/report.html")
        assert deliver(message, settings, tmp_path).accepted == BOTH


def test_text_comes_out_as_it_went_in_and_is_all_ascii_on_the_wire() -> None:
    with mail_server(smtputf8=False) as server:
        settings = local(server.port, sender_email="Prüfer <checks@example.com>")
        message = compose(mixed_run(), [], settings, "Bericht für März\n.\n.. und € 𝄞")
        deliver(message, settings, HERE)
    assert server.only.content.isascii()
    assert max(map(len, server.only.content.splitlines())) <= 998
    body = server.only.message.get_body(("plain",))
    assert body is not None
    assert "Report: Bericht für März . .. und € 𝄞" in body.get_content()
    assert str(server.only.message["From"]) == "Prüfer <checks@example.com>"


# Receivers


def test_a_receiver_is_told_once_whatever_the_case_of_the_domain() -> None:
    receivers = ["ann@example.com", "Ann <ann@EXAMPLE.com>", "Ann@example.com"]
    with mail_server() as server:
        delivery = sent(local(server.port, receiver_email=receivers))
    assert delivery.accepted == server.only.receivers == ("ann@example.com", "Ann@example.com")


def test_one_bad_address_does_not_silence_the_others() -> None:
    with mail_server() as server:
        server.manners.refuse = {"ann@example.com": "550 5.1.1 no such user"}
        delivery = sent(local(server.port))
    assert delivery.accepted == ("bob@example.com",)
    assert answers(delivery.refused) == {"ann@example.com": "550 5.1.1 no such user"}
    assert not delivery.deferred
    assert server.only.receivers == ("bob@example.com",)


def test_repeated_receivers_do_not_hide_that_all_were_refused() -> None:
    with mail_server() as server:
        server.manners.refuse = {"ann@example.com": "550 no such user"}
        settings = local(server.port, receiver_email=["ann@example.com", "ann@EXAMPLE.com"])
        with pytest.raises(DeliveryError, match=r"refuses the receiver: ann@example.com \(550 no"):
            sent(settings)


def test_all_refused_names_each_with_its_reason() -> None:
    with mail_server() as server:
        server.manners.refuse = {
            "ann@example.com": "550 5.1.1 no such user",
            "bob@example.com": "450 4.2.0 greylisted",
        }
        expected = (
            f"127.0.0.1:{server.port}: the server refuses the receiver: "
            "ann@example.com (550 5.1.1 no such user); check receiver_email; "
            "the server does not take mail for this receiver for now: "
            "bob@example.com (450 4.2.0 greylisted); try again later"
        )
        with pytest.raises(DeliveryError, match=f"^{re.escape(expected)}$"):
            sent(local(server.port))


def test_all_put_off_asks_to_try_again() -> None:
    with mail_server() as server:
        server.manners.refuse = dict.fromkeys(BOTH, "450 4.2.0 greylisted")
        with pytest.raises(DeliveryError, match=r"; try again later$"):
            sent(local(server.port))


def test_a_session_ended_between_receivers_reached_nobody() -> None:
    with mail_server() as server:
        server.manners.refuse = {"bob@example.com": "421 4.7.0 too many receivers"}
        told = (
            r"the server ended the session: ann@example.com \(421 4.7.0 too many receivers\), "
            r"bob@example.com \(421 4.7.0 too many receivers\); try again later$"
        )
        with pytest.raises(DeliveryError, match=told):
            sent(local(server.port))
    assert not server.received


def test_an_address_that_needs_smtputf8_does_not_silence_the_others() -> None:
    receivers = ["jörg@example.com", "bob@example.com"]
    with mail_server(smtputf8=False) as server:
        delivery = sent(local(server.port, receiver_email=receivers))
    assert delivery.accepted == ("bob@example.com",)
    assert "no SMTPUTF8" in delivery.refused["jörg@example.com"].what
    assert server.only.message["To"] == "bob@example.com"
    assert server.only.content.isascii()


def test_an_address_outside_ascii_is_reached_where_the_server_offers_it() -> None:
    with mail_server() as server:
        delivery = sent(local(server.port, receiver_email=["jörg@exämple.com", "bob@example.com"]))
    assert delivery.accepted == ("jörg@xn--exmple-cua.com", "bob@example.com")
    assert "To: jörg@xn--exmple-cua.com".encode() in server.only.content


def test_only_addresses_that_need_smtputf8_is_a_refusal() -> None:
    with mail_server(smtputf8=False) as server:
        settings = local(server.port, receiver_email="jörg@example.com")
        with pytest.raises(DeliveryError, match=r"no SMTPUTF8\): jörg@example.com; check rec"):
            sent(settings)
        settings = local(server.port, sender_email="prüfer@example.com")
        with pytest.raises(DeliveryError, match=r"no SMTPUTF8\); check sender_email"):
            sent(settings)


def test_unable_and_refused_receivers_are_told_together() -> None:
    with mail_server(smtputf8=False) as server:
        server.manners.refuse = {"bob@example.com": "550 no such user"}
        settings = local(server.port, receiver_email=["jörg@example.com", "bob@example.com"])
        with pytest.raises(DeliveryError, match=r"no SMTPUTF8\): jörg@.*bob@example.com \(550"):
            sent(settings)


# What the server finds too much


def test_a_mail_that_is_too_large_goes_without_charts() -> None:
    heavy = replace(chart(), png=PNG + bytes(60_000))
    with mail_server(size_limit=50_000) as server:
        settings = local(server.port)
        message = compose(mixed_run(), [heavy], settings, "reports/report.html")
        delivery = deliver(message, settings, HERE)
    assert delivery.accepted == BOTH
    assert delivery.reduced is not None
    assert delivery.reduced.startswith(
        "sent without charts, since the server refused it whole (552"
    )
    kinds = [part.get_content_type() for part in server.only.message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def test_a_mail_refused_for_its_content_ends_as_text_with_the_same_id() -> None:
    with mail_server() as server:
        server.manners.content_replies = ["554 5.6.0 no images", "554 5.6.0 no HTML"]
        settings = local(server.port)
        message = compose(mixed_run(), [chart()], settings, "reports/report.html")
        delivery = deliver(message, settings, HERE)
    assert delivery.reduced is not None
    assert "without charts and HTML, since the server refused it whole (554 5.6.0 no HTML)" in (
        delivery.reduced
    )
    assert server.only.message.get_content_type() == "text/plain"
    assert server.only.message["Message-ID"] == message["Message-ID"]


def test_a_mail_refused_in_every_form_is_an_error() -> None:
    with mail_server() as server:
        server.manners.content_replies = ["554 5.7.1 spam"] * 3
        told = r"the server refuses the mail \(554 5.7.1 spam\); ask its administrator$"
        with pytest.raises(DeliveryError, match=told):
            sent(local(server.port))


def test_a_mail_put_off_is_not_made_lighter() -> None:
    with mail_server() as server:
        server.manners.content_replies = ["452 4.3.1 disk full"]
        told = r"the server has no room for the mail, .* \(452 4.3.1 disk full\); try again later"
        with pytest.raises(DeliveryError, match=told):
            sent(local(server.port))
    assert not server.received


def test_a_server_that_hangs_up_after_a_refusal_is_told_by_its_refusal() -> None:
    script = conversation({".": "554 5.7.1 spam"}, hang_up_at="RSET")
    assert refusal(script).startswith("the server refuses the mail (554 5.7.1 spam)")


def test_a_rude_goodbye_does_not_undo_a_delivery() -> None:
    with mail_server() as server:
        server.manners.goodbye = "500 go away"
        assert sent(local(server.port)).accepted == BOTH
    with odd_server(conversation({}, hang_up_at="QUIT")) as port:
        assert sent(local(port)).accepted == BOTH


# Servers that are not there, or do not answer


def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    told = f"^127.0.0.1:{port}: nothing listens there; check smtp_host and smtp_port$"
    with pytest.raises(DeliveryError, match=told):
        sent(local(port))


def test_an_unknown_host_is_named() -> None:
    told = r"^mail.invalid:587: the host can't be found \(.+\); check smtp_host and the DNS$"
    with pytest.raises(DeliveryError, match=told):
        sent(email(smtp_host="mail.invalid"))


def test_a_host_that_can_be_no_host_is_told() -> None:
    with pytest.raises(DeliveryError, match=r"the mail can't be sent \(.*label"):
        sent(email(smtp_host=f"{'x' * 70}.example.com"))


@pytest.mark.parametrize(
    ("banner", "told"),
    [
        (
            "421 4.3.2 come back later",
            "the server takes no connection for now (421 4.3.2 come back later); try again later",
        ),
        (
            "554 5.7.1 blocked",
            "the server refuses the connection (554 5.7.1 blocked); ask its administrator",
        ),
        (
            "SSH-2.0-x",
            (
                "what answers there does not speak SMTP as it should (2.0-x); "
                "check smtp_host and smtp_port"
            ),
        ),
    ],
)
def test_a_server_that_refuses_to_talk(banner: str, told: str) -> None:
    assert refusal(conversation({}, banner=banner)) == told


def test_a_server_that_hangs_is_left() -> None:
    told = "no answer within 0.2 s; check smtp_port and security, or raise timeout"
    assert refusal(lambda _: None, timeout=0.2) == told


def test_a_server_that_hangs_in_the_middle_is_left() -> None:
    def script(connection: socket.socket) -> None:
        connection.sendall(b"220 odd.test\r\n")

    assert refusal(script, timeout=0.2).startswith("no answer within 0.2 s")


@pytest.mark.parametrize(
    ("security", "dripped", "told"),
    [
        ("none", b"220-" + b"a" * 60, "not done after 0.5 s; try again later"),
        ("tls", b"\x16\x03\x03\x40\x00" * 12, "no answer within 0.1 s; check smtp_port"),
    ],
    ids=["a line", "a handshake"],
)
def test_a_server_that_drips_is_left(security: str, dripped: bytes, told: str) -> None:
    def script(connection: socket.socket) -> None:
        for byte in dripped:  # each in time, but the line never ends
            time.sleep(0.05)
            connection.sendall(bytes([byte]))

    started = time.monotonic()
    assert refusal(script, timeout=0.1, security=security).startswith(told)
    assert time.monotonic() - started < 2


def test_a_server_that_hangs_up_is_told() -> None:
    def script(connection: socket.socket) -> None:
        connection.shutdown(socket.SHUT_RDWR)

    assert refusal(script) == "the server closed the connection; try again later"


def test_a_server_that_hangs_up_on_the_mail_may_have_it() -> None:
    told = (
        "the server closed the connection while the mail was handed over, so it may have arrived; "
        "try again later"
    )
    assert refusal(conversation({}, hang_up_at=".")) == told


def test_a_server_that_refuses_the_sender() -> None:
    told = "the server refuses the sender checks@example.com (550 5.1.0 no); check sender_email"
    assert refusal(conversation({"MAIL": "550 5.1.0 no"})) == told


def test_a_server_of_endless_lines_is_refused() -> None:
    def script(connection: socket.socket) -> None:
        connection.sendall(b"2" * 10_000)

    assert "Line too long" in refusal(script)


# TLS


def test_a_server_without_starttls_gets_nothing_in_clear_text(password: dict[str, str]) -> None:
    seen: list[bytes] = []

    def script(connection: socket.socket) -> None:
        connection.sendall(b"220 odd.test\r\n")
        seen.append(connection.recv(1000))
        connection.sendall(b"250-odd.test\r\n250 AUTH PLAIN\r\n")
        seen.append(connection.recv(1000))

    told = refusal(script, security="starttls", **password)
    assert told == (
        "the server offers no STARTTLS, and nothing is sent in clear text; check smtp_port, "
        'or set security = "tls" if that port is encrypted from the start'
    )
    assert seen[0].startswith(b"ehlo")
    assert seen[1] == b""


def test_a_server_that_refuses_starttls_gets_nothing_in_clear_text() -> None:
    replies = {"EHLO": "250-odd.test\r\n250 STARTTLS", "STARTTLS": "454 4.7.0 not now"}
    told = refusal(conversation(replies), security="starttls")
    assert told == "the server can't start TLS for now (454 4.7.0 not now); try again later"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_an_unknown_authority_is_refused(
    security: str, certificate: trustme.LeafCert, password: dict[str, str]
) -> None:
    with mail_server(security, certificate=certificate, login=("checks", PASSWORD)) as server:
        told = (
            rf"^localhost:{server.port}: the server's certificate is not trusted "
            r"\(unable to get local issuer certificate\); give smtp_host the name"
        )
        with pytest.raises(DeliveryError, match=told):
            sent(email(smtp_port=server.port, security=security, **password))
    assert not server.logins


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_for_another_host_is_refused(
    security: str, authority: trustme.CA, trust: None, password: dict[str, str]
) -> None:
    other = authority.issue_cert("mail.example.com")
    with mail_server(security, certificate=other, login=("checks", PASSWORD)) as server:
        told = r"not trusted \(Hostname mismatch, certificate is not valid for 'localhost'\)"
        with pytest.raises(DeliveryError, match=told):
            sent(email(smtp_port=server.port, security=security, **password))
    assert not server.logins


def test_tls_on_a_port_in_clear_text_is_told() -> None:
    with mail_server() as server, pytest.raises(DeliveryError, match=r"no TLS \(.+\); check that"):
        sent(local(server.port, security="tls"))


def test_clear_text_on_a_port_with_tls_ends_in_time(certificate: trustme.LeafCert) -> None:
    with (
        mail_server("tls", certificate=certificate) as server,
        pytest.raises(
            DeliveryError, match=r"^127.0.0.1:\d+: no answer within 0.5 s; check smtp_port"
        ),
    ):
        sent(local(server.port, security="starttls", timeout=0.5))


# The login and its password


def secret_forms() -> list[str]:
    return [
        PASSWORD,
        b64encode(PASSWORD.encode()).decode(),
        b64encode(f"\0checks\0{PASSWORD}".encode()).decode(),
    ]


def whole_story(error: BaseException) -> str:
    """All that a careless traceback could show of our code, arguments and variables included."""
    assert error.__cause__ is None
    assert error.__context__ is None
    parts = [repr(error)]
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_globals["__name__"].startswith("model_checks."):
            parts += [f"{name}={value!r}" for name, value in frame.f_locals.items()]
    assert len(parts) > 1
    return "\n".join(parts)


def test_a_wrong_password_is_told_without_it(
    certificate: trustme.LeafCert, trust: None, password: dict[str, str]
) -> None:
    with mail_server("starttls", certificate=certificate, login=("checks", "another")) as server:
        told = (
            rf"^localhost:{server.port}: the server refuses the login as checks \(535 .+\); "
            r"check username and the password in MAIL_PASSWORD$"
        )
        with pytest.raises(DeliveryError, match=told) as caught:
            sent(email(smtp_port=server.port, **password))
    assert PASSWORD not in whole_story(caught.value)


@pytest.mark.parametrize("form", range(3))
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_server_that_repeats_the_password_is_not_quoted(
    form: int,
    wrapped: bool,
    certificate: trustme.LeafCert,
    trust: None,
    password: dict[str, str],
) -> None:
    secret = secret_forms()[form]
    text = f"535-no {secret[:9]}\r\n535 {secret[9:]} here" if wrapped else f"535 no {secret} here"
    script = over_tls(
        conversation({"EHLO": "250-odd.test\r\n250 AUTH PLAIN", "AUTH": text}), certificate
    )
    with (
        odd_server(script) as port,
        pytest.raises(DeliveryError, match=r"\(535 no \[hid") as caught,
    ):
        sent(email(smtp_port=port, security="tls", **password))
    story = whole_story(caught.value)
    assert not [one for one in secret_forms() if one.rstrip("=") in story]
    assert secret[9:].rstrip("=") not in story


@pytest.mark.parametrize("stage", ["AUTH", "MAIL", "RCPT", "."])
def test_what_the_client_sent_is_not_quoted_at_any_stage(
    stage: str, certificate: trustme.LeafCert, trust: None, password: dict[str, str]
) -> None:
    blob = secret_forms()[2]
    replies = {"EHLO": "250-odd.test\r\n250 AUTH PLAIN", "AUTH": "235 fine"}
    replies[stage] = "550 I saw {line}" if stage == "AUTH" else f"550 I saw AUTH PLAIN {blob}"
    script = over_tls(conversation(replies), certificate)
    with odd_server(script) as port, pytest.raises(DeliveryError, match=r"I saw AUTH.*\[hidden\]"):
        sent(email(smtp_port=port, security="tls", **password))


@pytest.mark.parametrize("methods", ["", "\r\n250 AUTH XOAUTH2"])
def test_a_server_without_a_known_login_is_told(
    methods: str, certificate: trustme.LeafCert, trust: None, password: dict[str, str]
) -> None:
    greeting = "250-odd.test" + methods if methods else "250 odd.test"
    script = over_tls(conversation({"EHLO": greeting}), certificate)
    told = "the server offers no login that is known here .*; leave username out if it needs none"
    with odd_server(script) as port, pytest.raises(DeliveryError, match=told):
        sent(email(smtp_port=port, security="tls", **password))


def test_a_wrong_password_is_tried_once(
    certificate: trustme.LeafCert, trust: None, password: dict[str, str]
) -> None:
    tried: list[str] = []
    greeting = "250-odd.test\r\n250 AUTH CRAM-MD5 LOGIN PLAIN"
    script = conversation({"EHLO": greeting, "AUTH": "535 5.7.8 no"}, heard=tried)
    with (
        odd_server(over_tls(script, certificate)) as port,
        pytest.raises(DeliveryError, match=r"refuses the login as checks \(535 5.7.8 no\); check"),
    ):
        sent(email(smtp_port=port, security="tls", **password))
    assert [line.split()[1] for line in tried if line.startswith("AUTH")] == ["PLAIN"]


def test_a_server_that_asks_for_the_password_for_ever_is_left(
    certificate: trustme.LeafCert, trust: None, password: dict[str, str]
) -> None:
    encoded = b64encode(PASSWORD.encode()).decode()
    replies = {"EHLO": "250-odd.test\r\n250 AUTH LOGIN", "AUTH": "334 UGFzcw=="}
    replies[encoded.upper()] = f"334 {encoded}"
    script = over_tls(conversation(replies), certificate)
    with odd_server(script) as port, pytest.raises(DeliveryError, match="login") as caught:
        sent(email(smtp_port=port, security="tls", **password))
    assert encoded not in whole_story(caught.value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "the environment variable MAIL_PASSWORD is not set"),
        ("pässword", "the password in MAIL_PASSWORD or username has characters outside ASCII"),
    ],
)
def test_a_password_that_can_not_be_sent_is_told_before_connecting(
    value: str | None, told: str, password: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is None:
        monkeypatch.delenv("MAIL_PASSWORD")
    else:
        monkeypatch.setenv("MAIL_PASSWORD", value)
    with pytest.raises(DeliveryError, match=f"^localhost:587: no mail was sent, {told}$") as caught:
        sent(email(**password))
    assert "pässword" not in whole_story(caught.value)
