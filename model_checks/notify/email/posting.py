"""What a run sends: its own mail, and those that earlier runs could not deliver."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path

from model_checks.notify.email.delivery import PATIENCE
from model_checks.notify.email.outbox import Kept, Place, Sending, post, read_kept, repost
from model_checks.notify.email.problems import somebody
from model_checks.text import clean, counted, first_few

_NAMED = 3
"""Of the mails that are left for one reason, so many are named."""


def counted_mails(left: Sequence[Path]) -> str:
    """Say how many mails are left, and name the first of them."""
    are = "is" if len(left) == 1 else "are"
    names = first_few([clean(str(one), 300) for one in left[:_NAMED]], _NAMED, count=len(left))
    return f"{counted(len(left), 'earlier mail')} {are} still unsent ({names})"


@dataclass
class Posting:
    """Sends mails one by one, and gathers what is to be told.

    Patience is spent once, not on every mail: after one that was not delivered the next is tried
    without waiting, and none is begun where the server can't be reached, or when so much time has
    gone by as a single delivery may take.

    Attributes
    ----------
    lines
        For the terminal.
    reasons
        The earlier mails that are still unsent, by reason.
    given_up
        Why no further mail is tried; None if one is.
    """

    place: Place
    lines: list[str] = field(default_factory=list)
    reasons: dict[str, list[Path]] = field(default_factory=dict)
    given_up: str | None = None
    delivered: bool = True

    def send_own(self, run_id: str, compose: Callable[[Sequence[str]], EmailMessage]) -> None:
        """Send the mail about this run, which is kept in its folder until everybody has it."""
        sending = post(self.place, run_id, compose)
        self._note("mail", sending)
        if sending.is_done:
            return
        at = f"kept as {sending.path}" if sending.path else f"it can't be kept ({sending.unkept})"
        self.lines.append(f"MAIL NOT DELIVERED{_undelivered(sending)}; {at}")
        self.delivered = False

    def send_left(self, left: Sequence[Path]) -> None:
        """Send what earlier runs could not; what is in the way of one is in no other's way."""
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
        """Send one mail; return why it is still there."""
        try:
            return self._sent_again(path, read_kept(path))
        except Exception as error:  # noqa: BLE001 (it must not keep the others)
            told = f"can't be sent ({type(error).__name__}: {error})"
            told = str(error) if type(error) is ValueError else told
            return f"it {clean(told, 300)}; look at it and remove it"

    def _sent_again(self, path: Path, kept: Kept) -> str | None:
        what = f"mail of run {clean(path.stem.removeprefix('unsent-'), 80)}"
        sending = repost(self.place, kept)
        if sending is None:
            self.lines.append(f"{what}: who did not get it is no receiver any more; removed")
            return None
        self._note(what, sending)
        return None if sending.is_done else f"not delivered{_undelivered(sending)}"

    def _note(self, what: str, sending: Sending) -> None:
        """Say who got it, and learn from what went wrong."""
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
    """Say who did not get a mail, where others did, and why."""
    if sending.delivery is None:
        return f": {sending.error}"
    return f" to {somebody(sending.delivery.problems)}"
