"""What is done at the desk about letters and numbers: by whom, with what reason, and only while it may be done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from outbound import calls_storage, letter_acts, numbers_storage, storage
from outbound.delivery import DeliveryId, DeliveryState
from outbound.gateway import Cause, Delivered, NotSent, Outcome, Unknown, Unreachable
from outbound.mail import Mail
from outbound.mailing import send_mail
from outbound.notice import Recipient, Role
from tests.app.letters_world import HARBOR, HOSTILE, LEE, OYELARAN, STRANGER, LettersWorld, arrived, rows


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LettersWorld]:
    made = LettersWorld(tmp_path_factory.mktemp("changed"), quick=True)
    yield made
    made.house.database.close()


@pytest.fixture
def world(changed: LettersWorld) -> LettersWorld:
    """A world without letters, for one test to change."""
    changed.clear()
    return changed


@pytest.fixture
def uncertain(world: LettersWorld) -> tuple[DeliveryId, DeliveryId]:
    """Two letters of one call of which nobody knows whether it arrived."""
    two = world.plan("neutropenia_severe", OYELARAN, 4), world.plan("acknowledgement", OYELARAN, 4)
    world.call(Unknown("the receipt of page 2 was lost"), two[0], ago=3.9)
    return two


def history(world: LettersWorld, letter: DeliveryId) -> list[tuple[str, str, str]]:
    """What people did to it."""
    with world.house.database.reading() as session:
        return [(one.event, one.by, one.detail) for one in storage.history(session, letter) if one.by != "remsfax"]


def test_a_letter_leads_to_its_patient_and_a_fax_to_its_letters_also_to_a_held_one(world):
    world.at_the_desk(1)
    sue = world.someone("sue")
    (item,) = world.items()
    sue.act(f"/desk/items/{item}/take")
    sue.act(f"/desk/items/{item}/reject", version=1, reason="No form of ours.")
    world.driven.go_on()
    (letter,) = world.driven.letters("fax-0.tif")
    fax_id = item.rpartition("-")[0]
    held = world.plan("neutropenia_moderate", STRANGER, reference=letter.reference)
    world.call(None, held)
    assert world.state(held) is DeliveryState.HELD
    story = sue.get(f"/desk/faxes/{fax_id}/history").text
    assert "held until a person has settled why" in story
    assert f'href="/desk/sent/{letter.delivery_id}"' in story
    assert f'href="/desk/faxes/{fax_id}/history"' in sue.get(f"/desk/sent/{letter.letter}").text
    told = world.plan("anc_recorded", LEE, patient_id=world.maria)
    assert f'href="/desk/people/patient/{world.maria}"' in sue.get(f"/desk/sent/{told}").text


def test_what_the_recipient_says_ends_an_uncertain_letter_and_its_call_with_who_heard_it(world, uncertain):
    one, other = uncertain
    ann = world.someone("ann")
    page = ann.get(f"/desk/sent/{one}").text
    assert "so does the other uncertain letter of this call" in " ".join(page.split())
    assert ann.act(f"/desk/sent/{one}/arrived").status_code == 422
    done = ann.act(f"/desk/sent/{one}/arrived", reason="Dr. Oyelaran's nurse", whole_call="1")
    assert done.headers["location"] == f"/desk/sent/{one}?done=arrived"
    assert {world.state(one), world.state(other)} == {DeliveryState.DELIVERED}
    assert history(world, one) == [("arrival_told", "ann", "the recipient has it: Dr. Oyelaran's nurse")]
    again = ann.get(f"/desk/sent/{one}?done=arrived").text
    assert "Noted: the recipient has it." in again
    assert "Nobody knows whether it arrived" in again  # the call's evidence stays what it was


def test_an_uncertain_letter_goes_again_on_a_seniors_word_who_is_told_that_it_may_come_twice(world, uncertain):
    one, other = uncertain
    ann, bob = world.someone("ann"), world.someone("bob")
    world.line.found = Unknown("the receipt of page 2 was lost")
    assert "The recipient may get it twice" in bob.get(f"/desk/sent/{one}").text
    assert ann.act(f"/desk/sent/{one}/again-anyway", reason="urgent").status_code == 403
    assert bob.act(f"/desk/sent/{one}/again-anyway", reason=" ").status_code == 422
    assert world.state(one) is DeliveryState.UNCERTAIN
    assert bob.act(f"/desk/sent/{one}/again-anyway", reason="urgent, they cannot say").status_code == 303
    assert (world.state(one), world.state(other)) == (DeliveryState.DUE, DeliveryState.UNCERTAIN)
    assert history(world, one) == [("send_again_by_person", "bob", "urgent, they cannot say")]
    late = bob.act(f"/desk/sent/{one}/again-anyway", reason="pressed twice")
    assert late.status_code == 409
    assert "It has just moved" in late.text
    assert len(history(world, one)) == 1


def test_the_line_is_asked_first_and_where_it_knows_or_cannot_say_nothing_is_sent(world, uncertain):
    one, other = uncertain
    ann = world.someone("ann")
    world.line.found = Unreachable("connection refused")
    answer = ann.act(f"/desk/sent/{one}/not-arrived", reason="nothing came, says the nurse")
    assert answer.status_code == 409
    assert "cannot say yet" in answer.text
    assert world.state(one) is DeliveryState.UNCERTAIN
    world.line.found = arrived(3)
    done = ann.act(f"/desk/sent/{one}/not-arrived", reason="nothing came, says the nurse")
    assert done.headers["location"].endswith("?done=arrived-after-all")
    assert {world.state(one), world.state(other)} == {DeliveryState.DELIVERED}
    assert len(world.line.calls) == 1


def test_a_failed_letter_goes_again_by_anybody_or_is_closed_and_wants_nobody_any_more(world):
    ann, bob = world.someone("ann"), world.someone("bob")
    one, other = world.plan("anc_recorded", LEE, 2), world.plan("anc_recorded", HARBOR, 2)
    world.give_up(one)
    world.give_up(other)
    world.line.found = NotSent(Cause.BUSY)
    assert ann.act(f"/desk/sent/{one}/again", reason="their machine is mended").status_code == 303
    assert world.state(one) is DeliveryState.DUE
    assert bob.act(f"/desk/sent/{other}/stop", reason="told by phone").status_code == 303
    assert history(world, other) == [("close_by_person", "bob", "told by phone")]
    assert "No letter needs a person." in ann.get("/desk/sent").text
    assert bob.act(f"/desk/sent/{other}/stop", reason="again").status_code == 409
    assert "bob stopped it: told by phone" in bob.get(f"/desk/sent/{other}").text


def test_only_a_senior_stops_a_letter_and_only_while_it_may_be_stopped(world):
    ann, bob = world.someone("ann"), world.someone("bob")
    queued = world.plan("anc_recorded", LEE)
    assert ann.act(f"/desk/sent/{queued}/stop", reason="wrong").status_code == 403
    assert bob.act(f"/desk/sent/{queued}/stop").status_code == 422
    assert bob.act(f"/desk/sent/{queued}/stop", reason="wrong patient").status_code == 303
    assert world.state(queued) is DeliveryState.ABANDONED
    gone = world.plan("anc_recorded", HARBOR)
    world.call(None, gone)
    assert bob.act(f"/desk/sent/{gone}/stop", reason="wrong patient").status_code == 409
    assert world.state(gone) is DeliveryState.DELIVERED
    assert bob.act("/desk/sent/none/stop", reason="x").status_code == 404


def test_a_further_copy_is_a_letter_of_its_own_that_names_the_first(world):
    ann = world.someone("ann")
    first = world.plan("anc_recorded", LEE)
    world.call(None, first)
    assert ann.act(f"/desk/sent/{first}/copy", reason="they lost it, says Kit").status_code == 303
    (copy,) = rows(ann.get("/desk/sent?state=queued").text)
    page = ann.get(f"/desk/sent/{copy}").text
    assert re.search(rf'<a href="/desk/sent/{first}">A further copy of R-[-0-9]+-1</a>', page)
    assert ("copied", "ann", "they lost it, says Kit") in history(world, first)


def test_a_letter_without_a_number_gets_one_from_a_senior_with_how_it_is_known(world):
    bob = world.someone("bob")
    letter = world.plan("anc_recorded", replace(LEE, fax=None))
    assert bob.act(f"/desk/sent/{letter}/give-number", reason="their letterhead", number="900-555-0142").status_code == 409
    assert world.state(letter) is DeliveryState.NO_ADDRESS
    assert bob.act(f"/desk/sent/{letter}/give-number", reason="their letterhead", number="312 555 0144").status_code == 303
    assert world.state(letter) is DeliveryState.DUE
    assert ("number_given", "bob", "their letterhead") in history(world, letter)


def number_events(world: LettersWorld, fax: str) -> list[tuple[str, str, str]]:
    with world.house.database.reading() as session:
        return [(one.event, one.by, one.detail) for one in numbers_storage.history(session, fax)]


def test_a_number_is_confirmed_by_the_code_that_is_told_and_what_waited_goes_out(world):
    ann, fax = world.someone("ann"), STRANGER.fax or ""
    held = world.plan("neutropenia_moderate", STRANGER, 3)
    world.call(None, held)
    assert "not confirmed: a test page with a code is out" in ann.get(f"/desk/sent/number/{fax}").text
    wrong = ann.act(f"/desk/sent/number/{fax}/code", code="no code")
    assert wrong.status_code == 409
    assert "No test page to this number bears this code" in wrong.text
    with world.house.database.writing() as session:
        (row,) = numbers_storage.rows_with_code(session, fax)
        code, counted = row.code, row.wrong_codes
    assert counted == 1  # kept, though the act was refused
    assert ann.act(f"/desk/sent/number/{fax}/code", code=f"{code[:3]} {code[3:]}").status_code == 303
    assert world.state(held) is DeliveryState.DUE
    assert "they told the code of the test page, by ann" in ann.get(f"/desk/sent/number/{fax}").text


def test_what_is_done_about_a_number_is_kept_with_who_and_why_and_holds(world):
    ann, bob, fax = world.someone("ann"), world.someone("bob"), LEE.fax or ""
    path = f"/desk/sent/number/{fax}"
    letter = world.plan("anc_recorded", LEE)
    for act in ("bar", "unbar", "vouch"):
        assert ann.act(f"{path}/{act}", reason="?").status_code == 403
    assert bob.act(f"{path}/bar").status_code == 422
    assert bob.act(f"{path}/bar", reason="they asked us to stop").status_code == 303
    world.call(None, letter)
    assert world.state(letter) is DeliveryState.HELD
    page = ann.get(path).text
    assert "On the do-not-fax list" in page
    assert "by bob: they asked us to stop" in page
    assert bob.act(f"{path}/unbar", reason="they asked for it").status_code == 303
    assert world.state(letter) is DeliveryState.DUE
    assert ann.act(f"{path}/doubt", reason="moved", role="prescriber", name=LEE.name).status_code == 303
    world.call(None, letter)
    assert world.state(letter) is DeliveryState.HELD
    assert ann.act(f"{path}/check", reason="no page came", role="sender", name=LEE.name).status_code == 409
    assert ann.act(f"{path}/check", reason="no page came", role="prescriber", name=LEE.name).status_code == 303
    assert bob.act(f"{path}/vouch", reason="their card", role="prescriber", name=LEE.name).status_code == 303
    assert world.state(letter) is DeliveryState.DUE
    world.flag(fax, world.now)
    assert "A person should look" in ann.get(path).text
    assert ann.act(f"{path}/clear", reason="a person mended it").status_code == 303
    did = [(event, by) for event, by, _ in number_events(world, fax) if by != "remsfax"]
    assert did[1:] == [
        ("barred", "bob"), ("unbarred", "bob"), ("doubted", "ann"), ("check_wanted", "ann"), ("confirmed:vouched", "bob"),
        ("flag_cleared", "ann"),
    ]  # fmt: skip


def test_a_letter_that_rode_along_with_others_keeps_the_pages_of_its_earlier_call(world):
    ann = world.someone("ann")
    letter = world.plan("anc_recorded", LEE, 2)
    world.call(NotSent(Cause.BUSY), letter, ago=1)
    rider = world.plan("acknowledgement", LEE)
    world.call(None, letter)
    assert world.state(rider) is DeliveryState.DELIVERED
    page = ann.get(f"/desk/sent/{letter}").text
    assert "Pages of attempt 2" in page
    first = ann.get(f"/desk/sent/{letter}?call=1").text
    assert "no hash was kept" in first
    assert page.count("/calls/2/") > first.count("/calls/1/")
    with world.house.database.reading() as session:
        assert len(calls_storage.members(session, f"{letter}-2")) == 2


def test_the_reason_an_operator_gives_at_the_terminal_is_told_at_the_desk_too(world):
    letter = world.plan("anc_recorded", LEE)
    database, at = world.house.database.writing_sessions, world.now + timedelta(minutes=1)
    letter_acts.cancel(database, letter, world.line, at, by="mira", reason=f"told by phone {HOSTILE}")
    page = world.someone("ann").get(f"/desk/sent/{letter}").text
    assert "by mira: told by phone &lt;script&gt;" in page


class PostThatTakes:
    """A mail server that takes everything."""

    def submit(self, mail: Mail, now: datetime) -> Outcome:
        return Delivered("250 queued as 4F2", 1, {"answer": f"250 {HOSTILE}"}, "taken by the mail server")


def test_an_invitation_by_email_is_told_as_one_held_without_a_server_and_with_its_text_as_it_went(world):
    bob, house = world.someone("bob"), world.house
    letter = world.plan("designee_invitation", Recipient(Role.DESIGNEE, "Don May", None, "don@example.org"))

    def mail(post: PostThatTakes | None) -> None:
        send_mail(house.database.writing_sessions, letter, post, house.clock(), sender=house.sender)

    mail(None)
    assert "Held it goes by e-mail, and no mail server is set" in rows(bob.get("/desk/sent").text)[letter]
    assert "Nothing has gone out yet." in bob.get(f"/desk/sent/{letter}").text
    wrong = bob.act(f"/desk/sent/{letter}/give-number", reason="she rang", number="no@address")
    assert wrong.status_code == 409
    assert "cannot be an e-mail address" in wrong.text
    assert bob.act(f"/desk/sent/{letter}/give-number", reason="she rang", number="don.may@example.org").status_code == 303
    mail(PostThatTakes())
    line = rows(bob.get("/desk/sent").text)[letter]
    assert "Delivered taken by the mail server; whether it was read nobody knows" in line
    assert "don.may@example.org" in line
    page = bob.get(f"/desk/sent/{letter}").text
    assert "Letter for letter what went out" in page
    assert "Taken by the mail server" in page
    assert "don.may@example.org" in page
    assert HOSTILE not in page
    assert "/calls/1/" not in page
