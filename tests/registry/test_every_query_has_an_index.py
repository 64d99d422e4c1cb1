"""No answer of the registry reads a whole table: with ten million ANCs it would be the last one of the day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from registry import (
    clock,
    clock_storage,
    contacts,
    corrections,
    designees,
    dispense_requests,
    history,
    known,
    looking_up,
    merging,
    near,
    own_lists,
    party_storage,
    questions,
    staffing,
    storage,
)
from registry.agreement import Named
from registry.audit import Cause
from registry.corrections import correct_anc
from registry.identifiers import iso_day
from registry.moments import program_day
from registry.submission import SubmissionId
from registry.vocabulary import SignatureRole
from tests.registry.world import ANN, BEA, CLINIC, CORNER, DISTRIBUTOR, PATIENT, World, day, on

SMALL = {
    "registry_pharmacies": "some ten thousand rows: the list of certified ones asks for all of them",
    "registry_distributors": "some hundred wholesalers; asked for by either of their two numbers",
    "registry_counters": "one row a kind of number",
    "registry_audit_head": "one row",
}
"""Tables that a question may read whole, and why."""


@contextmanager
def heard(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that the session sends."""
    sent: list[tuple[str, Any]] = []

    def hear(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        sent.append((statement, parameters))

    event.listen(session.get_bind(), "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", hear)


def scans(session: Session, sent: list[tuple[str, Any]]) -> set[str]:
    """The statements that read a whole table which grows."""
    found = set()
    for statement, parameters in dict(sent).items():
        if not statement.startswith(("SELECT", "UPDATE", "DELETE")):
            continue
        given = parameters[0] if isinstance(parameters, list) else parameters
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        for row in plan:
            whole = re.match(r"SCAN (\w+)", row[3])  # by an index from end to end is whole too
            if whole and whole[1] not in SMALL:
                found.add(f"{row[3]}: {statement}")
    return found


def a_busy_day(world: World) -> None:
    """Everything that the registry is asked, once; but what reads all there is by its nature: exports, the check of the whole
    audit trail, and what an upgrade settles."""
    world.designee()
    maria = world.patient()
    world.pharmacy()
    world.send("distributor_enrollment", DISTRIBUTOR, day(1), ("ar",))
    world.dispense(maria, day(1))
    read = world.status(day(5), (4, 1900), monitoring_frequency="every_two_weeks")
    world.lab(day(6), 6, 800)
    world.status(day(7), rationale=True, rationale_draw_date=on(6), rationale_anc=800)
    world.ask(maria, day(50))
    world.rationale(maria, day(50), 50)
    session, by = world.session, Cause(day(51), "pat", "web")
    dispense_requests.reconfirm(session, CORNER, day(51))
    dispense_requests.reverse(session, "A00000001", day(51))
    correct_anc(session, f"{read.submission_id}:labs.0", iso_day(on(4)), 1800, by, "misread")
    own_lists.take_off_list(session, ANN, maria, by)
    own_lists.on_list(session, ANN)
    merging.merge(session, maria, maria, by, "twice")
    questions.patient(session, maria, iso_day(on(51)))
    questions.prescriber(session, ANN)
    questions.pharmacy(session, CORNER, day(51))
    questions.due(session, day(51))
    contacts.fax_on_file(session, "patient", maria)
    contacts.parties_with_fax(session, "3125550143")
    storage.submission_of(session, SubmissionId(read.submission_id))
    storage.audit_of(session, maria)
    storage.status_changes(session, maria)
    storage.signed_on_paper(session, SignatureRole.PRESCRIBER, ANN, day(51), 5)
    questions.due_for_prescriber(session, ANN, day(51))
    questions.due_for_pharmacy(session, CORNER, day(51))
    known.candidates(session, "designee", {"email": ["don@example.org"], "last_name": ["MAY"], "prescriber_npi": [ANN]})
    known.candidates(session, "patient", {"last_name": ["GARCIA"], "date_of_birth": ["1980-02-03"], "zip": ["62701"]})
    known.candidates(session, "prescriber", {"npi": [ANN], "last_name": ["LEE"]})
    known.candidates(session, "pharmacy", {"npi": [CORNER], "name": ["CORNER DRUGS"]})

    histories_and_look_ups(world, maria)
    people_come_and_go(world, maria)


def histories_and_look_ups(world: World, maria: str) -> None:
    """Pages of everyone, near matches, the distributors' list, what the public sees."""
    session, now = world.session, day(51)
    for kind, key in (
        ("patient", maria), ("prescriber", ANN), ("designee", f"{ANN}:don@example.org"), ("pharmacy", CORNER),
        ("distributor", DISTRIBUTOR["distributor_hin"]),
    ):  # fmt: skip
        assert history.history_of(session, kind, key).events, kind
        assert history.history_of(session, kind, key, day(2)).records, kind
    for said in (maria, ANN, CORNER, "AP5836727", DISTRIBUTOR["distributor_hin"], f"{ANN}:don@example.org", "don@example.org"):
        assert history.people_named(session, said) or said == "AP5836727"
    assert near.near_patients(session, Named(None, "MARIA", "GARZIA", iso_day("1980-02-03"), "62701", "female"))
    assert near.near_prescribers(session, "ANN", "LEE", "62701", "Springfield", "1234567890")
    assert near.near_pharmacies(session, "CORNER DRUGS", "62702", "Springfield", "1012345670")
    assert looking_up.certified_list(session, now)
    assert looking_up.is_enrolled_distributor(session, DISTRIBUTOR["distributor_hin"])
    assert not looking_up.is_enrolled_distributor(session, "AP5836727")
    looking_up.list_changes(session, program_day(day(0)), now)
    looking_up.check_pharmacy(session, CORNER, now)
    looking_up.check_pharmacy(session, CLINIC, now)
    looking_up.public_pharmacies(session, now, "corner", None, "627")
    looking_up.public_pharmacies(session, now, None, "springfield", None)
    looking_up.public_prescribers(session, "lee", "springfield", "627")
    party_storage.list_changed_since(session, day(50))
    contacts.prescriber_of_patient(session, maria)
    storage.prescriber_by_dea(session, "AP5836727")


def people_come_and_go(world: World, maria: str) -> None:
    """Staff, designees, a merge and its undoing, a withdrawal, the clock's work, a pharmacy that leaves."""
    session, by = world.session, Cause(day(52), "pat", "web")
    assert staffing.invite(session, "ray@example.org", CORNER, "KIT", "ROE", "kit@example.org", day(52)).done
    assert staffing.accept(session, "kit@example.org", CORNER, day(52)).done
    assert staffing.may_ask(session, "kit@example.org", CORNER, day(52))
    assert len(staffing.staff_of(session, CORNER)) == 1
    assert staffing.remove(session, "ray@example.org", CORNER, "kit@example.org", day(52)).done
    assert designees.remove(session, ANN, "don@example.org", day(52)).done
    mary = {**PATIENT, "patient_first_name": "MARY", "patient_date_of_birth": "1951-09-30"}
    mary_id = world.send("patient_enrollment", mary, day(52), ("prescriber",)).ids["patient_id"]
    assert merging.merge(session, mary_id, maria, by, "one person").done
    assert history.history_of(session, "patient", maria).events
    assert merging.unmerge(session, mary_id, by, "two after all").done
    held = world.lab(day(53), 52, 1700, prescriber_npi=BEA)
    assert not held.applied
    corrections.withdraw(session, "s9:labs.0", by, "another's")
    due = clock.untold(session, day(800))
    assert clock.tell(session, due, day(800)) == due
    assert clock.due_work(session, day(800)) == []
    clock_storage.note_run(session, day(800))
    clock_storage.last_run(session)
    dispense_requests.deactivate(session, CORNER, day(801))


def test_no_statement_of_a_busy_day_reads_a_whole_table() -> None:
    world = World()
    with heard(world.session) as sent:
        a_busy_day(world)
    assert len(sent) > 100
    assert scans(world.session, sent) == set()


def test_a_statement_that_reads_a_whole_table_is_found() -> None:
    world = World()
    with heard(world.session) as sent:
        world.session.execute(text("SELECT * FROM registry_anc_results WHERE anc = 5"))
    assert len(scans(world.session, sent)) == 1
