"""What a whole session does about its mails."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.project import CHURN, called_model, churn_project
from support.smtp_server import MailServer, mail_server

RECEIVERS = "first@example.com, second@example.com"
FAILING = CHURN.replace("recall = 0.7", "recall = 0.9")
GREYLISTED = "451 4.7.1 greylisted, come back"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as one:
        yield one


def table(server: MailServer) -> str:
    return f"""
[email]
sender_email = "checks@example.com"
receiver_email = {RECEIVERS.split(", ")}
smtp_host = "127.0.0.1"
smtp_port = {server.port}
security = "none"
timeout = 5
"""


def text_sent_by(server: MailServer) -> str:
    body = server.only.message.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


def test_greylisting_ends_as_a_failed_night_that_was_told(
    server: MailServer, tmp_path: Path
) -> None:
    server.manners.put_off = {one: [GREYLISTED] for one in RECEIVERS.split(", ")}
    finished = churn_project(tmp_path, table(server) + FAILING).run()
    assert finished.exit_code == 1
    assert f"mail sent to {RECEIVERS}" in finished.section
    assert not list(finished.report_dir.glob("unsent-*"))


def test_a_green_night_sends_what_the_one_before_could_not(
    server: MailServer, tmp_path: Path
) -> None:
    server.manners.sender_reply = "550 5.7.1 not from here"
    project = churn_project(tmp_path, table(server) + FAILING)
    assert project.run().exit_code == 11
    project.write("thresholds.toml", table(server) + CHURN)
    still = project.run()
    assert still.exit_code == 11
    told = "MAIL NOT DELIVERED: 1 earlier mail is still unsent ("
    assert any(line.startswith(told) for line in still.section)
    server.manners.sender_reply = None
    green = project.run()
    assert green.exit_code == 0
    assert any(line.endswith(f" sent to {RECEIVERS}") for line in green.section)
    assert "1 of 2 checks failed" in server.only.message["Subject"]
    assert not list(green.report_dir.glob("unsent-*"))


def test_a_run_that_sigterm_cut_short_mails_what_had_failed(
    server: MailServer, tmp_path: Path
) -> None:
    body = "pathlib.Path('ready').touch(); time.sleep(60)"
    project = called_model(tmp_path, body)
    failing = FAILING.replace("models.churn", "models.before")
    project.write("thresholds.toml", table(server) + failing + project.toml())
    finished = project.interrupt(ready="ready", by=signal.SIGTERM)
    assert finished.exit_code == 143
    assert f"mail sent to {RECEIVERS}" in finished.section
    subject = server.only.message["Subject"]
    assert subject == (
        "model-checks: 1 of 2 checks failed, the run was cut short before 7 more (before)"
    )


@pytest.mark.parametrize(
    "arguments", [("-x", "-n2"), pytest.param(("-x",), marks=pytest.mark.slow)]
)
def test_as_many_failures_as_allowed_are_mailed_with_two_workers_as_well(
    server: MailServer, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    toml = FAILING.replace("accuracy = 0.7", "accuracy = 0.95, precision = 0.95, f1 = 0.95")
    finished = churn_project(tmp_path, table(server) + toml).run(*arguments)
    assert f"mail sent to {RECEIVERS}" in finished.section, finished.text
    assert "failed" in server.only.message["Subject"]


MISTAKEN = CHURN.replace("recall = 0.7", "recal = 0.7")


def test_a_night_that_ends_in_mistakes_is_told(server: MailServer, tmp_path: Path) -> None:
    finished = churn_project(tmp_path, table(server) + MISTAKEN).run()
    assert finished.exit_code == 4
    assert f"mail sent to {RECEIVERS}" in finished.text
    assert "no check was made" in server.only.message["Subject"]
    assert "unknown metric 'recal'" in text_sent_by(server)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(one.split(), id=one, marks=[] if one == "-k churn" else pytest.mark.slow)
        for one in (
            "-k churn",
            "-m churn",
            "--lf",
            "--collect-only",
            "--checks-no-email",
            "--checks-gate",
            "--checks-as-of=2026-01-01",
        )
    ],
)
def test_who_sits_before_it_needs_no_mail_of_mistakes(
    server: MailServer, tmp_path: Path, arguments: list[str]
) -> None:
    finished = churn_project(tmp_path, table(server) + MISTAKEN).run(*arguments)
    assert finished.exit_code == 4
    assert not server.received


def test_a_night_that_finds_the_folder_in_use_or_no_file_to_run_is_told(
    server: MailServer, tmp_path: Path
) -> None:
    project = churn_project(tmp_path, table(server) + CHURN)
    finished = project.run("nowhere_to_be_found.py")
    assert finished.exit_code == 4
    assert f"mail sent to {RECEIVERS}" in finished.text, finished.text
    text = text_sent_by(server)
    assert "nowhere_to_be_found.py" in text


@pytest.mark.parametrize(
    "processes",
    [
        pytest.param((), id="plain"),
        pytest.param(("-n2",), id="two workers", marks=pytest.mark.slow),
    ],
)
def test_an_internal_error_is_told(
    server: MailServer, tmp_path: Path, processes: tuple[str, ...]
) -> None:
    project = churn_project(tmp_path, table(server) + CHURN)
    project.write("mine.py", "def pytest_runtest_logfinish(): raise LookupError('mine')\n")
    finished = project.run("-p", "mine", *processes)
    assert finished.exit_code == 3
    assert f"mail sent to {RECEIVERS}" in finished.text, finished.text
    assert "LookupError" in text_sent_by(server)
