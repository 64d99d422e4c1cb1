"""An import that says nothing of what follows from a history has it followed: a low ANC in a file interrupts like any other."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from registry import storage
from registry.course import settled
from registry.identifiers import issue_patient_id
from registry.patients import Patient
from registry.vocabulary import TreatmentStatus
from tests.registry.test_import_export import ANC, MARIA, PATIENT, PRESCRIBER, imported, whole
from tests.registry.world import ANN, World, day, on


def anc(number: int, value: float, name: str = "r", **more: Any) -> dict[str, Any]:
    return whole({**ANC, "result_id": name, "submission_id": name, "draw_date": on(number), "anc": value,
                  "received_at": day(number + 1).isoformat(), **more})  # fmt: skip


def maria(world: World) -> Patient:
    found = storage.load(world.session, Patient, MARIA)
    assert found is not None
    return found


def test_a_low_anc_interrupts_whatever_the_patients_line_says() -> None:
    world = World()
    refused, importing = imported(world, anc(5, 850), whole(PATIENT), whole(PRESCRIBER))
    assert refused == []
    found = maria(world)
    assert (found.treatment_status, found.low_open, found.latest_anc) == (TreatmentStatus.INTERRUPTED, True, 850.0)
    assert importing.settling.otherwise == [MARIA]
    world.pharmacy()
    assert "R41" in str(world.ask(MARIA, day(8)).reasons)


def test_the_same_file_again_is_there_already_though_the_status_came_out_otherwise() -> None:
    world = World()
    lines = [whole(PRESCRIBER), whole(PATIENT), anc(5, 850)]
    imported(world, *lines)
    before = list(storage.find(world.session, Patient, {}))
    refused, importing = imported(world, *lines)
    assert (refused, importing.counts["patient"].already, importing.settling.otherwise) == ([], 1, [])
    assert storage.find(world.session, Patient, {}) == before
    assert len(imported(world, whole({**PATIENT, "last_name": "OTHER"}))[0]) == 1


def test_a_result_for_a_patient_who_stands_already_is_followed_too() -> None:
    world = World()
    imported(world, whole(PRESCRIBER), whole(PATIENT), anc(1, 2100, "first"))
    assert maria(world).treatment_status is TreatmentStatus.ENROLLED
    imported(world, anc(5, 850, "second"))
    assert maria(world).treatment_status is TreatmentStatus.INTERRUPTED


def test_what_the_line_says_still_holds_after_the_next_form() -> None:
    world = World()
    said = {"ben": True, "hospice": True, "monitoring_frequency": "every_six_months", "zip": "62701"}
    said |= {"treatment_status": "discontinued", "status_since": on(3)}
    imported(world, whole(PRESCRIBER), whole({**PATIENT, **said}), anc(1, 1200))
    world.prescriber()
    world.status(day(7), (6, 1100), submitter="prescriber")
    found = maria(world)
    assert (found.ben, found.hospice, found.monitoring_frequency.value) == (True, True, "every_six_months")
    assert (found.treatment_status, found.status_since.isoformat()) == (TreatmentStatus.DISCONTINUED, on(3))
    assert (found.prescriber_npi, found.latest_anc) == (ANN, 1100.0)


values = st.sampled_from([300.0, 700.0, 1200.0, 1900.0])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), values), max_size=8),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_every_patient_stands_as_the_history_says(rows: list[tuple[int, int, float]], ben: bool, chance: Any) -> None:
    world = World()
    lines = [whole(PRESCRIBER), *(whole({**PATIENT, "patient_id": issue_patient_id(one), "ben": ben}) for one in range(3))]
    lines += [anc(number, value, f"r{at}", patient_id=issue_patient_id(who)) for at, (who, number, value) in enumerate(rows)]
    chance.shuffle(lines)
    assert imported(world, *lines)[0] == []
    for who, patient in enumerate(sorted(storage.find(world.session, Patient, {}), key=lambda one: one.serial)):
        assert settled(storage.patient_file(world.session, patient)) == patient
        draws = [(number, -value) for whose, number, value in rows if whose == who]
        low = bool(draws) and -max(draws)[1] < (500 if ben else 1000)
        assert patient.low_open == low
        if low:
            assert patient.treatment_status is TreatmentStatus.INTERRUPTED
