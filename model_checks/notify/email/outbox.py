"""The outbox: mails are kept in files before they are sent, until everybody has them.

A kept mail is a whole message with two headers more, which say who still has to get it and who has
it; they are not sent. Whatever happens to the process, the file is there.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import Parser
from email.policy import SMTP
from pathlib import Path

from model_checks.errors import DeliveryError
from model_checks.notify.email.delivery import Delivery, deliver, receivers_of, same_address
from model_checks.notify.email.message import mail_address
from model_checks.settings import Email
from model_checks.store.files import write_whole

PENDING = "X-Model-Checks-Pending"
TAKEN = "X-Model-Checks-Taken"

_LARGEST = 50_000_000
"""The most bytes of a kept mail; a larger file is no mail of ours."""


@dataclass(frozen=True)
class Outbox:
    """A report folder that keeps mails, with the settings by which they are sent.

    Attributes
    ----------
    report_dir
        The folder of the kept mails.
    email
        The settings as they are now: nobody else gets a mail.
    folder
        The folder that ``password_file`` is relative to.
    waits
        Seconds before each further try at a mail that was put off; None for ``WAITS``.
    """

    report_dir: Path
    email: Email
    folder: Path
    waits: Sequence[float] | None = None


@dataclass(frozen=True)
class KeptMail:
    """A kept mail, with who has it and who still has to get it.

    Attributes
    ----------
    path
        The mail's file; None where it could not be written.
    pending
        Bare addresses that still have to get the mail; None for those that the settings name.
    taken
        Bare addresses that have the mail.
    """

    path: Path | None
    message: EmailMessage
    pending: tuple[str, ...] | None = None
    taken: tuple[str, ...] = ()

    def after(self, taken: Iterable[str]) -> "KeptMail":
        """Return the kept mail after more receivers have got it."""
        having = [*self.taken, *taken]
        return replace(
            self,
            pending=tuple(one for one in self.pending or () if one not in having),
            taken=tuple(having),
        )

    def write(self) -> None:
        """Write the mail to its file, whole and with its two headers.

        Raises
        ------
        OSError
            If the folder can't be written.
        """
        if self.path is not None:
            write_whole(self.path, self._as_bytes())

    def _as_bytes(self) -> bytes:
        message = _bare(self.message)
        message[PENDING] = ", ".join(self.pending or ())
        if self.taken:
            message[TAKEN] = ", ".join(self.taken)
        return message.as_bytes(policy=SMTP.clone(utf8=True))


@dataclass(frozen=True)
class Sending:
    """The outcome of sending one mail.

    Attributes
    ----------
    delivery
        The delivery to those who got the mail now; None if nobody did.
    error
        The reason why nobody got the mail; None if somebody did.
    path
        The file in which the mail waits for those who did not get it; None if there is none.
    unkept
        Why the mail is in no file, or its file could not be removed; None if all went well.
    """

    delivery: Delivery | None
    error: DeliveryError | None
    path: Path | None
    unkept: str | None = None

    @property
    def is_done(self) -> bool:
        """Return whether everybody has the mail."""
        return self.delivery is not None and not self.delivery.problems


def path_for(report_dir: Path, run_id: str) -> Path:
    """Return the path for a run's mail, which no other file has."""
    path, number = report_dir / f"unsent-{run_id}.eml", 1
    while os.path.lexists(path):
        number += 1
        path = report_dir / f"unsent-{run_id}-{number}.eml"
    return path


def post(place: Outbox, run_id: str, compose: Callable[[Sequence[str]], EmailMessage]) -> Sending:
    """Keep a mail and send it to all receivers.

    Parameters
    ----------
    compose
        Makes the mail from sentences on what could not be written. Where the mail itself can't be
        kept it is made again, so that whoever reads it knows that there is no other record.
    """
    receivers = tuple(receivers_of(place.email))
    kept = KeptMail(path_for(place.report_dir, run_id), compose(()), receivers)
    try:
        place.report_dir.mkdir(parents=True, exist_ok=True)
        kept.write()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        told = f"nothing can be written to {place.report_dir} ({reason}): this mail is all there is"
        sending = _send(place, replace(kept, path=None, message=compose((told,))))
        return replace(sending, unkept=reason)
    return _send(place, kept)


def repost(place: Outbox, kept: KeptMail) -> Sending | None:
    """Send a mail that is left from an earlier run to those who still have to get it.

    Nobody who is no receiver any more gets it; where nobody ever got it, all present receivers do.
    Where nobody is left to get it, remove its file and return None.
    """
    receivers = receivers_of(place.email)
    pending = {same_address(one) for one in kept.pending or ()}
    to = tuple(one for one in receivers if not kept.taken or same_address(one) in pending)
    if not to:
        _remove(kept)
        return None
    message = _addressed_anew(kept.message, place.email)
    return _send(place, replace(kept, message=message, pending=to))


def read_kept(path: Path) -> KeptMail:
    """Read a kept mail, also one that a former version kept without the two headers.

    Raises
    ------
    ValueError
        If the file is no whole mail of ours, in words that follow the file's name.
    """
    try:
        if not path.is_file():
            raise ValueError("is no file")
        if path.stat().st_size > _LARGEST:
            raise ValueError("is no mail of model-checks")
        content = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ValueError(f"can't be read: {error.strerror or type(error).__name__}") from None
    except UnicodeDecodeError:
        raise ValueError("is no mail of model-checks") from None
    message = _parsed(content)
    pending, taken = (_addresses(message, name) for name in (PENDING, TAKEN))
    return KeptMail(path, _bare(message), pending or None, taken)


def _parsed(content: str) -> EmailMessage:
    try:
        message = Parser(policy=SMTP.clone(utf8=True)).parsestr(content)
        assert isinstance(message, EmailMessage)
        ours = (
            str(message["List-Id"]).strip().startswith("<model-checks.") and message["Message-ID"]
        )
        defects = [defect for part in message.walk() for defect in part.defects]
        # A mail that can't be written as bytes can't be sent.
        whole = not defects and message.get_body(("plain",)) and message.as_bytes()
    except (MessageError, ValueError, LookupError, RecursionError, TypeError) as error:
        raise ValueError(f"is damaged ({type(error).__name__})") from None
    if not ours:
        raise ValueError("is no mail of model-checks")
    if not whole:
        raise ValueError("is damaged")
    return message


def _addresses(message: EmailMessage, header: str) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip() for one in str(message[header] or "").split(","))))


def _bare(message: EmailMessage) -> EmailMessage:
    """Return a message as it is sent, without the two headers of its file."""
    bare = copy(message)
    del bare[PENDING], bare[TAKEN]
    return bare


def _addressed_anew(message: EmailMessage, email: Email) -> EmailMessage:
    """Return a mail with the present sender and receivers; all else stays, the id above all."""
    anew = _bare(message)
    del anew["Cc"], anew["Bcc"]  # no mail of ours has them
    to = ", ".join(str(mail_address(one)) for one in email.receiver_email)
    for name, value in (("From", str(mail_address(email.sender_email))), ("To", to)):
        if name in anew:
            anew.replace_header(name, value)
        else:
            anew[name] = value
    return anew


def _send(place: Outbox, kept: KeptMail) -> Sending:
    """Send a kept mail, and note at once who has it, so that nobody is sent it again."""

    def note(taken: tuple[str, ...]) -> None:
        now = kept.after(taken)
        if now.pending:
            with suppress(OSError):  # the old file will do: at worst the mail is sent again
                now.write()

    try:
        delivery = deliver(
            kept.message,
            place.email,
            place.folder,
            receivers=kept.pending,
            waits=place.waits,
            on_taken=note,
        )
    except DeliveryError as error:
        return Sending(None, error, kept.path)
    if delivery.problems:
        return Sending(delivery, None, kept.path)
    return Sending(delivery, None, None, _remove(kept))


def _remove(kept: KeptMail) -> str | None:
    """Remove the file of a mail that is done with, and return why if it can't be removed."""
    try:
        if kept.path is not None:
            kept.path.unlink(missing_ok=True)
    except OSError as error:
        return f"{kept.path} could not be removed: {error.strerror or type(error).__name__}"
    return None
