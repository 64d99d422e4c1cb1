"""Letters by e-mail from their row to a real mail server and back: once, or known not, or known to be unknown."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from outbound import calls_storage, day_storage, letter_acts, mail_storage, sending, storage
from outbound.calling import CallingRules
from outbound.delivery import DeliveryId, DeliveryState, HeldFor
from outbound.gateway import Cause, Delivered, Impossible, NotSent, Outcome, Unknown
from outbound.mail import Mail, MailServer, SmtpMail
from outbound.mailing import send_mail
from outbound.notice import Notice, Recipient, Role, bundles
from outbound.retrying import BY_CAUSE, PATIENCE_OF_MAIL
from tests.outbound import gateways as lines
from tests.outbound import mail_servers as servers
from tests.outbound.letters_for_tests import DOCTOR, NOW, US, notice_of_kind
from tests.outbound.test_sending import a_database, two_pages

KIM = Recipient(Role.STAFF, "Kim Abara", None, "kim@example.org")
ONE = DeliveryId("m1")
LONG_AFTER = NOW + PATIENCE_OF_MAIL + timedelta(seconds=1)


def invitation(occasion: str = "S1", recipient: Recipient = KIM) -> Notice:
    return notice_of_kind("staff_invitation", recipient, occasion)


def planned(recipient: Recipient = KIM) -> sessionmaker[Session]:
    database = a_database()
    with database.begin() as session:
        storage.plan_delivery(session, [invitation(recipient=recipient)], ONE, NOW)
    return database


def letter(database: sessionmaker[Session]):
    with database() as session:
        return storage.delivery(session, ONE)


def post_at(port: int) -> SmtpMail:
    return SmtpMail(MailServer("127.0.0.1", port, "none", sender="rems@example.org", timeout=5))


def sent_to(box: servers.Box, database: sessionmaker[Session], at=NOW):
    with servers.serving(box) as port:
        send_mail(database, ONE, post_at(port), at, sender=US)
    return letter(database)


class PostThatDies:
    """The worker is killed while the server has the mail."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def submit(self, mail: Mail, now) -> Outcome:
        self.mails.append(mail)
        raise lines.ProcessDied


class PostThatWorks(PostThatDies):
    def submit(self, mail: Mail, now) -> Outcome:
        self.mails.append(mail)
        return Delivered("<m@example.org>", 1, {}, "the mail server took it")


class PostThatSaysLater(PostThatDies):
    def submit(self, mail: Mail, now) -> Outcome:
        self.mails.append(mail)
        return NotSent(Cause.NOT_NOW, "450 later")


def test_an_invitation_is_delivered_when_the_server_took_it_and_says_no_more_than_that():
    database, box = planned(), servers.Box()
    found = sent_to(box, database)
    assert (found.state, found.attempts, found.email) == (DeliveryState.DELIVERED, 1, "kim@example.org")
    assert found.last_word.startswith("the mail server took it (127.0.0.1: 250 2.0.0 queued as 4F2)")
    (mail,) = box.mails
    assert mail.rcpt_tos == ["kim@example.org"]
    assert b"R-20261123-0417" in mail.content
    with database() as session:
        (attempt,) = calls_storage.attempts(session, ONE)
        assert attempt.evidence["it said"] == "250 2.0.0 queued as 4F2"
        assert day_storage.times(session, NOW, day_storage.CALLS) == 0
        assert day_storage.times(session, NOW, day_storage.MAILS) == 1


def test_sending_twice_makes_one_mail():
    database, post = planned(), PostThatWorks()
    send_mail(database, ONE, post, NOW, sender=US)
    assert send_mail(database, ONE, post, NOW, sender=US) is None
    assert len(post.mails) == 1


def test_a_recipient_whom_the_server_does_not_know_is_given_up_until_a_person_finds_the_address():
    database = planned()
    found = sent_to(servers.BoxThatKnowsNobody(), database)
    assert found.state is DeliveryState.ABANDONED
    assert "550 no such user" in found.last_word
    with database.begin() as session:
        letter_acts.give_address(session, ONE, "Kim.Abara@Example.org", "pat", NOW)
    box = servers.Box()
    assert sent_to(box, database).state is DeliveryState.DELIVERED
    assert box.mails[0].rcpt_tos == ["kim.abara@example.org"]


def test_a_server_that_says_later_gets_it_later_and_not_for_ever():
    database, box = planned(), servers.BoxThatIsFull()
    first = sent_to(box, database)
    assert first.state is DeliveryState.DUE
    assert first.next_look_at == NOW + timedelta(minutes=5)
    assert sent_to(box, database, first.next_look_at).state is DeliveryState.DELIVERED
    assert len(box.mails) == 1

    database, post, at = planned(), PostThatSaysLater(), NOW
    while letter(database).state is DeliveryState.DUE:
        at = max(at, letter(database).next_look_at)
        send_mail(database, ONE, post, at, sender=US)
    assert letter(database).state is DeliveryState.ABANDONED
    assert len(post.mails) == BY_CAUSE[Cause.NOT_NOW].attempts
    assert timedelta(days=3) < at - NOW < timedelta(days=5)


def test_a_server_that_hung_up_while_it_took_the_mail_leaves_it_uncertain_and_it_is_never_sent_again_by_itself():
    database, box = planned(), servers.BoxThatHangsUpInTheMail()
    assert sent_to(box, database).state is DeliveryState.UNCERTAIN
    for days in range(5):
        assert sent_to(box, database, NOW + timedelta(days=days)).state is DeliveryState.UNCERTAIN
        with database() as session:
            assert storage.due(session, NOW + timedelta(days=days)) == ()
    assert len(box.mails) == 1
    state = letter_acts.send_again(database, ONE, lines.GatewayThatWorks(), NOW, by="pat", reason="Kim has no mail")
    assert state is DeliveryState.DUE


def test_a_server_that_is_away_is_tried_again_and_blames_nobody():
    database = planned()
    send_mail(database, ONE, post_at(1), NOW, sender=US)
    found = letter(database)
    assert (found.state, found.next_look_at) == (DeliveryState.DUE, NOW + timedelta(minutes=1))


def test_a_process_that_died_with_the_server_leaves_a_person_to_ask():
    database, post = planned(), PostThatDies()
    with pytest.raises(lines.ProcessDied):
        send_mail(database, ONE, post, NOW, sender=US)
    assert send_mail(database, ONE, post, NOW + timedelta(minutes=1), sender=US) is None  # it may only be slow
    send_mail(database, ONE, post, LONG_AFTER, sender=US)
    assert letter(database).state is DeliveryState.UNCERTAIN
    assert len(post.mails) == 1


def test_a_process_that_died_before_it_handed_anything_over_is_made_up_for():
    database, post = planned(), PostThatWorks()
    with database.begin() as session:
        calls_storage.begin_call(session, ONE, (), NOW, NOW + PATIENCE_OF_MAIL)
    send_mail(database, ONE, post, LONG_AFTER, sender=US)
    assert letter(database).state is DeliveryState.DUE
    send_mail(database, ONE, post, LONG_AFTER, sender=US)
    assert (letter(database).state, len(post.mails)) == (DeliveryState.DELIVERED, 1)


def test_a_slow_worker_whose_attempt_was_judged_before_it_began_hands_nothing_over():
    database, post = planned(), PostThatWorks()

    with database.begin() as session:
        (begun,) = calls_storage.begin_call(session, ONE, (), NOW, NOW + PATIENCE_OF_MAIL)
    send_mail(database, ONE, post, LONG_AFTER, sender=US)
    with database.begin() as session:
        assert not calls_storage.note_rendered(session, begun.call_tag, 1, "x")
    assert post.mails == []


def test_a_late_word_that_the_server_took_it_ends_the_uncertainty():
    database, post = planned(), PostThatDies()
    with pytest.raises(lines.ProcessDied):
        send_mail(database, ONE, post, NOW, sender=US)
    send_mail(database, ONE, post, LONG_AFTER, sender=US)
    tag = letter(database).call_tag
    sending.settle(database, tag, Delivered("<late@example.org>", 1, {}, "the mail server took it"), LONG_AFTER)
    assert letter(database).state is DeliveryState.DELIVERED


def test_without_a_mail_server_a_letter_is_held_says_so_and_goes_once_there_is_one():
    database, post = planned(), PostThatWorks()
    assert send_mail(database, ONE, None, NOW, sender=US) is None
    held = letter(database)
    assert (held.state, held.waits_for, held.attempts) == (DeliveryState.HELD, HeldFor.MAIL_OFF, 0)
    assert "REMSFAX_SMTP_HOST" in held.last_word
    with database.begin() as session:
        assert [one.delivery_id for one in storage.wanting_a_person(session)] == [ONE]
        assert mail_storage.any_held(session)
        assert storage.oldest_unsent(session) is None
        assert mail_storage.release_held(session, NOW) == 1
        assert not mail_storage.any_held(session)
    send_mail(database, ONE, post, NOW, sender=US)
    assert (letter(database).state, len(post.mails)) == (DeliveryState.DELIVERED, 1)


def test_a_mail_waits_for_no_line_takes_none_and_rides_along_with_nobody():
    database, gateway, post = planned(), lines.GatewayThatWorks(), PostThatDies()
    with database.begin() as session:
        for number in ("d1", "d2"):
            fax = notice_of_kind("anc_recorded", DOCTOR, number)
            storage.plan_delivery(session, [fax], DeliveryId(number), NOW)
        storage.plan_delivery(session, [invitation("S2")], DeliveryId("m2"), NOW)
    rules = CallingRules(lines=1)
    with pytest.raises(lines.ProcessDied):
        send_mail(database, DeliveryId("m2"), post, NOW, sender=US)
    with database() as session:
        assert storage.calls_under_way(session) == 0
        assert storage.due(session, NOW, lines=0) == (ONE,)
        assert set(storage.due(session, NOW, lines=1)) == {ONE, "d1"}
    sending.send(database, DeliveryId("d1"), gateway, NOW, sender=US, draw=two_pages, rules=rules)
    assert letter(database).state is DeliveryState.DUE
    with database() as session:
        assert storage.delivery(session, DeliveryId("d1")).state is DeliveryState.DELIVERED


def test_two_invitations_to_one_person_are_two_mails():
    two = [invitation("S1"), invitation("S2")]
    assert [len(one) for one in bundles(two)] == [1, 1]


def test_only_invitations_may_get_an_address_and_a_mail_may_become_a_fax():
    database = planned()
    with database.begin() as session:
        storage.plan_delivery(session, [notice_of_kind("anc_recorded", DOCTOR, "F")], DeliveryId("f"), NOW)
        with pytest.raises(letter_acts.NoSuchAddress, match="fax number"):
            letter_acts.give_address(session, DeliveryId("f"), "ray@example.org", "pat", NOW)
        with pytest.raises(letter_acts.NoSuchAddress):
            letter_acts.give_address(session, ONE, "nowhere", "pat", NOW)
        letter_acts.give_number(session, ONE, "202-555-0144", "pat", NOW)
    gateway = lines.GatewayThatWorks()
    sending.send(database, ONE, gateway, NOW, sender=US, draw=two_pages)
    assert [job.fax for job in gateway.sent.values()] == ["2025550144"]


def test_a_mail_that_is_stopped_on_its_way_is_not_tried_again():
    database, post = planned(), PostThatSaysLater()
    with database.begin() as session:
        calls_storage.begin_call(session, ONE, (), NOW, LONG_AFTER)
    letter_acts.cancel(database, ONE, lines.GatewayThatWorks(), NOW, by="pat", reason="wrong person")
    send_mail(database, ONE, post, LONG_AFTER, sender=US)
    assert letter(database).state is DeliveryState.ABANDONED
    assert post.mails == []


class PostByScript(PostThatDies):
    """Does what the script says, then works; `mails` are those that really went out."""

    def __init__(self, script: list[str]) -> None:
        super().__init__()
        self.script = list(script)

    def submit(self, mail: Mail, now) -> Outcome:
        does = self.script.pop(0) if self.script else "works"
        if does in ("works", "dies after", "hangs up after"):
            self.mails.append(mail)
        if does.startswith("dies"):
            raise lines.ProcessDied
        said = {"later": NotSent(Cause.NOT_NOW), "down": NotSent(Cause.GATEWAY_DOWN), "refuses": Impossible("550")}
        if does.startswith("hangs up"):
            return Unknown("hung up")
        return said.get(does, Delivered("<m@example.org>", 1))


MISFORTUNES = ["later", "down", "refuses", "dies before", "dies after", "hangs up", "hangs up after"]


@given(st.lists(st.sampled_from(MISFORTUNES), max_size=5))
@settings(deadline=None, max_examples=25)
def test_whatever_the_server_does_a_mail_goes_out_at_most_once_and_comes_to_rest(script: list[str]):
    database, post, at = planned(), PostByScript(script), NOW
    for _ in range(40):
        found = letter(database)
        if found.next_look_at is None:
            break
        at = max(at, found.next_look_at)
        with contextlib.suppress(lines.ProcessDied):
            send_mail(database, ONE, post, at, sender=US)
    assert found.state in (DeliveryState.DELIVERED, DeliveryState.UNCERTAIN, DeliveryState.ABANDONED)
    assert len(post.mails) <= 1
    if found.state is DeliveryState.DELIVERED:
        assert len(post.mails) == 1
    if found.state is DeliveryState.ABANDONED:
        assert post.mails == []
