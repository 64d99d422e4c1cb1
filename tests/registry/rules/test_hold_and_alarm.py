"""R05, R35: what is held is released by whom it waits for, and an alarm is neither missed nor given twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.registry.rules.played_registry import BY_CORNER, Registry, ancs, row, told
from tests.registry.world import CLINIC, CORNER, PHARMACY, PRESCRIBER, STATUS

BY_A_PHARMACY = {"pharmacy_npi": CORNER, "pharmacy_name": "CORNER DRUGS"}


@pytest.mark.parametrize("box", [None, "pharmacy", "Pharmacy"])
def test_r35_a_pharmacys_draw_waits_for_the_pharmacy_however_the_box_is_ticked(maria: Registry, box: str | None) -> None:
    values = {**STATUS, **BY_A_PHARMACY, "submitter": box, **row(0, 5, 700)}
    held = maria.submit("anc_lab_reporting", values, 5, signed={"submitter": "present"})
    assert "unauthorized_sender" in told(held, "contact_centre")
    maria.pharmacy(6)
    assert (ancs(maria.know()), maria.treatment()) == ([2100, 700], "interrupted")


@pytest.mark.parametrize("form_first", [True, False])
def test_r35_a_stores_draw_waits_for_the_pharmacy_that_answers_for_the_store(maria: Registry, form_first: bool) -> None:
    values = {**STATUS, **BY_CORNER, "pharmacy_npi": CLINIC, **row(0, 5, 700)}
    maria.submit("anc_lab_reporting", values, 5, signed={"submitter": "present"})
    chain = {"pharmacy_kind": "chain", "ar_title": "corporate_executive", "locations.0.npi": CLINIC, "locations.0.name": "X"}
    if form_first:
        maria.submit("outpatient_pharmacy", {**PHARMACY, **chain}, 6, signed={"ar": "present"})
        maria.assessment(7, pharmacy=True)
    else:
        maria.pharmacy(6, **chain)
    assert maria.treatment() == "interrupted"


def test_r35_a_draw_under_a_dea_number_waits_for_the_prescriber_who_has_it(maria: Registry) -> None:
    values = {**STATUS, "prescriber_npi": None, "prescriber_dea": "FF1234563", **row(0, 5, 700)}
    by_bea = {"prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_dea": "FF1234563"}
    held = maria.submit("anc_lab_reporting", {**values, **by_bea}, 5, signed={"submitter": "present"})
    assert "anc_held" in told(held)
    bea = {**PRESCRIBER, **by_bea, "prescriber_npi": "1558598797", "prescriber_email": "bea@example.org"}
    maria.prescriber(6, bea)
    assert maria.treatment() == "interrupted"


@pytest.mark.parametrize(("said", "alarmed"), [
    ("yes", True), (True, True), ("Y", True), ("1", True), (1, True), ("maybe", True),
    ("no", False), ("N", False), ("none", False), (False, False), (None, False), ("", False), (0, False),
])  # fmt: skip
def test_r05_whatever_stands_in_the_box_but_no_is_a_suspected_adverse_event(treated: Registry, said: Any, alarmed: bool) -> None:
    assert ("adverse_event" in told(treated.status(7, (7, 1900), adverse_event=said))) is alarmed


def test_r05_an_adverse_event_on_a_held_form_is_not_told_again_when_the_form_is_released(empty: Registry) -> None:
    empty.submit("prescriber_enrollment", PRESCRIBER, 0, signed={"prescriber": "present"})
    assert empty.enroll(1)["admitted"] is False
    assert "adverse_event" in told(empty.status(1, (1, 1900), adverse_event="yes"))
    released = empty.assessment(2)
    assert {"enrollment_confirmed", "status_form_recorded"} <= told(released)
    assert "adverse_event" not in told(released)


@pytest.mark.parametrize(("received", "counts"), [("2025-11-01T15:00:00Z", True), ("2025-11-02T15:00:00Z", False)])
def test_r35_a_draw_received_on_the_last_day_of_a_certification_counts_however_late_it_is_read(
    treated: Registry, received: str, counts: bool
) -> None:
    values = {**STATUS, **BY_CORNER, "labs.0.draw_date": "2025-10-30", "labs.0.anc": 700}
    sent = {"form": "anc_lab_reporting", "received_at": received, "values": values, "signatures": {"submitter": "present"}}
    assert treated.line("2025-11-03T15:00:00Z", submit=sent)["admitted"] is counts
    assert treated.treatment() == ("interrupted" if counts else "enrolled")
