"""A mail is kept before it is sent, and until everybody has it: the next run sends what is left."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from support.project import REPOSITORY
from support.sample_runs import chart, email, failing_run, green_run, mixed_run
from support.smtp_server import MailServer, conversation, mail_server, odd_server

from model_checks.judging.results import Run
from model_checks.notify.base import AlertOptions, DeliveryReport
from model_checks.notify.email.message import compose
from model_checks.notify.email.outbox import (
    PENDING,
    TAKEN,
    KeptMail,
    Outbox,
    post,
    read_kept,
    repost,
)
from model_checks.notify.policy import tell
from model_checks.settings import Email

ANN, BOB = "ann@example.com", "bob@example.com"
GREYLISTED = "451 4.7.1 greylisted, come back"
GREEN, RED = replace(green_run(), id="green"), replace(mixed_run(), id="red")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as one:
        yield one


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


def local(port: int, **changes: object) -> Email:
    return email(**{"smtp_port": port, "security": "none", "smtp_host": "127.0.0.1", **changes})


def letter(run: Run = RED, settings: Email | None = None) -> EmailMessage:
    return compose(run, [chart()], settings or email(), "reports/report.html")


def posted(reports: Path, settings: Email, run: Run = RED) -> Any:
    return post(Outbox(reports, settings, reports, ()), run.id, lambda _: letter(run, settings))


def told(
    reports: Path, settings: Email | None, run: Run = GREEN, **options: object
) -> DeliveryReport:
    """What a run in this folder says of its mails."""
    usual = AlertOptions(reports, settings, reports.parent)
    return tell(run, [], replace(usual, **cast(Any, options)))


def unsent(reports: Path) -> list[str]:
    return sorted(path.name for path in reports.glob("*.eml"))


def nobody_there() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


# Keeping.


def test_the_mail_is_in_its_file_while_the_server_has_not_taken_it(reports: Path) -> None:
    seen: list[str] = []

    script = conversation({}, before={".": lambda: seen.extend(unsent(reports))})
    with odd_server(script) as port:
        assert posted(reports, local(port)).is_done
    assert seen == ["unsent-red.eml"]
    assert unsent(reports) == []


def test_what_is_kept_is_what_is_sent_but_for_two_headers(
    server: MailServer, reports: Path
) -> None:
    settings = local(server.port, sender_email="Prüfer <checks@example.com>")
    server.manners.refuse = {BOB: "550 5.1.1 no such user"}
    sending = posted(reports, settings)
    assert sending.delivery.accepted == (ANN,)
    kept = read_kept(sending.path)
    assert (kept.pending, kept.taken) == ((BOB,), (ANN,))
    server.manners.refuse.clear()
    again = repost(Outbox(reports, settings, reports, ()), kept)
    assert again is not None
    assert again.is_done
    first, second = server.received
    assert (first.receivers, second.receivers) == ((ANN,), (BOB,))
    assert first.content == second.content
    assert PENDING.encode() not in second.content
    assert TAKEN.encode() not in second.content
    assert unsent(reports) == []


def test_each_receiver_is_noted_as_soon_as_it_has_the_mail(reports: Path) -> None:
    held: list[tuple[str, ...]] = []

    def noting() -> None:
        held.append(read_kept(reports / "unsent-red.eml").taken)

    replies = [f"RCPT TO:<{BOB}>".upper()]
    first = conversation({replies[0]: GREYLISTED})
    second = conversation({}, before={"MAIL": noting})
    with odd_server(first, second) as port:
        place = Outbox(reports, local(port), reports, (0.01,))
        assert post(place, "red", lambda _: letter(settings=place.email)).is_done
    assert held == [(ANN,)]


def test_addresses_of_any_kind_are_kept(server: MailServer, reports: Path) -> None:
    many = [f"{'x' * 60}{k}@{'y' * 60}.example.com" for k in range(20)]
    people = ["jörg@exämple.com", *many, "O'Neil <o'neil+a=b@example.com>"]
    settings = local(server.port, receiver_email=people)
    server.manners.refuse = dict.fromkeys(
        ["jörg@xn--exmple-cua.com", *many[5:]], "550 5.1.1 no such user"
    )
    posted(reports, settings)
    kept = read_kept(reports / "unsent-red.eml")
    assert kept.pending == ("jörg@xn--exmple-cua.com", *many[5:])
    assert kept.taken == (*many[:5], "o'neil+a=b@example.com")
    server.manners.refuse.clear()
    place = Outbox(reports, settings, reports, ())
    again = repost(place, kept)
    assert again is not None
    assert again.is_done
    assert server.received[-1].receivers == kept.pending
    assert server.received[-1].message["Subject"] == server.received[0].message["Subject"]


def test_no_mail_takes_the_file_of_another(reports: Path) -> None:
    port = nobody_there()
    for _ in range(2):
        posted(reports, local(port))
    assert unsent(reports) == ["unsent-red-2.eml", "unsent-red.eml"]


@pytest.mark.parametrize("spoilt", ["a file", "a full disk", "a place that is not there"])
def test_where_nothing_can_be_written_the_mail_goes_out_and_says_so(
    spoilt: str, server: MailServer, tmp_path: Path
) -> None:
    reports = tmp_path / "reports"
    if spoilt == "a file":
        reports.write_text("no folder")
    if spoilt == "a place that is not there":
        (tmp_path / "file").write_text("no folder")
        reports = tmp_path / "file" / "reports"
    settings = local(server.port)
    if spoilt == "a full disk":
        code = FULL_DISK.format(port=server.port, reports=str(reports))
        subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY, env=ENVIRONMENT)
    else:
        assert told(reports, settings, RED).delivered
    body = server.only.message.get_body(("plain",))
    page = server.only.message.get_body(("html",))
    assert body is not None
    assert page is not None
    words = " ".join(body.get_content().split())
    assert f"nothing can be written to {reports} (" in words
    assert "this mail is all there is" in words
    assert "this mail is all there is" in page.get_content()
    assert server.only.receivers == (ANN, BOB)


ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'tests'}:{REPOSITORY / 'tests/notify'}",
}
FULL_DISK = """
import resource
from pathlib import Path
from test_outbox import RED, local, told
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
reports = Path({reports!r})
assert told(reports, local({port}), RED).delivered
assert not list(reports.iterdir())
"""


def test_where_it_can_neither_be_written_nor_sent_both_are_told(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("no folder")
    found = told(tmp_path / "reports", local(nobody_there()), RED)
    assert not found.delivered
    [line] = [one for one in found.lines if one.startswith("MAIL")]
    assert re.search(r"nothing listens there; .*; it can't be kept \(File exists\)$", line)


# A process that is killed.

KILLED = """
from pathlib import Path
from test_outbox import RED, local, told
told(Path({reports!r}), local({port}), RED)
"""


@pytest.mark.parametrize("held_at", ["RCPT", "."])
def test_a_process_killed_while_it_sends_loses_no_mail(
    held_at: str, server: MailServer, reports: Path
) -> None:
    heard: list[str] = []
    reached = reports.parent / "reached"
    script = conversation({}, heard=heard, before={held_at: lambda: _hold(reached)})
    with odd_server(script) as port:
        code = KILLED.format(port=port, reports=str(reports))
        sender = subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY, env=ENVIRONMENT)
        try:
            until = time.monotonic() + 30
            while not reached.exists():
                assert time.monotonic() < until
                time.sleep(0.01)
        finally:
            os.kill(sender.pid, signal.SIGKILL)
            sender.wait(10)
    assert unsent(reports) == ["unsent-red.eml"]
    message_id = read_kept(reports / "unsent-red.eml").message["Message-ID"]
    found = told(reports, local(server.port))
    assert found == DeliveryReport((f"mail of run red sent to {ANN}, {BOB}",))
    assert server.only.message["Message-ID"] == message_id
    assert unsent(reports) == []


def _hold(reached: Path) -> None:
    reached.touch()
    time.sleep(0.3)


# The next run.


def test_a_mail_put_off_for_ever_is_kept_and_sent_by_the_next_run(
    server: MailServer, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model_checks.notify.email.delivery.WAITS", (0.01, 0.01))
    server.manners.refuse = {ANN: GREYLISTED, BOB: GREYLISTED}
    first = told(reports, local(server.port), RED)
    assert not first.delivered
    assert re.search(r"^MAIL NOT DELIVERED: 127.0.0.1:\d+: .*greylisted.*; kept as", first.lines[0])
    still = told(reports, local(server.port))
    assert not still.delivered
    [line] = still.lines
    assert line.startswith("MAIL NOT DELIVERED: 1 earlier mail is still unsent (")
    assert "greylisted" in line
    server.manners.refuse.clear()
    assert told(reports, local(server.port)) == DeliveryReport(
        (f"mail of run red sent to {ANN}, {BOB}",)
    )
    assert told(reports, local(server.port)) == DeliveryReport()
    assert len(server.received) == 1


def test_a_failing_run_sends_its_own_mail_first(server: MailServer, reports: Path) -> None:
    posted(reports, local(nobody_there()), replace(failing_run(3), id="20200101"))
    found = told(reports, local(server.port), RED)
    assert found.lines[-2:] == (
        f"mail sent to {ANN}, {BOB}",
        f"mail of run 20200101 sent to {ANN}, {BOB}",
    )
    subjects = [str(one.message["Subject"]) for one in server.received]
    assert ["4 of 8" in subjects[0], "3 of 6" in subjects[1]] == [True, True]


def test_only_who_has_not_got_it_is_served_and_never_who_is_no_receiver(
    server: MailServer, reports: Path
) -> None:
    server.manners.refuse = {BOB: "550 5.1.1 no such user"}
    posted(reports, local(server.port))
    server.manners.refuse.clear()
    now = local(server.port, receiver_email=[ANN, "Bob <bob@EXAMPLE.com>", "carl@example.com"])
    assert told(reports, now).lines == ("mail of run red sent to bob@EXAMPLE.com",)
    assert [one.receivers for one in server.received] == [(ANN,), ("bob@EXAMPLE.com",)]


def test_a_mail_whose_receiver_is_gone_is_removed_if_somebody_got_it(
    server: MailServer, reports: Path
) -> None:
    server.manners.refuse = {BOB: "550 5.1.1 no such user"}
    posted(reports, local(server.port))
    [line] = told(reports, local(server.port, receiver_email=[ANN, "carl@example.com"])).lines
    assert line == "mail of run red: who did not get it is no receiver any more; removed"
    assert unsent(reports) == []
    assert len(server.received) == 1


def test_a_mail_that_nobody_got_goes_to_the_receivers_of_now(
    server: MailServer, reports: Path
) -> None:
    posted(reports, local(nobody_there()))
    now = local(server.port, receiver_email="carl@example.com", sender_email="new@example.com")
    assert told(reports, now).lines == ("mail of run red sent to carl@example.com",)
    assert server.only.receivers == ("carl@example.com",)
    assert server.only.sender == "new@example.com"
    assert server.only.message["To"] == "carl@example.com"
    assert server.only.message["From"] == "new@example.com"
    assert ANN.encode() not in server.only.content


def test_nobody_is_added_by_hand(server: MailServer, reports: Path) -> None:
    spy = b"Bcc: spy@example.com\r\nCc: spy@example.com\r\nTo: spy@example.com\r\n"
    (reports / "unsent-a.eml").write_bytes(spy + letter().as_bytes())
    told(reports, local(server.port))
    assert server.only.receivers == (ANN, BOB)
    assert b"spy@" not in server.only.content


@pytest.mark.parametrize("name", ["Prüfung", "Zu spät: " + "verspätet " * 12, "モデル"])
def test_a_subject_outside_ascii_comes_through_a_file(
    name: str, server: MailServer, reports: Path
) -> None:
    (bad, *_) = (result for result in RED.results if result.failed)
    renamed = replace(bad, check=replace(bad.check, model=name))
    run = replace(RED, results=[*RED.results, renamed])
    server.manners.refuse = {BOB: "550 5.1.1 no such user"}
    posted(reports, local(server.port), run)
    server.manners.refuse.clear()
    told(reports, local(server.port))
    first, second = server.received
    assert first.content == second.content
    assert first.content.isascii()
    assert name.split(maxsplit=1)[0] in str(second.message["Subject"])


def test_a_file_of_a_former_version_is_for_all_receivers(server: MailServer, reports: Path) -> None:
    message = letter()
    (reports / "unsent-20131001T000000000000Z.eml").write_bytes(message.as_bytes())
    told(reports, local(server.port))
    assert server.only.receivers == (ANN, BOB)
    assert server.only.message["Message-ID"] == message["Message-ID"]
    assert unsent(reports) == []


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def without_an_end(content: bytes) -> bytes:
    return content[: content.rindex(b"--")]


def deep(content: bytes) -> bytes:
    opening = b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n'
    head = b"List-Id: <model-checks.x>\r\nMessage-ID: <a@b>\r\n"
    return head + b"".join(opening % (k, k) for k in range(2000))


@pytest.mark.parametrize(
    "damage",
    [
        deep,
        half,
        without_an_end,
        lambda _: b"",
        lambda _: b"\xff\xfe\x00",
        lambda _: b"From: x\r\n\r\nhi",
    ],
    ids=["deep", "half", "no end", "empty", "binary", "foreign"],
)
def test_a_damaged_mail_is_told_and_keeps_no_other(
    damage: Callable[[bytes], bytes], server: MailServer, reports: Path
) -> None:
    content = letter().as_bytes()
    (reports / "unsent-a.eml").write_bytes(damage(content))
    (reports / "unsent-b.eml").write_bytes(content)
    found = told(reports, local(server.port))
    assert not found.delivered
    sent, problem = found.lines
    assert sent == f"mail of run b sent to {ANN}, {BOB}"
    assert re.search(
        r"unsent-a.eml\): it is (damaged|no mail of model-checks)( \(\w+\))?; look", problem
    )
    assert server.only.receivers == (ANN, BOB)


def test_what_is_no_file_is_told_and_keeps_no_other(server: MailServer, reports: Path) -> None:
    (reports / "unsent-a.eml").mkdir()
    os.mkfifo(reports / "unsent-b.eml")
    (reports / "unsent-c.eml").symlink_to("nowhere")
    (reports / "unsent-d.eml").symlink_to("/dev/zero")
    (reports / "unsent-z.eml").write_bytes(letter().as_bytes())
    found = told(reports, local(server.port))
    assert not found.delivered
    assert found.lines[0] == f"mail of run z sent to {ANN}, {BOB}"
    assert "4 earlier mails are still unsent" in found.lines[1]
    assert "and 1 more): it is no file" in found.lines[1]


def test_a_name_can_not_write_to_the_terminal(server: MailServer, reports: Path) -> None:
    for name in (b"unsent-\x1b[31m\xff.eml", b"unsent-\n::error::x.eml"):
        Path(os.fsdecode(os.fsencode(reports) + b"/" + name)).write_bytes(b"")
    for found in (told(reports, local(server.port)), told(reports, None)):
        assert not re.search("[\x00-\x1f\ud800-\udfff]", "".join(found.lines))


def test_a_server_that_can_not_be_reached_is_asked_once_for_all(reports: Path) -> None:
    for k in range(5):
        (reports / f"unsent-{k}.eml").write_bytes(letter().as_bytes())
    started = time.monotonic()
    found = told(reports, local(nobody_there()), RED)
    assert time.monotonic() - started < 4
    own, left = [line for line in found.lines if line.startswith("MAIL")]
    assert "; kept as " in own
    assert "5 earlier mails are still unsent" in left
    assert "nothing listens there" in left
    assert len(unsent(reports)) == 6


def test_a_mail_that_is_refused_keeps_no_other(server: MailServer, reports: Path) -> None:
    for k in range(3):
        (reports / f"unsent-{k}.eml").write_bytes(letter().as_bytes())
    server.manners.content_replies = ["554 5.7.1 spam"] * 3
    found = told(reports, local(server.port))
    assert not found.delivered
    assert unsent(reports) == ["unsent-0.eml"]
    assert [line.split(":")[0] for line in found.lines] == [
        f"mail of run 1 sent to {ANN}, {BOB}",
        f"mail of run 2 sent to {ANN}, {BOB}",
        "MAIL NOT DELIVERED",
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"sending": "none"},
        {"is_gate": True},
        {"has_candidates": True},
        {"sending": "dry-run"},
    ],
)
def test_a_run_that_sends_no_mail_announces_what_is_left(
    options: dict[str, Any], server: MailServer, reports: Path
) -> None:
    (reports / "unsent-a.eml").write_bytes(letter().as_bytes())
    found = told(reports, local(server.port), **options)
    assert found.delivered
    assert found.lines[-1].startswith("1 earlier mail is still unsent (")
    assert found.lines[-1].endswith("unsent-a.eml): this run sends none")
    assert not server.received
    assert told(reports, None, RED).delivered
    assert "unsent-a.eml" in unsent(reports)


def test_a_person_at_ctrl_c_is_not_written_to(server: MailServer, reports: Path) -> None:
    (reports / "unsent-a.eml").write_bytes(letter().as_bytes())
    stopped = replace(RED, exit_status=2, by_person=True, cut_short="stopped by Ctrl-C")
    found = told(reports, local(server.port), stopped)
    assert "no mail was sent: the run was interrupted" in found.lines
    assert "this run sends none" in found.lines[-1]
    assert not server.received


@pytest.mark.parametrize(
    ("status", "cut_short"),
    [
        (143, None),
        (143, "stopped by SIGTERM"),
        (2, "stopped after 1 failure (--maxfail)"),
        (2, None),
        (3, None),
    ],
)
def test_what_failed_before_a_run_was_cut_short_is_mailed(
    status: int, cut_short: str | None, server: MailServer, reports: Path
) -> None:
    found = told(reports, local(server.port), replace(RED, exit_status=status, cut_short=cut_short))
    assert found.lines[-1] == f"mail sent to {ANN}, {BOB}"
    assert found.was_due
    subject = server.only.message["Subject"]
    assert "4 of 8 checks failed" in subject
    assert "the run was cut short before 4 more" in subject


def test_a_file_that_can_not_be_removed_is_told(reports: Path, server: MailServer) -> None:
    kept = KeptMail(reports / "unsent-red.eml", letter(), (ANN,))
    kept.write()

    def replace_by_folder() -> None:
        with closing(socket.socket()):
            kept.path.unlink()  # type: ignore[union-attr]
            (reports / "unsent-red.eml" / "inside").mkdir(parents=True)

    with odd_server(conversation({}, before={"QUIT": replace_by_folder})) as port:
        sending = repost(Outbox(reports, local(port), reports, ()), kept)
    assert sending is not None
    assert sending.is_done
    assert sending.unkept == f"{kept.path} could not be removed: Is a directory"
