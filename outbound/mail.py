"""Letters by e-mail: links for designees and for a pharmacy's staff, never a patient's data.

What: a mail of plain text over SMTP with TLS, and what the server's answers mean.
Why: R22 and R80 ask for an e-mail with a link; nothing else here goes by e-mail, which nobody can call confidential.
How: one message per attempt with the attempt's tag in its Message-ID, so that a mail that was sent twice is shown once by most
programs. After the server has taken it nobody can ask what became of it.
Refuses: a server without TLS on another machine (`app.settings`), a header with a line break in it (`ValueError` of the standard
library), and to call mail that was handed over read.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Literal

from outbound.gateway import Cause, Delivered, Impossible, JobMark, NotSent, Outcome, Unknown


@dataclass(frozen=True)
class Mail:
    """One e-mail."""

    mark: JobMark
    to: str  # address, checked by the registry
    name: str  # of the recipient
    subject: str
    text: str  # plain text, lines of at most 78 characters


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
    timeout: float = 30.0  # seconds


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
        handed = taken = False
        message = self._message(mail, now)
        try:
            with self._connected() as line:
                handed = True  # while it takes the message nobody knows
                line.send_message(message)
                taken = True
        except (OSError, smtplib.SMTPException) as problem:
            if not taken:  # how it says goodbye changes nothing
                return self._outcome_of(problem, handed=handed)
        return Delivered(message["Message-ID"], 1)

    def _outcome_of(self, problem: OSError | smtplib.SMTPException, *, handed: bool) -> Outcome:
        match problem:
            case smtplib.SMTPRecipientsRefused():
                code, words = next(iter(problem.recipients.values()))
                return self._refused(code, words)
            case smtplib.SMTPResponseException():
                return self._refused(problem.smtp_code, problem.smtp_error)
            case smtplib.SMTPNotSupportedError():
                return Impossible(f"{self.server.host} cannot do what is needed: {problem}")
            case ssl.SSLCertVerificationError():
                why = f"the certificate of {self.server.host} does not hold: {problem.verify_message}"
                return NotSent(Cause.GATEWAY_DOWN, why)
        if handed:
            return Unknown(f"{self.server.host} hung up while it took the mail: {problem}")
        return NotSent(Cause.GATEWAY_DOWN, f"{self.server.host}: {problem}")

    def find(self, mark: JobMark) -> Outcome:
        """Nobody can be asked about a mail: a person decides whether it is sent again."""
        return Unknown(f"no mail server says what became of {mark.tag}")

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        if server.security == "tls":
            line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=self.context())
        else:
            line = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
            if server.security == "starttls":
                line.starttls(context=self.context())
        if server.user:
            line.login(server.user, server.password)
        return line

    def _message(self, mail: Mail, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"] = formataddr((self.server.sender_name, self.server.sender))
        message["To"] = formataddr((mail.name, mail.to))
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{mail.mark.tag}@{self.server.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answer comes back
        message.set_content(mail.text)
        return message

    def _refused(self, code: int, words: bytes | str) -> Outcome:
        said = f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
        if 400 <= code < 500:
            return NotSent(Cause.GATEWAY_DOWN, f"{self.server.host} says not now: {said}")
        return Impossible(f"{self.server.host} refuses the mail: {said}")
