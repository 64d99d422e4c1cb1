"""A mail server as the gateway meets it: with and without TLS, refusing, hanging up."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from outbound.gateway import Cause, Delivered, Impossible, JobMark, NotSent, Outcome, Unknown
from outbound.mail import Mail, MailServer, SmtpMail
from tests.outbound import mail_servers as servers
from tests.outbound.mail_servers import Box

NOW = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
MAIL = Mail(JobMark("d1", "d1-1", "R-1"), "ray@example.org", "Ray Hill", "Your access", "Call us.\n.\nAll of this arrives.\n")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return servers.certificate_in(tmp_path_factory.mktemp("tls"))


def sent(box: Box, certificate: Path | None = None, *, trusted: bool = True, mail: Mail = MAIL) -> Outcome:
    """What becomes of the mail at that server."""
    with servers.serving(box, certificate) as port:
        security = "none" if certificate is None else "starttls"
        server = MailServer("127.0.0.1", port, security, sender="rems@example.org", timeout=5)
        context = (lambda: servers.trusting(certificate)) if certificate and trusted else ssl.create_default_context
        return SmtpMail(server, context).submit(mail, NOW)


def test_a_mail_goes_over_tls_with_the_attempts_tag_in_its_id_and_the_servers_word_as_evidence(certificate: Path) -> None:
    box = Box()
    found = sent(box, certificate)
    assert isinstance(found, Delivered)
    assert (found.gateway_reference, found.pages) == ("<d1-1@example.org>", 1)
    assert found.evidence["it said"] == "250 2.0.0 queued as 4F2"
    assert found.said.startswith("the mail server took it")
    (mail,) = box.mails
    assert (mail.mail_from, mail.rcpt_tos) == ("rems@example.org", ["ray@example.org"])
    assert b"Message-ID: <d1-1@example.org>" in mail.content
    assert mail.content.endswith(b"Call us.\r\n.\r\nAll of this arrives.\r\n")


def test_names_and_words_of_any_language_arrive_as_written_over_seven_bits() -> None:
    box = Box()
    assert isinstance(sent(box, mail=replace(MAIL, name="Jos\u00e9 N\u00fa\u00f1ez", text="\u00bfJos\u00e9?\n")), Delivered)
    content = box.mails[0].content
    assert isinstance(content, bytes)
    assert content.isascii()
    read = message_from_bytes(content, policy=default)
    assert read["To"] == "Jos\u00e9 N\u00fa\u00f1ez <ray@example.org>"
    assert read.get_content().strip() == "\u00bfJos\u00e9?"


def test_a_server_whose_certificate_does_not_hold_gets_nothing(certificate: Path) -> None:
    box = Box()
    found = sent(box, certificate, trusted=False)
    assert isinstance(found, NotSent)
    assert "certificate" in found.detail
    assert box.mails == []


def test_a_server_without_tls_gets_nothing_where_tls_is_wanted_and_no_recipient_is_blamed() -> None:
    box = Box()
    with servers.serving(box) as port:
        found = SmtpMail(MailServer("127.0.0.1", port, timeout=5)).submit(MAIL, NOW)
    assert isinstance(found, NotSent)
    assert found.cause is Cause.GATEWAY_DOWN
    assert box.mails == []


@pytest.mark.parametrize("box", [servers.BoxThatIsFull, servers.BoxThatGreylists])
def test_later_is_not_sent_and_says_so(box: type[Box]) -> None:
    found = sent(box())
    assert isinstance(found, NotSent)
    assert found.cause is Cause.NOT_NOW


@pytest.mark.parametrize(("box", "said"), [(servers.BoxThatKnowsNobody, "550"), (servers.BoxThatRefusesTheText, "554")])
def test_a_refusal_of_recipient_or_text_can_never_be_sent_like_this(box: type[Box], said: str) -> None:
    found = sent(box())
    assert isinstance(found, Impossible)
    assert said in found.detail


def test_a_server_that_takes_nothing_from_us_says_nothing_against_the_recipient() -> None:
    found = sent(servers.BoxThatDoesNotKnowUs())
    assert isinstance(found, NotSent)
    assert found.cause is Cause.GATEWAY_DOWN


def test_a_server_that_hangs_up_while_it_takes_the_mail_leaves_it_unknown_and_before_that_not() -> None:
    assert isinstance(sent(servers.BoxThatHangsUpInTheMail()), Unknown)
    assert isinstance(sent(servers.BoxThatHangsUpBeforeTheMail()), NotSent)


def test_a_server_that_is_not_there_has_taken_nothing() -> None:
    found = SmtpMail(MailServer("127.0.0.1", 1, "none", timeout=1)).submit(MAIL, NOW)
    assert isinstance(found, NotSent)


@pytest.mark.parametrize("wrong", [replace(MAIL, subject="one\nBcc: all@example.org"), replace(MAIL, to="r\u00e4y@example.org")])
def test_a_mail_that_cannot_be_written_is_no_crash(wrong: Mail) -> None:
    box = Box()
    assert isinstance(sent(box, mail=wrong), Impossible)
    assert box.mails == []
