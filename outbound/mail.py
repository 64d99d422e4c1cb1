"""Letters by e-mail: invitations for designees and for a pharmacy's staff, never a patient's data.

What: a mail of plain text over SMTP with TLS, and what the server's answers mean.
Why: R22 and R80 ask for an e-mail; nothing else here goes by e-mail, which nobody can call confidential.
How: one message per attempt with the attempt's tag in its Message-ID. Delivered means that the server has taken the mail and
answers for it now; whether a person ever reads it nobody says, and after that nobody can be asked. A refusal of the recipient or
of the mail is Impossible. What is our own affair (no way to the server, its certificate, our sign-in, our address) speaks against
no recipient. From the moment the text is handed over until the server has answered for it, a silence is Unknown.
Refuses: a server without TLS on another machine (`app.letter_settings`), a header with a line break in it, and to call mail that
was handed over read.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Literal

from outbound.gateway import Cause, Delivered, Impossible, JobMark, NotSent, Outcome, Unknown

TAKEN = "the mail server took it"


@dataclass(frozen=True)
class Mail:
    """One e-mail."""

    mark: JobMark
    to: str  # address, checked by the registry
    name: str  # of the recipient
    subject: str
    text: str  # plain text, lines of at most 72 characters


@dataclass(frozen=True)
class MailServer:
    """The SMTP server that takes our mail."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"  # none: only to this machine itself
    user: str = ""  # "": no sign-in
    password: str = ""
    sender: str = "rems@localhost"  # the From address
    sender_name: str = ""
    timeout: float = 30.0  # seconds, for each word of the server


def tls_context() -> ssl.SSLContext:
    """Certificates are checked against the machine's authorities."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class SmtpMail:
    """Sends mails over one server, a connection each."""

    server: MailServer
    context: Callable[[], ssl.SSLContext] = tls_context

    def submit(self, mail: Mail, now: datetime) -> Outcome:
        """Hand one mail over; Delivered means that the server answers for it now."""
        try:
            message = self._message(mail, now)
            raw = message.as_bytes(policy=SMTP)
        except ValueError as problem:  # UnicodeError is one; nothing was begun
            return Impossible(f"the mail cannot be written: {problem}")
        word: Outcome | None = None
        handed = False
        try:
            with self._connected() as line:
                word = self._refusal(line, mail.to)
                if word is None:
                    handed = True  # while it takes the text nobody knows
                    word = self._word_on(line, raw, {"to": mail.to, "message": message["Message-ID"]})
        except (OSError, smtplib.SMTPException) as problem:
            if word is None:  # how it says goodbye changes nothing
                word = self._not_taken(problem, handed=handed)
        return word

    def _refusal(self, line: smtplib.SMTP, to: str) -> Outcome | None:
        """Say from whom and to whom; what the server has against the recipient, None for nothing."""
        line.ehlo_or_helo_if_needed()
        code, words = line.mail(self.server.sender)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, words, self.server.sender)
        code, words = line.rcpt(to)
        return None if code in (250, 251) else self._no(code, words)

    def _word_on(self, line: smtplib.SMTP, raw: bytes, evidence: dict[str, str]) -> Outcome:
        """Hand the text over; what the server says."""
        try:
            code, words = line.data(raw)
        except smtplib.SMTPDataError as problem:  # it does not even want to see the text
            return self._no(problem.smtp_code, problem.smtp_error)
        if code != 250:
            return self._no(code, words)
        host, said = self.server.host, _said(code, words)
        return Delivered(evidence["message"], 1, {**evidence, "mail server": host, "it said": said}, f"{TAKEN} ({host}: {said})")

    def _no(self, code: int, words: bytes | str) -> Outcome:
        said = f"{self.server.host}: {_said(code, words)}"
        return NotSent(Cause.NOT_NOW, said) if 400 <= code < 500 else Impossible(f"refused by {said}")

    def _not_taken(self, problem: OSError | smtplib.SMTPException, *, handed: bool) -> Outcome:
        host = self.server.host
        if handed:
            return Unknown(f"{host} hung up while it took the mail, which may be on its way: {problem}")
        match problem:
            case ssl.SSLCertVerificationError():
                why = f"the certificate of {host} does not hold: {problem.verify_message}"
            case smtplib.SMTPAuthenticationError():
                why = f"{host} does not let us in: {_said(problem.smtp_code, problem.smtp_error)}"
            case smtplib.SMTPResponseException():
                why = f"{host} takes nothing from us: {_said(problem.smtp_code, problem.smtp_error)}"
            case smtplib.SMTPNotSupportedError():
                why = f"{host} cannot do what is needed: {problem}"
            case _:
                why = f"{host}: {problem}"
        return NotSent(Cause.GATEWAY_DOWN, why)

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        if server.security == "tls":
            line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=self.context())
        else:
            line = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        with ExitStack() as undone:
            undone.callback(line.close)
            if server.security == "starttls":
                line.starttls(context=self.context())
            if server.user:
                line.login(server.user, server.password)
            undone.pop_all()
        return line

    def _message(self, mail: Mail, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"] = formataddr((self.server.sender_name, self.server.sender))
        message["To"] = formataddr((mail.name, mail.to))
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{mail.mark.tag}@{self.server.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answer comes back
        message.set_content(mail.text, cte="quoted-printable")  # seven bits, which every server takes
        return message


def _said(code: int, words: bytes | str) -> str:
    """The server's answer in one line."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(f"{code} {text}".split())
