"""``[email]``: who gets the alerts, and by which server."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from model_checks.errors import DeliveryError
from model_checks.settings.error_messages import key_mistake, refuse
from model_checks.settings.field_types import (
    Address,
    Known,
    Table,
    Text,
    Whole,
    one_or_more,
    one_or_more_of,
)
from model_checks.settings.files import read_regular

_LONGEST_PASSWORD = 2**16
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _literal_password(_: object) -> None:
    raise key_mistake("a literal password is refused; name an environment variable in password_env")


class Email(Table):
    """``[email]``; without it no mail is sent."""

    sender_email: Address
    receiver_email: Annotated[
        list[Address],
        Field(min_length=1),
        BeforeValidator(one_or_more),
        one_or_more_of({"type": "string"}),
    ]
    smtp_host: Text
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text | None = None
    password_env: str | None = Field(
        default=None,
        pattern="^[A-Za-z_][A-Za-z0-9_]*$",
        description="the name of an environment variable",
    )
    password_file: Text | None = None
    password: Annotated[None, BeforeValidator(_literal_password)] = None
    report_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/?#@]+([/?#]\S*)?$",
        description="a link that starts with https:// or http:// and holds no password",
    )
    timeout: Annotated[float, Field(gt=0, le=3600)] = 30.0
    whole: Whole = None

    @field_validator("security")
    @classmethod
    def _clear_text_stays_here(cls, security: str, info: ValidationInfo) -> str:
        if security == "none" and info.data.get("smtp_host", "localhost") not in _LOOPBACK:
            raise ValueError(f"is for a relay on loopback ({', '.join(_LOOPBACK)}) only")
        return security

    @field_validator("whole")
    @classmethod
    def _login_is_whole(cls, _: None, info: ValidationInfo) -> None:
        refuse(_halves_of_a_login(info.data))

    @property
    def password_place(self) -> str:
        """Return where the password stands, in words for a message."""
        return f"the password in {self.password_env or self.password_file}"

    def read_password(self, folder: Path) -> str | None:
        """Read the password only when it is needed; ``folder`` is that of thresholds.toml.

        Raises
        ------
        DeliveryError
            If the variable is not set, or the file can't be read or is empty.
        """
        if self.password_env:
            if not os.environ.get(self.password_env):
                raise DeliveryError(f"the environment variable {self.password_env} is not set")
            return os.environ[self.password_env]
        if self.password_file:
            return _password_in(folder / self.password_file, self.password_file)
        return None


def _halves_of_a_login(known: Known) -> Iterator[str]:
    if known.get("password_env") and known.get("password_file"):
        yield "password_env and password_file are both given; keep one"
    if not {"username", "password_env", "password_file"} <= known.keys():
        return
    has_password = bool(known["password_env"] or known["password_file"])
    if known["username"] and not has_password:
        yield "username needs password_env or password_file"
    if has_password and not known["username"]:
        yield "a password without a username; add username"
    if known["username"] and known.get("security") == "none":
        yield "security = 'none' would send the password in clear text"


def _password_in(path: Path, name: str) -> str:
    try:
        password = read_regular(path, _LONGEST_PASSWORD).decode().rstrip("\r\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DeliveryError(f"password_file {name}: {reason}") from None
    except UnicodeDecodeError:
        raise DeliveryError(f"password_file {name}: not UTF-8") from None
    except ValueError as error:
        raise DeliveryError(f"password_file {name!r}: {error}") from None
    if not password:
        raise DeliveryError(f"password_file {name}: is empty")
    return password
