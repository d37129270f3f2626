"""``[email]``: addresses and servers, and a password that no message shows."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from support.factories import CHURN, RECALL, settings
from support.settings_files import KNOWN_OF_EMAIL, MAIL, MAILBOX, Mistakes

from model_checks.errors import DeliveryError
from model_checks.settings import Email

# What loads.


def test_a_receiver_is_a_string_or_a_list() -> None:
    one = settings(MAIL + CHURN + RECALL).email
    assert one is not None
    assert one.receiver_email == ["oncall@example.com"]
    assert (one.smtp_port, one.security) == (587, "starttls")


@pytest.mark.parametrize(
    "address",
    ["checks@example.com", "Model Checks <checks@example.com>", '"Checks, Model" <c@example.com>'],
)
def test_an_address_may_have_a_name(address: str) -> None:
    toml = MAIL.replace('"checks@example.com"', f"'{address}'") + CHURN + RECALL
    email = settings(toml).email
    assert email is not None
    assert email.sender_email == address


# What is told.


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("security = 'none'", "security = 'none': is for a relay on loopback {loopback} only"),
        ("security = 'ssl'", "security = 'ssl': known: none, starttls, tls"),
        ("security = 'TLS'", "security = 'TLS': did you mean 'tls'? known: none, starttls, tls"),
        ("smtp_port = 0", "smtp_port = 0: must be a number of at least 1"),
        ("smtp_port = 65536", "smtp_port = 65536: must be a number of at most 65535"),
        ("smtp_port = '587'", "smtp_port = '587': must be a whole number"),
        ("smtp_port = true", "smtp_port = true: must be a whole number"),
        ("timeout = 0", "timeout = 0: must be a number above 0"),
        ("timeout = inf", "timeout = inf: must be a finite number"),
        ("port = 587", f"unknown key 'port'; did you mean 'smtp_port'? known: {KNOWN_OF_EMAIL}"),
        ("username = 'u'", "username needs password_env or password_file"),
        ("password_env = 'P'", "a password without a username; add username"),
        (
            "username = 'u'\npassword_env = 'P'\npassword_file = 'f'",
            "password_env and password_file are both given; keep one",
        ),
        ("report_url = 'ftp://x'", "report_url: must be a link that {link}"),
        ("report_url = 'https://'", "report_url: must be a link that {link}"),
        (
            "report_url = 'https://me:hidden@ci.example.com'",
            "report_url: must be a link that {link}",
        ),
    ],
)
def test_a_mistake_in_the_email_table_is_told(
    mistakes_in: Mistakes, written: str, told: str
) -> None:
    told = told.format(
        loopback="(localhost, 127.0.0.1, ::1)",
        link="starts with https:// or http:// and holds no password",
    )
    assert mistakes_in(f"{MAIL}{written}\n{CHURN}{RECALL}") == [f"[email] {told}"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[]", "receiver_email = []: must not be empty"),
        ("3", "receiver_email = 3: must be a string or a list of strings"),
        ("'nobody'", f"receiver_email = 'nobody': {MAILBOX}"),
        ("['a@b.c', 'nobody']", f"receiver_email #2 = 'nobody': {MAILBOX}"),
        ("'a@b.c, d@e.f'", f"receiver_email = 'a@b.c, d@e.f': {MAILBOX}"),
        ("'a@b.c; d@e.f'", f"receiver_email = 'a@b.c; d@e.f': {MAILBOX}"),
        ("'A, B <a@b.c>'", f"receiver_email = 'A, B <a@b.c>': {MAILBOX}"),
        ("'A <a@b.c'", f"receiver_email = 'A <a@b.c': {MAILBOX}"),
        ('"a@b.c\\nBcc: d@e.f"', f"receiver_email = 'a@b.c\\nBcc: d@e.f': {MAILBOX}"),
        ('"A\\nBcc <a@b.c>"', f"receiver_email = 'A\\nBcc <a@b.c>': {MAILBOX}"),
    ],
)
def test_a_mistake_in_an_address_is_told(mistakes_in: Mistakes, written: str, told: str) -> None:
    toml = MAIL.replace('"oncall@example.com"', written) + CHURN + RECALL
    assert mistakes_in(toml) == [f"[email] {told}"]


def test_what_is_wrong_with_the_host_is_not_told_of_the_security(mistakes_in: Mistakes) -> None:
    toml = MAIL.replace('"smtp.example.com"', '""') + "security = 'none'\n" + CHURN + RECALL
    assert mistakes_in(toml) == ["[email] smtp_host = '': must not be empty"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_relay_on_loopback_needs_no_encryption_but_gets_no_password(
    mistakes_in: Mistakes, host: str
) -> None:
    relay = MAIL.replace("smtp.example.com", host) + "security = 'none'\n"
    assert settings(relay + CHURN + RECALL).email is not None
    login = "username = 'u'\npassword_env = 'P'\n"
    assert mistakes_in(relay + login + CHURN + RECALL) == [
        "[email] security = 'none' would send the password in clear text"
    ]


@pytest.mark.parametrize(
    "written",
    [
        "password = 'hunter2'",
        "Password = 'hunter2'",
        "passwort = 'hunter2'",
        "smtp_pass = ['hunter2']",
        "pasword = { value = 'hunter2' }",
        "password_env = 'hunter2 '",
        "password_env = { value = 'hunter2' }",
        "password_file = ['hunter2']",
        "username = ['me', 'hunter2']",
        "report_url = 'https://me:hunter2@ci.example.com/'",
    ],
)
def test_a_password_is_refused_and_never_shown(mistakes_in: Mistakes, written: str) -> None:
    told = mistakes_in(f"{MAIL}{written}\n{CHURN}{RECALL}")
    assert told
    assert "hunter2" not in "\n".join(told)


def test_a_literal_password_is_refused_by_name(mistakes_in: Mistakes) -> None:
    assert mistakes_in(f"{MAIL}password = 'hunter2'\n{CHURN}{RECALL}") == [
        "[email] a literal password is refused; name an environment variable in password_env"
    ]
    assert mistakes_in(f"{MAIL}Password = 'hunter2'\n{CHURN}{RECALL}") == [
        f"[email] unknown key 'Password'; did you mean 'password_env'? known: {KNOWN_OF_EMAIL}"
    ]


@pytest.mark.parametrize(
    "toml",
    [
        MAIL.replace("[email]", "[emial]") + "password = 'hunter2'\n" + CHURN + RECALL,
        MAIL.replace("[email]", "[[email]]") + "password = 'hunter2'\n" + CHURN + RECALL,
        MAIL.replace("[email]", "[defaults]") + "password = 'hunter2'\n" + CHURN + RECALL,
        MAIL.replace("[email]", "[models.email]") + "password = 'hunter2'\n" + CHURN + RECALL,
        "email = 'smtp://me:hunter2@example.com'\n" + CHURN + RECALL,
        f"{CHURN}password = 'hunter2'\n{RECALL}",
    ],
)
def test_a_password_in_the_wrong_place_is_never_shown(mistakes_in: Mistakes, toml: str) -> None:
    assert "hunter2" not in "\n".join(mistakes_in(toml))


def login(**keys: Any) -> Email:
    table = tomllib.loads(MAIL)["email"]
    return Email.model_validate({**table, "username": "u", **keys})


def test_a_password_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", " hunter2 ")
    assert login(password_env="MAIL_PASSWORD").read_password(Path()) == " hunter2 "


@pytest.mark.parametrize("value", [None, ""])
def test_a_password_that_is_not_in_the_environment_can_not_be_delivered_with(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("MAIL_PASSWORD", raising=False)
    if value is not None:
        monkeypatch.setenv("MAIL_PASSWORD", value)
    with pytest.raises(DeliveryError, match=r"^the environment variable MAIL_PASSWORD is not set$"):
        login(password_env="MAIL_PASSWORD").read_password(Path())


def test_a_password_file_is_beside_the_settings_and_its_last_line_break_is_not_part_of_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "secret").write_text(" hunter2 \r\n")
    assert login(password_file="secret").read_password(tmp_path) == " hunter2 "


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file or directory"), (b"\n", "is empty"), (b"\xff", "not UTF-8")],
)
def test_a_password_file_that_is_no_use_is_named(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    with pytest.raises(DeliveryError, match=f"^password_file secret: {reason}$"):
        login(password_file="secret").read_password(tmp_path)


def test_without_a_username_there_is_no_password() -> None:
    email = Email.model_validate(tomllib.loads(MAIL)["email"])
    assert email.read_password(Path()) is None
