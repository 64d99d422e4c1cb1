"""Invitations by e-mail through the whole service: from the form or act that causes them to a real mail server."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import pytest

from app.composition import Remsfax
from app.mailing_aside import Aside, send_mails
from app.sending import send_letter
from app.status import status
from app.sweep import release_mails
from outbound import looking_storage, storage
from outbound.delivery import Delivery, DeliveryId, DeliveryState
from outbound.gateway import Delivered, Outcome
from outbound.mail import Mail, MailServer, SmtpMail
from outbound.notice import Recipient, Role
from tests.app.driving import Driven
from tests.outbound.letters_for_tests import notice_of_kind
from tests.outbound.mail_servers import Box, serving
from tests.registry.world import DESIGNEE, World
from tests.service.fakes import fax

SIGNED = {f"signature_{who}": "present" for who in ("prescriber", "designee")}


def a_service(folder: Path) -> Driven:
    """A service that knows a prescriber."""
    made = Driven(folder)
    with made.house.database.writing() as session:
        World(session).prescriber()
    return made


@pytest.fixture
def driven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Driven:
    monkeypatch.chdir(tmp_path)
    return a_service(tmp_path)


def post_at(port: int) -> SmtpMail:
    return SmtpMail(MailServer("127.0.0.1", port, "none", sender="rems@example.org", timeout=5))


def invitation(house: Remsfax) -> Delivery:
    with house.database.reading() as session:
        (found,) = looking_storage.latest(session, kind="designee_invitation")
    return found


def enroll(driven: Driven, **values: str | None) -> Remsfax:
    driven.drop("a.tif", fax("prescriber_designee", values={**DESIGNEE, **SIGNED, **values}))
    driven.go_on()
    return driven.house


def test_r22_a_designees_fax_ends_in_an_email_to_the_designee_and_nothing_of_it_goes_to_a_telephone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    box = Box()
    with serving(box) as port:
        for name, value in {"HOST": "127.0.0.1", "PORT": port, "SECURITY": "none", "SENDER": "rems@example.org"}.items():
            monkeypatch.setenv(f"REMSFAX_SMTP_{name}", str(value))
        driven = a_service(tmp_path)
        house = enroll(driven)
    sent = invitation(house)
    assert (sent.state, sent.fax, sent.email, sent.kinds) == (
        DeliveryState.DELIVERED, None, DESIGNEE["designee_email"], ("designee_invitation",),
    )  # fmt: skip
    (mail,) = box.mails
    assert mail.rcpt_tos == [DESIGNEE["designee_email"]]
    assert driven.fax("a.tif").fax.reference.encode() in mail.content
    assert not any("designee_invitation" in path.read_text() for path in house.folders.outbox.glob("*.json"))
    with house.database.reading() as session:
        told = status(house.database, house.broker, house.clock())
        assert storage.delivery(session, sent.delivery_id).last_word.startswith("the mail server took it")
    assert {state: count for state, count in told.mails.items() if count} == {"delivered": 1}


def test_without_a_mail_server_who_has_a_fax_number_gets_it_by_fax_as_before(driven: Driven) -> None:
    sent = invitation(enroll(driven, designee_fax="3125550155"))
    assert (sent.state, sent.fax, sent.email) == (DeliveryState.DELIVERED, "3125550155", None)


@pytest.mark.parametrize("gateway", ["spool", "hylafax", "web"])
def test_without_server_and_number_it_is_held_whatever_the_fax_gateway_is_and_goes_once_there_is_a_server(
    driven: Driven, gateway: str
) -> None:
    house = enroll(driven, designee_fax=None)
    house.settings = house.settings.model_copy(update={"gateway": gateway})
    held = invitation(house)
    assert (held.state, held.waits_for) == (DeliveryState.HELD, "mail_off")
    box = Box()
    with serving(box) as port:
        house.post = post_at(port)
        release_mails(house.database, house.clock())
        send_letter(house, held.delivery_id)
    assert invitation(house).state is DeliveryState.DELIVERED
    assert len(box.mails) == 1


def test_a_mail_server_that_hangs_keeps_no_fax_from_its_line_and_what_comes_meanwhile_goes_after_it(driven: Driven) -> None:
    house = enroll(driven, designee_fax=None)
    hanging, hung, mails = threading.Event(), threading.Event(), []

    class PostThatHangs:
        def submit(self, mail: Mail, now: datetime) -> Outcome:
            hung.set()
            assert hanging.wait(20)
            mails.append(mail.to)
            return Delivered("<m@example.org>", 1)

    house.post = PostThatHangs()
    release_mails(house.database, house.clock())
    aside = Aside()
    send_letter(house, invitation(house).delivery_id, aside)
    assert hung.wait(20)
    kim = Recipient(Role.STAFF, "Kim Abara", None, "kim@example.org")
    with house.database.writing() as session:
        storage.plan_delivery(session, [notice_of_kind("staff_invitation", kim)], DeliveryId("m2"), house.clock())
        storage.plan_delivery(session, [notice_of_kind("anc_recorded")], DeliveryId("f"), house.clock())
    send_letter(house, DeliveryId("m2"), aside)
    send_letter(house, DeliveryId("f"), aside)
    with house.database.reading() as session:
        assert storage.delivery(session, DeliveryId("f")).state is DeliveryState.DELIVERED
    assert mails == []
    hanging.set()
    for thread in threading.enumerate():
        if thread.name == "mails":
            thread.join(20)
    assert mails == [DESIGNEE["designee_email"], "kim@example.org"]


def test_what_is_told_to_stop_begins_no_further_mail(driven: Driven) -> None:
    house = enroll(driven, designee_fax=None)
    house.post = post_at(1)
    release_mails(house.database, house.clock())
    send_mails(house, lambda: True)
    aside = Aside()
    aside.finish(1)
    send_letter(house, invitation(house).delivery_id, aside)
    assert invitation(house).attempts == 0
    send_mails(house)
    assert (invitation(house).attempts, invitation(house).state) == (1, DeliveryState.DUE)
