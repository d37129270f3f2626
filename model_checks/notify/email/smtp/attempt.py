"""One try at a mail: a connection in which it is offered, and what became of each receiver."""

import smtplib
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from itertools import chain

from model_checks.notify.email.message import lighter_forms, mail_address
from model_checks.notify.email.problems import (
    BROKEN,
    NOT_OFFERED,
    UNSURE,
    Fault,
    Problem,
    Stage,
    fault_of,
    passes,
)
from model_checks.notify.email.redaction import Secrets
from model_checks.notify.email.smtp.connection import Connection
from model_checks.settings import Email

_Answers = Mapping[str, tuple[int, bytes]]
"""Receivers, each with the code and the text that the server refused it with."""

_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "tls"),
    (socket.gaierror, "name"),
    (ConnectionRefusedError, "nobody there"),
    (TimeoutError, "silence"),
    (smtplib.SMTPServerDisconnected, "closed"),
    (ConnectionError, "closed"),
    (OSError, "network"),
    (Exception, "other"),
)

_STAGES: dict[type[Exception], Stage] = {
    smtplib.SMTPSenderRefused: "sender",
    smtplib.SMTPDataError: "content",
}


@dataclass(frozen=True)
class Attempt:
    """The outcome of one try at a mail.

    Attributes
    ----------
    accepted
        Receivers that the server took the mail for.
    problems
        The other receivers, each with the reason.
    reduced
        Words on what the mail had to go without, and why; None if it went whole.
    """

    accepted: tuple[str, ...]
    problems: Mapping[str, Problem]
    reduced: str | None = None


@dataclass(frozen=True)
class _Try:
    """The facts of one try; ``connection`` knows how far it has come."""

    connection: Connection
    email: Email
    secrets: Secrets
    patience: float

    @property
    def sender(self) -> str:
        """Return the address that the mail is from."""
        return mail_address(self.email.sender_email).addr_spec


def attempt(
    message: EmailMessage,
    email: Email,
    password: str,
    receivers: Sequence[str],
    *,
    deadline: float,
    patience: float,
) -> Attempt:
    """Offer a mail to the server in a connection of its own.

    Parameters
    ----------
    receivers
        Bare addresses, each once.
    deadline
        When to hang up, in seconds of ``time.monotonic``.
    patience
        Seconds that all tries may take together, for the sentence that says so.
    """
    connection = Connection(email, deadline)
    one = _Try(connection, email, Secrets(email.username or "", password), patience)
    try:
        connection.open()
        if email.username:
            connection.log_in(email.username, password)
        outcome = _hand_over(one, message, receivers)
        connection.leave()
    except (OSError, ValueError, MessageError) as error:
        return Attempt((), dict.fromkeys(receivers, _problem(one, error)))
    else:
        return outcome
    finally:
        connection.finish()


def _hand_over(one: _Try, message: EmailMessage, wanted: Sequence[str]) -> Attempt:
    """Offer the mail, and its lighter forms for as long as the server refuses what is in it."""
    one.connection.stage = "sender"
    unable = _beyond_ascii(one, wanted)
    able = [address for address in wanted if address not in unable]
    if not able:
        return Attempt((), unable)
    refusal: smtplib.SMTPResponseException | None = None
    reduced = None
    for form, missing in chain([(message, "")], lighter_forms(message)):
        if refusal:
            reason = one.secrets.answer(refusal.smtp_code, refusal.smtp_error)
            reduced = f"sent without {missing}, since the server refused it whole ({reason})"
        try:
            answers = _send(one.connection, form, one.sender, able)
        except smtplib.SMTPResponseException as error:
            if not _is_about_content(error):
                raise
            refusal = error
        except smtplib.SMTPRecipientsRefused as error:
            return Attempt((), {**unable, **_refused(one, error.recipients, able)})
        except smtplib.SMTPServerDisconnected:
            if refusal is None:
                raise
            break
        else:
            problems = {**unable, **_refused(one, answers, list(answers))}
            return Attempt(tuple(name for name in able if name not in answers), problems, reduced)
    assert refusal is not None  # the first form was refused, or the loop had returned
    return Attempt((), {**unable, **dict.fromkeys(able, _problem(one, refusal))})


def _send(connection: Connection, form: EmailMessage, sender: str, able: Sequence[str]) -> _Answers:
    """Offer one form of a mail, and return the answers about the receivers that were refused."""
    connection.stage = "sender"
    foreign = not "".join([sender, *able]).isascii()
    letter = form
    if not foreign and not str(form["To"]).isascii():
        letter = copy(form)
        del letter["To"]
        letter["To"] = ", ".join(able)
    # Without refold_source, headers read from a file would keep characters outside ASCII.
    content = letter.as_bytes(policy=SMTP.clone(utf8=foreign, refold_source="all"))
    answers: _Answers = connection.sendmail(
        sender, able, content, ("SMTPUTF8", "BODY=8BITMIME") if foreign else ()
    )
    return answers


def _refused(one: _Try, answers: _Answers, asked: Sequence[str]) -> dict[str, Problem]:
    """Return the problem of each receiver that was asked about.

    A session that was ended in the middle has reached nobody: receivers that it was not asked for,
    or had taken, share the answer that ended it.
    """
    problems = {
        name: _answered(one, "receiver", *answers[name]) for name in asked if name in answers
    }
    others = [name for name in asked if name not in answers]
    if others:
        problems |= dict.fromkeys(others, list(problems.values())[-1])
    return problems


def _beyond_ascii(one: _Try, wanted: Sequence[str]) -> dict[str, Problem]:
    """Return the receivers whose addresses this server can't take, each with the problem."""
    if one.connection.has_extn("smtputf8"):
        return {}
    if not one.sender.isascii():
        raise smtplib.SMTPNotSupportedError
    unable = Problem(*NOT_OFFERED["receiver"], stage="receiver")
    return {name: unable for name in wanted if not name.isascii()}


def _is_about_content(error: smtplib.SMTPResponseException) -> bool:
    """Return whether a mail was refused for good at DATA, or as too large: a lighter may pass."""
    too_large = isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code == 552
    return too_large or (isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500)


def _problem(one: _Try, error: Exception) -> Problem:
    """Return the problem that ended a try, with the password hidden."""
    stage = _STAGES.get(type(error), one.connection.stage)
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(one, stage, error.smtp_code, error.smtp_error)
    if type(error) in (smtplib.SMTPNotSupportedError, smtplib.SMTPException):
        fault = NOT_OFFERED.get(stage, BROKEN["other"])
        return replace(_worded(one, fault, error), stage=stage)
    kind = _kind(one, error)
    problem = replace(_worded(one, BROKEN[kind], error), stage=stage)
    if stage == "content":
        return replace(problem, what=f"{problem.what}{UNSURE}")
    # A login that was cut off may have been counted as a wrong one.
    passing = kind in ("nobody there", "closed") and stage != "log in"
    return replace(problem, passing=passing)


def _answered(one: _Try, stage: Stage, code: int, text: bytes | str) -> Problem:
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    worded = _worded(one, fault_of(stage, code, told))
    answer = one.secrets.answer(code, told)
    return replace(worded, answer=answer, code=code, passing=passes(code), stage=stage)


def _worded(one: _Try, fault: Fault, error: Exception | None = None) -> Problem:
    """Return the problem that a fault is here, with the facts of this try filled in."""
    email = one.email
    facts = {
        "username": email.username,
        "password": email.password_place,
        "sender": one.sender,
        "name": one.connection.local_hostname,
        "detail": _detail(error, one.secrets) if error else "",
        "timeout": f"{email.timeout:g}",
        "patience": f"{one.patience:g}",
    }
    return Problem(fault.what.format(**facts), fault.remedy.format(**facts))


def _kind(one: _Try, error: Exception) -> str:
    """Return what broke, as a key of ``BROKEN``, where the server has not said it."""
    if time.monotonic() >= one.connection.deadline:
        return "too slow"
    # smtplib reports a timeout as a connection that was closed.
    cause = error.__context__ if isinstance(error.__context__, TimeoutError) else error
    return next(name for kind, name in _KINDS if isinstance(cause, kind))


def _detail(error: Exception, secrets: Secrets) -> str:
    """Return what Python, OpenSSL or the system says of an error."""
    told = (getattr(error, name, None) for name in ("verify_message", "reason", "strerror"))
    return secrets.hidden(str(next(filter(None, told), error))).rstrip(".")
