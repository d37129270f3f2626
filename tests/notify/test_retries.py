"""A mail that was put off is offered again within the run, to those alone who have not got it."""

import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import trustme
from support.sample_runs import chart, email, mixed_run
from support.smtp_server import (
    MailServer,
    Script,
    conversation,
    mail_server,
    odd_server,
    over_tls,
    trusted,
)

from model_checks.errors import DeliveryError
from model_checks.notify.email.delivery import Delivery, deliver
from model_checks.notify.email.message import compose

ANN, BOB = "ann@example.com", "bob@example.com"
AUTH = "250-odd.test\r\n250 AUTH PLAIN"
SHORT = (0.01, 0.02, 0.03)
GREYLISTED = "451 4.7.1 greylisted, come back"


def sent(port: int, waits: Sequence[float] = SHORT, **changes: object) -> Delivery:
    place = {"smtp_host": "127.0.0.1", "smtp_port": port, "security": "none"}
    settings = email(**{**place, **changes})
    message = compose(mixed_run(), [chart()], settings, "reports/report.html")
    return deliver(message, settings, Path(), waits=waits)


def receivers(server: MailServer) -> list[tuple[str, ...]]:
    return [one.receivers for one in server.received]


def test_greylisting_ends_as_delivered() -> None:
    with mail_server() as server:
        server.manners.put_off = {ANN: [GREYLISTED], BOB: [GREYLISTED]}
        assert sent(server.port) == Delivery((ANN, BOB))
    assert receivers(server) == [(ANN, BOB)]


def test_who_has_the_mail_does_not_get_it_again_because_another_was_put_off() -> None:
    with mail_server() as server:
        server.manners.put_off = {BOB: [GREYLISTED, GREYLISTED]}
        assert sent(server.port) == Delivery((ANN, BOB))
    assert receivers(server) == [(ANN,), (BOB,)]
    assert len({one.message["Message-ID"] for one in server.received}) == 1


def test_who_was_refused_for_good_is_not_tried_again() -> None:
    with mail_server() as server:
        server.manners.refuse = {ANN: "550 5.1.1 no such user"}
        server.manners.put_off = {ANN: [], BOB: [GREYLISTED]}
        delivery = sent(server.port)
    assert delivery.accepted == (BOB,)
    assert list(delivery.refused) == [ANN]
    assert not delivery.deferred
    assert receivers(server) == [(BOB,)]


def test_what_is_put_off_for_ever_is_told_apart_from_what_is_refused() -> None:
    with mail_server() as server:
        server.manners.refuse = {BOB: GREYLISTED, "carl@example.com": "550 5.1.1 no such user"}
        delivery = sent(server.port, receiver_email=[ANN, BOB, "carl@example.com"])
    assert delivery.accepted == (ANN,)
    assert list(delivery.refused) == ["carl@example.com"]
    assert {name: one.answer for name, one in delivery.deferred.items()} == {BOB: GREYLISTED}
    assert receivers(server) == [(ANN,)]


def test_content_that_is_put_off_is_offered_again_with_the_same_id() -> None:
    with mail_server() as server:
        server.manners.content_replies = ["451 4.3.0 try later", "421 4.3.2 restarting"]
        assert sent(server.port).accepted == (ANN, BOB)
    assert server.only.message.get_content_type() == "multipart/alternative"


def test_a_server_that_takes_one_receiver_at_a_time_gets_them_all_without_a_wait() -> None:
    many = [f"person{k}@example.com" for k in range(6)]
    with mail_server() as server:
        full = "452 4.5.3 too many recipients"
        server.manners.put_off = {name: [full] * k for k, name in enumerate(many)}
        started = time.monotonic()
        assert sent(server.port, (30.0,), receiver_email=many) == Delivery(tuple(many))
    assert time.monotonic() - started < 10
    assert receivers(server) == [(name,) for name in many]


@pytest.mark.parametrize(
    ("first", "banner"),
    [
        ({}, "421 4.3.2 busy"),
        ({}, "450 4.3.2 busy"),
        ({"EHLO": "421 4.3.2 closing"}, "220 odd.test"),
        ({"EHLO": "451 4.3.0 error", "HELO": "451 4.3.0 error"}, "220 odd.test"),
        ({"MAIL": "451 4.3.0 error"}, "220 odd.test"),
        ({"MAIL": "452 4.3.1 disk full"}, "220 odd.test"),
        ({"RCPT": "421 4.7.0 too many"}, "220 odd.test"),
        ({"DATA": "451 4.3.0 error"}, "220 odd.test"),
        ({".": "452 4.3.1 disk full"}, "220 odd.test"),
    ],
)
def test_each_passing_answer_is_followed_by_another_try(first: dict[str, str], banner: str) -> None:
    with odd_server(conversation(first, banner=banner), conversation({})) as port:
        assert sent(port) == Delivery((ANN, BOB))


def test_a_login_that_can_not_be_checked_now_is_tried_again_and_a_wrong_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    monkeypatch.setenv("SSL_CERT_FILE", trusted(tmp_path, authority))
    monkeypatch.setenv("MAIL_PASSWORD", "pass")
    login: dict[str, Any] = {"username": "me", "password_env": "MAIL_PASSWORD", "security": "tls"}
    login["smtp_host"] = "localhost"

    def logging_in(reply: str) -> Script:
        return over_tls(conversation({"EHLO": AUTH, "AUTH": reply}), certificate)

    with odd_server(logging_in("454 4.7.0 temporary"), logging_in("235 fine")) as port:
        assert sent(port, **login) == Delivery((ANN, BOB))
    for reply in ("535 5.7.8 wrong", "432 4.7.12 change it"):
        with (
            odd_server(logging_in(reply), logging_in("235 fine")) as port,
            pytest.raises(DeliveryError, match=reply),
        ):
            sent(port, **login)


def test_tries_come_to_an_end() -> None:
    heard: list[str] = []
    again = conversation({"MAIL": "451 4.3.0 error"}, heard=heard)
    with (
        odd_server(*[again] * 10) as port,
        pytest.raises(DeliveryError, match=r"\(451 4.3.0 error\); try again later$"),
    ):
        sent(port)
    assert sum(line.lower().startswith("mail") for line in heard) == 1 + len(SHORT)


def test_the_wait_before_another_try_is_no_patience_with_the_server() -> None:
    with mail_server() as server:
        server.manners.put_off = {ANN: [GREYLISTED], BOB: [GREYLISTED]}
        assert sent(server.port, (0.6,), timeout=0.1).accepted == (ANN, BOB)


def hang_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def test_a_lost_connection_is_tried_once_more() -> None:
    with odd_server(hang_up, conversation({})) as port:
        assert sent(port) == Delivery((ANN, BOB))
    with (
        odd_server(hang_up, hang_up, conversation({})) as port,
        pytest.raises(DeliveryError, match="the server closed the connection; try again later"),
    ):
        sent(port)


def test_what_may_have_arrived_is_not_sent_again_in_this_run() -> None:
    with (
        odd_server(conversation({}, hang_up_at="."), conversation({})) as port,
        pytest.raises(DeliveryError, match="so it may have arrived"),
    ):
        sent(port)


def test_silence_is_not_waited_for_twice() -> None:
    with (
        odd_server(lambda _: time.sleep(0.3), conversation({})) as port,
        pytest.raises(DeliveryError, match=r"no answer within 0\.1 s"),
    ):
        sent(port, timeout=0.1)
