"""``[email]``: who is told, and by which server."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator
from pydantic import model_validator

from model_checks.errors import DeliveryError
from model_checks.settings.mistakes import key_mistake, table_mistake
from model_checks.settings.values import Address, Table, Text, one_or_more

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _literal_password(value: object) -> None:
    raise key_mistake("a literal password is refused; name an environment variable in password_env")


class Email(Table):
    """``[email]``; without it no mail is sent."""

    sender_email: Address
    receiver_email: Annotated[
        list[Address],
        BeforeValidator(one_or_more),
        Field(min_length=1),
        WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}}),
    ]
    smtp_host: Text
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text | None = None
    password_env: Text | None = None
    password_file: Text | None = None
    password: Annotated[None, BeforeValidator(_literal_password), WithJsonSchema({"not": {}})] = (
        None
    )
    report_url: Text | None = None
    timeout: Annotated[float, Field(gt=0)] = 30.0

    @field_validator("security")
    @classmethod
    def _clear_text_stays_here(cls, security: str, info: ValidationInfo) -> str:
        if security == "none" and info.data.get("smtp_host") not in _LOOPBACK:
            raise ValueError(f"is for a relay on loopback ({', '.join(_LOOPBACK)}) only")
        return security

    @field_validator("report_url")
    @classmethod
    def _link(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("https://", "http://")):
            raise ValueError("must start with https:// or http://")
        return url

    @model_validator(mode="after")
    def _login_is_whole(self) -> "Email":
        if self.password_env and self.password_file:
            raise table_mistake("password_env and password_file are both given; keep one")
        has_password = bool(self.password_env or self.password_file)
        if self.username and not has_password:
            raise table_mistake("username needs password_env or password_file")
        if has_password and not self.username:
            raise table_mistake("a password without a username; add username")
        if self.username and self.security == "none":
            raise table_mistake('security = "none" would send the password in clear text')
        return self

    def read_password(self, folder: Path) -> str | None:
        """The password, read when it is needed; ``folder`` is that of thresholds.toml.

        Raises
        ------
        DeliveryError
            If the variable is not set or the file can't be read.
        """
        if self.password_env:
            if not os.environ.get(self.password_env):
                raise DeliveryError(f"the environment variable {self.password_env} is not set")
            return os.environ[self.password_env]
        if self.password_file:
            try:
                return (folder / self.password_file).read_text(encoding="utf-8").strip()
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise DeliveryError(f"password_file {self.password_file}: {reason}") from None
            except UnicodeDecodeError:
                raise DeliveryError(f"password_file {self.password_file}: not UTF-8") from None
        return None
