"""Numbers: confirmed before patient data goes, never called when barred, left in peace when they fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from outbound import letter_acts, looking_storage, numbers_storage, storage
from outbound.calling import CallingRules
from outbound.delivery import DeliveryId, DeliveryState
from outbound.fax_pages import FaxPages
from outbound.gateway import Cause, NotSent
from outbound.hours import hours_from
from outbound.letter_kinds import NUMBER_CHECK
from outbound.notice import Recipient, Role
from outbound.numbers import FLAG_AFTER, WRONG_CODES_AT_MOST, Confirmed
from outbound.sending import send
from tests.outbound import gateways as lines
from tests.outbound.letters_for_tests import DOCTOR, NOW, US, ack_notice, notice_of_kind

CAREFUL = CallingRules(lines=4, confirm_numbers=True)
MINUTE = timedelta(minutes=1)
FAX = DOCTOR.fax
WHO = ("prescriber", DOCTOR.name)


class LineThatSays(lines.GatewayThatWorks):
    """Every call ends for the same cause."""

    def __init__(self, cause: Cause) -> None:
        super().__init__()
        self.cause = cause
        self.calls = 0

    def submit(self, job):
        self.calls += 1
        return NotSent(self.cause)


def doctor(place: int, fax: str | None = FAX) -> Recipient:
    return Recipient(Role.PRESCRIBER, f"Doctor {place}", fax)


@pytest.fixture
def database() -> sessionmaker[Session]:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    storage.Base.metadata.create_all(engine)
    return sessionmaker(engine)


def plan(database, name: str, *notices, at=NOW) -> None:
    with database.begin() as session:
        storage.plan_delivery(session, notices, DeliveryId(name), at)


def sweep(database, gateway, at=NOW, rules=CAREFUL, rounds=8) -> None:
    """Send whatever is due at that moment, until nothing is."""
    for _ in range(rounds):
        with database() as session:
            due = storage.due(session, at, lines=rules.lines)
        for one in due:
            send(database, one, gateway, at, sender=US, rules=rules, draw=lambda letter: FaxPages(letter.html.encode(), 2))


def states(database) -> dict[str, str]:
    with database() as session:
        return {",".join(one.kinds): one.state.value for one in looking_storage.latest(session)}


def code_of_the_page(gateway) -> str:
    (page,) = [job.tiff.decode() for job in gateway.sent.values() if job.kinds == (NUMBER_CHECK,)]
    return page.split("tell the code <b>")[1][:6]


def test_a_letter_with_patient_data_waits_while_a_test_page_without_any_goes_first(database):
    gateway = lines.GatewayThatWorks()
    plan(database, "d1", notice_of_kind("anc_recorded"))
    sweep(database, gateway)
    assert states(database) == {"anc_recorded": "held", NUMBER_CHECK: "delivered"}
    (page,) = [job.tiff.decode() for job in gateway.sent.values()]
    assert "Quintanilha" not in page
    with database() as session:
        (held,) = storage.wanting_a_person(session)
    assert (held.waits_for, "test page" in held.last_word) == ("unconfirmed", True)


def test_the_code_told_on_the_phone_lets_it_go(database):
    gateway = lines.GatewayThatWorks()
    plan(database, "d1", notice_of_kind("anc_recorded"))
    sweep(database, gateway)
    with database.begin() as session:
        told = letter_acts.confirm_number(session, "(202) 555-0133", code_of_the_page(gateway), "mira", NOW)
    assert (told.right, told.released) == (True, ("d1",))
    sweep(database, gateway)
    assert states(database)["anc_recorded"] == "delivered"
    with database() as session:
        (holder,) = numbers_storage.holders_of(session, FAX)
        assert (holder.confirmed_how, holder.confirmed_by) == ("code", "mira")


def test_a_code_cannot_be_found_by_trying(database):
    gateway = lines.GatewayThatWorks()
    plan(database, "d1", notice_of_kind("anc_recorded"))
    sweep(database, gateway)
    code = code_of_the_page(gateway)
    wrong = "000000" if code != "000000" else "111111"
    with database.begin() as session:
        for _ in range(WRONG_CODES_AT_MOST):
            assert not letter_acts.confirm_number(session, FAX, wrong, "mira", NOW).right
        assert not letter_acts.confirm_number(session, FAX, code, "mira", NOW).right
    assert states(database)["anc_recorded"] == "held"
    with database.begin() as session:
        assert letter_acts.check_again(session, FAX, *WHO, "mira", "the page was lost", NOW) is not None


def test_several_letters_to_one_unconfirmed_number_have_one_test_page_and_all_go_in_one_call_when_it_is_confirmed(database):
    gateway = lines.GatewayThatWorks()
    for place in range(3):
        plan(database, f"d{place}", notice_of_kind("anc_recorded", occasion=f"S{place}"))
    sweep(database, gateway)
    assert [job.kinds for job in gateway.sent.values()] == [(NUMBER_CHECK,)]
    with database.begin() as session:
        assert len(letter_acts.vouch(session, FAX, *WHO, "mira", "printed on their letterhead", NOW)) == 3
    sweep(database, gateway)
    assert [job.kinds for job in gateway.sent.values()][1:] == [("anc_recorded",) * 3]


def test_an_urgent_letter_waits_too_and_its_test_page_goes_at_night(database):
    rules = replace(CAREFUL, hours=hours_from("07:00-21:00"))
    night = NOW.replace(hour=5)
    gateway = lines.GatewayThatWorks()
    plan(database, "d1", notice_of_kind("neutropenia_severe"), at=night)
    sweep(database, gateway, night, rules)
    assert states(database) == {"neutropenia_severe": "held", NUMBER_CHECK: "delivered"}


def test_an_acknowledgement_and_what_goes_to_the_sender_need_no_confirmed_number(database):
    gateway = lines.GatewayThatWorks()
    plan(database, "d1", ack_notice())
    plan(database, "d2", notice_of_kind("anc_held", Recipient(Role.SENDER, "", "3125550142")))
    sweep(database, gateway)
    assert set(states(database).values()) == {"delivered"}


def test_a_number_confirmed_for_one_recipient_is_not_for_another(database):
    gateway = lines.GatewayThatWorks()
    with database.begin() as session:
        numbers_storage.confirm(session, FAX, *WHO, Confirmed.CALLER, "remsfax", "R-1", NOW)
    plan(database, "d1", notice_of_kind("anc_recorded"))
    plan(database, "d2", notice_of_kind("missing_labs", Recipient(Role.PRESCRIBER, "Another Doctor", FAX)))
    sweep(database, gateway)
    assert (states(database)["anc_recorded"], states(database)["missing_labs"]) == ("delivered", "held")


def test_a_number_in_doubt_is_confirmed_anew(database):
    with database.begin() as session:
        letter_acts.vouch(session, FAX, *WHO, "mira", "known", NOW)
        letter_acts.doubt(session, FAX, *WHO, "mira", "the clinic moved", NOW)
    plan(database, "d1", notice_of_kind("anc_recorded"))
    sweep(database, lines.GatewayThatWorks())
    assert states(database)["anc_recorded"] == "held"


def test_nothing_goes_to_a_barred_number_until_it_is_taken_off_the_list(database):
    gateway = lines.GatewayThatWorks()
    with database.begin() as session:
        letter_acts.put_on_list(session, FAX, "mira", "a private line", NOW)
    plan(database, "d1", notice_of_kind("neutropenia_severe"))
    sweep(database, gateway, rules=CallingRules(calls=False))
    assert (states(database), gateway.sent) == ({"neutropenia_severe": "held"}, {})
    with database.begin() as session:
        letter_acts.take_off_list(session, FAX, "sue", "it is a fax again", NOW)
    sweep(database, gateway, rules=CallingRules(calls=False))
    assert states(database) == {"neutropenia_severe": "delivered"}
    with database() as session:
        assert [(one.event, one.by) for one in numbers_storage.history(session, FAX)] == [("barred", "mira"), ("unbarred", "sue")]


def test_a_number_that_fails_again_and_again_is_flagged_and_twenty_letters_do_not_call_it_twenty_times_as_often(database):
    gateway, rules = LineThatSays(Cause.NO_ANSWER), CallingRules(lines=4)
    for place in range(20):
        plan(database, f"d{place}", notice_of_kind("anc_recorded", doctor(place), f"S{place}"))
    at = NOW
    while at < NOW + timedelta(days=1):
        sweep(database, gateway, at, rules, rounds=1)
        at += 20 * MINUTE
    with database() as session:
        (flagged,) = numbers_storage.flagged(session)
    assert flagged.failures >= FLAG_AFTER
    assert gateway.calls <= FLAG_AFTER + 7
    with database.begin() as session:
        letter_acts.clear_flag(session, FAX, "mira", "switched on again", at)
    sweep(database, lines.GatewayThatWorks(), at, rules, rounds=30)
    with database() as session:
        assert numbers_storage.flagged(session) == ()
        assert storage.counts(session)[DeliveryState.DELIVERED] == 20


def test_where_people_answer_the_number_is_called_twice_and_every_ordinary_letter_waits_for_a_person(database):
    gateway, rules = LineThatSays(Cause.NO_CARRIER), CallingRules(lines=4)
    for place in range(5):
        plan(database, f"d{place}", notice_of_kind("anc_recorded", doctor(place), f"S{place}"))
    for hour in range(30):
        sweep(database, gateway, NOW + hour * 60 * MINUTE, rules, rounds=1)
    assert gateway.calls == 2
    with database() as session:
        assert storage.counts(session)[DeliveryState.HELD] == 4


def test_a_number_given_by_an_operator_is_confirmed_first_unless_the_operator_vouches(database):
    nobody = Recipient(Role.PRESCRIBER, DOCTOR.name, None)
    plan(database, "d1", notice_of_kind("anc_recorded", nobody))
    plan(database, "d2", notice_of_kind("missing_labs", nobody, "S2"))
    with database.begin() as session:
        letter_acts.give_number(session, DeliveryId("d1"), "312-555-0171", "mira", NOW)
        letter_acts.give_number(session, DeliveryId("d2"), "312-555-0172", "mira", NOW, vouched="read back on the phone")
    sweep(database, lines.GatewayThatWorks())
    assert (states(database)["anc_recorded"], states(database)["missing_labs"]) == ("held", "delivered")


@pytest.mark.parametrize("number", ["12", "900-555-0100", "809-555-0100", "no number"])
def test_what_may_not_be_dialled_is_no_number(number):
    with pytest.raises(letter_acts.NoSuchNumber):
        letter_acts.dialable(number)


def test_an_act_without_a_reason_is_refused(database):
    with pytest.raises(letter_acts.NoReason), database.begin() as session:
        letter_acts.put_on_list(session, FAX, "mira", "  ", NOW)


def test_ordinary_letters_wait_for_morning_without_a_call_and_say_so(database):
    rules = CallingRules(lines=1, hours=hours_from("07:00-21:00"))
    night = NOW.replace(hour=5)
    gateway = lines.GatewayThatWorks()
    plan(database, "d1", notice_of_kind("anc_recorded"), at=night)
    plan(database, "d2", notice_of_kind("neutropenia_severe", Recipient(Role.PRESCRIBER, "B", "3125550142")), at=night)
    sweep(database, gateway, night, rules)
    assert states(database) == {"anc_recorded": "due", "neutropenia_severe": "delivered"}
    with database() as session:
        waiting = storage.delivery(session, DeliveryId("d1"))
    assert (waiting.next_look_at, "07:00" in waiting.waits_for) == (night.replace(hour=12, minute=0), True)
    sweep(database, gateway, waiting.next_look_at, rules)
    assert states(database)["anc_recorded"] == "delivered"


def test_no_more_calls_than_lines_are_under_way_and_the_safety_letter_has_the_next_one(database):
    rules, slow = CallingRules(lines=1), lines.GatewayThatTakesItsTime()
    for place in range(3):
        plan(
            database,
            f"d{place}",
            notice_of_kind("anc_recorded", doctor(place, f"312555014{place}"), f"S{place}"),
        )
    sweep(database, slow, rules=rules)
    assert len(slow.sent) == 1
    plan(database, "urgent", notice_of_kind("neutropenia_severe"), at=NOW + MINUTE)
    slow.done = True
    for _ in range(2):
        sweep(database, slow, NOW + MINUTE, rules, rounds=1)
    assert [job.mark.delivery_id for job in slow.sent.values()][1] == "urgent"


def test_the_daily_limit_holds_for_ordinary_letters(database):
    rules, gateway = CallingRules(calls_a_day=2), lines.GatewayThatWorks()
    for place in range(4):
        plan(
            database,
            f"d{place}",
            notice_of_kind("anc_recorded", doctor(place, f"312555014{place}"), f"S{place}"),
        )
    plan(database, "urgent", notice_of_kind("neutropenia_severe"))
    sweep(database, gateway, rules=rules)
    assert len(gateway.sent) == 2
    assert any(job.mark.delivery_id == "urgent" for job in gateway.sent.values())
    sweep(database, gateway, NOW + timedelta(days=1), rules)
    assert len(gateway.sent) == 4
