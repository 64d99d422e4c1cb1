"""No answer of the registry reads a whole table: with ten million ANCs it would be the last one of the day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from registry import contacts, dispense_requests, known, merging, own_lists, questions, storage
from registry.audit import Cause
from registry.corrections import correct_anc
from registry.identifiers import iso_day
from registry.submission import SubmissionId
from registry.vocabulary import SignatureRole
from tests.registry.world import ANN, CORNER, DISTRIBUTOR, World, day, on

SMALL = {"registry_pharmacies", "registry_counters", "registry_audit_head"}
"""Some ten thousand rows at most, or one: read whole where all of them are asked for (the list of certified pharmacies)."""


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
            whole = re.match(r"SCAN (\w+)(?! USING (COVERING )?INDEX)", row[3])
            if whole and whole[1] not in SMALL and not re.search(r"SCAN \w+ USING (COVERING )?INDEX", row[3]):
                found.add(f"{row[3]}: {statement}")
    return found


def a_busy_day(world: World) -> None:
    """Everything that the registry is asked, once."""
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
    known.candidates(session, "patient", {"last_name": ["GARCIA"], "date_of_birth": ["1980-02-03"], "zip": ["62701"]})
    known.candidates(session, "prescriber", {"npi": [ANN], "last_name": ["LEE"]})
    known.candidates(session, "pharmacy", {"npi": [CORNER], "name": ["CORNER DRUGS"]})


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
