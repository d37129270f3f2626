"""Mail servers on loopback: a real one with TLS and login, and odd ones that follow a script."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

Script = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Received:
    """A mail as the server got it."""

    sender: str
    receivers: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        """The mail, read again."""
        parsed = message_from_bytes(self.content, policy=SMTP)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class Manners:
    """How the server behaves; may be changed while it runs.

    Attributes
    ----------
    refuse
        Receivers, each with the reply that it gets.
    put_off
        Receivers, each with the replies that it gets at first, one each time.
    sender_reply, goodbye
        Replies to MAIL and QUIT, in place of the usual ones.
    content_replies
        Replies to the mails that come, one each; then they are taken.
    """

    refuse: dict[str, str] = field(default_factory=dict)
    put_off: dict[str, list[str]] = field(default_factory=dict)
    sender_reply: str | None = None
    goodbye: str | None = None
    content_replies: list[str] = field(default_factory=list)


@dataclass
class MailServer:
    """Where it listens, how it behaves, and what it got."""

    port: int
    received: list[Received]
    manners: Manners
    logins: list[tuple[str, str]]

    @property
    def only(self) -> Received:
        """The one mail that came."""
        (mail,) = self.received
        return mail


class _Handler:
    def __init__(self) -> None:
        self.received: list[Received] = []
        self.manners = Manners()

    async def handle_MAIL(  # noqa: N802 (aiosmtpd's name)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.manners.sender_reply:
            return self.manners.sender_reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.manners.put_off.get(address):
            return self.manners.put_off[address].pop(0)
        if address in self.manners.refuse:
            return self.manners.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.manners.content_replies:
            return self.manners.content_replies.pop(0)
        self.received.append(
            Received(
                sender=envelope.mail_from,
                receivers=tuple(envelope.rcpt_tos),
                content=envelope.content,
                encrypted=server.transport.get_extra_info("sslcontext") is not None,
                user=session.auth_data,
            )
        )
        return "250 OK"

    async def handle_QUIT(self, *_: Any) -> str:  # noqa: N802
        return self.manners.goodbye or "221 Bye"


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """By now the system has found a free port, where the parent class is to knock."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(
    security: str = "none",
    *,
    certificate: trustme.LeafCert | None = None,
    login: tuple[str, str] | None = None,
    smtputf8: bool = True,
    size_limit: int | None = None,
) -> Iterator[MailServer]:
    """A real server on a free port of 127.0.0.1.

    Parameters
    ----------
    security
        "none", "starttls" or "tls", as in the settings.
    certificate
        The server's own, needed unless security is "none".
    login
        The only username and password that are let in; without it nobody has to log in.
    smtputf8, size_limit
        What it offers.
    """
    handler, logins = _Handler(), list[tuple[str, str]]()

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        given = (data.login.decode(), data.password.decode())
        logins.append(given)
        return AuthResult(success=given == login, handled=False, auth_data=given[0])

    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
    controller = _Controller(
        handler,
        hostname="127.0.0.1",
        port=0,
        server_hostname="mail.test",
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        # Under implicit TLS aiosmtpd does not see the encryption, and would offer no login.
        auth_require_tls=security == "starttls",
        authenticator=authenticate if login else None,
        auth_exclude_mechanism=None if login else ["LOGIN", "PLAIN"],
        enable_SMTPUTF8=smtputf8,
        data_size_limit=size_limit,
    )
    controller.start()
    try:
        yield MailServer(controller.port, handler.received, handler.manners, logins)
    finally:
        controller.stop()


@contextmanager
def odd_server(*scripts: Script) -> Iterator[int]:
    """A server that does with each connection what its script says; yields its port."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def serve() -> None:
            for number, script in enumerate(scripts, start=1):
                connection = _accepted(listener, done)
                if connection is None:
                    return
                with connection, suppress(OSError):
                    connection.settimeout(5)
                    script(connection)
                    if number == len(scripts):
                        # Neither an end nor an answer: the client has to do something about it.
                        done.wait(5)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            done.set()
            thread.join(10)


def _accepted(listener: socket.socket, done: threading.Event) -> socket.socket | None:
    """The next connection, for as long as one may come."""
    while not done.is_set():
        with suppress(TimeoutError):
            return listener.accept()[0]
    return None


def conversation(
    replies: Mapping[str, str],
    *,
    banner: str = "220 odd.test",
    hang_up_at: str | None = None,
    heard: list[str] | None = None,
    before: Mapping[str, Callable[[], None]] | None = None,
) -> Script:
    """A script that answers by a command or its first word, and by its own words if unknown.

    Parameters
    ----------
    replies
        Command, or "." for the end of a mail, to reply; ``{line}`` in it is what the client sent.
    banner
        What it says first.
    hang_up_at
        The command at which it closes the connection without a word.
    heard
        Where to note what the client sends.
    before
        What to do before the answer to a command.
    """
    usual = {"EHLO": "250 odd.test", "DATA": "354 go on", "QUIT": "221 bye"}

    def script(connection: socket.socket) -> None:
        with connection.makefile("rwb") as stream:
            for line in _commands(stream, banner):
                word = line.split(" ")[0].upper()
                if heard is not None:
                    heard.append(line)
                if word == hang_up_at:
                    connection.shutdown(socket.SHUT_RDWR)
                    return
                if before and word in before:
                    before[word]()
                reply = replies.get(line.upper(), replies.get(word, usual.get(word, "250 OK")))
                stream.write(reply.replace("{line}", line).encode() + b"\r\n")
                stream.flush()

    return script


def over_tls(script: Script, certificate: trustme.LeafCert) -> Script:
    """The same script, spoken in TLS from the start."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    def wrapped(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            script(encrypted)

    return wrapped


def _commands(stream: Any, banner: str) -> Iterator[str]:
    """What the client sends, without the lines of a mail."""
    stream.write(banner.encode() + b"\r\n")
    stream.flush()
    in_mail = False
    while raw := stream.readline():
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if in_mail and line != ".":
            continue
        in_mail = line.upper() == "DATA"
        yield line


def trusted(folder: Path, authority: trustme.CA) -> str:
    """The path of the authority's certificate, for ``SSL_CERT_FILE``."""
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)
