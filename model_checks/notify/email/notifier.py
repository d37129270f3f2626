"""Sends the mail of this run, and those that earlier runs could not deliver."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path

from model_checks.notify.base import DeliveryReport, Notice
from model_checks.notify.email.delivery import PATIENCE
from model_checks.notify.email.message import compose_notice
from model_checks.notify.email.outbox import KeptMail, Outbox, Sending, post, read_kept, repost
from model_checks.notify.email.undelivered import partial_failure_words
from model_checks.text import clean, counted, first_few, told_of

_NAMED = 3
"""The most mails that are named of those left for one reason."""


def counted_mails(left: Sequence[Path]) -> str:
    """Return words on how many mails are left, with the names of the first of them."""
    are = "is" if len(left) == 1 else "are"
    names = first_few([clean(str(one), 300) for one in left[:_NAMED]], _NAMED, count=len(left))
    return f"{counted(len(left), 'earlier mail')} {are} still unsent ({names})"


class EmailNotifier:
    """A notifier by e-mail, for the mail of this run and those left: neither hinders the other.

    Parameters
    ----------
    place
        The folder where mails are kept, and the settings by which they are sent.
    left
        Files of the mails that earlier runs have kept.
    """

    def __init__(self, place: Outbox, left: Sequence[Path] = ()) -> None:
        self._place = place
        self._left = left

    def notify(self, notice: Notice | None) -> DeliveryReport:
        """Send the mail about this run, if one is due, and those that earlier runs have left."""
        posting, own = _Posting(self._place), DeliveryReport()
        if notice is not None:
            try:
                posting.send_own(notice)
            except Exception as error:  # noqa: BLE001 (what is left is sent all the same)
                own = DeliveryReport((f"MAIL NOT WRITTEN: {told_of(error)}",), delivered=False)
        posting.send_left(self._left)
        return own + DeliveryReport(tuple(posting.lines), posting.delivered)


@dataclass
class _Posting:
    """A series of mails, sent one by one, with the lines to print about them.

    Patience is spent once, not on every mail: after one that was not delivered the next is tried
    without waiting, and none is begun where the server can't be reached, or when so much time has
    gone by as a single delivery may take.

    Attributes
    ----------
    lines
        Lines for the terminal.
    reasons
        The earlier mails that are still unsent, by reason.
    given_up
        Why no further mail is tried; None while mails are still tried.
    """

    place: Outbox
    lines: list[str] = field(default_factory=list)
    reasons: dict[str, list[Path]] = field(default_factory=dict)
    given_up: str | None = None
    delivered: bool = True

    def send_own(self, notice: Notice) -> None:
        """Send the mail about this run, which is kept in its folder until everybody has it."""

        def compose(unwritten: Sequence[str]) -> EmailMessage:
            return compose_notice(notice.with_unwritten(unwritten), self.place.email)

        sending = post(self.place, notice.run.id, compose)
        self._note("mail", sending)
        if sending.is_done:
            return
        at = f"kept as {sending.path}" if sending.path else f"it can't be kept ({sending.unkept})"
        self.lines.append(f"MAIL NOT DELIVERED{_undelivered(sending)}; {at}")
        self.delivered = False

    def send_left(self, left: Sequence[Path]) -> None:
        """Send the mails of earlier runs; what keeps one back does not keep back the others."""
        until = time.monotonic() + PATIENCE * self.place.email.timeout
        for path in left:
            if self.given_up is None and time.monotonic() > until:
                self.given_up = "there was no time left for it"
            reason = self.given_up or self._problem_of(path)
            if reason:
                self.reasons.setdefault(reason, []).append(path)
        told = (f"{counted_mails(paths)}: {why}" for why, paths in self.reasons.items())
        self.lines += [f"MAIL NOT DELIVERED: {one}" for one in told]
        self.delivered = self.delivered and not self.reasons

    def _problem_of(self, path: Path) -> str | None:
        """Send one mail, and return why it is still unsent, if it is."""
        try:
            return self._sent_again(path, read_kept(path))
        except Exception as error:  # noqa: BLE001 (it must not keep the others)
            told = f"can't be sent ({type(error).__name__}: {error})"
            told = str(error) if type(error) is ValueError else told
            return f"it {clean(told, 300)}; look at it and remove it"

    def _sent_again(self, path: Path, kept: KeptMail) -> str | None:
        what = f"mail of run {clean(path.stem.removeprefix('unsent-'), 80)}"
        sending = repost(self.place, kept)
        if sending is None:
            self.lines.append(f"{what}: who did not get it is no receiver any more; removed")
            return None
        self._note(what, sending)
        return None if sending.is_done else f"not delivered{_undelivered(sending)}"

    def _note(self, what: str, sending: Sending) -> None:
        """Record who got a mail, and what its failure means for the mails after it."""
        if delivery := sending.delivery:
            reduced = f", {delivery.reduced}" if delivery.reduced else ""
            self.lines.append(f"{what} sent to {', '.join(delivery.accepted)}{reduced}")
        if sending.is_done:
            if sending.unkept and sending.path is None and what != "mail":
                self.lines.append(f"{what}: {sending.unkept}")
            return
        self.place = replace(self.place, waits=())
        if sending.error and sending.error.is_unreachable:
            self.given_up = f"not delivered: {sending.error}"


def _undelivered(sending: Sending) -> str:
    """Return words on why nobody got a mail, or on who did not get it, and why."""
    if sending.delivery is None:
        return f": {sending.error}"
    return f" to {partial_failure_words(sending.delivery.problems)}"
