"""Mails that are kept before they are sent, and until everybody has them.

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
"""Bytes; what is larger is no mail of ours."""


@dataclass(frozen=True)
class Place:
    """Where mails are kept, and how they are sent.

    Attributes
    ----------
    report_dir
        Where the files are.
    email
        The settings as they are now: nobody else gets a mail.
    folder
        Where ``password_file`` starts from.
    waits
        Seconds before each further try at a mail that was put off; None for the usual ones.
    """

    report_dir: Path
    email: Email
    folder: Path
    waits: Sequence[float] | None = None


@dataclass(frozen=True)
class Kept:
    """A mail with what is known of it.

    Attributes
    ----------
    path
        Its file; None where it could not be written.
    pending
        Bare addresses that still have to get it; None for those that the settings name.
    taken
        Bare addresses that have it.
    """

    path: Path | None
    message: EmailMessage
    pending: tuple[str, ...] | None = None
    taken: tuple[str, ...] = ()

    def after(self, taken: Iterable[str]) -> "Kept":
        """Return the same when so many more have it."""
        having = [*self.taken, *taken]
        return replace(
            self,
            pending=tuple(one for one in self.pending or () if one not in having),
            taken=tuple(having),
        )

    def write(self) -> None:
        """Write it whole, with its two headers.

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
    """What became of sending one mail.

    Attributes
    ----------
    delivery
        Who got it now; None if nobody did.
    error
        Why nobody did.
    path
        The file in which it waits for those who did not; None if there is none.
    unkept
        Why it is in no file, or why its file could not be removed; None if all went well.
    """

    delivery: Delivery | None
    error: DeliveryError | None
    path: Path | None
    unkept: str | None = None

    @property
    def is_done(self) -> bool:
        """Return whether everybody has it."""
        return self.delivery is not None and not self.delivery.problems


def path_for(report_dir: Path, run_id: str) -> Path:
    """Return the name of a run's mail, which no other mail has."""
    path, number = report_dir / f"unsent-{run_id}.eml", 1
    while os.path.lexists(path):
        number += 1
        path = report_dir / f"unsent-{run_id}-{number}.eml"
    return path


def post(place: Place, run_id: str, compose: Callable[[Sequence[str]], EmailMessage]) -> Sending:
    """Keep a mail and send it to all receivers.

    Parameters
    ----------
    compose
        Makes the mail from sentences on what could not be written. Where the mail itself can't be
        kept it is made again, so that whoever reads it knows that there is nothing else.
    """
    receivers = tuple(receivers_of(place.email))
    kept = Kept(path_for(place.report_dir, run_id), compose(()), receivers)
    try:
        place.report_dir.mkdir(parents=True, exist_ok=True)
        kept.write()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        told = f"nothing can be written to {place.report_dir} ({reason}): this mail is all there is"
        sending = _send(place, replace(kept, path=None, message=compose((told,))))
        return replace(sending, unkept=reason)
    return _send(place, kept)


def repost(place: Place, kept: Kept) -> Sending | None:
    """Send a mail that is left from an earlier run to those who still have to get it.

    That is never anybody who is no receiver now. Where nobody ever got it, it goes to all who are.
    None if nobody is left: then its file is removed.
    """
    receivers = receivers_of(place.email)
    pending = {same_address(one) for one in kept.pending or ()}
    to = tuple(one for one in receivers if not kept.taken or same_address(one) in pending)
    if not to:
        _remove(kept)
        return None
    message = _addressed_anew(kept.message, place.email)
    return _send(place, replace(kept, message=message, pending=to))


def read_kept(path: Path) -> Kept:
    """Read a file as it was kept, or as former versions kept it: without the two headers.

    Raises
    ------
    ValueError
        If it is no whole mail of ours, in words that follow its name.
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
    return Kept(path, _bare(message), pending or None, taken)


def _parsed(content: str) -> EmailMessage:
    try:
        message = Parser(policy=SMTP.clone(utf8=True)).parsestr(content)
        assert isinstance(message, EmailMessage)
        ours = (
            str(message["List-Id"]).strip().startswith("<model-checks.") and message["Message-ID"]
        )
        defects = [defect for part in message.walk() for defect in part.defects]
        # Whatever can't be written can't be sent.
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
    """Return the message as it is sent: without what is noted in the file."""
    bare = copy(message)
    del bare[PENDING], bare[TAKEN]
    return bare


def _addressed_anew(message: EmailMessage, email: Email) -> EmailMessage:
    """Return it from the sender and to the receivers of now; all else stays, the id above all."""
    anew = _bare(message)
    del anew["Cc"], anew["Bcc"]  # none is ours
    to = ", ".join(str(mail_address(one)) for one in email.receiver_email)
    for name, value in (("From", str(mail_address(email.sender_email))), ("To", to)):
        if name in anew:
            anew.replace_header(name, value)
        else:
            anew[name] = value
    return anew


def _send(place: Place, kept: Kept) -> Sending:
    """Send, and note at once who has it: whoever has is not sent it again, come what may."""

    def note(taken: tuple[str, ...]) -> None:
        now = kept.after(taken)
        if now.pending:
            with suppress(OSError):  # the file as it was serves as well, at worst it is sent again
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


def _remove(kept: Kept) -> str | None:
    """Remove the file of a mail that needs nothing more; tell why where that can't be."""
    try:
        if kept.path is not None:
            kept.path.unlink(missing_ok=True)
    except OSError as error:
        return f"{kept.path} could not be removed: {error.strerror or type(error).__name__}"
    return None
