"""The settings of letters, a part of `app.settings.Settings`.

What: who signs them, how they look, and the mail server that invitations go over; without a host e-mail is off.
Why: apart, since the mail server's are checked together: a half-set one must be said at the start, not at the first invitation.
Refuses: a server on another machine without TLS, and a server without an address to write from.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

if TYPE_CHECKING:
    from outbound.mail import MailServer


class LetterSettings(BaseSettings):
    """What an operator can turn about letters."""

    program_name: str = Field(default="Clozapine REMS Contact Center", description="Who signs the letters.")
    answers_within: str = Field(
        default="one business day",
        min_length=1,
        max_length=40,
        description="How soon letters say that an answer comes, in words.",
    )
    letter_resolution: Literal["fine", "standard"] = Field(
        default="fine",
        description="Rows per inch of letters: `fine` is 196, `standard` 98, which every machine takes in half the time.",
    )
    printed_status_forms: bool = Field(
        default=True,
        description="With confirmations and reminders of status forms goes the next one, printed with the patient's data.",
    )
    smtp_host: str = Field(
        default="", description="Mail server that invitations go over; empty: e-mail is off, and what cannot go by fax is held."
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port: 587 for starttls, 465 for tls.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is secured; `none` to this machine itself only."
    )
    smtp_user: str = Field(default="", description="As whom remsfax signs in there; empty: no sign-in.")
    smtp_password: SecretStr | None = Field(default=None, description="The password of that user.")
    smtp_sender: str = Field(default="", description="The address that e-mails come from.")

    @field_validator("smtp_sender")
    @classmethod
    def _an_address(cls, address: str) -> str:
        from registry.identifiers import normal_email

        if address and normal_email(address) is None:
            raise ValueError("an e-mail address is needed, such as rems@example.org")
        return address

    @model_validator(mode="after")
    def _mail_server_has_what_it_needs(self) -> Self:
        if not self.smtp_host:
            return self
        if not self.smtp_sender:
            raise ValueError("REMSFAX_SMTP_HOST needs REMSFAX_SMTP_SENDER, the address that e-mails come from")
        if self.smtp_security == "none" and not _this_machine(self.smtp_host):
            raise ValueError("REMSFAX_SMTP_SECURITY=none is for a mail server on this machine only, such as 127.0.0.1")
        if self.smtp_user and self.smtp_password is None:
            raise ValueError("REMSFAX_SMTP_USER needs REMSFAX_SMTP_PASSWORD")
        return self

    @property
    def mail_server(self) -> MailServer | None:
        """The mail server; None where e-mail is off."""
        if not self.smtp_host:
            return None
        from outbound.mail import MailServer  # only here: most commands send nothing

        return MailServer(
            self.smtp_host,
            self.smtp_port,
            self.smtp_security,
            self.smtp_user,
            "" if self.smtp_password is None else self.smtp_password.get_secret_value(),
            self.smtp_sender,
            self.program_name,
        )


def _this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
