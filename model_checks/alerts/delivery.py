"""How a mail is handed to a server; the only module that knows SMTP and TLS."""

import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from model_checks.alerts.message import lighter_forms, mail_address
from model_checks.alerts.problems import ASCII_ONLY, BROKEN, NOT_OFFERED, REFUSED, UNSURE
from model_checks.alerts.redaction import Secrets
from model_checks.errors import DeliveryError
from model_checks.settings import Email

_PATIENCE = 5
"""A whole delivery may take so many times as long as the server may take for one answer."""

_Answers = dict[str, tuple[int, bytes]]
"""Receivers, each with the code and the text that the server refused it with."""

_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "tls"),
    (socket.gaierror, "name"),
    (ConnectionRefusedError, "nobody there"),
    (TimeoutError, "silence"),
    (smtplib.SMTPServerDisconnected, "closed"),
    (OSError, "network"),
    (Exception, "other"),
)

_Stage = Literal["connect", "encrypt", "log in", "address", "hand over"]
_STAGES: dict[type[Exception], _Stage] = {
    smtplib.SMTPSenderRefused: "address",
    smtplib.SMTPDataError: "hand over",
}


@dataclass(frozen=True)
class Delivery:
    """What became of a mail that at least one receiver got.

    Attributes
    ----------
    accepted
        Addresses that the server took the mail for, in the order of the settings.
    refused
        The other addresses, each with the server's reason.
    reduced
        What the mail had to go without, with the server's reason; None if it went as it was.
    """

    accepted: tuple[str, ...]
    refused: Mapping[str, str]
    reduced: str | None = None


def deliver(message: EmailMessage, email: Email, folder: Path) -> Delivery:
    """Hand a mail to the server.

    A bad address does not keep the mail from the others. What the server finds too large, or
    refuses for what is in it, is offered again without charts and then as text alone.

    Parameters
    ----------
    message
        The mail; every form of it keeps its Message-ID.
    email
        The server, the sender and the receivers.
    folder
        Where ``password_file`` starts from.

    Raises
    ------
    DeliveryError
        If nobody got it, in one sentence that never holds the password.
    """
    outcome = _outcome(message, email, folder)
    if isinstance(outcome, str):
        # Raised here: no exception is being handled, and no frame of the traceback knows the
        # password.
        raise DeliveryError(outcome)
    return outcome


def _outcome(message: EmailMessage, email: Email, folder: Path) -> Delivery | str:
    """What became of it, or the sentence that says why nothing did."""
    host = f"[{email.smtp_host}]" if ":" in email.smtp_host else email.smtp_host
    place = f"{host}:{email.smtp_port}"
    try:
        password = email.read_password(folder) or ""
    except DeliveryError as error:
        return f"{place}: no mail was sent, {error}"
    if not f"{email.username}{password}".isascii():
        key = _password_key(email)
        return f"{place}: no mail was sent, {key} or username has characters outside ASCII"
    secrets = Secrets(email.username or "", password)
    client = _Client(email)
    try:
        client.open()
        if email.username:
            client.log_in(email.username, password)
        delivery = _hand_over(client, message, email, secrets)
        client.leave()
    except (OSError, ValueError, MessageError) as error:
        return f"{place}: {_problem(error, client, email, secrets)}"
    else:
        return delivery
    finally:
        client.finish()


def _password_key(email: Email) -> str:
    return f"the password in {email.password_env or email.password_file}"


class _Client(smtplib.SMTP):
    """A connection that is encrypted before anything is told, and ends when its time is up."""

    def __init__(self, email: Email) -> None:
        super().__init__(timeout=email.timeout)
        self.stage: _Stage = "connect"
        self.deadline = time.monotonic() + _PATIENCE * email.timeout
        self._email = email
        self._host = email.smtp_host  # the name that a certificate must be made for
        self._twin: socket.socket | None = None
        self._alarm: threading.Timer | None = None

    def open(self) -> None:
        """Connect, and be in TLS unless the settings allow clear text on loopback."""
        code, text = self.connect(self._email.smtp_host, self._email.smtp_port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        if self._email.security == "starttls":
            self.ehlo_or_helo_if_needed()
            self.stage = "encrypt"
            self.starttls(context=ssl.create_default_context())
        self.ehlo_or_helo_if_needed()

    def log_in(self, username: str, password: str) -> None:
        """Say who we are, once: a wrong password tried in every way may lock the account."""
        self.stage = "log in"
        self.user, self.password = username, password
        offered = self.esmtp_features.get("auth", "").upper().split()
        ways = (("PLAIN", self.auth_plain), ("LOGIN", self.auth_login))
        known = [way for way in (*ways, ("CRAM-MD5", self.auth_cram_md5)) if way[0] in offered]
        if not known:
            raise smtplib.SMTPNotSupportedError
        self.auth(*known[0])

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the mail itself; while this lasts, nobody can say whether it arrived."""
        self.stage = "hand over"
        return super().data(msg)

    def leave(self) -> None:
        """Say goodbye; by now the mail is the server's, whatever it answers."""
        with suppress(OSError):
            self.quit()

    def finish(self) -> None:
        """Let go of everything."""
        if self._alarm:
            self._alarm.cancel()
        with suppress(OSError):
            self.close()
        if self._twin:
            self._twin.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Connect, with an alarm that hangs up in the end.

        A server that sends a byte now and then never exceeds the timeout. The alarm holds a
        duplicate of the socket, which stays valid when TLS takes the socket over.
        """
        connection = socket.create_connection((host, port), timeout)
        self._twin = connection.dup()
        remaining = max(self.deadline - time.monotonic(), 0.0)
        self._alarm = threading.Timer(remaining, _hang_up, [self._twin])
        self._alarm.daemon = True
        self._alarm.start()
        if self._email.security == "tls":
            context = ssl.create_default_context()
            return context.wrap_socket(connection, server_hostname=host)
        return connection


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _hand_over(client: _Client, message: EmailMessage, email: Email, secrets: Secrets) -> Delivery:
    """Offer the mail, and its lighter forms for as long as the server refuses what is in it."""
    client.stage = "address"
    wanted = _distinct(email)
    unable = _beyond_ascii(client, email, wanted)
    able = [address for address in wanted if address not in unable]
    refusal: smtplib.SMTPResponseException | None = None
    reduced = None
    for form, missing in chain([(message, "")], lighter_forms(message)):
        if refusal:
            reason = secrets.answer(refusal.smtp_code, refusal.smtp_error)
            reduced = f"sent without {missing}, since the server refused it whole ({reason})"
        try:
            refused = unable | _send(client, form, mail_address(email.sender_email).addr_spec, able)
        except smtplib.SMTPResponseException as error:
            if not _is_about_content(error):
                raise
            refusal = error
        except smtplib.SMTPRecipientsRefused as error:
            raise smtplib.SMTPRecipientsRefused(unable | error.recipients) from None
        except smtplib.SMTPServerDisconnected:
            if refusal is None:
                raise
            break
        else:
            reasons = {one: secrets.answer(*answer) for one, answer in refused.items()}
            return Delivery(tuple(one for one in wanted if one not in refused), reasons, reduced)
    assert refusal is not None
    raise refusal


def _send(client: _Client, form: EmailMessage, sender: str, able: list[str]) -> _Answers:
    """One try; the answers are those of the refused receivers."""
    client.stage = "address"
    foreign = not "".join([sender, *able]).isascii()
    letter = form
    if not foreign and not str(form["To"]).isascii():
        letter = copy(form)
        del letter["To"]
        letter["To"] = ", ".join(able)
    content = letter.as_bytes(policy=SMTP.clone(utf8=foreign))
    answers: _Answers = client.sendmail(
        sender, able, content, ("SMTPUTF8", "BODY=8BITMIME") if foreign else ()
    )
    return answers


def _beyond_ascii(client: _Client, email: Email, wanted: list[str]) -> _Answers:
    """The receivers that this server can't be told, with the reason in place of an answer."""
    if client.has_extn("smtputf8"):
        return {}
    if not mail_address(email.sender_email).addr_spec.isascii():
        raise smtplib.SMTPNotSupportedError
    unable: _Answers = {one: (0, ASCII_ONLY.encode()) for one in wanted if not one.isascii()}
    if len(unable) == len(wanted):
        raise smtplib.SMTPRecipientsRefused(unable)
    return unable


def _distinct(email: Email) -> list[str]:
    """The receivers without repetitions; the case of a domain makes no difference."""
    found: dict[tuple[str, str], str] = {}
    for written in email.receiver_email:
        address = mail_address(written)
        found.setdefault((address.username, address.domain.lower()), address.addr_spec)
    return list(found.values())


def _is_about_content(error: smtplib.SMTPResponseException) -> bool:
    """Whether a lighter mail may be taken: refused for good at DATA, or too large as announced."""
    too_large = isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code == 552
    return too_large or (isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500)


def _problem(error: Exception, client: _Client, email: Email, secrets: Secrets) -> str:
    """What happened and what to do, as one sentence without the password."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _nobody(error.recipients, secrets)
    answer = ""
    if isinstance(error, smtplib.SMTPResponseException):
        what, remedy = REFUSED[_STAGES.get(type(error), client.stage)]
        answer = f" ({secrets.answer(error.smtp_code, error.smtp_error)})"
        if 400 <= error.smtp_code < 500:
            remedy = "try again later"
    elif type(error) in (smtplib.SMTPNotSupportedError, smtplib.SMTPException):
        what, remedy = NOT_OFFERED[client.stage]
    else:
        what, remedy = BROKEN[_kind(error, client)]
        answer = UNSURE if client.stage == "hand over" else ""
    facts = {
        "username": email.username,
        "password": _password_key(email),
        "sender": mail_address(email.sender_email).addr_spec,
        "detail": _detail(error, secrets),
        "timeout": f"{email.timeout:g}",
        "patience": f"{_PATIENCE * email.timeout:g}",
    }
    return f"{what.format(**facts)}{answer}; {remedy.format(**facts)}"


def _nobody(answers: _Answers, secrets: Secrets) -> str:
    told = ", ".join(f"{one} ({secrets.answer(*answer)})" for one, answer in answers.items())
    codes = [code for code, _ in answers.values()]
    if 421 in codes:
        return f"the server ended the session before anybody got the mail: {told}; try again later"
    passing = all(400 <= code < 500 for code in codes)
    remedy = "try again later" if passing else "check receiver_email"
    return f"the server accepts no receiver: {told}; {remedy}"


def _kind(error: Exception, client: _Client) -> str:
    """What broke, where the server has not said it."""
    if time.monotonic() >= client.deadline:
        return "too slow"
    # smtplib tells a timeout as a connection that was closed.
    cause = error.__context__ if isinstance(error.__context__, TimeoutError) else error
    return next(name for kind, name in _KINDS if isinstance(cause, kind))


def _detail(error: Exception, secrets: Secrets) -> str:
    """What Python, OpenSSL or the system says of it."""
    told = (getattr(error, name, None) for name in ("verify_message", "reason", "strerror"))
    return secrets.hidden(str(next(filter(None, told), error))).rstrip(".")
