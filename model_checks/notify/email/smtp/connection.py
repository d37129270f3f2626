"""A connection to a mail server that is encrypted before a login or a mail is sent."""

import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Any

from model_checks.notify.email.problems import Stage
from model_checks.settings import Email


class Connection(smtplib.SMTP):
    """A connection that knows how far it has come, and ends when its time is up.

    Parameters
    ----------
    deadline
        When the connection hangs up, in seconds of ``time.monotonic``.
    """

    def __init__(self, email: Email, deadline: float) -> None:
        super().__init__(timeout=email.timeout)
        self.stage: Stage = "greet"
        self.deadline = deadline
        self._email = email
        self._host = email.smtp_host  # the name that a certificate must be made for
        self._twin: socket.socket | None = None
        self._alarm: threading.Timer | None = None

    def open(self) -> None:
        """Connect, with TLS unless the settings allow clear text on loopback."""
        code, text = self.connect(self._email.smtp_host, self._email.smtp_port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        self._greet()
        if self._email.security == "starttls":
            self.stage = "encrypt"
            self.starttls(context=ssl.create_default_context())
            self._greet()

    def _greet(self) -> None:
        """Say EHLO, or HELO where that is unknown; a server that says goodbye is asked no more."""
        self.stage = "hello"
        code, text = self.ehlo()
        if not 200 <= code <= 299 and code != 421:
            code, text = self.helo()
        if not 200 <= code <= 299:
            raise smtplib.SMTPHeloError(code, text)

    def log_in(self, username: str, password: str) -> None:
        """Log in, in one way only: a wrong password tried in every way may lock the account."""
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
        self.stage = "content"
        return super().data(msg)

    def leave(self) -> None:
        """Say goodbye; by now the mail is the server's, whatever it answers."""
        with suppress(OSError):
            self.quit()

    def finish(self) -> None:
        """Close the connection and stop its alarm."""
        if self._alarm:
            self._alarm.cancel()
        with suppress(OSError):
            self.close()
        if self._twin:
            self._twin.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Connect, with an alarm that hangs up at the deadline.

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
