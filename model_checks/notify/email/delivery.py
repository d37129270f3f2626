"""Delivers a mail: hands it to the server, and again for the receivers it was put off for."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from model_checks.errors import DeliveryError
from model_checks.notify.email.message import mail_address
from model_checks.notify.email.problems import Problem
from model_checks.notify.email.smtp import Attempt, attempt
from model_checks.notify.email.undelivered import total_failure_sentence
from model_checks.settings import Email

WAITS = (1.0, 4.0, 15.0)
"""Seconds before a mail is offered again to a server that has put it off."""

PATIENCE = 5
"""The time for all tries together, in multiples of the timeout for one answer."""

_TOO_MANY = 452
"""The code by which a server leaves receivers to another transaction (RFC 5321, 4.5.3.1)."""


@dataclass(frozen=True)
class Delivery:
    """The outcome of a mail that at least one receiver got.

    Attributes
    ----------
    accepted
        Addresses that the server took the mail for, in the order they were given in.
    refused, deferred
        The other addresses, each with the reason: refused for good, or put off to the end.
    reduced
        Words on what the mail had to go without, and why; None if it went whole.
    """

    accepted: tuple[str, ...]
    refused: Mapping[str, Problem] = field(default_factory=dict)
    deferred: Mapping[str, Problem] = field(default_factory=dict)
    reduced: str | None = None

    @property
    def problems(self) -> dict[str, Problem]:
        """Return the reason for each address that did not get the mail."""
        return {**self.refused, **self.deferred}


def deliver(
    message: EmailMessage,
    email: Email,
    folder: Path,
    *,
    receivers: Sequence[str] | None = None,
    waits: Sequence[float] | None = None,
    on_taken: Callable[[tuple[str, ...]], None] = lambda _: None,
) -> Delivery:
    """Hand a mail to the server.

    A bad address does not keep the mail from the others. What the server finds too large, or
    refuses for what is in it, is offered again without charts and then as text alone. Where it
    puts the mail off, it is offered again after a while, only for those who have not got it.

    Parameters
    ----------
    message
        The mail; every form of it, in every try, keeps its Message-ID.
    email
        The server, the sender and the receivers.
    folder
        The folder that ``password_file`` is relative to.
    receivers
        Bare addresses to deliver to; None for all that the settings name.
    waits
        Seconds before each further try; None for ``WAITS``.
    on_taken
        Called with all addresses that have the mail, whenever the server took it for more.

    Raises
    ------
    DeliveryError
        If nobody got it, in one sentence that never holds the password.
    """
    wanted = list(receivers if receivers is not None else receivers_of(email))
    tries = _Round(wanted, WAITS if waits is None else waits, on_taken)
    outcome = _outcome(message, email, folder, tries)
    if isinstance(outcome, tuple):
        # Raised here: no exception is being handled, and no frame of the traceback knows the
        # password.
        sentence, is_unreachable = outcome
        raise DeliveryError(sentence, is_unreachable=is_unreachable)
    return outcome


def receivers_of(email: Email) -> list[str]:
    """Return the receivers' addresses, each once; the case of a domain makes no difference."""
    found: dict[str, str] = {}
    for written in email.receiver_email:
        address = mail_address(written).addr_spec
        found.setdefault(same_address(address), address)
    return list(found.values())


def same_address(address: str) -> str:
    """Return an address with its domain in lower case, so that equal addresses compare equal.

    >>> same_address("Ann@EXAMPLE.com")
    'Ann@example.com'
    """
    username, _, domain = address.rpartition("@")
    return f"{username}@{domain.lower()}"


@dataclass
class _Round:
    """The tries of one mail: who has it, who may still get it, and who will not."""

    wanted: Sequence[str]
    waits: Sequence[float]
    on_taken: Callable[[tuple[str, ...]], None]
    accepted: list[str] = field(default_factory=list)
    problems: dict[str, Problem] = field(default_factory=dict)
    reduced: str | None = None

    @property
    def open(self) -> list[str]:
        """Return the receivers that another try may still reach."""
        return [
            name
            for name in self.wanted
            if name not in self.accepted
            and (name not in self.problems or self.problems[name].passing)
        ]

    def note(self, tried: Attempt) -> None:
        """Record the outcome of a try."""
        self.problems = {**self.problems, **tried.problems}
        self.reduced = tried.reduced or self.reduced
        if tried.accepted:
            self.accepted += tried.accepted
            self.on_taken(self.taken)

    @property
    def taken(self) -> tuple[str, ...]:
        """Return the receivers that have the mail, in the order of the settings."""
        return tuple(name for name in self.wanted if name in self.accepted)

    @property
    def missing(self) -> dict[str, Problem]:
        """Return the receivers that do not have the mail, each with the reason."""
        return {name: self.problems[name] for name in self.wanted if name not in self.accepted}

    def pauses(self) -> Iterator[float]:
        """Yield the seconds to wait before each further try, for as long as one makes sense.

        A server that takes a few receivers at a time is at once offered the next. A connection
        that was refused or lost is tried again once: that seldom mends itself in seconds.
        """
        waits = iter(self.waits)
        is_first = True
        had = 0
        while self.open:
            reasons = [self.problems[name] for name in self.open]
            if len(self.accepted) > had and all(one.code == _TOO_MANY for one in reasons):
                pause: float | None = 0.0
            elif is_first or all(one.answer for one in reasons):
                pause, is_first = next(waits, None), False
            else:
                pause = None
            if pause is None:
                return
            had = len(self.accepted)
            yield pause


def _outcome(
    message: EmailMessage, email: Email, folder: Path, tries: _Round
) -> Delivery | tuple[str, bool]:
    """Return the delivery of a mail, or a sentence on why nobody got it.

    With the sentence comes whether any other mail would have failed there too.
    """
    host = f"[{email.smtp_host}]" if ":" in email.smtp_host else email.smtp_host
    place = f"{host}:{email.smtp_port}"
    try:
        password = email.read_password(folder) or ""
    except DeliveryError as error:
        return f"{place}: no mail was sent, {error}", True
    if not f"{email.username}{password}".isascii():
        told = f"{email.password_place} or username has characters outside ASCII"
        return f"{place}: no mail was sent, {told}", True
    _try(message, email, password, tries)
    if not tries.accepted:
        reasons = tries.missing
        stuck = all(problem.is_unreachable for problem in reasons.values())
        return f"{place}: {total_failure_sentence(reasons)}", stuck
    refused = {name: one for name, one in tries.missing.items() if not one.passing}
    deferred = {name: one for name, one in tries.missing.items() if one.passing}
    return Delivery(tries.taken, refused, deferred, tries.reduced)


def _try(message: EmailMessage, email: Email, password: str, tries: _Round) -> None:
    """Offer a mail for as long as it makes sense; pauses do not use up the patience."""
    patience = PATIENCE * email.timeout
    deadline = time.monotonic() + patience
    pauses = tries.pauses()
    while True:
        tries.note(
            attempt(message, email, password, tries.open, deadline=deadline, patience=patience)
        )
        pause = next(pauses, None)
        if pause is None:
            return
        time.sleep(pause)
        deadline += pause
