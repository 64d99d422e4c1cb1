"""The list of letters: every filter and every page of it, by index alone; and what a person heard from a recipient."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from outbound import day_storage, letter_acts, sent_storage, storage
from outbound.delivery import DeliveryId, DeliveryState, Event, IllegalTransition
from outbound.gateway import Delivered, Unknown
from outbound.notice import Recipient, Role
from outbound.sent_storage import Sought
from registry.moments import program_day
from tests.outbound.letters_for_tests import DOCTOR, NOW, notice_of_kind
from tests.outbound.test_letter_acts import THREE, LineThatAnswers, go, states, three_letters

HOUR = timedelta(hours=1)
PHARMACY = Recipient(Role.PHARMACY, "Harbor Pharmacy", "3125550142")
KINDS = ("anc_recorded", "missing_labs", "neutropenia_severe")


def a_database() -> sessionmaker[Session]:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    storage.Base.metadata.create_all(engine)
    return sessionmaker(engine)


def many_letters() -> sessionmaker[Session]:
    """Forty letters in ten hours, four at a moment, in every state."""
    made = a_database()
    with made.begin() as session:
        for place in range(40):
            who, kind = (DOCTOR, PHARMACY)[place % 2], KINDS[place % 3]
            one = DeliveryId(f"d{place:02}")
            storage.plan_delivery(session, [notice_of_kind(kind, who, occasion=f"S{place}")], one, NOW - (place // 4) * HOUR)
            row = session.get_one(storage.DeliveryRow, one)
            row.state = list(DeliveryState)[place % 7].value if place % 7 != 2 else "delivered"
            row.closed_by = "mira" if row.state == "abandoned" and place % 2 else ""
    return made


LETTERS = many_letters()
SOUGHT = st.builds(
    Sought,
    wants_a_person=st.booleans(),
    state=st.sampled_from([None, *DeliveryState]),
    fax=st.sampled_from(["", DOCTOR.fax or "", "3125550142"]),
    reference=st.sampled_from(["", "R-20261123-0417"]),
    kind=st.sampled_from(["", *KINDS]),
    begins=st.sampled_from([None, NOW - 5 * HOUR]),
    ends=st.sampled_from([None, NOW - HOUR]),
    by_person=st.sampled_from([None, True, False]),
)


def asked_of_all(session: Session, wanted: Sought) -> list[str]:
    """What a look must find, by reading everything."""
    rows = session.query(storage.DeliveryRow).all()
    kinds = {one.delivery_id: one.kinds for one in storage.as_deliveries(session, rows)}
    open_states = ("held", "no_address", "uncertain")
    found = [
        row
        for row in rows
        if (not wanted.fax or row.fax == wanted.fax)
        and (not wanted.reference or row.reference == wanted.reference)
        and (not wanted.kind or wanted.kind in kinds[DeliveryId(row.delivery_id)])
        and (wanted.begins is None or row.created_at >= wanted.begins)
        and (wanted.ends is None or row.created_at < wanted.ends)
    ]
    if wanted.wants_a_person:
        mine = [row for row in found if row.state in open_states or (row.state == "abandoned" and not row.closed_by)]
        return [row.delivery_id for row in sorted(mine, key=lambda row: (not row.urgent, row.created_at, row.delivery_id))]
    mine = [row for row in found if wanted.state in (None, row.state)]
    mine = [row for row in mine if wanted.by_person in (None, bool(row.closed_by))]
    return [row.delivery_id for row in sorted(mine, key=lambda row: (row.created_at, row.delivery_id), reverse=True)]


@settings(max_examples=120, deadline=None)
@given(SOUGHT, st.integers(1, 9))
def test_page_by_page_every_letter_asked_for_comes_once_and_in_order(wanted, limit):
    with LETTERS() as session:
        pages, after = [], None
        while True:
            found = sent_storage.sought(session, wanted, after, limit)
            pages += [one.delivery_id for one in found.letters]
            assert len(found.letters) <= limit
            after = found.then
            if after is None:
                break
        assert pages == asked_of_all(session, wanted)


def test_a_look_that_finds_nothing_says_where_the_next_one_goes_on(monkeypatch):
    monkeypatch.setattr(sent_storage, "LOOKED_THROUGH", 5)
    wanted = Sought(fax=DOCTOR.fax or "", kind="missing_labs", state=DeliveryState.UNCERTAIN)
    with LETTERS() as session:
        looks, ids, after = 0, [], None
        while looks == 0 or after is not None:
            found = sent_storage.sought(session, wanted, after, 10)
            looks, after = looks + 1, found.then
            ids += [one.delivery_id for one in found.letters]
        assert ids == asked_of_all(session, wanted)
        assert looks == 5  # twenty letters to that number, five a look, and one that sees the end


def test_a_letter_with_two_notices_of_a_kind_is_listed_once():
    database = a_database()
    with database.begin() as session:
        two = [notice_of_kind("anc_recorded", occasion=f"S{place}") for place in range(2)]
        storage.plan_delivery(session, two, DeliveryId("d"), NOW)
        found = sent_storage.sought(session, Sought(kind="anc_recorded"), None, 10)
    assert [one.delivery_id for one in found.letters] == ["d"]


def test_what_wants_a_person_is_counted_no_further_than_asked():
    with LETTERS() as session:
        whole = len(asked_of_all(session, Sought(wants_a_person=True)))
        assert sent_storage.wanting(session, 100) == whole > 3
        assert sent_storage.wanting(session, 3) == 3


def test_no_look_reads_a_table_from_end_to_end_and_what_wants_a_person_has_its_own_index():
    with LETTERS() as session:
        sent = []
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", hear := lambda *given: sent.append((given[2], given[3])))
        place = sent_storage.Place(NOW, "d99", True)
        for wanted in (
            Sought(),
            Sought(state=DeliveryState.DELIVERED),
            Sought(state=DeliveryState.ABANDONED, by_person=True),
            Sought(fax="3125550142", kind=KINDS[0], state=DeliveryState.DUE),
            Sought(kind=KINDS[0], state=DeliveryState.DUE),
            Sought(reference="R-20261123-0417"),
            Sought(begins=NOW - HOUR, ends=NOW),
            Sought(wants_a_person=True),
        ):
            for after in (None, place):
                sent_storage.sought(session, wanted, after, 5)
        sent_storage.wanting(session, 5)
        sent_storage.calls_to(session, "3125550142", NOW, 5)
        sent_storage.last_attempts(session, [DeliveryId("d1")])
        event.remove(engine, "before_cursor_execute", hear)
        plans = {
            f"{row[3]}: {statement}"
            for statement, parameters in sent
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        }
    whole = [one for one in plans if one.startswith("SCAN outbound") and " USING " not in one.split(":")[0]]
    assert whole == []
    assert any("outbound_deliveries_wanting" in one for one in plans)
    assert any("outbound_attempts_of_number" in one for one in plans)


@pytest.fixture
def uncertain():
    """Three letters of one call of which nobody knows whether it arrived."""
    database = three_letters()
    gateway = LineThatAnswers(says=Unknown("the receipt was lost"))
    go(database, gateway)
    assert states(database) == ["uncertain"] * 3
    return database


def test_what_the_recipient_says_of_an_uncertain_letter_ends_it_with_who_heard_it_and_the_evidence_stays(uncertain):
    with uncertain.begin() as session:
        assert letter_acts.arrival_told(session, THREE[1], "mira", "Dr. Lee by phone", NOW + HOUR) == (THREE[1],)
    assert states(uncertain) == ["uncertain", "delivered", "uncertain"]
    with uncertain() as session:
        last = storage.history(session, THREE[1])[-1]
        assert (last.event, last.by, last.detail) == (
            Event.ARRIVAL_TOLD, "mira", "the recipient has it: Dr. Lee by phone",
        )  # fmt: skip
        attempt = sent_storage.last_attempts(session, THREE)[THREE[1]]
        assert (attempt.how, attempt.pages_confirmed) == ("unknown", None)
        today = day_storage.per_day(session, program_day(NOW), program_day(NOW))[program_day(NOW)]
    assert (today["delivered"], today["took:hour"], today["tries:1"]) == (1, 1, 1)


def test_the_other_uncertain_letters_of_the_call_arrive_with_it_where_the_person_says_so(uncertain):
    with uncertain.begin() as session:
        storage.close(session, THREE[0], "ann", "told by phone", NOW)
        told = letter_acts.arrival_told(session, THREE[1], "mira", "all pages are there", NOW, whole_call=True)
    assert (told, states(uncertain)) == ((THREE[1], THREE[2]), ["abandoned", "delivered", "delivered"])


def test_only_an_uncertain_letter_can_be_said_to_have_arrived_and_never_without_a_reason(uncertain):
    with uncertain.begin() as session, pytest.raises(letter_acts.NoReason):
        letter_acts.arrival_told(session, THREE[0], "mira", " ", NOW)
    with uncertain.begin() as session:
        storage.close(session, THREE[0], "ann", "told by phone", NOW)
        with pytest.raises(IllegalTransition):
            letter_acts.arrival_told(session, THREE[0], "mira", "it is there", NOW)


def test_the_calls_of_a_number_are_listed_with_what_became_of_each(uncertain):
    gateway = LineThatAnswers(says=Delivered("job", 2))
    with uncertain.begin() as session:
        storage.note_event(session, THREE[0], Event.SEND_AGAIN_BY_PERSON, NOW, detail="?", by="mira", look_at=NOW)
    go(uncertain, gateway, NOW + HOUR)
    with uncertain() as session:
        calls = sent_storage.calls_to(session, DOCTOR.fax, NOW - HOUR, 10)
        assert [one.how for one in calls] == ["delivered", "unknown"]
        assert sent_storage.calls_to(session, DOCTOR.fax, NOW + HOUR, 10) == calls[:1]
        assert sent_storage.calls_to(session, "3125550199", NOW, 10) == ()
