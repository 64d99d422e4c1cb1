"""What operators do with letters, alone and of one call: asked first, with who and why, and never a second copy by itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from outbound import calls_storage, day_storage, letter_acts, looking_storage, storage
from outbound.attempts import How
from outbound.calling import CallingRules
from outbound.delivery import DeliveryId, DeliveryState, IllegalTransition
from outbound.fax_pages import MOST_PAGES, FaxPages
from outbound.gateway import Cause, Delivered, Impossible, InProgress, NotSent, Unknown, Unreachable
from outbound.letters import LetterNotWritable
from outbound.notice import Enclosure, Recipient, Role, Wanted
from outbound.sending import send
from registry.moments import program_day
from tests.outbound import gateways as lines
from tests.outbound.letters_for_tests import DOCTOR, NOW, US, notice_of_kind

MINUTE = timedelta(minutes=1)
RULES = CallingRules(lines=4)
THREE = [DeliveryId(f"d{place}") for place in range(3)]


@dataclass
class LineThatAnswers(lines.GatewayThatWorks):
    """Says what the test set; counts calls."""

    says: object = None
    calls: list = field(default_factory=list)
    cancelled: list = field(default_factory=list)

    def submit(self, job):
        self.calls.append(job)
        return self.says or Delivered(job.mark.tag, job.pages)

    def find(self, mark):
        return self.says or Delivered(mark.tag, 2)


class LineThatCanCancel(LineThatAnswers):
    def cancel(self, mark):
        self.cancelled.append(mark.tag)
        return True


def a_database() -> sessionmaker[Session]:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    storage.Base.metadata.create_all(engine)
    return sessionmaker(engine)


@pytest.fixture
def database() -> sessionmaker[Session]:
    """Three letters to one recipient, under three references."""
    return three_letters()


def three_letters() -> sessionmaker[Session]:
    made = a_database()
    with made.begin() as session:
        for place, one in enumerate(THREE):
            notice = notice_of_kind("anc_recorded", occasion=f"S{place}")
            given = type(notice)(notice.key, notice.kind, notice.recipient, f"R-20261123-000{place}", notice.facts)
            storage.plan_delivery(session, [given], one, NOW)
    return made


def go(database, gateway, at=NOW, rounds=3, draw=None) -> None:
    for _ in range(rounds):
        with database() as session:
            due = storage.due(session, at, lines=4)
        for one in due:
            send(
                database,
                one,
                gateway,
                at,
                sender=US,
                rules=RULES,
                draw=draw or (lambda letter: FaxPages((letter.cover_html + letter.html).encode(), 2)),
            )


def states(database) -> list[str]:
    with database() as session:
        return [storage.delivery(session, one).state.value for one in THREE]


def test_three_letters_to_one_recipient_are_one_call_with_one_cover_that_names_every_reference(database):
    gateway = LineThatAnswers()
    go(database, gateway)
    (job,) = gateway.calls
    page = job.tiff.decode()
    assert page.count('class="cover"') == 1
    assert all(f"R-20261123-000{place}" in page for place in range(3))
    assert states(database) == ["delivered"] * 3


def test_a_letter_to_another_recipient_at_the_same_machine_has_a_call_of_its_own_after_the_first(database):
    with database.begin() as session:
        other = notice_of_kind("missing_labs", Recipient(Role.PHARMACY, "Harbor Pharmacy", DOCTOR.fax))
        storage.plan_delivery(session, [other], DeliveryId("other"), NOW)
    gateway = LineThatAnswers()
    go(database, gateway)
    assert [job.recipient for job in gateway.calls] == [DOCTOR.name, "Harbor Pharmacy"]


def test_a_call_too_long_for_one_letter_is_made_for_its_leader_alone_and_the_others_follow(database):
    def draw(letter):
        if len(letter.references) > 1:
            raise LetterNotWritable(f"more than {MOST_PAGES} pages")
        return FaxPages(letter.html.encode(), 2)

    gateway = LineThatAnswers()
    go(database, gateway, draw=draw, rounds=5)
    assert [job.reference for job in gateway.calls] == [f"R-20261123-000{place}" for place in range(3)]
    assert states(database) == ["delivered"] * 3


def test_a_call_that_cannot_be_made_blames_nobody_before_each_was_tried_alone(database):
    gateway = LineThatAnswers(says=Impossible("cannot be converted"))
    go(database, gateway, rounds=1)
    assert (len(gateway.calls), states(database)) == (1, ["due"] * 3)
    gateway.says = None
    go(database, gateway, rounds=4)
    assert (len(gateway.calls), states(database)) == (4, ["delivered"] * 3)


def test_an_uncertain_call_asked_again_by_one_of_its_letters_settles_all_of_them(database):
    gateway = LineThatAnswers(says=Unknown("the receipt was lost"))
    go(database, gateway)
    assert states(database) == ["uncertain"] * 3
    gateway.says = None
    assert letter_acts.send_again(database, THREE[2], gateway, NOW, by="mira", reason="?") is DeliveryState.DELIVERED
    assert (states(database), len(gateway.calls)) == (["delivered"] * 3, 1)


def test_one_letter_of_an_uncertain_call_goes_again_on_a_persons_word_and_the_others_stay(database):
    gateway = LineThatAnswers(says=Unknown("the receipt was lost"))
    go(database, gateway)
    assert letter_acts.send_again(database, THREE[1], gateway, NOW, by="mira", reason="page 2 is missing") is DeliveryState.DUE
    gateway.says = Delivered("job", 2)
    go(database, gateway)
    assert states(database) == ["uncertain", "delivered", "uncertain"]
    assert gateway.calls[1].reference == "R-20261123-0001"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["busy", "in progress", "unreachable", "lost", "days"]), max_size=8))
def test_nothing_but_a_person_or_the_gateways_word_moves_what_is_uncertain(events):
    database = three_letters()
    gateway = LineThatAnswers(says=Unknown("the receipt was lost"))
    go(database, gateway)
    at = NOW
    said = {"busy": NotSent(Cause.BUSY), "in progress": InProgress("j"), "unreachable": Unreachable("?"), "lost": Unknown("?")}
    for one in events:
        gateway.says = said.get(one, gateway.says)
        at += timedelta(days=2)
        go(database, gateway, at, rounds=1)
    assert (len(gateway.calls), states(database)) == (1, ["uncertain"] * 3)


def test_a_letter_that_is_not_on_its_way_is_closed_with_who_and_why(database):
    assert (
        letter_acts.cancel(database, THREE[0], LineThatAnswers(), NOW, by="mira", reason="told by phone")
        is DeliveryState.ABANDONED
    )
    with database() as session:
        closed = storage.delivery(session, THREE[0])
        assert (closed.closed_by, closed.last_word) == ("mira", "told by phone")
        assert THREE[0] not in [one.delivery_id for one in storage.wanting_a_person(session)]


def test_a_letter_on_its_way_is_stopped_at_the_gateway_and_the_others_of_its_call_go_again(database):
    gateway = LineThatCanCancel(says=InProgress("job 7"))
    go(database, gateway, rounds=1)
    gateway.says = Impossible("cancelled before any call")
    state = letter_acts.cancel(database, THREE[1], gateway, NOW, by="mira", reason="wrong patient", rules=RULES)
    assert (state, gateway.cancelled) == (DeliveryState.ABANDONED, ["d0-1"])
    assert states(database) == ["due", "abandoned", "due"]


def test_a_letter_stopped_after_its_call_began_is_uncertain(database):
    gateway = LineThatCanCancel(says=InProgress("job 7"))
    go(database, gateway, rounds=1)
    gateway.says = Unknown("cancelled after a call had begun")
    letter_acts.cancel(database, THREE[1], gateway, NOW, by="mira", reason="wrong patient", rules=RULES)
    assert states(database) == ["uncertain"] * 3


def test_where_the_gateway_cannot_cancel_a_stopped_letter_is_not_tried_again(database):
    gateway = LineThatAnswers(says=InProgress("job 7"))
    go(database, gateway, rounds=1)
    state = letter_acts.cancel(database, THREE[1], gateway, NOW, by="mira", reason="wrong patient", rules=RULES)
    assert state is DeliveryState.SENDING
    gateway.says = NotSent(Cause.BUSY)
    go(database, gateway, NOW + MINUTE, rounds=1)
    assert states(database) == ["due", "abandoned", "due"]
    with database() as session:
        assert storage.delivery(session, THREE[1]).closed_by == "mira"


def test_a_delivered_letter_is_not_stopped_but_copied_with_a_reason(database):
    gateway = LineThatAnswers()
    go(database, gateway)
    with pytest.raises(IllegalTransition):
        letter_acts.cancel(database, THREE[0], gateway, NOW, by="mira", reason="?")
    with database.begin() as session:
        new = letter_acts.copy(session, THREE[0], "mira", "they lost it", NOW)
    go(database, gateway)
    with database() as session:
        assert storage.delivery(session, new).state is DeliveryState.DELIVERED
        assert looking_storage.named(session, "R-20261123-0000-2") == new


def test_a_copy_brings_along_what_the_letter_brought(database):
    asks = Wanted("Treatment Rationale", "Please sign.")
    form = Enclosure("patient_status", "Patient Status Form", {"patient_zip": "97301"})
    told = replace(notice_of_kind("status_form_recorded"), wanted=(asks,), enclosures=(form,))
    with database.begin() as session:
        storage.plan_delivery(session, [told], DeliveryId("full"), NOW)
    go(database, LineThatAnswers())
    with database.begin() as session:
        new = letter_acts.copy(session, DeliveryId("full"), "mira", "they lost it", NOW)
        (again,) = storage.notices_of(session, new)
    assert replace(again, key=told.key) == told


def test_every_attempt_keeps_its_cause_and_its_evidence(database):
    gateway = LineThatAnswers(says=NotSent(Cause.BUSY, "user busy"))
    go(database, gateway, rounds=1)
    gateway.says = Delivered("job 8", 2, {"far machine": "CLINIC", "rate": "14400 bit/s", "log": "000000012"})
    go(database, gateway, NOW + 10 * MINUTE)
    with database() as session:
        full = looking_storage.letter(session, THREE[2])
        days = day_storage.per_day(session, program_day(NOW), program_day(NOW))
    assert [(one.how, one.cause) for one in full.attempts] == [(How.NOT_SENT, "busy"), (How.DELIVERED, "")]
    last = full.attempts[1]
    assert (last.far_station, last.rate, last.log, last.pages_confirmed) == ("CLINIC", "14400 bit/s", "000000012", 2)
    assert days[program_day(NOW)] == {"calls": 2, "delivered": 3, "not_sent:busy": 3, "took:quarter": 3, "tries:2": 3}


def test_the_late_word_of_a_worker_presumed_dead_stops_every_letter_of_its_call(database):
    works = LineThatAnswers()

    class LineWhoseWorkerFallsAsleep(LineThatAnswers):
        def submit(self, job):
            go(database, lines.GatewayThatWorks(), NOW + 2 * MINUTE, rounds=0)
            with database() as session:
                asked = storage.due(session, NOW + 2 * MINUTE, lines=4)
            send(database, asked[0], lines.GatewayThatWorks(), NOW + 2 * MINUTE, sender=US, rules=RULES)
            assert states(database) == ["due"] * 3
            return works.submit(job)

    go(database, LineWhoseWorkerFallsAsleep(), rounds=1)
    assert (states(database), len(works.calls)) == (["delivered"] * 3, 1)


def test_a_worker_whose_call_was_judged_while_it_drew_the_pages_begins_no_call(database):
    def slowly(letter):
        with database() as session:
            asked = storage.due(session, NOW + 2 * MINUTE, lines=4)
        send(database, asked[0], lines.GatewayThatWorks(), NOW + 2 * MINUTE, sender=US, rules=RULES)
        return FaxPages(letter.html.encode(), 2)

    gateway = LineThatAnswers()
    go(database, gateway, rounds=1, draw=slowly)
    assert (gateway.calls, states(database)) == ([], ["due"] * 3)


GROWS = {"outbound_deliveries", "outbound_notices", "outbound_attempts", "outbound_delivery_events", "outbound_days"}


def test_no_question_of_an_operator_reads_a_table_that_grows_from_end_to_end(database):
    go(database, LineThatAnswers())
    with database() as session:
        sent = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *given: sent.append((given[2], given[3])))
        shown = looking_storage.latest(session, limit=1)[0]
        for how in (
            {},
            {"state": DeliveryState.DELIVERED},
            {"fax": DOCTOR.fax},
            {"reference": "R-20261123-0001"},
            {"kind": "anc_recorded"},
        ):
            looking_storage.latest(session, **how)
            looking_storage.latest(session, before=shown, **how)
        looking_storage.letter(session, THREE[0])
        looking_storage.number(session, DOCTOR.fax, NOW)
        storage.wanting_a_person(session)
        storage.due(session, NOW, lines=4)
        day_storage.per_day(session, program_day(NOW), program_day(NOW))
        calls_storage.members(session, "d0-1")
        scans = []
        for statement, parameters in tuple(sent):
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                read_whole = row[3].startswith("SCAN") and " USING INDEX" not in row[3] and any(name in row[3] for name in GROWS)
                scans += [f"{row[3]}: {statement}"] if read_whole else []
    assert scans == []
