"""Explains why a mail was not delivered: what happened, and what a person can do about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

ASCII_ONLY = "the server takes no address with characters outside ASCII (no SMTPUTF8)"
UNSURE = " while the mail was handed over, so it may have arrived"
LATER = "try again later"

Stage = Literal["greet", "hello", "encrypt", "log in", "sender", "receiver", "content"]
"""The step of an SMTP session, on which the meaning of a server's code depends."""


class Fault(NamedTuple):
    """A kind of failure, with what to do; both texts may hold names of facts in braces."""

    what: str
    remedy: str


@dataclass(frozen=True)
class Problem:
    """The reason why one receiver, or everybody, did not get a mail.

    Attributes
    ----------
    answer
        The server's own words; empty where it said nothing.
    code
        The SMTP code of the answer; 0 where there is none.
    passing
        Whether the server may take the same mail in a moment.
    stage
        The step of the session that failed.
    """

    what: str
    remedy: str
    answer: str = ""
    code: int = 0
    passing: bool = False
    stage: Stage = "greet"

    @property
    def is_unreachable(self) -> bool:
        """Return whether the session ended before the mail, so that any other would fail too."""
        return self.stage in ("greet", "hello", "encrypt", "log in")


_BUSY = Fault("the server takes no connection for now", LATER)
_DOOR = Fault("the server refuses the connection", "ask its administrator")
_NO_MAIL = Fault("the host takes no mail", "check smtp_host")
_ODD = Fault("what answers there does not speak SMTP as it should", "check smtp_host and smtp_port")
_NAME = Fault(
    "the server refuses to talk to this machine, which calls itself {name}",
    "give this machine a full host name, or ask the server's administrator",
)
_NO_TLS_NOW = Fault("the server can't start TLS for now", LATER)
_NO_TLS = Fault(
    "the server refuses STARTTLS", "nothing is sent in clear text; check smtp_port and security"
)
_NO_LOGIN_NOW = Fault("the server can't check the login as {username} for now", LATER)
_NEW_PASSWORD = Fault(
    "the server wants the password of {username} to be changed", "change it, and {password}"
)
_WAY = Fault(
    "the server does not take a login in the way that it offers",
    "ask its administrator, or leave username out if it needs none",
)
_CLEAR_TEXT = Fault("the server takes no login without encryption", "check smtp_port and security")
_APP_PASSWORD = Fault(
    "the server wants another kind of login for {username}",
    "it may ask for an app password, to be put into {password}",
)
_DISABLED = Fault("the account {username} is disabled", "ask the server's administrator")
_LOGIN = Fault("the server refuses the login as {username}", "check username and {password}")
_ENDED = Fault("the server ended the session", LATER)
_PUT_OFF = Fault("the server does not take the mail for now", LATER)
_STORAGE = Fault(
    "the server has no room for the mail, or takes no more of them for now",
    "try again later, or ask its administrator",
)
_SIZE = Fault(
    "the mail is too large for the server, even as text alone",
    "ask its administrator what it takes",
)
_LOGIN_FIRST = Fault(
    "the server wants a login or encryption first",
    "check username, password_env or password_file, and security",
)
_SEQUENCE = Fault(
    "the server wants something else first",
    "check whether it needs a login (username) or encryption (security)",
)
_INCOMPLETE = Fault(
    "the server finds an address, or this machine's name {name}, incomplete",
    "check sender_email, receiver_email and the host name of this machine",
)
_FROM_HERE = Fault("the server takes no mail from here", "ask its administrator")
_PARAMETERS = Fault(
    "the server does not know the parameters that a mail is announced with",
    "ask its administrator",
)
_SENDER = Fault("the server refuses the sender {sender}", "check sender_email")
_NOT_ALLOWED = Fault(
    "the server does not let {sender} send from here",
    "check sender_email and username, or ask its administrator",
)
_FORGED = Fault(
    "the server does not believe that the mail is from {sender}",
    "check sender_email, and whether SPF and DKIM of its domain allow this way",
)
_RECEIVER_PUT_OFF = Fault("the server does not take mail for this receiver for now", LATER)
_TOO_MANY = Fault(
    "the server has no room, or takes no more receivers, for now",
    "try again later, or ask its administrator",
)
_MAILBOX_FULL = Fault("the mailbox is full", "have it emptied, or name another in receiver_email")
_TOO_LARGE_FOR = Fault(
    "the mail is too large for this receiver", "ask the administrator of its server what it takes"
)
_RELAY = Fault(
    "the server does not pass mail on to this receiver",
    "check receiver_email, and whether the server wants a login (username) for it",
)
_NO_DOMAIN = Fault("the receiver's domain takes no mail", "check receiver_email")
_MOVED = Fault("the receiver has moved", "put the new address into receiver_email")
_RECEIVER = Fault("the server refuses the receiver", "check receiver_email")
_CONTENT = Fault("the server refuses the mail", "ask its administrator")

_NOT_SMTP = dict.fromkeys(("500", "502"), _ODD)
_WANTS_LOGIN = dict.fromkeys(("530", "534", "535", "538"), _LOGIN_FIRST)
_TOO_LARGE = dict.fromkeys(("552", "5.3.4", "5.2.3"), _SIZE) | {"5.3.1": _STORAGE}
_OF_THE_SENDER = {"5.1.7": _SENDER, "5.1.8": _SENDER, "5.2.252": _NOT_ALLOWED}
_OF_THE_SENDER |= {"5.7.60": _NOT_ALLOWED} | dict.fromkeys(
    (f"5.7.{detail}" for detail in range(20, 28)), _FORGED
)

REFUSED: Mapping[Stage, Mapping[str, Fault]] = {
    "greet": {**_NOT_SMTP, "521": _NO_MAIL, "556": _NO_MAIL, "4": _BUSY, "5": _DOOR},
    "hello": {
        **dict.fromkeys(("500", "502", "503", "530"), _ODD),
        "521": _NO_MAIL,
        "4": _BUSY,
        "5": _NAME,
    },
    "encrypt": {"421": _ENDED, "4": _NO_TLS_NOW, "5": _NO_TLS},
    "log in": {
        "421": _ENDED,
        **dict.fromkeys(("432", "4.7.12", "5.7.12"), _NEW_PASSWORD),
        **dict.fromkeys(("500", "502", "503", "504"), _WAY),
        **dict.fromkeys(("530", "538", "5.7.11"), _CLEAR_TEXT),
        **dict.fromkeys(("534", "5.7.9", "5.7.14"), _APP_PASSWORD),
        **dict.fromkeys(("525", "5.7.13"), _DISABLED),
        "4": _NO_LOGIN_NOW,
        "5": _LOGIN,
    },
    "sender": {
        "421": _ENDED,
        "452": _STORAGE,
        "4.3.1": _STORAGE,
        "4": _PUT_OFF,
        **_NOT_SMTP,
        **_WANTS_LOGIN,
        **_TOO_LARGE,
        **_OF_THE_SENDER,
        "503": _SEQUENCE,
        "504": _INCOMPLETE,
        "521": _FROM_HERE,
        "554": _FROM_HERE,
        "555": _PARAMETERS,
        "5.7": _NOT_ALLOWED,
        "5": _SENDER,
    },
    "receiver": {
        "421": _ENDED,
        **dict.fromkeys(("452", "4.3.1", "4.5.3", "5.3.1", "5.5.3"), _TOO_MANY),
        **dict.fromkeys(("552", "4.2.2", "5.2.2"), _MAILBOX_FULL),
        **dict.fromkeys(("5.3.4", "5.2.3"), _TOO_LARGE_FOR),
        "4": _RECEIVER_PUT_OFF,
        **_NOT_SMTP,
        **_WANTS_LOGIN,
        **_OF_THE_SENDER,
        "503": _SEQUENCE,
        "504": _INCOMPLETE,
        **dict.fromkeys(("521", "556", "5.1.10"), _NO_DOMAIN),
        "551": _MOVED,
        "5.1.6": _MOVED,
        "555": _PARAMETERS,
        "5.7": _RELAY,
        "5": _RECEIVER,
    },
    "content": {
        "421": _ENDED,
        "452": _STORAGE,
        "4.3.1": _STORAGE,
        "4": _PUT_OFF,
        **_NOT_SMTP,
        **_WANTS_LOGIN,
        **_TOO_LARGE,
        **_OF_THE_SENDER,
        "5.2.2": _MAILBOX_FULL,
        "552 5.7": _CONTENT,
        "503": _SEQUENCE,
        "5": _CONTENT,
    },
}
"""The faults of each stage, under an enhanced code (RFC 3463), a code with its subject, a code, a
subject or a class; ``fault_of`` takes the first of these that is here.

Servers are free in their choice of codes, so each stands for what most mean by it (RFC 5321, 4954,
1870, 7504): a blame that may be wrong is worse than one that is wide.
"""

_OF_THE_NAME = re.compile(r"\b(?:helo|ehlo) command rejected", re.IGNORECASE)
"""The refusal of the name in the greeting, which many a server tells at a later command."""

_ENHANCED = re.compile(r"[245]\.([0-9]{1,3})\.([0-9]{1,3})\b")
_NEVER_PASSES = (432,)
"""Codes of passing failures that nevertheless ask for somebody to act."""


def fault_of(stage: Stage, code: int, text: str) -> Fault:
    """Return the fault that a server's refusal means at a stage of the session.

    >>> fault_of("receiver", 552, "5.2.2 over quota").what
    'the mailbox is full'
    >>> fault_of("sender", 552, "5.3.4 too big").remedy
    'ask its administrator what it takes'
    """
    known = REFUSED[stage]
    if not 400 <= code <= 599:
        return _ODD
    if stage == "receiver" and code >= 500 and "relay" in text.lower():
        return _RELAY
    if _OF_THE_NAME.search(text):
        return _NAME
    kind = str(code)[0]
    found = _ENHANCED.match(text)
    subject, detail = found.groups() if found else ("", "")
    part = f"{kind}.{subject}"
    keys = (f"{part}.{detail}", f"{code} {part}", str(code), part, kind)
    return next(known[key] for key in keys if key in known)


def passes(code: int) -> bool:
    """Return whether a server that refuses with this code may say yes in a moment."""
    return 400 <= code < 500 and code not in _NEVER_PASSES


NOT_OFFERED: Mapping[str, Fault] = {
    "encrypt": Fault(
        "the server offers no STARTTLS, and nothing is sent in clear text",
        'check smtp_port, or set security = "tls" if that port is encrypted from the start',
    ),
    "log in": Fault(
        "the server offers no login that is known here (PLAIN, LOGIN, CRAM-MD5)",
        "leave username out if it needs none",
    ),
    "sender": Fault(ASCII_ONLY, "check sender_email"),
    "receiver": Fault(ASCII_ONLY, "check receiver_email"),
}
"""The fault of each stage for which a server lacks what it takes."""

BROKEN: Mapping[str, Fault] = {
    "certificate": Fault(
        "the server's certificate is not trusted ({detail})",
        "give smtp_host the name it is made for, or let SSL_CERT_FILE name its authority",
    ),
    "tls": Fault("no TLS ({detail})", "check that smtp_port and security go together"),
    "name": Fault("the host can't be found ({detail})", "check smtp_host and the DNS"),
    "nobody there": Fault("nothing listens there", "check smtp_host and smtp_port"),
    "silence": Fault(
        "no answer within {timeout} s", "check smtp_port and security, or raise timeout"
    ),
    "too slow": Fault("not done after {patience} s", LATER),
    "closed": Fault("the server closed the connection", LATER),
    "network": Fault("{detail}", "check smtp_host and the network"),
    "other": Fault("the mail can't be sent ({detail})", "check the [email] table"),
}
"""The fault of each thing that can break without an answer of a server."""
