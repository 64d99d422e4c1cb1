"""R07, R21–R28, R35: a signature stands for somebody who is known, and a part without it does not stand."""

from __future__ import annotations

import pytest

from tests.registry.rules.played_registry import (
    BY_CORNER,
    BY_DON,
    NEITHER_SIGNED,
    ONLY_DESIGNEE,
    Registry,
    ancs,
    parts,
    row,
    rules,
    why,
)
from tests.registry.world import CORNER, STATUS

BY_EVE = {"designee_first_name": "EVE", "designee_last_name": "NOBODY"}
"""Nobody enrolled her; the box "prescriber" is ticked under "submitted by"."""


@pytest.mark.parametrize("named", [BY_EVE, {}])
def test_r21_a_designees_signature_is_worth_nothing_under_a_prescribers_tick_unless_the_designee_is_enrolled(
    later: Registry, named: dict[str, str]
) -> None:
    answer = later.status(7, (7, 1900), signed=ONLY_DESIGNEE, treatment_status="discontinued", **named)
    assert rules(answer) == {("treatment_status", "R38"), ("status_form", "R28")}
    assert parts(answer) == {"labs.0"}, "the prescriber's form still reports its ANC"
    assert why(later.ask(8)) == ["R65"]


def test_r23_an_enrolled_designees_signature_stands_under_a_prescribers_tick(later: Registry) -> None:
    answer = later.status(7, (7, 1900), signed=ONLY_DESIGNEE, **{**BY_DON, "submitter": "prescriber"})
    assert "status_form" in parts(answer)


@pytest.mark.parametrize(("named", "enrolled"), [(BY_EVE, False), ({**BY_DON, "submitter": "prescriber"}, True)])
def test_r33_a_patient_is_enrolled_on_a_known_designees_signature_only(
    empty: Registry, named: dict[str, str], enrolled: bool
) -> None:
    empty.prescriber()
    empty.designee()
    answer = empty.enroll(1, signed=ONLY_DESIGNEE, **named)
    assert answer["admitted"] is enrolled
    assert rules(answer) == (set() if enrolled else {("enrollment", "R33")})


def test_r07_a_frequency_on_a_form_nobody_signed_is_refused(treated: Registry) -> None:
    answer = treated.status(7, (7, 1900), signed=NEITHER_SIGNED, monitoring_frequency="monthly")
    assert ("monitoring_frequency", "R07") in rules(answer)
    assert treated.know()["monitoring_frequency"] == "weekly"
    assert ancs(treated.know()) == [2100, 1900]


def test_r28_a_pharmacy_is_not_told_to_sign_what_the_prescriber_signed(treated: Registry) -> None:
    answer = treated.status(7, (7, 1900), ben=True, **BY_CORNER)
    (refused,) = answer["refused"]
    assert (refused["part"], refused["rule"]) == ("ben", "R28")
    assert "missing" not in refused["reason"]


@pytest.mark.parametrize("npi", ["101-234-5678", "1012 345 678"])
def test_a_pharmacy_is_known_by_its_npi_however_it_is_written(treated: Registry, npi: str) -> None:
    assert treated.ask(1, npi)["authorized"] is True
    assert treated.standing(npi, 1)["certified"] is True
    assert treated.line(2, reconfirm={"pharmacy_npi": npi})["reconfirmed"] is True
    assert treated.line(3, deactivate={"pharmacy_npi": npi})["deactivated"] is True
    assert treated.standing(CORNER, 3)["certified"] is False


def test_the_web_account_signs_whichever_way_the_submitter_is_written(later: Registry) -> None:
    answer = later.submit("patient_status", {**STATUS, "submitter": "Prescriber", **row(0, 7, 1900)}, 7, channel="web")
    assert answer["admitted"] is True
