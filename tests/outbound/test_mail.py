"""A mail server as the gateway meets it: with and without TLS, refusing, hanging up."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from outbound.gateway import Delivered, Impossible, JobMark, NotSent, Unknown
from outbound.mail import Mail, MailServer, SmtpMail

NOW = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
MAIL = Mail(
    JobMark("d1", "d1-1", "R-1"), "ray@example.org", "Ray Hill", "Your access", "Open this link:\nhttps://rems.example/x\n"
)


class Post(Controller):
    """A server on whichever port is free."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Box:
    """Takes what comes."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(envelope)
        return "250 taken"


class BoxThatIsFull(Box):
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return "452 no room, later"


class BoxThatKnowsNobody(Box):
    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        return "550 no such user"


class BoxThatHangsUpInTheMail(Box):
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert server.transport is not None
        server.transport.close()
        return "250 nobody hears this"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and key of 127.0.0.1 for as long as the tests last."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail for tests")])
    begin = datetime.now(UTC) - timedelta(minutes=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def starting(box: Box, certificate: Path | None = None) -> Controller:
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    return Post(box, hostname="127.0.0.1", port=0, tls_context=context, require_starttls=context is not None)


@pytest.fixture
def box() -> Box:
    return Box()


def running(controller: Controller) -> Iterator[int]:
    controller.start()
    try:
        assert controller.server is not None
        yield controller.server.sockets[0].getsockname()[1]
    finally:
        controller.stop()


def sent(box: Box, certificate: Path | None = None, *, trusted: bool = True):  # type: ignore[no-untyped-def]
    """What becomes of the mail at that server."""
    for port in running(starting(box, certificate)):
        server = MailServer(
            "127.0.0.1", port, "none" if certificate is None else "starttls", sender="rems@example.org", timeout=5
        )
        gateway = SmtpMail(server, (lambda: trusting(certificate)) if certificate and trusted else ssl.create_default_context)
        return gateway.submit(MAIL, NOW)
    raise AssertionError


def test_a_mail_goes_over_tls_with_the_attempts_tag_in_its_id(box: Box, certificate: Path) -> None:
    assert sent(box, certificate) == Delivered("<d1-1@example.org>", 1)
    (mail,) = box.mails
    assert mail.rcpt_tos == ["ray@example.org"]
    assert b"Message-ID: <d1-1@example.org>" in mail.content
    assert b"https://rems.example/x" in mail.content


def test_a_server_whose_certificate_does_not_hold_gets_nothing(box: Box, certificate: Path) -> None:
    found = sent(box, certificate, trusted=False)
    assert isinstance(found, NotSent)
    assert "certificate" in found.detail
    assert box.mails == []


def test_a_server_without_tls_gets_nothing_where_tls_is_wanted(box: Box) -> None:
    for port in running(starting(box)):
        found = SmtpMail(MailServer("127.0.0.1", port, timeout=5)).submit(MAIL, NOW)
    assert isinstance(found, Impossible)
    assert box.mails == []


def test_later_is_not_sent_and_no_such_user_is_impossible() -> None:
    assert isinstance(sent(BoxThatIsFull()), NotSent)
    assert isinstance(sent(BoxThatKnowsNobody()), Impossible)


def test_a_server_that_hangs_up_while_it_takes_the_mail_leaves_it_unknown() -> None:
    box = BoxThatHangsUpInTheMail()
    assert isinstance(sent(box), Unknown)


def test_a_server_that_is_not_there_has_taken_nothing() -> None:
    found = SmtpMail(MailServer("127.0.0.1", 1, "none", timeout=1)).submit(MAIL, NOW)
    assert isinstance(found, NotSent)
    assert isinstance(SmtpMail(MailServer("127.0.0.1", 1)).find(MAIL.mark), Unknown)
