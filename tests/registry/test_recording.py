"""Admitting: once and never twice, everything with its trail, all or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from registry import storage
from registry.moments import UtcDateTime
from registry.notices import NOTICES
from registry.parties import Account, Prescriber
from registry.patients import AncResult, Patient
from registry.recording import admit
from registry.submission import Reference
from registry.submission_json import admission_from_json, admission_to_json, submission_from_json, submission_to_json
from registry.tables import TABLES, AuditRow, SubmissionRow
from tests.registry.world import (
    ANN,
    DESIGNEE,
    DISTRIBUTOR,
    PATIENT,
    PHARMACY,
    PRESCRIBER,
    STATUS,
    World,
    day,
    on,
)  # fmt: skip

FORMS = {
    "prescriber_enrollment": (PRESCRIBER, ("prescriber",)),
    "prescriber_designee": (DESIGNEE, ("prescriber", "designee")),
    "outpatient_pharmacy": (PHARMACY, ("ar",)),
    "inpatient_pharmacy": (PHARMACY, ("ar",)),
    "distributor_enrollment": (DISTRIBUTOR, ("ar",)),
    "patient_enrollment": (PATIENT, ("prescriber",)),
    "patient_status": ({**STATUS, "labs.0.draw_date": on(1), "labs.0.anc": 850}, ("prescriber",)),
    "anc_lab_reporting": ({**STATUS, "labs.0.draw_date": on(1), "labs.0.anc": 300}, ("submitter",)),
    "prescriber_knowledge": ({"prescriber_npi": ANN}, ()),
    "pharmacy_knowledge": ({"pharmacy_npi": PHARMACY["pharmacy_npi"]}, ()),
}


def contents(world: World) -> dict:
    """Everything that stands in the registry."""
    tables = [*(place.table for place in TABLES.values()), AuditRow.__table__, SubmissionRow.__table__]
    return {table.name: [tuple(row) for row in world.session.execute(select(table))] for table in tables}


@pytest.mark.parametrize("form", FORMS)
def test_admitting_twice_changes_nothing_and_gives_the_same_answer(form: str) -> None:
    world = World()
    world.patient()
    values, signed = FORMS[form]
    submission = world.submission(form, values, day(2), signed)
    first = admit(world.session, submission, day(2))
    before = contents(world)
    assert admit(world.session, submission, day(9)) == first
    assert contents(world) == before


@pytest.mark.parametrize("form", FORMS)
def test_every_form_may_come_empty_and_is_answered_with_what_is_missing(form: str) -> None:
    admission = World().send(form, {})
    assert admission.refused
    assert not admission.applied
    assert all(one.reason.endswith(".") and one.rule.startswith("R") for one in admission.refused)


def test_every_stored_record_has_an_audit_entry_with_before_and_after() -> None:
    world = World()
    maria = world.patient()
    world.status(day(7), (7, 850))
    trail = storage.audit_of(world.session, maria)
    assert [entry.before is None for entry in trail] == [True, False]
    assert trail[1].before is not None
    assert (trail[1].before["treatment_status"], trail[1].after["treatment_status"]) == ("enrolled", "interrupted")
    assert (trail[1].actor, trail[1].channel, trail[1].at, trail[1].reference) == ("remsfax", "fax", day(7), f"R-{world.sent}")
    stored = {str(key) for place in TABLES.values() for key in world.session.scalars(select(place.table.c[place.key]))}
    assert stored == set(world.session.scalars(select(AuditRow.record_key)))


def test_the_reviewer_who_confirmed_stands_in_the_trail() -> None:
    world = World()
    world.send("prescriber_enrollment", PRESCRIBER, signed=("prescriber",), confirmed_by="kim")
    assert storage.audit_of(world.session, ANN)[0].actor == "kim"


def test_a_transaction_that_is_rolled_back_leaves_nothing() -> None:
    world = World()
    world.send("prescriber_enrollment", PRESCRIBER, signed=("prescriber",))
    world.session.rollback()
    assert storage.count(world.session, Prescriber) == storage.count(world.session, Account) == 0


def test_the_submission_is_kept_as_it_was() -> None:
    world = World()
    submission = world.submission(
        "patient_status", {**STATUS, "labs.0.anc": 999.5}, day(1), ("prescriber",), illegible=("patient_zip",)
    )
    admission = admit(world.session, submission, day(1))
    assert storage.submission_of(world.session, submission.submission_id) == submission
    assert submission_from_json(submission_to_json(submission)) == submission
    assert admission_from_json(admission_to_json(admission)) == admission
    assert storage.submission_of(world.session, "none") is None


def test_a_received_time_without_a_zone_is_refused() -> None:
    world = World()
    submission = replace(world.submission("patient_status", STATUS, day(1)), received_at=datetime(2023, 11, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        admit(world.session, submission, day(1))
    with pytest.raises(ValueError, match="zone"):
        UtcDateTime().process_bind_param(datetime(2023, 11, 1), None)  # noqa: DTZ001


def test_the_day_of_receipt_decides_and_not_the_day_of_admission() -> None:
    world = World()
    maria = world.patient()
    submission = world.submission(
        "patient_status", {**STATUS, "labs.0.draw_date": on(8), "labs.0.anc": 1900}, day(7), ("prescriber",)
    )
    admission = admit(world.session, submission, day(30))
    assert [one.part for one in admission.refused] == ["labs.0.draw_date"], "drawn after receipt, though before admission"
    assert storage.patient_file(world.session, storage.find(world.session, Patient, {"patient_id": maria})[0]).status_forms


labs = st.lists(st.tuples(st.integers(1, 6), st.sampled_from([400, 900, 1200, 1900])), min_size=1, max_size=5, unique=True)


@settings(max_examples=15, deadline=None)
@given(labs, st.randoms(use_true_random=False))
def test_in_whatever_order_reports_arrive_the_history_is_the_same(rows: list, chance) -> None:
    histories = []
    for _ in range(2):
        world = World()
        maria = world.patient()
        for number, anc in rows:
            world.lab(day(7), number, anc)
        histories.append(world.know(maria)["labs"])
        chance.shuffle(rows)
    assert histories[0] == histories[1]


@settings(max_examples=25, deadline=None)
@given(labs)
def test_a_form_sent_twice_under_two_ids_adds_no_result(rows: list) -> None:
    world = World()
    world.patient()
    world.status(day(7), *rows)
    count, status = storage.count(world.session, AncResult), world.know(storage.find(world.session, Patient, {})[0].patient_id)
    world.status(day(7), *rows)
    assert storage.count(world.session, AncResult) == count == len(rows) + 1
    assert world.know(status["patient_id"])["treatment_status"] == status["treatment_status"]


values = st.dictionaries(
    st.sampled_from([*STATUS, *PATIENT, *PHARMACY, "ben", "hospice", "rationale", "rationale_anc", "rationale_draw_date",
                     "treatment_status", "labs.1.anc", "labs.1.draw_date", "answers.1", "attestation_1", "patient_id",
                     "submitter"]),
    st.one_of(st.none(), st.booleans(), st.integers(-5, 40000), st.floats(-1e9, 1e9), st.text(max_size=12)),
    max_size=10,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(FORMS)), values, st.booleans(), st.booleans())
def test_whatever_stands_on_a_form_it_gets_an_answer(form: str, found: dict, whole: bool, is_signed: bool) -> None:
    world = World()
    world.patient()
    base, signed = FORMS[form]
    admission = world.send(form, {**(base if whole else {}), **found}, day(2), signed if is_signed else ())
    assert admission.applied or admission.refused
    for notice in admission.notices:
        assert set(notice.facts) == set(NOTICES[notice.kind].facts)


def test_an_audit_entry_says_which_pages_of_which_fax_it_came_from() -> None:
    world = World()
    world.send("prescriber_enrollment", PRESCRIBER, signed=("prescriber",), fax_pages=(2, 3), reference=Reference("F-7"))
    trail = storage.audit_of(world.session, ANN)
    assert {(one.reference, one.fax_pages) for one in trail} == {("F-7", "2, 3")}
